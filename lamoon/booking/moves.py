"""What a message does in a form or after one: goes back, asks who reads it, says yes, asks for the reference, ..."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final, Literal

from lamoon.booking.reading.phrases import phrases
from lamoon.booking.request import LENGTH, PREFIX, SIGNS
from lamoon.text.answers import parse_yes_no
from lamoon.text.clean import straight_quotes

_MOVES: Final = phrases("moves")
Move = Literal["", "back", "skip", "so_far", "why", "who_sees", "which_way", "how_long", "not_fixed"]
AfterMove = Literal["", "status", "reference", "when", "add", "change", "call_off", "take_time", "pass_time"]

_QUESTIONS: Final[tuple[Move, ...]] = ("so_far", "who_sees", "not_fixed", "how_long", "which_way", "why")
MOST_WORDS_OF_A_YES: Final = 9
_SENTENCE_END: Final = re.compile(
    r"(?<!\bdr)[.!?;\n]+\s+|,\s+(?=(?:and )?(?:i|my|it's)\b)|\s+(?=so (?:can|could|what|how)\b)"
)
_SHORT: Final = tuple(
    (re.compile(rf"\b{short}\b{after}"), full)
    for short, full, after in (
        ("id", "i'd", r"(?= (?:\w+ )?(?:like|love|want|rather|prefer|need|be|take|go)\b)"), ("im", "i'm", ""), ("ive", "i've", ""),
        ("ill", "i'll", r"(?= (?:take|have|book|go|come|do)\b)"), ("lets", "let's", ""), ("u", "you", ""), ("whens", "when's", ""),
        ("cna", "can", ""), ("wnat|wanan|waant", "want", ""),
    )
)  # fmt: skip
_CLAUSE: Final = re.compile(r"[,.;!?:\n()]| - | / |\b(?:and|but|so)\b")
_FRAGMENT: Final = tuple(
    re.compile(rf"\b(?:{section})\b")
    for section in (
        *(phrases(name)[kind].pattern for name in ("treatments", "body", "relations") for kind in phrases(name)),
        phrases("moves")["fragment"].pattern,
    )
)
_NAMES_TIME: Final = re.compile(
    r"\b(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\b|\b(?:today|tonight|tomorrow|tmrw|morning|afternoon|evening|week|weekend|noon|asap)\b|\d"
)
_IN_TEXT: Final = re.compile(rf"\bLM[\s-]*([{SIGNS}]{{{LENGTH}}})\b", re.IGNORECASE)
_REMINDER: Final[Mapping[str, str]] = {"c": "comes", "r": "change"}
_AREA_CODE: Final = re.compile(r"(?<!\d)\(?(\d{3})\)?(?!\d)")


def plain(text: str) -> str:
    """`text` in small letters on one line, with plain apostrophes."""
    return " ".join(straight_quotes(text).lower().split())


def form_move(text: str) -> Move:
    """What a message wants of the form itself; empty for anything else."""
    said = plain(text)
    if _MOVES["back"].fullmatch(said):
        return "back"
    if _MOVES["skip"].fullmatch(said):
        return "skip"
    return next((move for move in _QUESTIONS if _MOVES[move].search(said)), "")


def says_yes(text: str) -> bool:
    """Whether a message agrees to send: a plain yes, or words such as "off it goes", without a doubt or a condition."""
    said = plain(text)
    if parse_yes_no(text) is True or _MOVES["agrees"].fullmatch(said):
        return True
    return (
        len(said.split()) <= MOST_WORDS_OF_A_YES and bool(_MOVES["go"].search(said)) and not _MOVES["not"].search(said)
    )


def wants_booking(text: str, reading: Mapping[str, Any], outright: bool = False) -> bool:
    """Whether a message asks for an appointment, or gives what a request needs: a contact with more.

    Args:
        text: the message.
        reading: of it.
        outright: whether only a wish in so many words counts, as in an open emergency.
    """
    contact = bool(reading.get("email") or reading.get("phone"))
    more = any(reading.get(name) for name in ("name", "when", "service", "body"))
    if reading.get("intent") in ("cancel", "status"):
        return False
    if contact and more and not outright:
        return True
    said = _in_full(plain(text))
    asks_if_allowed = _MOVES["may_come"].search(said) and not _MOVES["an_appointment"].search(said)
    if reading.get("health") and not reading.get("when") and asks_if_allowed:
        return False
    if _MOVES["bare"].fullmatch(said) and not _MOVES["question"].match(said):
        return True
    sentences = [sentence.strip() for sentence in _SENTENCE_END.split(said)]
    return any(_asks_to_book(sentence, reading, outright) for sentence in sentences)


def hints_at_booking(text: str) -> bool:
    """Whether any word of a message is one of wishing, coming or booking; without one, a day in it is of something else."""
    return bool(_MOVES["wish_words"].search(_in_full(plain(text))))


def is_fragment(text: str) -> bool:
    """Whether a clause is nothing but what a request is made of: "Friday 3 pm, deep tissue"."""
    rest = text
    for words in _FRAGMENT:
        rest = words.sub(" ", rest)
    return not re.search(r"[^\W_]", rest)


def complains(text: str) -> bool:
    """Whether a message complains, or asks whom to complain to."""
    return bool(_MOVES["complains"].search(plain(text)))


def asks_team(text: str) -> bool:
    """Whether a message wants a question passed on: "can you ask your therapists if ...?"."""
    return bool(_MOVES["asks_team"].search(plain(text)))


def drops(text: str) -> bool:
    """Whether a message begins by dropping what was begun: "never mind, what is ...?"."""
    return bool(_MOVES["drops"].search(plain(text)))


def bargains(text: str) -> bool:
    """Whether a message demands another price, perhaps with a threat."""
    return bool(_MOVES["bargains"].search(plain(text)))


def needs_nobody(text: str) -> bool:
    """Whether a message takes back that a person is wanted: "I don't need anyone then"."""
    return bool(_MOVES["needs_nobody"].search(plain(text)))


def _in_full(said: str) -> str:
    for short, full in _SHORT:
        said = short.sub(full, said)
    return said


def _asks_to_book(said: str, reading: Mapping[str, Any], outright: bool) -> bool:
    """Whether a sentence asks for an appointment: outright, with a request and a noun for it, or by a day and an area."""
    if _MOVES["asks_for_slot"].search(said):
        return True
    if any(_MOVES[name].search(said) for name in ("not_now", "about_others")) or _MOVES["question"].match(said):
        return False
    if _MOVES["asks_to_book"].search(said) or _MOVES["an_appointment"].search(said):
        return True
    if _MOVES["requests"].search(said) and _MOVES["appointment"].search(said):
        return True
    wished = reading.get("service") or reading.get("body") or reading.get("for_whom")
    named = any(when.get("day") not in (None, "any") or when.get("from") for when in reading.get("when") or ())
    if outright or not (named and wished and reading.get("intent") == "book"):
        return False
    if _MOVES["wish_words"].search(said):
        return True
    clauses = [clause for clause in _CLAUSE.split(said) if re.search(r"[^\W_]", clause)]
    return any(_NAMES_TIME.search(clause) and is_fragment(clause) for clause in clauses)


def names_way_only(text: str) -> bool:
    """Whether an answer to the question for the contact says how, but not where: "just call"."""
    said = plain(text)
    return bool(_MOVES["way"].search(said) and _MOVES["way_only"].fullmatch(said))


def changes_mind(text: str) -> bool:
    """Whether a message turns to something else: "actually, never mind, book me"."""
    return bool(_MOVES["changes_mind"].search(plain(text)))


def resumes(text: str) -> bool:
    """Whether a message wants to go on with a form that was left."""
    return bool(_MOVES["resumes"].fullmatch(plain(text)))


def after_sending(text: str, tells_health: bool) -> AfterMove:
    """What a message says of a request that was sent; empty for nothing.

    Args:
        text: the message.
        tells_health: whether it discloses a condition.
    """
    said = plain(text)
    if _MOVES["call_off"].search(said):
        return "call_off"
    if tells_health:
        return "add"
    if _MOVES["moves_it"].search(said) and not _MOVES["another_one"].search(said):
        return "change"
    if _MOVES["reference"].search(said):
        return "reference"
    if _MOVES["status"].search(said) and _MOVES["did_it"].search(said):
        return "status"
    if any(_MOVES[name].search(said) for name in ("how_long", "which_way", "who_reads")):
        return "when"
    return "status" if _MOVES["status"].search(said) else ""


def reference_in(text: str) -> str:
    """The reference of a request that a message names ("lm 7k3f9" is LM-7K3F9); empty without one."""
    found = _IN_TEXT.search(text)
    return PREFIX + found[1].upper() if found else ""


def offer_reply(text: str) -> AfterMove:
    """What a message says to the offer of a free time: `take_time` or `pass_time`; empty for anything else."""
    said = plain(text)
    if _MOVES["takes_time"].search(said):
        return "take_time"
    return "pass_time" if _MOVES["passes_time"].search(said) else ""


def reminder_reply(text: str) -> str:
    """What a bare "C" or "R" says to a reminder: `comes` or `change`; empty for anything else."""
    return _REMINDER.get(plain(text).strip(" .!"), "")


def adds(text: str) -> bool:
    """Whether a message reads like an addition to what was said: "forgot to say ..."."""
    return bool(_MOVES["adds"].search(plain(text)))


def area_code(text: str) -> str:
    """The three digits of "617 in front of it"; empty without just one such number."""
    found = _AREA_CODE.findall(text)
    return found[0] if len(found) == 1 and len(re.findall(r"\d", text)) == 3 else ""


_ENDING: Final = re.compile(
    r"(?:\b(?:ends?|ending|finish(?:es)?)(?: (?:in|with|on))?|\blast(?: (?:one|two|three|four|digits?|figures?|numbers?|bit|part))+(?: of (?:my|the) \w+)?(?: (?:is|are|should be|was|were))*)"
    r"(?: a| the)? (?P<new>\d{1,4})\b|\bnot (?:a |the )?(?P<old>\d{1,4})\b"
)
_NUMBER: Final = re.compile(r"\b(?:number|phone|mobile|cell|digits?|landline|it)\b")


FEWEST_DIGITS: Final = 10


def new_ending(text: str, contact: str) -> str:
    """The known phone number with the ending that a message corrects: "my number ends in 4, not 1"; empty for nothing."""
    said = plain(text)
    found = [match for match in _ENDING.finditer(said) if match["new"]]
    known, _, extension = contact.rpartition(" or ")[2].partition(" ext.")
    digits = re.sub(r"[^\d+]", "", known)
    if not found or not _NUMBER.search(said) or "@" in known or len(digits) < FEWEST_DIGITS:
        return ""
    new = str(found[-1]["new"])
    old = next((str(match["old"]) for match in _ENDING.finditer(said) if match["old"]), digits[-len(new) :])
    if len(old) != len(new) or not digits.endswith(old) or old == new:
        return ""
    return digits[: -len(new)] + new + (f";ext={extension.strip()}" if extension else "")


FEWEST_WORDS_FOR_TEAM: Final = 5


def says_something_to_team(text: str) -> bool:
    """Whether a message that asks for a person says already what it is about."""
    said = plain(text)
    return (
        len(said.split()) >= FEWEST_WORDS_FOR_TEAM
        and bool(_MOVES["to_team"].search(said) or _MOVES["asks_team"].search(said))
        and not _MOVES["about_nothing"].search(said)
    )
