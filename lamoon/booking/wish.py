"""What the visitor would like, and when: kept in the visitor's own words."""

from __future__ import annotations

from lamoon.booking.answer import Invalid, clean, has_alphanumeric

LONGEST = 1000
"""Characters of one free-text answer."""


def parse_wish(text: str, longest: int = LONGEST) -> str | Invalid:
    """The visitor's words on one line, or why they cannot be taken: nothing readable, too long. Never raises."""
    wish = clean(text)
    if not has_alphanumeric(wish):
        return Invalid("no_words")
    if len(wish) > longest:
        return Invalid("too_many_words")
    return wish
