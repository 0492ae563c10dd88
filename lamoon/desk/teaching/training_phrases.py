"""Training phrases at the desk: titles of their labels, and what personal data is masked in them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache

import phonenumbers

from lamoon.contract import TOPIC_INTENT, topic_of
from lamoon.intents import shared_intents
from lamoon.knowledge import Topics, load_topics

NO_LABEL = "No answer at all"


@cache
def topics() -> Topics:
    """The guide's topics, loaded once."""
    return load_topics()


def title(label: str, topics: Topics) -> str:
    """The title of a label. One for questions that the guide does not cover says so."""
    if topic_of(label) in topics.titles:
        return topics.titles[topic_of(label)]
    kind, _, name = label.partition("/")
    if kind == "out_of_scope" and name:
        return f"Not in the guide: {name.replace('_', ' ')}"
    intent = shared_intents().by_name.get(label)
    return intent.meaning if intent else label or NO_LABEL


def choices(labels: Iterable[str], topics: Topics) -> Mapping[str, list[tuple[str, str]]]:
    """All labels by group, (label, title), in reading order."""
    groups: dict[str, list[tuple[str, str]]] = {"Topics of the guide": [], "Not in the guide": [], "Other": []}
    for label in labels:
        kind = label.partition("/")[0]
        group = {TOPIC_INTENT: "Topics of the guide", "out_of_scope": "Not in the guide"}.get(kind, "Other")
        groups[group].append((label, title(label, topics)))
    return {group: sorted(found, key=lambda pair: pair[1]) for group, found in groups.items() if found}


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
        names: the names that the visitor gave; each word counts, in any case.
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
