"""The grammar of days: patterns, and the dates that each one means. They are tried in order, and words matched by one
are not available to the next.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Final

from dateutil.relativedelta import MO, relativedelta

from lamoon.booking.reading.dates import MONTHS, WEEKDAYS, Calendar, NoSuchDayError, number_of
from lamoon.errors import LamoonError

_NAMES: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_OTHER_FIELDS: Final = r"(?! ?(?:floor|time|session|visit|appointment|street|avenue|ave|grade|trimester|month|birthday|anniversary|year|to last|person|kid|child))"

WD: Final = rf"(?:(?:{'|'.join(_NAMES)})s?|sats?|suns?)"
_M: Final = rf"(?:{'|'.join(MONTHS)}|mar)(?: \.)?"
_D: Final = r"\d{1,2}(?:th)?"
_N: Final = r"\d{1,2}th"
_Y: Final = r"(?: ,? ?(?P<y>20\d\d))?"
EDGE: Final = r"(?<![\w'./:-])(?:(?<![\d] [-/] )|(?=[a-z]))"


class NoDayError(LamoonError):
    """The words are not a day after all."""


Handler = Callable[[re.Match[str], Calendar], list[str]]


def _checked(found: date, weekday: str | None) -> list[str]:
    if weekday and number_of(weekday) != found.weekday():
        raise NoSuchDayError
    return [found.isoformat()]


def _span(first: date, last: date) -> list[str]:
    if last < first:
        raise NoSuchDayError
    return [f"{first}/{last}"]


def _weekday_range(m: re.Match[str], c: Calendar) -> list[str]:
    first, last = number_of(m["a"]), number_of(m["b"])
    if (first, last) == (0, 4):
        return ["weekday"]
    if last < first:
        last += 7
    return [WEEKDAYS[at % 7] for at in range(first, last + 1)]


def _past(m: re.Match[str], c: Calendar) -> list[str]:
    raise NoSuchDayError


def _weeks(word: str) -> int:
    return 2 if "fortnight" in word else int(re.sub(r"\D", "", word) or 1)


def _ahead(m: re.Match[str], c: Calendar) -> list[str]:
    count, unit = m["n"], m["unit"]
    number = 2 if unit.startswith("fortnight") or count == "couple of" else 1 if not count.isdecimal() else int(count)
    step = {"d": timedelta(number), "w": timedelta(7 * number), "f": timedelta(14), "m": relativedelta(months=number)}
    return [(c.today + step[unit[0]]).isoformat()]


def _week_on(m: re.Match[str], c: Calendar) -> list[str]:
    weekday = m["wd"]
    weeks = _weeks(m["n"])
    if weekday.startswith(("today", "tomorrow")):
        return [(c.today + timedelta(7 * weeks + weekday.startswith("tomorrow"))).isoformat()]
    base = c.today if c.today.weekday() == number_of(weekday) and weeks > 1 else c.coming(weekday)
    return [(base + timedelta(7 * weeks)).isoformat()]


def _nth_weekday(m: re.Match[str], c: Calendar) -> list[str]:
    month = c.today.replace(day=1) if not m["m"] else c.dated("28", m["m"]).replace(day=1)
    first = month + timedelta((number_of(m["wd"]) - month.weekday()) % 7)
    found = first + timedelta(7 * (int(re.sub(r"\D", "", m["n"])) - 1))
    if not m["m"] and found < c.today:
        month += relativedelta(months=1)
        found = month + timedelta((number_of(m["wd"]) - month.weekday()) % 7 + (found - first).days)
    return [found.isoformat()]


def _weekday_and_number(m: re.Match[str], c: Calendar) -> list[str]:
    """Parse "saturday 12 at half past 3": the number is the date if the weekday agrees, else a time."""
    try:
        return _checked(c.nth(m["d"]), m["wd"])
    except NoSuchDayError:
        raise NoDayError from None


def _month(m: re.Match[str], c: Calendar) -> list[str]:
    last = c.dated("28", m["m"]) + relativedelta(day=31)
    return [f"{max(c.today, last.replace(day=1))}/{last}"]


def _two(m: re.Match[str], c: Calendar) -> list[str]:
    return [c.dated(m["a"], m["m"]).isoformat(), c.dated(m["b"], m["m"]).isoformat()]


_TO: Final = r"(?:-|to|until|through|thru|and|bis)"
_HOLIDAYS: Final = {
    "christmas eve": (12, 24), "christmas day": (12, 25), "christmas": (12, 25), "boxing day": (12, 26), "new year's eve": (12, 31),
    "new year's day": (1, 1), "valentine's day": (2, 14), "valentine's": (2, 14),
}  # fmt: skip


def _holiday(m: re.Match[str], c: Calendar) -> list[str]:
    month, day = _HOLIDAYS[m["holiday"]]
    return [c.dated(str(day), MONTHS[month - 1]).isoformat()]


def _week_of_month(m: re.Match[str], c: Calendar) -> list[str]:
    first = c.dated("28", m["m"]).replace(day=1)
    last = first + relativedelta(day=31)
    monday = (last if m["n"] == "last" else first + timedelta(7 * (int(m["n"][0]) - 1))) + relativedelta(weekday=MO(-1))
    return [f"{monday}/{monday + timedelta(6)}"]


def _weekend_of(m: re.Match[str], c: Calendar) -> list[str]:
    day = c.dated(m["d"], m["m"]) if m["m"] else c.nth(m["d"])
    saturday = day - timedelta((day.weekday() - 5) % 7 if day.weekday() > 4 else day.weekday() - 5)
    return [f"{saturday}/{saturday + timedelta(1)}"]


_RULES: Final[tuple[tuple[str, Handler, bool], ...]] = (
    (r"(?:the )?week (?:of|commencing|beginning|starting)(?: on)? (?:the |monday )?(?:the )?(?P<d>{D})(?: (?:of )?(?P<m>{M}))?", lambda m, c: _week_of(m, c), True),
    (r"(?:the )?(?P<n>last|[1-4]th) (?:full )?week (?:of|in) (?P<m>{M})", _week_of_month, True),
    (r"(?:the )?(?:last )?week before christmas", lambda m, c: [f"{c.dated('21', 'december')}/{c.dated('24', 'december')}"], True),
    (r"(?:the )?weekend of (?:the )?(?P<d>{D})(?: (?:of )?(?P<m>{M}))?", _weekend_of, True),
    (r"(?:on )?(?P<holiday>christmas eve|christmas day|boxing day|new year's eve|new year's day|valentine's day)", _holiday, False),
    (r"(?:the )?day before yesterday|yesterday(?: \w+)?|last night|(?:last|this past|past) (?:{WD}|week|weekend|month)(?! (?:of|in|before))|{N1} (?:days?|weeks?) ago", _past, False),
    (r"(?P<y>\d{4}) - (?P<m>\d{1,2}) - (?P<d>\d{1,2})", lambda m, c: [c.dated(m["d"], _month_name(m["m"]), m["y"]).isoformat()], False),
    (r"(?:(?:from|between) )?(?:(?:the )?(?:{WD} )?(?:the )?(?P<a>{D}) (?:of )?(?P<m1>{M}) {TO} (?:the )?(?:{WD} )?(?:the )?(?P<b>{D}) (?:of )?(?P<m2>{M}))",
     lambda m, c: _span(c.dated(m["a"], m["m1"]), c.dated(m["b"], m["m2"])), True),
    (r"(?:(?:from|between) )?(?:the )?(?P<a>{D}) (?:-|to|until|through|thru) (?:the )?(?P<b>{D}) (?:of )?(?P<m>{M})", lambda m, c: _span(c.dated(m["a"], m["m"]), c.dated(m["b"], m["m"])), True),
    (r"between (?:the )?(?P<a>{D}) and (?:the )?(?P<b>{D}) (?:of )?(?P<m>{M})", lambda m, c: _span(c.dated(m["a"], m["m"]), c.dated(m["b"], m["m"])), True),
    (r"between (?P<m>{M}) (?P<a>{D}) and (?:{M} )?(?:the )?(?P<b>{D})(?! ?(?:am|pm|[:.]))", lambda m, c: _span(c.dated(m["a"], m["m"]), c.dated(m["b"], m["m"])), True),
    (r"(?:(?:from|between) )?(?P<m>{M}) (?P<a>{D}) (?:-|to|until|through|thru|and(?= the)) (?:the )?(?:{M} )?(?P<b>{D})(?! ?(?:am|pm|[:.]))", lambda m, c: _span(c.dated(m["a"], m["m"]), c.dated(m["b"], m["m"])), True),
    (r"(?:on )?(?:the )?(?P<a>{D}) (?:or|and|,|/) (?:the )?(?P<b>{D}) (?:of )?(?P<m>{M})", _two, False),
    (r"(?:on )?(?P<m>{M}) (?P<a>{D}) (?:or|and|/) (?:the )?(?P<b>{D})(?! ?(?:am|pm|[:.]|minutes))", _two, False),
    (r"(?:(?:from|between) (?:the )?(?P<a>{N}) {TO} (?:the )?(?P<b>{N}))|(?:the )?(?P<a2>{N}) (?:-|to|until|through) (?:the )?(?P<b2>{N})",
     lambda m, c: _span(c.nth(m["a"] or m["a2"]), c.nth(m["b"] or m["b2"])), True),
    (r"(?:(?P<wd>{WD}) ,? ?)?(?:on )?(?:the )?(?:day )?(?P<d>{D}) (?:day )?(?:of )?(?P<m>{M}){Y}(?!\w)", lambda m, c: _checked(c.dated(m["d"], m["m"], m["y"]), m["wd"]), False),
    (r"(?:(?P<wd>{WD}) ,? ?)?(?:on )?(?P<m>{M}) (?:the )?(?P<d>{D})(?! ?(?:am|pm|minutes|[:.]\d)){Y}(?: ,? ?\(? ?(?P<wd2>{WD})(?: \))?)?", lambda m, c: _checked(c.dated(m["d"], m["m"], m["y"]), m["wd"] or m["wd2"]), False),
    (r"(?:(?P<wd>{WD}) ,? ?)?(?:on )?(?P<a>\d{1,2}) / (?P<b>\d{1,2})(?: / (?P<y>\d{4}|\d{2}))?(?! ?/)", lambda m, c: _checked(c.numeric(m["a"], m["b"], m["y"]), m["wd"]), False),
    (r"(?:(?P<wd>{WD}) ,? ?)?(?P<d>\d{1,2})\.(?P<m>\d{1,2})\.(?P<y>\d{4}|\d{2})", lambda m, c: _checked(c.dated(m["d"], _month_name(m["m"]), m["y"] if len(m["y"]) == 4 else "20" + m["y"]), m["wd"]), False),
    (r"(?P<wd>{WD}) (?:the )?(?P<d>\d{1,2})(?= (?:at|around|after|from|between|in the) | , (?:at|from|between|after|before|around|by) \d| ,? ?\d{1,2}(?:[:.]\d\d)? ?(?:am|pm|h\b)| , \d{1,2}[:.]\d\d)", _weekday_and_number, False),
    (r"(?:the )?(?P<n>[1-5]th) (?P<wd>{WD})(?: (?:of|in) (?:(?P<m>{M})|the month|next month))", _nth_weekday, False),
    (r"(?:(?P<wd>{WD}) ,? ?)(?:on )?(?:the )?(?P<d>{N}){OTHER}", lambda m, c: _checked(c.nth(m["d"]), m["wd"]), False),
    (r"(?:on )?(?:the )?(?P<d>{N})(?: ,? ?(?:which is |that's |\( ?)?(?:a )?(?P<wd>{WD}))?{OTHER}", lambda m, c: _checked(c.nth(m["d"]), m["wd"]), False),
    (r"(?:on|the|day) (?:the )?(?:day )?(?P<d>[12]\d|3[01])(?! ?(?:am|pm|minutes|hours?|years?|:|\.|h\b))", lambda m, c: [c.nth(m["d"]).isoformat()], False),
    (r"(?:with)?in the next (?P<n>\d{1,2}|couple of|few) (?P<unit>days|weeks)", lambda m, c: _span(c.today, c.today + timedelta(int(m["n"] if m["n"].isdecimal() else 3) * (7 if m["unit"] == "weeks" else 1))), True),
    (r"(?:the )?(?:day after tomorrow|overmorrow)|(?:the )?(?:day after|next day)(?= ?(?:$|[,.!?]| at\b| after\b| around\b| in\b))", lambda m, c: [(c.today + timedelta(2)).isoformat()], False),
    (r"(?<!next )(?<!this )(?<!last )(?<!every )(?:a |the )?(?P<n>week|fortnight|{N1} weeks?) (?:on|from|after|this)? ?(?P<wd>{WD}|today|tomorrow)", _week_on, False),
    (r"(?:this )?(?P<wd>{WD}|today|tomorrow) (?P<n>week|fortnight|in a week|in a fortnight|in 2 weeks)(?! (?:after|or|until))", _week_on, False),
    (r"(?:on )?(?P<wd>{WD}) (?:of |in )?(?:the )?week after next|(?:the )?week after next,? (?:on )?(?P<wd2>{WD})|(?:the )?(?P<wd3>{WD}) after next", lambda m, c: [c.of_week(m["wd"] or m["wd2"] or m["wd3"], 2).isoformat()], False),
    (r"(?:the )?week after next", lambda m, c: [c.week(2)], True),
    (r"(?:in |within )?(?P<n>a|an|the|\d{1,2}|couple of|a couple of) (?P<unit>days?|weeks?|fortnight|months?)(?:'s?)?(?: time| from (?:now|today)| hence)", _ahead, False),
    (r"in (?P<n>a|an|\d{1,2}|couple of) (?P<unit>days?|weeks?|fortnight|months?)(?:'s?)?", _ahead, False),
    (r"today|this(?= (?:morning|afternoon|evening))|this very day", lambda m, c: [c.today.isoformat()], False),
    (r"tomorrow", lambda m, c: [(c.today + timedelta(1)).isoformat()], False),
    (r"(?P<a>{WD}) (?:-|to|through|thru|until) (?P<b>{WD})", _weekday_range, True),
    (r"(?:(?:on )?(?P<wd>{WD}) (?:of )?next week)|next week (?:on )?(?:the )?(?P<wd2>{WD})|next week 's (?P<wd3>{WD})", lambda m, c: [c.of_week(m["wd"] or m["wd2"] or m["wd3"], 1).isoformat()], False),
    (r"(?:on )?(?P<wd>{WD}) (?:of )?this week|this week (?:on )?(?P<wd2>{WD})", lambda m, c: [c.coming(m["wd"] or m["wd2"]).isoformat()], False),
    (r"next (?P<wd>{WD})", lambda m, c: [c.of_week(m["wd"], 1).isoformat()], False),
    (r"(?:this|this coming|the coming|coming) (?P<wd>{WD})(?: coming)?", lambda m, c: [c.coming(m["wd"]).isoformat()], False),
    (r"(?P<wd>{WD}) coming", lambda m, c: [c.coming(m["wd"]).isoformat()], False),
    (r"this weekend|(?:the|this) coming weekend", lambda m, c: [f"{c.of_week('sat', 0)}/{c.of_week('sun', 0)}"], True),
    (r"next weekend|weekend after(?: next)?", lambda m, c: [f"{c.of_week('sat', 1)}/{c.of_week('sun', 1)}"], True),
    (r"(?:at |on |over )?(?:the |any |every )?(?:{WD} or {WD} )?weekends?", lambda m, c: ["weekend"], True),
    (r"(?:rest of |later |the end of |some time |end of |beginning of )?(?:this|the current) week|(?:later|end of) the week", lambda m, c: [c.week(0)], True),
    (r"(?:the |early |late |end of |beginning of |start of |some time )*(?:next|following|coming) week", lambda m, c: [c.week(1)], True),
    (r"(?:on |any |every |during )*(?:weekdays?|working days?|week days?)|(?:during|in) the week", lambda m, c: ["weekday"], True),
    (r"next month", lambda m, c: _span((c.today + relativedelta(months=1)).replace(day=1), c.today + relativedelta(months=1, day=31)), True),
    (r"(?:in |throughout |during |early in |late in |mid - |mid )(?P<m>{M})", _month, True),
)  # fmt: skip


def _week_of(m: re.Match[str], c: Calendar) -> list[str]:
    day = c.dated(m["d"], m["m"]) if m["m"] else c.nth(m["d"])
    monday = day - timedelta(day.weekday())
    return [f"{monday}/{monday + timedelta(6)}"]


def _month_name(number: str) -> str:
    if not 1 <= int(number) <= 12:
        raise NoSuchDayError
    return MONTHS[int(number) - 1]


def _compiled(rule: str) -> re.Pattern[str]:
    for name, pattern in (
        ("WD", WD),
        ("M", _M),
        ("D", _D),
        ("N", _N),
        ("Y", _Y),
        ("TO", _TO),
        ("OTHER", _OTHER_FIELDS),
        ("N1", r"(?:a|an|\d{1,2}|couple of|few)"),
    ):
        rule = rule.replace(f"{{{name}}}", pattern)
    return re.compile(rf"{EDGE}(?:{rule})(?![\w'])")


PATTERNS: Final = tuple((_compiled(rule), handler, is_open) for rule, handler, is_open in _RULES)
