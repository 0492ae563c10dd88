"""Words in an answer that need support: medical and tool terms, names, and promises that are never made."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from lamoon.errors import KnowledgeError
from lamoon.text.clean import straight_quotes

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
    """A word or number with its place in the text. `text` is in lower case without a possessive ending."""

    raw: str
    text: str
    start: int
    end: int

    @property
    def stem(self) -> str:
        return stem(self.text)


def tokens(text: str) -> list[Token]:
    """Return every word, number and currency sign of the text. `80 percent` equals `80%`, `2,000` equals `2000`."""
    folded = straight_quotes(unicodedata.normalize("NFC", text))
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
    """Return the word without a plural ending, for comparisons only; not necessarily a word."""
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
    """Return the number of a token in a common form, or nothing. `one` counts only before a unit: `one week`."""
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
    """Return the currency that a token names, or nothing."""
    named = _CURRENCIES.get(token.text, token.stem)
    return named if named in CURRENCY_WORDS else None


def number_forms(words: frozenset[str]) -> frozenset[str]:
    """Return the given words, and the digits of number words."""
    return words | {_SPELLED[word] for word in words if word in _SPELLED}


def sentences(text: str) -> list[tuple[int, int]]:
    """Return start and end of each sentence of the text."""
    spans = []
    start = 0
    for match in _SENTENCE_END.finditer(text):
        spans.append((start, match.end(1)))
        start = match.end()
    if text[start:].strip():
        spans.append((start, len(text)))
    return spans


def run_words(text: str) -> list[str]:
    """Return the words for comparing runs with another text: letters and digits only, apostrophes removed."""
    return _RUN_WORD.findall(text.lower().replace("\u2019", "").replace("'", ""))


DEFAULT_PATH: Final = Path(__file__).with_name("medical_terms.txt")

# Names that need no support in the guide.
OWN_NAMES: Final = frozenset({"i", "la", "moon", "massage", "facial", "mfr", "smr"})

# Terms that a reply outside the guide may use: to repeat the question, to decline, to refer to a professional.
ALLOWED_IN_PLAIN: Final = frozenset(
    {
        "pain", "injury", "illness", "symptom", "medication", "medicine", "prescription", "diagnosis", "pregnancy",
        "acupuncture", "chiropractic", "osteopathic", "physiotherapy", "physical therapy", "physician", "midwife",
        "breastfeeding", "supplement", "allergy", "skin", "roller", "deep tissue",
        "swedish massage", "sports massage", "thai massage", "hot stone", "shiatsu", "reiki", "reflexology", "rolfing",
        "yoga", "sauna",
    }
)  # fmt: skip

_PROMISE: Final = re.compile(
    r"\b(?:guarant\w+|promis(?:e|es|ed|ing)|cur(?:e|es|ed|ing)|miracle\w*|permanent(?:ly)?|forever|instant(?:ly)?"
    r"|definitely|proven|once and for all|for good"
    r"|(?:will|'ll) (?:\w+ly )?(?:fix|heal|cure|solve|eliminate|remove|get rid|be fine|be gone|go away)"
    r"|(?:always|never) (?:works?|fails?|helps?)"
    r"|(?:completely|totally|perfectly|entirely|absolutely|always) (?:safe|painless|harmless)"
    r"|(?:no|without) (?:risks?|side[- ]effects?)|(?:risk|pain|side[- ]effect)[- ]free"
    r"|(?:certain|sure|bound) to (?!ask|tell|let|share|mention|check|call|say|see)\w+"
    r"|nothing to worry about|(?:probably|surely) (?:just|only|nothing))\b"
    r"|\b100 ?(?:%|percent|per cent)",
    re.IGNORECASE,
)
_DENIED: Final = re.compile(
    r"(?:\b(?:no|not|never|cannot|without)|n't)(?! (?:only|just|doubt))(?: [\w']+){0,3} $", re.IGNORECASE
)


@dataclass(frozen=True)
class Term:
    """A term and its forms, each as the stems of its words."""

    name: str
    forms: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class FoundTerm:
    """A term in a text, from the first to the last of its tokens."""

    term: Term
    first: int
    last: int


def load_terms(path: Path = DEFAULT_PATH) -> tuple[Term, ...]:
    """Read a term list: one term per line, its forms after commas, `#` starts a comment."""
    terms: list[Term] = []
    seen: dict[tuple[str, ...], int] = {}
    for line, content in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        names = [name.strip() for name in content.partition("#")[0].split(",") if name.strip()]
        forms = []
        for name in names:
            form = tuple(token.stem for token in tokens(name))
            if form in seen and form not in forms:
                problem = f"{name!r} is here a second time (first in line {seen[form]})"
                raise KnowledgeError(str(path), line, problem, "each form once", "remove one")
            seen[form] = line
            forms.append(form)
        if names:
            terms.append(Term(names[0], tuple(dict.fromkeys(forms))))
    return tuple(terms)


@cache
def medical_terms() -> tuple[Term, ...]:
    """Return the project's list of medical terms."""
    return load_terms()


def find_terms(words: Sequence[Token], terms: Sequence[Term]) -> list[FoundTerm]:
    """Return every term in the text, including nested ones."""
    stems = [stem(word.text) for word in words]
    by_first: dict[str, list[tuple[tuple[str, ...], Term]]] = {}
    for term in terms:
        for form in term.forms:
            by_first.setdefault(form[0], []).append((form, term))
    return [
        FoundTerm(term, i, i + len(form) - 1)
        for i, first in enumerate(stems)
        for form, term in by_first.get(first, [])
        if tuple(stems[i : i + len(form)]) == form
    ]


def is_name(token: Token, sentence_start: bool) -> bool:
    """Return whether a word looks like a proper name other than our own."""
    own = token.raw.split("'")[0].lower() in OWN_NAMES
    return token.raw[0].isupper() and not sentence_start and not own


def promises(text: str) -> list[str]:
    """Return the promises in the text. `It is not a promise` and `we can't guarantee` are not promises."""
    folded = " ".join(straight_quotes(unicodedata.normalize("NFC", text)).split())
    return [match.group() for match in _PROMISE.finditer(folded) if not _DENIED.search(folded[: match.start()])]
