"""Notices to clients as messages in their conversations: on the website, and by messaging platforms within their rules.

Runs in the gateway, which alone can wake the open windows and hands messages on to the platforms.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event

from lamoon.booking.client_words import EDITABLE, client_words
from lamoon.booking.outbox import DroppedError, Notice, Outbox, Worker
from lamoon.channels.store import STOPPED, ChannelStore, reachability
from lamoon.chat.hub import Hub
from lamoon.chat.model import Author
from lamoon.chat.records import GoneError
from lamoon.chat.replies import Replies
from lamoon.chat.services import Services
from lamoon.chat.store import ChatStore
from lamoon.contract import ConversationName
from lamoon.studio import Studio

PAST_WINDOW = "the platform lets nothing through until they write again"
GONE = "the conversation was deleted"


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
                for answers has closed.
            StoreError: when the database fails; the notice is tried again.
        """
        named = ConversationName.read(notice.request.conversation_id)
        if named is None:
            raise DroppedError(GONE)
        reach = reachability(self._people, named.id)
        if reach and reach.stopped:
            raise DroppedError(STOPPED)
        if reach and reach.is_past:
            raise DroppedError(PAST_WINDOW)
        by_team = notice.about in EDITABLE
        author: Author = "team" if by_team else "system"
        draft = self._replies.own(client_words(notice, self._studio).message, "text" if by_team else "notice")
        try:
            self._chat.say(named.id, author, draft, notice.key)
        except GoneError:
            raise DroppedError(GONE) from None
        self._wake(named.id)


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
