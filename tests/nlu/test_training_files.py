"""The importer that reads the training phrases once, and keeps answers apart from what is trained on phrases."""

from __future__ import annotations

import os
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path

import pytest
from rasa.shared.importers.importer import TrainingDataImporter
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.constants import INTENT, RESPONSE, TEXT

from lamoon.nlu import training_files
from lamoon.nlu.training_files import Phrase, TrainingFiles
from lamoon.project import PROJECT
from lamoon.understanding.vector_file import VARIABLE

PHRASES = """\
version: "3.1"
nlu:
- intent: faq/cost
  metadata: {voice: ann}
  examples: |
    - what does it cost
    - is it expensive
"""
ANSWERS = 'version: "3.1"\nresponses:\n  utter_faq/cost:\n  - text: More than a tool.\n  utter_greet:\n  - text: Hi.\n'
DOMAIN = 'version: "3.1"\nintents: [faq, greet]\n'


@pytest.fixture
def files(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "nlu.yml").write_text(PHRASES, encoding="utf-8")
    (folder / "answers.yml").write_text(ANSWERS, encoding="utf-8")
    (tmp_path / "domain.yml").write_text(DOMAIN, encoding="utf-8")
    (tmp_path / "config.yml").write_text(
        f"importers:\n- name: {TrainingFiles.__module__}.TrainingFiles\n", encoding="utf-8"
    )
    return folder


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The names of the files that Rasa reads."""
    names: list[str] = []
    load = training_files.load_data
    monkeypatch.setattr(training_files, "load_data", lambda name, language: names.append(name) or load(name, language))
    training_files._phrases.cache_clear()
    yield names
    training_files._phrases.cache_clear()


def importer(files: Path, config: str = "config.yml") -> TrainingDataImporter:
    top = files.parent
    return TrainingDataImporter.load_from_config(str(top / config), str(top / "domain.yml"), [str(files)])


def test_config_yml_names_it() -> None:
    config = str(PROJECT / "config.yml")
    assert isinstance(TrainingDataImporter.load_from_config(config).importer._importer._importers[0], TrainingFiles)


def test_it_gives_what_rasas_own_importer_gives(files: Path) -> None:
    ours, theirs = (kind(training_data_paths=[str(files)]).get_nlu_data() for kind in (TrainingFiles, RasaFileImporter))
    expected = [
        {name: value for name, value in one.data.items() if name != RESPONSE} for one in theirs.training_examples
    ]
    assert [one.data for one in ours.training_examples] == expected
    (files.parent / "plain.yml").write_text("importers:\n- name: RasaFileImporter\n", encoding="utf-8")
    whole, plain = importer(files), importer(files, "plain.yml")
    assert whole.get_domain().as_dict() == plain.get_domain().as_dict()
    assert whole.get_domain().fingerprint() == plain.get_domain().fingerprint()


def test_a_changed_answer_changes_nothing_that_is_trained_on_phrases(files: Path) -> None:
    before = importer(files).get_nlu_data()
    (files / "answers.yml").write_text(ANSWERS.replace("More", "Less"), encoding="utf-8")
    os.utime(files / "answers.yml", ns=(1, 1))
    after = importer(files)
    assert after.get_nlu_data().fingerprint() == before.fingerprint()
    assert after.get_domain().responses["utter_faq/cost"] == [{"text": "Less than a tool."}]
    (files / "nlu.yml").write_text(f"{PHRASES}    - how much\n", encoding="utf-8")
    assert importer(files).get_nlu_data().fingerprint() != before.fingerprint()


def test_files_are_read_again_only_where_one_has_changed(files: Path, read: list[str]) -> None:
    for _ in range(2):
        assert len(TrainingFiles(training_data_paths=[str(files)]).get_nlu_data().training_examples) == 2
    assert len(read) == 2
    (files / "nlu.yml").write_text(f"{PHRASES}    - how much\n", encoding="utf-8")
    os.utime(files / "nlu.yml", ns=(1, 1))
    assert len(TrainingFiles(training_data_paths=[str(files)]).get_nlu_data().training_examples) == 3


def test_a_training_that_keeps_files_reads_those_that_changed(
    files: Path, read: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = tmp_path / "kept"
    monkeypatch.setenv(VARIABLE, str(kept))

    def phrases() -> list[dict[str, object]]:
        training_files._phrases.cache_clear()
        return [one.data for one in importer(files).get_nlu_data().training_examples if one.get(TEXT)]

    first = phrases()
    assert len(read) == 2
    assert phrases() == first
    assert len(read) == 2
    next(kept.glob("phrases-*")).write_text("[broken", encoding="utf-8")
    assert phrases() == first
    assert len(read) == 3
    (files / "nlu.yml").write_text(f"{PHRASES}    - how much\n", encoding="utf-8")
    assert len(phrases()) == 3
    assert len(read) == 4
    assert len([*kept.glob("phrases-*")]) == 2


def test_a_copy_of_a_phrase_is_its_own() -> None:
    phrase = Phrase({TEXT: "hello", INTENT: "greet"})
    twin = deepcopy([phrase])[0]
    assert phrase.fingerprint() == twin.fingerprint()
    twin.set(TEXT, "goodbye", add_to_output=True)
    twin.set("more", 1, add_to_output=True)
    assert type(twin) is Phrase
    assert (phrase.get(TEXT), phrase.get("more"), phrase.output_properties) == ("hello", None, {TEXT})
    assert phrase.fingerprint() != twin.fingerprint()
