"""`python -m lamoon.booking read`: a line in, a line out; a bad line is named."""

from __future__ import annotations

import io
import json

import pytest

from lamoon.booking.__main__ import main

NOW = ["read", "--now", "2026-11-30T10:00"]


def given(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode()), encoding="utf-8"))


def test_a_line_of_json_for_each_message(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    given(monkeypatch, '{"text": "Kit", "asked": "name"}\n\n{"text": "tomorrow at 3"}\n')
    assert main([*NOW, "--json"]) == 0
    assert [json.loads(line) for line in capsys.readouterr().out.splitlines()] == [
        {"name": "Kit", "intent": "provide"},
        {"when": [{"day": "2026-12-01", "from": "15:00", "to": "15:00"}], "intent": "book"},
    ]


def test_fields_for_people(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    given(monkeypatch, '{"text": "Kit", "asked": "name"}')
    assert main(NOW) == 0
    assert capsys.readouterr().out.split() == ["name", "Kit", "intent", "provide"]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("hello", "Line 2 is not JSON"),
        ("[1]", 'Line 2 has no text under "text"'),
        ('{"text": 5}', 'Line 2 has no text under "text"'),
        ('{"text": "x", "asked": "age"}', 'Line 2 has an unknown "asked"'),
        ("[" * 100_000, "Line 2 is not JSON"),
    ],
)
def test_a_bad_line_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], line: str, problem: str
) -> None:
    given(monkeypatch, '{"text": "first"}\n' + line)
    assert main([*NOW, "--json"]) == 2
    shown = capsys.readouterr()
    assert problem in shown.err
    assert "Friday at 2" in shown.err
    assert len(shown.out.splitlines()) == 1, "what came before is answered"


def test_a_bad_time_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ending:
        main(["read", "--now", "soon"])
    assert ending.value.code == 2
    assert "2026-11-30T10:00" in capsys.readouterr().err
