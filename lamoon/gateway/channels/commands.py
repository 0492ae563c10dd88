"""What people can ask for in one word on every channel: /start, /stop, /delete."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from lamoon.gateway.channels.adapter import What

COMMANDS: Mapping[str, What] = MappingProxyType({"/start": "start", "/stop": "stop", "/delete": "delete"})


def command_or_text(text: str) -> What:
    """The kind of a message by its first word; "/start abc" and "/start@studio_bot" are /start too."""
    word = "".join(text.split(maxsplit=1)[:1]).partition("@")[0]
    return COMMANDS.get(word.lower(), "text")
