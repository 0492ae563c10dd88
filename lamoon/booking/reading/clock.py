"""Times of the day: "half past two", "between 1 and 3", "after work" as windows in 24 hours."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from lamoon.booking.reading.line import TAKEN, Line

DAY: Final = "\u00a6"
"""The mark of a day that was read before the times."""
TIME: Final = "\u00a5"


@dataclass(frozen=True, slots=True)
class Window:
    """A window of the day found in a line.

    Attributes:
        start: where its words begin in the line.
        end: where they end.
        begins: "15:00", or None for an open side.
        ends: the same.
        kind: "clock", "part" for a part of the day, "broken" for a time that does not exist.
    """

    start: int
    end: int
    begins: str | None
    ends: str | None
    kind: str = "clock"


PARTS: Final = (
    (r"1th thing(?: in the morning| mornings?)?|first thing(?: in the morning| mornings?)?|crack of dawn", None, "10:00"),
    (r"not (?:in |on )?(?:the )?(?:mornings?|early)|no mornings|anything but (?:the )?mornings?", "12:00", None),
    (r"(?:not|no) (?:in |on )?(?:the )?(?:evenings?)", None, "17:00"),
    (r"before lunch(?:time)?|pre lunch|pre - lunch", None, "12:00"),
    (r"after lunch(?:time)?|post lunch|post - lunch", "12:00", "17:00"),
    (r"lunchtimes?|lunch time|lunch hour|(?:over|at|during|around|in|for) (?:my |the )?lunch(?: break)?|lunch break|(?<=[\u00a6\u00a4] )lunch", "12:00", "14:00"),
    (r"after (?:the )?school(?: run| pick - up| pickup)?|when school(?:'s| is) out", "15:00", None),
    (r"after (?:the |my )?(?:work|working hours|office|office hours|job|hours)|(?:in )?(?:the )?evenings?|(?:at|by) nights?|(?<=[\u00a6\u00a4] )(?:nights?|eve)", "17:00", None),
    (r"(?:(?:early|late|mid) ?-? ?)?(?:in )?(?:the )?mornings?|(?:in the )?forenoon|(?<=[\u00a6\u00a4] )am|in the am", None, "12:00"),
    (r"(?:(?:early|late|mid) ?-? ?)?(?:in )?(?:the )?afternoons?", "12:00", "17:00"),
    (r"(?<!\d )(?:in the )?pm", "12:00", None),
)  # fmt: skip
_PARTS: Final = tuple((re.compile(rf"(?<![\w'])(?:{words})(?![\w'])"), begins, ends) for words, begins, ends in PARTS)
_NO_UNIT: Final = (
    r"(?! ?(?:minutes?|hours?|days?|weeks?|months?|years?|people|persons?|of us|massages?|sessions?|times|x|%|/ ?\d|\$|pounds|dollars|euros?"
    r"|january|february|march|april|june|july|august|september|october|november|december|st\b|adults|women|men|friends|or so minutes|\d))"
)
_HALF: Final = (
    r"half past|half|quarter past|quarter after|a quarter past|quarter to|a quarter to|quarter of|quarter till"
)


def _clock(n: int) -> str:
    """The pattern of one time; its groups end in `n`."""
    return (
        rf"(?:(?P<noon{n}>12 noon|noon|midnight)"
        rf"|(?P<rel{n}>{_HALF}|\d{{1,2}}(?: minutes)? past|(?:5|10|20|25)(?: minutes)? (?:to|before)) (?P<rh{n}>\d{{1,2}})"
        rf"|(?P<hm{n}>\d{{1,2}}[:.]\d{{2}})(?! hours?)"
        rf"|(?P<gh{n}>\d{{1,2}}) h (?P<gm{n}>[0-5]\d)"
        rf"|(?P<sh{n}>\d{{1,2}}) (?P<sm{n}>15|30|45)(?! ?(?:minutes|min))"
        rf"|(?P<mil{n}>(?:[01]\d|2[0-3])[0-5]\d)(?= (?:hours|h)\b| ?-|$)"
        rf"|(?P<h{n}>\d{{1,2}}){_NO_UNIT})"
        rf"(?: (?P<ap{n}>am|pm|o'clock(?: (?:am|pm))?|h\b|hours\b|uhr))?"
        rf"(?: (?:sharp|on the dot))?(?: (?:in the|at|of the) (?P<part{n}>morning|afternoon|evening|night))?"
    )


_TO: Final = r"(?:-|to|until|through|thru|and|or|/|&|not later than|at)"
_EDGE: Final = r"(?<![\w'.:/#$+])"
_PREFIX: Final = r"(?P<prefix>between|from|at|@|around|about|approximately|roughly|say|circa|ca|by about|in the|the|for|of|to|starting at|starting)"
_RANGE: Final = re.compile(
    rf"{_EDGE}(?:any time )?(?:{_PREFIX} )?(?:about |around |the )?{_clock(1)} (?P<to>{_TO}) (?:about |around |in the |the |at |before )?{_clock(2)}(?![\w:/])"
)
_AFTER: Final = r"(?:any ?time |some ?time |but )?(?:after|from|past|not before|no earlier than|not earlier than|earliest|later than|as of|not until|starting(?: from| at)?)"
_BEFORE: Final = r"(?:any ?time |some ?time |but )?(?:before|until|by|not after|no later than|not later than|latest|at the latest|up to|prior to|ahead of|earlier than|done by)"
_AT: Final = r"(?:at|@|around|about|approximately|roughly|circa|ca|say|for|to|~|on|in the|like|at around|at about|(?:at (?:the )?|(?<![\da-z] ))hours?|arrive at|now)"
_BOUND: Final = re.compile(
    _EDGE
    + rf"(?:(?:(?P<after>{_AFTER})|(?P<before>{_BEFORE})|(?P<at>{_AT})) )?(?:about |around |like |the )?{_clock(1)}(?![\w:/])"
    r"(?P<suffix> ?(?:\+|plus\b|onwards?|on\b(?! (?!any|every)\w)|or (?:later|after(?! \d))|and (?:later|after(?! \d))|or (?:earlier|before(?! \d))|at the latest|latest|earliest|at the earliest))?"
)


def read_windows(line: Line, bare: bool) -> list[Window]:
    """The windows of a line, marked as read.

    Args:
        line: with its days read.
        bare: whether a bare number may be a time: the question was when.
    """
    windows = [*_ranges(line, bare), *_bounds(line, bare)]
    near = [w for w in windows if w.kind == "clock"]
    for pattern, begins, ends in _PARTS:
        for found in line.take_all(pattern, "time"):
            windows.append(Window(*found.span(), begins, ends, "part"))
    return sorted(_refined(line, windows, near), key=lambda window: window.start)


def _ranges(line: Line, bare: bool) -> Iterator[Window]:
    for found in list(line.find(_RANGE)):
        if not _may_be_a_range(line, found, bare):
            continue
        line.take(*found.span(), "time", TIME)
        (h1, m1, ap1), (h2, m2, ap2) = _parsed(found, 1), _parsed(found, 2)
        if h1 > 24 or h2 > 24 or m1 > 59 or m2 > 59:
            yield Window(*found.span(), None, None, "broken")
            continue
        part = _part_near(line, found)
        end = _minutes(h2, m2, ap2 or part)
        begin = _minutes(h1, m1, ap1 or part)
        if not ap1 and ap2 in ("am", "pm"):
            begin = next((b for b in (_minutes(h1, m1, ap2), _minutes(h1, m1, "am")) if b <= end), begin)
        if end < begin and not ap2 and end + 720 > begin and h2 <= 12:
            end += 720
        elif end < begin and not ap1 and not ap2 and begin >= 720 and begin - 720 < end and h1 <= 12:
            begin -= 720
        if found["to"] == "or" and abs(end - begin) > 180:
            yield Window(found.start(), found.start("to"), _text(begin), _text(begin))
            yield Window(found.end("to"), found.end(), _text(end), _text(end))
        elif end < begin or (end == begin and found["to"] != "or"):
            yield Window(*found.span(), None, None, "broken")
        else:
            yield Window(*found.span(), _text(begin), _text(end))


def _may_be_a_range(line: Line, found: re.Match[str], bare: bool) -> bool:
    sure = any(found[f"{group}{n}"] for n in (1, 2) for group in ("noon", "rel", "hm", "gh", "ap", "part", "mil"))
    prefix = found["prefix"]
    if found["to"] == "at" or (
        found["to"] == "to" and found["h1"] in ("20", "25") and prefix not in ("between", "from")
    ):
        return False  # "20 to 6" is a time
    if found["to"] in ("and",) and prefix not in ("between", "from") and not (sure and bare):
        return False
    after_day = DAY in line.open[max(0, found.start() - 4) : found.start()]
    before_day = DAY in line.open[found.end() : found.end() + 4]
    spans = found["to"] in ("to", "-", "until") and DAY in line.open
    return sure or spans or prefix in ("between", "from", "at", "around") or after_day or before_day or bare


def _bounds(line: Line, bare: bool) -> Iterator[Window]:
    for found in list(line.find(_BOUND)):
        if not _may_be_a_time(line, found, bare):
            continue
        hour, minute, ap = _parsed(found, 1)
        line.take(*found.span(), "time", TIME)
        if hour > 24 or minute > 59 or (hour == 24 and minute):
            yield Window(*found.span(), None, None, "broken")
            continue
        time = _text(_minutes(hour % 24, minute, ap or _part_near(line, found)))
        suffix = found["suffix"] or ""
        if (
            found["before"]
            or "before" in suffix
            or ("earlie" in suffix and "earliest" not in suffix)
            or "latest" in suffix
        ):
            yield Window(*found.span(), None, time)
        elif found["after"] or suffix.strip():
            yield Window(*found.span(), time, None)
        else:
            yield Window(*found.span(), time, time)


def _may_be_a_time(line: Line, found: re.Match[str], bare: bool) -> bool:
    if any(found[f"{group}1"] for group in ("noon", "rel", "hm", "gh", "part", "mil")):
        return True
    unit = found["ap1"] or ""
    if unit in ("h", "hours"):
        return int(re.findall(r"\d+", found[0])[0]) >= 9
    if unit:
        return True
    hour = int(found["h1"] or found["sh1"] or 99)
    before = line.open[max(0, found.start() - 4) : found.start()].strip()
    after_day = (
        before.endswith(DAY)
        or (before.endswith(f"{DAY} .") and line.open[found.end() :].strip()[:1] in (".", ",", ""))
        or (before.endswith(",") and DAY in before)
    )
    if hour > 24 and not after_day and not found["at"]:
        return False
    at = found["at"]
    if at == "for" and hour == 2:
        return False  # two people
    if at in ("for", "to", "on", "in the", "like", "say") or at is None:
        rest = line.open[found.end() :].strip()
        opens = (
            at in ("to", "on", "say", "like")
            and (
                not rest
                or rest[0] in ".,!?"
                or rest.startswith(("in the same", "the same", "same", "instead", "please"))
            )
            and hour <= 20
        )
        opens = opens or (
            at is None and re.match(r"(?:not|instead|rather)\b", line.words[found.end() :].strip()) is not None
        )
        follows = rest.startswith((DAY, f"on {DAY}", TIME))
        alone = bare and hour <= 20 and (not before or before[-1] in f",;.(/-{TIME}" or before.endswith(("or", "and")))
        return bool(found["after"] or found["before"] or after_day or follows or opens or alone or (bare and at))
    return hour <= 24


def _parsed(found: re.Match[str], n: int) -> tuple[int, int, str]:
    """Return hour, minute and half of the day of a time."""
    unit = found[f"ap{n}"] or ""
    ap = "pm" if unit.endswith("pm") else "am" if unit.endswith("am") else ""
    ap = ap or found[f"part{n}"] or ""
    if noon := found[f"noon{n}"]:
        return (0 if noon == "midnight" else 12), 0, "24"
    if relation := found[f"rel{n}"]:
        hour = int(found[f"rh{n}"])
        minute = 30 if "half" in relation else 15 if "quarter" in relation else int(relation.split()[0])
        if relation.split()[-1] in ("to", "of", "till", "before"):
            return (12 if hour == 1 else hour - 1), 60 - minute, ap or ("noon" if hour in (12, 1) else "")
        return hour, minute, ap
    if written := found[f"hm{n}"]:
        before, after = re.split("[:.]", written)
        return int(before), int(after), ap or ("24" if before.startswith("0") else "")
    if military := found[f"mil{n}"]:
        return int(military[:2]), int(military[2:]), "24"
    for h, m in (("gh", "gm"), ("sh", "sm")):
        if found[f"{h}{n}"]:
            return int(found[f"{h}{n}"]), int(found[f"{m}{n}"]), ap
    return int(found[f"h{n}"]), 0, ap


def _minutes(hour: int, minute: int, half: str) -> int:
    """Return minutes since midnight. Bare hours from 1 to 7 are in the afternoon, from 8 to 11 in the morning."""
    if half in ("pm", "afternoon", "evening", "night"):
        hour += 12 if hour < 12 else 0
    elif half in ("am", "morning"):
        hour = 0 if hour == 12 and half == "am" else hour
    elif half != "24":
        hour += 12 if 1 <= hour <= 7 else 0
    return 60 * hour + minute


_EVENING: Final = re.compile(r"\b(?:evenings?|tonight|at night|pm)\b")
_MORNING: Final = re.compile(r"\b(?:mornings?)\b")
_EARLIER_DAY: Final = re.compile(rf"[,/|;] (?:on |the |and )*(?={DAY})")
_CLAUSE: Final = re.compile(r"[.;!?/]|\b(?:or|but|and)\b")


def _part_near(line: Line, found: re.Match[str]) -> str:
    """Return the part of the day that the same clause names: "tomorrow evening at 8"."""
    begin = max(0, found.start() - 40)
    part = _EARLIER_DAY.split(line.open[begin : found.start()])[-1]  # of another day: "Monday morning, Tuesday at 5"
    before = _CLAUSE.split(line.words[found.start() - len(part) : found.start()])[-1]
    after = _CLAUSE.split(line.words[found.end() :])[0][:14]
    near = f"{before} {after}"
    if _EVENING.search(near):
        return "evening"
    return "morning" if _MORNING.search(near) else ""


def _refined(line: Line, windows: list[Window], clocks: list[Window]) -> Iterator[Window]:
    """Drop parts of the day that only disambiguate a time: "tomorrow evening at 8"."""
    for window in windows:
        if window.kind == "part" and any(_together(line, window, clock) for clock in clocks):
            continue
        yield window


def _together(line: Line, part: Window, clock: Window) -> bool:
    first, last = sorted((part, clock), key=lambda window: window.start)
    between = line.words[first.end : last.start]
    of_another_day = _EARLIER_DAY.search(line.open[first.end : last.start])
    if of_another_day or re.search(r"[.;!?]|\b(?:or|and|but)\b", between) or len(between) > 25:
        return False
    times = [int(t[:2]) * 60 + int(t[3:]) for t in (clock.begins, clock.ends) if t]
    low = 0 if part.begins is None else int(part.begins[:2]) * 60
    high = 1440 if part.ends is None else int(part.ends[:2]) * 60
    return all(low <= t <= high for t in times)


def _text(minutes: int) -> str:
    return f"{minutes // 60 % 24:02}:{minutes % 60:02}"


__all__ = ["DAY", "TAKEN", "Window", "read_windows"]
