"""The importer that reads the training phrases once."""

from __future__ import annotations

import os
from copy import deepcopy
from pathlib import Path

import pytest
from rasa.shared.importers.importer import TrainingDataImporter
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.constants import INTENT, TEXT

from lamoon.nlu import training_files
from lamoon.nlu.training_files import Phrase, TrainingFiles
from lamoon.settings import PROJECT

PHRASES = """\
version: "3.1"
nlu:
- intent: faq/cost
  metadata: {voice: ann}
  examples: |
    - what does it cost
    - is it expensive
"""


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "nlu.yml").write_text(PHRASES, encoding="utf-8")
    return tmp_path


def test_config_yml_names_it() -> None:
    config = str(PROJECT / "config.yml")
    assert isinstance(TrainingDataImporter.load_from_config(config).importer._importer._importers[0], TrainingFiles)


def test_it_gives_what_rasas_own_importer_gives(files: Path) -> None:
    ours, theirs = (kind(training_data_paths=[str(files)]).get_nlu_data() for kind in (TrainingFiles, RasaFileImporter))
    assert ours.fingerprint() == theirs.fingerprint()
    assert [one.data for one in ours.training_examples] == [one.data for one in theirs.training_examples]


def test_files_are_read_again_only_where_one_has_changed(files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    paths = training_files.training_data_from_paths
    monkeypatch.setattr(training_files, "training_data_from_paths", lambda *given: read.append("") or paths(*given))
    for _ in range(2):
        assert len(TrainingFiles(training_data_paths=[str(files)]).get_nlu_data().training_examples) == 2
    assert len(read) == 1
    (files / "nlu.yml").write_text(f"{PHRASES}    - how much\n", encoding="utf-8")
    os.utime(files / "nlu.yml", ns=(1, 1))
    assert len(TrainingFiles(training_data_paths=[str(files)]).get_nlu_data().training_examples) == 3
    assert len(read) == 2


def test_a_copy_of_a_phrase_is_its_own() -> None:
    phrase = Phrase({TEXT: "hello", INTENT: "greet"})
    twin = deepcopy([phrase])[0]
    twin.set(TEXT, "goodbye", add_to_output=True)
    twin.set("more", 1, add_to_output=True)
    assert type(twin) is Phrase
    assert (phrase.get(TEXT), phrase.get("more"), phrase.output_properties) == ("hello", None, {TEXT})
    assert phrase.fingerprint() != twin.fingerprint()
