"""Find all patterns of the catalogue at once, in time independent of the message's content.

Every word of every pattern owns one bit of a long integer. Reading a word shifts the integer and keeps the bits whose
word matches (bit-parallel automaton "Shift-And" with optional characters: Navarro and Raffinot, Flexible Pattern
Matching in Strings, Cambridge 2002, section 4.3). A hostile message therefore costs as much as a friendly one of the
same length.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from lamoon.screening.patterns import Sequence_, WordTable
from lamoon.text.tokens import Word

# A gap (`..`) does not extend over these: "my chest does not hurt" must not match "my chest .. hurt".
FAR: Final = 1024  # bits
GAP_STOPS: Final = frozenset("not no never without none nor neither".split())
DETERMINERS: Final = frozenset("a an the my his her our their your".split())
"""Words allowed between any two words of a saying; grammar patterns are exact."""


@dataclass(frozen=True, slots=True)
class Match:
    """`label` was found from the word `first` to the word `last`, inclusive (indexes into the message's words)."""

    label: str
    first: int
    last: int

    def overlaps(self, other: Match) -> bool:
        return self.first <= other.last and other.first <= self.last

    def within(self, other: Match) -> bool:
        return other.first <= self.first and self.last <= other.last


class PatternMatcher:
    """All patterns with their labels, ready to search."""

    def __init__(self, patterns: Iterable[tuple[str, Sequence_]]) -> None:
        """Lay out the bits.

        Args:
            patterns: label and word sequence; the first and last word of a sequence must not be optional.
        """
        self._ends: dict[int, tuple[str, tuple[bool, ...]]] = {}
        self._any = self._start = self._final = self._optional = self._before = self._last = self._loose = 0
        self.telling: set[str] = set()  # keys of conditions' patterns
        bits: dict[str, list[int]] = {}
        alone: dict[str, list[str]] = {}
        self.size = 0
        for label, sequence in dict.fromkeys(patterns):
            if label.startswith(("condition:", "action:")):
                self.telling.update(key for element in sequence for key in element.keys or ())
            if len(sequence) == 1:
                for key in sequence[0].keys or ():
                    alone.setdefault(key, []).append(label)
            else:
                self._lay(label, sequence, bits)
        self._leads_on = self._before | self._optional
        self._bits = WordTable({key: _mask(places) for key, places in bits.items()})
        self._alone = WordTable(alone)

    @property
    def words(self) -> frozenset[str]:
        """Every whole word in any pattern."""
        return frozenset(word for table in (self._bits, self._alone) for word in (*table.words, *table.capitals))

    @property
    def prefixes(self) -> frozenset[str]:
        """Every word beginning that a pattern marks with a star."""
        return frozenset(self._bits.prefixes) | frozenset(self._alone.prefixes)

    def find(self, words: Sequence[Word], phrases: Iterable[Match] = ()) -> list[Match]:
        """Return all matches sorted by position; overlapping matches of one label are resolved to the longest.

        Args:
            words: of the message.
            phrases: matches from elsewhere, merged into the result.
        """
        found = set(phrases)
        state, sentence = 0, -1
        line: list[int] = []
        masks: list[int] = []
        skipped: list[bool] = []
        for at, word in enumerate(words):
            if word.is_mark:
                continue
            if word.sentence != sentence:
                state, sentence, line, masks, skipped = 0, word.sentence, [], [], []
            found.update(Match(label, at, at) for labels in self._alone.values(word) for label in labels)
            mask = self._mask(word)
            line.append(at)
            masks.append(mask)
            skipped.append(word.norm in DETERMINERS)
            waiting = state & self._loose if skipped[-1] else 0
            state = ((state << 1) | self._start) & mask
            if state & self._leads_on:
                ends = state | self._last
                state |= self._optional & (~(ends - self._before) ^ ends)
            state |= waiting
            hits = state & self._final
            while hits:
                low = hits & -hits
                hits ^= low
                label, optional = self._ends[low.bit_length() - 1]
                first = _latest_start(masks, skipped, low.bit_length() - len(optional), optional)
                found.add(Match(label, line[first], at))
        return _longest(found)

    def _lay(self, label: str, sequence: Sequence_, bits: dict[str, list[int]]) -> None:
        """Give every word of a sequence its bit."""
        self._start |= 1 << self.size
        if ":" in label:
            self._loose |= ((1 << len(sequence) - 1) - 1) << self.size
        for i, element in enumerate(sequence):
            bit = self.size
            if element.keys is None:
                self._any |= 1 << bit
            for key in element.keys or ():
                bits.setdefault(key, []).append(bit)
            if element.optional:
                self._optional |= 1 << bit
                self._before |= 0 if sequence[i - 1].optional else 1 << (bit - 1)
                self._last |= 0 if sequence[i + 1].optional else 1 << bit
            self.size += 1
        self._final |= 1 << (self.size - 1)
        self._ends[self.size - 1] = (label, tuple(element.optional for element in sequence))

    def _mask(self, word: Word) -> int:
        mask = 0 if word.norm in GAP_STOPS else self._any
        for pieces in self._bits.values(word):
            for shift, bits in pieces:
                mask |= bits << shift
        return mask


def _mask(bits: list[int]) -> list[tuple[int, int]]:
    """Split the bits into pieces of shift and value; zeros between distant bits would take most of the memory.

    Args:
        bits: ascending.
    """
    pieces: list[list[int]] = []
    for bit in bits:
        if not pieces or bit - pieces[-1][-1] > FAR:
            pieces.append([])
        pieces[-1].append(bit)
    return [(piece[0], sum(1 << bit - piece[0] for bit in dict.fromkeys(piece))) for piece in pieces]


def _latest_start(masks: list[int], skipped: list[bool], offset: int, optional: tuple[bool, ...]) -> int:
    """Return the start of the shortest match that ends at the last word.

    Args:
        masks: of the words of the sentence so far.
        skipped: which of them a pattern may leave out.
        offset: the first bit of the sequence.
        optional: which words of the sequence may be missing.
    """
    reached: dict[int, set[int]] = {len(optional) - 1: {len(masks) - 1}}
    for i in range(len(optional) - 1, 0, -1):
        for place in reached.get(i, ()):
            places = [place - 1] if place else []
            while places and places[-1] and skipped[places[-1]]:
                places.append(places[-1] - 1)
            before = i - 1
            while True:
                bit = offset + before
                found = {at for at in places if masks[at] >> bit & 1}
                if found:
                    reached.setdefault(before, set()).update(found)
                if not optional[before]:
                    break
                before -= 1
    return max(reached[0])


def _longest(found: set[Match]) -> list[Match]:
    kept: list[Match] = []
    latest: dict[str, Match] = {}
    for match in sorted(found, key=lambda m: (m.first, -m.last, m.label)):
        previous = latest.get(match.label)
        if previous is None or not match.within(previous):
            kept.append(match)
            latest[match.label] = match
    return kept
