"""Times of appointments: parsed from the desk's form, in words, and the requested time as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any, Final

from lamoon.errors import LamoonError
from lamoon.phrasebook import say
from lamoon.studio.model import month, weekday

FEWEST_MINUTES, MOST_MINUTES = 5, 600
MOST_DAYS = 730
_WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class AppointmentError(LamoonError):
    """An invalid day, time or length of an appointment. The text says what was wrong and what was expected."""


@dataclass(frozen=True)
class Appointment:
    """An agreed time. `starts_at` is aware; `minutes` its length.

    Raises:
        AppointmentError: for a start without a time zone, or a length outside FEWEST_MINUTES to MOST_MINUTES.
    """

    starts_at: datetime
    minutes: int

    def __post_init__(self) -> None:
        if self.starts_at.tzinfo is None:
            raise AppointmentError("the start has no time zone: expected an aware time, such as one in UTC")
        if not FEWEST_MINUTES <= self.minutes <= MOST_MINUTES:
            raise AppointmentError(f"The length has to be {FEWEST_MINUTES} to {MOST_MINUTES} minutes.")

    @property
    def ends_at(self) -> datetime:
        """The end in UTC, because adding minutes to a local time would be wrong across a change of the clocks."""
        return self.starts_at.astimezone(UTC) + timedelta(minutes=self.minutes)

    def said(self, zone: tzinfo) -> str:
        """Return the time in words: "Tuesday, December 1, at 5:30 pm (60 minutes)"."""
        return say(
            "appointment", day=_day(self.starts_at.astimezone(zone)), time=_clock(self.starts_at.astimezone(zone)),
            minutes=self.minutes,
        )  # fmt: skip


def read_appointment(day: str, clock: str, minutes: str, zone: tzinfo, now: datetime) -> Appointment:
    """Parse the fields of a form, in the studio's time zone: "2026-12-01", "17:30", "60".

    Raises:
        AppointmentError: when a part cannot be parsed, the time does not exist at the studio (the clocks go forward
            then), or it is past or more than two years ahead.
    """
    try:
        local = datetime.combine(date.fromisoformat(day), time.fromisoformat(clock))
    except ValueError:
        raise AppointmentError("Please give the day as year-month-day and the time as 17:30.") from None
    if local.tzinfo is not None or not (minutes.isascii() and minutes.isdigit() and len(minutes) <= 4):
        raise AppointmentError("Please give the length in whole minutes, and the time without a time zone.")
    start = local.replace(tzinfo=zone)
    if start.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != local:
        raise AppointmentError("That time does not exist on this day: the clocks go forward. Please choose another.")
    if not now < start < now + timedelta(days=MOST_DAYS):
        raise AppointmentError("That time is past, or more than two years ahead. Please check the date.")
    return Appointment(start.astimezone(UTC), int(minutes))


@dataclass(frozen=True)
class WishedTime:
    """The first requested time with a date; `clock` and `minutes` are None if not given."""

    day: date
    clock: time | None = None
    minutes: int | None = None

    @classmethod
    def from_value(cls, value: object) -> WishedTime | None:
        """Return the time in a row's mapping {day, time, minutes}; None if it is missing or invalid."""
        if not isinstance(value, Mapping):
            return None
        try:
            clock = time.fromisoformat(value["time"]) if value.get("time") else None
            return cls(date.fromisoformat(value["day"]), clock, int(value["minutes"]) if value.get("minutes") else None)
        except (KeyError, TypeError, ValueError):
            return None

    def as_value(self) -> dict[str, Any]:
        """Return the mapping {day, time, minutes} for a row."""
        clock = self.clock.isoformat("minutes") if self.clock else None
        return {"day": self.day.isoformat(), "time": clock, "minutes": self.minutes}

    def said(self) -> str:
        """Return the time in words: "Tuesday, December 1, at 5:30 pm"."""
        moment = datetime.combine(self.day, self.clock or time())
        return say("wished_at", day=_day(moment), time=_clock(moment)) if self.clock else _day(moment)


def wished_time(wish: Mapping[str, Any], today: date) -> WishedTime | None:
    """Return the first time of a wish (the slot's value of a `Wish`) that names one day; None if there is none. A
    weekday means the next one after `today`.
    """
    for when in wish.get("when") or ():
        day = _one_day(str(when.get("day") or ""), today)
        if day is not None:
            found = {"day": day.isoformat(), "time": when.get("from"), "minutes": wish.get("minutes")}
            return WishedTime.from_value(found) or WishedTime(day)
    return None


def _one_day(text: str, today: date) -> date | None:
    if text in _WEEKDAYS:
        return today + timedelta(days=(_WEEKDAYS.index(text) - today.weekday() - 1) % 7 + 1)
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _day(moment: datetime) -> str:
    return f"{weekday(moment.weekday())}, {month(moment.month)} {moment.day}"


def _clock(moment: datetime) -> str:
    if (moment.hour, moment.minute) == (12, 0):
        return "noon"
    return f"{(moment.hour - 1) % 12 + 1}:{moment.minute:02} {'am' if moment.hour < 12 else 'pm'}"
