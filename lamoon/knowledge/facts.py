"""Facts: what the guide says, or leaves open, about one point of a topic, with example questions.

`data/facts/<topic>.yml` holds a topic's facts. A specific question is answered by its fact; a general one by the topic's
overview (`data/responses/faq.yml`), of which `short` is the gist in one sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Final

from lamoon.contract import Label
from lamoon.errors import KnowledgeError
from lamoon.knowledge.article_index import ArticleIndex, copied_runs
from lamoon.knowledge.provenance import (
    SILENT,
    CitedResponse,
    Claim,
    Provenance,
    UnsupportedClaim,
    check_claims,
    check_wording,
)
from lamoon.knowledge.terms import sentences
from lamoon.knowledge.topics import Topics
from lamoon.project import PROJECT
from lamoon.text.clean import phrase_key
from lamoon.yaml_file import Value, read

FOLDER: Final = PROJECT / "data" / "facts"
SHORT: Final = "short"
"""The name of an overview's short form, in place of a fact's name."""
FEWEST_QUESTIONS: Final = 4
MOST_WORDS: Final = 48
MOST_SENTENCES: Final = 2
_SAYS_NOTHING: Final = re.compile(r"^Our guide doesn't (?:say|give|cite|name|put|mention|compare)\b")


@dataclass(frozen=True)
class Fact:
    """One to two sentences about one point.

    Attributes:
        topic: the id of its topic.
        name: unique within the topic.
        text: the answer.
        plain: the same in plainer words, for who does not understand or asks again; empty if there are none.
        lines: of the guide, which support the text.
        own: parts of the text without support in the guide: what the assistant advises or concludes.
        questions: examples that ask for it.
        follow_ups: examples that ask for it only after its topic was discussed: "for how long?".
        silent: whether the guide leaves the point open, which the first sentence then says.
        team: whether the studio's team can tell more.
        line: of the file.
    """

    topic: str
    name: str
    text: str
    lines: tuple[int, ...]
    own: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    follow_ups: tuple[str, ...] = ()
    silent: bool = False
    team: bool = False
    plain: str = ""
    line: int = 0

    @property
    def id(self) -> str:
        """Its name among all facts."""
        return f"{self.topic}/{self.name}"

    @property
    def gist(self) -> str:
        """Its plainer words, or else its first sentence."""
        if self.plain:
            return self.plain
        start, end = sentences(self.text)[0]
        return self.text[start:end]

    def claims(self) -> Iterator[Claim]:
        """Yield what supports each part of the text."""
        for place, (start, end) in enumerate(sentences(self.text)):
            sentence = self.text[start:end]
            if self.silent and place == 0:
                yield Claim(sentence, (), SILENT)
                continue
            for part in self.own:
                if part in sentence:
                    yield Claim(part, (), "own")
                    sentence = sentence.replace(part, "")
            if re.search(r"\w", sentence):
                yield from (Claim(part.strip(" ,:;"), self.lines) for part in [sentence] if self.lines)


@dataclass(frozen=True)
class TopicFacts:
    """A topic's facts, the short form of its overview, and general questions that the overview answers."""

    topic: str
    short: Fact
    general: tuple[str, ...]
    facts: tuple[Fact, ...]


@dataclass(frozen=True)
class Facts:
    """The facts of all topics."""

    topics: tuple[TopicFacts, ...]

    @cached_property
    def by_topic(self) -> Mapping[str, TopicFacts]:
        return {entry.topic: entry for entry in self.topics}

    @cached_property
    def by_id(self) -> Mapping[str, Fact]:
        return {fact.id: fact for entry in self.topics for fact in entry.facts}


# Reading


def load_facts(folder: Path = FOLDER) -> Facts:
    """Read the facts of all topics. Raises KnowledgeError, which names file and line."""
    return Facts(tuple(_topic(path) for path in sorted(folder.glob("*.yml"))))


def _topic(path: Path) -> TopicFacts:
    root = read(path, KnowledgeError).only("short", "general", "facts", "silent")
    topic = path.stem
    short = root["short"].only("text", "lines", "own")
    facts = [_fact(item, topic, silent=False) for item in root.get("facts").items()]
    facts += [_fact(item, topic, silent=True) for item in root.get("silent").items()]
    seen: dict[str, int] = {}
    for fact in facts:
        if fact.name in seen or fact.name == SHORT:
            problem = f"{fact.name!r} is taken (line {seen.get(fact.name, short.line)})"
            raise KnowledgeError(str(path), fact.line, problem, "each name once", "id: hold_time")
        seen[fact.name] = fact.line
    gist = Fact(topic, SHORT, short["text"].one_line(), _numbers(short), short.get("own").texts(), line=short.line)
    return TopicFacts(topic, gist, _phrases(root["general"]), tuple(facts))


def _fact(item: Value, topic: str, *, silent: bool) -> Fact:
    item.only("id", "text", "plain", "lines", "own", "team", "questions", "follow_ups")
    lines = _numbers(item)
    if not lines and not silent:
        item.fail("nothing bears it out", "lines of the guide", "lines: [12]")
    return Fact(
        topic,
        item["id"].text(),
        item["text"].one_line(),
        lines,
        item.get("own").texts(),
        _phrases(item["questions"]),
        _phrases(item.get("follow_ups")),
        silent,
        item.get("team").flag(default=False),
        item.get("plain").one_line(""),
        item.line,
    )


def _numbers(item: Value) -> tuple[int, ...]:
    return tuple(line.whole_number(1) for line in item.get("lines").items())


def _phrases(value: Value) -> tuple[str, ...]:
    """Parse phrases, one per line."""
    return tuple(line.strip() for line in value.text(default="").splitlines() if line.strip())


# Checking


def check_facts(facts: Facts, topics: Topics, index: ArticleIndex, folder: Path = FOLDER) -> list[UnsupportedClaim]:
    """Find facts that the guide does not support, silent ones that claim something, and duplicate questions."""
    problems: list[UnsupportedClaim] = []
    asked: dict[str, str] = {}
    for entry in facts.topics:
        file = str(folder / f"{entry.topic}.yml")
        if entry.topic not in topics.by_id:
            problems.append(
                UnsupportedClaim(file, entry.topic, "is not a topic", "the id of a topic in data/topics.yml")
            )
        for fact in (entry.short, *entry.facts):
            problems += _check_fact(fact, file, index)
        for fact in (fact for fact in entry.facts if fact.plain):
            # "The web of tissue" for fascia: plainer words may have other terms, but no other number, name or promise.
            problems += _check_fact(replace(fact, text=fact.plain, own=(), plain=""), file, index, terms=False)
        for asking, questions in (
            (entry.topic, entry.general),
            *((fact.id, fact.questions) for fact in entry.facts),
        ):
            problems += _check_questions(asking, questions, file, asked, index)
    for missing in sorted(topics.by_id.keys() - facts.by_topic.keys()):
        problems.append(UnsupportedClaim(str(folder), missing, "has no facts", f"a file {missing}.yml"))
    return problems


def _check_fact(fact: Fact, file: str, index: ArticleIndex, *, terms: bool = True) -> Iterator[UnsupportedClaim]:
    key = str(Label.of_topic(fact.topic))
    response = CitedResponse(file, fact.id, (fact.text,))
    provenance = Provenance(file, {key: tuple(fact.claims())})
    yield from check_wording([response], index)
    for problem in check_claims(response, key, provenance, index, terms=terms):
        yield UnsupportedClaim(file, fact.id, problem.what, problem.expected)
    for part in fact.own:
        if part not in fact.text:
            yield UnsupportedClaim(file, fact.id, f"owns {part!r}, which the text does not say", "a part of the text")
    words, count = len(fact.text.split()), len(sentences(fact.text))
    most = 1 if fact.name == SHORT else MOST_SENTENCES
    if words > MOST_WORDS or count > most:
        yield UnsupportedClaim(
            file, fact.id, f"has {words} words in {count} sentences", f"{MOST_WORDS} words, {most} sentences at most"
        )
    if fact.silent != bool(_SAYS_NOTHING.match(fact.text)):
        expected = "silent facts, and only they, begin with `Our guide doesn't say`"
        yield UnsupportedClaim(file, fact.id, f"begins with {fact.text[:30]!r}", expected)


def _check_questions(
    asking: str, questions: Iterable[str], file: str, asked: dict[str, str], index: ArticleIndex
) -> Iterator[UnsupportedClaim]:
    phrases = tuple(questions)
    if len(phrases) < FEWEST_QUESTIONS:
        yield UnsupportedClaim(file, asking, f"has {len(phrases)} questions", f"{FEWEST_QUESTIONS} or more")
    for phrase in phrases:
        if copied_runs(phrase, index):
            yield UnsupportedClaim(file, asking, f"{phrase!r} shares a run with the guide", "own words")
        first = asked.setdefault(phrase_key(phrase), asking)
        if first != asking:
            yield UnsupportedClaim(file, asking, f"{phrase!r} asks for {first} too", "each question once")
