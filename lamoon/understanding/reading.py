"""What the classifier makes of a text."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Reading:
    """One text and its likeliest label.

    Attributes:
        text: the words that were read.
        label: an intent, or intent and kind: `ask_hours`, `faq/cost`.
        confidence: 0 to 1, that the label is right.
    """

    text: str
    label: str
    confidence: float
