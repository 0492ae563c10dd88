"""Reading questions and parse results, the baseline's configuration, memory, and the exit code."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

import tools.bench.__main__ as benchmark
from tools.bench.measure import best_guess, right_labels, served_topic
from tools.bench.results import Results, read_results, write_results
from tools.bench.servers import resident_megabytes
from tools.bench.sides import BenchmarkError, default_config
from tools.labelled import read_questions

SELECTED = {"faq": {"response": {"intent_response_key": "faq/smr_safety"}}}


def _parsed(intent: str | None, *ranking: str) -> dict[str, Any]:
    entries = [{"name": name, "confidence": 0.5} for name in ranking]
    return {"intent": {"name": intent}, "intent_ranking": entries, "response_selector": SELECTED}


def test_a_question_is_right_with_any_of_its_labels(tmp_path: Path) -> None:
    lines = [
        {"text": "a", "label": "faq/what_is_mfr", "also": ["ask_services", "out_of_scope/tipping"]},
        {"text": "b", "label": "greet"},
    ]
    file = tmp_path / "questions.jsonl"
    file.write_text("\n".join(json.dumps(line) for line in lines) + "\n")
    first, second = read_questions(file)
    assert right_labels(first) == {"faq/what_is_mfr", "ask_services", "out_of_scope"}
    assert right_labels(second) == {"greet"}


def test_the_topic_is_that_of_the_selector_only_for_questions() -> None:
    assert served_topic(_parsed("faq", "faq")) == "faq/smr_safety"
    assert served_topic(_parsed("greet", "greet", "faq")) == "greet"
    assert served_topic(_parsed("out_of_scope/tipping")) == "out_of_scope"
    assert served_topic(_parsed(None)) == "None"


def test_the_best_guess_looks_behind_the_fallback() -> None:
    unsure = _parsed("nlu_fallback", "nlu_fallback", "faq", "greet")
    assert served_topic(unsure) == "nlu_fallback"
    assert best_guess(unsure) == "faq/smr_safety"
    assert best_guess(_parsed("nlu_fallback", "nlu_fallback")) == "nlu_fallback"
    assert best_guess(_parsed("greet", "greet", "faq")) == "greet"


def test_the_baseline_is_the_default_pipeline_with_one_selector_for_each_retrieval_intent() -> None:
    pipeline = yaml.safe_load(default_config(7))["pipeline"]
    trained = [component for component in pipeline if "epochs" in component]
    assert [component["name"] for component in trained] == ["DIETClassifier", "ResponseSelector", "ResponseSelector"]
    assert {component["epochs"] for component in trained} == {7}
    assert {component["random_seed"] for component in trained} == {1}
    assert pipeline[-1] == {"name": "FallbackClassifier", "threshold": 0.3, "ambiguity_threshold": 0.1}


def test_memory_of_this_process_is_believable() -> None:
    assert 5 < resident_megabytes(os.getpid()) < 20_000


def test_memory_of_a_process_that_is_gone_is_nothing() -> None:
    assert resident_megabytes(2**22 + 1) == 0


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of results, instead of the project's."""
    monkeypatch.setattr(benchmark, "HERE", tmp_path / "kept")
    monkeypatch.setattr(benchmark, "WORK", tmp_path / "work")
    for name in ("kept", "work"):
        (tmp_path / name).mkdir()
    return tmp_path


@pytest.mark.parametrize(("ready", "code"), [(2.0, 0), (9.0, 1)])
def test_a_missed_demand_is_an_exit_code(
    folder: Path, monkeypatch: pytest.MonkeyPatch, results: Results, ready: float, code: int
) -> None:
    run = replace(results, project=replace(results.project, ready_seconds=ready))
    monkeypatch.setattr(benchmark, "_run", lambda *_: run)
    assert benchmark.main([]) == code
    assert read_results(folder / "kept" / "results.json") == run
    assert (folder / "kept" / "results.md").is_file()


def test_a_trial_does_not_replace_the_figures(folder: Path, monkeypatch: pytest.MonkeyPatch, results: Results) -> None:
    monkeypatch.setattr(benchmark, "_run", lambda *_: replace(results, epochs=1))
    benchmark.main(["--epochs", "1"])
    assert list((folder / "kept").iterdir()) == []
    assert (folder / "work" / "results.json").is_file()


def test_no_stored_baseline_is_said(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert benchmark.main(["--skip-baseline"]) == 2
    assert "make bench" in capsys.readouterr().err


def test_no_python_for_tensorflow_is_said(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PYTHON310", str(folder / "python3.10"))
    monkeypatch.setenv("VENV_TENSORFLOW", str(folder / "venv"))
    with pytest.raises(BenchmarkError, match="could not be made"):
        benchmark.install_baseline()
    assert "PYTHON310=/path/to/python3.10" in capfd.readouterr().err


def test_the_stored_baseline_is_reused(folder: Path, monkeypatch: pytest.MonkeyPatch, results: Results) -> None:
    write_results(results, folder / "kept" / "results.json")
    faster = replace(results.project, ready_seconds=1.5)
    monkeypatch.setattr(benchmark, "versions", lambda _: {"Python": "3.12.1"})
    monkeypatch.setattr(benchmark, "measure", lambda sides, *_: {side.name: faster for side in sides})
    assert benchmark.main(["--skip-baseline"]) == 0
    kept = read_results(folder / "kept" / "results.json")
    assert (kept.project, kept.baseline, kept.baseline_date) == (faster, results.baseline, results.baseline_date)
    assert kept.versions["La Moon"] == {"Python": "3.12.1"}
    assert not kept.is_one_run
