"""Holds: one winner for a time however many want it, released when their 15 minutes are over, kept for a request."""

from __future__ import annotations

import multiprocessing
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from booking.calendar.calendar_servers import NOW, Clock, add_request, span
from sqlalchemy import delete, func, select

from lamoon.booking.calendar.holds import Hold, Holds, cells, follow, keep
from lamoon.booking.calendar.times import Span
from lamoon.storage.database import Database
from lamoon.storage.tables import hold_cells, requests
from lamoon.storage.time import now

BUFFER = timedelta(minutes=15)
TUESDAY = span("2026-12-01T15:00")
RACES = 1000


@pytest.fixture
def holds(database: Database, clock: Clock) -> Holds:
    return Holds(database, BUFFER, clock)


def kept(database: Database, owner: str, reference: str) -> bool:
    with database.writing("keep") as connection:
        return keep(connection, owner, reference)


def followed(database: Database, reference: str, status: str) -> None:
    with database.writing("follow") as connection:
        follow(connection, reference, status)


def covered(database: Database) -> int:
    with database.reading("count") as connection:
        return int(connection.execute(select(func.count()).select_from(hold_cells)).scalar_one())


def test_a_time_is_held_for_fifteen_minutes(holds: Holds) -> None:
    hold = holds.take("ann", TUESDAY)
    assert hold is not None
    assert (hold.span, hold.state, hold.expires_at) == (TUESDAY, "held", NOW + timedelta(minutes=15))


@pytest.mark.parametrize(
    ("other", "free"),
    [
        ("2026-12-01T15:00", False),
        ("2026-12-01T14:30", False),
        ("2026-12-01T15:55", False),
        ("2026-12-01T16:10", False),
        ("2026-12-01T16:15", True),
        ("2026-12-01T13:45", True),
        ("2026-12-01T13:50", False),
    ],
)
def test_nobody_else_gets_a_part_of_it_or_of_the_buffer(holds: Holds, other: str, free: bool) -> None:
    holds.take("ann", TUESDAY)
    assert (holds.take("ben", span(other)) is not None) is free


def test_who_has_a_time_and_takes_another_gives_the_first_up(holds: Holds, database: Database) -> None:
    holds.take("ann", TUESDAY)
    later = holds.take("ann", span("2026-12-02T15:00"))
    assert holds.of("ann") == later
    assert covered(database) == len(cells(TUESDAY, BUFFER))
    assert holds.take("ben", TUESDAY)


def test_who_does_not_get_another_time_keeps_the_first(holds: Holds) -> None:
    first = holds.take("ann", TUESDAY)
    holds.take("ben", span("2026-12-02T15:00"))
    assert holds.take("ann", span("2026-12-02T15:30")) is None
    assert holds.of("ann") == first


def test_an_own_time_may_move_into_itself(holds: Holds) -> None:
    holds.take("ann", TUESDAY)
    moved = holds.take("ann", span("2026-12-01T15:30"))
    assert moved is not None
    assert moved.span == span("2026-12-01T15:30")


def test_taking_the_same_time_again_begins_its_minutes_again(holds: Holds, clock: Clock) -> None:
    first = holds.take("ann", TUESDAY)
    clock.forward(minutes=10)
    again = holds.take("ann", TUESDAY)
    assert first
    assert again
    assert again.expires_at
    assert (again.id, again.expires_at - NOW) == (first.id, timedelta(minutes=25))


def test_an_expired_time_goes_to_the_next_who_wants_it(holds: Holds, clock: Clock) -> None:
    holds.take("ann", TUESDAY)
    clock.forward(minutes=14, seconds=59)
    assert holds.take("ben", TUESDAY) is None
    clock.forward(seconds=1)
    assert holds.take("ben", TUESDAY)
    assert holds.of("ann") is None


def test_an_expired_time_that_nobody_took_can_be_extended(holds: Holds, clock: Clock) -> None:
    holds.take("ann", TUESDAY)
    clock.forward(hours=2)
    extended = holds.extend("ann")
    assert extended is not None
    assert extended.expires_at == clock() + timedelta(minutes=15)
    assert holds.extend("ben") is None


def test_releasing_frees_the_time(holds: Holds, database: Database) -> None:
    holds.take("ann", TUESDAY)
    holds.release("ann")
    holds.release("ann")
    assert covered(database) == 0
    assert holds.of("ann") is None


def test_expired_holds_are_released(holds: Holds, clock: Clock, database: Database) -> None:
    holds.take("ann", TUESDAY)
    assert holds.release_expired() == 0
    clock.forward(minutes=15)
    assert holds.release_expired() == 1
    assert covered(database) == 0


def test_a_request_keeps_its_time_until_the_team_declines(holds: Holds, database: Database, clock: Clock) -> None:
    add_request(database, "LM-1")
    holds.take("ann", TUESDAY)
    assert kept(database, "ann", "LM-1")
    assert kept(database, "ann", "LM-1")
    clock.forward(hours=5)
    assert holds.release_expired() == 0
    assert holds.take("ben", TUESDAY) is None
    followed(database, "LM-1", "seen")
    assert holds.take("ben", TUESDAY) is None
    followed(database, "LM-1", "declined")
    assert holds.for_request("LM-1") is None
    assert holds.take("ben", TUESDAY)


def test_a_confirmed_time_stays_taken(holds: Holds, database: Database) -> None:
    add_request(database, "LM-1")
    holds.take("ann", TUESDAY)
    kept(database, "ann", "LM-1")
    followed(database, "LM-1", "confirmed")
    found = holds.for_request("LM-1")
    assert found is not None
    assert found.state == "confirmed"
    assert holds.take("ben", TUESDAY) is None


def test_without_a_hold_nothing_is_kept(holds: Holds, database: Database) -> None:
    add_request(database, "LM-1")
    assert not kept(database, "ann", "LM-1")
    holds.take("ann", TUESDAY)
    holds.release("ann")
    assert not kept(database, "ann", "LM-1")


def test_whoever_sent_a_request_may_hold_a_time_for_another(holds: Holds, database: Database) -> None:
    add_request(database, "LM-1")
    holds.take("ann", TUESDAY)
    kept(database, "ann", "LM-1")
    assert holds.take("ann", span("2026-12-02T15:00"))
    assert holds.for_request("LM-1")


def test_the_time_of_a_deleted_request_is_free_again(holds: Holds, database: Database) -> None:
    add_request(database, "LM-1")
    holds.take("ann", TUESDAY)
    kept(database, "ann", "LM-1")
    with database.writing("delete") as connection:
        connection.execute(delete(requests))
    assert holds.release_expired() == 1
    assert holds.take("ben", TUESDAY)


def test_past_days_are_forgotten(holds: Holds, database: Database, clock: Clock) -> None:
    add_request(database, "LM-1")
    holds.take("ann", TUESDAY)
    kept(database, "ann", "LM-1")
    followed(database, "LM-1", "confirmed")
    clock.moment = TUESDAY.end + timedelta(days=1)
    assert holds.release_expired() == 1
    assert holds.to_mirror() == []
    assert covered(database) == 0


def test_what_the_calendar_should_show_is_known_until_it_does(holds: Holds) -> None:
    hold = holds.take("ann", TUESDAY)
    assert holds.to_mirror() == [hold]
    assert hold is not None
    holds.mark_mirrored(hold)
    assert holds.to_mirror() == []
    holds.release("ann")
    (gone,) = holds.to_mirror()
    assert (gone.state, gone.mirrored) == ("released", "held")
    holds.mark_mirrored(gone)
    assert holds.to_mirror() == []


def test_a_thousand_races_for_one_time_have_one_winner(url: str) -> None:
    database = Database(url)
    holds = Holds(database, BUFFER)
    begin = threading.Barrier(8)

    def race(runner: int) -> list[Hold | None]:
        begin.wait()
        return [holds.take(f"{runner}-{lap}", TUESDAY_TO_COME) for lap in range(RACES // 8)]

    with ThreadPoolExecutor(8) as pool:
        found = [hold for laps in pool.map(race, range(8)) for hold in laps]
    database.close()
    assert len(found) == RACES
    assert sum(hold is not None for hold in found) == 1


TUESDAY_TO_COME = Span(now() + timedelta(days=7), now() + timedelta(days=7, hours=1))


def in_a_process(url: str, runner: int, winners: multiprocessing.Queue[str]) -> None:
    """Want overlapping times as fast as it can."""
    database = Database(url)
    holds = Holds(database, BUFFER)
    for lap in range(60):
        start = TUESDAY_TO_COME.start + timedelta(minutes=30 * (lap % 4))
        hold = holds.take(f"{runner}-{lap}", Span(start, start + timedelta(hours=1)))
        if hold:
            winners.put(f"{hold.span.start.isoformat()} {runner}-{lap}")
    winners.put("done")
    database.close()


def test_processes_never_hold_overlapping_times(url: str) -> None:
    Database(url).close()
    context = multiprocessing.get_context("spawn")
    winners: multiprocessing.Queue[str] = context.Queue()
    runners = [context.Process(target=in_a_process, args=(url, number, winners)) for number in range(3)]
    for runner in runners:
        runner.start()
    found: list[str] = []
    while found.count("done") < len(runners):
        found.append(winners.get(timeout=120))
    for runner in runners:
        runner.join()
    starts = sorted(line.split()[0] for line in found if line != "done")
    # 10:00, 10:30, 11:00, 11:30 with an hour and a buffer each: two at most fit.
    assert 1 <= len(starts) <= 2
    assert len(set(starts)) == len(starts)
