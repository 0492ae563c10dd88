"""Cleaning of visitors' text: invisible characters, quotes, and the forms that other packages need.

A message is cleaned where it enters: `clean` returns the text for display, `plain_text` the text for programs, the same
for a cleaned message as for a raw one. The remaining functions return forms for comparison, for internal use.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

# Control characters, invisible ones, halves of characters.
_INVISIBLE: Final = frozenset(("Cc", "Cf", "Cs"))
# Private and unassigned characters. They may be emoji newer than this Python, so they are displayed.
_UNKNOWN: Final = frozenset(("Co", "Cn"))
JOINERS: Final = "\u200c\u200d"
"""Invisible characters that some scripts and emoji need. All others are removed from displayed text."""
APOSTROPHES: Final = "'\u2019\u2018`\u00b4\u02bc\u2032\uff07"
"""Characters typed as an apostrophe."""
INSIDE_WORDS: Final = "\u0300-\u036f\u200b-\u200f\u2060\ufeff\u00ad"
"""Characters that do not end a word, as a regular-expression range: accents, invisible characters."""
_INSIDE_WORDS: Final = re.compile(f"[{INSIDE_WORDS}]")
_QUOTES: Final = str.maketrans(dict.fromkeys(APOSTROPHES, "'") | dict.fromkeys("\u201c\u201d", '"'))

# Rasa obeys "/intent{...}" and "EXTERNAL: ..." at the start of a message, and ignores spaces before them.
_COMMAND_PREFIX: Final = re.compile(r"^(?:\s|/|EXTERNAL\s*:)+", re.IGNORECASE)
# What follows a prefix in a command: one word, optionally a confidence and JSON. Ordinary text is longer.
_COMMAND: Final = re.compile(r"[\w+-]*(?:\s*@[\d.]+)?(?:\s*\{.*\})?")


def clean(text: str) -> str:
    """Return `text` for display: on one line, composed, without invisible characters except joiners, spaces
    collapsed.
    """
    return _one_line(text, _INVISIBLE, JOINERS)


def clean_lines(text: str) -> str:
    """Return `text` for display with its line breaks: each line as in `clean`, with at most one empty line in a row."""
    lines = "\n".join(clean(line) for line in text.splitlines())
    return re.sub(r"\n{3,}", "\n\n", lines).strip("\n")


def plain_text(text: str) -> str:
    """Return `text` for programs: as `clean`, without joiners and unknown characters, with straight quotes and no
    command.

    A whole command with a name or data ("/ask_hours", "EXTERNAL: book{...}") becomes empty. Before other words only the
    prefix is removed, even before a single word: "/suicide" is not a command and has to be screened.

    Args:
        text: what the visitor wrote, any Unicode, any length.

    Returns:
        The same words on one line; may be empty.
    """
    plain = straight_quotes(_one_line(text, _INVISIBLE | _UNKNOWN))
    prefix = _COMMAND_PREFIX.match(plain)
    rest = plain[prefix.end() :] if prefix else plain
    return "" if prefix and not rest.isalpha() and _COMMAND.fullmatch(rest) else rest


_MARKS: Final = re.compile(r"[\\`*\[\]<>&~|]|(?<![^\W_])_|^(?=[ ]{0,3}(?:[-+#=]|\d+[.)]))[ ]*\d*.", re.MULTILINE)


def escape_markdown(text: str) -> str:
    """Return a person's words as markdown that shows them as typed: "14. May", "5*60" and "a_b" are unchanged."""
    return _MARKS.sub(lambda mark: f"{mark[0][:-1]}\\{mark[0][-1]}", text)


def _one_line(text: str, invisible: frozenset[str], kept: str = "") -> str:
    letters = (
        " " if letter.isspace() else letter
        for letter in text
        if letter.isspace() or letter in kept or unicodedata.category(letter) not in invisible
    )
    return unicodedata.normalize("NFC", " ".join("".join(letters).split()))


def straight_quotes(text: str) -> str:
    """Return `text` with `'` and `"` for every kind of apostrophe and quote, character by character."""
    return text.translate(_QUOTES)


def fold_accents(text: str) -> str:
    """Return `text` in lower case, without accents and invisible characters, with straight apostrophes: `Cán\\u200bcer`
    gives `cancer`.
    """
    if not text.isascii():
        decomposed = unicodedata.normalize("NFKD", _INSIDE_WORDS.sub("", straight_quotes(text)))
        text = "".join(char for char in decomposed if not unicodedata.combining(char))
    return straight_quotes(text.lower())


def phrase_key(text: str) -> str:
    """Return the words of `text` in lower case with single spaces, equal for phrases that differ in capitals and
    punctuation.

    The text itself if it has no words, such as "?!".
    """
    plain = unicodedata.normalize("NFKC", straight_quotes(text)).casefold().replace("'", "")
    words = "".join(char if char.isalnum() or unicodedata.category(char)[0] == "M" else " " for char in plain).split()
    return " ".join(words) or " ".join(plain.split())


def has_alphanumeric(text: str) -> bool:
    """Return whether the text has a letter or a digit of any script: false for emoji and punctuation alone."""
    return any(unicodedata.category(letter)[0] in "LN" for letter in text)
