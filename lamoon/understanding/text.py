"""Visitors' text as text: nothing in it is a command, and nothing invisible survives."""

from __future__ import annotations

import re
import unicodedata

# Rasa obeys "/intent{...}" and "EXTERNAL: ..." at the start of a message, and ignores spaces before them.
_COMMAND_PREFIX = re.compile(r"^(?:\s|/|EXTERNAL\s*:)+", re.IGNORECASE)
# What follows a prefix in a command: one word, perhaps a confidence, perhaps JSON. Ordinary words are longer.
_COMMAND = re.compile(r"[\w+-]*(?:\s*@[\d.]+)?(?:\s*\{.*\})?")
_QUOTES = str.maketrans({"\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u00b4": "'", "`": "'"})


def plain_text(text: str) -> str:
    """Returns `text` without commands, control and invisible characters, and with plain quotes.

    A whole command ("/restart", "EXTERNAL: book{...}") becomes empty; before other words only the prefix goes.

    Args:
        text: what the visitor wrote, any Unicode, any length.

    Returns:
        The same words on one line; may be empty.
    """
    visible = "".join(" " if c.isspace() else c for c in text if c.isspace() or _is_visible(c))
    plain = visible.translate(_QUOTES).strip()
    prefix = _COMMAND_PREFIX.match(plain)
    rest = plain[prefix.end() :].strip() if prefix else plain
    return "" if prefix and _COMMAND.fullmatch(rest) else rest


def _is_visible(char: str) -> bool:
    return unicodedata.category(char) not in ("Cc", "Cf", "Co", "Cs", "Cn")
