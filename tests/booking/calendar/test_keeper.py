"""The keeper, with a real Radicale: holds appear in the calendar and follow it, and an outage stops nothing for long."""

from __future__ import annotations

import subprocess as subprocess  # marks this module as slow: it starts a server
from datetime import timedelta

import pytest
from booking.calendar.calendar_servers import NOW, PASSWORD, USER, Clock, Radicale, a_studio, add_request, span
from sqlalchemy import delete
from sqlalchemy.engine import Connection

from lamoon.booking.calendar.adapter import calendar_of, missing_setting
from lamoon.booking.calendar.dav import DavCalendar
from lamoon.booking.calendar.holds import follow, keep
from lamoon.booking.calendar.keeper import Keeper
from lamoon.booking.calendar.offers import Offers
from lamoon.booking.calendar.waiting import WaitOffer, join
from lamoon.settings import load_settings
from lamoon.storage.database import Database
from lamoon.storage.tables import requests

TUESDAY = span("2026-12-01T15:00")


class Running:
    """A clock that only moves on command."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


class House:
    """A keeper with what it keeps together."""

    def __init__(self, radicale: Radicale, database: Database) -> None:
        self.clock, self.running, self.told = Clock(), Running(), []
        self.database, self.radicale = database, radicale
        self.calendar = DavCalendar(radicale.url, USER, PASSWORD, a_studio().zone, seconds=3)
        self.offers = Offers(a_studio(), database, self.clock)
        self.keeper = Keeper(self.calendar, a_studio(), database, self._tell, self.clock, self.running)

    def _tell(self, _: Connection, offer: WaitOffer) -> None:
        self.told.append(offer)

    def round(self, seconds: float = 61) -> None:
        self.running.seconds += seconds
        self.clock.forward(seconds=seconds)
        self.keeper.round()

    def shown(self) -> list[str]:
        """The status of each event of ours in the calendar."""
        return [
            next(line.partition(":")[2].strip() for line in event.splitlines() if line.startswith("STATUS"))
            for event in self.radicale.events()
            if "lamoon-hold-" in event
        ]


@pytest.fixture
def house(radicale: Radicale, database: Database) -> House:
    return House(radicale, database)


def test_a_copy_makes_times_known(house: House) -> None:
    house.radicale.put("all", "DTSTART:20261130T000000Z\r\nDTEND:20261211T000000Z")
    assert house.offers.free(60) is None
    house.round()
    found = house.offers.free(60)
    assert found
    assert found[0].start > span("2026-12-11T00:00").start


def test_a_hold_appears_is_confirmed_and_removed(house: House) -> None:
    add_request(house.database, "LM-1")
    house.offers.holds.take("ann", TUESDAY)
    house.round()
    assert house.shown() == ["TENTATIVE"]
    with house.database.writing("keep") as connection:
        keep(connection, "ann", "LM-1")
    house.round()
    assert house.shown() == ["TENTATIVE"]
    assert "LM-1" in house.radicale.events()[0]
    with house.database.writing("confirm") as connection:
        follow(connection, "LM-1", "confirmed")
    house.round()
    assert house.shown() == ["CONFIRMED"]
    with house.database.writing("cancel") as connection:
        follow(connection, "LM-1", "cancelled")
    house.round()
    assert house.shown() == []
    assert house.offers.holds.to_mirror() == []


def test_an_expired_hold_disappears(house: House) -> None:
    house.offers.holds.take("ann", TUESDAY)
    house.round()
    house.round(seconds=15 * 60)
    assert house.shown() == []


def test_nothing_of_the_visitor_is_in_the_calendar(house: House) -> None:
    add_request(house.database, "LM-1")
    house.offers.holds.take("web-secret-conversation", TUESDAY)
    with house.database.writing("keep") as connection:
        keep(connection, "web-secret-conversation", "LM-1")
    house.round()
    (event,) = house.radicale.events()
    assert not any(word in event for word in ("Ann", "ann@", "secret", "neck"))


def test_a_confirmed_time_that_staff_took_out_comes_again(house: House) -> None:
    add_request(house.database, "LM-1")
    hold = house.offers.holds.take("ann", TUESDAY)
    house.round()
    assert hold is not None
    house.radicale.ask("DELETE", f"{hold.uid}.ics")
    with house.database.writing("confirm") as connection:
        keep(connection, "ann", "LM-1")
        follow(connection, "LM-1", "confirmed")
    house.round()
    assert house.shown() == ["CONFIRMED"]


def test_a_time_that_was_taken_in_the_calendar_meanwhile_is_released(house: House) -> None:
    house.round()
    house.offers.holds.take("ann", TUESDAY)
    house.radicale.put("other", "DTSTART:20261201T153000Z\r\nDTEND:20261201T163000Z")
    house.round()
    assert house.offers.holds.of("ann") is None
    assert house.shown() == []


def test_a_calendar_that_is_killed_stops_offers_and_nothing_else(house: House) -> None:
    house.round()
    house.radicale.kill()
    try:
        hold = house.offers.holds.take("ann", TUESDAY)
        for _ in range(6):
            house.round(seconds=150)
        assert hold is not None
        assert house.offers.find([], 60, "ann") is None
    finally:
        house.radicale.start()
    house.round(seconds=400)
    assert house.offers.find([], 60, "ann") is not None
    assert house.shown() == []  # the hold's 15 minutes were over before the calendar came back


def test_a_hold_of_an_outage_appears_when_the_calendar_is_back(house: House) -> None:
    house.radicale.kill()
    try:
        house.offers.holds.take("ann", TUESDAY)
        house.round()
    finally:
        house.radicale.start()
    house.round(seconds=400)
    assert house.shown() == ["TENTATIVE"]


def test_a_calendar_that_is_away_is_logged_once(house: House, caplog: pytest.LogCaptureFixture) -> None:
    house.radicale.kill()
    try:
        for _ in range(4):
            house.round(seconds=400)
    finally:
        house.radicale.start()
    house.round(seconds=400)
    warnings = [record for record in caplog.records if record.levelname == "WARNING"]
    assert len(warnings) == 1
    assert house.radicale.url not in caplog.text


def test_the_time_of_a_deleted_request_leaves_the_calendar(house: House) -> None:
    add_request(house.database, "LM-1")
    house.offers.holds.take("ann", TUESDAY)
    with house.database.writing("keep") as connection:
        keep(connection, "ann", "LM-1")
    house.round()
    with house.database.writing("delete") as connection:
        connection.execute(delete(requests))
    house.round()
    assert house.shown() == []


def test_a_time_that_staff_freed_is_offered_to_who_waits(house: House) -> None:
    add_request(house.database, "LM-1")
    with house.database.writing("wait") as connection:
        join(connection, "LM-1", [{"day": "2026-12-01", "from": None, "to": None}], 60)
    house.radicale.put("day", "DTSTART;VALUE=DATE:20261201")
    house.round()
    assert house.told == []
    house.radicale.ask("DELETE", "day.ics")
    house.round()
    (offer,) = house.told
    assert (offer.reference, offer.span.start.date()) == ("LM-1", TUESDAY.start.date())
    house.round()
    assert house.shown() == ["TENTATIVE"]
    assert len(house.told) == 1


@pytest.mark.parametrize(
    ("source", "env", "missing"),
    [
        ("caldav", {}, "LAMOON_CALDAV_URL"),
        ("feed", {"LAMOON_CALDAV_URL": "https://dav.example.com/x/"}, "LAMOON_CALENDAR_FEED"),
        ("page", {}, ""),
        ("", {}, ""),
        ("caldav", {"LAMOON_CALDAV_URL": "https://dav.example.com/x/"}, ""),
        ("feed", {"LAMOON_CALENDAR_FEED": "https://example.com/x.ics"}, ""),
    ],
)
def test_the_settings_make_the_calendar(source: str, env: dict[str, str], missing: str) -> None:
    studio, settings = a_studio(source=source), load_settings(env)
    assert missing_setting(settings, studio) == missing
    assert (calendar_of(settings, studio) is not None) is (bool(env) and not missing)


def test_the_reader_keeps_two_days_more_than_are_offered(house: House) -> None:
    house.round()
    with house.database.reading("read") as connection:
        from lamoon.booking.calendar import copy

        found = copy.load(connection)
    assert found is not None
    assert found.until - found.read_at == timedelta(days=16)
    assert found.read_at > NOW
