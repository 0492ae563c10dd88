"""Days: "the 3rd", "16 December", "a week on friday", "in three days" as dates, weekdays and spans.

`day_grammar.py` matches the words and defines the meaning of "next tuesday"; this module handles bare weekdays and
excluded days.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from typing import Final

from lamoon.booking.reading.clock import DAY
from lamoon.booking.reading.dates import WEEKDAYS, Calendar, NoSuchDayError
from lamoon.booking.reading.day_grammar import EDGE, PATTERNS, WD, NoDayError
from lamoon.booking.reading.line import Line

_WEEKDAY: Final = re.compile(rf"{EDGE}(?P<every>(?:on |any |every |each |all |the |most )*)(?P<wd>{WD})(?![\w'])")
_NO_DAY_BEFORE: Final = {
    "sat": re.compile(r"\b(?:i|he|she|we|they|have|been|just)(?: \w+ly)? $"),
    "sun": re.compile(r"\b(?:the|much) $"),
}
_NOT: Final = re.compile(
    r"(?:\b(?:not|except|excluding|excepting|excluded|(?:with|at|by) (?:the |an )?(?:sole |only |one |single )?exceptions?(?: of)?|apart from|other than|bar|without|no|never|can't|cannot|besides|minus|save|anything but|avoid|skip|aside from|scratch|strike|forget|drop|instead of|rather than"
    rf"|(?:any|every|all|whole|each|week|days?|hours?|evenings?|mornings?|afternoons?|time|times|weekdays?|weekends?)(?: of it)? but(?: not)?|(?:any|every|all|each|whole|anything|most)\b[^.,;]{0, 30} but(?: not)?|but not)|n't)"
    r"(?: (?:for|on|the|in|do|make|come|attend|manage|free|available|any|of|possible|good|able|to|this|work))* ?$"
)
_NOT_AFTER: Final = re.compile(
    r"^ ?,? ?(?:(?:is|are|it's|its|i|that|he|she|we|day)\b ?)*(?:(?<=is )not|(?<=are )not|not(?= ?(?:$|[.,;!]))|not (?:good|great|possible|ok|okay|free|available|an option|working|so good|ideal)|no\b(?= ?(?:$|[,.;!]| good| way| chance| go))|isn't|aren't|doesn't|don't|won't|can't|cannot|(?:(?<=is )|(?<=are ))(?:bad|difficult|tricky|hard|awkward|hopeless|no good|no use|full|busy)\b|impossible|out\b|excluded|excepted|taken|n't)(?! (?:before|after|until|later|earlier|wait))"
)
_AND_TOO: Final = re.compile(r" (?:, )?(?:and|or|nor)(?: on)?(?: the)? ")


@dataclass(frozen=True, slots=True)
class Days:
    """Days found in a line.

    Attributes:
        start: where the words begin in the line.
        end: where they end.
        days: ISO dates, spans, weekdays, `weekday`, `weekend`; empty if the words name an impossible day.
        open: whether it is a span or a group of days, some of which may be excluded.
        negated: whether the days are excluded.
    """

    start: int
    end: int
    days: tuple[str, ...]
    open: bool = False
    negated: bool = False


def read_days(line: Line, calendar: Calendar) -> list[Days]:
    """Return the days of a line in order, and mark them as read."""
    found: list[Days] = []
    for pattern, handler, is_open in PATTERNS:
        for match in list(line.find(pattern)):
            if match.end() == match.start() or DAY in line.open[match.start() : match.end()]:
                continue
            try:
                days = tuple(handler(match, calendar))
            except NoDayError:
                continue
            except (NoSuchDayError, ValueError, OverflowError):
                days = ()
            found.append(_mark(line, match, days, is_open))
    for match in list(line.find(_WEEKDAY)):
        weekday = match["wd"]
        unlike = _NO_DAY_BEFORE.get(weekday)
        if unlike and unlike.search(line.words[: match.start("wd")]):
            continue
        plural = weekday.endswith("s") or "every" in match["every"] or "any" in match["every"]
        found.append(_mark(line, match, (weekday[:3],), plural))
    read = [_with_negation(line, days) for days in sorted(found, key=lambda days: days.start)]
    goes_on = False
    for at in range(1, len(read)):  # "except Tuesday, Thursday and Friday"
        before, after = read[at - 1], read[at]
        between = line.words[before.end : after.start]
        goes_on = before.negated and (
            goes_on or bool(_NOT.search(line.words[max(0, before.start - 60) : before.start]))
        )
        listed = _AND_TOO.fullmatch(between) or (between == " , " and _goes_on(line, read[at:]))
        goes_on = goes_on and bool(listed)
        if goes_on:
            read[at] = replace(after, negated=True)
    return read


def _goes_on(line: Line, rest: list[Days]) -> bool:
    """Return whether a list of days continues to an "and" with nothing else in it."""
    gaps = (line.words[before.end : after.start] for before, after in pairwise(rest))
    return bool(_AND_TOO.fullmatch(next((gap for gap in gaps if gap != " , "), "")))


def _mark(line: Line, match: re.Match[str], days: tuple[str, ...], is_open: bool) -> Days:
    line.take(*match.span(), "day", DAY)
    return Days(*match.span(), days, is_open)


def _with_negation(line: Line, days: Days) -> Days:
    negated = _NOT.search(line.words[max(0, days.start - 60) : days.start]) or _NOT_AFTER.match(
        line.open[days.end :][:40]
    )
    return replace(days, negated=bool(negated))


def spread(days: tuple[str, ...]) -> Iterator[str]:
    """Yield the weekdays of the single days among `days`."""
    for day in days:
        if day in WEEKDAYS:
            yield day
        elif len(day) == 10:
            yield WEEKDAYS[date.fromisoformat(day).weekday()]
