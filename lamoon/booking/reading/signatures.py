"""Names as signatures: next to a contact, at the end or the start of a message, or as spelled in the address."""

from __future__ import annotations

import re
from typing import Final

from lamoon.booking.reading.name_words import (
    ALSO_NAMES,
    NOT_BEFORE_A_SIGNATURE,
    ORDINARY,
    PARTICLES,
    NameWords,
    is_form,
)
from lamoon.booking.reading.segments import OPENS_AN_ANSWER, SIGN_OFF, segments_of
from lamoon.text.clean import fold_accents

_OF_A_CONTACT: Final = re.compile(r"<(?:phone|email)> (?:is|'s|was|works|will be|should be)(?: \w+)? $")
_PARTS_OF_ADDRESS: Final = re.compile(r"[._+-]|\d+")


def as_address(name_words: NameWords) -> str | None:
    """Return the words that form the address in the message: "May Friday, may.friday@example.com"; the last ones of
    several.
    """
    tokens, found = name_words.line.tokens, None
    for address in (token for token in tokens if token.norm == "<email>"):
        local = fold_accents(name_words.line.text[address.start : address.end].partition("@")[0]).lower()
        parts = [part for part in _PARTS_OF_ADDRESS.split(local) if part]
        for size in (2, 3):
            for run in zip(*(range(at, len(tokens)) for at in range(size)), strict=False):
                if all(map(name_words.letters, run)) and _makes(name_words, list(run), parts):
                    found = name_words.text_of(list(run))
    return found


def _makes(name_words: NameWords, run: list[int], parts: list[str]) -> bool:
    words = [fold_accents(name_words.line.raw(place)).lower() for place in run]
    if any(word in PARTICLES or word in OPENS_AN_ANSWER for word in (words[0], words[-1])):
        return False
    if len(parts) == 1:
        return parts[0] in ("".join(words), "".join(reversed(words))) and min(map(len, words)) > 1
    return words in (parts, parts[::-1])


def signature(name_words: NameWords) -> str | None:
    """Return a segment of a few names: next to a contact, at the end, or at the start."""
    segments = list(segments_of(name_words, with_contacts=True))
    scored = []
    for at, segment in enumerate(segments):
        if isinstance(segment[0], str):
            continue
        score = _score(name_words, segments, at)
        if score:
            scored.append((score, at, name_words.text_of(segment)))
    return max(scored)[2] if scored else None


def _score(name_words: NameWords, segments: list[list[int]], at: int) -> int:
    segment = segments[at]
    if not 1 <= len(segment) <= 4:
        return 0
    norms = [name_words.norm(place) for place in segment]
    before = segment[0] - 1
    if (
        before >= 0
        and name_words.letters(before)
        and not name_words.knows(before)
        and name_words.norm(before) in NOT_BEFORE_A_SIGNATURE
    ):
        return 0
    if len(norms) == 1 and len(norms[0]) == 1 and norms[0].isascii():
        return 0
    if not name_words.line.raw(segment[0])[:1].isupper() and _OF_A_CONTACT.search(
        name_words.line.words[: name_words.line.tokens[segment[0]].at]
    ):
        return 0  # "646 555 0181 is current"
    pair = len(segment) > 1 and any(norm not in ORDINARY for norm in norms)
    if any(
        not name_words.letters(place)
        or (norm in ORDINARY and not (pair and norm in ALSO_NAMES))
        or (name_words.knows(place) and (norm not in ALSO_NAMES or len(segment) == 1))
        for place, norm in zip(segment, norms, strict=True)
    ):
        return 0
    raws = [name_words.line.raw(place) for place in segment]
    written = (
        all(
            raw[0].isupper() or not raw[0].islower() or raw.lower() in PARTICLES or name_words.norm(place - 1) == "-"
            for raw, place in zip(raws, segment, strict=True)
        )
        and not raws[0].islower()
    )
    if len(segment) == 1 and norms[0] not in ALSO_NAMES and is_form(norms[0]) and (segment[0] == 0 or not written):
        return 0  # "Relieved, put me down for friday"
    if segment[0] == 0 and len(segment) == 1 and not _near_contact(name_words, segment):
        written = False  # "Marvellous, ...": a greeting, a call or a name
    near = _near_contact(name_words, segment)
    last = segment[-1] >= len(name_words.line.tokens) - 2
    if not written and name_words.capitals and any(raw[0].isupper() for raw in raws):
        return 0
    signed = last and before >= 0 and _is_sign_off(name_words, before)
    if not written and not ((near or signed) and name_words.plain):
        return 0
    if not written and (
        len(segment) > 3 or any(len(n) < 2 for n in norms[:1]) or (len(segment) == 1 and not near and not signed)
    ):
        return 0
    return 1 + 4 * written + 2 * near + last + (len(segment) > 1)


def _is_sign_off(name_words: NameWords, place: int) -> bool:
    """Return whether a signature follows: "thanks james", "cheers, james"."""
    while place >= 0 and not name_words.letters(place):
        place -= 1
    return place >= 0 and name_words.norm(place) in SIGN_OFF


def _near_contact(name_words: NameWords, segment: list[int]) -> bool:
    skip = (
        ",",
        "-",
        "(",
        ")",
        ":",
        "/",
        ".",
        ";",
        "\n",
        "|",
        "at",
        "on",
        "phone",
        "email",
        "telephone",
        "mobile",
        "cell",
        "and",
        "my",
        "number",
        "is",
    )
    after = next(
        (
            name_words.norm(p)
            for p in range(segment[-1] + 1, len(name_words.line.tokens))
            if name_words.norm(p) not in skip
        ),
        "",
    )
    before = next((name_words.norm(p) for p in range(segment[0] - 1, -1, -1) if name_words.norm(p) not in skip), "")
    return bool({after, before} & {"<phone>", "<email>"})
