"""What a visitor corrects: on a platform by editing a message, on the website by the widget's own means."""

from __future__ import annotations

from lamoon.text.clean import plain_text

CORRECTION = "I meant: {}"
SENTENCE = 6
"""Words; what is shorter is a bare answer ("Dana Reid"), corrected by a bare answer."""


def corrected_words(text: str) -> str:
    """A correction for Rasa. A sentence says that it is one, or a form would take it for an answer."""
    plain = plain_text(text)
    return CORRECTION.format(plain) if len(plain.split()) >= SENTENCE else plain
