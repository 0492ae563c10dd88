"""Checks that every statement of an answer is in the guide.

`data/provenance.yml` cites, for each answer, the lines of the guide that support each of its sentences. The checks
below are pure functions; `python -m lamoon.knowledge.provenance [PROJECT]` runs them over the project's files.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from lamoon.contract import Label, topic_of, topic_of_response
from lamoon.errors import KnowledgeError
from lamoon.knowledge.article_index import ArticleIndex, copied_runs, is_heading, load_index
from lamoon.knowledge.terms import (
    ALLOWED_IN_PLAIN,
    UNITS,
    FoundTerm,
    Token,
    currency,
    find_terms,
    is_name,
    medical_terms,
    number,
    number_forms,
    promises,
    sentences,
    stem,
    tokens,
)
from lamoon.knowledge.topics import Topics, load_topics
from lamoon.project import PROJECT
from lamoon.yaml_file import Value, read

MAX_WORDS: Final = 90
ANSWER_PREFIX: Final = "utter_"
PLAIN_PREFIXES: Final = ("utter_out_of_scope/",)
BASES: Final = ("own", "studio")
SILENT: Final = "silent"
_PLACEHOLDER: Final = re.compile(r"\{[^{}\n]*\}")
_ELISION: Final = re.compile(r"\s*(?:\.\.\.|…)\s*")


@dataclass(frozen=True)
class UnsupportedClaim:
    """A problem: its place, the finding, and the expectation."""

    file: str
    key: str
    what: str
    expected: str

    def __str__(self) -> str:
        return f"{self.file}: {self.key}: {self.what}; expected: {self.expected}"


@dataclass(frozen=True)
class CitedResponse:
    """A response of the domain with its texts and its button captions."""

    file: str
    key: str
    texts: tuple[str, ...]
    captions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Claim:
    """A part of an answer (`start ... end` leaves out the middle) and the lines of the guide that support it.

    Without lines it has a basis: `own` (what the assistant offers, advises or disclaims), `studio` (its file), or, in a
    fact only, `silent`: it says what the guide does not cover, and may name it.
    """

    quote: str
    lines: tuple[int, ...]
    basis: str | None = None


@dataclass(frozen=True)
class Provenance:
    """The claims of each answer, by `faq/<topic>`."""

    file: str
    claims: Mapping[str, tuple[Claim, ...]]


@dataclass(frozen=True)
class _Located:
    start: int
    end: int
    support: frozenset[str]


# Reading


def load_responses(path: Path) -> list[CitedResponse]:
    """Return the responses of a Rasa file; texts keep their line breaks."""
    found = []
    for key, variations in read(path, KnowledgeError).get("responses").fields().items():
        texts, captions = [], []
        for variation in variations.items():
            if "text" in variation:
                texts.append(variation["text"].text())
            captions += [button["title"].text() for button in variation.get("buttons").items()]
        found.append(CitedResponse(str(path), key, tuple(texts), tuple(captions)))
    return found


def load_provenance(path: Path) -> Provenance:
    """Read the provenance file. Raises KnowledgeError, which names file and line."""
    claims: dict[str, tuple[Claim, ...]] = {}
    for key, value in read(path, KnowledgeError).fields().items():
        if not topic_of(key):
            value.fail("is not an answer on a topic", str(Label.of_topic("<topic>")), f"{Label.of_topic('cost')}:")
        claims[key] = tuple(_claim(item) for item in value.items())
    return Provenance(str(path), claims)


def _claim(item: Value) -> Claim:
    item.only("claim", "lines", "basis")
    lines = tuple(line.whole_number() for line in item.get("lines").items())
    basis = item["basis"].one_of(BASES) if "basis" in item else None
    if not lines and basis is None:
        item.fail("nothing bears it out", f"lines of the guide, or a basis ({', '.join(BASES)})", "lines: [12]")
    return Claim(item["claim"].text(), lines, basis)


def load_studio_words(path: Path) -> frozenset[str]:
    """Return the words and numbers in studio.yml; none if the file does not exist."""
    if not path.exists():
        return frozenset()
    words = {token.text for text in read(path, KnowledgeError).scalars() for token in tokens(text)}
    return number_forms(frozenset(words)) | {stem(word) for word in words}


# Checking


def check_answers(
    responses: Iterable[CitedResponse],
    provenance: Provenance,
    index: ArticleIndex,
    studio_words: frozenset[str] = frozenset(),
) -> list[UnsupportedClaim]:
    """Find statements about a topic that the guide does not support. For other responses see check_plain."""
    problems: list[UnsupportedClaim] = []
    answered = set()
    for response in responses:
        topic = response.key.removeprefix(ANSWER_PREFIX)
        if not topic_of(topic):
            continue
        answered.add(topic)
        problems += check_wording([response], index)
        if len(response.texts) != 1:
            problems.append(
                UnsupportedClaim(response.file, response.key, f"has {len(response.texts)} texts", "exactly one")
            )
            continue
        if not provenance.claims.get(topic):
            expected = f"its claims and their lines under {topic} in {provenance.file}"
            problems.append(UnsupportedClaim(response.file, response.key, "has no provenance", expected))
            continue
        problems += check_claims(response, topic, provenance, index, studio_words)
    for topic in provenance.claims:
        if topic not in answered:
            expected = f"a response {ANSWER_PREFIX}{topic}"
            problems.append(UnsupportedClaim(provenance.file, topic, "has claims but no answer", expected))
    return problems


def check_plain(
    responses: Iterable[CitedResponse], index: ArticleIndex, allowed: frozenset[str] = ALLOWED_IN_PLAIN
) -> list[UnsupportedClaim]:
    """Find forbidden content of a reply outside the guide: numbers, prices, percentages, medical terms."""
    problems: list[UnsupportedClaim] = []
    for response in responses:
        problems += check_wording([response], index)
        for text in (*response.texts, *response.captions):
            words = tokens(_without_placeholders(text))
            for i, token in enumerate(words):
                amount = number(token, words[i + 1] if i + 1 < len(words) else None) or currency(token)
                if amount and amount not in allowed:
                    what = f"names an amount: {token.raw!r}"
                    problems.append(UnsupportedClaim(response.file, response.key, what, "no number and no price"))
            terms = find_terms(words, medical_terms())
            permitted = [found for found in terms if found.term.name in allowed]
            for found in terms:
                if not any(other.first <= found.first and found.last <= other.last for other in permitted):
                    what = f"uses the medical term {_said(words, found)!r}"
                    problems.append(
                        UnsupportedClaim(response.file, response.key, what, "no medical term that is not allowed")
                    )
    return problems


def check_wording(responses: Iterable[CitedResponse], index: ArticleIndex) -> list[UnsupportedClaim]:
    """Find copies of the guide, promises, excessive length, and blank lines, at which Rasa would split the text."""
    problems = []
    for response in responses:
        for text in (*response.texts, *response.captions):
            found = [(f"shares a run with the guide: {run!r}", "own words") for run in copied_runs(text, index)]
            found += [(f"promises: {promise!r}", "no promise") for promise in promises(text)]
            count = sum(any(map(str.isalnum, word)) for word in text.split())
            if count > MAX_WORDS:
                found.append((f"has {count} words", f"at most {MAX_WORDS}"))
            if re.search(r"\n\s*\n", text.strip()):
                found.append(("holds a blank line", "none: Rasa splits the message there"))
            problems += [UnsupportedClaim(response.file, response.key, what, expected) for what, expected in found]
    return problems


def check_topics(
    topics: Topics, responses: Iterable[CitedResponse], index: ArticleIndex, file: str = "data/topics.yml"
) -> list[UnsupportedClaim]:
    """Check that each topic has an answer, each answer a topic, and that each section is a heading of the guide."""
    answered = {topic for topic in (topic_of_response(response.key) for response in responses) if topic}
    problems = []
    for topic in topics.all:
        if topic.id not in answered:
            problems.append(
                UnsupportedClaim(file, topic.id, "has no answer", f"a response {Label.of_topic(topic.id).response}")
            )
        if not is_heading(topic.section, index):
            what = f"section {topic.section!r} is not in the guide"
            problems.append(UnsupportedClaim(file, topic.id, what, "a heading of the guide"))
    for name in sorted(answered - topics.by_id.keys()):
        problems.append(UnsupportedClaim(file, name, "has an answer but is not a topic", "an entry for it"))
    return problems


def check_claims(
    response: CitedResponse,
    topic: str,
    provenance: Provenance,
    index: ArticleIndex,
    studio_words: frozenset[str] = frozenset(),
    *,
    terms: bool = True,
) -> Iterator[UnsupportedClaim]:
    """Find parts of a response's first text that the claims under `topic` do not cover or support; medical terms, only if
    `terms`.
    """
    text = " ".join(_without_placeholders(response.texts[0]).split())
    spans = sentences(text)
    located = []
    for claim in provenance.claims[topic]:
        for line in claim.lines:
            if line not in index.lines:
                yield UnsupportedClaim(
                    provenance.file, topic, f"cites line {line}", "a line of the guide that is not empty"
                )
        if not (place := _locate(claim.quote, text, spans)):
            expected = "a quote from one sentence of the answer"
            yield UnsupportedClaim(
                provenance.file, topic, f"claims {claim.quote!r}, which the answer does not say", expected
            )
            continue
        support = index.supports(claim.lines) | (studio_words if claim.basis == "studio" else frozenset())
        if claim.basis == SILENT:
            support |= {word.stem for word in tokens(claim.quote) if number(word) is None}
        located.append(_Located(*place, support))
    words = tokens(text)
    supports = [_support(token, located) for token in words]
    for start, end in spans:
        inside = [
            (token.raw, support) for token, support in zip(words, supports, strict=True) if start <= token.start < end
        ]
        if missing := " ".join(raw for raw, support in inside if support is None):
            what = f"{text[start:end]!r} is not covered at {missing!r}"
            yield UnsupportedClaim(response.file, response.key, what, f"a claim in {provenance.file} that covers it")
    known = [support or frozenset() for support in supports]
    for claimed in _unsupported(words, known, {start for start, _ in spans}, terms=terms):
        what = f"{claimed} is not in the cited lines"
        yield UnsupportedClaim(response.file, response.key, what, "a line that says so, or other words")


def _unsupported(
    words: Sequence[Token], supports: Sequence[frozenset[str]], starts: set[int], *, terms: bool
) -> Iterator[str]:
    """Yield the numbers, units, currencies, names and, if `terms`, medical terms without support."""
    for i, token in enumerate(words):
        following = words[i + 1] if i + 1 < len(words) else None
        if (value := number(token, following)) is not None:
            if value not in supports[i]:
                yield f"the number {token.raw!r}"
            elif following and following.stem in UNITS and following.stem not in supports[i]:
                yield f"the unit of {token.raw + ' ' + following.raw!r}"
        elif (name := currency(token)) is not None and name not in supports[i]:
            yield f"the currency {token.raw!r}"
        elif is_name(token, _starts_sentence(words, i, starts)) and token.text not in supports[i]:
            yield f"the name {token.raw!r}"
    for found in find_terms(words, medical_terms()) if terms else ():
        support = frozenset[str]().union(*supports[found.first : found.last + 1])
        if not any(support.issuperset(form) for form in found.term.forms):
            yield f"the term {_said(words, found)!r}"


def _said(words: Sequence[Token], found: FoundTerm) -> str:
    return " ".join(word.raw for word in words[found.first : found.last + 1])


def _starts_sentence(words: Sequence[Token], i: int, starts: set[int]) -> bool:
    before = words[i - 1].end if i else 0
    return any(before <= start <= words[i].start for start in starts)


def _support(token: Token, claims: Sequence[_Located]) -> frozenset[str] | None:
    """Return the words that the claims at a token's place support; none if no claim covers it."""
    covering = [claim.support for claim in claims if claim.start <= token.start and token.end <= claim.end]
    return frozenset[str]().union(*covering) if covering else None


def _locate(quote: str, text: str, spans: Sequence[tuple[int, int]]) -> tuple[int, int] | None:
    """Return the span of a quote within one sentence of the text."""
    parts = [part for part in _ELISION.split(" ".join(quote.split())) if part]
    for start, end in spans:
        places = []
        position = start
        for part in parts:
            match = re.compile(rf"(?<!\w){re.escape(part)}(?!\w)").search(text, position, end)
            if not match:
                break
            places.append(match.span())
            position = match.end()
        else:
            if places:
                return places[0][0], places[-1][1]
    return None


def _without_placeholders(text: str) -> str:
    return _PLACEHOLDER.sub("", text)


# The project's files


def check_project(root: Path) -> list[UnsupportedClaim]:
    """Run all checks over a project's files. Raises KnowledgeError for a file that cannot be read."""
    data = root / "data"
    index = load_index(data / "article_index.json")
    responses = [response for path in sorted((data / "responses").glob("*.yml")) for response in load_responses(path)]
    answers = [response for response in responses if topic_of_response(response.key)]
    plain = [response for response in responses if response.key.startswith(PLAIN_PREFIXES)]
    others = [response for response in responses if response not in answers and response not in plain]
    problems = check_topics(load_topics(data / "topics.yml"), answers, index, str(data / "topics.yml"))
    provenance = load_provenance(data / "provenance.yml")
    problems += check_answers(answers, provenance, index, load_studio_words(root / "studio.yml"))
    return problems + check_plain(plain, index) + check_wording(others, index)


def main(arguments: list[str]) -> int:
    root = Path(arguments[0]) if arguments else Path(os.path.relpath(PROJECT))
    try:
        problems = check_project(root)
    except KnowledgeError as error:
        print(error, file=sys.stderr)
        return 2
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
