"""Whether a person at a platform can be reached: for the team, who would otherwise write into the void."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from lamoon.gateway.channels.store import ChannelStore
from lamoon.gateway.channels.window import is_past, window_until


@dataclass(frozen=True)
class Reach:
    """`until`: when the platform lets nothing through any more, None where it always does; `is_past`: it was so before.

    `stopped`: they asked for no more messages. `undelivered`: why messages did not arrive, by their ids.
    """

    until: datetime | None
    is_past: bool
    stopped: bool
    undelivered: Mapping[int, str]


def reach(people: ChannelStore, conversation_id: str) -> Reach | None:
    """How the person in a conversation can be reached; None on the website. Blocks. Raises StoreError."""
    person = people.person_of(conversation_id)
    if person is None:
        return None
    until = window_until(person.conversation.channel, person.heard_at)
    return Reach(until, is_past(until), person.stopped, people.undelivered(conversation_id))
