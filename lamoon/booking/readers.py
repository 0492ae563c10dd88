"""Readers that decide whether a message answers the open question of a form, one for each kind of question. The
classifier sees a message alone; a reader knows the question.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from lamoon.booking.answers import Invalid, parse_wish
from lamoon.booking.contact import parse_contact, parse_name
from lamoon.booking.moves import consents
from lamoon.booking.wish import says_something
from lamoon.text.answers import parse_yes_no

LIKELY = 0.62
"""Below this confidence a short message may still be a name."""
VERY_LIKELY = 0.83
SHORT = 4
"""Maximum words of a short message."""
LONG = 1000
_NO_FIRST = re.compile(r"^\s*(no|nope|nah|none|nothing|neither|not)\b", re.IGNORECASE)
_INTRODUCTION = re.compile(r"\b(i'?m|my name|it'?s|this is|call me|name'?s)\b", re.IGNORECASE)
_ILL = re.compile(
    r"\b(hurts?|hurting|pain\w*|ach\w+|sore|broke\w*|fell|injur\w+|ill|sick|surg\w+|operat\w+|had)\b", re.IGNORECASE
)
_NAME_WORD = re.compile(r"[^\W\d_]+(?:[-'\u2019][^\W\d_]+)*\.?,?")
_PARTS = re.compile(r"\b(request|appointment|booking|number|details|message)\b", re.IGNORECASE)
_QUESTION = re.compile(
    r"\?\s*$|^(what|who|why|how|when|where|which|can|could|do|does|is|are|will|would|should|may)\b", re.IGNORECASE
)
_CHANGES = re.compile(
    r"\b(instead|make (?:it|that)|change|rather|better|move|sorry|actually|after all|wrong|correction|meant)\b|^\W*(?:no|oh|wait|hang on|hold on)\b,? |\bmix\w* (?:them|em|it|that|those) up",
    re.IGNORECASE,
)
_ALTERS = re.compile(
    r"\b(instead|also|too|as well|add|rather|change|swap|switch|replace|make (?:it|that)|meant|should (?:be|say)|actually|not (?:my|the)|leave out"
    r"|drop|skip|focus|work on|plus|massage|treat\w*|correction|wrong|it'?s (?:my|the) (?:left|right|other))\b",
    re.IGNORECASE,
)
_NOTHING = re.compile(
    r"(?:(?:no|nah|nope),? )*(?:nothing|none|nope|nah|neither|n/?a)(?: (?:at all|really|special|particular|like that|of (?:those|these|them|that)))?[ .!]*",
    re.IGNORECASE,
)
_WHEN = re.compile(
    r"\b(mon|tue|wed|thu|fri|sat|sun)[a-z]*\b|\b(today|tonight|tomorrow|morning|afternoon|evening|week|weekend|noon|lunch"
    r"|any ?time|asap|soon|days?|after|before|flexible|\d{1,2}(:\d\d)?\s?(am|pm)?)\b",
    re.IGNORECASE,
)
_CHOICE = re.compile(
    r"\b(first|second|third|last|other|others|different|more|another|later|earlier|none|neither|wait(ing)?[- ]?list|list"
    r"|[1-3])\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class FormMessage:
    """A visitor's message.

    Attributes:
        text: as the visitor wrote it.
        intent: the classifier's intent, without context.
        confidence: the classifier's, 0 to 1.
        region: the studio's country, for phone numbers.
    """

    text: str
    intent: str
    confidence: float
    region: str

    @property
    def is_question(self) -> bool:
        """Whether it is phrased as a question."""
        return bool(_QUESTION.search(self.text.strip()))


Reader = Callable[[FormMessage], bool]


def reads_name(message: FormMessage) -> bool:
    """Return whether the message is a name, alone or in "my name is ..."."""
    if message.is_question or isinstance(parse_name(message.text), Invalid):
        return False
    introduced = bool(_INTRODUCTION.search(message.text))
    if introduced or message.intent in ("inform", "nlu_fallback", "affirm", "deny", "greet"):
        return True
    # The classifier takes a foreign name for a message in another language, or for a misspelt word.
    words = message.text.split()
    capitals = all(word[0].isupper() or not word[0].islower() for word in words)
    if capitals and 1 < len(words) <= SHORT and all(_NAME_WORD.fullmatch(word) for word in words):
        return True  # "Precious Love Mabry" is classified as thanks
    by_chance = message.intent == "out_of_scope" or (message.intent == "faq" and message.confidence < VERY_LIKELY)
    return len(words) <= SHORT and ((capitals and by_chance) or message.confidence < LIKELY)


def reads_contact(message: FormMessage) -> bool:
    """Return whether the message has an e-mail address or a phone number, or is classified as one."""
    return not isinstance(parse_contact(message.text, message.region), Invalid) or message.intent == "inform"


def reads_wish(message: FormMessage) -> bool:
    """Return whether the message says what the visitor would like, or a day or a time."""
    if isinstance(parse_wish(message.text), Invalid) and len(message.text) <= LONG:
        return False
    if message.intent in ("inform", "book_appointment", "nlu_fallback", "affirm"):
        return True
    asks = message.is_question and message.intent in ("faq", "out_of_scope") and message.confidence > LIKELY
    return bool(_WHEN.search(message.text)) and not asks


def reads_time_choice(message: FormMessage) -> bool:
    """Return whether the message is a day, a time, a place in the list, "other times", "none of these", the wait list,
    yes or no.
    """
    if message.intent in ("affirm", "deny", "inform", "nlu_fallback"):
        return True
    chooses = bool(_WHEN.search(message.text) or _CHOICE.search(message.text)) or parse_yes_no(message.text) is not None
    return chooses and len(message.text.split()) <= 2 * SHORT


def reads_words(message: FormMessage) -> bool:
    """Return whether the message is a few words that are not a question."""
    return not message.is_question and not isinstance(parse_wish(message.text), Invalid)


def reads_yes_no(message: FormMessage) -> bool:
    """Return whether the message is a clear yes or no."""
    return parse_yes_no(message.text) is not None


def reads_health(message: FormMessage) -> bool:
    """Return whether the message is a yes, a no, or words that are not a question."""
    return (
        parse_yes_no(message.text) is not None
        or bool(_NO_FIRST.search(message.text) and "?" not in message.text)
        or (message.intent in ("affirm", "deny", "inform", "nlu_fallback") and not message.is_question)
    )


def reads_health_details(message: FormMessage) -> bool:
    """Return whether the message is about health; a question only if the classifier finds an answer in it."""
    answers = ("report_condition", "inform", "nlu_fallback", "affirm", "deny")
    return not message.is_question or message.intent in answers


def reads_team_message(message: FormMessage) -> bool:
    """Return whether the message is more than a bare "hello"; it may begin with one."""
    return message.intent in ("greet", "goodbye", "thank") and len(message.text.split()) > SHORT


def read_go_ahead(text: str) -> bool:
    """Return whether the visitor confirms the read-back, even with a longer yes: "yes, send the request", "off it
    goes".
    """
    return parse_yes_no(_PARTS.sub(" ", text)) is True or consents(text)


def names_time(text: str) -> bool:
    """Return whether a day or a time is named."""
    return bool(_WHEN.search(text))


def changes(text: str) -> bool:
    """Return whether a message is worded like a change: "no, Friday"."""
    return bool(_CHANGES.search(text))


def alters(text: str) -> bool:
    """Return whether a message asks for an addition or a change: "my hips too", "make it the neck"."""
    return bool(_ALTERS.search(text))


def refuses_to_wish(text: str) -> bool:
    """Return whether an answer to the wish question is a bare yes, no or nothing."""
    return parse_yes_no(text) is not None or bool(_NOTHING.fullmatch(text.strip()))


def is_wish_at_health(reading: Mapping[str, Any], text: str) -> bool:
    """Return whether a message at a question about health is about the wish: "no, Friday", "Friday evening, as I said".

    An area alone is an answer about health. So is a message that names a condition, which the caller has to check.
    """
    no_part_of_health = any(reading.get(name) for name in ("when", "service", "minutes", "therapist_preference"))
    return says_something(reading) and (changes(text) or no_part_of_health) and not _ILL.search(text)
