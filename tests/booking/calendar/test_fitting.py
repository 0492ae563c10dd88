"""Which free times suit a wish, and how they are said."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from booking.calendar.calendar_servers import NOW, a_studio

from lamoon.booking.calendar.fitting import as_wish, best, fits, minutes_of, nearest, title
from lamoon.booking.calendar.times import Span, free_times
from lamoon.booking.wish import Wish
from lamoon.studio import Service

ZONE = ZoneInfo("America/New_York")
THURSDAY_3PM = datetime(2026, 12, 3, 15, 0, tzinfo=ZONE)


def when(day: str | None = None, begins: str | None = None, ends: str | None = None, *left_out: str) -> dict[str, Any]:
    return {"day": day, "from": begins, "to": ends, "except": list(left_out)}


@pytest.mark.parametrize(
    ("wish", "suits"),
    [
        (when(), True),
        (when("any"), True),
        (when("asap"), True),
        (when("2026-12-03"), True),
        (when("2026-12-04"), False),
        (when("thu"), True),
        (when("fri"), False),
        (when("weekday"), True),
        (when("weekend"), False),
        (when("2026-12-01/2026-12-05"), True),
        (when("2026-12-04/2026-12-05"), False),
        (when("thu", "15:00", "15:00"), True),
        (when("thu", "14:00", "14:00"), False),
        (when("thu", "14:00"), True),
        (when("thu", "16:00"), False),
        (when("thu", None, "16:00"), True),
        (when("thu", None, "15:30"), False),
        (when("thu", "12:00", "17:00"), True),
        (when("thu", "14:30", "15:30"), True),
        (when("weekday", None, None, "2026-12-03"), False),
        (when("weekday", None, None, "thu"), False),
    ],
)
def test_a_time_suits_a_wish(wish: dict[str, Any], suits: bool) -> None:
    assert fits([wish], THURSDAY_3PM, THURSDAY_3PM + timedelta(hours=1)) is suits


def test_any_of_several_wishes_is_enough() -> None:
    assert fits([when("mon"), when("thu")], THURSDAY_3PM, THURSDAY_3PM + timedelta(hours=1))
    assert fits([], THURSDAY_3PM, THURSDAY_3PM + timedelta(hours=1))


def free() -> list[Span]:
    return free_times(a_studio(), 60, [], NOW)


def walls(spans: list[Span]) -> list[str]:
    return [f"{span.start.astimezone(ZONE):%a %d %H:%M}" for span in spans]


def test_the_best_three_are_on_different_days_where_there_is_a_choice() -> None:
    assert walls(best(free(), [when(None, "14:00")], ZONE)) == ["Mon 30 14:00", "Tue 01 14:00", "Wed 02 14:00"]


def test_of_one_day_the_best_three_are_hours_apart() -> None:
    assert walls(best(free(), [when("thu")], ZONE)) == ["Thu 03 09:00", "Thu 03 11:00", "Thu 10 09:00"]
    assert walls(best(free(), [when("2026-12-03")], ZONE)) == ["Thu 03 09:00", "Thu 03 11:00", "Thu 03 13:00"]


def test_fewer_are_offered_where_fewer_suit() -> None:
    assert walls(best(free(), [when("2026-12-03", "16:00")], ZONE)) == ["Thu 03 16:00"]
    assert best(free(), [when("sun")], ZONE) == []


def test_what_comes_close_is_on_the_day_that_was_named() -> None:
    assert walls(nearest(free(), [when("2026-12-03", "19:00", "20:00")], ZONE, 2)) == ["Thu 03 09:00", "Thu 03 11:00"]
    assert walls(nearest(free(), [when("sun")], ZONE, 2)) == ["Mon 30 12:00", "Tue 01 09:00"]


@pytest.mark.parametrize(
    ("hour", "minute", "said"),
    [(10, 0, "10:00 am"), (0, 30, "12:30 am"), (12, 0, "12:00 pm"), (15, 5, "3:05 pm")],
)
def test_a_time_is_said_in_words(hour: int, minute: int, said: str) -> None:
    assert title(datetime(2026, 12, 3, hour, minute, tzinfo=ZONE)) == f"Thu 3 December, {said}"


def test_a_chosen_time_is_a_wish_that_only_it_suits() -> None:
    assert as_wish(THURSDAY_3PM) == {"day": "2026-12-03", "from": "15:00", "to": "15:00"}
    assert fits([as_wish(THURSDAY_3PM)], THURSDAY_3PM, THURSDAY_3PM + timedelta(hours=1))


@pytest.mark.parametrize(
    ("wish", "minutes"),
    [
        (Wish(), 60),
        (Wish(minutes=45, services=("mfr",)), 45),
        (Wish(services=("mfr",)), 75),
        (Wish(services=("massage",)), 90),
        (Wish(services=("facial",)), 60),
    ],
)
def test_an_appointment_takes_as_long_as_its_service(wish: Wish, minutes: int) -> None:
    import dataclasses

    services = (
        Service("Myofascial release", 75),
        Service("Massage, long", 90),
        Service("Massage, short", 30),
        Service("Facial"),
    )
    assert minutes_of(wish, dataclasses.replace(a_studio(), services=services)) == minutes
