"""Requested times: days and windows combined, with exclusions, corrections and past times."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import pairwise
from typing import Any, Final

from lamoon.booking.reading.clock import Window, read_windows
from lamoon.booking.reading.corrections import CORRECTION
from lamoon.booking.reading.dates import WEEKDAYS, Calendar
from lamoon.booking.reading.days import Days, read_days, spread
from lamoon.booking.reading.line import Line
from lamoon.booking.reading.other_times import aside, explains, happened, is_past, is_taken
from lamoon.booking.reading.phrases import phrases

_SAYS: Final = phrases("times")


NEAR: Final = 12
"""Maximum characters between a conclusion and its day."""


@dataclass(frozen=True, slots=True)
class When:
    """A requested time.

    Attributes:
        day: an ISO date, a span "2026-12-07/2026-12-13", a weekday "mon", `weekday`, `weekend`, `any` or `asap`; None
            if there is no day.
        begins: earliest, 24 hours, "15:00"; the same as `ends` for a point in time.
        ends: latest.
        excluded: excluded days.
    """

    day: str | None
    begins: str | None = None
    ends: str | None = None
    excluded: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return it in the format of the contract of booking messages."""
        shown: dict[str, Any] = {"day": self.day, "from": self.begins, "to": self.ends}
        if self.excluded:
            shown["except"] = list(self.excluded)
        return shown


@dataclass(slots=True)
class _Group:
    days: list[str] = field(default_factory=list)
    windows: list[Window] = field(default_factory=list)
    open: bool = False
    excluded: list[str] = field(default_factory=list)
    time_first: bool = False

    def whens(self) -> list[When]:
        begins, ends = _met(self.windows)
        return [When(day, begins, ends) for day in self.days or [""]]


@dataclass(frozen=True)
class Times:
    """The requested times of a line.

    Attributes:
        whens: the requested times.
        invalid: whether a given value is impossible.
        refused: whether a day or a time is refused.
        problem: why it is impossible: "gone", "no_such", or empty.
    """

    whens: tuple[When, ...]
    invalid: bool
    refused: bool
    problem: str = ""


def read_times(line: Line, now: datetime, month_first: bool, asked: str | None, keep_refused: bool) -> Times:
    """Return the requested times of a line.

    Args:
        line: of the message; consumed words are marked.
        now: in the studio's time zone.
        month_first: whether 12/11 is in December.
        asked: the open question.
        keep_refused: whether "I can't on Thursday" is about Thursday: the visitor cancels.
    """
    if greeting := _SAYS["greeting"].match(line.open):
        line.take(*greeting.span(), "greeting")
    calendar = Calendar(now.date(), month_first)
    days = read_days(line, calendar)
    windows = read_windows(line, bare=asked == "when")
    if any(d.days for d in days):
        windows += [Window(*found.span(), None, None) for found in _SAYS["any_time"].finditer(line.words)]
        windows.sort(key=lambda window: window.start)
    days, windows = _concluded(line, days, windows)
    windows, meant = _referred_to(line, windows)
    days = [
        d
        for d in days
        if not aside(line, d.start, d.end, asked) and not is_taken(line, d) and not happened(line, d, asked)
    ]
    windows = [w for w in windows if w in meant or not aside(line, w.start, w.end, asked)]
    days, windows = _without_reasons(line, days, windows, meant)
    if asked == "contact" and not any(d.days for d in days):
        windows = []  # when to call
    if keep_refused:
        days = [Days(d.start, d.end, d.days, d.open) for d in days]
    refused = [w for w in windows if w.kind == "clock" and _SAYS["refused"].search(line.open[: w.start])]
    windows = [_since(line, _other_side(w) if w in refused else w) for w in windows if w not in refused or _is_open(w)]
    refused = [w for w in refused if not _is_open(w)]
    windows = [_otherwise(line, w) for w in windows]
    invalid = any(not d.days and not d.negated for d in days) or any(w.kind == "broken" for w in windows)
    gone = [d for d in days if not d.days and is_past(line, d)]
    if gone and not [d for d in days if d.days]:
        windows = [w for w in windows if w.kind == "broken"]
    windows = _without_old(line, days, windows)
    days, windows = _corrected(line, days, [w for w in windows if w.kind != "broken"])
    days = _narrowed(line, days, calendar)
    excluded = [day for d in days if d.negated for day in d.days]
    groups = _groups(line, [d for d in days if not d.negated], windows)
    whens = _without_repeats(when for group in groups for when in group.whens())
    whens = _with_any(line, whens, excluded)
    kept, late = _not_gone(whens, now)
    excluded = [day for day in excluded if day != now.date().isoformat()]
    whens = _excluding(kept, excluded, {d for day in days if day.open for d in day.days})
    problem = "gone" if gone or late else "no_such" if invalid else ""
    return Times(tuple(whens), invalid or late, bool(refused or excluded), problem)


def _is_open(window: Window) -> bool:
    return (window.begins is None) != (window.ends is None)


def _other_side(window: Window) -> Window:
    """Return the opposite window: "I can't be there before 10" is from 10 on."""
    return replace(window, begins=window.ends, ends=window.begins)


def _concluded(line: Line, days: list[Days], windows: list[Window]) -> tuple[list[Days], list[Window]]:
    """Drop the reasons before a conclusion: "Monday is choir, Tuesday the plumber, so it has to be Wednesday"."""
    for conclusion in _SAYS["concludes"].finditer(line.words):
        after = [d for d in days if d.start >= conclusion.end() and d.days and not d.negated]
        if after and after[0].start - conclusion.end() <= NEAR:
            days = [d for d in days if d in after or d.negated]
            windows = [w for w in windows if w.start >= conclusion.start()] or windows
    return days, windows


def _without_reasons(
    line: Line, days: list[Days], windows: list[Window], meant: list[Window]
) -> tuple[list[Days], list[Window]]:
    """Drop days that only explain the wish, or exclude them: "I swim on Mondays, so Tuesday"."""
    explained = [d for d in days if d.days and not d.negated and explains(line, d.start)]
    rest = [d for d in days if d.days and not d.negated and d not in explained]
    if explained and _SAYS["but_those"].search(line.words, explained[-1].end):
        days = [replace(d, negated=True) if d in explained else d for d in days]
    elif explained and (rest or (not meant and _SAYS["any_day"].search(line.words, explained[-1].end))):
        days = [d for d in days if d not in explained]
    reasons = [w for w in windows if w not in meant and explains(line, w.start)]
    later = [w for w in windows if w not in reasons and reasons and w.start > reasons[-1].end]
    return days, [w for w in windows if w not in reasons] if later else windows


def _referred_to(line: Line, windows: list[Window]) -> tuple[list[Window], list[Window]]:
    """Resolve "any time after that"; return the windows and the times referred to."""
    meant: list[Window] = []
    for found in _SAYS["after_that"].finditer(line.words):
        clocks = [w for w in windows if w.end <= found.start() and w.kind == "clock" and w.begins]
        # "so after that, say from eleven"
        followed = any(w.kind == "clock" and w.start >= found.end() for w in windows)
        if clocks and not followed and clocks[-1].begins == clocks[-1].ends:
            later = replace(clocks[-1], ends=None)
            windows = [later if w is clocks[-1] else w for w in windows if not found.start() <= w.start < found.end()]
            meant.append(later)
    return windows, meant


def _otherwise(line: Line, window: Window) -> Window:
    """Return the window left by an exclusion: "mornings are no good" is from noon on."""
    if window.kind != "part" or (window.begins and window.ends):
        return window
    before, after = line.words[: window.start], line.words[window.end :]
    if not (_SAYS["not_part"].search(before) or _SAYS["part_not"].match(after)):
        return window
    return replace(window, begins=window.ends, ends=window.begins)


def _since(line: Line, window: Window) -> Window:
    """Return an open window: "once class is over at three" is from three on."""
    if window.kind == "clock" and window.begins == window.ends and _SAYS["once"].search(line.open[: window.start]):
        return replace(window, ends=None)
    return window


def _without_old(line: Line, days: list[Days], windows: list[Window]) -> list[Window]:
    """Drop the time of an earlier booking if a new time follows: "I booked for Friday at 3, can I come at 5?"."""
    old = [w for w in windows if _SAYS["booked"].search(_SAYS["clause"].split(line.words[: w.start])[-1])]
    return [w for w in windows if w not in old] if old and old[-1].start < max(w.start for w in windows) else windows


def _corrected(line: Line, days: list[Days], windows: list[Window]) -> tuple[list[Days], list[Window]]:
    """Drop values that a later correction replaces: "Monday at 3, no, Tuesday" is Tuesday at 3."""
    for marker in CORRECTION.finditer(line.words):
        at = marker.end()
        after_days = [d for d in days if d.start >= at and not d.negated]
        after_windows = [w for w in windows if w.start >= at]
        if after_days and any(d.start < at for d in days):
            days = [d for d in days if d.start >= at]
        if after_windows and (after_days or any(w.start < at for w in windows)):
            windows = after_windows
    return days, windows


def _narrowed(line: Line, days: list[Days], calendar: Calendar) -> list[Days]:
    """Restrict weekdays to a week named next to them, or to a month: "next week, Monday or Tuesday"."""
    first_of_week = next(
        (d for d in days if "next week" in line.words[d.start : d.end] and len(d.days[0:1] and d.days[0]) == 10), None
    )
    if first_of_week:  # "next week Monday or Tuesday"
        monday = calendar.monday(1)
        return [
            replace(d, days=tuple(calendar.within(day, monday) if day in WEEKDAYS else day for day in d.days))
            if d.start > first_of_week.start and line.words[: d.start].rstrip().endswith((" or", " and", ","))
            else d
            for d in days
        ]
    spans = [d for d in days if not d.negated and len(d.days) == 1 and "/" in d.days[0]]
    bare = [d for d in days if not d.negated and d.days and all(day in WEEKDAYS for day in d.days)]
    if len(spans) != 1 or not bare:
        return days
    first, last = map(date.fromisoformat, spans[0].days[0].split("/"))
    rest = [d for d in days if d is not spans[0]]
    if (last - first).days > 6:
        return rest
    return [replace(d, days=tuple(calendar.within(day, first) for day in d.days)) if d in bare else d for d in rest]


def _groups(line: Line, days: list[Days], windows: list[Window]) -> list[_Group]:
    """Group days with their windows."""
    groups: list[_Group] = []
    items: list[Days | Window] = sorted([*(d for d in days if d.days), *windows], key=lambda item: item.start)
    for at, item in enumerate(items):
        group = groups[-1] if groups else None
        if isinstance(item, Days):
            if group is None or (group.days and group.windows and not _shares(line, items, at, group)):
                group = _Group()
                groups.append(group)
            group.days += item.days
            group.open = group.open or item.open
        elif group is None:
            groups.append(_Group(windows=[item], time_first=True))
        elif not group.windows or (_meets(line, group.windows[-1], item)):
            group.windows.append(item)
        elif _belongs_ahead(line, items, at):
            groups.append(_Group(windows=[item], time_first=True))
        else:
            groups.append(_Group(days=list(group.days), windows=[item], open=group.open))
    for group, following in reversed(list(pairwise(groups))):  # "before 10 or after 5, weekdays"
        group.days = group.days or list(following.days)
    return groups


def _shares(line: Line, items: list[Days | Window], at: int, group: _Group) -> bool:
    """Return whether a day shares the window before the days: "evenings, Tuesday or Thursday"."""
    if not group.time_first:
        return False
    rest = items[at + 1 :]
    return not any(isinstance(item, Window) for item in rest)


def _meets(line: Line, before: Window, after: Window) -> bool:
    """Return whether two windows intersect: "after 2, before 5", "in the morning but not before 10"."""
    between = line.words[before.end : after.start]
    if re.search(r"\bor\b", between) or len(between) > 40:
        return False
    begins, ends = _met([before, after])
    one_sided = {before.begins is None, before.ends is None} != {False} or {
        after.begins is None,
        after.ends is None,
    } != {False}
    return (
        one_sided
        and (begins is None or ends is None or begins <= ends)
        and (before.begins, before.ends) != (after.begins, after.ends)
    )


def _belongs_ahead(line: Line, items: list[Days | Window], at: int) -> bool:
    """Return whether a window belongs to the day after it: "2pm Tuesday or 4pm Thursday"."""
    following = items[at + 1] if at + 1 < len(items) else None
    if not isinstance(following, Days):
        return False
    gap = line.words[items[at].end : following.start].strip()
    return gap in ("", "on", "on the", "the", "of")


def _met(windows: Iterable[Window]) -> tuple[str | None, str | None]:
    begins = ends = None
    for window in windows:
        begins = max(filter(None, (begins, window.begins)), default=None)
        ends = min(filter(None, (ends, window.ends)), default=None)
    return begins, ends


def _without_repeats(whens: Iterable[When]) -> list[When]:
    return list(dict.fromkeys(whens))


def _with_any(line: Line, whens: list[When], excluded: list[str]) -> list[When]:
    """Add `any` or the like if no day is named."""
    if any(when.day for when in whens):
        return [when for when in whens if when.day]
    day = "asap" if _SAYS["asap"].search(line.words) else "any" if excluded or _SAYS["any"].search(line.words) else None
    if whens:
        return [When(day, when.begins, when.ends) for when in whens]
    return [When(day)] if day else []


def _not_gone(whens: list[When], now: datetime) -> tuple[list[When], bool]:
    """Drop times of today that are past."""
    today, clock = now.date().isoformat(), f"{now:%H:%M}"
    kept = [when for when in whens if not (when.day == today and when.ends and when.ends <= clock)]
    return kept, len(kept) < len(whens)


def _excluding(whens: list[When], excluded: list[str], open_days: set[str]) -> list[When]:
    """Add the excluded days to the times that include them."""
    if not excluded:
        return whens
    result = []
    for when in whens:
        left_out = tuple(day for day in dict.fromkeys(excluded) if _could_be(when, day, open_days))
        result.append(When(when.day, when.begins, when.ends, left_out))
    return result


def _could_be(when: When, day: str, open_days: set[str]) -> bool:
    if when.day in (None, "any", "weekday", "weekend") or "/" in (when.day or ""):
        return True
    return when.day in WEEKDAYS and day != when.day and when.day in spread((day,))
