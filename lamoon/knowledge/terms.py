"""Words in an answer that must be borne out: medical and tool terms, names, and promises that are never made."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from lamoon.errors import KnowledgeError
from lamoon.knowledge.words import Token, fold, stem, tokens

DEFAULT_PATH: Final = Path(__file__).with_name("medical_terms.txt")

# Names that need no line of the guide.
OWN_NAMES: Final = frozenset({"i", "la", "moon", "massage", "facial", "mfr", "smr"})

# Terms a reply outside the guide may use: to say back what was asked, to decline, to point to a professional.
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
    """Read a term list: one term a line, its forms after commas, `#` starts a remark."""
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
    """The project's own list."""
    return load_terms()


def find_terms(words: Sequence[Token], terms: Sequence[Term]) -> list[FoundTerm]:
    """Every term in the text, also one inside another."""
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
    """Whether a word looks like a proper name that is not our own."""
    own = token.raw.split("'")[0].lower() in OWN_NAMES
    return token.raw[0].isupper() and not sentence_start and not own


def promises(text: str) -> list[str]:
    """Promises the text makes. `It is not a promise` and `we can't guarantee` make none."""
    folded = " ".join(fold(text).split())
    return [match.group() for match in _PROMISE.finditer(folded) if not _DENIED.search(folded[: match.start()])]
