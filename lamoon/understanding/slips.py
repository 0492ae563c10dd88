"""How likely a word was meant where another was typed: an edit distance in which common slips cost less.

Optimal string alignment, with a price for each kind of edit: two letters in the wrong order, a letter doubled or not, one
vowel for another, a key beside the right one.
"""

from __future__ import annotations

from typing import Final

OTHER: Final = 1.0
SWAPPED = VOWEL_FOR_VOWEL = 0.7
DOUBLED = 0.6
NEIGHBOURING_KEY = VOWEL_LEFT_OUT = 0.8
_VOWELS: Final = frozenset("aeiouy")
_ROWS: Final = ("qwertyuiop", "asdfghjkl", "zxcvbnm")


def _neighbours() -> dict[str, str]:
    """The letters around each key; a row of the keyboard stands half a key to the right of the row above."""
    places = {letter: (row, column) for row, letters in enumerate(_ROWS) for column, letter in enumerate(letters)}
    around = ((0, -1), (0, 1), (-1, 0), (-1, 1), (1, -1), (1, 0))
    letters = {place: letter for letter, place in places.items()}
    return {
        letter: "".join(letters.get((row + down, column + right), "") for down, right in around)
        for letter, (row, column) in places.items()
    }


_NEIGHBOURS: Final = _neighbours()


def slip_cost(written: str, meant: str) -> float:
    """What it costs to read `meant` where `written` stands; lower-case words, 0 for the same word."""
    before: list[float] = []
    above = [0.0]
    for at in range(len(meant)):
        above.append(above[at] + _left_out(meant, at))
    for i, letter in enumerate(written):
        row = [above[0] + _too_much(written, i)]
        for j, right in enumerate(meant):
            cost = min(
                above[j] + _replaced(letter, right),
                above[j + 1] + _too_much(written, i),
                row[j] + _left_out(meant, j),
            )
            if i and j and letter == meant[j - 1] != right == written[i - 1]:
                cost = min(cost, before[j - 1] + SWAPPED)
            row.append(cost)
        before, above = above, row
    return above[-1]


def _replaced(letter: str, right: str) -> float:
    if letter == right:
        return 0.0
    if letter in _VOWELS and right in _VOWELS:
        return VOWEL_FOR_VOWEL
    return NEIGHBOURING_KEY if letter in _NEIGHBOURS.get(right, "") else OTHER


def _too_much(written: str, at: int) -> float:
    return DOUBLED if written[at] in _around(written, at) else OTHER


def _left_out(meant: str, at: int) -> float:
    if meant[at] in _around(meant, at):
        return DOUBLED
    return VOWEL_LEFT_OUT if meant[at] in _VOWELS else OTHER


def _around(word: str, at: int) -> str:
    return word[max(at - 1, 0) : at] + word[at + 1 : at + 2]
