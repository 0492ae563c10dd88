"""Takes personal data out of a phrase before the assistant may learn from it.

A visitor's message tells who she is in few ways: the names that she gave with a request, numbers, addresses, links,
dates. Each is replaced by an everyday word of its kind, so that the phrase stays one that people could write. Somebody
of the team reads every phrase before it leaves the desk: names that nobody gave cannot be found by a machine.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import phonenumbers

MONTHS = "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
DAY = r"\d{1,2}(?:st|nd|rd|th)?"
PATTERNS = (
    (re.compile(r"[\w.+-]+\s?@\s?[\w-]+(?:\.[\w-]+)+"), "my email"),
    (re.compile(r"(?:https?://|www\.)\S+", re.I), "a link"),
    (re.compile(r"(?<!\w)@\w{2,}"), "my account"),
    (re.compile(rf"\b(?:{DAY}(?: of)? (?:{MONTHS})|(?:{MONTHS})\.? {DAY})\b(?:,? ?\d{{4}})?", re.I), "that day"),
    (re.compile(r"\b\d{4}-\d{1,2}-\d{1,2}\b|\b\d{1,2}[./-]\d{1,2}[./-]\d{2,4}\b"), "that day"),
    (re.compile(r"\b\d{1,5}\s+(?:[A-Z][\w'.-]*\s+){1,3}(?:street|st|road|rd|avenue|ave|lane|ln|drive|dr|close|court|way)\b", re.I), "my street"),
    (re.compile(r"\bLM-[0-9A-Z]{5}\b", re.I), "my reference"),
    (re.compile(r"\+?\d(?:[\s().-]*\d){6,}"), "my number"),
)  # fmt: skip
INTRODUCED = re.compile(
    r"\b((?:my (?:full )?name(?:'s| is)|i am called|call me|this is|regards,?|yours,?|it's|i'm|i am)\s+)"
    r"([A-Z][\w'-]+(?:\s+[A-Z][\w'-]+){0,2})"
)
MASK = "Sam"


def masked(text: str, names: Iterable[str], country: str) -> str:
    """The text without personal data, on one line.

    Args:
        text: what a visitor wrote.
        names: the names that the visitor has given; each word of them counts, in any case of letters.
        country: two letters, for phone numbers written without a country code.
    """
    text = " ".join(text.split())
    for match in reversed(list(phonenumbers.PhoneNumberMatcher(text, country))):
        text = f"{text[: match.start]}my number{text[match.end :]}"
    for pattern, word in PATTERNS:
        text = pattern.sub(word, text)
    text = INTRODUCED.sub(rf"\1{MASK}", text)
    for word in sorted({part for name in names for part in name.split() if len(part) > 1}, key=len, reverse=True):
        text = re.sub(rf"\b{re.escape(word)}\b", MASK, text, flags=re.I)
    return re.sub(rf"\b{MASK}(?: {MASK})+\b", MASK, text)
