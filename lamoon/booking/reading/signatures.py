"""Names as signatures: beside a contact, at the end or the start of a message, or as the address spells them."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from lamoon.booking.reading.name_words import ALSO_NAMES, NOT_BEFORE_A_SIGNATURE, ORDINARY, PARTICLES, NameWords
from lamoon.booking.reading.segments import OPENS_AN_ANSWER, SIGN_OFF, segments_of
from lamoon.text.clean import fold_accents
from lamoon.text.spelling import read_known_words

_OF_A_CONTACT: Final = re.compile(r"<(?:phone|email)> (?:is|'s|was|works|will be|should be)(?: \w+)? $")
_PARTS_OF_ADDRESS: Final = re.compile(r"[._+-]|\d+")


def as_address(said: NameWords) -> str | None:
    """The words that the address in the message is made of: "May Friday, may.friday@example.com"; the last ones of several."""
    tokens, found = said.line.tokens, None
    for address in (token for token in tokens if token.norm == "<email>"):
        local = fold_accents(said.line.text[address.start : address.end].partition("@")[0]).lower()
        parts = [part for part in _PARTS_OF_ADDRESS.split(local) if part]
        for size in (2, 3):
            for run in zip(*(range(at, len(tokens)) for at in range(size)), strict=False):
                if all(map(said.letters, run)) and _makes(said, list(run), parts):
                    found = said.text_of(list(run))
    return found


def _makes(said: NameWords, run: list[int], parts: list[str]) -> bool:
    words = [fold_accents(said.line.raw(place)).lower() for place in run]
    if any(word in PARTICLES or word in OPENS_AN_ANSWER for word in (words[0], words[-1])):
        return False
    if len(parts) == 1:
        return parts[0] in ("".join(words), "".join(reversed(words))) and min(map(len, words)) > 1
    return words in (parts, parts[::-1])


def signature(said: NameWords) -> str | None:
    """A segment of a few names: beside a contact, at the end, or at the start."""
    segments = list(segments_of(said, with_contacts=True))
    scored = []
    for at, segment in enumerate(segments):
        if isinstance(segment[0], str):
            continue
        score = _score(said, segments, at)
        if score:
            scored.append((score, at, said.text_of(segment)))
    return max(scored)[2] if scored else None


def _score(said: NameWords, segments: list[list[int]], at: int) -> int:
    segment = segments[at]
    if not 1 <= len(segment) <= 4:
        return 0
    norms = [said.norm(place) for place in segment]
    before = segment[0] - 1
    if before >= 0 and said.letters(before) and not said.knows(before) and said.norm(before) in NOT_BEFORE_A_SIGNATURE:
        return 0
    if len(norms) == 1 and len(norms[0]) == 1 and norms[0].isascii():
        return 0
    if not said.line.raw(segment[0])[:1].isupper() and _OF_A_CONTACT.search(
        said.line.words[: said.line.tokens[segment[0]].at]
    ):
        return 0  # "646 555 0181 is current"
    pair = len(segment) > 1 and any(norm not in ORDINARY for norm in norms)
    if any(
        not said.letters(place)
        or (norm in ORDINARY and not (pair and norm in ALSO_NAMES))
        or (said.knows(place) and (norm not in ALSO_NAMES or len(segment) == 1))
        for place, norm in zip(segment, norms, strict=True)
    ):
        return 0
    raws = [said.line.raw(place) for place in segment]
    written = (
        all(
            raw[0].isupper() or not raw[0].islower() or raw.lower() in PARTICLES or said.norm(place - 1) == "-"
            for raw, place in zip(raws, segment, strict=True)
        )
        and not raws[0].islower()
    )
    if len(segment) == 1 and norms[0] not in ALSO_NAMES and _is_form(norms[0]) and (segment[0] == 0 or not written):
        return 0  # "Relieved, put me down for friday"
    if written and segment[0] == 0 and len(segment) == 1 and raws[0].isascii() and not _near_contact(said, segment):
        written = len(norms[0]) > 2 and said.ends_at_comma(segment) and at == 0 and len(said.line.tokens) > 4
    near = _near_contact(said, segment)
    last = segment[-1] >= len(said.line.tokens) - 2
    if not written and said.capitals and any(raw[0].isupper() for raw in raws):
        return 0
    signed = last and before >= 0 and _is_sign_off(said, before)
    if not written and not ((near or signed) and said.plain):
        return 0
    if not written and (
        len(segment) > 3 or any(len(n) < 2 for n in norms[:1]) or (len(segment) == 1 and not near and not signed)
    ):
        return 0
    return 1 + 4 * written + 2 * near + last + (len(segment) > 1)


def _is_sign_off(said: NameWords, place: int) -> bool:
    """Whether a signature follows: "thanks james", "cheers, james"."""
    while place >= 0 and not said.letters(place):
        place -= 1
    return place >= 0 and said.norm(place) in SIGN_OFF


def _near_contact(said: NameWords, segment: list[int]) -> bool:
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
    after = next((said.norm(p) for p in range(segment[-1] + 1, len(said.line.tokens)) if said.norm(p) not in skip), "")
    before = next((said.norm(p) for p in range(segment[0] - 1, -1, -1) if said.norm(p) not in skip), "")
    return bool({after, before} & {"<phone>", "<email>"})


@lru_cache(maxsize=1)
def _frequent() -> frozenset[str]:
    return frozenset(read_known_words())


def _is_form(word: str) -> bool:
    """Whether a word is a form of an English verb, or an adjective that forms others: "relieved", "current"."""
    stem = re.sub(r"(?:ed|ing)$", "", word)
    if stem != word and not _frequent().isdisjoint((stem, f"{stem}e", stem[:-1])):
        return True
    return word in _frequent() and not _frequent().isdisjoint((f"{word}ly", f"{word}ness"))
