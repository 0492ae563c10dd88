"""Negation: whether a mention is denied."""

from __future__ import annotations

from typing import Final

from lamoon.screening.grammar.someone_else import OWN, is_of_third_person
from lamoon.screening.message import ScreenedMessage

_WALK_STOPS: Final = frozenset(":;()?!\n…=")
_LIST_MARKS: Final = frozenset({",", "-", "–", "—", "/", "...", '"', "*", "•"})
_POSSESSIVES: Final = frozenset("my his her their our your".split())
_NEW_ITEM: Final = frozenset("a an one two another broke broken had have got having take takes".split())
# "No clots, on warfarin" and "not on aspirin, on warfarin" deny the first alone, "not pregnant, on pills or ill" all.
_NOUN_DENIALS: Final = frozenset("no zero nil without".split())
_AUXILIARIES: Final = frozenset("do does did have has had can could will would should".split())
_OWN_DENIALS: Final = _NOUN_DENIALS | {"not", "never"}
_IN_GENERAL: Final = frozenset(
    "injury injuries surgery surgeries operations condition conditions illness illnesses allergies problems issues medication "
    "medications meds medicines history diseases accidents".split()
)
_CLAUSE_SUBJECTS: Final = frozenset("it that this there".split())
_COPULAS: Final = frozenset("is was are were has have had am".split())
_STANDS_OUT: Final = frozenset("though however still now anyway yes".split())
_AFTER_NOT: Final = frozenset(("", ",", ")", "and", "so", "thankfully", "luckily", "one", "it", "there", "broken"))
_HALF_DENIED: Final = frozenset("else new more worse further serious other now any today currently".split())
_PERSONAL_STOPS: Final = frozenset(
    "i you we because if that when since so as but just only except apart than although though".split()
)
_ANSWER_MARKS: Final = frozenset({":", "?", "-", "–", "—", "(", "=", ",", "..."})
_HARD_STOPS: Final = frozenset("but just only except apart besides however though i".split())
_MODALS: Final = frozenset("can could will would should must may might".split())
WALK: Final = 40  # words
_PLACES: Final = frozenset("in on last since from at behind this two three yesterday with for".split())
_COUNTED: Final = frozenset("day days week weeks month months year years".split())
_LIST_GAP: Final = 3
_SOON: Final = 6
_TURNS: Final = frozenset("i had have but now well actually".split())
_CLOSED: Final = frozenset(("", ",", ".", "!", ";", "\n"))
_NO: Final = frozenset("no nope nah nil none never zero 0 negative".split())
_ANSWER_FILLERS: Final = frozenset("or / problems issues history test check scan result results".split())
_LISTING: Final = frozenset(", and a an any".split())  # "do I have cancer, clots, or an infection? No"
_ORDER_OPENING: Final = 4
_NEXT_SENTENCES: Final = 2


def is_negated(message: ScreenedMessage, first: int, last: int, action: bool = False, sign: bool = False) -> bool:
    """Return whether words before or after the mention negate it.

    Args:
        message: the words and all cues found in them.
        first: index of the first word of the mention.
        last: index of its last word.
        action: whether the mention is a verb ("broke my arm"), which "no" and a list cannot negate.
        sign: whether the mention is a sign of an emergency; other signs may then separate it from its negation.
    """
    item = message.item(first, last)
    if item and item.affirms is not None:
        return not item.affirms
    if _comes_after_all(message, last):
        return False
    if action:
        return _denied_verb(message, first)
    if message.norm(first) == "nothing" and last == first + 1 and not sign:
        return True  # "nothing torn"
    bridge = message.covered("bridge") | message.mentions | (message.signs if sign else frozenset())
    if _denied_left(message, first, last, bridge, message.signs if sign else frozenset()):
        return True
    # "Used the inhaler but it is not working" denies no sign.
    return (
        _answered_no(message, last) if sign else _denied_right(message, last) or _in_denied_list(message, first, last)
    )


def _denies(message: ScreenedMessage, at: int) -> bool:
    if at not in message.covered("negation") or at in message.covered("not_a_negation"):
        return False
    # "Can not move my arm" describes a symptom, "could not find a clot" does not.
    unable = message.norm(at) == "not" and message.norm(at - 1) in _MODALS
    return not unable or message.norm(at + 1) in ("find", "detect", "have", "be")


def _denied_left(message: ScreenedMessage, first: int, last: int, bridge: frozenset[int], own: frozenset[int]) -> bool:
    # A "no" that belongs to a sign ("no feeling") denies nothing else.
    start = max(message.bounds(first)[0], first - WALK)
    at, commas = first - 1, 0
    while at >= start:
        norm = message.norm(at)
        if at in message.covered("not_a_negation") and at in message.covered("negation"):
            return False
        if at not in own and _denies(message, at):
            return not _is_answer(message, at) and not (
                commas
                and (_stands_alone(message, first, last, at) or _breaks_the_list(message, at, first, commas, own))
            )
        bridged = at in message.covered("bridge")  # the "i" of "never been told I have"
        if norm in _WALK_STOPS or (norm in _HARD_STOPS and not bridged) or _opens_clause(message, at):
            return False
        if norm in _LIST_MARKS:
            if _opens_item(message, at + 1, first):
                return False
            commas += 1
        elif norm in _POSSESSIVES:
            return False
        elif at not in bridge:
            at = _skip_list_item(message, at, start)
            if at < start:
                return False
        at -= 1
    return False


def _breaks_the_list(message: ScreenedMessage, denial: int, first: int, commas: int, own: frozenset[int]) -> bool:
    """Return whether a list of negated items ends before the mention: "No injuries, no surgeries, chest pain"."""
    word = message.norm(denial)
    of_item = word == "not" and message.norm(denial - 1) not in _AUXILIARIES  # "not pregnant", but not "do not have"
    if word not in _NOUN_DENIALS and not of_item:
        return False
    # Each item has its own "no", so what has none is not denied: "no fever no cough, my arm went limp".
    other = _OWN_DENIALS if own or of_item else {word}
    before = (at for at in range(message.bounds(denial)[0], denial) if not _is_answer(message, at))
    repeated = any(message.norm(at) in other for at in before)
    if of_item and not repeated:
        return False
    if any(message.norm(at) in ("or", "nor") for at in range(denial, message.bounds(first)[1] + 1)):
        return False
    return repeated or (bool(own) and commas == 1 and message.norm(denial + 1) in _IN_GENERAL)


def _is_answer(message: ScreenedMessage, at: int) -> bool:
    """Return whether the first word answers another question: "No, I have a clot"."""
    return (
        message.norm(at) in ("no", "nope", "nah")
        and message.norm(at + 1) in _LIST_MARKS
        and at == message.bounds(at)[0]
    )


def _opens_item(message: ScreenedMessage, at: int, first: int) -> bool:
    """Return whether a new statement follows the comma: "No cancer, a clot in 2019", "no clots, 20 weeks pregnant"."""
    if message.norm(at) in _NEW_ITEM and at < first:
        return message.norm(at) not in ("a", "an") or not _in_choice(message, at)
    return message.words[at].kind == "number" and message.norm(at + 1) in _COUNTED


def _in_choice(message: ScreenedMessage, at: int) -> bool:
    """Return whether items with articles are joined by "or": "I don't have a clot, a tumour or a broken bone"."""
    for n in range(at, message.bounds(at)[1]):
        if message.norm(n) in ("or", "nor"):
            return message.norm(n + 1) in ("a", "an", "any") or n + 1 in message.mentions
        if n not in message.mentions and message.norm(n) not in ("a", "an", ","):
            return False
    return False


def _opens_clause(message: ScreenedMessage, at: int) -> bool:
    """Return whether a diagnosis follows a mention or a comma: "It isn't eczema, it is ringworm"."""
    if message.norm(at) not in _COPULAS or message.norm(at - 1) not in _CLAUSE_SUBJECTS:
        return False
    return at - 2 in message.mentions or message.norm(at - 2) in _LIST_MARKS


def _stands_alone(message: ScreenedMessage, first: int, last: int, denial: int) -> bool:
    """Return whether a list item is a statement, with its own place, time or verb: "no cancer, clot in my leg last
    year".
    """
    own = [message.norm(at) for at in range(first, last + 1)]
    if message.norm(first - 1) == "on" and message.norm(first - 2) in _LIST_MARKS:
        return message.norm(denial) in _NOUN_DENIALS or message.norm(denial + 1) == "on"
    if not _COPULAS.isdisjoint(own[1:]) or not _POSSESSIVES.isdisjoint(own) or "i" in own:
        return True
    after = message.norm(last + 1) if last < message.bounds(last)[1] else ""
    if message.norm(denial) in _NOUN_DENIALS and _is_dated(message, denial, last):
        return True
    if after in _PLACES or own[-1] in _PLACES:
        return not any(message.norm(at) in ("or", "nor", "and") for at in range(first - 2, first))
    return after in _STANDS_OUT


def _is_dated(message: ScreenedMessage, denial: int, last: int) -> bool:
    """Return whether the mention is a dated event, which is not negated: "No break, torn ligament, did it
    yesterday".
    """
    end = message.bounds(last)[1]
    if any(message.norm(at) in ("or", "nor", "and") for at in range(denial, end + 1)):
        return False
    return any(match.first > last for match in message.in_sentence("just_happened", last))


def _comes_after_all(message: ScreenedMessage, last: int) -> bool:
    """Return whether the condition occurred after all: "Never had one until last month", "no cramps before, now I have
    them".
    """
    here = message.words[last].sentence
    following = [message.bounds(match.first)[0] for match in message.all("comes_after_all")]
    opens_next = any(
        message.words[match.first].sentence == here + 1 and match.first - start <= 1 and message.norm(start) in _TURNS
        for match, start in zip(message.all("comes_after_all"), following, strict=True)
    )
    return opens_next or any(
        0 < match.first - last <= _SOON
        and (message.norm(match.first) != "but" or message.norm(match.last + 1) in _CLOSED)
        for match in message.in_sentence("comes_after_all", last)
    )


def _skip_list_item(message: ScreenedMessage, at: int, start: int) -> int:
    """Skip an unknown list item left of "or" ("no metal or pacemaker"): the index before it, -1 for other words."""
    if message.norm(at + 1) not in ("or", "nor", ",") or message.norm(at) in _PERSONAL_STOPS:
        return -1
    for before in range(at - 1, max(at - 1 - _LIST_GAP, start - 1), -1):
        norm = message.norm(before)
        if norm in ("or", "nor", ",", "any") or (norm in ("no", "without") and _denies(message, before)):
            return before + 1
        if norm in _PERSONAL_STOPS or norm in _WALK_STOPS or norm in _POSSESSIVES:
            return -1
    return -1


def _denied_right(message: ScreenedMessage, last: int) -> bool:
    end = message.bounds(last)[1]
    for match in message.in_sentence("denied_after", last):
        if last < match.first and all(_passable(message, at) for at in range(last + 1, match.first)):
            return match.first not in message.covered("not_a_negation") and not _affirmed_again(
                message, match.last, end
            )
    return _answered_no(message, last)


def _affirmed_again(message: ScreenedMessage, after: int, end: int) -> bool:
    """Return whether a negation is followed by an affirmation: "The clot was not there at first, but now it is"."""
    if any(message.norm(at) == "positive" for at in range(after + 1, end + 1)):
        return True
    following = message.norm(after + 1) if after < end else ""
    if following in _HALF_DENIED:
        return True
    if message.norm(after) == "not" and following not in _AFTER_NOT and after + 1 not in message.mentions:
        return True
    return any(message.norm(at) in ("but", "until", "though", "at") for at in range(after + 1, min(after + 3, end + 1)))


def _passable(message: ScreenedMessage, at: int) -> bool:
    norm = message.norm(at)
    return (
        at in message.covered("bridge")
        or at in message.mentions
        or norm in (",", "or", "and", "but", "test", "tests", "scan", "results", "which", "so")
    )


def _answered_no(message: ScreenedMessage, last: int) -> bool:
    """Return whether the mention is answered with a no: "Clots: no", "cancer? never", "pregnant - no"."""
    words = message.words
    asked = message.bounds(last)[0] in message.covered("question_start")
    mark = last + 1
    while mark < len(words) and (
        mark in message.mentions or message.norm(mark) in _ANSWER_FILLERS or (asked and message.norm(mark) in _LISTING)
    ):
        mark += 1
    if message.norm(last + 1) in _NO and message.norm(last + 2) in _CLOSED:
        return True
    if mark >= len(words) or message.norm(mark) not in _ANSWER_MARKS:
        return False
    for match in message.all("no_answer"):
        if match.first == mark + 1:
            if message.norm(match.first) == "i" and is_of_third_person(message, last):
                return False  # "she has cancer, I don't"
            follows = message.norm(match.last + 1)
            comma = message.norm(mark) == ","
            closed = follows in ("", ",", ".", ")", "\n", ";", "!", "?", "-", "/", "and") or match.last + 1 == len(
                words
            )
            closed = closed or match.last + 1 in message.covered("only_lately")  # "clots? not since 2019"
            return closed and (not comma or follows in ("", ".", "!", "\n"))
    return False


def _in_denied_list(message: ScreenedMessage, first: int, last: int) -> bool:
    """Return whether a whole list is denied: "None of the following: clots, cancer ...", "clots, cancer: none of that
    is me".
    """
    if not OWN.intersection(message.norm(at) for at in range(message.bounds(first)[0], message.bounds(last)[1] + 1)):
        after = [message.words[match.first].sentence for match in message.all("none_of_it") if match.first > last]
        if after and after[0] - message.words[last].sentence <= _NEXT_SENTENCES:
            return True
    taken_back = [match for match in message.in_sentence("taken_back", first) if _opens_sentence(message, match.first)]
    for match in (*message.in_sentence("none_of", first), *taken_back):
        between = range(match.last + 1, last + 1)
        if match.last < first and not any(
            message.norm(at) in ("but", "except", "apart", "besides", "i", "my") for at in between
        ):
            return True
    return False


def _opens_sentence(message: ScreenedMessage, at: int) -> bool:
    """Return whether an imperative opens the sentence: "please forget the clot" retracts, "do not forget the clot" does
    not.
    """
    before = {message.norm(n) for n in range(message.bounds(at)[0], at)}
    return len(before) <= _ORDER_OPENING and not before & {"not", "never", "to", "can", "will"}


def _denied_verb(message: ScreenedMessage, first: int) -> bool:
    start = message.bounds(first)[0]
    at = first - 1
    while at >= start:
        if _denies(message, at):
            return message.norm(at) in ("not", "never", "without", "nor", "neither", "nothing")
        if at not in message.covered("verb_bridge") and at not in message.mentions:
            return False
        at -= 1
    return False
