"""Visitors' text as text: cleaned once, nothing in it a command, nothing invisible."""

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


def fold(text: str) -> str:
    """The words of `text` in lower case with single spaces; the text itself where it has none, such as "?!"."""
    plain = unicodedata.normalize("NFKC", text).casefold().replace("'", "").replace("\u2019", "")
    words = "".join(char if char.isalnum() or unicodedata.category(char)[0] == "M" else " " for char in plain).split()
    return " ".join(words) or " ".join(plain.split())


JOINERS = "\u200c\u200d"
"""Invisible signs that some scripts and emoji need. All other invisible signs are dropped."""


def clean(text: str) -> str:
    """`text` on one line without control, invisible or broken characters, spaces folded into one."""
    kept = (" " if letter.isspace() else letter for letter in text if letter.isspace() or _visible(letter))
    return unicodedata.normalize("NFC", " ".join("".join(kept).split()))


def has_alphanumeric(text: str) -> bool:
    """Whether a letter or a digit of any script is in it: false for emoji and signs alone."""
    return any(unicodedata.category(letter)[0] in "LN" for letter in text)


def _visible(letter: str) -> bool:
    return letter in JOINERS or unicodedata.category(letter) not in ("Cc", "Cf", "Cs")
