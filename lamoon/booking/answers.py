"""Results of parsing a form answer: the text to store, or the reason it is refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from lamoon.text.clean import clean, has_alphanumeric

LONGEST = 1000
"""Maximum characters of a free-text answer."""


@dataclass(frozen=True)
class Invalid:
    """The reason an answer is refused.

    Attributes:
        code: names the response for the visitor, `utter_invalid_<code>`.
        details: values of the response by name. They may be the visitor's words, so they are not in `repr`.
    """

    code: str
    details: Mapping[str, str] = field(default_factory=dict, repr=False)


def parse_wish(text: str, longest: int = LONGEST) -> str | Invalid:
    """Return the visitor's words on one line, or why they are refused: nothing readable, too long. Never raises."""
    wish = clean(text)
    if not has_alphanumeric(wish):
        return Invalid("no_words")
    if len(wish) > longest:
        return Invalid("too_many_words")
    return wish
