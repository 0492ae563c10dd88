"""What the team is told about reaching somebody at a platform."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import update

from desk.conftest import DeskOf
from lamoon.channels.window import AS_USUAL
from lamoon.chat.model import Draft
from lamoon.chat.safe_tree import plain_tree
from lamoon.storage.tables import people
from lamoon.storage.time import now, to_naive_utc


def writes(desk: DeskOf, channel: str, hours_ago: float) -> str:
    """Somebody wrote at a platform: the conversation."""
    conversation = desk.front.parts.store.open(channel=channel, address=str(uuid.uuid4().int)[:12]).id
    parts, channels = desk.front.parts, desk.front.channels
    channels.people.note(str(uuid.uuid4()), conversation, writes=True)
    theirs = update(people).where(people.c.conversation_id == conversation)
    with parts.bookings.database.writing("turn the clock") as connection:
        connection.execute(theirs.values(heard_at=to_naive_utc(now() - timedelta(hours=hours_ago))))
    return conversation


def page(desk: DeskOf, conversation: str) -> str:
    return desk.staff.get(f"/desk/inbox/conversation/{conversation}").text


@pytest.mark.parametrize("channel", ["whatsapp", "messenger", "instagram", "twilio_whatsapp"])
def test_the_team_reads_until_when_the_platform_lets_answers_through(desk: DeskOf, channel: str) -> None:
    assert "lets answers through until" in page(desk, writes(desk, channel, 1))
    assert "nothing reaches them here until they write again" in page(desk, writes(desk, channel, 25))


@pytest.mark.parametrize("channel", ["telegram", "sms", "web"])
def test_other_channels_have_no_such_end(desk: DeskOf, channel: str) -> None:
    assert AS_USUAL.length(channel, by_team=True) is None
    assert "answers through" not in page(desk, writes(desk, channel, 25))


def test_who_wants_no_more_messages_is_marked_and_what_did_not_arrive_says_why(desk: DeskOf) -> None:
    conversation, store = writes(desk, "telegram", 1), desk.front.channels.people
    message = desk.front.parts.store.say(conversation, "team", Draft("hello?", plain_tree("hello?")))
    store.failed(message, "it was <refused>")
    assert "Not delivered: it was &lt;refused&gt;." in page(desk, conversation)
    store.stop(conversation, None)
    assert "They asked for no more messages" in page(desk, conversation)
