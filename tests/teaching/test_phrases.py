"""The patch: applies to the real files, adds what was asked for and changes nothing else."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from lamoon.settings import PROJECT
from lamoon.teaching.phrases import KnownError, PhraseError, patch, read_phrases

NEW = {
    "faq/does_it_hurt": ["zanzibar would i yelp on the table"],
    "out_of_scope/parking": ["zanzibar where do i leave my van", "zanzibar: a spot for two cars?"],
    "emergency": ["zanzibar he stopped breathing"],
}


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The project's training phrases in a repository of their own."""
    shutil.copytree(PROJECT / "data", tmp_path / "data")
    for command in (["init", "-q"], ["add", "."]):
        subprocess.run(["git", *command], cwd=tmp_path, check=True)
    return tmp_path


def examples(folder: Path) -> dict[str, list[str]]:
    """Every phrase of every label, as YAML reads it."""
    found: dict[str, list[str]] = {}
    for path in [folder / "data" / "nlu.yml", *sorted((folder / "data" / "nlu").glob("*.yml"))]:
        for block in yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)["nlu"]:
            found.setdefault(block["intent"], []).extend(line[2:] for line in block["examples"].splitlines())
    return found


def test_it_reads_what_yaml_reads(copy: Path) -> None:
    assert read_phrases(copy).counts == {label: len(phrases) for label, phrases in examples(copy).items()}


def test_the_patch_applies_and_adds_exactly_the_new_phrases(copy: Path) -> None:
    before = examples(copy)
    text = patch(read_phrases(copy), NEW)
    subprocess.run(["git", "apply", "-"], input=text, text=True, cwd=copy, check=True)
    after = examples(copy)
    assert {label: sorted({*after[label]} - {*before[label]}) for label in NEW} == {
        label: sorted(new) for label, new in NEW.items()
    }
    assert sum(map(len, after.values())) == sum(map(len, before.values())) + 4


def test_a_phrase_is_cleaned_of_markup() -> None:
    assert read_phrases().check("- zanzibar [here](x) {y}", "faq/cost") == "zanzibar here (x) y"


def test_a_known_phrase_is_refused_with_the_topic_that_has_it() -> None:
    with pytest.raises(KnownError) as known:
        read_phrases().check("WHATS mfr!", "faq/cost")
    assert known.value.label == "faq/what_is_mfr"


@pytest.mark.parametrize(("phrase", "label"), [("?!", "faq/cost"), ("zanzibar", "faq/no_such_topic")])
def test_nothing_and_no_topic_are_refused(phrase: str, label: str) -> None:
    with pytest.raises(PhraseError):
        read_phrases().check(phrase, label)
