"""Times in a message that are not wished: of past events, of other people's plans, of reasons."""

from __future__ import annotations

import re
from typing import Final

from lamoon.booking.reading.days import Days
from lamoon.booking.reading.line import Line
from lamoon.booking.reading.phrases import phrases

_SAYS: Final = phrases("times")


def explains(line: Line, at: int) -> bool:
    """Return whether the clause only gives a reason: "I swim on Mondays"."""
    return bool(_SAYS["explains"].search(line.words[_SAYS.last_end("clause", line.words, at) : at]))


def is_taken(line: Line, days: Days) -> bool:
    """Return whether the words after a day name another event: "Tuesday's choir", "Monday I have yoga"."""
    return not days.negated and bool(_SAYS["is_taken"].match(line.open[days.end :]))


def happened(line: Line, days: Days, asked: str | None) -> bool:
    """Return whether a past day is the time of a past event: "I filled in the form last night"."""
    clause = _SAYS["clause"].split(line.words[: days.start])[-1]
    return (
        asked != "when"
        and not days.days
        and is_past(line, days)
        and bool(re.search(r"\b(?:\w{3,}ed|sent|had|made|wrote|came|did|got|was)\b", clause))
    )


def is_past(line: Line, days: Days) -> bool:
    """Return whether a day is named as one of the past."""
    return bool(
        re.match(
            r"(?:the )?(?:day before |last|past|this past|yesterday|\w+ \w+ ago)", line.words[days.start : days.end]
        )
    )


def aside(line: Line, start: int, end: int, asked: str | None) -> bool:
    """Return whether the words give the time of something else: when the visitor works, may be called, was hurt."""
    begin = _SAYS.last_end("clause", line.words, start)
    after = _SAYS["clause"].search(line.words, end)
    clause = line.words[begin : after.start() if after else len(line.words)]
    before = line.words[begin:start]
    if _SAYS["busy"].search(before):
        return True
    if (
        _SAYS["calling"].search(before)
        and not _SAYS["coming"].search(before)
        and re.search(r"\b(?:me|us|it)\b|^ ?(?:please )?(?:don't )?(?:call|ring|phone|text)", before)
    ):
        return True
    if re.search(r"\b(?:since|best|reachable)\b ?(?:on|at|after|before)? ?$", line.words[:start]) and asked != "when":
        return True
    if _SAYS["pains"].search(before) and not re.search(r"\b\w+day\b|\d", line.words[start:end]):
        return True
    if re.search(r"\b(?:from|of|like|as) $", before) and re.match(r"(?:last|yesterday)", line.words[start:end]):
        return True
    if _is_of_event(line.words[:begin], before, asked):
        return True
    past = (
        _SAYS["before_now"].search(before)
        or _SAYS["happened"].search(before)
        or re.search(r"\b(?:was|were|has been|been)\b", before)
    )
    return bool(past and not _SAYS["hope"].search(clause) and not re.search(r"\b(?:book|come)\b", clause))


def _is_of_event(earlier: str, before: str, asked: str | None) -> bool:
    """Return whether a day is of an event that is named right before it, or since which something lasts: "the stroke in
    April", "since my fall on Monday"; "since I work on Mondays" is a reason.
    """
    if earlier.endswith("since"):
        return bool(_SAYS["happened"].search(before)) or not _SAYS["reason"].match(before)
    follows = asked == "when" and re.match(r" ?(?:right |straight |just )?(?:after|before|following)\b", before)
    return bool(_SAYS["event"].search(before)) and not follows
