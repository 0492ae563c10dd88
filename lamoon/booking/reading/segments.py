"""The stretches of a message that may be a name: runs of words between marks, contacts and what other readers know."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from lamoon.booking.reading.name_words import ALSO_NAMES, GREETINGS, ORDINARY, PARTICLES, TITLES, NameWords

_LETTERS: Final = re.compile(r"[^\W\d_]")
OPENS_AN_ANSWER: Final = frozenset(
    "yes yeah yep yup yea sure ok okay no nope thanks thank please pls just only well um uh hmm sorry actually name named call me "
    "this that the it its here hi hello hey hiya good right great fine and or for with from is i put book am".split()
)
"""Words that open an answer and begin no name, whatever follows."""
SIGN_OFF: Final = frozenset("thanks thx thank you cheers regards wishes best ta ty sincerely yours tia".split())
_BEHIND_A_NAME: Final = frozenset(
    "here speaking please pls plz again on at and my phone email mail is for with from x xx".split()
)
"""Everyday words that may stand behind a single name."""
_ENDS: Final = frozenset("with without not from as like but spelled spelt".split())
"""Words that end a name: "Karla with a K"."""


def segments_of(said: NameWords, with_contacts: bool = False) -> Iterator[list[int]]:
    """Runs of words between marks, contacts and what other readers know."""
    run: list[int] = []
    tokens = said.line.tokens
    for place in range(len(tokens)):
        norm = tokens[place].norm
        first_of_answer = said.asked
        if (
            norm.startswith("<")
            or (not _LETTERS.search(norm))
            or (not first_of_answer and said.knows(place) and not _fits_in(said, run, place))
        ):
            if (
                norm == "."
                and run
                and (
                    (len(tokens[run[-1]].norm) == 1 and said.line.raw(run[-1]).isupper())
                    or tokens[run[-1]].norm in TITLES
                )
            ):
                continue
            if (
                norm in ("-",)
                and run
                and place + 1 < len(tokens)
                and tokens[place].start == tokens[place - 1].end
                and tokens[place].end == tokens[place + 1].start
            ):
                continue
            if run:
                yield from _trimmed(said, run)
            run = []
        elif norm in TITLES and not run:
            continue
        else:
            run.append(place)
    if run:
        yield from _trimmed(said, run)


def _fits_in(said: NameWords, run: list[int], place: int) -> bool:
    """Whether a known word continues a name: "Summer Knight", "Rose Hill"."""
    return said.line.raw(place)[:1].isupper() and said.norm(place) in ALSO_NAMES and said.label(place) != "treatment"


def _trimmed(said: NameWords, run: list[int]) -> Iterator[list[int]]:
    """A run without the polite words around a name; nothing where it is a sentence."""
    polite = ORDINARY - ALSO_NAMES
    ends = [
        at
        for at, place in enumerate(run)
        if at and said.norm(place) in _ENDS and said.norm(run[at - 1]) not in ORDINARY
    ]
    run = run[: ends[0]] if ends else run
    size = len(run)
    if "and" in map(said.norm, run[1:-1]):
        at = list(map(said.norm, run)).index("and", 1)
        yield from _trimmed(said, run[:at])
        if all(map(said.is_written_as_name, run[:at])):
            return  # the first of a couple
        run = run[at + 1 :]
    while run and said.norm(run[0]) in polite:
        if said.norm(run[0]) in GREETINGS and len(run) < 5 and said.is_written_as_name(run[1] if len(run) > 1 else -1):
            return  # "Hi Maya": who is greeted
        run = run[1:]
    dropped = ""
    while run and said.norm(run[-1]) in polite and not is_surname(said, run):
        dropped = said.norm(run[-1])
        run = run[:-1]
    if len(run) == 1 and not said.asked and dropped and dropped not in SIGN_OFF | _BEHIND_A_NAME:
        return  # "Scratch that": the verb of a sentence
    while len(run) > 1 and _is_small_word_before_names(said, run):
        run = run[1:]
    run = said.without_repeats(run)
    if run and not (len(run) == 1 and size > 2 and said.line.raw(run[0])[0].islower()):  # a word left of a sentence
        yield run


def _is_small_word_before_names(said: NameWords, run: list[int]) -> bool:
    """Whether the first word is no part of the names after it: "xo Maddie"."""
    first = said.line.raw(run[0])
    return first.islower() and said.norm(run[0]) not in PARTICLES and all(map(said.is_written_as_name, run[1:]))


def is_surname(said: NameWords, run: list[int]) -> bool:
    """Whether an everyday word is a surname: "Bill Sessions" as the whole answer."""
    written = all(said.line.raw(place)[:1].isupper() and not said.line.raw(place).isupper() for place in run)
    return (
        said.asked
        and written
        and len(run) == len(said.line.tokens) == 2
        and said.norm(run[0]) not in ORDINARY - ALSO_NAMES
    )
