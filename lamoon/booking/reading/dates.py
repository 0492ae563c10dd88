"""Date arithmetic of a studio: the matching year, the next day with a number, the coming weekday, weeks from Monday.

dateutil parses the single dates and does the arithmetic.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from dateutil import parser
from dateutil.relativedelta import MO, relativedelta

from lamoon.errors import LamoonError

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MONTHS: Final = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_GONE: Final = timedelta(days=60)
"""How long a date without a year counts as past; after that it means next year."""


class NoSuchDayError(LamoonError):
    """The words name a day that does not exist, is past or is another weekday."""


@dataclass(frozen=True)
class Calendar:
    """The current day, and whether 12/11 is in December."""

    today: date
    month_first: bool

    def dated(self, day: str, month: str, year: str | None = None) -> date:
        """Return the date in the matching year.

        Raises:
            NoSuchDayError: it does not exist or is past.
        """
        number = int(re.sub(r"\D", "", day))
        written = f"{number} {month.strip(' .')[:3]} {year or ''}"
        try:
            if not year and month.startswith("feb"):  # the 29th exists in a leap year only
                date(self.today.year + (self.today.month > 2), 2, number)
            found: date = parser.parse(written, dayfirst=True, default=self._january()).date()
        except (ValueError, OverflowError):
            raise NoSuchDayError from None
        if found.day != number:
            raise NoSuchDayError
        if not year and found + _GONE < self.today:
            found += relativedelta(years=1)
        if found < self.today:
            raise NoSuchDayError
        return found

    def numeric(self, first: str, second: str, year: str | None) -> date:
        """Return the date of "12/18" or "18/12"."""
        a, b = int(first), int(second)
        month, day = (a, b) if (self.month_first and a <= 12) or b > 12 else (b, a)
        if not 1 <= month <= 12:
            raise NoSuchDayError
        full = f"20{year}" if year and len(year) == 2 else year
        return self.dated(str(day), MONTHS[month - 1], full)

    def _january(self) -> datetime:
        return datetime(self.today.year, 1, 1)

    def nth(self, words: str) -> date:
        """Return the next day of a month with this number, after today."""
        number = int(re.sub(r"\D", "", words))
        month = self.today.replace(day=1)
        for _ in range(3):
            try:
                found = month.replace(day=number)
            except ValueError:
                if not 1 <= number <= 31:
                    raise NoSuchDayError from None
            else:
                if found > self.today:
                    return found
            month += relativedelta(months=1)
        raise NoSuchDayError

    def coming(self, weekday: str) -> date:
        """Return the first such weekday from tomorrow on."""
        return self.today + timedelta((number_of(weekday) - self.today.weekday() - 1) % 7 + 1)

    def of_week(self, weekday: str, weeks: int) -> date:
        """Return the weekday in the week this many weeks ahead."""
        return self.monday(weeks) + timedelta(number_of(weekday))

    def monday(self, weeks: int = 0) -> date:
        """Return the Monday of the week this many weeks ahead."""
        monday: date = self.today + relativedelta(weekday=MO(-1), weeks=weeks)
        return monday

    def within(self, weekday: str, first: date) -> str:
        """Return the date of a weekday in the seven days from a day on."""
        return (first + timedelta((number_of(weekday) - first.weekday()) % 7)).isoformat()

    def week(self, weeks: int) -> str:
        """Return a week as a span."""
        monday = self.monday(weeks)
        return f"{monday}/{monday + timedelta(6)}"


def number_of(weekday: str) -> int:
    """Return its index in the week, Monday being 0."""
    return WEEKDAYS.index(weekday[:3])
