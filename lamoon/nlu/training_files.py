"""The training phrases, read once.

Rasa asks for them again and again while it trains, parses every file each time, and copies every phrase in depth each
time that it merges what several sources gave: a fifth of a training. config.yml names this importer for it.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.importers.utils import training_data_from_paths
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData


class Phrase(Message):
    """A message whose copies share its values, which nothing changes in place: strings, and a block's metadata."""

    def __deepcopy__(self, memo: dict[int, Any]) -> Phrase:
        """A message of its own: what is set on one stays unknown to the other."""
        twin = Phrase.__new__(Phrase)
        twin.__dict__.update(self.__dict__)
        twin.data, twin.features = dict(self.data), list(self.features)
        twin.output_properties = set(self.output_properties)
        return twin


class TrainingFiles(RasaFileImporter):
    """Rasa's importer of the project's files; of the phrases it keeps what it has read while no file changes."""

    def get_nlu_data(self, language: str | None = "en") -> TrainingData:
        """The phrases of all files."""
        states = ((name, Path(name).stat()) for name in self._nlu_files)
        return _phrases(tuple((name, state.st_mtime_ns, state.st_size) for name, state in states), language or "en")


@lru_cache(maxsize=1)
def _phrases(files: tuple[tuple[str, int, int], ...], language: str) -> TrainingData:
    found: TrainingData = training_data_from_paths([name for name, *_ in files], language)
    found.training_examples = [Phrase(example.data, example.output_properties) for example in found.training_examples]
    return found
