"""What every answer of a visitor has in common: how its text is cleaned, and why it cannot be taken."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

JOINERS = "\u200c\u200d"
"""Invisible signs that some scripts and emoji need. All other invisible signs are dropped."""


@dataclass(frozen=True)
class Invalid:
    """Why an answer cannot be taken.

    Attributes:
        code: names the sentence for the visitor, the response `utter_invalid_<code>`.
        details: what the sentence quotes, by name. It may be the visitor's words, so it is not in `repr`.
    """

    code: str
    details: Mapping[str, str] = field(default_factory=dict, repr=False)


def clean(text: str) -> str:
    """`text` on one line without control, invisible or broken characters, spaces folded into one."""
    kept = (" " if letter.isspace() else letter for letter in text if letter.isspace() or _visible(letter))
    return unicodedata.normalize("NFC", " ".join("".join(kept).split()))


def has_alphanumeric(text: str) -> bool:
    """Whether a letter or a digit of any script is in it: false for emoji and signs alone."""
    return any(unicodedata.category(letter)[0] in "LN" for letter in text)


def _visible(letter: str) -> bool:
    return letter in JOINERS or unicodedata.category(letter) not in ("Cc", "Cf", "Cs")
