"""Pairs of phrases that are alike."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence

import numpy as np
from rapidfuzz import fuzz, process

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
