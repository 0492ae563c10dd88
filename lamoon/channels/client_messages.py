"""Notices to clients as messages in their conversations: on the website, and by messaging platforms within their rules.

Runs in the gateway, which alone can wake the open windows and hands messages on to the platforms.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Final

from lamoon.booking.client_words import EDITABLE, client_words
from lamoon.booking.notices import About
from lamoon.booking.outbox import DroppedError, Notice, Outbox, Worker
from lamoon.channels.store import STOPPED, ChannelStore, reachability
from lamoon.channels.window import OUTSIDE, Template
from lamoon.chat.hub import Hub
from lamoon.chat.model import Author
from lamoon.chat.records import GoneError
from lamoon.chat.replies import Replies
from lamoon.chat.services import Services
from lamoon.chat.store import ChatStore
from lamoon.contract import ConversationName
from lamoon.studio import Studio

GONE = "the conversation was deleted"

TIMED: Final[tuple[About, ...]] = ("confirmed", "changed", "reminder")
"""Notices whose template has the appointment for {{3}}."""


class ClientMessages:
    """Delivers notices into conversations. `wake` is called with the id of one that has something to read."""

    def __init__(
        self, chat: ChatStore, people: ChannelStore, replies: Replies, studio: Studio, wake: Callable[[str], None]
    ) -> None:
        self._chat = chat
        self._people = people
        self._replies = replies
        self._studio = studio
        self._wake = wake

    def __call__(self, notice: Notice) -> None:
        """Stores the message, once for each key: staff's own words as the team's, all else as a notice.

        Raises:
            DroppedError: when the conversation is gone, the person asked for no more messages, or the platform's window
                for answers has closed and no template was approved for such a notice.
            StoreError: when the database fails; the notice is tried again.
        """
        named = ConversationName.read(notice.request.conversation_id)
        if named is None:
            raise DroppedError(GONE)
        reach = reachability(self._people, named.id, by_team=notice.about in EDITABLE)
        if reach and reach.stopped:
            raise DroppedError(STOPPED)
        template = self._template(named.channel, notice) if reach and reach.is_past else None
        if reach and reach.is_past and template is None:
            raise DroppedError(f"{OUTSIDE}, or have WhatsApp approve a template")
        by_team = notice.about in EDITABLE
        author: Author = "team" if by_team else "system"
        draft = self._replies.own(client_words(notice, self._studio).message, "text" if by_team else "notice")
        try:
            if template:
                self._people.say_by_template(named.id, author, draft, notice.key, template)
            else:
                self._chat.say(named.id, author, draft, notice.key)
        except GoneError:
            raise DroppedError(GONE) from None
        self._wake(named.id)

    def _template(self, channel: str, notice: Notice) -> Template | None:
        """The approved template for a notice, filled with the studio, the reference, and the appointment if it has one."""
        agreed = notice.stage.appointment if notice.about in TIMED else None
        values = [self._studio.name, notice.request.reference, *([agreed.said(self._studio.zone)] if agreed else [])]
        return self._people.windows.template(channel, notice.about, values)


async def deliver_messages(services: Services, people: ChannelStore, poll: float = 2) -> None:
    """Delivers notices into conversations until cancelled; a delivery under way ends first."""
    loop, stop = asyncio.get_running_loop(), Event()
    route = ClientMessages(services.store, people, services.replies, services.studio, _waker(services.hub, loop))
    worker = Worker(Outbox(services.bookings.database, ["conversation"]), {"conversation": route}, poll=poll)
    with ThreadPoolExecutor(
        1, "client-messages"
    ) as thread:  # its own: it would keep one of the shared threads for good
        working = loop.run_in_executor(thread, worker.run, stop)
        try:
            await asyncio.shield(working)
        finally:
            stop.set()
            await working


def _waker(hub: Hub, loop: asyncio.AbstractEventLoop) -> Callable[[str], None]:
    """Wakes from the worker's thread."""

    def wake(conversation_id: str) -> None:
        loop.call_soon_threadsafe(hub.wake, conversation_id)

    return wake
