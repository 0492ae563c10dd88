"""Rules that combine small parts, the same for every language: "not" and "breathe" mean trouble breathing.

`data/languages/combinations.yml` names the parts and combines them; each language lists its own words for every part. A
condition is therefore found in wordings that are not listed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise, product
from pathlib import Path
from typing import Final, Literal

from lamoon.errors import KnowledgeError
from lamoon.language.phrases import CLAUSE, COMMA
from lamoon.yaml_file import Value, read

FILE: Final = "combinations"
"""The file name of the rules among the languages."""
Status = Literal["affirmed", "negated", "resolved"]
Hits = Mapping[str, list[tuple[int, int]]]
"""The places of a language's parts in a text, by name."""
_DENIED, _ABSENT = "not ", "no "
_NOT, _NOT_AFTER, _AGO = "not", "not_after", "ago"
_PRESENT: Final = ("now", "suddenly")
_MOST: Final = 6  # maximum hits of a part that are tried
_PLACES: Final = frozenset({"other", "want", "think", "now", "suddenly", "all", "means"})


@dataclass(frozen=True)
class Sign:
    """A part in a rule: present or negated."""

    part: str
    denied: bool = False


@dataclass(frozen=True)
class Rule:
    """Parts that together mean a condition or a wish."""

    id: str
    signs: tuple[Sign, ...]
    absent: tuple[str, ...] = ()
    """Parts that must not occur in the same clause."""


@dataclass(frozen=True)
class Rules:
    """All rules, and the names of the parts that every language lists."""

    parts: frozenset[str]
    rules: tuple[Rule, ...]


@dataclass(frozen=True)
class Reach:
    """How far apart the parts of a rule may be: in words, or in letters if words are not separated by spaces.

    Attributes:
        far: between two parts. `across`: over the end of a sentence.
        before, after: between a negation and the part that it negates.
        beside: between a negation and a whole rule that it negates.
    """

    spaces: bool
    far: int
    across: int
    before: int
    after: int
    beside: int

    def gap(self, text: str, start: int, end: int) -> int:
        """Return the distance between two places without punctuation; below 1 if they touch or overlap."""
        between = text[start:end]
        return (
            sum(word not in (CLAUSE, COMMA) for word in between.split())
            if self.spaces
            else sum(letter not in (CLAUSE, COMMA, " ") for letter in between)
        )


_WORDS: Final = Reach(spaces=True, far=7, across=3, before=3, after=2, beside=0)
_LETTERS: Final = Reach(spaces=False, far=12, across=6, before=4, after=4, beside=1)


def load_rules(folder: Path) -> Rules:
    """Return the rules in `combinations.yml` of a folder.

    Raises:
        KnowledgeError: the file is missing, or a rule names a part that does not exist; with file, line and an example.
    """
    file = read(folder / f"{FILE}.yml", KnowledgeError).only("parts", "combinations")
    parts = frozenset(file["parts"].fields())
    return Rules(parts, tuple(_rules(file["combinations"], parts)))


def _rules(value: Value, parts: frozenset[str]) -> Iterator[Rule]:
    for id, combinations in value.fields().items():
        for line in combinations.items("- not breathe"):
            names = [name.strip() for name in line.one_line().split("&")]
            absent = tuple(name.removeprefix(_ABSENT) for name in names if name.startswith(_ABSENT))
            signs = tuple(
                Sign(name.removeprefix(_DENIED), name.startswith(_DENIED))
                for name in names
                if not name.startswith(_ABSENT)
            )
            for part in (*(sign.part for sign in signs), *absent):
                if part not in parts:
                    line.fail(f"`{part}` is not a part", "names of `parts` above", "- chest & pain")
            yield Rule(id, signs, absent)


@dataclass(frozen=True)
class RuleMatch:
    """A match of a rule in a text, from its first part to its last."""

    id: str
    start: int
    end: int
    status: Status


def matches_of(rules: Iterable[Rule], hits: Hits, text: str, *, spaces: bool) -> Iterator[RuleMatch]:
    """Yield the rules that match a folded text, each once with its shortest match.

    Args:
        rules: of `Rules`.
        hits: the places of the language's parts in the text.
        text: of `Folded`.
        spaces: whether words are written apart.
    """
    reach = _WORDS if spaces else _LETTERS
    for rule in _complete(rules, hits):
        found = [
            spans
            for spans in product(*(hits[sign.part][:_MOST] for sign in rule.signs))
            if _is_together(spans, text, reach)
            and _is_as_denied(rule, spans, hits, text, reach)
            and not any(_in(_clause(text, spans), hits.get(part, ())) for part in rule.absent)
        ]
        if found:
            spans = min(found, key=lambda spans: max(end for _, end in spans) - min(start for start, _ in spans))
            start, end = min(start for start, _ in spans), max(end for _, end in spans)
            yield RuleMatch(rule.id, start, end, _status(rule, spans, hits, text, reach))


def _complete(rules: Iterable[Rule], hits: Hits) -> Iterator[Rule]:
    there = frozenset(name for name, spans in hits.items() if spans)
    denials = there & {_NOT, _NOT_AFTER}
    for rule in rules:
        if all(sign.part in there for sign in rule.signs) and (denials or not any(sign.denied for sign in rule.signs)):
            yield rule


def _is_together(spans: tuple[tuple[int, int], ...], text: str, reach: Reach) -> bool:
    """Return whether the parts are close to each other."""
    ordered = sorted(spans)
    for (_, end), (start, _) in pairwise(ordered):
        if start > end and reach.gap(text, end, start) > (reach.across if CLAUSE in text[end:start] else reach.far):
            return False
    return True


def _is_as_denied(rule: Rule, spans: tuple[tuple[int, int], ...], hits: Hits, text: str, reach: Reach) -> bool:
    return all(
        not sign.denied or _is_denied(span, hits, text, reach.before, reach)
        for sign, span in zip(rule.signs, spans, strict=True)
    )


def _is_denied(span: tuple[int, int], hits: Hits, text: str, before: int, reach: Reach) -> bool:
    """Return whether a negation precedes a part, up to `before` away, or follows it."""
    start, end = span
    return any(
        first < start and not _is_cut(text[last:start]) and reach.gap(text, last, start) <= before
        for first, last in hits.get(_NOT, ())
    ) or any(
        last > end and not _is_cut(text[end:first]) and reach.gap(text, end, first) <= min(before, reach.after)
        for first, last in hits.get(_NOT_AFTER, ())
    )


def _is_cut(between: str) -> bool:
    return CLAUSE in between or COMMA in between


def _status(rule: Rule, spans: tuple[tuple[int, int], ...], hits: Hits, text: str, reach: Reach) -> Status:
    """Return the status: denied, or long ago unless a word says that it is present."""
    if is_long_ago(hits, text, spans[0][0]):
        return "resolved"
    if any(sign.denied for sign in rule.signs):
        return "affirmed"
    signs = [span for sign, span in zip(rule.signs, spans, strict=True) if sign.part not in _PLACES]
    return "negated" if any(_is_denied(span, hits, text, reach.beside, reach) for span in signs) else "affirmed"


def is_long_ago(hits: Hits, text: str, place: int) -> bool:
    """Return whether the sentence at a place is about years ago, and not about the present."""
    sentence = text.rfind(CLAUSE, 0, place), _end(text, CLAUSE, place)
    return _in(sentence, hits.get(_AGO, ())) and not any(_in(sentence, hits.get(name, ())) for name in _PRESENT)


def is_denied_beside(start: int, end: int, hits: Hits, text: str, *, spaces: bool) -> bool:
    """Return whether a negation is adjacent to a part of a text."""
    reach = _WORDS if spaces else _LETTERS
    return _is_denied((start, end), hits, text, reach.beside, reach)


def _clause(text: str, spans: tuple[tuple[int, int], ...]) -> tuple[int, int]:
    start, end = min(start for start, _ in spans), max(end for _, end in spans)
    return max(text.rfind(mark, 0, start) for mark in (CLAUSE, COMMA)), min(
        _end(text, mark, end) for mark in (CLAUSE, COMMA)
    )


def _end(text: str, mark: str, place: int) -> int:
    found = text.find(mark, place)
    return found if found >= 0 else len(text)


def _in(sentence: tuple[int, int], spans: Iterable[tuple[int, int]]) -> bool:
    return any(sentence[0] < start < sentence[1] for start, _ in spans)


@lru_cache(maxsize=64)
def split_words(words: str) -> tuple[str, ...]:
    """Split a comma-separated list into words and phrases."""
    return tuple(word.strip() for word in words.split(",") if word.strip())
