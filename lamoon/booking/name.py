"""The visitor's name: extracted from "Hi, I'm Maria", refused when it is not a name.

Names in any script are kept as written; one in lower case only gets capitals. When in doubt a short answer is a name,
because the visitor was asked for one and reads it back before anything is sent.
"""

from __future__ import annotations

import re
import unicodedata

from lamoon.booking.answers import Invalid
from lamoon.text.clean import clean, has_alphanumeric, straight_quotes

LONGEST = 80
"""Characters of a name."""
MOST_WORDS = 7

GREETING = re.compile(
    r"(?:hi|hello|hey|hiya|yes|yeah|yep|ok|okay|sure|of course|oh|um|er|well|good (?:morning|afternoon|evening)|there)"
    r"(?:[ ,.!:-]+|$)",
    re.I,
)
LEAD_IN = re.compile(
    r"(?:(?:so |and )?(?:my|the|full|first) (?:full |first |last )?name(?: is|'s|s|:)|name(?: is|'s|s|:)|i am|i'm|im|"
    r"it is|it's|its|this is|that's|thats|that is|call me|you can call me|people call me|they call me|(?:just )?put|"
    r"(?:please )?put it under|(?:book it |it's )?(?:under|for)|just|the name's)(?=[ :])[ :]*",
    re.I,
)
TAIL = re.compile(
    r"(?:[.;!]+ .*|,+ (?![A-Z]\w*(?: [A-Z]\w*)?$).*|[ ,.;!]+(?i:here|speaking|please|thanks|thank you|thx|ty)\b.*|"
    r"[ ,.;!]+(?i:(?:and|but|or) (?:i|i'd|i'm|im|my|we|id|it|can|could|would))\b.*)$"
)
"""What may follow the name. A comma between capitals stays: Lopez, Maria."""
TITLE = re.compile(r"(?:dr|mr|mrs|ms|mx|prof|st|jr|sr|rev)$", re.I)
QUESTION = re.compile(
    r"(?:(?:what|whats|what's|why|how|when|where|who|which) |"
    r"(?:can|could|do|does|did|is|are|will|would|should|shall) (?:i|you|it|the|this|that|we|your|my|there|they)\b)",
    re.I,
)
SENTENCE_TEXT = """
am are aren't be can't cannot could couldn't did didn't do does doesn't don't dont feel get give had has have
haven't having how hurt hurts i'd i'll i've is isn't know looking need needs pain prefer rather said say should sore
tell tired want wanted wants was wasn't were what what's when where which why won't would wouldn't
"""
SENTENCE = frozenset(SENTENCE_TEXT.split())
"""Words that occur in sentences only."""
NOT_NAMES_TEXT = """
a about after afternoon again am an and anonymous another any anything appointment at back bad book booking bye call
cancel cost emergency evening exit fine first for from good goodbye hello help hey hi hmm i i'm idk im in it it's
its like massage maybe me morning my n/a name neck next no nobody none nope not nothing now of off ok okay on one or
please pm pregnant price put question quit reset restart session shoulder skip so someone something sorry start stop
stressed sure tbd test thank thanks that the then there they this time to today tomorrow tonight unknown unsure we
week whatever with yeah yep yes yesterday you your
"""
NOT_NAMES = frozenset(NOT_NAMES_TEXT.split())
"""Words that are not names on their own: answers, commands, times, what people say about a massage."""


def parse_name(text: str) -> str | Invalid:
    """The visitor's name, at most LONGEST characters on one line, or why it is refused. Never raises."""
    said = straight_quotes(clean(text[: 20 * LONGEST])).strip(" \"'*_~.,;:!-")
    if not has_alphanumeric(said):
        return Invalid("no_name")
    if "?" in said or "\u061f" in said or "\uff1f" in said or QUESTION.match(said):
        return Invalid("name_question")
    name = _without_frame(said)
    return _problem(name) or _capitals(name)


def _without_frame(said: str) -> str:
    """`said` without a greeting, "my name is" before and "here", "please", "and I want ..." after the name."""
    name = said
    for frame in (GREETING, GREETING, LEAD_IN, LEAD_IN):
        found = frame.match(name)
        name = name[found.end() :] if found and len(found[0]) < len(name) else name
    tail = TAIL.search(name)
    if tail and tail.start() and not TITLE.search(name[: tail.start()]):
        name = name[: tail.start()]
    return name.strip(" \"'*_~.,;:!-")


def _problem(name: str) -> Invalid | None:
    if any(unicodedata.category(letter)[0] == "N" for letter in name):
        return Invalid("name_digits")
    if len(name) > LONGEST or len(name.split()) > MOST_WORDS:
        return Invalid("name_too_long")
    if not all(
        letter.isalpha() or unicodedata.category(letter)[0] == "M" or letter in " '-.,\u00b7\u200c\u200d"
        for letter in name
    ):
        return Invalid("name_signs")
    return None if _like_a_name(name) else Invalid("no_name")


def _like_a_name(name: str) -> bool:
    """False for words of a sentence: "not sure", "i have back pain". Capitals suggest a name: An Nguyen, My Do."""
    words = [word.strip(".,'") for word in name.split()]
    plain = [word.lower() for word in words]
    written_as_name = len(words) > 1 and all(word[:1].isupper() and not word[1:].isupper() for word in words)
    if any(word in ("my", "our", "the", "your") for word in words):
        return False
    odd = sum(word in NOT_NAMES or word in SENTENCE for word in plain)
    if written_as_name:
        return odd < len(words) and not any(word in SENTENCE and word not in ("do", "am") for word in plain)
    return has_alphanumeric(name) and odd < len(words) and odd < 2 and not any(word in SENTENCE for word in plain)


def _capitals(name: str) -> str:
    """ "dave o'neill" becomes "Dave O'Neill"; a name with any capital, or with particles only, stays."""
    if name != name.lower():
        return name
    small = {
        "da",
        "de",
        "del",
        "den",
        "der",
        "di",
        "dos",
        "du",
        "el",
        "la",
        "le",
        "van",
        "von",
        "y",
        "bin",
        "al",
        "and",
    }
    return " ".join(word if word in small and i else _capital(word) for i, word in enumerate(name.split()))


def _capital(word: str) -> str:
    return re.sub(r"(^|[-'.])([^\W\d_])", lambda found: found[1] + found[2].title(), word)
