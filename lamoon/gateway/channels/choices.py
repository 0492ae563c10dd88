"""Choices at a platform: the names of buttons."""

from __future__ import annotations


def choice_key(message_id: int, index: int) -> str:
    """A name short enough for every platform. Whoever sends it is looked up in their own conversation: it may be guessed."""
    return f"{message_id}.{index}"


def read_choice_key(key: str) -> tuple[int, int] | None:
    """What `choice_key` was given, None when it was somebody else."""
    message_id, _, index = key.partition(".")
    if not all(part.isascii() and part.isdigit() and len(part) < 10 for part in (message_id, index)):
        return None
    return int(message_id), int(index)
