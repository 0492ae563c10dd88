"""A number that a person writes back: "2" is the second of the choices that were offered last."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import takewhile

from lamoon.gateway.model import Message

_NUMBER = re.compile(r"\W*(?:(?:option|number|no\.?)\s*)?(\d{1,2})\W*", re.IGNORECASE)


def numbered_choice(text: str, latest: Sequence[Message]) -> tuple[int, int] | None:
    """The choice that a number names, as (id of its message, index); None where it names none.

    `latest` are the conversation's last messages, oldest first; only what was said since the person's own last message
    counts. Other ways to name a choice ("the first one") are Rasa's business.
    """
    match = _NUMBER.fullmatch(text)
    if match is None:
        return None
    unanswered = takewhile(lambda message: message.author != "visitor", reversed(latest))
    offering = next((message for message in unanswered if message.choices), None)
    index = int(match[1]) - 1
    return (offering.id, index) if offering and 0 <= index < len(offering.choices) else None
