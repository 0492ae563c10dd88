"""General questions: a mention in a question about people in general gets the guide's list and no personal warning."""

from __future__ import annotations

from typing import Final

from lamoon.screening.grammar.someone_else import OWN
from lamoon.screening.grammar.supposed import AT_LARGE
from lamoon.screening.message import ScreenedMessage

_ASKING: Final = frozenset("if whether wondering curious know ask true".split())
_ANYBODY: Final = frozenset("man woman lady guy child boy girl".split())
_NEAR: Final = 40  # words
_CLAUSE_MARKS: Final = frozenset({",", ":", ";", "-", "–", "—", "...", "("})
_QUESTION_MARKS: Final = frozenset("?？")
_HAVING: Final = frozenset("have had has having got get".split())
_MODALS: Final = frozenset("should must might may could would will".split())
_TELLING: Final = frozenset("mention say add tell warn note point disclose admit confess probably also just".split())
_SUBJECTS: Final = frozenset("i you he she it we they people massage this that my the".split())


def is_general_question(message: ScreenedMessage, first: int, last: int, strict: bool = False) -> bool:
    """Return whether the mention is in a question about people in general or the therapy, not about the writer.

    Args:
        message: the words and all cues found in them.
        first: index of the first word of the mention.
        last: index of its last word.
        strict: for emergencies: whether the question must also name the therapy, or causes and remedies.
    """
    start, end = message.bounds(first)
    opening, framed = _after_frames(message, start, end)
    asks = framed or (opening in message.covered("question_start") and not _lacks_subject(message, opening))
    if not asks and not _asks_otherwise(message, opening, first, last, strict):
        return False
    if any(message.norm(at) in OWN and at not in message.covered("question_frame") for at in range(start, end + 1)):
        return False
    if any(True for _ in message.in_sentence("just_happened", first)) or _is_own_question(message, first):
        return False
    if _names_client(message, start, end) or _concerns_writer(message, end):
        return False
    return not strict or (asks and any(True for _ in message.in_sentence("in_general", first)))


def _asks_otherwise(message: ScreenedMessage, opening: int, first: int, last: int, strict: bool) -> bool:
    """Return whether a sentence asks without a leading question word: "massage with a DVT ok?"."""
    start, end = message.bounds(first)
    if message.norm(end) in _QUESTION_MARKS and _names_therapy_first(message, opening, first, last):
        return True
    if strict:
        return False
    if _asks_about_many(message, opening, first, last) or any(True for _ in message.in_sentence("definition", first)):
        return True
    at_large = any(message.norm(at) in AT_LARGE for at in range(start, end + 1))
    return at_large and _has_question_clause(message, start, end)


def _asks_about_many(message: ScreenedMessage, opening: int, first: int, last: int) -> bool:
    """Return whether a question has a bare plural without a body part: "And fractures?", "open wounds, do you work
    round them".
    """
    start, end = message.bounds(first)
    if any(match.first > last for match in message.in_sentence("comes_after_all", last)):
        return False  # "no clots, except one in 2016"
    end = min(end, last + _NEAR)
    if last not in message.covered("plural") or message.norm(last + 1) in (
        "in",
        "on",
        "all",
        "from",
    ):
        return False
    if any(at in message.covered("in_general") for at in range(last + 1, end + 1)):
        return not any(message.norm(at) in _HAVING for at in range(start, first))
    framed = opening == first and any(not word.is_mark for word in message.words[start:first])
    bare = framed and message.norm(last + 1) in _QUESTION_MARKS
    return (bare or _has_question_clause(message, last + 2, end)) and last + 2 not in message.covered("answer_yes")


def _has_question_clause(message: ScreenedMessage, start: int, end: int) -> bool:
    """Return whether the clause after a comma asks ("..., do you treat them", "..., yes or no"), or the message ends in
    a question mark.
    """
    asking = message.covered("question_start") | message.covered("in_general")
    return message.norm(end) in _QUESTION_MARKS or any(
        at in asking and message.norm(at - 1) in _CLAUSE_MARKS for at in range(start, end + 1)
    )


def _lacks_subject(message: ScreenedMessage, opening: int) -> bool:
    """Return whether a statement only begins like a question: "Can't breathe", "might be pregnant", "should mention
    that he had a clot".
    """
    first, second = message.norm(opening), message.norm(opening + 1)
    if second == "not":
        return message.norm(opening + 2) not in _SUBJECTS
    if second == "be" or (first in _MODALS and second in _TELLING):
        return True
    return first in ("was", "is", "are", "am", "has", "have", "had") and (
        second.endswith(("ing", "ed")) or second in ("in", "on", "so", "very")
    )


def asks_for_the_list(message: ScreenedMessage) -> bool:
    """Return whether the message asks who should not come, or what the contraindications are."""
    return bool(message.all("guide_question"))


def _after_frames(message: ScreenedMessage, start: int, end: int) -> tuple[int, bool]:
    """Return the first word after greetings and "I was wondering whether", and whether those words already ask."""
    frames, starts = (
        message.covered("question_frame"),
        message.covered("question_start"),
    )
    at = start
    while at <= end and (at in frames or message.words[at].is_mark):
        if at in starts and at + 1 not in frames and message.norm(at) not in ("can", "could", "do", "may"):
            break
        at += 1
    return at, any(message.norm(n) in _ASKING for n in range(start, at) if n in frames)


def _names_therapy_first(message: ScreenedMessage, opening: int, first: int, last: int) -> bool:
    """Return whether a verbless question is about the therapy: "Massage with a DVT ok?", "DVT a contraindication?". A
    massage *after* a DVT implies that the writer had one.
    """
    general = message.covered("in_general")
    if opening in general and opening < first:
        return not any(message.norm(at) in ("after", "since", "during") for at in range(opening, first))
    return opening == first and any(
        at in general and message.norm(at) not in ("ok", "okay") for at in range(last + 1, last + 3)
    )


def _is_own_question(message: ScreenedMessage, first: int) -> bool:
    """Return whether the visitor asks about their own condition: "Could it be a clot?"."""
    return any(
        match.first <= first <= match.last
        or (first - match.last in (0, 1, 2) and match.last + 1 not in message.covered("in_general"))
        for match in message.in_sentence("own_question", first)
    )


def _names_client(message: ScreenedMessage, start: int, end: int) -> bool:
    """Return whether the sentence names the person who would come; "a man" in a question is not a particular person."""
    return any(
        start <= match.first <= end
        and not (message.norm(match.last) in _ANYBODY and message.norm(match.last - 1) in ("a", "an"))
        for match in message.all("for_other")
    )


def _concerns_writer(message: ScreenedMessage, end: int) -> bool:
    """Return whether the writer claims the condition right after the question: "... I have that now"."""
    return any(match.first > end and match.first - end <= 8 for match in message.all("that_is_me"))
