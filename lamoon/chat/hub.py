"""Wakes the open streams of a conversation, here and at other gateways. Messages are read from the store, not passed
through here.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

NEWS = "news"
"""Topic of the broadcast to other gateways."""
ALL = ""
"""In place of a conversation id: subscribes to all of them."""
Event = tuple[str, dict[str, Any]]
"""Name and data of a transient event: the visitor reads `typing`, the team VISITOR_TYPING."""
VISITOR_TYPING = "visitor_typing"
CHANGED: Event = ("changed", {})
"""Messages that were read already are others now: streams read the conversation again."""


class Listener:
    """One open stream."""

    def __init__(self) -> None:
        self._woken = asyncio.Event()
        self._events: list[Event] = []
        self._to_read = False

    def wake(self, event: Event | None = None) -> None:
        """Wakes the stream with an event or, without one, because the store has something to read."""
        if event:
            self._events.append(event)
        else:
            self._to_read = True
        self._woken.set()

    async def news(self) -> tuple[bool, list[Event]]:
        """Waits until woken: whether the store has something to read, and the events since the last call."""
        await self._woken.wait()
        self._woken.clear()
        to_read, self._to_read = self._to_read, False
        events, self._events = self._events, []
        return to_read, events


class Hub:
    """All open streams of this process. `relay` hands what happened here to other gateways, which call `receive`."""

    def __init__(self, relay: Callable[[Any], None] = lambda news: None) -> None:
        self._relay = relay
        self._listeners: defaultdict[str, set[Listener]] = defaultdict(set)
        self._watchers: list[Callable[[str], None]] = []

    def watch(self, watcher: Callable[[str], None]) -> None:
        """Calls `watcher` with the id of every conversation that has something to read."""
        self._watchers.append(watcher)

    @contextmanager
    def listening(self, conversation_id: str) -> Iterator[Listener]:
        """A listener for the duration of the block; with ALL, to every conversation."""
        listener = Listener()
        self._listeners[conversation_id].add(listener)
        try:
            yield listener
        finally:
            self._listeners[conversation_id].discard(listener)
            if not self._listeners[conversation_id]:
                del self._listeners[conversation_id]

    def wake(self, conversation_id: str, event: Event | None = None) -> None:
        """Wakes all listeners of this conversation, at every gateway."""
        for watcher in () if event else self._watchers:
            watcher(conversation_id)
        self._relay([conversation_id, event])
        self._wake(conversation_id, event)

    def receive(self, news: Any) -> None:
        """Wakes listeners here because of what happened at another gateway, whose watchers act on it."""
        conversation_id, event = news
        self._wake(conversation_id, (event[0], event[1]) if event else None)

    def _wake(self, conversation_id: str, event: Event | None) -> None:
        for listener in self._listeners.get(conversation_id, ()):
            listener.wake(event)
        for listener in () if event else self._listeners.get(ALL, ()):
            listener.wake()

    def wake_all(self) -> None:
        """Wakes all listeners: whether the assistant can answer may have changed."""
        for listeners in self._listeners.values():
            for listener in listeners:
                listener.wake()

    def count(self, conversation_id: str | None = None) -> int:
        """Number of listeners of this conversation, or of all."""
        if conversation_id is not None:
            return len(self._listeners.get(conversation_id, ()))
        return sum(map(len, self._listeners.values()))
