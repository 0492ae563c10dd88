"""What the visitor would like, and when: kept in the visitor's own words."""

from __future__ import annotations

from lamoon.booking.answer import Refusal, clean, has_words

LONGEST = 1000
"""Characters of one free-text answer."""


def parse_wish(text: str, longest: int = LONGEST) -> str | Refusal:
    """The visitor's words on one line, or why they cannot be taken: nothing readable, too long. Never raises."""
    wish = clean(text)
    if not has_words(wish):
        return Refusal("empty", "Please tell me in a few words what you would like and which days and times suit you.")
    if len(wish) > longest:
        return Refusal("too_long", "That is longer than I can pass on. Could you say it in fewer words, please?")
    return wish
