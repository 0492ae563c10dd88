"""The comparison of the screening: readers of context, the process that measures one, the page, and what stops it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import spacy
from spacy.tokens import Span

from lamoon.screening.message import Status
from tools.bench import screening
from tools.bench.context_readers import READERS, _by_context, _reader
from tools.bench.screening import Measured, install, measured, page
from tools.bench.sides import PROJECT, BenchmarkError
from tools.evaluation.screening import LabelledMessage, Screened

MESSAGES = [
    {"text": "I have a blood clot", "expect": "warn"},
    {"text": "I do not have a blood clot", "expect": "no_warn"},
]
SIDE: dict[str, Any] = {
    "versions": {"Python": "3.11.0", "medspacy": "1.3.1"},
    "load_seconds": 1.0,
    "memory_mb": 50.0,
    "milliseconds": [0.5, 2.0],
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "told.jsonl"
    path.write_text("\n".join(map(json.dumps, MESSAGES)) + "\n", encoding="utf-8")
    return path


def test_without_context_a_denial_is_a_mention() -> None:
    read = READERS["no_context"]()
    assert [read(message["text"]) for message in MESSAGES] == ["warn", "warn"]
    assert read("") == "none"


def test_emergencies_and_general_questions_are_read_alike_by_all() -> None:
    for read in (READERS["no_context"](), READERS["ours"]()):
        assert read("I can't breathe and my chest is crushing") == "emergency"
        assert read("Is DVT a contraindication?") == "inform"
        assert read("what are your opening hours") == "none"


@pytest.mark.parametrize(
    ("status", "message", "outcome"),
    [
        ("negated", "I have a blood clot", "none"),
        ("other_person", "I have a blood clot", "none"),
        ("hypothetical", "I have a blood clot", "inform"),
        ("resolved", "I had a blood clot", "warn"),
        ("resolved", "I broke my arm", "none"),
        ("resolved", "I had breast cancer", "ask_doctor"),
    ],
)
def test_a_readers_marks_become_outcomes(status: Status, message: str, outcome: str) -> None:
    assert _reader(spacy.blank("en"), lambda span, condition: status)(message) == outcome


@pytest.mark.parametrize(
    ("mark", "status"),
    [
        ("is_negated", "negated"),
        ("is_family", "other_person"),
        ("is_hypothetical", "hypothetical"),
        ("is_historical", "resolved"),
        ("", "affirmed"),
    ],
)
def test_the_marks_of_context_have_their_statuses(mark: str, status: str) -> None:
    for name in ("is_negated", "is_family", "is_hypothetical", "is_historical"):
        Span.set_extension(name, default=False, force=True)
    span = spacy.blank("en")("a clot")[1:2]
    if mark:
        setattr(span._, mark, True)
    assert _by_context(span, None) == status  # type: ignore[arg-type]


def test_a_side_is_measured_in_its_own_process(file: Path) -> None:
    words = (sys.executable, "-m", "tools.bench.screening_side", "ours", str(file))
    answer = subprocess.run(words, cwd=PROJECT, capture_output=True, text=True, check=True)
    side = json.loads(answer.stdout)
    assert side["outcomes"] == {str(file): ["warn", "none"]}
    assert len(side["milliseconds"]) == 2
    assert 0 < side["load_seconds"] < 60
    assert 0 < side["memory_mb"] < 500


def test_medians_of_the_starts_count(file: Path) -> None:
    outcomes = {"outcomes": {str(file): ["warn", "none"]}}
    runs = [SIDE | outcomes | {"load_seconds": seconds} for seconds in (1.0, 9.0, 2.0)]
    found = measured("medspaCy {medspacy}", runs, [file])
    assert (found.title, found.load_seconds, found.p50_ms, found.p95_ms) == ("medspaCy 1.3.1", 2.0, 0.5, 2.0)
    assert all(one.right for one in found.screened["told.jsonl"])


def test_the_page_tells_recall_false_alarms_and_cost() -> None:
    def reader(title: str, denied: str) -> Measured:
        screened = [
            Screened(LabelledMessage("I have a clot", ("warn",)), "warn"),
            Screened(LabelledMessage("no clot", ("no_warn",)), denied),
            Screened(LabelledMessage("is a clot a contraindication", ("inform",)), denied),
        ]
        return Measured(title, {"told.jsonl": screened}, 0.4, 0.9, 1.0, 50.0)

    about = {"processor": "an abacus", "load before": "0.10"}
    text = page([reader("theirs", "warn"), reader("ours", "none")], about, {"spacy": "3.7.5"})
    busy = page([reader("ours", "none")], about | {"load before": "3.00"}, {"spacy": "3.7.5"})
    rows = {row.split(" | ")[0]: row for row in text.partition("## Cost")[0].splitlines() if row.startswith("| ")}
    assert rows["| theirs"].count("1.000 (1/1") == 4
    assert rows["| ours"].count("0.000 (0/1") == 2
    assert "| ours | 0.40 | 0.90 | 1.00 | 50 |" in text
    assert "an abacus" in text
    assert "busy" not in text
    assert "**The machine was busy (load 3.00)" in busy


@pytest.fixture
def fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("VENV_SCREENING", str(tmp_path / "venv"))
    return tmp_path / "venv"


def test_an_environment_that_fits_the_lock_is_taken_as_it_is(fresh: Path) -> None:
    fresh.mkdir()
    (fresh / ".installed").write_bytes(screening.LOCK.read_bytes())
    assert install() == fresh / "bin" / "python"


def test_a_folder_that_is_no_environment_is_left_alone(fresh: Path) -> None:
    fresh.mkdir()
    (fresh / "diary.txt").write_text("dear diary")
    with pytest.raises(BenchmarkError, match="not a Python environment"):
        install()
    assert (fresh / "diary.txt").is_file()


@pytest.mark.parametrize("exists", [True, False])
def test_without_the_right_python_it_says_what_to_do(
    fresh: Path, exists: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    other = fresh.parent / "python"
    if exists:
        other.write_text("#!/bin/sh\nexit 1\n")
        other.chmod(0o755)
    monkeypatch.setenv("PYTHON311", str(other))
    assert screening.main() == 2
    assert "PYTHON311=" in capsys.readouterr().err
    assert not fresh.exists()


def test_the_lock_has_the_versions_that_are_compared_and_a_hash_for_each() -> None:
    text = screening.LOCK.read_text(encoding="utf-8")
    packages = [line for line in text.splitlines() if "==" in line and not line.startswith(("#", " "))]
    assert {"medspacy==1.3.1 \\", "negspacy==1.0.4 \\", "spacy==3.7.5 \\"} <= set(packages)
    assert all(line.endswith("\\") for line in packages)
