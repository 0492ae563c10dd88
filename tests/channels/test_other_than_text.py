"""Reactions, cards, corrections, places and platform events: each is read as what it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from channels.conftest import Line
from channels.simulator.meta import Messenger, WhatsApp
from channels.simulator.platform import Simulator
from channels.simulator.telegram import Telegram
from channels.simulator.twilio import Sms
from lamoon.channels.adapter import Incoming, IncomingEvent
from lamoon.channels.setup import build_channels
from lamoon.settings import read_channel_settings

QUESTION = {"text": "Shall I send it?", "buttons": [{"title": "Send it", "payload": "send it"}]}


def read(simulator: Simulator, event: dict[str, Any]) -> Sequence[Any]:
    """What the adapter makes of an event."""
    adapter = build_channels(read_channel_settings(simulator.variables(), "LAMOON_")).adapters[simulator.channel]
    headers, body = simulator.request([event])
    incoming = Incoming({name.lower(): text for name, text in headers.items()}, {}, body)
    return [event for _, event in adapter.unpack(incoming)]


def telegram(**content: Any) -> dict[str, Any]:
    chat = {"id": 5, "type": "private"}
    return {"update_id": 7, "message": {"message_id": 1, "date": 1_700_000_000, "chat": chat, **content}}


def edited(text: str) -> dict[str, Any]:
    event = telegram(text=text)
    return {"update_id": 8, "edited_message": event["message"] | {"edit_date": 1_700_000_100}}


def whatsapp(kind: str, content: Any) -> dict[str, Any]:
    message = {"from": "5", "id": "wamid.9", "timestamp": "1700000000", "type": kind, kind: content}
    metadata = {"phone_number_id": WhatsApp.account}
    return {"field": "messages", "value": {"metadata": metadata, "messages": [message]}}


def messenger(**content: Any) -> dict[str, Any]:
    return {"sender": {"id": "5"}, "recipient": {"id": Messenger.account}, "timestamp": 1_700_000_000_000, **content}


def sms(**fields: str) -> dict[str, Any]:
    return Sms().text("+19175550001", "") | fields


CARD = {"name": {"formatted_name": "Dana Reed"}, "phones": [{"phone": "+1 415 555 0134"}]}
EVENTS = [
    (Telegram, telegram(contact={"phone_number": "+14155550134", "first_name": "Dana"}), "text", "Dana, +14155550134"),
    (Telegram, telegram(contact={"phone_number": "+14155550134", "first_name": ""}), "text", "+14155550134"),
    (Telegram, telegram(location={"latitude": 1.0, "longitude": 2.0}), "media", "place"),
    (Telegram, telegram(voice={"file_id": "x"}), "media", "voice"),
    (Telegram, telegram(photo=[{"file_id": "x"}], media_group_id="1"), "media", "picture"),
    (Telegram, telegram(sticker={"file_id": "x"}), "media", "sticker"),
    (Telegram, telegram(sticker={"file_id": "x", "emoji": "👍"}), "text", "👍"),
    (Telegram, edited("I meant my left calf, and I have a clot"), "text", "I meant my left calf, and I have a clot"),
    (WhatsApp, whatsapp("contacts", [CARD]), "text", "Dana Reed, +1 415 555 0134"),
    (WhatsApp, whatsapp("location", {"latitude": 1.0, "longitude": 2.0}), "media", "place"),
    (WhatsApp, whatsapp("audio", {"id": "1", "voice": True}), "media", "voice"),
    (WhatsApp, whatsapp("image", {"id": "1"}), "media", "picture"),
    (WhatsApp, whatsapp("document", {"id": "1"}), "media", "document"),
    (WhatsApp, whatsapp("request_welcome", {}), "start", ""),
    (WhatsApp, whatsapp("ephemeral", {}), None, ""),
    (Messenger, messenger(message_edit={"mid": "m_1", "text": "not Friday, Monday", "num_edit": 1}), "text", "not Friday, Monday"),
    (Messenger, messenger(message={"mid": "m", "attachments": [{"type": "audio"}]}), "media", "voice"),
    (Messenger, messenger(message={"mid": "m", "attachments": [{"type": "fallback"}]}), "media", "other"),
    (Sms, sms(Body="HELP", OptOutType="HELP"), None, ""),
    (Sms, sms(Body="Stop."), "stop", ""),
    (Sms, sms(Body="STOP!"), "stop", ""),
    (Sms, sms(Body="Please stop messaging me"), "stop", ""),
    (Sms, sms(Body="stop"), "blocked", ""),
    (Sms, sms(Body="", NumMedia="1", MediaContentType0="audio/amr"), "media", "voice"),
    (Sms, sms(Body="", NumMedia="1", MediaContentType0="text/vcard"), "media", "card"),
    (Sms, sms(Body="Laughed at \u201cAll right\u201d"), "reaction", "😂"),
    (Sms, sms(Body="Removed a like from \u201cAll right\u201d"), None, ""),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "event", "read_as", "what"), EVENTS)
def test_an_event_is_read_as_what_it_is(kind: type[Simulator], event: Any, read_as: str | None, what: str) -> None:
    events = read(kind(), event)
    if read_as is None:
        assert events == []
        return
    (found,) = events
    assert isinstance(found, IncomingEvent)
    assert found.kind == read_as
    assert what in (found.text, found.sent.kind, "")


def test_a_thumb_on_a_question_is_an_answer(line: Line, simulator: Simulator) -> None:
    if not simulator.has_reactions:
        pytest.skip("the platform reports no reactions")
    address = line.acquainted()
    line.rasa.reply(QUESTION)
    simulator.insist(simulator.text(address, "book"))
    simulator.wait(address, 1)
    line.rasa.reply({"text": "Sent."})
    simulator.insist(simulator.reaction(address, "👍"))
    assert line.texts(address, 2)[-1] == "Sent."
    assert line.rasa.heard[-1]["message"] == "👍"


def test_a_thumb_on_an_earlier_message_is_no_answer(line: Line, simulator: Simulator) -> None:
    if not simulator.has_reactions:
        pytest.skip("the platform reports no reactions")
    address = line.acquainted()
    simulator.insist(simulator.text(address, "does it hurt?"))
    (earlier,) = simulator.wait(address, 1)
    line.rasa.reply(QUESTION)
    simulator.insist(simulator.text(address, "book"))
    line.arrived(address, 2)
    line.rasa.reply({"text": "Sent."})
    simulator.insist(simulator.reaction(address, "👍", on=earlier))
    line.arrived(address, 2)


@pytest.mark.parametrize(("reply", "emoji"), [({"text": "It may hurt."}, "👍"), (QUESTION, "😂"), (QUESTION, "")])
def test_other_reactions_are_left_unanswered(
    line: Line, simulator: Simulator, reply: dict[str, Any], emoji: str
) -> None:
    if not simulator.has_reactions:
        pytest.skip("the platform reports no reactions")
    address = line.acquainted()
    line.rasa.reply(reply)
    simulator.insist(simulator.text(address, "book"))
    simulator.wait(address, 1)
    simulator.insist(simulator.reaction(address, emoji))
    line.arrived(address, 1)
    assert len(line.rasa.heard) == 1
