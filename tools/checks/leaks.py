"""Phrases that stand both in what the assistant learns from and in what it is measured on."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lamoon.errors import ConfigurationError
from lamoon.text.clean import phrase_key
from tools.checks.near_duplicates import near_pairs
from tools.checks.project import Problem, Project

QUESTION = ("an object with a text", '{"text": "what is fascia", "label": "faq/what_is_fascia"}')
LEAST = 95
FEWEST_WORDS = 5
# Everybody writes "hi" and "how much"; that they meet proves nothing.
MOST_WORDS_FREE = 2
SETS = ("nlu", "safety", "safety_strangers", "two_questions", "followups")
DEVELOPMENT = tuple(f"tests/data/{name}_dev.jsonl" for name in SETS)
TEST = tuple(f"tests/data/{name}_test.jsonl" for name in SETS)


@dataclass(frozen=True)
class Line:
    """A phrase and where it stands."""

    text: str
    folded: str
    file: str
    line: int


def check(project: Project) -> list[Problem]:
    """Training against both sets, and development against test; the problem stands where the phrase may be changed."""
    training = [Line(p.text, phrase_key(p.text), p.file, p.line) for p in project.assistant.phrases]
    development = [line for path in DEVELOPMENT for line in _lines(project, path)]
    test = [line for path in TEST for line in _lines(project, path)]
    return [*_leaks(training, [*development, *test]), *_leaks(development, test)]


def _leaks(changeable: Sequence[Line], fixed: Sequence[Line]) -> Iterator[Problem]:
    places: dict[str, Line] = {}
    for line in fixed:
        places.setdefault(line.folded, line)
    for line in changeable:
        if line.folded in places and len(line.folded.split()) > MOST_WORDS_FREE:
            yield _problem(line, "is", places[line.folded])
    left, right = [line.folded for line in changeable], [line.folded for line in fixed]
    for i, j, _ in near_pairs(left, right, LEAST, FEWEST_WORDS, lambda i, j: left[i] == right[j]):
        yield _problem(changeable[i], "is nearly", fixed[j])


def _problem(line: Line, relation: str, held_out: Line) -> Problem:
    what = f"{line.text!r} {relation} the phrase {held_out.text!r} of {held_out.file}:{held_out.line}"
    return Problem(line.file, line.line, what, "other words: what is measured on must be new")


def _lines(project: Project, path: str) -> Iterator[Line]:
    for number, text in enumerate(project.text(path).splitlines(), start=1):
        if text.strip():
            try:
                phrase = json.loads(text)["text"]
            except (ValueError, TypeError, KeyError) as error:
                raise ConfigurationError(path, number, "is no question", *QUESTION) from error
            yield Line(str(phrase), phrase_key(str(phrase)), path, number)
