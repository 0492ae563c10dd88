"""The requested therapist: a woman or a man, the same as before, anyone, or a name.

Each mention of a woman or a man is judged by the words of its own clause. Only a clause that wishes or refuses counts: one
about the past, the visitor or another person says nothing about the therapist, however near the wish it stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final, Literal

from lamoon.booking.reading.line import Line
from lamoon.booking.reading.phrases import phrases

Gender = Literal["female", "male"]
_SAYS: Final = phrases("therapists")
_OTHER: Final[dict[Gender, Gender]] = {"female": "male", "male": "female"}
_MENTION: Final = re.compile(
    rf"(?<![\w'-])(?:(?P<female>{_SAYS.ways('female')})|(?P<male>{_SAYS.ways('male')}))(?![\w'-])"
)
_OR: Final = re.compile(r" (?:or|/|and)(?: with| by)? (?:an? |the )?")
_NAMED: Final = re.compile(
    r"(?i:\b(?:with|w/|by|see|ask for|request|prefer|therapist|want|get|have|book|if|appointment with))(?i: the therapist| your colleague)? (?P<name>(?!Dr|Mr|Mrs|Ms|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|January|February|March|April|May|June|July|August|September|October|November|December|MFR|I\b|IT\b|My|The|Deep|Myofascial|Swedish)[A-Z][a-z]+)\b"
    r"(?=[,.!?;)]|$| (?i:if|please|again|on|at|is|was|who|because|as|this|next|or|for|and|tomorrow|today|in|last|did|around|sometime)\b)"
)


def therapist(line: Line, asked: str | None) -> str | None:
    """Return the requested therapist; a name counts only outside answers to other questions."""
    words = line.words
    if gender := _gender(words):
        return gender
    wishes = phrases("wishes")
    if any(not _SAYS["not"].search(_clause_before(words, found.start())) for found in wishes["same"].finditer(words)):
        return "same"
    if wishes["none"].search(words):
        return "none"
    return next(_named(line), None) if asked in (None, "wish") else None


def _gender(words: str) -> Gender | None:
    """Return the gender that the last clause with a preference wishes."""
    found: Gender | None = None
    for clause in _clauses(words):
        mentions = list(_MENTION.finditer(clause))
        ends = [0, *(mention.end() for mention in mentions)]
        starts = [*(mention.start() for mention in mentions), len(clause)]
        either = {
            at
            for at, (one, other) in enumerate(pairwise(mentions))
            if one.lastgroup != other.lastgroup and _OR.fullmatch(clause[one.end() : other.start()])
        }
        for at, mention in enumerate(mentions):
            if either & {at - 1, at}:
                continue
            gender: Gender = "female" if mention["female"] else "male"
            before, after = clause[ends[at] : mention.start()], clause[mention.end() : starts[at + 1]]
            match _attitude(mention[0], before, after):
                case "wants":
                    found = gender
                case "refuses":
                    found = _OTHER[gender]
    return found


def _attitude(noun: str, before: str, after: str) -> Literal["wants", "refuses", "none"]:
    """Return what the words around a mention say about it."""
    named = _SAYS["person_noun"].match(after)
    if not named and _SAYS["called"].fullmatch(noun) and not _SAYS["of_a_preference"].search(before):
        return "none"  # "thanks man"
    if _SAYS["person"].search(before) or _SAYS["person_after"].match(after):
        return "none"
    if any(_SAYS["past"].search(_SAYS["no_past"].sub(" ", part)) for part in (before, after.partition(" if ")[0])):
        return "none"
    if _SAYS["no_matter"].search(before) or _SAYS["no_matter_after"].match(after):
        return "none"
    if _SAYS["not"].search(_SAYS["no_past"].sub(" ", before)) or _SAYS["not_after"].match(after):
        return "refuses"
    alone = _SAYS["alone"].match(before) and not after.strip()
    wants = _SAYS["wanted_after"].match(after) or _SAYS["wants"].search(before)
    return "wants" if alone or named or wants else "none"


def _clauses(words: str) -> Iterator[str]:
    begin = 0
    for end in _SAYS["clause"].finditer(words):
        yield words[begin : end.start()]
        begin = end.end()
    yield words[begin:]


def _clause_before(words: str, at: int) -> str:
    return words[_SAYS.last_end("clause", words, at) : at]


def _named(line: Line) -> Iterator[str]:
    for match in _NAMED.finditer(line.text):
        with_if = match[0].lower().startswith("if ")
        if not with_if or re.match(r" (?:is|was)\b", line.text[match.end() :]):
            yield match["name"]
