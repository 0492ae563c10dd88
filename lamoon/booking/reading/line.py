"""A message as one line of normalised words, in which the readers search and mark the words they have consumed.

Number words become digits ("half past two" is "half past 2", "thirty-first" is "31st"), short forms and misspelt
booking words are expanded, and every token has spaces around it. Each token keeps its place in the message.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final

from rapidfuzz.distance import OSA

from lamoon.booking.reading.phrases import phrases
from lamoon.language.lexicon import everyday
from lamoon.text.clean import fold_accents
from lamoon.text.spelling import CatalogueSpelling, read_known_words
from lamoon.text.tokens import Chunk

UNITS: Final = {
    word: at
    for at, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
        "eighteen nineteen".split()
    )
}
TENS: Final = {
    word: 10 * at for at, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)
}
ORDINALS: Final = {
    word: at
    for at, word in enumerate(
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth "
        "sixteenth seventeenth eighteenth nineteenth twentieth".split(),
        1,
    )
} | {"thirtieth": 30}
"""Ordinals in words."""
_BEFORE_A_PRONOUN: Final = frozenset("this that the no any last next which wrong right another every some only".split())
_AFTER_A_PLAIN_FIRST: Final = frozenset("thing available time name free slot".split())
_BEFORE_AN_HOUR: Final = frozenset(
    "at the from until to after before around by between and or monday tuesday wednesday thursday friday saturday sunday "
    "today tomorrow".split()
)
_CLOCK_WITHOUT_COLON: Final = re.compile(r"(0?[1-9]|1[0-8]|2[1-3])([0-5]\d)")  # 19.. and 20.. are years
_BEFORE_A_CLOCK: Final = frozenset(
    "at @ from until after before by past about around between or say like maybe roughly monday tuesday wednesday thursday friday "
    "saturday sunday today tomorrow".split()
)
_AFTER_A_CLOCK: Final = frozenset("am pm ish monday tuesday wednesday thursday friday saturday sunday".split())
_NOT_A_CLOCK: Final = frozenset(
    "minutes hour hours days weeks months years % $ dollars pounds lbs kg people clients".split()
)
_SPELLS: Final = frozenset("that's that is it's it , : - ( spelled spelt spelling with as".split())
"""The text between a word and its spelled-out letters."""
_HOUR_AND_MINUTE: Final = re.compile(r"h([0-5]\d)")
_AFTER_TWO: Final = {
    "nite": "this evening", "night": "this evening", "day": "today", "moro": "tomorrow", "morrow": "tomorrow", "moz": "tomorrow",
}  # fmt: skip
_BEFORE_A_DATE: Final = frozenset(
    "the on or and monday tuesday wednesday thursday friday saturday sunday january february march april may june july august "
    "september october november december".split()
)
_GREETINGS: Final = phrases("greetings")
_BEFORE_A_GREETING: Final = frozenset("hi hello hey oh well , ! .".split())
LONGEST_GREETING: Final = 4
"""In words."""
_SUFFIXES: Final = frozenset(("st", "nd", "rd", "th"))
_SHORT_TEXT: Final = """
mon=monday, tue=tuesday, tues=tuesday, wed=wednesday, weds=wednesday, thu=thursday, thur=thursday, thurs=thursday,
fri=friday, jan=january, feb=february, apr=april, jun=june, jul=july, aug=august, sep=september, sept=september,
oct=october, nov=november, dec=december, tmrw=tomorrow, tmr=tomorrow, tmoro=tomorrow, tomo=tomorrow, tmw=tomorrow,
tonite=this evening, tonight=this evening, nxt=next, wk=week, wks=weeks, wkend=weekend, wknd=weekend, eves=evenings, morn=morning,
arvo=afternoon, min=minutes, mins=minutes, minute=minutes, minuts=minutes, hr=hour, hrs=hours,
appt=appointment, apt=appointment, oclock=o'clock, til=until, till=until, b4=before, aft=afternoon, btw=between,
midday=noon, im=i'm, ive=i've, id=i'd, cant=can't, dont=don't, wont=won't, doesnt=doesn't, isnt=isn't, pls=please,
plz=please, ples=please, plss=please, rescheduel=reschedule, anytime=any time, whats=what's, tel=phone, mob=mobile,
ext=extension, sesh=session, resched=reschedule, nite=night
"""
_SHORT: Final = dict(pair.split("=") for pair in " ".join(_SHORT_TEXT.split()).split(", "))
_TARGETS: Final = """
tomorrow today tonight morning mornings afternoon afternoons evening evenings weekend weekends weekday weekdays lunchtime
upper lower change instead confirmed monday mondays tuesday tuesdays wednesday wednesdays thursday thursdays friday fridays saturday saturdays sunday sundays
january february april august september october november december massage massages facial facials myofascial release
fascia tissue deep appointment booking reschedule cancel cancelled minutes hours fortnight voucher certificate therapist
female noon after before between around next week
"""
_PAIRS: Final = (
    "deep tissue",
    "upper back",
    "lower back",
    "mid back",
    "half past",
    "quarter past",
    "quarter to",
    "gift voucher",
    "gift card",
)
"""Phrases in which one word disambiguates a misspelling of the other, which is too short to be repaired alone: "uper
bak".
"""
_FIXED: Final = {"depe": "deep", "deap": "deep", "massag": "massage", "mesage": "massage", "masage": "massage", "tisue": "tissue",
                 "tissu": "tissue", "deeptissue": "deep tissue", "tomorow": "tomorrow", "firday": "friday", "wensday": "wednesday", "wensdays": "wednesdays", "kne": "knee", "nek": "neck", "kness": "knees", "hipps": "hips", "rigth": "right", "rihgt": "right", "lfet": "left"}  # fmt: skip
SHORTEST_SLIP: Final = 3
"""Length of a word that its neighbour may repair."""
TAKEN: Final = "\u00a4"
LEAST_LETTERS: Final = 3
"""Single letters in a row from which they spell a word."""
"""Replaces words that a reader has consumed."""


@dataclass(slots=True)
class Token:
    """A word, number or mark.

    Attributes:
        norm: as it is in the line.
        start: where it begins in the message, in characters.
        end: where it ends.
        at: where it begins in the line.
    """

    norm: str
    start: int
    end: int
    at: int = 0


@lru_cache(maxsize=1)
def _spelling() -> CatalogueSpelling:
    body = [word for phrase in everyday()["body_part"] for word in phrase.split()]
    targets = [*_TARGETS.split(), *body]
    return CatalogueSpelling(targets, [*read_known_words(), *_SHORT], _FIXED)


@lru_cache(maxsize=1)
def _body() -> frozenset[str]:
    return frozenset(everyday()["body_part"])


class Line:
    """The normalised message. `open` is the line with consumed words replaced by marks of the same length."""

    def __init__(self, text: str, parts: Sequence[Chunk], contacts: Sequence[tuple[int, int, str]] = ()) -> None:
        """Build the line.

        Args:
            text: the message.
            parts: its pieces, as in the document.
            contacts: start, end and kind of each address and number in it, replaced by "<kind>" in the line.
        """
        self.text = text
        tokens = _with_colons(_without_spelling(text, list(_tokens(text, parts, contacts))))
        self.tokens = _with_plain_greeting(text, tokens)
        at = 0
        for token in self.tokens:
            token.at = at
            at += len(token.norm) + 1
        self.words = " ".join(token.norm for token in self.tokens)
        self.open = self.words
        self.labels = dict.fromkeys(range(len(self.tokens)), "")

    def find(self, pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
        """Return the pattern's match among the words not consumed yet."""
        return pattern.finditer(self.open)

    def take(self, start: int, end: int, label: str, mark: str = TAKEN) -> None:
        """Mark a span of the line as consumed."""
        self.open = self.open[:start] + mark * (end - start) + self.open[end:]
        for place in self.places(start, end):
            self.labels[place] = label

    def take_all(self, pattern: re.Pattern[str], label: str) -> list[re.Match[str]]:
        """Mark all matches of the pattern as consumed, and return them."""
        found = list(self.find(pattern))
        for match in found:
            self.take(*match.span(), label)
        return found

    def places(self, start: int, end: int) -> list[int]:
        """Return the indexes of the tokens in a span of the line."""
        return [place for place, token in enumerate(self.tokens) if start <= token.at < end]

    def raw(self, place: int) -> str:
        """Return a token as it was written."""
        return self.text[self.tokens[place].start : self.tokens[place].end]


def _with_plain_greeting(text: str, tokens: list[Token]) -> list[Token]:
    """Return the tokens with a greeting in any language at the start as "hello": "Guten Tag, ..."."""
    first = next((at for at, token in enumerate(tokens) if token.norm not in _BEFORE_A_GREETING), len(tokens))
    for size in range(min(LONGEST_GREETING, len(tokens) - first), 0, -1):
        said = tokens[first : first + size]
        words = " ".join(fold_accents(text[token.start : token.end]).lower() for token in said)
        following = tokens[first + size] if first + size < len(tokens) else None
        alone = following is None or not text[following.start].isupper() or following.norm in ("i", "i'd", "i'm")
        if _GREETINGS["greeting"].fullmatch(words) or (alone and _GREETINGS["or_name"].fullmatch(words)):
            return [*tokens[:first], Token("hello", said[0].start, said[-1].end), *tokens[first + size :]]
    return tokens


def _with_colons(tokens: list[Token]) -> list[Token]:
    """Return the tokens with a colon in each time that is written without: "tues after 530", "1015am"."""
    for before, token, after in zip([None, *tokens], tokens, [*tokens[1:], None], strict=False):
        found = _CLOCK_WITHOUT_COLON.fullmatch(token.norm)
        follows = after is not None and after.norm in _AFTER_A_CLOCK
        named = before is not None and before.norm in _BEFORE_A_CLOCK
        if found and (follows or (named and (after is None or after.norm not in _NOT_A_CLOCK))):
            token.norm = f"{found[1]}:{found[2]}"
    return tokens


def _without_spelling(text: str, tokens: list[Token]) -> list[Token]:
    """Drop the letters that spell out a word before them: "niamh n i a m h kelly", "Noor Haddad, that's N-O-O-R"."""
    kept: list[Token] = []
    at = 0
    while at < len(tokens):
        if end := _spelled_again(text, tokens, at, kept):
            at = end
            continue
        kept.append(tokens[at])
        word = tokens[at].norm
        at += 1
        if len(word) < 3 or not word.isalpha():
            continue
        last, spelled = _after_lead_in(tokens, at), ""
        while last < len(tokens) and len(spelled) < len(word) and len(tokens[last].norm) == 1:
            spelled += tokens[last].norm if tokens[last].norm.isalpha() else ""
            last += 1
        if spelled == word:
            at = last
    return kept


def _spelled_again(text: str, tokens: list[Token], at: int, before: list[Token]) -> int:
    """Return the end of a run of single letters from `at` that spells a word before it; 0 if there is none."""
    end, letters = at, ""
    while end < len(tokens) and len(tokens[end].norm) == 1 and (tokens[end].norm.isalpha() or tokens[end].norm in "-."):
        letters += tokens[end].norm.strip("-.")
        end += 1
    if len(letters) < LEAST_LETTERS:
        return 0
    for token in before:
        if letters in (token.norm, text[token.start : token.end].lower()):
            token.norm = letters  # "Noor" is not a misspelt noon
            return end
    return 0


def _after_lead_in(tokens: list[Token], at: int) -> int:
    """Return the start of the spelled-out letters after "that's" or ", spelled"; `at` itself if no letters follow."""
    last = at
    while last < min(len(tokens), at + 4) and tokens[last].norm in _SPELLS:
        last += 1
    spelled = [len(token.norm) == 1 and token.norm.isalpha() for token in tokens[last : last + 5 : 1]]
    return last if sum(spelled) > 1 else at


def _tokens(text: str, parts: Sequence[Chunk], contacts: Sequence[tuple[int, int, str]]) -> Iterator[Token]:
    at = 0
    pieces = _pieces(text, parts, contacts)
    before = earlier = ""
    while at < len(pieces):
        used, norm = _number_at(pieces, at)
        if norm in ("hour", "hours") and before.isdecimal() and 12 < int(before) < 24 and earlier in _BEFORE_AN_HOUR:
            norm = "h"  # "at the 14 hours"
        earlier, before = before, norm
        yield Token(norm, pieces[at].start, pieces[at + used - 1].end)
        at += used
        while at < len(pieces) and _is_ish(pieces, at):
            at += 1


def _pieces(text: str, parts: Sequence[Chunk], contacts: Sequence[tuple[int, int, str]]) -> list[Token]:
    """Return the pieces outside contacts with repaired spelling, and one piece per contact."""
    pieces: list[Token] = []
    waiting = sorted(contacts)
    shouting = text.isupper()
    for at, part in enumerate(parts):
        while waiting and waiting[0][1] <= part.start:
            start, end, kind = waiting.pop(0)
            pieces.append(Token(f"<{kind}>", start, end))
        if waiting and waiting[0][0] < part.end and part.start < waiting[0][1]:
            continue
        if pieces and part.start == pieces[-1].end and pieces[-1].norm == "2" and part.norm in _AFTER_TWO:
            pieces[-1:] = [Token(norm, part.start - 1, part.end) for norm in _AFTER_TWO[part.norm].split()]
            continue
        if pieces and part.start == pieces[-1].end and (minute := _HOUR_AND_MINUTE.fullmatch(part.norm)):  # 15h30
            pieces[-1] = Token(f"{pieces[-1].norm}:{minute[1]}", pieces[-1].start, part.end)
            continue
        for norm in _plain(text, parts, at, shouting).split() or [part.norm.strip() or "."]:
            pieces.append(Token(norm, part.start, part.end))
    pieces += [Token(f"<{kind}>", start, end) for start, end, kind in waiting]
    _repair_pairs(pieces)
    return pieces


def _repair_pairs(pieces: list[Token]) -> None:
    """Repair a short word next to a frequent companion: "dep tissue", "haf past"."""
    for left, right in pairwise(pieces):
        for first, second in map(str.split, _PAIRS):
            if right.norm == second and left.norm != first and _is_slip(left.norm, first):
                left.norm = first
            elif left.norm == first and right.norm != second and _is_slip(right.norm, second):
                right.norm = second


def _is_slip(word: str, meant: str) -> bool:
    return len(word) >= SHORTEST_SLIP and word[0] == meant[0] and int(OSA.distance(word, meant)) == 1


def _plain(text: str, parts: Sequence[Chunk], at: int, shouting: bool) -> str:
    part = parts[at]
    if part.kind != "word":
        return {"\u2013": "-", "\u2014": "-", "\u2026": "...", "&": "and"}.get(part.norm, part.norm)
    before = parts[at - 1] if at else None
    if part.norm in ("a", "p") and before and before.kind == "number" and before.end == part.start:
        return f"{part.norm}m"
    norm = _SHORT.get(part.norm, part.norm)
    if norm == "n" and before and len(before.norm) > 1 and at + 1 < len(parts) and len(parts[at + 1].norm) > 1:
        return "and"
    if (
        norm == "minutes"
        and part.norm in ("min", "mins")
        and not (before and (before.kind == "number" or before.norm in UNITS | TENS or before.norm == "-"))
    ):
        return part.norm  # a name
    if norm != part.norm or not part.norm.isascii():
        return norm
    if norm.endswith("'s") and (norm[:-2] in _WEEKDAYS or norm[:-2] in _body()):
        return norm[:-2]
    if "'" in norm:
        return norm
    stem = norm.removesuffix("ish")
    if stem != norm and (stem in UNITS or stem == "noon"):
        return stem
    first = before is None or before.norm in ".!?\n"
    following = parts[at + 1] if at + 1 < len(parts) else None
    in_name = following is not None and (following.capitalised or following.norm in _PARTICLES)  # "Noor van der Berg"
    alone = first and not in_name
    return _spelling().repair(norm, part.capitalised and not shouting and not alone)


_PARTICLES: Final = frozenset(
    "van von de der den del di da dos das la le el al bin ibn ben bint ter ten zu af av".split()
)
_WEEKDAYS: Final = frozenset("monday tuesday wednesday thursday friday saturday sunday today tomorrow sat sun".split())


def _number_at(pieces: list[Token], at: int) -> tuple[int, str]:
    """Return the number of pieces in a number, and the number; one piece and its text if there is none."""
    norm = pieces[at].norm
    before = pieces[at - 1].norm if at else ""
    after = [piece.norm for piece in pieces[at + 1 : at + 3]]
    if norm in TENS:
        skip = 1 if after[:1] == ["-"] else 0
        unit = after[skip] if len(after) > skip else ""
        if 0 < UNITS.get(unit, 0) < 10:
            return skip + 2, str(TENS[norm] + UNITS[unit])
        if ORDINALS.get(unit, 99) < 10:
            return skip + 2, f"{TENS[norm] + ORDINALS[unit]}th"
        return 1, str(TENS[norm])
    if norm in UNITS:
        return 1, norm if norm == "one" and before in _BEFORE_A_PRONOUN else str(UNITS[norm])
    if norm == "2" and after and after[0] in ("book", "come", "get", "see", "make", "have", "reserve", "schedule"):
        return 1, "to"
    if norm == "4" and after and after[0] in ("me", "my", "us", "our"):
        return 1, "for"
    if norm == "4" and before in ("me", "mee", "in", "book", "it", "us"):
        return 1, "for"
    if norm in ORDINALS and not (after and after[0] in _AFTER_A_PLAIN_FIRST):
        dated = before in _BEFORE_A_DATE or (after and after[0] in _BEFORE_A_DATE | {"of"} - {"the", "on"})
        if not dated or after[:1] == ["thoughts"]:
            return 1, norm
        return 1, f"{ORDINALS[norm]}th"
    if norm.isdecimal() and after and after[0] in _SUFFIXES and pieces[at].end == pieces[at + 1].start:  # 8th
        return 2, f"{int(norm)}th"
    return 1, norm


def _is_ish(pieces: list[Token], at: int) -> bool:
    return pieces[at].norm == "ish" or (pieces[at].norm == "-" and [p.norm for p in pieces[at + 1 : at + 2]] == ["ish"])
