"""Visitors' text as text: what counts as invisible, what counts as a quote, and the forms in which rooms need it.

A message is cleaned where it enters: `clean` gives what people are shown, `plain_text` what programs read, the same for a
cleaned message as for a raw one. Then follow forms for comparing, for internal use.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

# Control characters, invisible ones, halves of characters.
_INVISIBLE: Final = frozenset(("Cc", "Cf", "Cs"))
# Characters without a meaning that all share. They may be emoji newer than this Python, so people are shown them.
_UNKNOWN: Final = frozenset(("Co", "Cn"))
JOINERS: Final = "\u200c\u200d"
"""Invisible characters that some scripts and emoji need. People are shown no others."""
APOSTROPHES: Final = "'\u2019\u2018`\u00b4\u02bc\u2032\uff07"
"""What people type for an apostrophe."""
INSIDE_WORDS: Final = "\u0300-\u036f\u200b-\u200f\u2060\ufeff\u00ad"
"""What is pasted along inside words and ends none, as a range of regular expressions: accents, invisible characters."""
_INSIDE_WORDS: Final = re.compile(f"[{INSIDE_WORDS}]")
_QUOTES: Final = str.maketrans(dict.fromkeys(APOSTROPHES, "'") | dict.fromkeys("\u201c\u201d", '"'))

# Rasa obeys "/intent{...}" and "EXTERNAL: ..." at the start of a message, and ignores spaces before them.
_COMMAND_PREFIX: Final = re.compile(r"^(?:\s|/|EXTERNAL\s*:)+", re.IGNORECASE)
# What follows a prefix in a command: one word, perhaps a confidence, perhaps JSON. Ordinary words are longer.
_COMMAND: Final = re.compile(r"[\w+-]*(?:\s*@[\d.]+)?(?:\s*\{.*\})?")


def clean(text: str) -> str:
    """`text` for people: on one line, composed, without invisible characters but joiners, spaces folded into one."""
    return _one_line(text, _INVISIBLE, JOINERS)


def clean_lines(text: str) -> str:
    """`text` for people, line by line as it was typed: each as `clean`, with at most one empty line in a row."""
    lines = "\n".join(clean(line) for line in text.splitlines())
    return re.sub(r"\n{3,}", "\n\n", lines).strip("\n")


def plain_text(text: str) -> str:
    """`text` for programs: as `clean`, without joiners and unknown characters, with straight quotes, and no command.

    A whole command with a name or data ("/ask_hours", "EXTERNAL: book{...}") becomes empty. Before words only the prefix
    goes, before a single word too: "/suicide" is no command and has to be screened.

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
    """Words of a person as markdown that shows them as typed: "14. May", "5*60" and "a_b" stay what they are."""
    return _MARKS.sub(lambda mark: f"{mark[0][:-1]}\\{mark[0][-1]}", text)


def _one_line(text: str, invisible: frozenset[str], kept: str = "") -> str:
    letters = (
        " " if letter.isspace() else letter
        for letter in text
        if letter.isspace() or letter in kept or unicodedata.category(letter) not in invisible
    )
    return unicodedata.normalize("NFC", " ".join("".join(letters).split()))


def straight_quotes(text: str) -> str:
    """`text` with `'` and `"` for every kind of apostrophe and quote, one character for one."""
    return text.translate(_QUOTES)


def fold_accents(text: str) -> str:
    """Lower case, no accents, nothing invisible, straight apostrophes: `Cán\\u200bcer` gives `cancer`."""
    if not text.isascii():
        decomposed = unicodedata.normalize("NFKD", _INSIDE_WORDS.sub("", straight_quotes(text)))
        text = "".join(char for char in decomposed if not unicodedata.combining(char))
    return straight_quotes(text.lower())


def phrase_key(text: str) -> str:
    """The words of `text` in lower case with single spaces, equal for phrases that differ in capitals and punctuation.

    The text itself where it has no words, such as "?!".
    """
    plain = unicodedata.normalize("NFKC", straight_quotes(text)).casefold().replace("'", "")
    words = "".join(char if char.isalnum() or unicodedata.category(char)[0] == "M" else " " for char in plain).split()
    return " ".join(words) or " ".join(plain.split())


def has_alphanumeric(text: str) -> bool:
    """Whether a letter or a digit of any script is in it: false for emoji and signs alone."""
    return any(unicodedata.category(letter)[0] in "LN" for letter in text)
