"""Messages that depend on the previous turn: follow-up questions, ellipsis, and answers to offered choices."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from lamoon.intents import shared_intents


@dataclass(frozen=True)
class Reading:
    """A text and its most likely label.

    Attributes:
        text: the classified text.
        label: an intent, or intent and kind: `ask_hours`, `faq/cost`.
        confidence: 0 to 1, that the label is right.
        fact: the fact of its topic that it asks for; empty if there is none.
    """

    text: str
    label: str
    confidence: float
    fact: str = ""


_WORD = re.compile(r"[a-z0-9']+")
_FUNCTION_WORDS = frozenset(
    """a all an and any anybody anyone are aren't as at be been but by can can't cant come could did do does doesn't
    don't dont either else even ever everyone exactly for from get go had has have he he's her him how how's i i'd
    i'm i've if im in into is isn't it it's its ive just like long many may me mean might more most much my no
    normal not of off often ok okay on one ones only or other others out possible really same say she she's should
    so some soon still tell than that that's the their them then there there's these they they're thing this those
    time to too true up us very was way we well were what what's when where where's which who who's whom whose why
    will with work would yes you your""".split()
)
_POINTERS = frozenset("it its that this they them those these he she him her one ones".split())


def words(text: str) -> list[str]:
    """Return the words of `text` in lower case."""
    return _WORD.findall(text.lower())


def content_words(text: str) -> list[str]:
    """Return the content words: none in "and how often?"."""
    return [word for word in words(text) if word not in _FUNCTION_WORDS]


def points_back(text: str) -> bool:
    """Return whether a word refers to something earlier: "is that safe?"."""
    return not _POINTERS.isdisjoint(words(text))


MOST_WORDS = 9
MOST_CONTENT = 2
FRAGMENT = 5
# A logistic regression on follow-ups of the development set, and on short questions of it behind another topic, which are to
# be read alone: the context wins where the weighted sum of the log-odds of both confidences and of the number of content words
# is positive. The bias is a little higher than fitted (0.45): of 83 follow-ups 76 are right instead of 74, and the context
# takes 16 instead of 15 of the 264 others.
BIAS, ALONE, TOGETHER, CONTENT = 0.70, -1.08, 0.70, -0.70
CERTAIN = 0.966

_SAYS_NOTHING = frozenset("and but exactly how come is it not ok really so that then this was why".split())
# Without an open question of a form nothing is an answer to one.
_ANSWER = "inform"
# Enough confidence for labels that rarely need context.
SURE_ELSEWHERE = 0.53
# "What about the cost" names its topic; "what about my mum" does not.
_NAMING = re.compile(r"(?:(?:ok(?:ay)?|and|but|so)\W+)*(?:what|how) about\b", re.IGNORECASE)
SURE_NAMED = 0.62
# "How soon?" after the benefits.
SURE_OF_RELATED = 0.80
_PRICE = re.compile(r"\b(?:cost|costs|price|prices|pricing|price-?wise|expensive|cheap|dear)\b", re.IGNORECASE)
_STUDIO = re.compile(
    r"\b(?:you|your|yours|studio|session|appointment|visit|hour|min(?:ute)?s?|discount|student|couple|offer|massage)\b",
    re.IGNORECASE,
)
_NAME = re.compile(r"[A-Z][a-z'-]+(?: [A-Z][a-z'-]+){0,2}[.!]?")
_ELLIPSIS = re.compile(r"(?:and|or)\b(?!.*\b(?:i|i'm|i've|my|me)\b)", re.IGNORECASE)
_OPENING = re.compile(
    r"(?:ok(?:ay)?\W+)?(?:and|but|or|so|also|then|why|how (?:come|so)|(?:what|how) about|what (?:if|else)|how long then|for|in|with"
    r"|on|even|any|anyone|anything else|which|more|tell me more|go on|before|after|only)\b",
    re.IGNORECASE,
)


def says_nothing(text: str) -> bool:
    """Return whether a message has no meaning without its context: "why?"."""
    return _SAYS_NOTHING.issuperset(words(text))


_MORE = re.compile(
    r"(?:(?:interesting|ok(?:ay)?|great|cool|nice|wow|good|thanks?|thank you|yes|yeah|yep|sure|please|oh|hm+|right|and|so|well"
    r"|that'?s (?:interesting|good to know|helpful))\W+)*(?:(?:can|could|would|will) you (?:please )?)?"
    r"(?:(?:tell|give|teach) me (?:some |a bit |a little )?more|(?:go|carry|read|keep) (?:on|going)|continue|more|say more|what else"
    r"|anything else|(?:and )?(?:then|after that|next)|elaborate|expand on (?:that|it)|in more detail|(?:more )?details"
    r"|i(?:'?d| would)? (?:like|want) to (?:know|hear|learn) more|i'?m listening)"
    r"(?: about (?:it|that|this))?(?:\W+(?:please|pls|then|thanks|thank you))*\W*",
    re.IGNORECASE,
)


def asks_for_more(text: str) -> bool:
    """Return whether a message only asks for more on the current topic: "interesting, go on"."""
    return bool(_MORE.fullmatch(text.strip()))


def looks_like_name(text: str) -> bool:
    """Return whether a message is only one to three capitalised words: "Priya Nair"."""
    return bool(_NAME.fullmatch(text.strip())) and not _FUNCTION_WORDS.intersection(words(text))


def leaves_out(text: str) -> bool:
    """Return whether a message continues a list without a subject: "and chronic back pain"."""
    return bool(_ELLIPSIS.match(text))


def names_price(text: str) -> bool:
    """Return whether a message asks about a price, and not about an hour or an offer, which only the studio has."""
    return bool(_PRICE.search(text)) and not _STUDIO.search(text)


def leans_on_context(text: str) -> bool:
    """Return whether a message is short, or begins or points back as if it continued an earlier one."""
    own = content_words(text)
    most = MOST_CONTENT + leaves_out(text)
    short = 0 < len(words(text)) <= MOST_WORDS and len(own) <= most
    return short and (points_back(text) or not own or len(words(text)) <= FRAGMENT or bool(_OPENING.match(text)))


def with_context(context: str, text: str) -> str:
    """Return what was talked about, and the message: "Does it hurt, and for how long?"."""
    return f"{context.rstrip(' ?.!')}, {text}"


def context_may_win(alone: Reading) -> bool:
    """Return whether `context_wins` could be true for any reading in context, without computing one."""
    return context_wins(alone, Reading(alone.text, alone.label, 1.0))


def context_wins(alone: Reading, together: Reading, related: Collection[str] = ()) -> bool:
    """Return whether a message that depends on its context is better classified together with it.

    Args:
        alone: the message by itself.
        together: the message combined with its context; only its confidence counts.
        related: labels that are often asked for next.
    """
    intents = shared_intents()
    own = len(content_words(alone.text))
    # "Anyone else?" is classified as a greeting, but has no word of one.
    elsewhere = own > 0 and alone.label in intents.rarely_needing_context and alone.confidence >= SURE_ELSEWHERE
    if elsewhere or alone.label in intents.never_needing_context:
        return False
    if (_NAMING.match(alone.text) or names_price(alone.text)) and alone.confidence >= SURE_NAMED:
        return False
    if alone.label in related and alone.confidence >= SURE_OF_RELATED and not alone.fact:
        return False
    if looks_like_name(alone.text) and alone.label == _ANSWER:
        return False
    if alone.label == _ANSWER or says_nothing(alone.text):
        return True
    odds = ALONE * _log_odds(alone.confidence) + TOGETHER * _log_odds(together.confidence)
    return BIAS + odds + CONTENT * own > 0


def _log_odds(confidence: float) -> float:
    bounded = min(max(confidence, 1 - CERTAIN), CERTAIN)
    return math.log(bounded / (1 - bounded))


MOST_CHOICE_WORDS = 6
_PLACES = {
    "first": 0,
    "1st": 0,
    "one": 0,
    "second": 1,
    "2nd": 1,
    "two": 1,
    "third": 2,
    "3rd": 2,
    "three": 2,
    "last": -1,
}
_POLITE = r"(?:yes|yeah|yep|no|nope|please|ok|okay|um|er|i mean|i meant|it'?s|that'?s|go with|let'?s do)"
_ORDINAL = re.compile(
    rf"(?:{_POLITE}\W+)*(?:the|number|option|no|nr)?\W*(?P<place>first|1st|second|2nd|third|3rd|last)(?: one| option| question)?"
    rf"(?:\W+{_POLITE})*\W*",
    re.IGNORECASE,
)
_NUMBER = re.compile(
    rf"(?:{_POLITE}\W+)*(?:number|option|no\.?|nr\.?|#)?\s*(?P<place>[1-9]|one|two|three)\W*(?:please)?\W*",
    re.IGNORECASE,
)
_OTHER = re.compile(rf"(?:{_POLITE}\W+)*the other(?: one| option| question)?\W*(?:please)?\W*", re.IGNORECASE)
_BOTH = re.compile(rf"(?:{_POLITE}\W+)*both(?: of (?:them|these|those))?\W*(?:please)?\W*", re.IGNORECASE)


def picked(text: str, choices: Sequence[str]) -> str | None:
    """Return the choice that a visitor names by its place.

    Args:
        text: the visitor's message.
        choices: the buttons' payloads in the order shown; the last one of several may offer a person.

    Returns:
        The choice, both joined for "both", or None if no choice is named.
    """
    text = text.strip()
    if len(text.split()) > MOST_CHOICE_WORDS or not choices:
        return None
    if len(choices) > 1 and _OTHER.fullmatch(text):
        return choices[1]
    if len(choices) > 1 and _BOTH.fullmatch(text):
        return f"{choices[0]} {choices[1]}"
    named = _ORDINAL.fullmatch(text) or _NUMBER.fullmatch(text)
    return _at(named["place"].lower(), choices) if named else None


def _at(place: str, choices: Sequence[str]) -> str | None:
    index = int(place) - 1 if place.isdigit() else _PLACES[place]
    return choices[index] if index < len(choices) else None
