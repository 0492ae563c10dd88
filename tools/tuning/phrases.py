"""The project's training phrases as the classifier reads them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from rasa.shared.importers.importer import TrainingDataImporter
from rasa.shared.nlu.constants import TEXT

from lamoon.nlu.component import label_of
from lamoon.nlu.preprocessing import NOT_ENGLISH
from lamoon.project import PROJECT
from lamoon.text.spelling import DomainSpelling, frequent_words, read_known_words

BLOCKS = 5
WORD_COUNT = 3  # as in the assistant's own spelling repair


@dataclass(frozen=True)
class Phrase:
    """A phrase, its label with its kind, and which fifth of its label's phrases it is in."""

    text: str
    label: str
    block: int


def read_phrases(project: Path = PROJECT) -> list[Phrase]:
    """All phrases, in the order of the files. Those of one voice lie together, so a block has voices of its own."""
    importer = TrainingDataImporter.load_from_config(
        str(project / "config.yml"), str(project / "domain.yml"), [str(project / "data")]
    )
    pairs = [(example.get(TEXT), label_of(example)) for example in importer.get_nlu_data().intent_examples]
    total: dict[str, int] = {}
    for _, label in pairs:
        total[label] = total.get(label, 0) + 1
    seen: dict[str, int] = {}
    phrases = []
    for text, label in pairs:
        place = seen.get(label, 0)
        seen[label] = place + 1
        phrases.append(Phrase(text, label, BLOCKS * place // total[label]))
    return phrases


def repair_of(phrases: list[Phrase]) -> DomainSpelling:
    """The spelling repair that the assistant learns from these phrases."""
    words = frequent_words([p.text for p in phrases if p.label not in NOT_ENGLISH], WORD_COUNT)
    return DomainSpelling(words, read_known_words())
