"""With the real Rasa: what the assistant still says while a person answers, and how a hold is lifted and comes back."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from scenarios.assistant import Assistant
from web.serving import until
from web.visitor import Visitor

from chat.team import set_mode
from lamoon.chat.store import ChatStore
from lamoon.rasa_client import RasaClient
from lamoon.storage.database import Database
from lamoon.storage.keys import cipher_from


@pytest.fixture
def store(assistant: Assistant) -> Iterator[ChatStore]:
    """The conversations of the gateway over the real assistant."""
    database = Database(
        assistant.servers.settings.database_url.reveal(), cipher=cipher_from(assistant.servers.settings)
    )
    yield ChatStore(database)
    database.close()


def heard(talk: Visitor, store: ChatStore, text: str) -> list[str]:
    """The kinds of the replies to a message, when it has been dealt with."""
    sent = talk.send(text).json()["id"]
    until(lambda: store.next_turn(talk.conversation) is None, "the message to be dealt with")
    return [message["kind"] for message in talk.messages(sent) if message["from"] == "bot"]


def test_beside_a_person_the_assistant_speaks_of_safety_only(
    talk: Visitor, store: ChatStore, assistant: Assistant
) -> None:
    talk.ask("I'd like to book a session")
    set_mode(store, talk.conversation, "human")
    for chatter in ("Rose Hill", "hi", "does it hurt?", "yes", "please delete everything about me"):
        assert heard(talk, store, chatter) == []
    assert heard(talk, store, "I have crushing chest pain and can't breathe") == ["emergency"]
    assert heard(talk, store, "I want to kill myself") == ["crisis"]
    assert "crisis" in heard(talk, store, "i had a blood clot last year"), "what was said before is not forgotten"


def test_what_is_said_to_a_person_answers_no_question_of_a_form(
    talk: Visitor, store: ChatStore, assistant: Assistant
) -> None:
    talk.ask("I'd like to book a session")
    sender = store.find(talk.conversation).sender()
    before, events = assistant.tracker(sender), assistant.events_kept(sender)
    set_mode(store, talk.conversation, "human")
    assert heard(talk, store, "Rose Hill") == []
    after = assistant.tracker(sender)
    assert (after["slots"], after["active_loop"]) == (before["slots"], before["active_loop"])
    assert assistant.events_kept(sender) == events


def test_somebody_who_asked_for_a_person_waits_for_one(talk: Visitor, store: ChatStore) -> None:
    for text in ("can i talk to a person", "please ask Maria to look at my file", "rose@example.com", "yes"):
        talk.ask(text)
    until(lambda: store.find(talk.conversation).mode == "waiting", "the conversation to wait")


def test_a_hold_is_lifted_and_comes_back_when_something_is_told_again(talk: Visitor, assistant: Assistant) -> None:
    sender = f"web-{talk.conversation}-0"

    def hold() -> bool:
        return bool(assistant.tracker(sender)["slots"]["booking_hold"])

    talk.ask("i had a blood clot last year")
    assert hold()
    asyncio.run(lift(assistant, sender))
    assert not hold()
    talk.ask("does it hurt?")
    assert not hold()
    (warning, *_) = talk.ask("i had a blood clot last year")
    assert warning["kind"] == "warning"
    assert hold()


def test_there_is_no_hold_to_lift_where_rasa_knows_nobody(assistant: Assistant) -> None:
    asyncio.run(lift(assistant, "web-nobody-0"))
    assert assistant.events_kept("web-nobody-0") == 0


def test_nobody_puts_a_hold_on_from_outside(assistant: Assistant) -> None:
    answer = assistant.http.post("/webhooks/rest/conversations/web-x-0/hold", json={"hold": True})
    assert answer.status_code == 400


async def lift(assistant: Assistant, sender: str) -> None:
    client = RasaClient([assistant.servers.rasa], 20, lambda up: None)
    await client.lift_hold(sender)
    await client.close()
