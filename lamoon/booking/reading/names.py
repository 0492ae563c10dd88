"""The name in a message: after an introduction, as a signature, next to a contact, or as the answer to the question.

A wrong name is worse than a missing one. Words for days, body parts, treatments, kin and everyday words are not names,
except in a place where only a name fits: "April March" as the answer to who is coming.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from lamoon.booking.reading.corrections import CORRECTION, corrected
from lamoon.booking.reading.introductions import in_parts, introduced, of_another, of_kin, titled
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
    """Return the name of the person treated if given, else of the writer.

    Args:
        line: with the words of other readers marked as consumed.
        asked: the open question.
        entities: places in the message that the document excludes as names.
        couple: whether the writer comes too.
        therapist: the name of a requested therapist, if any.
    """
    for place in range(len(line.tokens)):
        if therapist and line.raw(place) == therapist:
            line.labels[place] = "therapist"
    name_words = NameWords(line, asked, entities)
    kin = None if couple else of_kin(name_words)
    name = (
        of_another(name_words)
        or kin
        or titled(name_words)
        or in_parts(name_words)
        or whole_answer(name_words)
        or introduced(name_words)
        or as_address(name_words)
        or answer(name_words)
        or signature(name_words)
    )
    return corrected(name_words, name) if name else None


def whole_answer(name_words: NameWords) -> str | None:
    """Return an answer of two or three words as a name, everyday words included: "Oh Ha-neul", "tuesday moss"."""
    run = [place for place in range(len(name_words.line.tokens)) if name_words.norm(place) != "-"]
    if not name_words.asked or not 2 <= len(run) <= 3 or not all(map(name_words.letters, run)):
        return None
    if len(run) < len(name_words.line.tokens) and "," in name_words.line.text:
        return None
    first, rest = run[0], run[1:]
    others = [name_words.norm(place) not in ORDINARY and not name_words.knows(place) for place in rest]
    if name_words.norm(first) in OPENS_AN_ANSWER | TITLES or not all(others):
        return None
    if (
        all(name_words.line.raw(place)[0].isupper() or name_words.norm(place - 1) == "-" for place in run)
        and not name_words.line.text.isupper()
    ):
        begins = name_words.norm(first) in ORDINARY and name_words.label(first) in ("", "day")
    else:
        begins = name_words.label(first) == "day" and not _NO_SURNAMES.match(name_words.norm(run[-1])) and len(run) == 2
    return name_words.text_of(list(range(len(name_words.line.tokens)))) if begins else None


def answer(name_words: NameWords) -> str | None:
    """Return the name that answers the question, with little or nothing around it."""
    if not name_words.asked or _QUESTION.match(name_words.line.words):
        return None
    segments = list(segments_of(name_words))
    if len(segments) == 2 and _is_last_first(name_words, segments):
        return f"{name_words.text_of(segments[1])} {name_words.text_of(segments[0])}"
    candidates = [s for s in segments if _is_answer(name_words, s)]
    if not candidates:
        return _ending(name_words)
    marks = [m.end() for m in CORRECTION.finditer(name_words.line.words)]
    late = [s for s in candidates if marks and name_words.line.tokens[s[0]].at >= marks[-1]]
    if late and len(late[0]) == 1 < len(candidates[0]):
        before = name_words.text_of(candidates[0])
        if (whole := corrected(name_words, before)) != before:
            return whole  # "Sara Lund, or rather Sarah"
    pool = late or candidates
    full = [s for s in pool[1:] if len(pool[0]) == 1 < len(s) and all(map(name_words.is_written_as_name, s))]
    return name_words.text_of((full or pool)[0])


def _ending(name_words: NameWords) -> str | None:
    """Return the capitalised name at the end of an answer: "they all know me as Ana Lind"."""
    run: list[int] = []
    for place in range(len(name_words.line.tokens) - 1, -1, -1):
        if name_words.is_written_as_name(place):
            run.insert(0, place)
        elif (
            run
            and not (
                name_words.norm(place) == "-"
                and name_words.line.tokens[place].end == name_words.line.tokens[run[0]].start
            )
        ) or name_words.letters(place):
            break
    lead = name_words.norm(run[0] - 1) if run and run[0] else ""
    return name_words.text_of(run) if len(run) > 1 and lead not in NOT_BEFORE_A_SIGNATURE - {"that", "like"} else None


def _is_last_first(name_words: NameWords, segments: list[list[int]]) -> bool:
    if len(name_words.line.tokens) != 1 + sum(map(len, segments)) or any(not 1 <= len(s) <= 3 for s in segments):
        return False
    between = name_words.line.words[
        name_words.line.tokens[segments[0][-1]].at : name_words.line.tokens[segments[1][0]].at
    ]
    last, first = segments
    while len(last) > 1 and name_words.norm(last[0]) in PARTICLES:
        last = last[1:]
    known = name_words.knows(last[0]), name_words.knows(first[0])
    capital = all(name_words.line.raw(s[0])[:1].isupper() for s in (last, first))
    plain = all(
        name_words.letters(place) and name_words.norm(place) not in ORDINARY - ALSO_NAMES
        for s in segments
        for place in s
    )
    return "," in between and plain and not known[1] and len(last) == 1 and (capital or not known[0])


def _is_answer(name_words: NameWords, segment: list[int]) -> bool:
    if not 1 <= len(segment) <= _LONGEST or not all(name_words.letters(place) for place in segment):
        return False
    norms = [name_words.norm(place) for place in segment]
    if any(norm in ORDINARY and norm not in ALSO_NAMES for norm in norms) and not is_surname(name_words, segment):
        return False
    known = [name_words.knows(place) for place in segment]
    if not any(known):
        return True
    if len(segment) == 1:
        return (
            norms[0] in ALSO_NAMES
            and name_words.label(segment[0]) not in ("body", "treatment")
            and not norms[0].endswith("day")
        )
    first, rest = known[0], known[1:]
    if name_words.label(segment[0]) == "day" and not any(rest):  # "Friday Mbeki", "Thu H\u00e0 Nguy\u1ec5n"
        return all(name_words.line.raw(place)[:1].isupper() for place in segment)
    return (not first and len(segment) <= 3) or (
        norms[0] in ALSO_NAMES and (not all(rest) or all(n in ALSO_NAMES | {"march"} for n in norms[1:]))
    )
