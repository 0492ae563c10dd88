"""Messages as sent out: the schemas of openapi.yml."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from lamoon.chat.choices import is_used
from lamoon.chat.model import Choice, Conversation, Message
from lamoon.chat.replies import consent, greeting
from lamoon.chat.signing import Choices
from lamoon.chat.withdrawals import is_withdrawn
from lamoon.phrasebook import buttons_of, say
from lamoon.storage.time import isoformat_utc
from lamoon.studio import Studio, is_open
from lamoon.studio.model import WEEKDAYS

WRITERS = {
    "visitor": "transcript_visitor",
    "bot": "transcript_bot",
    "team": "transcript_team",
    "system": "transcript_system",
}
"""The notice that names the author of a message."""


def suggestions() -> list[Choice]:
    """Suggestions before the first message: the choices of Rasa's greeting."""
    return [Choice(button["title"], button["payload"]) for button in buttons_of("utter_greet")]


def message_view(message: Message, conversation: Conversation, choices: Choices, *, names: bool) -> dict[str, Any]:
    """A message with its choices signed; `names`: who of the team wrote it is named."""
    by = {"by": message.staff} if names and message.staff else {}
    own = {"text": message.text} if message.author == "visitor" and not is_withdrawn(message) else {}
    return (
        by
        | own
        | {
            "id": message.id,
            "client_id": message.client_id,
            "from": message.author,
            "at": isoformat_utc(message.at),
            "kind": message.kind,
            "body": message.body,
            "choices": [
                {
                    "title": choice.title,
                    "choice": choices.make(conversation.id, message.id, index),
                    "used": is_used(message, choice, conversation),
                }
                | ({"main": True} if choice.main else {})
                for index, choice in enumerate(message.choices)
            ],
            "source": message.source,
            "feedback": message.feedback,
        }
    )


def status_view(conversation: Conversation, *, bot_up: bool) -> dict[str, Any]:
    """Who answers, whether the assistant can, and the first message of the conversation that the visitor sees."""
    return {"mode": conversation.mode, "bot": "up" if bot_up else "down", "shown_from": conversation.shown_from}


def studio_view(studio: Studio, choices: Choices) -> dict[str, Any]:
    """What the chat shows before the first message. Fields the owner left empty are null."""
    return {
        "name": studio.name,
        "phone": studio.phone or None,
        "email": studio.email or None,
        "address": studio.address or None,
        "booking_link": studio.booking_link or None,
        "greeting": greeting(studio),
        "consent": consent(studio),
        "privacy_link": studio.privacy_link or None,
        "emergency": {
            "number": studio.numbers.emergency,
            "crisis_line": studio.numbers.crisis_line() if studio.numbers.crisis else None,
        },
        "open_now": is_open(studio, datetime.now(studio.zone)),
        "opening_hours": [
            {"day": day.capitalize(), "hours": studio.hours[day].text} for day in WEEKDAYS if day in studio.hours
        ],
        "suggestions": [
            {"title": suggestion.title, "choice": choices.make("", 0, index)}
            for index, suggestion in enumerate(suggestions())
        ],
    }


def transcript(studio: Studio, messages: list[Message]) -> Iterator[str]:
    """The conversation as lines of text, in the studio's time."""
    yield say("transcript", studio=studio.name, zone=studio.zone)
    for message in messages:
        yield f"\n[{message.at.astimezone(studio.zone):%Y-%m-%d %H:%M}] {say(WRITERS[message.author])}: {message.text}"
