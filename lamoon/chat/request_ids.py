"""Which request brought which message, for the logs: a message is often answered after its request has ended."""

from __future__ import annotations

from collections import OrderedDict
from typing import Final

from lamoon import request_id

MOST: Final = 10_000
"""Messages remembered; the oldest go first."""


class RequestIds:
    """The ids of waiting messages, in memory: what another process took in gets a new id here."""

    def __init__(self) -> None:
        self._names: OrderedDict[int, str] = OrderedDict()

    def keep(self, message_id: int) -> str:
        """Remembers that the request being served has brought this message, and returns its id."""
        return self._remember(message_id, request_id.current() or request_id.new_id())

    def of(self, message_id: int) -> str:
        """The id to work on a message with; the same until `forget`. Never that of another request."""
        return self._names.get(message_id) or self._remember(message_id, request_id.new_id())

    def forget(self, message_id: int) -> None:
        """Called when the message is answered."""
        self._names.pop(message_id, None)

    def _remember(self, message_id: int, name: str) -> str:
        self._names[message_id] = name
        if len(self._names) > MOST:
            self._names.popitem(last=False)
        return name
