"""What people write or tap on a platform: commands, buttons, and the number of a choice."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import takewhile
from types import MappingProxyType

from lamoon.channels.adapter import EventKind
from lamoon.chat.model import Message
from lamoon.checks import parse_int


def choice_key(message_id: int, index: int) -> str:
    """A key short enough for every platform. It may be guessed: it is looked up in the sender's own conversation."""
    return f"{message_id}.{index}"


def read_choice_key(key: str) -> tuple[int, int] | None:
    """The inverse of `choice_key`, None for other payloads."""
    head, _, tail = key.partition(".")
    message_id, index = parse_int(head), parse_int(tail)
    return None if message_id is None or index is None else (message_id, index)


COMMANDS: Mapping[str, EventKind] = MappingProxyType({"/start": "start", "/stop": "stop", "/delete": "delete"})


def command_or_text(text: str) -> EventKind:
    """The event kind by the first word; "/start abc" and "/start@studio_bot" are /start too."""
    word = "".join(text.split(maxsplit=1)[:1]).partition("@")[0]
    return COMMANDS.get(word.lower(), "text")


_NUMBER = re.compile(r"\W*(?:(?:option|number|no\.?)\s*)?(\d{1,2})\W*", re.IGNORECASE)


def numbered_choice(text: str, latest: Sequence[Message]) -> tuple[int, int] | None:
    """The choice that a number selects, as (id of its message, index), or None.

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
