"""Training phrases that stand under two labels, or nearly so; the classifier cannot learn both."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence

import numpy as np
from rapidfuzz import fuzz, process

from lamoon.text.clean import phrase_key
from tools.checks.assistant import Phrase
from tools.checks.project import Problem, Project

ROWS_AT_ONCE = 200


def near_pairs(
    left: Sequence[str], right: Sequence[str], least: int, fewest_words: int, skip: Callable[[int, int], bool]
) -> Iterator[tuple[int, int, int]]:
    """Index pairs of folded texts that are alike whatever the order of their words.

    Args:
        left, right: folded texts.
        least: how alike, 0 to 100; 100 is the same words.
        fewest_words: texts of fewer words are passed over.
        skip: pairs that are of no interest.

    Yields:
        Index in `left`, index in `right`, likeness.
    """
    rows, columns = _by_length(left, fewest_words), _by_length(right, fewest_words)
    lengths = [len(text) for text, _ in columns]
    # Texts that differ more in length cannot be alike enough: likeness is at most twice the shorter over the sum.
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
    """The texts that are long enough, words sorted, with their index; shortest first."""
    words = ((sorted(text.split()), i) for i, text in enumerate(texts))
    return sorted(((" ".join(found), i) for found, i in words if len(found) >= fewest_words), key=lambda t: len(t[0]))


LEAST = 93
FEWEST_WORDS = 3
ALLOWED = "data/allowed_near_duplicates.yml"


def check(project: Project) -> list[Problem]:
    """Same words under one or two labels, and nearly the same under two, except the reviewed pairs of `ALLOWED`."""
    phrases = project.assistant.phrases
    allowed = dict(_allowed(project))
    near = list(_near(phrases))
    met = {_key(*pair) for pair in near}
    problems = list(_same(phrases))
    for first, second in near:
        if _key(first, second) not in allowed:
            what = f"{second.text!r} ({second.label}) is nearly {first.text!r} ({first.label}, {_place(first)})"
            problems.append(Problem(second.file, second.line, what, "one label, or words that tell the two apart"))
    for key, line in allowed.items():
        if key not in met:
            what = f"allows {' and '.join(sorted(key))!r}, which are no near duplicates across labels"
            problems.append(Problem(ALLOWED, line, what, "only pairs that are needed"))
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

    for i, j, _ in near_pairs(folded, folded, LEAST, FEWEST_WORDS, skip):
        yield phrases[i], phrases[j]


def _allowed(project: Project) -> Iterator[tuple[frozenset[str], int]]:
    """The reviewed pairs, each with a reason, and their lines."""
    if ALLOWED in project.files:
        for entry in project.yaml(ALLOWED).only("allowed")["allowed"].items():
            entry.only("phrases", "because")["because"].text()
            yield frozenset(map(phrase_key, entry["phrases"].texts())), entry.line


def _key(first: Phrase, second: Phrase) -> frozenset[str]:
    return frozenset({phrase_key(first.text), phrase_key(second.text)})


def _place(phrase: Phrase) -> str:
    return f"{phrase.file}:{phrase.line}"
