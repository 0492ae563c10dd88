"""Moves of a message in or after a form: go back, ask who reads it, say yes, ask for the reference, ..."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final, Literal

from lamoon.booking.reading.phrases import phrases
from lamoon.booking.request import LENGTH, PREFIX, SIGNS
from lamoon.text.answers import parse_yes_no
from lamoon.text.clean import straight_quotes

_MOVES: Final = phrases("moves")
Move = Literal["", "back", "redo", "skip", "so_far", "why", "who_sees", "which_way", "how_long", "not_fixed"]
AfterMove = Literal["", "status", "reference", "when", "add", "change", "call_off", "take_time", "pass_time"]

_QUESTIONS: Final[tuple[Move, ...]] = ("so_far", "who_sees", "not_fixed", "how_long", "which_way", "why")
MOST_WORDS_OF_A_YES: Final = 9
MOST_WORDS_OF_A_CONSENT: Final = 16
_YES_FIRST: Final = re.compile(
    r"\W*(?:(?:oh|ah|well|ok|okay|alright|right|very well|fine|and|hm+|fair enough|good|great|cool|then|i see|got it|understood|in that case|thanks|thank you)\W+)*(?:yes|yep|yup|yeah|yea|sure|certainly|of course|absolutely|indeed|(?:send|pass) (?:it|them|that|this)(?: (?:along|on|off|through|over|in))?|that(?:'s| is) (?:fine|ok|okay|good|all right|alright))\b"
)
_NAME: Final = re.compile(r"(?<![.!?]) [A-Z][a-z]{2,}")
_DOUBTS: Final = re.compile(
    r"\b(?:make|rather|actually|wrong|except|although|though|maybe|perhaps|unsure|guess|suppose|hope|wonder|only|just|delete|erase|remove|forget|wipe|leave|drop|skip|scrap|can't|cannot|couldn't|i(?:'m|'ve| am| have| had| take| got))\b|@"
)
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
_NAMES_TIME: Final = re.compile(
    r"\b(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\b|\b(?:today|tonight|tomorrow|tmrw|morning|afternoon|evening|week|weekend|noon|asap)\b|\d"
)
_IN_TEXT: Final = re.compile(rf"\bLM[\s-]*([{SIGNS}]{{{LENGTH}}})\b", re.IGNORECASE)
_REMINDER: Final[Mapping[str, str]] = {"c": "comes", "r": "change"}
_AREA_CODE: Final = re.compile(r"(?<!\d)\(?(\d{3})\)?(?!\d)")


def plain(text: str) -> str:
    """Return `text` in lower case on one line, with plain apostrophes."""
    return " ".join(straight_quotes(text).lower().split())


def form_move(text: str) -> Move:
    """Return the move of a message in the form; empty for anything else."""
    line = plain(text)
    if _MOVES["back"].fullmatch(line):
        return "back"
    if _MOVES["skip"].fullmatch(line):
        return "skip"
    if _MOVES["redo"].search(line):
        return "redo"
    return next((move for move in _QUESTIONS if _MOVES[move].search(line)), "")


def says_yes(text: str) -> bool:
    """Return whether a message agrees to send: a plain yes, or words such as "off it goes", without a doubt or a
    condition.
    """
    line = plain(text)
    if parse_yes_no(text) is True or _MOVES["agrees"].fullmatch(line):
        return True
    return (
        len(line.split()) <= MOST_WORDS_OF_A_YES and bool(_MOVES["go"].search(line)) and not _MOVES["not"].search(line)
    )


def consents(text: str) -> bool:
    """Return whether a message agrees to the open question of consent: a yes as above, or one that begins the message and
    that no doubt, condition, question, day, figure or name follows: "yes, that suits me to a T".
    """
    if says_yes(text):
        return True
    written = " ".join(straight_quotes(text).split())
    begins = _YES_FIRST.match(written.lower())
    if not begins or len(written.split()) > MOST_WORDS_OF_A_CONSENT:
        return False
    rest = written[begins.end() :]
    if _NAME.search(rest):  # "yes, Ida Moss is correct", where Ada is known
        return False
    return not any(doubt.search(rest.lower()) for doubt in (_MOVES["not"], _DOUBTS, _NAMES_TIME))


def wants_booking(text: str, reading: Mapping[str, Any], outright: bool = False) -> bool:
    """Return whether a message asks for an appointment, or gives a contact together with other booking data.

    Args:
        text: the message.
        reading: of it.
        outright: whether only an explicit wish counts, as in an open emergency.
    """
    contact = bool(reading.get("email") or reading.get("phone"))
    more = any(reading.get(name) for name in ("name", "when", "service", "body"))
    if reading.get("intent") in ("cancel", "status"):
        return False
    if contact and more and not outright:
        return True
    line = _in_full(plain(text))
    asks_if_allowed = _MOVES["may_come"].search(line) and not _MOVES["an_appointment"].search(line)
    if reading.get("health") and not reading.get("when") and asks_if_allowed:
        return False
    if _MOVES["bare"].fullmatch(line) and not _MOVES["question"].match(line):
        return True
    sentences = [sentence.strip() for sentence in _SENTENCE_END.split(line)]
    return any(_asks_to_book(sentence, reading, outright) for sentence in sentences)


def hints_at_booking(text: str) -> bool:
    """Return whether a message has a word of wishing, coming or booking; without one, a day in it is unrelated."""
    return bool(_MOVES["wish_words"].search(_in_full(plain(text))))


def is_fragment(text: str) -> bool:
    """Return whether a clause consists only of parts of a request: "Friday 3 pm, deep tissue"."""
    rest = text
    for words in _fragments():
        rest = words.sub(" ", rest)
    return not re.search(r"[^\W_]", rest)


@lru_cache(maxsize=1)
def _fragments() -> tuple[re.Pattern[str], ...]:
    sections = ("treatments", "body", "relations")
    written = (
        *(phrases(name).written(kind) for name in sections for kind in phrases(name)),
        _MOVES.written("fragment"),
    )
    return tuple(re.compile(rf"\b(?:{words})\b") for words in written)


def complains(text: str) -> bool:
    """Return whether a message complains, or asks whom to complain to."""
    return bool(_MOVES["complains"].search(plain(text)))


def asks_team(text: str) -> bool:
    """Return whether a message asks to pass on a question: "can you ask your therapists if ...?"."""
    return bool(_MOVES["asks_team"].search(plain(text)))


def drops(text: str) -> bool:
    """Return whether a message begins by cancelling the current task: "never mind, what is ...?"."""
    return bool(_MOVES["drops"].search(plain(text)))


def bargains(text: str) -> bool:
    """Return whether a message demands another price, perhaps with a threat."""
    return bool(_MOVES["bargains"].search(plain(text)))


def cancels_handoff(text: str) -> bool:
    """Return whether a message withdraws the request for a person: "I don't need anyone then"."""
    return bool(_MOVES["needs_nobody"].search(plain(text)))


def _in_full(line: str) -> str:
    for short, full in _SHORT:
        line = short.sub(full, line)
    return line


def _asks_to_book(line: str, reading: Mapping[str, Any], outright: bool) -> bool:
    """Return whether a sentence asks for an appointment: explicitly, with a request and a noun for it, or by a day and
    an area.
    """
    if _MOVES["asks_for_slot"].search(line):
        return True
    if any(_MOVES[name].search(line) for name in ("not_now", "about_others")) or _MOVES["question"].match(line):
        return False
    reported = [found.span() for found in _MOVES["reported"].finditer(line)]
    asked = (
        found
        for found in _MOVES["asks_to_book"].finditer(line)
        if not any(start < found.start() < end for start, end in reported)
    )
    if any(asked) or _MOVES["an_appointment"].search(line):
        return True
    if _MOVES["requests"].search(line) and _MOVES["appointment"].search(line):
        return True
    wished = reading.get("service") or reading.get("body") or reading.get("for_whom")
    named = any(when.get("day") not in (None, "any") or when.get("from") for when in reading.get("when") or ())
    if outright or not (named and wished and reading.get("intent") == "book"):
        return False
    if _MOVES["wish_words"].search(line):
        return True
    clauses = [clause for clause in _CLAUSE.split(line) if re.search(r"[^\W_]", clause)]
    return any(_NAMES_TIME.search(clause) and is_fragment(clause) for clause in clauses)


def names_way_only(text: str) -> bool:
    """Return whether an answer to the contact question names the channel without an address: "just call"."""
    line = plain(text)
    return bool(_MOVES["way"].search(line) and _MOVES["way_only"].fullmatch(line))


def one_way(text: str) -> str:
    """Return the words that name the only way to reach the visitor: "text only im deaf"; empty if there are none."""
    found = _MOVES["one_way"].search(plain(text))
    return found[0].strip() if found else ""


def changes_mind(text: str) -> bool:
    """Return whether a message changes the subject: "actually, never mind, book me"."""
    return bool(_MOVES["changes_mind"].search(plain(text)))


def treats_another(text: str, for_whom: str) -> bool:
    """Return whether a message in a form changes who is treated: "make it for my aunt instead", "it's for somebody else".

    Args:
        text: the message.
        for_whom: who is treated according to its reading; empty if it names nobody.
    """
    line = plain(text)
    if _MOVES["question"].match(line):
        return False
    return bool(_MOVES["someone_else"].search(line)) or (
        for_whom not in ("two_people", "group")
        and bool(for_whom or _MOVES["for_a_person"].search(line))
        and bool(_MOVES["other_instead"].search(line))
    )


def resumes(text: str) -> bool:
    """Return whether a message asks to resume an abandoned form."""
    return bool(_MOVES["resumes"].fullmatch(plain(text)))


def after_sending(text: str, tells_health: bool) -> AfterMove:
    """Return the move of a message about a sent request; empty if there is none.

    Args:
        text: the message.
        tells_health: whether it discloses a condition.
    """
    line = plain(text)
    if _MOVES["call_off"].search(line):
        return "call_off"
    if tells_health:
        return "add"
    if _MOVES["moves_it"].search(line) and not _MOVES["another_one"].search(line):
        return "change"
    if _MOVES["tells_team"].search(line) and not line.endswith("?"):
        return "add"
    if _MOVES["reference"].search(line):
        return "reference"
    if _MOVES["status"].search(line) and _MOVES["did_it"].search(line):
        return "status"
    if any(_MOVES[name].search(line) for name in ("how_long", "which_way", "who_reads")):
        return "when"
    return "status" if _MOVES["status"].search(line) else ""


def reference_in(text: str) -> str:
    """Return the reference in a message ("lm 7k3f9" is LM-7K3F9); empty if there is none."""
    found = _IN_TEXT.search(text)
    return PREFIX + found[1].upper() if found else ""


def offer_reply(text: str) -> AfterMove:
    """Return the reply to the offer of a free time: `take_time` or `pass_time`; empty for anything else."""
    line = plain(text)
    if _MOVES["takes_time"].search(line):
        return "take_time"
    return "pass_time" if _MOVES["passes_time"].search(line) else ""


def reminder_reply(text: str) -> str:
    """Return the reply "C" or "R" to a reminder: `comes` or `change`; empty for anything else."""
    return _REMINDER.get(plain(text).strip(" .!"), "")


def adds(text: str) -> bool:
    """Return whether a message is worded like an addition: "forgot to say ..."."""
    return bool(_MOVES["adds"].search(plain(text)))


def area_code(text: str) -> str:
    """Return the area code in "617 in front of it"; empty unless there is exactly one such number."""
    found = _AREA_CODE.findall(text)
    return found[0] if len(found) == 1 and len(re.findall(r"\d", text)) == 3 else ""


_ENDING: Final = re.compile(
    r"(?:\b(?:ends?|ending|finish(?:es)?)(?: (?:in|with|on))?|\blast(?: (?:one|two|three|four|digits?|figures?|numbers?|bit|part))+(?: of (?:my|the) \w+)?(?: (?:is|are|should be|was|were))*)"
    r"(?: a| the)? (?P<new>\d{1,4})\b|\bnot (?:a |the )?(?P<old>\d{1,4})\b"
)
_NUMBER: Final = re.compile(r"\b(?:number|phone|mobile|cell|digits?|landline|it)\b")


FEWEST_DIGITS: Final = 10


def new_ending(text: str, contact: str) -> str:
    """Return the known phone number with a corrected ending: "my number ends in 4, not 1"; empty if there is no
    correction.
    """
    line = plain(text)
    found = [match for match in _ENDING.finditer(line) if match["new"]]
    known, _, extension = contact.rpartition(" or ")[2].partition(" ext.")
    digits = re.sub(r"[^\d+]", "", known)
    if not found or not _NUMBER.search(line) or "@" in known or len(digits) < FEWEST_DIGITS:
        return ""
    new = str(found[-1]["new"])
    old = next((str(match["old"]) for match in _ENDING.finditer(line) if match["old"]), digits[-len(new) :])
    if len(old) != len(new) or not digits.endswith(old) or old == new:
        return ""
    return digits[: -len(new)] + new + (f";ext={extension.strip()}" if extension else "")


FEWEST_WORDS_FOR_TEAM: Final = 5


def says_something_to_team(text: str) -> bool:
    """Return whether a message that asks for a person also states its subject."""
    line = plain(text)
    return (
        len(line.split()) >= FEWEST_WORDS_FOR_TEAM
        and bool(_MOVES["to_team"].search(line) or _MOVES["asks_team"].search(line))
        and not _MOVES["about_nothing"].search(line)
    )
