"""Instagram: as Messenger, with half the room, counted in bytes."""

from __future__ import annotations

from typing import Any

from lamoon.gateway.channels.messenger import Messenger
from lamoon.gateway.channels.rendering import Runs, plain


class Instagram(Messenger):
    """A professional account that is linked to a page; `account` is its id, the token is the page's."""

    name = "instagram"
    object = "instagram"
    title = "Instagram"
    fields = "username"
    longest_text = 1000

    def size(self, some: Runs) -> int:
        """Bytes of UTF-8."""
        return len(plain(some).encode())

    def address_to(self, address: str) -> tuple[str, dict[str, Any]]:
        """By the page that the token belongs to."""
        return "/me/messages", {"recipient": {"id": address}}
