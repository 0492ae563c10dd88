"""When two phrases are the same to a reader: capitals, punctuation and spaces do not count."""

from __future__ import annotations

import unicodedata


def fold(text: str) -> str:
    """The words of `text` in lower case with single spaces; the text itself where it has none, such as "?!"."""
    plain = unicodedata.normalize("NFKC", text).casefold().replace("'", "").replace("\u2019", "")
    words = "".join(char if char.isalnum() or unicodedata.category(char)[0] == "M" else " " for char in plain).split()
    return " ".join(words) or " ".join(plain.split())
