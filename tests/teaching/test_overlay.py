"""Lessons laid over the project's files: the patch applies, and changes nothing else."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
import yaml

from lamoon.project import PROJECT
from lamoon.teaching.lessons import Lesson, LessonError
from lamoon.teaching.overlay import as_patch, changed_files, lay

BIKES = Lesson(
    "question",
    "out_of_scope/bikes",
    "Do you have a rack for bikes?",
    'There is a rack behind the house: "the blue one".',
    ("where do i leave my bike", "bike rack?"),
    staff="Olivia",
)
LESSONS = [
    BIKES,
    Lesson("answer", "faq/cost", "Costs", "Ask us: it depends on the length."),
    Lesson("answer", "out_of_scope/parking", "Parking", "Park behind the house."),
    Lesson("fact", "cost/paying_for", "Paying for", "For time and skill."),
    Lesson("wordings", "faq/does_it_hurt", "Hurt", wordings=("zanzibar will i yelp",)),
    Lesson("wordings", "out_of_scope/bikes", "Bikes", wordings=("zanzibar cycle stand",)),
]


def responses(folder: Path) -> dict[str, list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = {}
    for path in sorted((folder / "data" / "responses").glob("*.yml")):
        found |= yaml.safe_load(path.read_text(encoding="utf-8")).get("responses") or {}
    return found


def test_a_training_reads_the_lessons(tmp_path: Path) -> None:
    lay(LESSONS, tmp_path / "p")
    said, before = responses(tmp_path / "p"), responses(PROJECT)
    assert said["utter_out_of_scope/bikes"] == [{"text": BIKES.text}]
    assert said["utter_faq/cost"][0]["text"] == "Ask us: it depends on the length."
    assert [one["text"] for one in said["utter_out_of_scope/parking"]] == ["Park behind the house."]
    assert said["utter_fact/cost/paying_for"] == [{"text": "For time and skill."}]
    changed = {"utter_faq/cost", "utter_out_of_scope/parking"}
    assert {name: said[name] for name in before if name not in changed} == {
        name: text for name, text in before.items() if name not in changed
    }
    facts = yaml.safe_load((tmp_path / "p/data/facts/cost.yml").read_text(encoding="utf-8"))
    assert facts["facts"][0]["text"] == "For time and skill."
    assert "plain" not in facts["facts"][0], "the plainer words were of the text that went"
    assert "plain" in facts["facts"][1]
    own = yaml.safe_load((tmp_path / "p/data/nlu/studio.yml").read_text(encoding="utf-8"))["nlu"][0]
    assert own["examples"].splitlines() == [
        "- where do i leave my bike",
        "- bike rack?",
        "- zanzibar cycle stand",
    ]


def test_an_engineer_gets_the_same_as_a_patch(tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    lay([], copy)
    subprocess.run(["git", "init", "-q"], cwd=copy, check=True)
    subprocess.run(["git", "apply"], cwd=copy, check=True, input=as_patch(LESSONS).encode())
    lay(LESSONS, tmp_path / "laid")
    for path in changed_files(LESSONS):
        assert (copy / path).read_text(encoding="utf-8") == (tmp_path / "laid" / path).read_text(encoding="utf-8")


def test_a_lesson_on_what_is_gone_says_so() -> None:
    for lost in (
        Lesson("answer", "faq/nothing_such", "x", "y"),
        Lesson("fact", "cost/nothing_such", "x", "y"),
        Lesson("wordings", "faq/nothing_such", "x", wordings=("y",)),
    ):
        with pytest.raises(LessonError, match="drop its"):
            changed_files([lost])
