"""Duplicate phrases: under two labels, or in both training and test data."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from rapidfuzz import fuzz, process

from lamoon.text.clean import phrase_key
from tools.checks.assistant import Phrase
from tools.checks.project import Problem, Project
from tools.labelled import parse_entries, text_of
from tools.rounds import ROUND

ROWS_AT_ONCE = 200


def near_pairs(
    left: Sequence[str], right: Sequence[str], least: int, fewest_words: int, skip: Callable[[int, int], bool]
) -> Iterator[tuple[int, int, int]]:
    """Yield index pairs of folded texts that are similar regardless of word order.

    Args:
        left, right: folded texts.
        least: minimum similarity, 0 to 100; 100 means the same words.
        fewest_words: shorter texts are skipped.
        skip: pairs to ignore.

    Yields:
        Index in `left`, index in `right`, likeness.
    """
    rows, columns = _by_length(left, fewest_words), _by_length(right, fewest_words)
    lengths = [len(text) for text, _ in columns]
    # Texts that differ more in length cannot be similar enough: similarity is at most twice the shorter over the sum.
    slack = least / (200 - least)
    for start in range(0, len(rows), ROWS_AT_ONCE):
        some = rows[start : start + ROWS_AT_ONCE]
        first = bisect_left(lengths, len(some[0][0]) * slack)
        last = bisect_right(lengths, len(some[-1][0]) / slack)
        others = columns[first:last]
        if others:
            for row, column, likeness in _alike([text for text, _ in some], [text for text, _ in others], least):
                i, j = some[row][1], others[column][1]
                if not skip(i, j):
                    yield i, j, likeness


def _alike(left: Sequence[str], right: Sequence[str], least: int) -> Iterator[tuple[int, int, int]]:
    likeness = process.cdist(left, right, scorer=fuzz.ratio, score_cutoff=least, dtype=np.uint8)
    for row, column in np.argwhere(likeness >= least).tolist():
        yield row, column, int(likeness[row, column])


def _by_length(texts: Sequence[str], fewest_words: int) -> list[tuple[str, int]]:
    """Return the texts that are long enough, with sorted words and their index; shortest first."""
    words = ((sorted(text.split()), i) for i, text in enumerate(texts))
    return sorted(((" ".join(found), i) for found, i in words if len(found) >= fewest_words), key=lambda t: len(t[0]))


LEAST_APART = 93
FEWEST_WORDS_APART = 3


def check_near_duplicates(project: Project) -> list[Problem]:
    """Training phrases under two labels, or nearly so; the classifier cannot learn both."""
    phrases = project.assistant.phrases
    problems = list(_same(phrases))
    for first, second in _near(phrases):
        what = f"{second.text!r} ({second.label}) is nearly {first.text!r} ({first.label}, {_place(first)})"
        problems.append(Problem(second.file, second.line, what, "one label, or words that tell the two apart"))
    return problems


def _same(phrases: tuple[Phrase, ...]) -> Iterator[Problem]:
    seen: dict[str, Phrase] = {}
    for phrase in phrases:
        first = seen.setdefault(phrase_key(phrase.text), phrase)
        if first is not phrase:
            what = f"{phrase.text!r} ({phrase.label}) stands already in {_place(first)} ({first.label})"
            yield Problem(phrase.file, phrase.line, what, "each phrase once")


def _near(phrases: tuple[Phrase, ...]) -> Iterator[tuple[Phrase, Phrase]]:
    folded = [phrase_key(phrase.text) for phrase in phrases]

    def skip(i: int, j: int) -> bool:
        return i >= j or phrases[i].label == phrases[j].label or folded[i] == folded[j]

    for i, j, _ in near_pairs(folded, folded, LEAST_APART, FEWEST_WORDS_APART, skip):
        yield phrases[i], phrases[j]


def _place(phrase: Phrase) -> str:
    return f"{phrase.file}:{phrase.line}"


QUESTION = '{"text": "what is fascia", "label": "faq/what_is_fascia"}'
LEAST = 95
FEWEST_WORDS = 5
# Everybody writes "hi" and "how much", so such matches prove nothing.
MOST_WORDS_FREE = 2
SETS = ("nlu", "safety", "safety_strangers", "two_questions", "followups")
DEVELOPMENT = tuple(f"tests/data/{name}_dev.jsonl" for name in (*SETS, "facts"))
TEST = tuple(f"tests/data/{name}_test.jsonl" for name in SETS)
CONVERSATIONS = re.compile(r"tests/data/conversation_\w+_round\d+\.yml")


@dataclass(frozen=True)
class Line:
    """A phrase and its place."""

    text: str
    folded: str
    file: str
    line: int


def check_leaks(project: Project) -> list[Problem]:
    """Phrases in both training and test data.

    Compares training with all sets, and development with test and rounds; the problem is reported at the phrase that
    may be changed.
    """
    training = [Line(p.text, phrase_key(p.text), p.file, p.line) for p in project.assistant.phrases]
    training += _questions_of_facts(project)
    development = [line for path in DEVELOPMENT for line in _lines(project, path)]
    rounds = sorted(path for path in project.files if path.startswith("tests/data/") and ROUND.search(path))
    conversations = sorted(path for path in project.files if CONVERSATIONS.fullmatch(path))
    test = [line for path in (*TEST, *rounds) for line in _lines(project, path)]
    test += [line for path in conversations for line in _turns(project, path)]
    return [*_leaks(training, [*development, *test]), *_leaks(development, test)]


def _questions_of_facts(project: Project) -> Iterator[Line]:
    for path, _ in project.under("data/facts/", ".yml"):
        root = project.yaml(path)
        entries = [*root.get("facts").items(), *root.get("silent").items()]
        fields = [root.get("general"), *(entry.get(name) for entry in entries for name in ("questions", "follow_ups"))]
        for field in fields:
            for number, text in enumerate(field.text(default="").splitlines()):
                yield Line(text, phrase_key(text), path, field.text_line + number)


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
    texts = parse_entries(project.text(path), path, lambda entry: text_of(entry, "text"), QUESTION)
    for number, text in enumerate(texts, start=1):
        yield Line(text, phrase_key(text), path, number)


def _turns(project: Project, path: str) -> Iterator[Line]:
    """Yield visitors' messages in conversations, without short answers such as "yes, send it", which everybody
    gives.
    """
    for dialogue in project.yaml(path)["dialogues"].items():
        for turn in dialogue["turns"].items():
            line = Line(turn["user"].text(), phrase_key(turn["user"].text()), path, turn.line)
            if len(line.folded.split()) >= FEWEST_WORDS:
                yield line
