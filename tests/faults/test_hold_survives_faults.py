"""A blood clot that a visitor tells of while a store fails holds the booking, whatever the fault and the open question.

Each fault strikes once by default; LAMOON_TEST_FAULTS=20 in front of pytest has it strike 20 times, over all questions
of the form and at several moments of the turn. Run with -rP to see the tables.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import cycle, islice

import pytest
from web.serving import until
from web.visitor import Visitor

from faults.breaking import Disk, Fault, Lock
from faults.conftest import FAULTS, SmallDisk
from faults.house import House
from faults.postgres import Cluster
from faults.robot import KEPT, STEPS, NoAnswerError, Robot

LOCK_SECONDS = 20.0
"""Longer than any writer waits."""
FULL_SECONDS = 6.0
AWAY_SECONDS = 8.0
NOTICE_SECONDS = 60.0
MAIL_SECONDS = 90.0


@pytest.fixture
def lock(on_sqlite: House) -> Iterator[Fault]:
    """Rasa's conversations cannot be written."""
    lock = Lock(on_sqlite.data / "conversations.db")
    yield Fault("conversations.db locked", lock.take, lock.release, LOCK_SECONDS)
    lock.release()


@pytest.fixture
def full(on_sqlite: House, small_disk: SmallDisk) -> Iterator[Fault]:
    """The disk is full from the moment that the message is accepted until the visitor reads something."""
    if not small_disk.is_small:
        pytest.skip("this user may not mount a small disk")
    disk = Disk(small_disk.folder)
    yield Fault("disk full", disk.fill, disk.free, FULL_SECONDS, until_read=True, early=False)
    disk.free()


def test_a_clot_holds_the_booking_where_nothing_fails(on_sqlite: House) -> None:
    """Whatever is asked when the visitor tells of it: what the other tests compare with."""
    table = [outcome(on_sqlite, step, None) for step in STEPS]
    assert {row[2] for row in table} == {"held"}, table


def test_hold_survives_a_lock(on_sqlite: House, lock: Fault) -> None:
    check(on_sqlite, [lock, replace(lock, early=False)], first=0)


def test_hold_survives_a_full_disk(on_sqlite: House, full: Fault, small_disk: SmallDisk) -> None:
    disk = Disk(small_disk.folder)
    nearly = [
        replace(full, name=f"disk full but {left} kB", strike=lambda left=left: disk.fill(left * 1024), early=True)
        for left in (0, 32, 48, 64, 96)
    ]
    check(on_sqlite, [full, *nearly], first=3)


def test_hold_survives_cut_connections(on_postgres: House, cluster: Cluster) -> None:
    cut = Fault("connections cut", cluster.cut)
    check(on_postgres, [cut, replace(cut, early=False)], first=1)


def test_hold_survives_a_restart_of_the_database(on_postgres: House, cluster: Cluster) -> None:
    restart = Fault("PostgreSQL restarted", cluster.restart)
    away = Fault("PostgreSQL away", lambda: cluster.restart(AWAY_SECONDS), early=False)
    check(on_postgres, [restart, replace(restart, early=False), away], first=5)


@pytest.mark.parametrize("early", [True, False], ids=["before", "after_acceptance"])
def test_a_form_survives_cut_connections(on_postgres: House, cluster: Cluster, early: bool) -> None:
    check_form(on_postgres, Fault("connections cut", cluster.cut, early=early), STEPS)


def test_a_form_survives_restarts_of_the_database(on_postgres: House, cluster: Cluster) -> None:
    check_form(on_postgres, Fault("PostgreSQL restarted", cluster.restart), STEPS)


def test_what_is_sent_while_the_conversation_cannot_be_saved_is_sent_once(on_sqlite: House, lock: Fault) -> None:
    """The action server's database works: the request is stored, and then the turn fails."""
    check_form(on_sqlite, replace(lock, until_read=True), STEPS[-1:])


def test_the_visitor_reads_that_the_message_is_kept_and_will_be_answered(on_sqlite: House, lock: Fault) -> None:
    """As long as the store is away, not just as long as somebody is patient."""
    robot = Robot(Visitor(on_sqlite.gateway.url))
    answer = robot.say("does it hurt?", replace(lock, seconds=NOTICE_SECONDS, until_read=True))
    assert [text for _, text in robot.notices if KEPT.search(text)], f"read {robot.notices or [answer]}"
    assert len(robot.notices) == 1, "it is said once"


def test_an_emergency_text_does_not_wait_for_the_store(on_sqlite: House, lock: Fault) -> None:
    visitor = Visitor(on_sqlite.gateway.url)
    answer = Robot(visitor).say(
        "crushing chest pain, can't breathe", replace(lock, seconds=NOTICE_SECONDS, until_read=True)
    )
    assert "911" in answer
    until(lambda: on_sqlite.waiting() == 0, "the turn to be kept")
    assert [one["kind"] for one in visitor.messages()].count("emergency") == 1


def check_form(house: House, fault: Fault, strikes: Sequence[str]) -> None:
    """Books while the fault strikes at the answers to some questions: nothing is asked again, and it is sent once."""
    for _ in range(FAULTS or 1):
        robot = Robot(Visitor(house.gateway.url))
        reference = robot.book(fault=fault, strikes=strikes)
        print(robot.said, robot.notices)
        requests = house.requests(robot.visitor.conversation)
        assert [request.reference for request in requests] == [reference]
        assert len(robot.said) == len(STEPS), "a question was asked twice"
        keys = until(partial(house.mail_keys, str(reference)), "the mail", MAIL_SECONDS)
        assert len(keys) == 1


def check(house: House, faults: Sequence[Fault], first: int) -> None:
    """Has a visitor tell of a clot at each of the steps while one of the faults strikes; `first` is the first step."""
    steps = islice(cycle(STEPS), first, None)
    table = [
        outcome(house, step, fault) for step, fault in islice(zip(steps, cycle(faults), strict=False), FAULTS or 1)
    ]
    print("\nfault | told at | outcome | read meanwhile, after seconds | slowest answer")
    print("\n".join(" | ".join(row) for row in table))
    assert {row[2] for row in table} == {"held"}, f"{sum(row[2] != 'held' for row in table)} of {len(table)} not held"


def outcome(house: House, step: str, fault: Fault | None) -> tuple[str, ...]:
    """One row of the table."""
    robot = Robot(Visitor(house.gateway.url))
    try:
        robot.book(step, fault)
        requests = house.requests(robot.visitor.conversation)
        held = [one.hold and "blood_clot" in {condition.id for condition in one.conditions} for one in requests]
        told = {0: "nothing sent", 1: "held" if held and held[0] else "LOST"}.get(len(requests), "SENT TWICE")
    except NoAnswerError:
        told = "NO ANSWER"
    read = "; ".join(f"{seconds}: {text[:60]}" for seconds, text in robot.notices) or "nothing"
    what = f"{fault.name} ({'before' if fault.early else 'after acceptance'})" if fault else "no fault"
    return what, step, told, read, str(robot.slowest)
