"""Follow-up questions: "and how often?" is read together with what was talked about last."""

from __future__ import annotations

import math
import re

from lamoon.intents import shared_intents
from lamoon.understanding.ellipsis import content_words, points_back, words
from lamoon.understanding.reading import Reading

MOST_WORDS = 9
MOST_CONTENT = 2
FRAGMENT = 5
# A logistic regression on follow-ups of the development set: the context wins where the weighted sum of the log-odds of
# both confidences and of the number of content words is positive. The bias is lower than fitted (2.5): 1 in 100 answers to
# short questions that stand alone is changed by an answer before them, instead of 3.
BIAS, ALONE, TOGETHER, CONTENT = 1.0, -0.86, 0.26, -0.64
CERTAIN = 0.999

_SAYS_NOTHING = frozenset("and but exactly how come is it not ok really so that then this was why".split())
# Without an open question of a form nothing is an answer to one.
_ANSWER = "inform"
# Enough for what rarely needs context.
SURE_ELSEWHERE = 0.65
# "What about the cost" names its topic; "what about my mum" does not.
_NAMING = re.compile(r"(?:(?:ok(?:ay)?|and|but|so)\W+)*(?:what|how) about\b", re.IGNORECASE)
SURE_NAMED = 0.8
_OPENING = re.compile(
    r"(?:ok(?:ay)?\W+)?(?:and|but|or|so|also|then|why|how (?:come|so)|(?:what|how) about|what (?:if|else)|how long then|for|in|with"
    r"|on|even|any|anyone|anything else|which|more|tell me more|go on|before|after|only)\b",
    re.IGNORECASE,
)


def leans_on_context(text: str) -> bool:
    """Whether a message is so short, or begins or points back so, as if something had been said before."""
    own = content_words(text)
    short = 0 < len(words(text)) <= MOST_WORDS and len(own) <= MOST_CONTENT
    return short and (points_back(text) or not own or len(words(text)) <= FRAGMENT or bool(_OPENING.match(text)))


def with_context(context: str, text: str) -> str:
    """What was talked about, and the message: "Does it hurt, and for how long?"."""
    return f"{context.rstrip(' ?.!')}, {text}"


def context_wins(alone: Reading, together: Reading) -> bool:
    """Whether a message that leans on its context is better read together with it.

    Args:
        alone: the message by itself.
        together: the same behind what was talked about.
    """
    intents = shared_intents()
    elsewhere = alone.label in intents.rarely_needing_context and alone.confidence >= SURE_ELSEWHERE
    if elsewhere or alone.label in intents.never_needing_context:
        return False
    if _NAMING.match(alone.text) and alone.confidence >= SURE_NAMED:
        return False
    if alone.label == _ANSWER or _SAYS_NOTHING.issuperset(words(alone.text)):
        return True
    own = len(content_words(alone.text))
    odds = ALONE * _log_odds(alone.confidence) + TOGETHER * _log_odds(together.confidence)
    return BIAS + odds + CONTENT * own > 0


def _log_odds(confidence: float) -> float:
    bounded = min(max(confidence, 1 - CERTAIN), CERTAIN)
    return math.log(bounded / (1 - bounded))
