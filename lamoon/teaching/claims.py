"""What an answer of the studio's claims, and what bears it out: the guide, studio.yml, or the author's own word."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from lamoon.contract import TOPIC_INTENT, Label
from lamoon.knowledge.article_index import ArticleIndex
from lamoon.knowledge.facts import Facts
from lamoon.knowledge.provenance import MAX_WORDS, Provenance
from lamoon.knowledge.terms import (
    ALLOWED_IN_PLAIN,
    UNITS,
    FoundTerm,
    Token,
    currency,
    find_terms,
    medical_terms,
    number,
    number_forms,
    promises,
    sentences,
    stem,
    tokens,
)
from lamoon.studio import Studio
from lamoon.teaching.lessons import Lesson

LEAST_WORDS: Final = 3
_BRACES: Final = re.compile(r"[{}]")
_PLACEHOLDER: Final = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Finding:
    """Something in an answer.

    Attributes:
        kind: `wrong` never goes live; `amount` and `health` only as the author's own statement.
        said: the words: the amount, or the sentence with the claim.
        why: a sentence for the author.
    """

    kind: Literal["wrong", "amount", "health"]
    said: str
    why: str


def read_answer(lesson: Lesson, supports: Collection[str], placeholders: Collection[str]) -> list[Finding]:
    """What is wrong in a lesson's answer, and what only the author can answer for, whether stated already or not.

    Args:
        lesson: one with a text.
        supports: words and numbers that the guide's lines or studio.yml bear out (`support_of`).
        placeholders: names that may be in braces.
    """
    return [*_broken(lesson.text, placeholders), *_amounts(lesson.text, supports), *_health(lesson.text, supports)]


def unanswered(lesson: Lesson, findings: Collection[Finding]) -> list[Finding]:
    """The findings that keep the lesson from going live."""
    return [one for one in findings if one.kind == "wrong" or one.said not in lesson.stated]


def support_of(
    lesson: Lesson, provenance: Provenance, facts: Facts, index: ArticleIndex, studio: Studio
) -> frozenset[str]:
    """The words and numbers that a lesson may use without a statement of its own."""
    lines: list[int] = []
    if lesson.kind == "fact":
        fact = facts.by_id.get(lesson.label)
        lines += fact.lines if fact else ()
    elif Label.parse(lesson.label).intent == TOPIC_INTENT:
        lines += [line for claim in provenance.claims.get(lesson.label, ()) for line in claim.lines]
    return index.supports(lines) | studio_words(studio)


def studio_words(studio: Studio) -> frozenset[str]:
    """The words and numbers that visitors can read out of studio.yml."""
    said = [studio.name, studio.phone, studio.email, studio.address, studio.answer_time]
    said += [f"{service} {service.price}" for service in studio.services]
    said += [hours.text for hours in studio.hours.values()]
    words = {token.text for text in said for token in tokens(text)}
    amounts = {name for text in said for token in tokens(text) if (name := currency(token))}
    return number_forms(frozenset(words)) | {stem(word) for word in words} | amounts


def _broken(text: str, placeholders: Collection[str]) -> Iterator[Finding]:
    count = sum(any(map(str.isalnum, word)) for word in text.split())
    if count < LEAST_WORDS:
        yield Finding("wrong", text, "An answer needs a sentence of at least three words.")
    if count > MAX_WORDS:
        yield Finding("wrong", "", f"The answer has {count} words. Visitors read up to {MAX_WORDS} comfortably.")
    if not all(char.isprintable() or char == "\n" for char in text):
        yield Finding("wrong", "", "The answer has a character that cannot be shown. Please type it again.")
    if re.search(r"\n\s*\n", text.strip()):
        yield Finding("wrong", "", "The answer has an empty line, which would cut it into two messages.")
    unknown = [name for name in _PLACEHOLDER.findall(text) if name not in placeholders]
    if unknown or _BRACES.search(_PLACEHOLDER.sub("", text)):
        yield Finding("wrong", "", "Curly brackets stand for values of the settings. Please write the value itself.")
    for promise in promises(text):
        yield Finding("wrong", promise, f"“{promise}” is a promise about a result, which nobody can keep.")


def _amounts(text: str, supports: Collection[str]) -> Iterator[Finding]:
    """Numbers and currencies without support, each once, as they are written: "24 hours", "$95"."""
    words = tokens(_PLACEHOLDER.sub("", text))
    seen: set[str] = set()
    place = 0
    while place < len(words):
        parts = [words[place]]
        following = words[place + 1] if place + 1 < len(words) else None
        if parts[0].raw in "$£€" and following and number(following):
            parts.append(following)
        value = number(parts[-1], following)
        after = words[place + len(parts)] if place + len(parts) < len(words) else None
        if value and after and (after.stem in UNITS or currency(after)):
            parts.append(after)
        amounts = [found for one in parts if (found := number(one, after) or currency(one))]
        said = text_of(parts)
        if any(one not in supports for one in amounts) and said not in seen:
            seen.add(said)
            yield Finding("amount", said, f"“{said}” is neither in the guide nor in your settings.")
        place += len(parts)


def text_of(parts: Sequence[Token]) -> str:
    """Words as they stand together: a currency sign belongs to its number."""
    return " ".join(one.raw for one in parts).replace("$ ", "$").replace("£ ", "£").replace("€ ", "€")


def _health(text: str, supports: Collection[str]) -> Iterator[Finding]:
    plain = _PLACEHOLDER.sub("", text)
    for start, end in sentences(plain):
        sentence = plain[start:end]
        words = tokens(sentence)
        named = [found for found in find_terms(words, medical_terms()) if not _is_backed(found, supports)]
        if named:
            said = ", ".join(dict.fromkeys(" ".join(w.raw for w in words[f.first : f.last + 1]) for f in named))
            yield Finding("health", sentence, f"This sentence claims something about health ({said}).")


def _is_backed(found: FoundTerm, supports: Collection[str]) -> bool:
    if found.term.name in ALLOWED_IN_PLAIN:
        return True
    return any(set(form) <= set(supports) for form in found.term.forms)
