"""The wait list: first come, an offer of 15 minutes, then the next."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from booking.calendar.calendar_servers import NOW, Clock, a_studio, add_request, span
from sqlalchemy import delete, select
from sqlalchemy.engine import Connection

from lamoon.booking.appointment import Appointment
from lamoon.booking.calendar import copy
from lamoon.booking.calendar.adapter import Busy
from lamoon.booking.calendar.keeper import offer_time
from lamoon.booking.calendar.offers import Offers
from lamoon.booking.calendar.waiting import WaitList, WaitOffer, join
from lamoon.booking.changes import Changes
from lamoon.booking.life import Event
from lamoon.booking.notices import NoticeSettings
from lamoon.storage.database import Database
from lamoon.storage.tables import outbox, requests

THURSDAY: list[dict[str, Any]] = [{"day": "2026-12-03", "from": None, "to": None}]
FULL = span("2026-12-03T05:00", 24 * 60)
NINE = span("2026-12-03T14:00")


@pytest.fixture
def offers(database: Database, clock: Clock) -> Offers:
    return Offers(a_studio(), database, clock)


@pytest.fixture
def waits(database: Database, offers: Offers) -> WaitList:
    return WaitList(a_studio(), database, offers)


class Told(list[WaitOffer]):
    """Offers that went out."""

    def __call__(self, _: Connection, offer: WaitOffer) -> None:
        self.append(offer)


@pytest.fixture
def told() -> Told:
    return Told()


def waiting(database: Database, *references: str, hold: bool = False, whens: list[dict[str, Any]] = THURSDAY) -> None:
    for reference in references:
        add_request(database, reference, hold=hold)
        with database.writing("wait") as connection:
            join(connection, reference, whens, 60)
            join(connection, reference, [], 30)  # a second time changes nothing


def thursday(database: Database, clock: Clock, *, free: bool) -> None:
    """Thursday is full, or only nine o'clock is free."""
    busy = [Busy(span("2026-12-03T15:15", 600))] if free else [Busy(FULL)]
    copy.store(database, copy.Copy(clock(), clock() + timedelta(days=16), tuple(busy)))


def test_nothing_is_offered_while_nothing_suits(waits: WaitList, database: Database, clock: Clock, told: Told) -> None:
    waiting(database, "LM-1")
    assert waits.offer_next(told) == 0
    thursday(database, clock, free=False)
    assert waits.offer_next(told) == 0
    assert told == []


def test_a_freed_time_goes_to_who_waited_longest(waits: WaitList, database: Database, clock: Clock, told: Told) -> None:
    waiting(database, "LM-1", "LM-2")
    thursday(database, clock, free=True)
    assert waits.offer_next(told) == 1
    assert waits.offer_next(told) == 0
    assert told == [WaitOffer("LM-1", NINE, NOW + timedelta(minutes=15))]


def test_an_offer_that_passed_goes_to_the_next(waits: WaitList, database: Database, clock: Clock, told: Told) -> None:
    waiting(database, "LM-1", "LM-2")
    for _ in range(3):
        thursday(database, clock, free=True)
        waits.offer_next(told)
        clock.forward(minutes=15)
    assert [offer.reference for offer in told] == ["LM-1", "LM-2"]
    assert waits.accept("LM-1") is None


def test_an_offer_that_is_declined_goes_to_the_next(
    waits: WaitList, database: Database, clock: Clock, told: Told
) -> None:
    waiting(database, "LM-1", "LM-2")
    thursday(database, clock, free=True)
    waits.offer_next(told)
    waits.decline("LM-1")
    waits.decline("LM-3")
    assert waits.offer_next(told) == 1
    assert [offer.reference for offer in told] == ["LM-1", "LM-2"]


def test_an_accepted_offer_is_the_request_s_until_the_team_decides(
    waits: WaitList, offers: Offers, database: Database, clock: Clock, told: Told
) -> None:
    waiting(database, "LM-1", "LM-2")
    thursday(database, clock, free=True)
    waits.offer_next(told)
    clock.forward(minutes=14)
    hold = waits.accept("LM-1")
    assert hold is not None
    assert (hold.span, hold.state, hold.reference) == (NINE, "kept", "LM-1")
    clock.forward(hours=2)
    thursday(database, clock, free=True)
    assert waits.offer_next(told) == 0


def test_who_waits_on_is_offered_another_time_and_three_at_most(
    waits: WaitList, database: Database, clock: Clock, told: Told
) -> None:
    waiting(database, "LM-1", whens=[])
    for _ in range(6):
        copy.store(database, copy.Copy(clock(), clock() + timedelta(days=16), ()))
        waits.offer_next(told)
        clock.forward(minutes=20)
    assert len(told) == 3
    assert len({offer.span for offer in told}) == 3


def test_a_request_on_hold_for_health_never_gets_a_time_before_it_is_lifted(
    waits: WaitList, database: Database, clock: Clock, told: Told
) -> None:
    waiting(database, "LM-1", hold=True)
    thursday(database, clock, free=True)
    assert waits.offer_next(told) == 0
    Changes(database).record("LM-1", "lifted", "staff", staff="Ann", words="spoke to her")
    assert waits.offer_next(told) == 1


@pytest.mark.parametrize("event", ["confirmed", "declined", "done"])
def test_a_settled_request_waits_no_more(
    waits: WaitList, database: Database, clock: Clock, told: Told, event: Event
) -> None:
    waiting(database, "LM-1")
    appointment = Appointment(NINE.start, 60) if event == "confirmed" else None
    Changes(database).record("LM-1", event, "staff", staff="Ann", words="words", appointment=appointment)
    thursday(database, clock, free=True)
    assert waits.offer_next(told) == 0


def test_a_deleted_request_waits_no_more(waits: WaitList, database: Database, clock: Clock, told: Told) -> None:
    waiting(database, "LM-1")
    with database.writing("delete") as connection:
        connection.execute(delete(requests))
    thursday(database, clock, free=True)
    assert waits.offer_next(told) == 0


def test_an_offer_that_cannot_go_out_is_not_made(waits: WaitList, database: Database, clock: Clock, told: Told) -> None:
    waiting(database, "LM-1")
    thursday(database, clock, free=True)

    def fails(_: Connection, __: WaitOffer) -> None:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        waits.offer_next(fails)
    clock.forward(minutes=5)
    thursday(database, clock, free=True)
    assert waits.offer_next(told) == 1
    assert told[0].expires_at == clock() + timedelta(minutes=15)


def test_an_offer_queues_what_the_client_reads_and_leaves_the_request_as_it_is(
    waits: WaitList, database: Database, clock: Clock
) -> None:
    waiting(database, "LM-1")
    thursday(database, clock, free=True)
    assert waits.offer_next(partial(offer_time, NoticeSettings())) == 1
    with database.reading("look") as connection:
        notices = connection.execute(select(outbox.c.route, outbox.c.about, outbox.c.starts_at, outbox.c.minutes)).all()
        state = connection.execute(select(requests.c.state, requests.c.starts_at)).one()
    assert notices == [("client_email", "offered", NINE.start.replace(tzinfo=None), 60)]
    assert state == ("requested", None)
    assert [entry.event for entry in Changes(database).history("LM-1")] == ["offered"]


@pytest.mark.parametrize(("start", "state"), [(NINE.start, "confirmed"), (NINE.start + timedelta(days=1), None)])
def test_a_confirmed_request_has_its_time_or_frees_it_for_another(
    waits: WaitList, offers: Offers, database: Database, clock: Clock, told: Told, start: datetime, state: str | None
) -> None:
    waiting(database, "LM-1")
    thursday(database, clock, free=True)
    waits.offer_next(told)
    waits.accept("LM-1")
    Changes(database).record("LM-1", "confirmed", "staff", staff="Ann", appointment=Appointment(start, 60))
    hold = offers.holds.for_request("LM-1")
    assert (hold.state if hold else None) == state
