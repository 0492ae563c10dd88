"""What a form makes of an answer: the text to keep, or why it cannot be taken."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from lamoon.text.clean import clean, has_alphanumeric

LONGEST = 1000
"""Characters of one free-text answer."""


@dataclass(frozen=True)
class Invalid:
    """Why an answer cannot be taken.

    Attributes:
        code: names the sentence for the visitor, the response `utter_invalid_<code>`.
        details: what the sentence quotes, by name. It may be the visitor's words, so it is not in `repr`.
    """

    code: str
    details: Mapping[str, str] = field(default_factory=dict, repr=False)


def parse_wish(text: str, longest: int = LONGEST) -> str | Invalid:
    """The visitor's words on one line, or why they are refused: nothing readable, too long. Never raises."""
    wish = clean(text)
    if not has_alphanumeric(wish):
        return Invalid("no_words")
    if len(wish) > longest:
        return Invalid("too_many_words")
    return wish
