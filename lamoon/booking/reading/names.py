"""Whose name a message gives: after an introduction, as a signature, beside a contact, or as the answer to the question.

A wrong name is worse than a missing one. Words of days, bodies, treatments, kin and everyday sentences are no names, unless
they stand where only a name can: "April March" as the answer to who is coming.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from lamoon.booking.reading.corrections import CORRECTION, corrected
from lamoon.booking.reading.introductions import in_parts, introduced, of_kin, titled
from lamoon.booking.reading.line import Line
from lamoon.booking.reading.name_words import ALSO_NAMES, NOT_BEFORE_A_SIGNATURE, ORDINARY, PARTICLES, TITLES, NameWords
from lamoon.booking.reading.segments import OPENS_AN_ANSWER, is_surname, segments_of
from lamoon.booking.reading.signatures import as_address, signature

_LONGEST: Final = 5
_QUESTION: Final = re.compile(r"^(?:who|who's|why|what|what's|how|where|when|do|does|can|is|are|must|which)\b.*\?")
_NO_SURNAMES: Final = re.compile(r"\w{3,}(?:ly|ing|able|ible|ful)$")


def read_name(
    line: Line, asked: str | None, entities: Sequence[tuple[int, int]], couple: bool = False, therapist: str = ""
) -> str | None:
    """The name of who is treated where that is said, else of who writes.

    Args:
        line: with all that other readers know marked as read.
        asked: the open question.
        entities: places in the message of what the document says is no name.
        couple: whether who writes comes too.
        therapist: the therapist's name, where one is wished.
    """
    for place in range(len(line.tokens)):
        if therapist and line.raw(place) == therapist:
            line.labels[place] = "therapist"
    said = NameWords(line, asked, entities)
    kin = None if couple else of_kin(said)
    name = (
        kin
        or titled(said)
        or in_parts(said)
        or whole_answer(said)
        or introduced(said)
        or as_address(said)
        or answer(said)
        or signature(said)
    )
    return corrected(said, name) if name else None


def whole_answer(said: NameWords) -> str | None:
    """Two or three words that are all of the answer, everyday ones among them: "Oh Ha-neul", "tuesday moss"."""
    run = [place for place in range(len(said.line.tokens)) if said.norm(place) != "-"]
    if not said.asked or not 2 <= len(run) <= 3 or not all(map(said.letters, run)):
        return None
    if len(run) < len(said.line.tokens) and "," in said.line.text:
        return None
    first, rest = run[0], run[1:]
    others = [said.norm(place) not in ORDINARY and not said.knows(place) for place in rest]
    if said.norm(first) in OPENS_AN_ANSWER | TITLES or not all(others):
        return None
    if (
        all(said.line.raw(place)[0].isupper() or said.norm(place - 1) == "-" for place in run)
        and not said.line.text.isupper()
    ):
        begins = said.norm(first) in ORDINARY and said.label(first) in ("", "day")
    else:
        begins = said.label(first) == "day" and not _NO_SURNAMES.match(said.norm(run[-1])) and len(run) == 2
    return said.text_of(list(range(len(said.line.tokens)))) if begins else None


def answer(said: NameWords) -> str | None:
    """The name that answers the question, with nothing or little around it."""
    if not said.asked or _QUESTION.match(said.line.words):
        return None
    segments = list(segments_of(said))
    if len(segments) == 2 and _is_last_first(said, segments):
        return f"{said.text_of(segments[1])} {said.text_of(segments[0])}"
    candidates = [s for s in segments if _is_answer(said, s)]
    if not candidates:
        return _ending(said)
    marks = [m.end() for m in CORRECTION.finditer(said.line.words)]
    late = [s for s in candidates if marks and said.line.tokens[s[0]].at >= marks[-1]]
    if late and len(late[0]) == 1 < len(candidates[0]):
        before = said.text_of(candidates[0])
        if (whole := corrected(said, before)) != before:
            return whole  # "Sara Lund, or rather Sarah"
    pool = late or candidates
    full = [s for s in pool[1:] if len(pool[0]) == 1 < len(s) and all(map(said.is_written_as_name, s))]
    return said.text_of((full or pool)[0])


def _ending(said: NameWords) -> str | None:
    """The name in capitals that ends an answer: "they all know me as Ana Lind"."""
    run: list[int] = []
    for place in range(len(said.line.tokens) - 1, -1, -1):
        if said.is_written_as_name(place):
            run.insert(0, place)
        elif (
            run and not (said.norm(place) == "-" and said.line.tokens[place].end == said.line.tokens[run[0]].start)
        ) or said.letters(place):
            break
    lead = said.norm(run[0] - 1) if run and run[0] else ""
    return said.text_of(run) if len(run) > 1 and lead not in NOT_BEFORE_A_SIGNATURE - {"that", "like"} else None


def _is_last_first(said: NameWords, segments: list[list[int]]) -> bool:
    if len(said.line.tokens) != 1 + sum(map(len, segments)) or any(not 1 <= len(s) <= 3 for s in segments):
        return False
    between = said.line.words[said.line.tokens[segments[0][-1]].at : said.line.tokens[segments[1][0]].at]
    last, first = segments
    while len(last) > 1 and said.norm(last[0]) in PARTICLES:
        last = last[1:]
    known = said.knows(last[0]), said.knows(first[0])
    capital = all(said.line.raw(s[0])[:1].isupper() for s in (last, first))
    plain = all(said.letters(place) and said.norm(place) not in ORDINARY - ALSO_NAMES for s in segments for place in s)
    return "," in between and plain and not known[1] and len(last) == 1 and (capital or not known[0])


def _is_answer(said: NameWords, segment: list[int]) -> bool:
    if not 1 <= len(segment) <= _LONGEST or not all(said.letters(place) for place in segment):
        return False
    norms = [said.norm(place) for place in segment]
    if any(norm in ORDINARY and norm not in ALSO_NAMES for norm in norms) and not is_surname(said, segment):
        return False
    known = [said.knows(place) for place in segment]
    if not any(known):
        return True
    if len(segment) == 1:
        return (
            norms[0] in ALSO_NAMES
            and said.label(segment[0]) not in ("body", "treatment")
            and not norms[0].endswith("day")
        )
    first, rest = known[0], known[1:]
    if said.label(segment[0]) == "day" and not any(rest):  # "Friday Mbeki", "Thu H\u00e0 Nguy\u1ec5n"
        return all(said.line.raw(place)[:1].isupper() for place in segment)
    return (not first and len(segment) <= 3) or (
        norms[0] in ALSO_NAMES and (not all(rest) or all(n in ALSO_NAMES | {"march"} for n in norms[1:]))
    )
