"""A message during screening: its words, and everything that the catalogue found in them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from lamoon.language.document import source, words
from lamoon.language.listed import Item, items_of
from lamoon.screening.matcher import Match
from lamoon.text.tokens import Word

if TYPE_CHECKING:
    from spacy.tokens import Doc

Status = Literal["affirmed", "negated", "other_person", "resolved", "hypothetical"]
Outcome = Literal["none", "inform", "ask_doctor", "warn", "emergency"]


@dataclass
class Finding:
    """A condition that the message mentions. `action`: by a verb; `combined`: by several
    signs together; `by_rule`: by a rule, which checks denials by itself."""

    condition: str
    first: int
    last: int
    status: Status = "affirmed"
    action: bool = False
    combined: bool = False
    by_rule: bool = False


@dataclass
class ScreenedMessage:
    """A document as the screening reads it. `matches` and `findings` use indexes of its tokens.

    `denies`: a sign of an emergency is denied ("tight calf, but not swollen, red or hot"). `well`: the message says
    that nothing was found, or that nothing is the matter. `figurative`: a figure of speech holds words of illness.
    """

    doc: Doc
    matches: list[Match] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    outcome: Outcome = "none"
    denies: bool = False
    well: bool = False
    figurative: bool = False

    @cached_property
    def text(self) -> str:
        """The message as it was written."""
        return source(self.doc)

    @cached_property
    def words(self) -> Sequence[Word]:
        """The tokens of the document, with their places in the text."""
        return words(self.doc)

    @cached_property
    def labels(self) -> dict[str, list[Match]]:
        """Matches by label, in order."""
        found: dict[str, list[Match]] = {}
        for match in self.matches:
            found.setdefault(match.label, []).append(match)
        return found

    @cached_property
    def _covered(self) -> dict[str, frozenset[int]]:
        return {
            label: frozenset(at for match in matches for at in range(match.first, match.last + 1))
            for label, matches in self.labels.items()
        }

    @cached_property
    def mentions(self) -> frozenset[int]:
        """Words that belong to the mention of any condition."""
        return self._labelled("condition", "action")

    @cached_property
    def signs(self) -> frozenset[int]:
        """Words that belong to any sign."""
        return self._labelled("sign")

    def _labelled(self, *kinds: str) -> frozenset[int]:
        return frozenset(
            at
            for match in self.matches
            if match.label.partition(":")[0] in kinds
            for at in range(match.first, match.last + 1)
        )

    @cached_property
    def clients(self) -> frozenset[frozenset[str]]:
        """The persons named by each "book for my mum" or "can she come"; empty for a pronoun."""
        persons = self.covered("person")
        return frozenset(
            frozenset(self.words[at].norm for at in range(match.first, match.last + 1) if at in persons)
            for match in self.all("for_other")
            if not any(self.words[at].norm in ("i", "we") for at in range(match.first + 1, match.last + 1))
            and self.norm(match.first - 1) not in ("care", "caring", "cared", "carer")
        )

    @cached_property
    def listed(self) -> Sequence[Item]:
        """The items of a completed form: "clots: 2021 / cancer: none"."""
        return items_of(self.text)

    def item(self, first: int, last: int) -> Item | None:
        """The item of a form whose label holds the words from `first` to `last`."""
        if not self.listed:
            return None
        start, end = self.words[first].start, self.words[last].end
        return next((item for item in self.listed if item.start <= start and end <= item.label_end), None)

    @cached_property
    def sentences(self) -> list[tuple[int, int]]:
        """First and last word of each sentence; sentence numbers are indexes into this list."""
        bounds: list[tuple[int, int]] = []
        for at, word in enumerate(self.words):
            if word.sentence == len(bounds):
                bounds.append((at, at))
            bounds[word.sentence] = (bounds[word.sentence][0], at)
        return bounds

    def covered(self, label: str) -> frozenset[int]:
        """The words covered by matches of `label`."""
        return self._covered.get(label, frozenset())

    def all(self, label: str) -> list[Match]:
        return self.labels.get(label, [])

    def bounds(self, at: int) -> tuple[int, int]:
        """First and last word of the sentence of word `at`."""
        return self.sentences[self.words[at].sentence]

    def in_sentence(self, label: str, at: int) -> Iterator[Match]:
        """Matches of `label` in the sentence of word `at`."""
        first, last = self.bounds(at)
        return (match for match in self.all(label) if first <= match.first and match.last <= last)

    def norm(self, at: int) -> str:
        """The word at an index; an empty string outside the message."""
        return self.words[at].norm if 0 <= at < len(self.words) else ""
