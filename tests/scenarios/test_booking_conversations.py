"""Conversations that have to end with a stored request that holds just what was said, on every channel.

In the suite each is played on one channel, in turn; LAMOON_ALL_CHANNELS=1 plays all of them on all three.
"""

from __future__ import annotations

import os
import uuid
from dataclasses import dataclass

import pytest

from lamoon.contract import ConversationName
from lamoon.project import PROJECT
from scenarios.assistant import Assistant

CHANNELS = ("web", "sms", "whatsapp")
FILE = PROJECT / "tests" / "data" / "booking_conversations.txt"
ANYTHING = "*"
WORDS = "~"
"""Before words that the wish has to hold, in any order."""


@dataclass(frozen=True)
class Written:
    """A conversation and its request."""

    says: tuple[str, ...]
    name: str
    contact: str
    wish: str
    hold: str


def written(line: str) -> Written:
    said, _, expected = line.partition(" => ")
    name, contact, wish, hold = (part.strip() for part in expected.split(" | "))
    return Written(tuple(said.split(" / ")), name, contact, wish, hold)


WRITTEN = [written(line) for line in FILE.read_text(encoding="utf-8").splitlines() if line and line[0] != "#"]
ALL = bool(os.environ.get("LAMOON_ALL_CHANNELS"))
PLAYS = [
    (channel, one)
    for at, one in enumerate(WRITTEN)
    for number, channel in enumerate(CHANNELS)
    if ALL or number == at % len(CHANNELS)
]


@pytest.mark.parametrize(("channel", "talk"), PLAYS, ids=[f"{channel}-{one.name}" for channel, one in PLAYS])
def test_a_conversation_ends_with_its_request(channel: str, talk: Written, assistant: Assistant) -> None:
    sender = str(ConversationName(channel, uuid.uuid4().hex, 0))
    replies = [[reply.get("text") for reply in assistant.say(sender, text)] for text in talk.says]
    assert all(replies), "every message gets a reply"
    (request,) = assistant.requests(sender)
    assert (request.name, str(request.contact), request.channel) == (talk.name, talk.contact, channel)
    if talk.wish.startswith(WORDS):
        missing = [word for word in talk.wish[1:].split(", ") if word.casefold() not in request.wish.casefold()]
        assert not missing, f"{missing} not in {request.wish!r}"
    else:
        assert talk.wish in (ANYTHING, request.wish)
    assert talk.hold in (ANYTHING, "yes" if request.hold else "no")
