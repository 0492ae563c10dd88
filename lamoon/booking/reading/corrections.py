"""Corrections inside one message: "Monday, ah no, Tuesday", "a facial instead of the massage", "from friday to saturday"."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final, TypeVar

from rapidfuzz.distance import OSA

from lamoon.booking.reading.line import Line
from lamoon.booking.reading.name_words import NameWords
from lamoon.text.clean import fold_accents

Value = TypeVar("Value")
CORRECTION: Final = re.compile(
    r"(?:\.{2,3} |[,;.!?-] |\b(?:oh|ah|uh|um|er|oops|hmm) )(?:oh |ah |uh |um |er |hang on ,? ?|hold on ,? ?|oops ,? ?)*"
    r"(?:no|nope|wait|sorry|i mean|i meant|rather|correction|scratch that|strike that|make that|make it|actually|better|let's say|or rather|on second thoughts?|apologies|pardon|my mistake)\b"
    r"(?! (?:preference|problem|later|earlier|idea|one|rush|need|matter|worries|thanks|thank|health|issues|allergies|oil|more|email|phone|if|in advance|for the|about))"
    r"|(?:\.{2,3} |[,;.!?-] |^)(?:(?:oh|ah|argh|ugh|damn|shoot|crap|oops|whoops|hm+|hmm+|erm?|um+|hold on|hang on|one sec(?:ond)?|wait)(?: (?:no|wait|damn|shoot|sorry|hold on|hang on|dear))* ?(?:\.{2,3}|[,.!-]) )+(?!(?:and|or|also|yes|yeah)\b)"
    r"|\b(?:now it's|now it is|but (?:i )?meant|meant|can you make it|could you make it|make it (?=\d|on|at|next|this|tomorrow|monday|tuesday|wednesday|thursday|friday|saturday|sunday))\b|\b(?:no wait|scratch that|strike that|i mean|i meant|or rather|make that|actually no|sorry no|oops)\b"
)
"""Words that retract the words before them."""
_DAY: Final = re.compile(r"day\b|\d{1,2}th|\d|week|morning|afternoon|evening|noon")
_END: Final = r"(?=[,.;!?]|$| and (?:my|the|i)\b| please| if | at | for | to | i'd | i )"
_WITHDRAWN: Final = (
    re.compile(
        rf"\b(?:instead of|rather than|in place of|(?:better|easier|nicer) than|and not|not the one)(?: the| a| my| on| at| for)* .{{1,30}}?{_END}"
    ),
    re.compile(
        r"\b(?:move|moved|change|changed|shift|switch|switched|push|postpone|resched\w*|transfer|swap|exchange|replace)(?: my| the| from| our)* "
        r"(?P<old>[^.;!?]{2,45}?) (?=(?:to|for|until|with|into)\b)"
    ),
    re.compile(r"\b(?:scratch|forget|scrap|ditch|never mind|drop) the (?P<old>[^,.;!?]{2,24}?)(?= ?(?:,|;|-| and\b))"),
    re.compile(r"(?<=\d )not (?P<old>\d{1,2}(?: am| pm)?)(?! ?(?:minutes|hours?))\b"),
    re.compile(
        r"\b(?:scrap|drop|skip|forget|lose|leave out|scratch|no more)(?: about)?(?: the| my)* (?P<old>(?:facial|massage|deep tissue|mfr|cupping|hot stones?)\b)"
    ),
    re.compile(
        r"(?<!\w)(?:not|isn't|no longer|wasn't|don't want)(?: for| the| a| an| my| on| at)* (?P<old>(?!sure|too|before|after|later|earlier|in|only|really|until|feeling|yet|as|so|very|just|the same|that|if)[\w' ]{2,25}?)(?= ?(?:,|;|but|-) (?!not|too))"
    ),
)
_BESIDE_A_CORRECTION: Final = frozenset(
    "wait sorry no actually i it its it's that's rather mean meant oh spelled".split()
)
MOST_SLIPS: Final = 2
"""Maximum edits between a name and its correction."""


def withdrawn(line: Line) -> list[tuple[int, int]]:
    """Return the spans of a line with a replaced value."""
    return [
        match.span("old") if "old" in pattern.groupindex else match.span()
        for pattern in _WITHDRAWN
        for match in line.find(pattern)
        if not (match[0].startswith("not") and _DAY.search(match[0]))  # days have their own "not"
    ]


def last_correction(line: Line) -> int:
    """Return where the last correction of a line ends; 0 without one."""
    return max((match.end() for match in CORRECTION.finditer(line.words)), default=0)


def after_correction(line: Line, found: Iterable[tuple[int, Value]]) -> list[Value]:
    """Return the values after the last correction, or all if there are none; each comes with its place in the line."""
    at = last_correction(line)
    ordered = sorted(found, key=lambda pair: pair[0])
    return [value for start, value in ordered if start >= at] or [value for _, value in ordered]


def corrected(name_words: NameWords, name: str) -> str:
    """Return the corrected spelling of a name: "Jon Vik, or rather J\u00f3n V\u00edk"."""
    words = name.split()
    for marker in CORRECTION.finditer(name_words.line.words):
        place = name_words.place_at(marker.end())
        if place is None or not any(_is_as(name_words, words, at) for at in range(place)):
            continue
        while place < len(name_words.line.tokens) and (
            not name_words.letters(place) or name_words.norm(place) in _BESIDE_A_CORRECTION
        ):
            place += 1
        later = (name_words.run(place, capitals=True) or "").split() if name_words.is_written_as_name(place) else []
        if len(later) == len(words) and all(map(_is_like, later, words)):
            words = later
        elif len(later) == 1 and later[0] not in words:
            words = [later[0] if _is_like(later[0], word) else word for word in words]
    return " ".join(words)


def _is_as(name_words: NameWords, words: list[str], place: int) -> bool:
    """Return whether these words stand at a place."""
    return [
        name_words.line.raw(at) for at in range(place, min(place + len(words), len(name_words.line.tokens)))
    ] == words


def _is_like(later: str, before: str) -> bool:
    """Return whether two words are spellings of the same name."""
    return OSA.distance(fold_accents(later).lower(), fold_accents(before).lower()) <= MOST_SLIPS
