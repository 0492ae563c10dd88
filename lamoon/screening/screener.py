"""The one entrance: a message in, what the screening thinks of it out."""

from __future__ import annotations

from pathlib import Path
from typing import Final, TypedDict

from lamoon.screening.catalogue import Catalogue, load_catalogue
from lamoon.screening.components import SPANS, Kit, make_pipeline, message_of
from lamoon.screening.contractions import CONTRACTIONS
from lamoon.screening.message import Message, Outcome, Status
from lamoon.screening.spelling import Speller
from lamoon.understanding.spelling import read_known_words

MAX_LENGTH: Final = 10_000
REAL_WORDS: Final = Path(__file__).with_name("real_words.txt")


class Mention(TypedDict):
    """A condition that the message mentions. `text` is `message[start:end]`, in characters."""

    id: str
    status: Status
    text: str
    start: int
    end: int


class Screening(TypedDict):
    """What the screening says of a message; JSON-serialisable. `denies`: it denies a sign of an emergency. `well`: it says
    that nothing was found or is the matter."""

    outcome: Outcome
    conditions: list[Mention]
    denies: bool
    well: bool


class Screener:
    """Screens messages. Load it once; threads may share it."""

    def __init__(self, catalogue: Catalogue) -> None:
        """Makes the pipeline of a catalogue."""
        self.catalogue = catalogue
        matcher = catalogue.matcher
        everyday = [*read_known_words(), *_read_real_words()]
        begun = tuple(matcher.prefixes)
        vocabulary = [word for word in matcher.vocabulary if word.isalpha()]
        vocabulary += [word for word in everyday if word.startswith(begun)] if begun else []
        self.speller = Speller([*vocabulary, *filter(str.isalpha, CONTRACTIONS)], everyday, catalogue.spellings)
        self._nlp = make_pipeline(Kit(catalogue, self.speller, frozenset({*vocabulary, *",.?!:;-()"})))

    @classmethod
    def load(cls, path: Path | None = None, year: int | None = None) -> Screener:
        """A screener with the catalogue at `path` (None: the one of this package); see `load_catalogue`.

        Raises:
            CatalogueError: the catalogue is broken; says file, line, what is wrong and what was expected.
        """
        return cls(load_catalogue(path, year))

    def screen(self, text: str) -> Screening:
        """What the message says of health. Never raises; what lies behind MAX_LENGTH characters is not read."""
        doc = self._nlp(text[:MAX_LENGTH])
        mentions: list[Mention] = []
        for span in doc.spans[SPANS]:
            start, end = span._.place
            mentions.append(
                {"id": span.label_, "status": span._.status, "text": text[start:end], "start": start, "end": end}
            )
        message = message_of(doc)
        return {"outcome": message.outcome, "conditions": mentions, "denies": message.denies, "well": message.well}

    def read(self, text: str) -> Message:
        """The message with its words and everything found in them, for those who need more than `screen` tells."""
        return message_of(self._nlp(text[:MAX_LENGTH]))


def _read_real_words() -> list[str]:
    lines = REAL_WORDS.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]
