"""Training phrases that stand under two labels, or nearly so; the classifier cannot learn both."""

from __future__ import annotations

from collections.abc import Iterator

from lamoon.gates.assistant import Phrase
from lamoon.gates.near_pairs import near_pairs
from lamoon.gates.problem import Problem
from lamoon.gates.project import Project
from lamoon.understanding.folding import fold

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
        first = seen.setdefault(fold(phrase.text), phrase)
        if first is not phrase:
            what = f"{phrase.text!r} ({phrase.label}) stands already in {_place(first)} ({first.label})"
            yield Problem(phrase.file, phrase.line, what, "each phrase once")


def _near(phrases: tuple[Phrase, ...]) -> Iterator[tuple[Phrase, Phrase]]:
    folded = [fold(phrase.text) for phrase in phrases]

    def skip(i: int, j: int) -> bool:
        return i >= j or phrases[i].label == phrases[j].label or folded[i] == folded[j]

    for i, j, _ in near_pairs(folded, folded, LEAST, FEWEST_WORDS, skip):
        yield phrases[i], phrases[j]


def _allowed(project: Project) -> Iterator[tuple[frozenset[str], int]]:
    """The reviewed pairs, each with a reason, and their lines."""
    if ALLOWED in project.files:
        for entry in project.yaml(ALLOWED).only("allowed")["allowed"].items():
            entry.only("phrases", "because")["because"].text()
            yield frozenset(map(fold, entry["phrases"].texts())), entry.line


def _key(first: Phrase, second: Phrase) -> frozenset[str]:
    return frozenset({fold(first.text), fold(second.text)})


def _place(phrase: Phrase) -> str:
    return f"{phrase.file}:{phrase.line}"
