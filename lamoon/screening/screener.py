"""The entry point: takes a message, returns its screening."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypedDict

from lamoon.language.document import Reader, set_health
from lamoon.screening.catalogue import Catalogue, load_catalogue
from lamoon.screening.findings import find_conditions
from lamoon.screening.message import Outcome, ScreenedMessage, Status
from lamoon.screening.outcome import decide_outcome, decide_statuses
from lamoon.text.shorthand import CONTRACTIONS
from lamoon.text.spelling import CatalogueSpelling, read_known_words

if TYPE_CHECKING:
    from spacy.tokens import Doc

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
    """The screening of a message; JSON-serialisable. `denies`: a sign of an emergency is denied. `well`: the message
    says that nothing was found or is the matter. `figurative`: a figure of speech contains words of illness.
    """

    outcome: Outcome
    conditions: list[Mention]
    denies: bool
    well: bool
    figurative: bool


class Screener:
    """Screen messages. Load it once; it is thread-safe."""

    def __init__(self, catalogue: Catalogue) -> None:
        """Create a screener with this catalogue."""
        self.catalogue = catalogue
        matcher = catalogue.matcher
        common = read_known_words()
        everyday = [*common, *_read_real_words()]
        begun = tuple(matcher.prefixes)
        vocabulary = [word for word in catalogue.vocabulary if word.isalpha()]
        vocabulary += [word for word in everyday if word.startswith(begun)] if begun else []
        self.spelling = CatalogueSpelling(
            [*vocabulary, *filter(str.isalpha, CONTRACTIONS)], everyday, catalogue.spellings, common
        )
        self.reader = Reader(self.spelling, catalogue.terms)

    @classmethod
    def load(cls, path: Path | None = None, year: int | None = None) -> Screener:
        """Create a screener with the catalogue at `path` (None: this package's own); see `load_catalogue`.

        Raises:
            CatalogueError: the catalogue is broken; says file, line, what is wrong and what was expected.
        """
        return cls(load_catalogue(path, year))

    def screen(self, text: str) -> Screening:
        """Return what the message says about health. Never raises; text beyond MAX_LENGTH characters is not read."""
        return summary(self.read(text))

    def read(self, text: str) -> ScreenedMessage:
        """Return the message with its words and all findings, for callers that need more than `screen` returns."""
        return self.read_document(self.document(text))

    def document(self, text: str) -> Doc:
        """Return the document of a message, up to MAX_LENGTH characters, not screened yet."""
        return self.reader.read(text[:MAX_LENGTH])

    def read_document(self, doc: Doc) -> ScreenedMessage:
        """Screen a document made by this screener."""
        message = ScreenedMessage(doc)
        find_conditions(message, self.catalogue)
        decide_statuses(message, self.catalogue)
        decide_outcome(message, self.catalogue)
        set_health(message.doc, [(f.first, f.last, f.condition, f.status) for f in message.findings])
        return message


def summary(message: ScreenedMessage) -> Screening:
    """Return the screening of a message that was read."""
    mentions: list[Mention] = []
    for finding in message.findings:
        start, end = message.words[finding.first].start, message.words[finding.last].end
        words = message.text[start:end]
        mentions.append({"id": finding.condition, "status": finding.status, "text": words, "start": start, "end": end})
    return {
        "outcome": message.outcome,
        "conditions": mentions,
        "denies": message.denies,
        "well": message.well,
        "figurative": message.figurative,
    }


def _read_real_words() -> list[str]:
    lines = REAL_WORDS.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


@lru_cache(maxsize=1)
def shared_screener() -> Screener:
    """Return the screener with the packaged catalogue, loaded on first use.

    Raises:
        CatalogueError: when the catalogue is broken.
    """
    return Screener.load()


def shared_catalogue() -> Catalogue:
    """Return the catalogue of the shared screener."""
    return shared_screener().catalogue
