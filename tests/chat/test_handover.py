"""Handovers: one owner at a time, nothing silent for ever, and the visitor reads who answers."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from lamoon.chat.handover import ChangedError, Handovers, watch
from lamoon.chat.hub import Hub
from lamoon.chat.model import Draft
from lamoon.chat.records import GoneError
from lamoon.chat.replies import Replies
from lamoon.chat.safe_tree import plain_tree
from lamoon.chat.store import ChatStore
from lamoon.knowledge import load_topics
from lamoon.storage.database import Database
from lamoon.storage.time import now
from lamoon.studio import load_studio

STUDIO = load_studio(Path(__file__).parents[1] / "scenarios" / "studio.yml")
PATIENCE = timedelta(minutes=30)


@dataclass
class Counter:
    """The two halves of one database."""

    store: ChatStore
    handovers: Handovers

    def texts(self, conversation: str) -> list[str]:
        return [message.text for message in self.store.history(conversation)]

    def expire(self, moment: datetime) -> list[str]:
        """Ends what is late at a moment; the conversations with something new."""
        return [chat for chat in self.handovers.late(moment) if self.handovers.expire(chat, moment)]


@pytest.fixture
def counter(tmp_path: Path) -> Iterator[Counter]:
    database = Database(f"sqlite:///{tmp_path / 'lamoon.db'}")
    yield Counter(ChatStore(database), Handovers(database, Replies(STUDIO, load_topics()), STUDIO, PATIENCE))
    database.close()


def words(text: str = "Hello") -> Draft:
    return Draft(text, plain_tree(text))


def name() -> str:
    return str(uuid.uuid4())


def test_who_takes_a_conversation_has_it_and_the_visitor_reads_so(counter: Counter) -> None:
    chat = counter.store.open().id
    assert counter.handovers.take(chat, "Ann", "")
    assert not counter.handovers.take(chat, "Ann", "")
    assert (counter.store.find(chat).mode, counter.handovers.owner(chat)) == ("human", "Ann")
    assert counter.texts(chat) == ["Ann from the team is here now."]


def test_of_two_who_take_it_at_once_one_has_it_and_the_other_reads_who(counter: Counter) -> None:
    chat = counter.store.open().id

    def take(staff: str) -> str:
        try:
            counter.handovers.take(chat, staff, "")
        except ChangedError as error:
            return error.staff
        return staff

    with ThreadPoolExecutor(8) as threads:
        found = set(threads.map(take, [f"Ann {number}" for number in range(8)]))
    assert found == {counter.handovers.owner(chat)}
    assert len(counter.texts(chat)) == 1


def test_somebody_else_takes_it_only_knowingly(counter: Counter) -> None:
    chat = counter.store.open().id
    counter.handovers.take(chat, "Ann", "")
    with pytest.raises(ChangedError):
        counter.handovers.take(chat, "Ben", "")
    assert counter.handovers.take(chat, "Ben", "Ann")
    assert counter.handovers.owner(chat) == "Ben"


def test_a_reply_takes_the_conversation_and_is_said_once(counter: Counter) -> None:
    chat, form = counter.store.open().id, name()
    assert counter.handovers.reply(chat, "Ann", "", words(), form)
    assert not counter.handovers.reply(chat, "Ann", "Ann", words(), form)
    assert counter.texts(chat) == ["Ann from the team is here now.", "Hello"]
    assert counter.handovers.reply(chat, "Ann", "Ann", words("Still here"), name())
    assert counter.texts(chat)[2:] == ["Still here"]


def test_a_reply_from_a_stale_page_says_nothing(counter: Counter) -> None:
    chat = counter.store.open().id
    counter.handovers.take(chat, "Ann", "")
    counter.handovers.give_back(chat, "Ann", closed=False)
    before = counter.texts(chat)
    with pytest.raises(ChangedError) as caught:
        counter.handovers.reply(chat, "Ann", "Ann", words(), name())
    assert caught.value.staff == ""
    assert counter.texts(chat) == before


@pytest.mark.parametrize(("closed", "says"), [(False, "answers again"), (True, "closed")])
def test_given_back_the_assistant_answers(counter: Counter, closed: bool, says: str) -> None:
    chat = counter.store.open().id
    counter.handovers.take(chat, "Ann", "")
    counter.handovers.give_back(chat, "Ann", closed=closed)
    assert counter.store.find(chat).mode == "bot"
    assert says in counter.texts(chat)[-1]
    with pytest.raises(ChangedError):
        counter.handovers.give_back(chat, "Ann", closed=closed)


def test_nothing_is_said_in_a_deleted_conversation(counter: Counter) -> None:
    chat = counter.store.open().id
    counter.handovers.take(chat, "Ann", "")
    counter.store.delete(chat, bookings=True)
    with pytest.raises(GoneError):
        counter.handovers.reply(chat, "Ann", "Ann", words(), name())
    assert counter.expire(now() + 2 * PATIENCE) == []


def test_a_silent_person_loses_the_conversation_once(counter: Counter) -> None:
    chat = counter.store.open().id
    counter.handovers.take(chat, "Ann", "")
    assert counter.expire(now() + PATIENCE / 2) == []
    assert counter.expire(now() + 2 * PATIENCE) == [chat]
    assert counter.expire(now() + 2 * PATIENCE) == []
    assert counter.store.find(chat).mode == "bot"
    assert "the assistant answers again" in counter.texts(chat)[-1]


def test_who_waits_in_vain_is_told_once_and_goes_on_waiting(counter: Counter) -> None:
    chat = counter.store.open().id
    counter.handovers.ask(chat, words("Passed on"))
    assert counter.expire(now() + 2 * PATIENCE) == [chat]
    assert counter.expire(now() + 2 * PATIENCE) == []
    assert counter.store.find(chat).mode == "waiting"
    assert counter.texts(chat)[-1].startswith("Nobody from the team could come yet")
    assert counter.handovers.take(chat, "Ann", "")


def test_while_the_gateway_runs_silence_ends_by_itself(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lamoon.chat.handover.GRACE_SECONDS", 0.05)
    monkeypatch.setattr("lamoon.chat.handover.LOOK_SECONDS", 0.01)
    chat, hub = counter.store.open().id, Hub()
    counter.handovers.take(chat, "Ann", "")

    async def wait_for_news() -> None:
        with hub.listening(chat) as listener:
            watching = asyncio.create_task(watch(counter.handovers, hub, lambda: now() + 2 * PATIENCE))
            await asyncio.wait_for(listener.news(), 30)
            watching.cancel()

    asyncio.run(wait_for_news())
    assert counter.store.find(chat).mode == "bot"


def test_a_clock_that_is_wrong_for_a_moment_ends_nothing(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    """31 days ahead at every second look."""
    monkeypatch.setattr("lamoon.chat.handover.GRACE_SECONDS", 0.001)
    monkeypatch.setattr("lamoon.chat.handover.LOOK_SECONDS", 0.002)
    chat, looks = counter.store.open().id, 0
    counter.handovers.take(chat, "Ann", "")

    def clock() -> datetime:
        nonlocal looks
        looks += 1
        return now() + timedelta(days=31 * (looks % 2))

    async def look_often() -> None:
        watching = asyncio.create_task(watch(counter.handovers, Hub(), clock))
        while looks < 100:
            await asyncio.sleep(0.01)
        watching.cancel()

    asyncio.run(look_often())
    assert counter.store.find(chat).mode == "human"
