from __future__ import annotations

import tarfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from lamoon.errors import ConfigurationError
from lamoon.launch.model_file import NEEDED
from lamoon.understanding.classifier import ClassifierSettings, HybridClassifier
from tools.checks.buttons import ModelReading, check_buttons, misunderstood, threshold, understanding
from tools.checks.project import Project

Break = Callable[[str, str, str], Project]
READINGS = {
    "yes please": ModelReading("affirm", 0.9),
    "How strong must the wind be?": ModelReading("faq/wind", 0.9),
    "Which string is best?": ModelReading("faq/string", 0.5),
    "Ada": ModelReading("inform", 0.2),
}


def understand(text: str) -> ModelReading:
    return READINGS.get(text, ModelReading("out_of_scope/apples", 0.9))


def problems(project: Project) -> list[tuple[str, int | None, str]]:
    return [(problem.file, problem.line, problem.what) for problem in misunderstood(project, understand)]


def test_understood_buttons_are_green(project: Project) -> None:
    assert problems(project) == []


@pytest.mark.parametrize(
    ("path", "old", "new", "problem"),
    [
        (
            "data/topics.yml",
            "Which string is best?",
            "String?",
            ("data/topics.yml", 3, "'String?' is read as out_of_scope/apples with 0.90"),
        ),
        (
            "config.yml",
            "threshold: 0.5",
            "threshold: 0.51",
            ("data/topics.yml", 3, "'Which string is best?' is read as faq/string with 0.50"),
        ),
        (
            "domain.yml",
            "How strong must the wind be?",
            "Tell me of the wind",
            ("domain.yml", 30, "nothing says what the button 'Tell me of the wind' means"),
        ),
        (
            "domain.yml",
            'payload: "Ada"',
            'payload: "Why do you ask?"',
            ("domain.yml", 38, "the button 'Why do you ask?' does not answer the question for visitor_name"),
        ),
        (
            "actions/action_fly.py",
            'return "action_fly"',
            'return {"title": "Up", "payload": "up"}',
            ("actions/action_fly.py", 9, "nothing says what the button 'up' means"),
        ),
    ],
    ids=["other topic", "unsure", "undeclared", "no answer", "in code"],
)
def test_one_fault(broken: Break, path: str, old: str, new: str, problem: tuple[str, int, str]) -> None:
    assert problems(broken(path, old, new)) == [problem]


@pytest.mark.parametrize("payload", ["/greet", " /faq/wind", "wind{}", "up\\naway"])
def test_command_instead_of_a_sentence(broken: Break, payload: str) -> None:
    found = check_buttons(broken("domain.yml", 'payload: "yes please"', f'payload: "{payload}"'))
    assert [(problem.file, problem.line) for problem in found] == [("domain.yml", 29), ("models/", None)]


def test_threshold_is_the_pipelines(project: Project, broken: Break) -> None:
    assert threshold(project) == 0.5
    assert threshold(broken("config.yml", "    threshold: 0.5\n", "")) == 0.3
    assert threshold(broken("config.yml", "FallbackClassifier", "Other")) == 0.3


def test_no_model_is_a_problem(project: Project, tmp_path: Path) -> None:
    (problem,) = check_buttons(replace(project, root=tmp_path))
    assert "make train" in problem.expected


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A classifier of three phrases, as `rasa train` packs it."""
    texts = ["how strong must the wind be", "which string is best", "yes please"]
    vectors = np.eye(3, 384, dtype=np.float32)
    labels = ["faq/wind", "faq/string", "affirm"]
    HybridClassifier.train(texts, labels, vectors, ClassifierSettings(min_count=1)).save(tmp_path)
    (tmp_path / "words.json").write_text("{}")
    path = tmp_path / "models" / "kites.tar.gz"
    path.parent.mkdir()
    with tarfile.open(path, "w:gz") as archive:
        for name in ("classifier.json", "classifier.npz", "words.json"):
            archive.add(tmp_path / name, f"components/train_x/{name}")
        for name in sorted(NEEDED):
            archive.addfile(tarfile.TarInfo(name))
    return path


def test_trained_classifier_reads_messages(model: Path) -> None:
    reading = understanding(model)("Which string is best?")
    assert reading.label == "faq/string"
    assert 0 < reading.confidence < 1


def test_check_asks_the_newest_model(project: Project, model: Path) -> None:
    found = check_buttons(replace(project, root=model.parents[1]))
    assert all("with 0." in problem.what for problem in found), "read rightly, but by three phrases unsurely"


def test_archive_that_is_none_is_named(tmp_path: Path) -> None:
    path = tmp_path / "x.tar.gz"
    path.write_bytes(b"no archive")
    with pytest.raises(ConfigurationError, match="make train"):
        understanding(path)
    with tarfile.open(path, "w:gz"):
        pass
    with pytest.raises(ConfigurationError, match=r"lacks classifier\.json"):
        understanding(path)
