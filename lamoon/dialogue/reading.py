"""Dialogue acts of a message: it refers to the visitor, retracts something, asks for permission, ..."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Literal, get_args

from lamoon.contract import BOOKING
from lamoon.dialogue.signs import has_signs
from lamoon.errors import CatalogueError
from lamoon.language.lexicon import everyday
from lamoon.screening.grammar.someone_else import is_other_person
from lamoon.screening.matcher import Match, PatternMatcher
from lamoon.screening.message import Finding, ScreenedMessage
from lamoon.screening.patterns import Language, compact, merge, parse, parse_block
from lamoon.text.tokens import Word, number_value
from lamoon.yaml_file import read

ACTS_FILE: Final = Path(__file__).with_name("acts.yml")
Act = Literal[
    "same_here", "list_item", "takes_back", "seen_by_doctor", "help_is_coming", "asks_if_allowed", "only_elsewhere",
    "asks_why", "asks_how_long", "doctor_agrees", "insists", "asks_what_is_known", "rolls_at_home", "is_afraid", "is_hurting", "is_grieving",
    "is_ashamed", "none_apply", "would_hide",
]  # fmt: skip
ACTS: Final[tuple[Act, ...]] = get_args(Act)
LearnedAct = Literal[
    "same_here", "asks_if_allowed", "only_elsewhere", "asks_why", "asks_how_long", "doctor_agrees", "insists",
    "asks_what_is_known", "rolls_at_home", "plays_down", "is_afraid", "is_hurting", "is_grieving",
]  # fmt: skip
"""Acts that a classifier also finds (`data/acts.yml`). Acts that close an emergency or retract something come from
fixed wordings only.
"""
TURN: Final = "turn"
"""The key of a parse result under which the turn of `read_turn` is stored."""
_ORDINALS: Final = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "1st": 1, "2nd": 2, "3rd": 3, "4th": 4, "5th": 5,
    "former": 1, "top": 1, "last": -1, "final": -1, "bottom": -1, "latter": -1,
}  # fmt: skip
_NOT_YET: Final = frozenset(
    "not no never without should would could might may if unless until till before will going gonna waiting wait need needs want "
    "wants tomorrow monday tuesday wednesday thursday friday saturday sunday cannot refuse rather".split()
)
_DENIALS: Final = frozenset("none nothing neither not never no".split())
_ASKING: Final = frozenset("what when did does will would should if whether ask until".split())
_REACH: Final = 4  # words
_BEFORE_PERSON: Final = 2  # words
_INSTEAD: Final = re.compile(
    r"\b(instead|then)\b[^.!]{0,30}\?|\b(dealbreaker|deal breaker|blocker|show ?stopper)\b"
    r"|\b(ok|okay|fine|safe|allowed|possible|all right|alright|can or not)\W*\?",
    re.IGNORECASE,
)
_MAY_I: Final = re.compile(r"\bso am i (good|ok|okay|fine|allowed|able|still|safe|clear|in|out)\b", re.IGNORECASE)
MOST_WORDS_OF_A_COMPARISON: Final = 6
_COMPARES: Final = re.compile(
    r"\b(?:same|just|exactly|similar|much) (?:as|like|to) (?:my|our|her|him|hers|his|them|theirs)\b", re.IGNORECASE
)
# "The bone one": a line of our list, by a word in it; see `references.LISTED`.
_NAMED_LINES: Final = tuple(
    re.compile(
        rf"\bthe (?:{words}) (?:ones?|thing|bit|part|point|group|line)\b"
        rf"|\bthe (?:one|bit|part|point|line|item) (?:with|about|on) (?:the |an? )?(?:{words})\b",
        re.IGNORECASE,
    )
    for words in (
        r"(?:open )?wounds?|skin|infections?",
        r"(?:broken )?bones?|fractures?|injury|injuries",
        r"(?:blood )?clots?|dvt|veins?",
        r"cancers?|tumou?rs?|growths?",
    )
)
"""The lines of our list by name, in its order: "the one with the vein"."""
_LAST_BUT_ONE: Final = re.compile(
    r"\b(?:next|second|2nd) to (?:the )?last\b|\blast but one\b|\bpenultimate\b", re.IGNORECASE
)
_CORRECTION: Final = re.compile(r"\b(i mean|i meant|sorry|correction|not (?:me|mine|myself)|actually)\b", re.IGNORECASE)
_DENIES_OWN: Final = re.compile(
    r"\bi (?:do not|don['\u2019]?t|did not|didn['\u2019]?t|never|have no|haven['\u2019]?t|have not|am not|take no|had no)\b|\bi['\u2019]?m not\b",
    re.IGNORECASE,
)
_HEARSAY: Final = re.compile(
    r"\b(?:say|says|said|thinks?|thought|reckons?|claims?|tells?|told|swears?|believes?|insists?|figures?)\b",
    re.IGNORECASE,
)
_JUST_ASKS: Final = re.compile(
    r"\b(just|only|simply|merely) (ask|wonder|check|curious|interested|want)|\bcurious\b|\bwas wondering\b|\?|\bi (see|understand|get it)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class TurnReading:
    """A message as the dialogue interprets it.

    Attributes:
        text: as it was written.
        intent, confidence, topic: the classifier's; the topic is empty for other intents.
        acts: see `Act`.
        place: the line of a list that it names, from 1, or -1 for the last, -2 for the one before; None if there is none.
        of_other: whether the emergency in it is another person's.
        names_person: whether it mentions another person.
        denies_own: whether the visitor denies something of their own, and not by hearsay.
        first_person: whether it refers to the visitor.
        third_person: whether it says "she", "him" or the like.
        asks_more: whether it asks a question besides its statement.
        has_fact: whether it asks for a fact of the guide.
        signs: whether it has signs of illness.
        compares: whether it compares somebody with the person it names: "same as my sister".
        for_other: whether it wants something for another person.
        corrects: whether it is worded like a correction.
        denies: whether it contains a negation, apart from "not asking for a friend" and the like.
        just_asks: whether it says that it only asks: "I was just wondering".
        wishes: whether it names a treatment or a time for a booking.
        complains: whether it complains about the studio.
        bargains: whether it demands another price.
        safety: the screening.
    """

    text: str = field(default="", repr=False)
    intent: str = ""
    confidence: float = 0.0
    topic: str = ""
    acts: frozenset[str] = frozenset()
    place: int | None = None
    of_other: bool = False
    names_person: bool = False
    denies_own: bool = False
    first_person: bool = False
    third_person: bool = False
    asks_more: bool = False
    has_fact: bool = False
    signs: bool = False
    compares: bool = False
    for_other: bool = False
    corrects: bool = False
    denies: bool = False
    just_asks: bool = False
    wishes: bool = False
    complains: bool = False
    bargains: bool = False
    safety: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, parsed: Mapping[str, Any]) -> TurnReading:
        """Return the reading in a parse result; without a screening it has no health information."""
        intent = parsed.get("intent") or {}
        found = parsed.get(TURN) or {}
        questions = parsed.get("questions") or [{}]
        booking = parsed.get(BOOKING) or {}
        books_for_other = intent.get("name") == "book_appointment" and booking.get("for_whom", "self") != "self"
        return cls(
            text=str(parsed.get("text") or ""),
            intent=str(intent.get("name") or ""),
            confidence=float(intent.get("confidence") or 0.0),
            topic=str(questions[0].get("topic") or ""),
            acts=frozenset(found.get("acts") or ()),
            place=found.get("place"),
            of_other=bool(found.get("of_other")),
            names_person=bool(found.get("names_person")),
            denies_own=bool(found.get("denies_own")),
            first_person=bool(found.get("first_person")),
            third_person=bool(found.get("third_person")),
            asks_more=len(questions) > 1,
            has_fact=bool(parsed.get("fact")),
            signs=bool(found.get("signs")),
            compares=bool(found.get("compares")),
            for_other=bool(found.get("for_other")) or books_for_other,
            corrects=bool(found.get("corrects")),
            denies=bool(found.get("denies")),
            just_asks=bool(found.get("just_asks")),
            wishes=any(booking.get(name) for name in ("service", "when")),
            complains=bool(booking.get("complains")),
            bargains=bool(booking.get("bargains")),
            safety=parsed.get("safety") or {"outcome": "none", "conditions": []},
        )

    def mentions(self, *statuses: str) -> list[str]:
        """Return the ids of the conditions with one of these statuses, in the order of the message."""
        return list(dict.fromkeys(m["id"] for m in self.safety["conditions"] if m["status"] in statuses))


def read_turn(message: ScreenedMessage, emergencies: frozenset[str], learned: Iterable[str] = ()) -> dict[str, Any]:
    """Return the reading of a screened message, for a parse result.

    Args:
        message: the screened message.
        emergencies: ids of all emergencies of the catalogue.
        learned: acts that the classifier found (`LearnedAct`).
    """
    matches = [match for match in shared_acts().find(message.words) if not _is_only_planned(match, message.words)]
    acts = dict.fromkeys([*(match.label for match in matches), *learned])
    norms = {word.norm for word in message.words}
    if any(entity.label_ in ("TIME", "TREATMENT") for entity in message.doc.ents):
        acts.pop("takes_back", None)  # "scratch that, make it Wednesday"
    people = message.all("person")
    denies = _denies(message.words, [match for match in matches if match.label == "same_here"], people)
    if denies:
        acts.pop("same_here", None)  # "none of that concerns me"
    if message.figurative and not people:
        acts.pop("is_grieving", None)  # "my phone died on me"
    if _MAY_I.search(message.text):
        acts.pop("same_here", None)
    if _INSTEAD.search(message.text):
        acts["asks_if_allowed"] = None
    dangers = [f for f in message.findings if f.condition in emergencies and f.status == "affirmed"]
    return {
        "acts": list(acts),
        "place": _place([match for match in matches if match.label == "list_item"], message.words, message.text),
        "of_other": any(_is_of_other(message, finding) for finding in dangers),
        "names_person": bool(people),
        "denies_own": bool(_DENIES_OWN.search(message.text)) and not _HEARSAY.search(message.text),
        "first_person": not norms.isdisjoint(("i", "me", "mine", "myself")),
        "third_person": not norms.isdisjoint(("she", "her", "he", "him", "they", "them")),
        "for_other": bool(message.clients),
        "signs": has_signs(message),
        "compares": bool(_COMPARES.search(message.text)) and len(message.text.split()) <= MOST_WORDS_OF_A_COMPARISON,
        "corrects": bool(_CORRECTION.search(message.text)),
        "denies": denies,
        "just_asks": bool(_JUST_ASKS.search(message.text)),
    }


def _denies(words: Sequence[Word], matches: Sequence[Match], people: Sequence[Match]) -> bool:
    """Return whether a word outside these matches negates: "not asking for a friend" and "there is no aunt" do not
    negate a mention.
    """
    inside = {at for match in matches for at in range(match.first, match.last + 1)}
    inside |= {at for person in people for at in range(person.first - _BEFORE_PERSON, person.first)}
    return any(word.norm in _DENIALS and at not in inside for at, word in enumerate(words))


def _is_of_other(message: ScreenedMessage, finding: Finding) -> bool:
    """Return whether the emergency is another person's; "My mum says it's nothing, but my chest hurts" is the
    visitor's.
    """
    reported = any(message.in_sentence("reporter", finding.first))
    return not reported and is_other_person(message, finding.first, finding.last)


def _is_only_planned(match: Match, words: Sequence[Word]) -> bool:
    """Return whether an examination is only planned or missing: "I have not been checked", "should I get it looked
    at".
    """
    sentence = words[match.first].sentence
    around = [word.norm for word in words[max(match.first - _REACH, 0) : match.last + 1] if word.sentence == sentence]
    if match.label == "doctor_agrees":
        return not _ASKING.isdisjoint(around)
    return match.label in ("seen_by_doctor", "help_is_coming") and not _NOT_YET.isdisjoint(around)


def _place(matches: Sequence[Match], words: Sequence[Word], text: str) -> int | None:
    named = next((line for line, words in enumerate(_NAMED_LINES, 1) if words.search(text)), None)
    if named:
        return named
    if _LAST_BUT_ONE.search(text):
        return -2
    for match in matches:
        for word in words[match.first : match.last + 1]:
            value = _ORDINALS.get(word.norm) or number_value(word.norm)
            if value is not None and (value == -1 or 0 < value < 10):
                return int(value)
    return None


@lru_cache(maxsize=1)
def shared_acts() -> PatternMatcher:
    """Return the matcher of all acts. Raises CatalogueError if the file is broken."""
    return load_acts()


def load_acts(path: Path = ACTS_FILE) -> PatternMatcher:
    """Read a file of acts.

    Raises:
        CatalogueError: names the file, the line, what is wrong and what was expected.
    """
    root = read(path, CatalogueError).only("groups", "acts")
    groups = {kind: merge([way for text in texts for way in parse(text)]) for kind, texts in everyday().items()}
    for name, block in root.get("groups").fields().items():
        groups[name] = merge([way for _, ways in parse_block(block, Language(groups)) for way in ways])
    acts = root["acts"].only(*ACTS).fields()
    for name in ACTS:
        if name not in acts:
            root["acts"].fail(
                f"the act `{name}` is missing", "every act of lamoon/dialogue/reading.py", f"{name}: |\n  me too"
            )
    language = Language(groups)
    labelled = [
        (name, sequence)
        for name, block in acts.items()
        for sequence in compact(way for _, ways in parse_block(block, language) for way in ways)
    ]
    return PatternMatcher(labelled)
