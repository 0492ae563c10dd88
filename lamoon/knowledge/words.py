"""Words, numbers and sentences of a text, read the same way in the guide and in an answer."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

_TOKEN: Final = re.compile(
    r"[$£€]|(?:\d[\d,.]*\d|\d)(?:%|(?:st|nd|rd|th|s|d)\b)?|[^\W\d_]+(?:'[^\W\d_]+)*",
    re.IGNORECASE,
)
_PER_CENT: Final = re.compile(r"(?<=\d)\s*(?:percent|per cent)\b", re.IGNORECASE)
_SENTENCE_END: Final = re.compile(r"([.!?…]+[\"”)\]]*)\s+(?=[\"“(\[]?[A-Z0-9{])")
_RUN_WORD: Final = re.compile(r"[a-z0-9]+")
_SPELLED: Final = {
    name: str(value)
    for value, name in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen nineteen twenty".split()
    )
} | {name: str(10 * value) for value, name in enumerate("thirty forty fifty sixty seventy eighty ninety".split(), 3)}
_OTHER_NUMBERS: Final = frozenset(
    "hundred thousand million billion dozen couple half quarter twice thrice double triple third fourth fifth sixth "
    "seventh eighth ninth tenth".split()
)
_CURRENCIES: Final = {"$": "dollar", "£": "pound", "€": "euro", "usd": "dollar", "gbp": "pound", "eur": "euro"}
CURRENCY_WORDS: Final = frozenset({*_CURRENCIES.values(), "cent", "quid", "buck"})
UNITS: Final = frozenset(
    "minute min hour day week month year decade session visit time percent pound inch people patient".split()
)


@dataclass(frozen=True)
class Token:
    """A word or number with its place in the text. `text` is its lower-cased form without a possessive ending."""

    raw: str
    text: str
    start: int
    end: int

    @property
    def stem(self) -> str:
        return stem(self.text)


def fold(text: str) -> str:
    """Straight quotes and compatible letters, without changing what is said."""
    return unicodedata.normalize("NFC", text).replace("\u2019", "'").replace("\u2018", "'")


def tokens(text: str) -> list[Token]:
    """Every word, number and currency sign of the text. `80 percent` reads like `80%`, `2,000` like `2000`."""
    folded = fold(text)
    found: list[Token] = []
    for match in _TOKEN.finditer(folded):
        if found and match.start() < found[-1].end:
            continue
        raw, end = match.group(), match.end()
        form = raw.lower()
        if raw[0].isdigit():
            form = re.sub(r",(?=\d{3})", "", form)
            if per_cent := _PER_CENT.match(folded, end):
                form, raw, end = f"{form}%", folded[match.start() : per_cent.end()], per_cent.end()
        form = form.removesuffix("'s").replace("'", "")
        found.append(Token(raw, form, match.start(), end))
    return found


def stem(word: str) -> str:
    """The word without a plural ending; the same for both sides of a comparison, not a word of its own."""
    if len(word) < 4 or not word.isalpha():
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "xes", "zes", "ches", "shes")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def number(token: Token, following: Token | None = None) -> str | None:
    """The number a token states in its common form, or nothing. `one` counts only before a unit: `one week`."""
    if token.text[0].isdigit():
        return token.text
    if token.text == "one":
        return "1" if following and following.stem in UNITS else None
    if token.text in _SPELLED:
        return _SPELLED[token.text]
    if token.text in _OTHER_NUMBERS:
        return token.text
    return None


def currency(token: Token) -> str | None:
    """The currency a token names, or nothing."""
    named = _CURRENCIES.get(token.text, token.stem)
    return named if named in CURRENCY_WORDS else None


def number_forms(words: frozenset[str]) -> frozenset[str]:
    """The given words, and their digits where a word is a spelled number."""
    return words | {_SPELLED[word] for word in words if word in _SPELLED}


def sentences(text: str) -> list[tuple[int, int]]:
    """Start and end of each sentence of the text."""
    spans = []
    start = 0
    for match in _SENTENCE_END.finditer(text):
        spans.append((start, match.end(1)))
        start = match.end()
    if text[start:].strip():
        spans.append((start, len(text)))
    return spans


def run_words(text: str) -> list[str]:
    """Words as they count in a run shared with another text: letters and digits only, apostrophes closed up."""
    return _RUN_WORD.findall(text.lower().replace("\u2019", "").replace("'", ""))
