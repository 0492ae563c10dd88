"""Choices among the offered times."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import tzinfo
from typing import Any, Final, Literal

from lamoon.booking.calendar.fitting import fits, title
from lamoon.booking.calendar.times import Span
from lamoon.text.answers import parse_yes_no

Way = Literal["other", "none", "wait"]
"""other: times that were not shown yet. none: the team finds one. wait: the wait list."""
_WAIT: Final = re.compile(
    r"\bwait(?:ing)?[- ]?list\b|\b(?:put|add) me (?:on|to)\b|\bon the list\b|\bi(?:'ll| will) wait\b"
)
_OTHER: Final = re.compile(
    r"\b(?:other|others|different|more|further|another)\b.{0,20}\b(?:times?|days?|options?|slots?|ones?|choices?|hours?)\b"
    r"|^\W*(?:others?|more|(?:something|anything) (?:else|later|earlier)|later|earlier|another)\W*$"
)
_NONE: Final = re.compile(
    r"\b(?:none|neither|nothing)\b|\bno(?:t any)? of (?:these|those|them)\b|\b(?:do|does|will)(?:n't| not) (?:work|suit|fit)\b"
    r"|\b(?:let|leave) (?:it to )?the team\b|\bskip\b"
)
_PLACE: Final = re.compile(
    r"(?:the |number |option |no\.? ?)?(?P<place>first|second|third|last|1st|2nd|3rd|one|two|three|[1-9])(?: (?:one|time|option|slot))?(?:,? please)?[ .!]*"
)
_PLACES: Final = {"first": 0, "1st": 0, "one": 0, "second": 1, "2nd": 1, "two": 1, "third": 2, "3rd": 2, "three": 2}


def choice_of(
    text: str, whens: Sequence[Mapping[str, Any]], offered: Sequence[Span], zone: tzinfo
) -> Span | Way | None:
    """Return the chosen time, or another choice; None for a message that is neither.

    Args:
        text: the message.
        whens: the days and times that it names.
        offered: the times, in the order shown.
        zone: the studio's.
    """
    line = " ".join(text.replace("\u2019", "'").lower().split())
    titles = {_plain(title(span.start.astimezone(zone))): span for span in offered}
    if _plain(line) in titles:
        return titles[_plain(line)]
    place = _PLACE.fullmatch(line)
    if place and offered:  # before the days: "the second" is one, too
        return _at(place["place"], offered)
    named = [span for span in offered if whens and fits(whens, span.start.astimezone(zone), span.end.astimezone(zone))]
    if len(named) == 1:
        return named[0]
    for way, pattern in _WAYS:
        if pattern.search(line):
            return way
    agreed = parse_yes_no(line)
    if agreed is None or whens:
        return None
    return "none" if not agreed else (offered[0] if len(offered) == 1 else None)


_WAYS: Final[Sequence[tuple[Way, re.Pattern[str]]]] = (("wait", _WAIT), ("other", _OTHER), ("none", _NONE))


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))


def _at(place: str, offered: Sequence[Span]) -> Span | None:
    at = len(offered) - 1 if place == "last" else int(place) - 1 if place.isdigit() else _PLACES[place]
    return offered[at] if at < len(offered) else None
