"""When the studio is open."""

from __future__ import annotations

from datetime import datetime, timedelta

from lamoon.studio.model import WEEKDAYS, Studio

DAYS_AHEAD = 60
"""How far a closed studio is looked for its next opening: longer than any holiday."""


def is_open(studio: Studio, moment: datetime) -> bool | None:
    """Whether the studio is open at a moment of its own time; None when its hours or its time zone are not known."""
    if moment.date() in studio.closed_days:
        return False
    hours = studio.hours.get(WEEKDAYS[moment.weekday()])
    if hours is None or not studio.time_zone:
        return None
    return any(opens <= moment.time() < closes for opens, closes in hours.spans)


def next_opening(studio: Studio, moment: datetime) -> datetime | None:
    """When the studio opens next after a moment of its own time; None when that is not known.

    It is not known either where a day lies between whose hours nobody wrote down.
    """
    if not studio.time_zone:
        return None
    for day in (moment.date() + timedelta(days=ahead) for ahead in range(DAYS_AHEAD)):
        if day in studio.closed_days:
            continue
        hours = studio.hours.get(WEEKDAYS[day.weekday()])
        if hours is None:
            return None
        for opens, _ in hours.spans:
            opening = datetime.combine(day, opens, moment.tzinfo)
            if opening > moment:
                return opening
    return None
