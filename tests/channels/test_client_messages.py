"""Notices in conversations: once each, as the team's or as a note, and never against a stop or a closed window."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from lamoon.booking import BookingRequest, BookingStore, Contact
from lamoon.booking.appointment import Appointment
from lamoon.booking.changes import Changes
from lamoon.booking.notices import About, NoticeSettings, Stage
from lamoon.booking.outbox import DroppedError, Notice, Outbox, Worker
from lamoon.channels.client_messages import GONE, ClientMessages
from lamoon.channels.store import STOPPED, ChannelStore
from lamoon.channels.window import OUTSIDE
from lamoon.chat.model import Conversation, Message
from lamoon.chat.replies import Replies
from lamoon.chat.store import ChatStore
from lamoon.knowledge import load_topics
from lamoon.storage.tables import people
from lamoon.storage.time import to_naive_utc
from lamoon.studio import load_studio

FIVE = Appointment(datetime(2030, 1, 8, 22, 30, tzinfo=UTC), 75)
STUDIO = Path(__file__).parents[1] / "scenarios" / "studio.yml"


@dataclass
class Place:
    """One database with its chat, its people, and the route into conversations; `woken` are the conversations woken."""

    bookings: BookingStore
    chat: ChatStore
    people: ChannelStore
    woken: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        studio = load_studio(STUDIO)
        self.route = ClientMessages(self.chat, self.people, Replies(studio, load_topics()), studio, self.woken.append)

    def request(self, conversation: Conversation) -> BookingRequest:
        contact = Contact(phone="+1 415-555-0132")
        return BookingRequest(conversation.sender(), "1", "Maria", contact, "neck", consent=True, screening="no")

    def notice(self, conversation: Conversation, about: About = "confirmed", words: str = "See you") -> Notice:
        told = "conversation"
        return Notice(1, "a" * 32, 1, "claim", self.request(conversation), told, about, words, Stage(FIVE, 1))

    def messages(self, conversation: Conversation) -> list[Message]:
        return list(self.chat.history(conversation.id))


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    bookings = BookingStore(f"sqlite:///{tmp_path / 'lamoon.db'}", NoticeSettings(reminder=lambda: timedelta(hours=24)))
    yield Place(bookings, ChatStore(bookings.database), ChannelStore(bookings.database))
    bookings.close()


def test_what_staff_wrote_is_the_teams(place: Place) -> None:
    conversation = place.chat.open()
    place.route(place.notice(conversation, words="See <b>you</b>\nBring a towel"))
    (message,) = place.messages(conversation)
    assert (message.author, message.kind) == ("team", "text")
    assert "confirmed: Tuesday, January 8" in message.text
    assert "Bring a towel" in message.text
    assert "'t': 'b'" not in str(message.body)
    assert place.woken == [conversation.id]


def test_a_reminder_is_a_note_with_its_answers(place: Place) -> None:
    conversation = place.chat.open()
    place.route(place.notice(conversation, "reminder", ""))
    (message,) = place.messages(conversation)
    assert (message.author, message.kind) == ("system", "notice")
    assert "Reply C" in message.text


def test_a_second_delivery_of_one_key_shows_one_message(place: Place) -> None:
    conversation = place.chat.open()
    for _ in range(3):
        place.route(place.notice(conversation))
    assert len(place.messages(conversation)) == 1


def refused(place: Place, conversation: Conversation) -> str:
    with pytest.raises(DroppedError) as caught:
        place.route(place.notice(conversation))
    return str(caught.value)


def test_a_person_who_said_stop_reads_nothing_until_they_write_again(place: Place) -> None:
    conversation = place.chat.open(channel="telegram", address="1")
    place.people.stop(conversation.id, None)
    assert refused(place, conversation) == STOPPED
    assert place.messages(conversation) == []
    place.people.resume(conversation.id)
    place.route(place.notice(conversation))


@pytest.mark.parametrize(("channel", "passes"), [("whatsapp", False), ("messenger", False), ("telegram", True)])
def test_a_platforms_window_is_kept(place: Place, channel: str, passes: bool) -> None:
    conversation = place.chat.open(channel=channel, address="1")
    place.people.note("event", conversation.id, writes=True)
    place.route(place.notice(conversation))
    long_ago = to_naive_utc(datetime.now(UTC) - timedelta(hours=25))
    with place.bookings.database.writing("wait") as connection:
        connection.execute(update(people).values(heard_at=long_ago))
    if passes:
        place.route(place.notice(conversation))
    else:
        assert refused(place, conversation).startswith(OUTSIDE)


def test_a_conversation_that_is_gone(place: Place) -> None:
    conversation = place.chat.open()
    place.chat.delete(conversation.id, bookings=False)
    assert refused(place, conversation) == GONE


def test_from_the_decision_to_the_window(place: Place) -> None:
    """The whole way, with a real worker; what is dropped can be read at the desk."""
    conversation = place.chat.open(channel="telegram", address="1")
    reference = place.bookings.submit(place.request(conversation))
    changes = Changes(place.bookings.database, place.bookings.notice_settings)
    changes.record(reference, "confirmed", "staff", staff="Sam", words="See you", appointment=FIVE)
    outbox = Outbox(place.bookings.database, ["conversation"])
    assert Worker(outbox, {"conversation": place.route}).run_once() == 1
    assert len(place.messages(conversation)) == 1
    assert place.people.next_delivery(conversation.id), "and from there to the platform"
    place.people.stop(conversation.id, None)
    changes.record(reference, "cancelled", "staff", staff="Sam", words="Sorry")
    assert Worker(outbox, {"conversation": place.route}).run_once() == 0
    assert outbox.count("dropped") == 1


async def test_wakes_from_the_workers_thread(place: Place) -> None:
    from lamoon.channels.client_messages import _waker
    from lamoon.chat.hub import Hub

    hub, conversation = Hub(), place.chat.open()
    wake: Callable[[str], None] = _waker(hub, asyncio.get_running_loop())
    with hub.listening(conversation.id) as listener:
        await asyncio.to_thread(wake, conversation.id)
        to_read, _ = await asyncio.wait_for(listener.news(), 5)
    assert to_read
