"""An importer that parses the training phrases once and keeps the answers apart from them.

While training, Rasa requests the phrases repeatedly, parses every file each time, deep-copies every phrase whenever it
merges several sources, and hashes each of its values: a third of a training. It also passes the answers to what is trained
on phrases, so that a changed answer trains all of it again. config.yml names this importer for both.
"""

from __future__ import annotations

import hashlib
import json
import os
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from rasa.shared.core.domain import Domain
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.constants import RESPONSE
from rasa.shared.nlu.training_data.loading import load_data
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from rasa.shared.utils.io import deep_container_fingerprint

from lamoon.understanding.vector_file import VARIABLE

KEPT: Final = "phrases-{}.json"
"""A file that was read and found right, by its hash, beside the embeddings of its phrases."""


class Phrase(Message):
    """A message whose copies share its values, which are never changed in place: strings, and a block's metadata."""

    _cached_fingerprint: str | None  # which Rasa forgets at each change

    def __deepcopy__(self, memo: dict[int, Any]) -> Phrase:
        """Return an independent message: values set on one do not affect the other."""
        twin = Phrase.__new__(Phrase)
        twin.__dict__.update(self.__dict__)
        twin.data, twin.features = dict(self.data), list(self.features)
        twin.output_properties = set(self.output_properties)
        return twin

    def fingerprint(self) -> str:
        """Identifies equal phrases, by one hash in place of Rasa's one for each value."""
        if self._cached_fingerprint is None:
            digest = hashlib.sha256()
            for name, value in sorted(self.data.items()):
                own = value if isinstance(value, str) else deep_container_fingerprint(value)
                digest.update(f"{name}\0{own}\0".encode())
            if self.features:
                digest.update(deep_container_fingerprint(self.features).encode())
            self._cached_fingerprint = digest.hexdigest()
        return self._cached_fingerprint


class AnswersApart(Domain):
    """A domain whose answers are not handed to what is trained on phrases."""

    @property
    def retrieval_intent_responses(self) -> dict[str, list[dict[str, Any]]]:
        """None (called by Rasa)."""
        return {}


class TrainingFiles(RasaFileImporter):
    """Rasa's importer of the project's files, which keeps the parsed phrases until a file changes."""

    def get_nlu_data(self, language: str | None = "en") -> TrainingData:
        """Return the phrases of all files."""
        return self._read(language)[0]

    def get_domain(self) -> Domain:
        """Return the domain with the answers of all files."""
        domain = super().get_domain()
        answers = self._read("en")[1]
        parts = domain.as_dict()
        return (
            AnswersApart.from_dict(parts | {"responses": parts.get("responses", {}) | answers}) if answers else domain
        )

    def _read(self, language: str | None) -> tuple[TrainingData, dict[str, Any]]:
        states = ((name, Path(name).stat()) for name in self._nlu_files)
        return _phrases(tuple((name, state.st_mtime_ns, state.st_size) for name, state in states), language or "en")


@lru_cache(maxsize=1)
def _phrases(files: tuple[tuple[str, int, int], ...], language: str) -> tuple[TrainingData, dict[str, Any]]:
    found = TrainingData().merge(*_kept_or_read([name for name, *_ in files], language))
    answers, found.responses = found.responses, {}
    found.training_examples = [_without_answer(example) for example in found.training_examples]
    return found, answers


def _without_answer(example: Message) -> Phrase:
    """A phrase without the text that answers it, which Rasa puts beside it for a selector that we do not use."""
    return Phrase({name: value for name, value in example.data.items() if name != RESPONSE}, example.output_properties)


def _kept_or_read(names: list[str], language: str) -> list[TrainingData]:
    """What the files hold. Rasa takes ten seconds to read and validate them, so what it made of each is kept."""
    folder = os.environ.get(VARIABLE)
    if not folder:
        return [load_data(name, language) for name in names]
    found, used = [], set()
    for name in names:
        place = Path(folder) / KEPT.format(hashlib.sha256(Path(name).read_bytes()).hexdigest()[:32])
        used.add(place)
        found.append(_kept(place) or _read_and_kept(name, language, place))
    for place in set(Path(folder).glob(KEPT.format("*"))) - used:
        place.unlink(missing_ok=True)
    return found


def _kept(place: Path) -> TrainingData | None:
    try:
        phrases, answers = json.loads(place.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return TrainingData([Message(data, set(shown)) for data, shown in phrases], responses=answers)


def _read_and_kept(name: str, language: str, place: Path) -> TrainingData:
    found: TrainingData = load_data(name, language)
    if not (found.entity_synonyms or found.regex_features or found.lookup_tables):
        phrases = [(one.data, sorted(one.output_properties)) for one in found.training_examples]
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = place.with_name(f".{os.getpid()}-{place.name}")
        draft.write_text(json.dumps([phrases, found.responses]), encoding="utf-8")
        draft.replace(place)
    return found
