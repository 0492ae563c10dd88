"""The areas of the body in a line: the catalogue's name of each for looking things up, and the visitor's own words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from lamoon.booking.reading.corrections import after_correction
from lamoon.booking.reading.line import Line
from lamoon.booking.reading.phrases import phrases

_SAYS: Final = phrases("wishes")
_SIDES: Final = phrases("sides")
_PART: Final = phrases("body").named()
_CHECKED: Final = frozenset("back hand head foot arm chest leg".split())
"""Parts whose words often mean something else."""
_OWNER: Final = re.compile(r"\b(?:my|his|her|their|our|your)\b")
_LETTER: Final = {"l": "left", "r": "right"}


@dataclass(frozen=True)
class Area:
    """A named area.

    Attributes:
        part: the catalogue's name, in the singular.
        words: the visitor's, with the side: "right shoulder blade"; empty if they add nothing to the name.
    """

    part: str
    words: str = ""


def areas(line: Line) -> list[Area]:
    """Return the areas wished, in the order of the message; after a correction only the later ones."""
    found = []
    for match in list(line.find(_PART)):
        name = str(match.lastgroup)
        before, after = line.open[: match.start()], line.open[match.end() :]
        if _SAYS["no_part_after"].match(after):
            continue
        if name in _CHECKED and not _is_part(match[0], before, after):
            continue
        line.take(*match.span(), "body")
        lead = _SIDES["before"].search(before)
        if not _SAYS["not_part"].search(before[: lead.start()] if lead else before):
            found.append((match.start(), Area(name, _words(line, match))))
    named = after_correction(line, found)
    if any(area.part == "lower_back" for area in named) and re.search(r"\blower (?:half|part|bit) of it\b", line.words):
        named = [area for area in named if area.part != "back"]
    return list(dict.fromkeys(named))


def left_out(line: Line, withdrawn: Iterable[tuple[int, int]]) -> list[str]:
    """Return the parts of withdrawn or excluded areas: "a facial instead of the foot massage"."""
    found = [part for start, end in withdrawn for part in _PART.finditer(line.words[start:end])]
    found += [part for part in _PART.finditer(line.words) if _SIDES["left_out"].search(line.words[: part.start()])]
    return list(dict.fromkeys(str(part.lastgroup) for part in found))


def other_side(line: Line) -> str:
    """Return the side to which a message without an area corrects a known one: "left", "right", "other" or "both"."""
    found = _SIDES["corrected"].search(line.words)
    return next((side for side in found.groups() if side), "other") if found else ""


def _words(line: Line, match: re.Match[str]) -> str:
    """Return the visitor's words for an area: with its side, and without "my"."""
    lead = _SIDES["before"].search(line.words[: match.start()])
    tail = _SIDES["after"].match(line.words, match.end()) or _SIDES["beside"].match(line.words, match.end())
    aside = tail is not None and "side" in tail.groupdict()
    begin, end = lead.start() if lead else match.start(), tail.end() if tail and not aside else match.end()
    words = " ".join(_written(line, begin, end))
    words = re.sub(r"\bboth (?:of )?the ", "both ", _OWNER.sub("the", words)).removeprefix("the ")
    if tail and aside:
        return f"{_LETTER.get(tail['side'], tail['side'])} {words}"
    attributive = not words.endswith("s") and _SIDES["of_a_treatment"].match(line.words, match.end())
    return "" if (attributive and not (lead and lead[0]) and not tail) or words.endswith(" it") else words


def _written(line: Line, begin: int, end: int) -> Iterator[str]:
    """Yield the words of a span, in small letters except short forms: "IT band"."""
    for place in line.places(begin, end):
        norm, raw = line.tokens[place].norm, line.raw(place)
        abbreviated = raw.isupper() and len(raw) > 1 and raw.lower() == norm and not line.text.isupper()
        yield raw if abbreviated else _LETTER.get(norm, norm)


def _is_part(words: str, before: str, after: str) -> bool:
    if words == "head" and re.match(r" (?:over|out|start|of (?:the|hr)|office|down|massage of)", after):
        return False
    if words in ("hand", "hands", "foot", "head") and re.search(r"\b(?:on|in) $", before):
        return False
    if words == "back" and (re.match(r" to back\b", after) or before.endswith("back to ")):
        return False
    if words.endswith("back") and _SAYS["back_after"].match(after):
        return False
    return bool(_SAYS["my_part"].match(words)) or not _SAYS["no_part_before"].search(before)
