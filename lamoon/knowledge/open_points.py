"""Points of a question that an answer leaves open: a number, a time, a comparison, something the guide never mentions.

An answer may be about the right topic and still leave the question open. "How many patients took part?" needs a number of
patients, "is cupping as good?" a word about cupping. Then the reply says first that the guide is silent on the point.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Final, Literal

from lamoon.errors import KnowledgeError
from lamoon.knowledge.terms import number, stem, tokens
from lamoon.yaml_file import read

OpenPoint = Literal["", "number", "time", "detail", "comparison", "thing"]
THINGS_FILE: Final = Path(__file__).with_name("absent_things.yml")
_REACH: Final = 4
"""Maximum tokens between a number and its noun: "80% of the patients"."""

_TIME_UNITS: Final = frozenset("second minute hour day week month year decade".split())
_UNIT: Final = rf"(?:{'|'.join(sorted(_TIME_UNITS))})s?"
_COUNTED: Final = re.compile(r"\bhow many (?:of (?:the|my|your|these|those) )?(?:\w+ )?(?P<what>\w+)", re.IGNORECASE)
_HOW_MANY: Final = re.compile(r"\b(?:how many|number of)\b", re.IGNORECASE)
_SIZES: Final = re.compile(r"\b(?:small|tiny|thin|big|large|broad\w*|far|deep\w*)\b", re.IGNORECASE)
_HOW_SIZED: Final = re.compile(r"\bhow (?:big|large|small|deep|thin|far)\b", re.IGNORECASE)
_LISTED: Final = frozenset(
    "kind type sort way cause reason route option concept principle tool technique method benefit example".split()
)
"""Nouns whose "how many" a list answers."""
_SMALL: Final = frozenset(
    "in at of to on for it there were was are is did do had have the a this that with and by got get felt feel better improved reported said found of".split()
)
_TOOK_PART: Final = re.compile(
    r"\bhow many (?!got|felt|had|get|feel|of)\w+(?: \w+){0,2} (?:(?<!better )in (?:it|that|this|the|there)|took part|take part|participat\w+|enrol\w+|(?:were |was |got )?(?:tested|studied"
    r"|treated|included|recruited|involved)|were there)\b|\bhow (?:big|large) was (?:it|the|that) (?:study|trial|group|sample)\b",
    re.IGNORECASE,
)
"""Participants: a percentage does not answer "how many"."""
_TIME: Final = re.compile(
    rf"\bhow (?:long|soon|often|quickly|frequently)\b(?! ago| before)|\bhow many (?:\w+ )?{_UNIT}\b|\bafter how\b"
    r"|\bwhat (?:time of day|duration)\b",
    re.IGNORECASE,
)
_AMOUNT: Final = re.compile(
    r"\bhow (?:old|big|large|small|heavy|deep|thick|thin|wide|tall|hot|warm|cold|far|high|loud|fast|likely|common)\b"
    r"(?! (?:it|that|this) (?:is|gets))"
    r"|\bhow much (?:pressure|force|time|water|weight|longer|faster|better|more|stronger|less|further|of|does \w+ weigh)\b"
    r"|\bweighs?\b|\b(?:what|which) (?:\w+ )?(?:percent(?:age)?|share|fraction|proportion|number|size|weight|temperature|density|diameter|length|depth"
    r"|width|thickness|speed|frequency|setting|dose|amount|age|angle|rate|score|level)\b"
    r"|\b(?:exact|average|typical) (?:number|figure|size|amount|rate)\b|\bby how much\b|\bfrom (?:what|which) age\b"
    r"|\b(?:percentage|success rate|statistics|odds)\b|\bin (?:percent|inches|cm|centimet\w+|kilos?|pounds|newtons?|watts?|degrees)\b"
    r"|^\W*(?:watts?|rpm|hertz|hz|size|weight|percent(?:age)?)\b",
    re.IGNORECASE,
)
_PERIOD: Final = re.compile(
    r"\bhow (?:soon|often|quickly|frequently)\b|\bhow long (?:did|do|does|will|was|were)\b", re.IGNORECASE
)
"""Nouns whose number a year never answers."""
_IN_TIME: Final = re.compile(
    rf"\b{_UNIT}\b|\b(?:daily|indefinitely|once|immediately|every|first|series|century|(?:17|18|19|20)\d\ds?)\b",
    re.IGNORECASE,
)
_KIN: Final = (
    frozenset(("patient", "people", "person", "client", "participant", "subject", "human")),
    frozenset(("psi", "pound")),
)
"""Synonyms of countable nouns."""
_YEAR: Final = re.compile(r"\b(?:century|(?:17|18|19|20)\d\ds?)\b", re.IGNORECASE)
# Who published, paid for or made something, and where: the guide has none of that.
_DETAIL: Final = re.compile(
    r"\b(?:what|which|whose|name of (?:the|that)) (?:\w+ )?(?P<what>journal|magazine|university|hospital|clinic|institute|country"
    r"|city|company|manufacturer|publisher|funder|laborator\w+|lab|website|edition|chapter|page)\b",
    re.IGNORECASE,
)
# The age of a person, which no year answers, and other facts about Andrew Taylor Still: lower-case "still" is not a
# name.
_AGE: Final = re.compile(
    r"\bhow old (?:was|were|is) (?:he|she|they|dr\b|doctor|the founder|still\b|travell|simons)", re.IGNORECASE
)
_IS_AGE: Final = re.compile(r"\b(?:aged?|years old|born)\b", re.IGNORECASE)
_STILL: Final = re.compile(r"(?<=\w )Still\b(?! [a-z]+ing)")
_OLDER: Final = r"(?:than|as)\b(?! (?:well|usual|before|it|that|this|possible|soon|much|long|many)\b)"
_COMPARED: Final = re.compile(
    rf"\b(?:better|worse|stronger|safer|faster|cheaper|easier|gentler|harder|softer|different|(?:more|less|as) \w+) {_OLDER}"
    r"(?P<other>[^?.,;!]*)",
    re.IGNORECASE,
)
_CHOICE: Final = re.compile(r"\b(?P<one>\w{3,}) or (?:an? |the |in the |at |with )*(?P<other>\w{3,})\b", re.IGNORECASE)
_CHOOSES: Final = re.compile(
    r"\b(?:which|better|best|prefer|should i|shall i|recommend|choose|take|use|pick)\b", re.IGNORECASE
)
# Options that are not a choice, and those that the guide mentions, perhaps in other words.
_NO_CHOICE: Final = frozenset(
    "not more less maybe yes two three many whatever something anything somewhere else both before after now later therapist "
    "therapy therapists professional pro roller rolling ball balls gun tool tools self home myself massage mfr myofascial tissue "
    "direct indirect should could would can will does".split()
)
# Questions about a thing: "is cupping ...", "what about a sauna", "yoga or ...". "I do yoga" only mentions it.
_ASKED_BEFORE: Final = re.compile(
    r"(?:^\W*(?:(?:and|ok|so|but)\W+)*|\b(?:is|are|do|does|did|can|could|should|would|will|may|about|or|than|vs|versus|with|use|using"
    r"|try|add|take|like|replace|replaces|as|against|offer|also|buy|need|have|get|wear)\s+)"
    r"(?:(?:an?|the|my|your|some|any|those|these|that|this|it|such|i|you|we|they|there|use|using|have|get|do|try|go|hot|warm|cold"
    r"|of|like|for|in|into|on|good|normal|special|to|electric|infrared)\s+){0,4}$",
    re.IGNORECASE,
)
_OWN: Final = re.compile(
    r"(?<!can )(?<!could )(?<!should )(?<!may )(?<!shall )(?<!do )\bi(?:'ve)? (?:do|did|have|had|use|used|get|take|took|tried|love)"
    r"(?: (?:an?|the|my|some|a lot of))?\s+$",
    re.IGNORECASE,
)
_ASKED_BEHIND: Final = re.compile(
    r"(?:\s+\w+)?(?:\W+(?:is|are|do|does|can|will|would|or|vs|versus|instead|better|any|too|also|during|works?|helps?|ok|okay|good|safe"
    r"|allowed|included|necessary|first|before|after|involved)\b|\s*\?|\W*$)",
    re.IGNORECASE,
)


def asks_measure(question: str) -> bool:
    """Return whether a question asks for a number or a time."""
    return any(pattern.search(question) for pattern in (_HOW_MANY, _TIME, _AMOUNT))


def open_point(question: str, answer: str) -> OpenPoint:
    """Return the point of the question that the answer leaves open; empty if there is none.

    Args:
        question: the visitor's.
        answer: the best answer.
    """
    if _lacks_detail(question, answer):
        return "detail"
    if _lacks_number(question, answer):
        return "number"
    if _TIME.search(question) and not _IN_TIME.search(_YEAR.sub("", answer) if _PERIOD.search(question) else answer):
        return "time"
    if _lacks_comparison(question, answer):
        return "comparison"
    folded = answer.casefold()
    return "thing" if any(thing not in folded for thing in things_asked(question)) else ""


def things_asked(question: str) -> Iterator[str]:
    """Yield the devices, substances and methods of the question that the guide doesn't mention, in lower case."""
    for found in _things().finditer(question):
        before = question[: found.start()]
        if _OWN.search(before):
            continue
        if _ASKED_BEFORE.search(before) or _ASKED_BEHIND.match(question[found.end() :]):
            yield found["thing"].casefold()


def _lacks_detail(question: str, answer: str) -> bool:
    named = _DETAIL.search(question)
    if named and named["what"].casefold() not in answer.casefold():
        return True
    if _AGE.search(question) and not _IS_AGE.search(answer):
        return True
    return bool(_STILL.search(question)) and "Still" not in answer


def _lacks_number(question: str, answer: str) -> bool:
    in_answer = tokens(answer)
    numbers = [place for place, token in enumerate(in_answer) if number(token) or token.text in ("one", "single")]
    if _AMOUNT.search(question) and not numbers:
        return not (_HOW_SIZED.search(question) and _SIZES.search(answer))
    if not _HOW_MANY.search(question):
        return False
    counted = {stem(word.casefold()) for found in _COUNTED.finditer(question) for word in found[0].split()[2:]} - _SMALL
    if _TOOK_PART.search(question) and not counted & _TIME_UNITS:
        numbers = [at for at in numbers if "%" not in "".join(token.text for token in in_answer[at : at + 2])]
    near = {in_answer[at].stem for place in numbers for at in range(place, min(place + _REACH, len(in_answer)))}
    if counted & _LISTED or (counted & _TIME_UNITS and _tells_time(counted, answer)):
        return False
    if not numbers or not counted:
        return not numbers
    same = {word: kin for kin in _KIN for word in kin}
    return near.isdisjoint(counted.union(*(same.get(word, ()) for word in counted)))


def _tells_time(units: set[str], answer: str) -> bool:
    """Return whether an answer names one of the units, as in "a few weeks", or a year."""
    return bool(_YEAR.search(answer)) or not units.isdisjoint(token.stem for token in tokens(answer))


def _lacks_comparison(question: str, answer: str) -> bool:
    known = {token.stem[:4] for token in tokens(answer)}
    for found in _COMPARED.finditer(question):
        words = {token.text for token in tokens(found["other"]) if len(token.text) > 3 and not number(token)}
        if words and words.isdisjoint(_NO_CHOICE) and known.isdisjoint(word[:4] for word in words):
            return True
    return bool(_CHOOSES.search(question)) and any(
        _NO_CHOICE.isdisjoint(options) and known.isdisjoint(option[:4] for option in options)
        for options in ({word.casefold() for word in found.groups()} for found in _CHOICE.finditer(question))
    )


@lru_cache(maxsize=1)
def _things() -> re.Pattern[str]:
    """Return the pattern of `absent_things.yml`. Raises KnowledgeError when the file is broken."""
    kinds = read(THINGS_FILE, KnowledgeError).only("devices", "methods", "substances").fields().values()
    names = sorted(
        {" ".join(name.split()) for kind in kinds for name in kind.text().split(",") if name.strip()}, key=len
    )
    either = "|".join(re.escape(name).replace(r"\ ", r"[\s-]") for name in reversed(names))
    return re.compile(rf"\b(?P<thing>{either})(?:e?s)?\b", re.IGNORECASE)
