"""What earlier messages of a conversation give to a booking form that opens."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from rasa_sdk import Tracker

from lamoon.booking.form import FORM_OF
from lamoon.contract import BOOKING
from lamoon.intents import shared_intents

MOST_EARLIER: Final = 4
"""Maximum earlier messages that are searched for answers when the form opens."""
LATEST_BEFORE: Final = 2


def earlier_messages(tracker: Tracker) -> Iterator[dict[str, Any]]:
    """Return earlier messages with a contact, or before the offer of a booking, oldest first."""
    found: list[dict[str, Any]] = []
    seen, takes_up = 0, False
    for event in reversed(tracker.events):
        if event.get("event") == "active_loop" and event.get("name") in FORM_OF.values() and seen:
            break
        if event.get("event") == "user":
            seen += 1
            parsed = event.get("parse_data") or {}
            reading = parsed.get(BOOKING) or {}
            offered = (parsed.get("intent") or {}).get("name") == "inform"
            is_wish = seen == LATEST_BEFORE and takes_up and reading.get("intent") == "book"
            if 1 < seen <= MOST_EARLIER and (reading.get("email") or reading.get("phone") or offered):
                found.append(parsed)
            elif is_wish:  # a name in it is not of the person who now gives one: "my friend Tove recommends you"
                found.append({**parsed, BOOKING: {**reading, "name": ""}})
            takes_up = takes_up or (seen == 1 and bool(reading.get("takes_up")))
    return reversed(found)


def gives(message: dict[str, Any], reading: dict[str, Any]) -> bool:
    """Return whether a message may fill slots: a question or an emergency gives at most a contact."""
    intent = str((message.get("intent") or {}).get("name"))
    return intent not in shared_intents().questions | {"emergency"} or bool(
        reading.get("email") or reading.get("phone")
    )


def condition_words_in(message: dict[str, Any]) -> list[str]:
    """Return the words of a message that name conditions."""
    return [str(mention["text"]) for mention in (message.get("safety") or {}).get("conditions") or []]


def may_be_health(message: dict[str, Any]) -> bool:
    """Return whether the screening found a condition in a message, or a sign of one."""
    safety = message.get("safety") or {}
    return bool(safety.get("conditions") or safety.get("question"))
