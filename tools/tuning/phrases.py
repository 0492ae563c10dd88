"""Labelled phrases to tune on: the project's, as the classifier reads them, or those of a file such as CLINC150's."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rasa.shared.importers.importer import TrainingDataImporter
from rasa.shared.nlu.constants import METADATA, METADATA_INTENT, TEXT

from lamoon.errors import EvaluationError
from lamoon.nlu.component import label_of
from lamoon.nlu.preprocessing import NOT_ENGLISH
from lamoon.project import PROJECT
from lamoon.text.spelling import DomainSpelling, frequent_words, read_known_words

WORD_COUNT = 3  # as in the assistant's own spelling repair


@dataclass(frozen=True)
class Phrase:
    """A phrase, its label with its kind, and its author ("" if unknown)."""

    text: str
    label: str
    voice: str = ""


def read_phrases(project: Path = PROJECT) -> list[Phrase]:
    """Return all phrases of the project, in the order of the files."""
    importer = TrainingDataImporter.load_from_config(
        str(project / "config.yml"), str(project / "domain.yml"), [str(project / "data")]
    )
    return [
        Phrase(one.get(TEXT), label_of(one), ((one.get(METADATA) or {}).get(METADATA_INTENT) or {}).get("voice", ""))
        for one in importer.get_nlu_data().intent_examples
    ]


def labelled_phrases(path: Path) -> list[Phrase]:
    """Return the list `train` of a JSON file.

    Raises:
        EvaluationError: when the file is of another form.
    """
    try:
        return [Phrase(str(text), str(label)) for text, label in json.loads(path.read_text(encoding="utf-8"))["train"]]
    except (ValueError, KeyError, TypeError) as problem:
        raise EvaluationError(
            f'{path}: {problem!r}; expected {{"train": [["what is my balance", "balance"], ...]}}'
        ) from None


def without_voices(phrases: Sequence[Phrase], voices: Iterable[str]) -> list[Phrase]:
    """Return the phrases by other voices.

    Raises:
        EvaluationError: for a voice that wrote none.
    """
    left_out, known = set(voices), {phrase.voice for phrase in phrases}
    if unknown := sorted(left_out - known):
        raise EvaluationError(f"No phrase has the voice {', '.join(unknown)}. Known: {', '.join(sorted(known))}")
    return [phrase for phrase in phrases if phrase.voice not in left_out]


def repair_of(phrases: Iterable[Phrase]) -> DomainSpelling:
    """Return the spelling repair trained on these phrases."""
    words = frequent_words([p.text for p in phrases if p.label not in NOT_ENGLISH], WORD_COUNT)
    return DomainSpelling(words, read_known_words())
