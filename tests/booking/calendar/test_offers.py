"""Offers: free by the copy of the calendar, not held by others; none if the calendar is away."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from booking.calendar.calendar_servers import NOW, Clock, a_studio, add_request, span

from lamoon.booking.calendar import copy
from lamoon.booking.calendar.adapter import Busy
from lamoon.booking.calendar.holds import keep
from lamoon.booking.calendar.offers import Found, Offers
from lamoon.storage.database import Database

ZONE = ZoneInfo("America/New_York")
THURSDAY: list[dict[str, Any]] = [{"day": "2026-12-03", "from": None, "to": None}]


@pytest.fixture
def offers(database: Database, clock: Clock) -> Offers:
    return Offers(a_studio(), database, clock)


def copied(database: Database, clock: Clock, *busy: Busy, days: int = 16) -> None:
    copy.store(database, copy.Copy(clock(), clock() + timedelta(days=days), busy))


def walls(found: Found | None) -> list[str]:
    assert found is not None
    return [f"{entry.start.astimezone(ZONE):%a %d %H:%M}" for entry in found.times]


def test_before_the_first_copy_nothing_is_offered(offers: Offers) -> None:
    assert offers.find([], 60, "ann") is None


def test_three_times_that_suit_are_offered(offers: Offers, database: Database, clock: Clock) -> None:
    copied(database, clock, Busy(span("2026-12-03T14:00")))  # 9 to 10 in New York
    found = offers.find(THURSDAY, 60, "ann")
    assert walls(found) == ["Thu 03 10:30", "Thu 03 12:30", "Thu 03 14:30"]
    assert found is not None
    assert found.fits


def test_other_times_come_when_some_were_shown(offers: Offers, database: Database, clock: Clock) -> None:
    copied(database, clock)
    first = offers.find(THURSDAY, 60, "ann")
    assert first is not None
    shown = [entry.start.isoformat() for entry in first.times]
    again = offers.find(THURSDAY, 60, "ann", shown)
    assert again is not None
    assert again.times
    assert not set(again.times) & set(first.times)


def test_where_nothing_suits_the_nearest_are_offered(offers: Offers, database: Database, clock: Clock) -> None:
    copied(database, clock)
    found = offers.find([{"day": "2026-12-03", "from": "19:00", "to": "20:00"}], 60, "ann")
    assert walls(found) == ["Thu 03 09:00", "Thu 03 11:00"]
    assert found is not None
    assert not found.fits


def test_full_weeks_offer_nothing(offers: Offers, database: Database, clock: Clock) -> None:
    copied(database, clock, Busy(span("2026-11-30T00:00", 60 * 24 * 16)))
    assert offers.find([], 60, "ann") == Found((), fits=False)


@pytest.mark.parametrize(("age", "is_known"), [(10, True), (11, False), (-5, False)])
def test_an_old_copy_says_nothing(offers: Offers, database: Database, clock: Clock, age: int, is_known: bool) -> None:
    copied(database, clock)
    clock.forward(minutes=age)
    assert (offers.find([], 60, "ann") is not None) is is_known


def test_nothing_is_offered_beyond_what_was_read(offers: Offers, database: Database, clock: Clock) -> None:
    copied(database, clock, days=1)
    found = offers.free(60)
    assert found
    assert found[-1].end <= NOW + timedelta(days=1)


def test_a_time_that_another_holds_is_not_offered(offers: Offers, database: Database, clock: Clock) -> None:
    copied(database, clock)
    offers.holds.take("ben", span("2026-12-03T14:00"))
    assert walls(offers.find(THURSDAY, 60, "ann"))[0] == "Thu 03 10:30"
    assert walls(offers.find(THURSDAY, 60, "ben"))[0] == "Thu 03 09:00"


def test_a_released_time_is_free_before_its_event_is_gone(offers: Offers, database: Database, clock: Clock) -> None:
    hold = offers.holds.take("ben", span("2026-12-03T14:00"))
    assert hold is not None
    copied(database, clock, Busy(hold.span, hold.uid))
    offers.holds.mark_mirrored(hold)
    assert walls(offers.find(THURSDAY, 60, "ann"))[0] == "Thu 03 10:30"
    offers.holds.release("ben")
    assert walls(offers.find(THURSDAY, 60, "ann"))[0] == "Thu 03 09:00"


def test_an_event_of_ours_that_staff_moved_counts_where_it_is(offers: Offers, database: Database, clock: Clock) -> None:
    add_request(database, "LM-1")
    hold = offers.holds.take("ben", span("2026-12-03T14:00"))
    with database.writing("keep") as connection:
        keep(connection, "ben", "LM-1")
    assert hold is not None
    copied(database, clock, Busy(span("2026-12-03T16:00"), hold.uid))
    assert walls(offers.find(THURSDAY, 60, "ann"))[0] == "Thu 03 12:30"


def test_an_event_of_ours_that_nobody_knows_any_more_counts(offers: Offers, database: Database, clock: Clock) -> None:
    copied(database, clock, Busy(span("2026-12-03T14:00"), "lamoon-hold-of-a-lost-database"))
    assert walls(offers.find(THURSDAY, 60, "ann"))[0] == "Thu 03 10:30"


def test_seconds_of_an_event_are_rounded_so_that_it_is_not_shorter(database: Database, clock: Clock) -> None:
    odd = span("2026-12-03T14:00")
    odd = type(odd)(odd.start + timedelta(seconds=30), odd.end + timedelta(seconds=30))
    copied(database, clock, Busy(odd))
    with database.reading("read") as connection:
        found = copy.load(connection)
    assert found is not None
    assert found.busy == (Busy(span("2026-12-03T14:00", 61)),)
