"""Name candidates: runs of words between punctuation, contacts and words consumed by other readers."""

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
"""Words that open an answer and never begin a name."""
SIGN_OFF: Final = frozenset("thanks thx thank you cheers regards wishes best ta ty sincerely yours tia".split())
_BEHIND_A_NAME: Final = frozenset(
    "here speaking please pls plz again on at and my phone email mail is for with from x xx".split()
)
"""Everyday words that may follow a single name."""
_ENDS: Final = frozenset("with without not from as like but spelled spelt".split())
"""Words that end a name: "Karla with a K"."""


def segments_of(name_words: NameWords, with_contacts: bool = False) -> Iterator[list[int]]:
    """Yield runs of words between punctuation, contacts and consumed words."""
    run: list[int] = []
    tokens = name_words.line.tokens
    for place in range(len(tokens)):
        norm = tokens[place].norm
        first_of_answer = name_words.asked
        if (
            norm.startswith("<")
            or (not _LETTERS.search(norm))
            or (not first_of_answer and name_words.knows(place) and not _fits_in(name_words, run, place))
        ):
            if (
                norm == "."
                and run
                and (
                    (len(tokens[run[-1]].norm) == 1 and name_words.line.raw(run[-1]).isupper())
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
                yield from _trimmed(name_words, run)
            run = []
        elif norm in TITLES and not run:
            continue
        else:
            run.append(place)
    if run:
        yield from _trimmed(name_words, run)


def _fits_in(name_words: NameWords, run: list[int], place: int) -> bool:
    """Return whether a consumed word continues a name: "Summer Knight", "Rose Hill"."""
    return (
        name_words.line.raw(place)[:1].isupper()
        and name_words.norm(place) in ALSO_NAMES
        and name_words.label(place) != "treatment"
    )


def _trimmed(name_words: NameWords, run: list[int]) -> Iterator[list[int]]:
    """Yield a run without the polite words around a name; nothing if it is a sentence."""
    polite = ORDINARY - ALSO_NAMES
    ends = [
        at
        for at, place in enumerate(run)
        if at and name_words.norm(place) in _ENDS and name_words.norm(run[at - 1]) not in ORDINARY
    ]
    run = run[: ends[0]] if ends else run
    size = len(run)
    if "and" in map(name_words.norm, run[1:-1]):
        at = list(map(name_words.norm, run)).index("and", 1)
        yield from _trimmed(name_words, run[:at])
        if all(map(name_words.is_written_as_name, run[:at])):
            return  # the first of a couple
        run = run[at + 1 :]
    while run and name_words.norm(run[0]) in polite:
        if (
            name_words.norm(run[0]) in GREETINGS
            and len(run) < 5
            and name_words.is_written_as_name(run[1] if len(run) > 1 else -1)
        ):
            return  # "Hi Maya": the person greeted
        run = run[1:]
    dropped = ""
    while run and name_words.norm(run[-1]) in polite and not is_surname(name_words, run):
        dropped = name_words.norm(run[-1])
        run = run[:-1]
    if len(run) == 1 and not name_words.asked and dropped and dropped not in SIGN_OFF | _BEHIND_A_NAME:
        return  # "Scratch that": the verb of a sentence
    while len(run) > 1 and _is_small_word_before_names(name_words, run):
        run = run[1:]
    run = name_words.without_repeats(run)
    if run and not (
        len(run) == 1 and size > 2 and name_words.line.raw(run[0])[0].islower()
    ):  # a leftover of a sentence
        yield run


def _is_small_word_before_names(name_words: NameWords, run: list[int]) -> bool:
    """Return whether the first word is not part of the names after it: "xo Maddie"."""
    first = name_words.line.raw(run[0])
    return (
        first.islower()
        and name_words.norm(run[0]) not in PARTICLES
        and all(map(name_words.is_written_as_name, run[1:]))
    )


def is_surname(name_words: NameWords, run: list[int]) -> bool:
    """Return whether an everyday word is a surname: "Bill Sessions" as the whole answer."""
    written = all(
        name_words.line.raw(place)[:1].isupper() and not name_words.line.raw(place).isupper() for place in run
    )
    return (
        name_words.asked
        and written
        and len(run) == len(name_words.line.tokens) == 2
        and name_words.norm(run[0]) not in ORDINARY - ALSO_NAMES
    )
