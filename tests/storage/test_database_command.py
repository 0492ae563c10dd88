"""`lamoon database`: what it prints, and its exit codes."""

from __future__ import annotations

from pathlib import Path

import pytest

from lamoon.cli import VERBS
from lamoon.storage.__main__ import DONE, FAILED, WRONG, main
from lamoon.storage.schema import revisions

FIRST, NEWEST = revisions()[0], revisions()[-1]


@pytest.fixture(autouse=True)
def _settings(settings_of_test: Path) -> None:
    """A data folder of this test's own."""


def test_up_and_down(capsys: pytest.CaptureFixture[str]) -> None:
    commands = (["current"], ["upgrade"], ["current"], ["downgrade", FIRST], ["upgrade", FIRST], ["upgrade", NEWEST])
    assert [main(command) for command in commands] == [DONE] * len(commands)
    assert capsys.readouterr().out.splitlines() == [
        f"none (newest: {NEWEST})",
        f"none -> {NEWEST}",
        f"{NEWEST} (newest: {NEWEST})",
        f"{NEWEST} -> {FIRST}",
        f"{FIRST} -> {FIRST}",
        f"{FIRST} -> {NEWEST}",
    ]


def test_an_empty_database_can_begin_with_an_older_revision(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["upgrade", FIRST]) == DONE
    assert capsys.readouterr().out == f"none -> {FIRST}\n"


def test_sqlite_is_scrubbed_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["upgrade"]) == DONE
    assert main(["scrub"]) == DONE
    assert capsys.readouterr().out.splitlines()[-1] == "done"


def test_a_refusal(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["downgrade", "base"]) == FAILED
    assert "'base' is not a revision" in capsys.readouterr().err


def test_a_database_that_does_not_answer(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("LAMOON_DATABASE_URL", "postgresql://u:hush@127.0.0.1:1/x")
    assert main(["current"]) == FAILED
    problem = capsys.readouterr().err
    assert "LAMOON_DATABASE_URL" in problem
    assert "hush" not in problem


def test_wrong_settings(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("LAMOON_DATABASE_URL", "nonsense")
    assert main(["current"]) == WRONG
    assert "LAMOON_DATABASE_URL" in capsys.readouterr().err


def test_it_is_a_verb() -> None:
    assert VERBS["database"].module == "lamoon.storage"
