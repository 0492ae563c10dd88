"""Screening by the rules alone: no classifier, no conversation, a millisecond a message. Only what has to wait for its
answer is read like this, to know whether it may wait.
"""

from __future__ import annotations

from lamoon.screening.message import Outcome
from lamoon.screening.other_languages import shared_foreign_reader, with_foreign
from lamoon.screening.screener import shared_screener, summary
from lamoon.text.emoji import emoji_meaning


def quick_outcome(text: str) -> Outcome:
    """The outcome of a message as far as the rules know it."""
    if emoji_meaning(text) == "emergency":
        return "emergency"
    screener = shared_screener()
    screening = with_foreign(
        summary(screener.read(text)), shared_foreign_reader().read(text, None), text, screener.catalogue
    )
    return screening["outcome"]
