"""Form-like lists in a message: "allergies: none / clot: 2021, left arm / skin: fine". Each item has a label and an
answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

_DENIES: Final = (
    r"n/a|n\.a\.?|na|no(?:ne|pe|thing|t)?|n|nah|nil|neg(?:ative)?|never|zero|0|false|fine|ok(?:ay)?|clear|normal|"
    r"good|healthy|great|perfect|all (?:good|fine|ok|clear|well)|not applicable|not (?:that )?i know(?: of)?|❌|✗"
)
_AGREES: Final = r"yes|y|yeah|yep|yup|true|ongoing|currently|current|active|✓|✔|✅|(?:19|20)\d\d"
_EXPLICIT: Final = rf"(?:{_DENIES}|{_AGREES})(?![\w'’])"
_LABEL_MARK: Final = r"(?:[:=]|\s[-–—]+\s|[-–—](?=\s*(?:" + _EXPLICIT + r")))"
_SEPARATOR: Final = re.compile(
    rf"\n|[;|•·*]|(?<!\bn)/(?!\s*\d{{2,4}}\b)|[.!](?=\s|$)|,(?=[^,;:=/|\n?(]{{2,40}}?(?:{_LABEL_MARK}|[?(]\s*{_EXPLICIT}))",
    re.IGNORECASE,
)
_LABEL: Final = r"[\W_]*(?:\w:\s*)?(?P<label>[^\W_][^:=?(]{1,60}?)\s*"
_ITEM: Final = re.compile(
    rf"{_LABEL}(?:{_LABEL_MARK}|[?(](?=\s*{_EXPLICIT}))\s*(?P<value>.*)", re.IGNORECASE | re.DOTALL
)
_QUESTION: Final = re.compile(rf"{_LABEL}\?\s*(?P<value>[^?]+)", re.IGNORECASE)
"""An item with a question mark and a free-text answer; it counts only next to other items."""
_DENIAL: Final = re.compile(rf"(?:{_DENIES})(?![\w'’])", re.IGNORECASE)
_AGREEMENT: Final = re.compile(rf"(?:{_AGREES})(?![\w'’])", re.IGNORECASE)
_BLANK: Final = re.compile(r"[-–—_\s.,)xX]*")
_HARMLESS: Final = re.compile(
    r"(?:[\W_]|\b(?:thanks|thank you|thankfully|luckily|so far|at all|ever|whatsoever|known|that i know of|as far as i know|"
    r"to my knowledge|really|problems?|issues?|here|all|good|and|very|never|no|none|had (?:any|one|it))\b)*",
    re.IGNORECASE,
)
_QUALIFIED: Final = re.compile(
    r"\b(?:since|until|till|but|except|apart|besides|any ?more|longer|currently|now|yet|recent(?:ly)?|active|current|new|"
    r"lately|after|with|maybe|idea|clue)\b",
    re.IGNORECASE,
)
_ASKS: Final = re.compile(
    r"\?|^\W*(?:what|why|how|when|can|could|is|are|does|do|should|would|who|where)\b", re.IGNORECASE
)
_PLAIN_DENIAL: Final = re.compile(r"(?:no(?:ne|pe)?|never|nil|n/a|zero)\b", re.IGNORECASE)
_LEAST_ITEMS: Final = 2
_FORM: Final = re.compile(r"[:=?(–—-].*[:=?(–—-]", re.DOTALL)


@dataclass(frozen=True)
class Item:
    """An item: the spans of its label and of the whole item in the text, and whether its answer affirms or denies the
    label; None if that is open.
    """

    start: int
    label_end: int
    end: int
    affirms: bool | None


def items_of(text: str) -> Sequence[Item]:
    """Return the items of a list in a text; empty unless it has at least two items, one of them with a plain answer."""
    if not _FORM.search(text):
        return ()
    items = list(_items(text, _ITEM))
    if len(items) < _LEAST_ITEMS or not any(plain for _, plain in items):
        return ()
    taken = {item.start for item, _ in items}
    more = [found for found in _items(text, _QUESTION) if found[0].start not in taken]
    return [item for item, _ in [*items, *more]]


def _items(text: str, form: re.Pattern[str]) -> Iterator[tuple[Item, bool]]:
    """Yield the items, and whether each has a plain answer such as "no" or a year."""
    start = 0
    for end, after in [*((found.start(), found.end()) for found in _SEPARATOR.finditer(text)), (len(text), len(text))]:
        found = form.fullmatch(text, start, end)
        if found:
            value = found["value"].strip()
            affirms = _affirms(value)
            plain = affirms is False or bool(_AGREEMENT.match(value))
            yield Item(found.start("label"), found.end("label"), end, affirms), plain
        start = after


def _affirms(value: str) -> bool | None:
    """Return whether an answer affirms its label: "2021", "left arm", "ongoing"; "none", "fine" and "-" deny it."""
    if _BLANK.fullmatch(value):
        return False if value else None
    denial = _DENIAL.match(value)
    if denial is None:
        return None if _ASKS.search(value) else True
    rest = value[denial.end() :]
    if _HARMLESS.fullmatch(rest):
        return False
    return None if _QUALIFIED.search(rest) or not _PLAIN_DENIAL.match(value) else False
