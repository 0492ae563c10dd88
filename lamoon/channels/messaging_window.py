"""Whether a person can still be reached: some platforms allow replies only for a limited time after their last message."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from lamoon.channels.store import ChannelStore
from lamoon.settings import CHANNELS
from lamoon.storage.time import now

OUTSIDE = "more than 24 hours since they wrote: the platform lets nothing through until they write again"


def window_until(channel: str, heard_at: datetime) -> datetime | None:
    """When the window closes for a person who last wrote at `heard_at`; None without a limit."""
    window = CHANNELS[channel].window if channel in CHANNELS else None
    return heard_at + window if window else None


def is_past(until: datetime | None) -> bool:
    """Whether the window has closed."""
    return until is not None and until <= now()


@dataclass(frozen=True)
class Reachability:
    """`until`: when the messaging window closes, None without a limit; `is_past`: it has closed.

    `stopped`: they asked for no more messages. `undelivered`: why messages did not arrive, by their ids.
    """

    until: datetime | None
    is_past: bool
    stopped: bool
    undelivered: Mapping[int, str]


def reachability(people: ChannelStore, conversation_id: str) -> Reachability | None:
    """Reachability of the person in a conversation; None on the website. Blocks. Raises StoreError."""
    person = people.person_of(conversation_id)
    if person is None:
        return None
    until = window_until(person.conversation.channel, person.heard_at)
    return Reachability(until, is_past(until), person.stopped, people.undelivered(conversation_id))
