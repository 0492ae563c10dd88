"""40 planted words go through locks and kills at log level DEBUG: no log has one, and after erasure no file has one."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import httpx
import pytest
from web.serving import until
from web.visitor import Visitor

from faults.breaking import Lock
from faults.house import SECRETS, House
from faults.planting import Found, Planted, look, plant
from faults.robot import BOOK, Robot

PLANTED = plant()
VISITORS = 8
LOCK_SECONDS = 18.0
ANSWER_SECONDS = 120.0
GONE_SECONDS = 70.0
"""Deleting is tried again every minute."""


@dataclass(frozen=True)
class Story:
    """What was found in the logs before and after erasure, in files before it, and in files after it."""

    logs: list[Found]
    before: list[Found]
    after: list[Found]


@pytest.fixture(scope="module")
def story(on_sqlite: House) -> Story:
    """Eight visitors say five planted words each while everything fails; each is erased, half of them in words."""
    visitors = [Visitor(on_sqlite.gateway.url) for _ in range(VISITORS)]
    harm = threading.Thread(target=do_harm, args=(on_sqlite,))
    harm.start()
    with ThreadPoolExecutor(VISITORS) as threads:
        list(threads.map(speak, visitors, (PLANTED[index::VISITORS] for index in range(VISITORS))))
    harm.join()
    until(lambda: on_sqlite.waiting() == 0, "all answers", ANSWER_SECONDS)
    before = list(in_files(on_sqlite))
    for visitor in visitors[::2]:
        until(lambda visitor=visitor: deleted(visitor), "a deletion to be accepted", ANSWER_SECONDS)
    for visitor in visitors[1::2]:
        assert "Shall I delete" in Robot(visitor).say("delete my data")
        assert "I've deleted" in Robot(visitor).say("yes, delete everything")
    end = time.monotonic() + GONE_SECONDS
    while (after := list(in_files(on_sqlite))) and time.monotonic() < end:
        time.sleep(1)
    return Story(list(in_logs(on_sqlite)), before, after)


def do_harm(house: House) -> None:
    """A lock that makes a save fail, then a kill of each process."""
    lock = Lock(house.data / "conversations.db")
    lock.take()
    time.sleep(LOCK_SECONDS)
    lock.release()
    for name in ("rasa", "actions", "gateway", "notifications"):
        house.restart(name)


def speak(visitor: Visitor, planted: list[Planted]) -> None:
    """Says all of them, in and out of the booking form, spread over the time of the harm."""
    ordered = sorted(planted, key=lambda one: ("name", "e-mail", "health").index(one.kind))
    for text in (BOOK, *(one.message for one in ordered)):
        name = str(uuid.uuid4())
        until(lambda name=name, text=text: accepted(visitor, name, text), "a receipt", ANSWER_SECONDS)
        time.sleep(4)


def accepted(visitor: Visitor, name: str, text: str) -> bool:
    """Whether the gateway has the message."""
    try:
        return visitor.send(text, name).status_code in (200, 202)
    except httpx.HTTPError:
        return False


def deleted(visitor: Visitor) -> bool:
    """Whether the conversation is deleted, as the button in the chat does it."""
    try:
        return visitor.delete(requests="withdraw").status_code in (204, 401)
    except httpx.HTTPError:
        return False


def in_files(house: House) -> Iterator[Found]:
    """Where the planted words are under LAMOON_DATA."""
    words = [one.word for one in PLANTED]
    return look(words, [path for path in sorted(house.data.rglob("*")) if path.is_file()])


def in_logs(house: House) -> Iterator[Found]:
    """Where the planted words are in what the processes wrote."""
    return look([one.word for one in PLANTED], house.log_files())


def test_the_words_were_kept_before_erasure(story: Story) -> None:
    """Else finding none afterwards would mean nothing."""
    assert {found.word for found in story.before} == {one.word for one in PLANTED}


@pytest.mark.parametrize("planted", PLANTED, ids=lambda one: f"{one.kind}-{one.word}")
def test_no_log_has_the_word(story: Story, planted: Planted) -> None:
    assert [found for found in story.logs if found.word == planted.word] == []


@pytest.mark.usefixtures("story")
def test_no_log_has_a_secret(on_sqlite: House) -> None:
    """Of any process, after errors, locks and kills."""
    assert len(on_sqlite.log_files()) >= len(("rasa", "actions", "notifications", "gateway"))
    assert [*look(SECRETS.values(), on_sqlite.log_files())] == []


@pytest.mark.parametrize("planted", PLANTED, ids=lambda one: f"{one.kind}-{one.word}")
def test_no_file_has_the_word_after_erasure(story: Story, planted: Planted) -> None:
    assert [found for found in story.after if found.word == planted.word] == []
