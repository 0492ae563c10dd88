"""On the website, with the real assistant and the pace that is set in earnest: too fast or very long is heard all the same."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest
from scenarios.assistant import Assistant
from web.serving import GatewayProcess, until
from web.stories import CLOT, EMERGENCY, QUICK, long_message
from web.test_real_assistant import text_of
from web.visitor import Listening, Visitor

from lamoon.chat.store import ChatStore
from lamoon.storage.database import Database

AT_ONCE = 9.0
"""Seconds; by the limit of pace it would be its turn after 12."""
ANSWERED = 60.0


@dataclass
class Paced:
    """A gateway over the real assistant, at the pace of its default settings, and what it keeps."""

    url: str
    store: ChatStore


@pytest.fixture(scope="module")
def paced(running: Assistant, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Paced]:
    """The gateway."""
    folder = tmp_path_factory.mktemp("paced")
    address = f"sqlite:///{folder / 'gateway.db'}"
    process = GatewayProcess(running.servers.variables | {"LAMOON_DATABASE_URL": address}, folder / "gateway.log")
    process.start()
    database = Database(address)
    yield Paced(process.url, ChatStore(database))
    database.close()
    process.stop()


@pytest.fixture
def quick(assistant: Assistant, paced: Paced) -> Visitor:
    """Somebody who has not written yet."""
    return Visitor(paced.url)


def kinds(messages: list[dict[str, Any]]) -> list[str]:
    return [message["kind"] for message in messages]


def answers(stream: Listening) -> list[dict[str, Any]]:
    return [message for message in stream.messages if message["from"] == "bot"]


def said(messages: list[dict[str, Any]]) -> list[str]:
    return [text_of(message) for message in messages if message["from"] == "visitor"]


def test_an_emergency_among_quick_messages_is_answered_at_once(assistant: Assistant, paced: Paced) -> None:
    places = (10, 13, 16)
    with ThreadPoolExecutor(len(places)) as threads:  # by the limit of pace each takes a quarter of a minute
        list(threads.map(partial(_told_in_a_hurry, paced.store), [Visitor(paced.url) for _ in places], places))


def _told_in_a_hurry(store: ChatStore, quick: Visitor, place: int) -> None:
    """Messages that are read as one get one answer."""
    all_of_it = [*QUICK[:place], EMERGENCY, *QUICK[place:]]
    with quick.listening() as stream:
        assert {quick.send(text).status_code for text in all_of_it} == {202}
        until(lambda: "emergency" in kinds(stream.messages), "the emergency text", AT_ONCE)
        until(lambda: store.next_turn(quick.conversation) is None, "all answers", ANSWERED)
    assert said(quick.messages()) == all_of_it
    assert kinds(quick.messages()).count("emergency") == 1
    transcript = quick.get("transcript").text
    assert all(f"You: {text}" in transcript for text in all_of_it)


@pytest.mark.parametrize("told", [EMERGENCY, CLOT])
@pytest.mark.parametrize("length", [1124, 5000, 10_000])
@pytest.mark.parametrize("place", ["middle", "end"])
def test_a_long_message_is_read_to_its_end(quick: Visitor, told: str, length: int, place: str) -> None:
    text = long_message(told, length, place)
    with quick.listening() as stream:
        assert quick.send(text).status_code == 202
        until(lambda: answers(stream), "the answer", ANSWERED)
    assert said(stream.messages) == [text]
    assert answers(stream)[0]["kind"] == ("emergency" if told == EMERGENCY else "warning")


def test_a_clot_told_over_the_limit_holds_the_request(quick: Visitor, assistant: Assistant) -> None:
    booking = ("I'd like to book a session", "Maria Lopez", "maria@example.com", "Thursday after 5 pm, please")
    for text in (*("hi", "so", "well", "hmm", "one moment", "ok", "now"), *booking, CLOT, "yes", "yes, send it"):
        assert quick.send(text).status_code == 202
    sender = f"web-{quick.conversation}-0"
    until(lambda: assistant.requests(sender), "the request", ANSWERED)
    (request,) = assistant.requests(sender)
    assert request.hold
    assert "blood_clot" in [condition.id for condition in request.conditions]
