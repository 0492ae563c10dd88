from __future__ import annotations

import random

import pytest
from rapidfuzz import fuzz

from tools.checks.duplicates import near_pairs


def test_pairs_are_those_of_the_plain_comparison() -> None:
    chance = random.Random(7)
    words = ["wind", "winds", "kite", "kites", "string", "fly", "how", "hows", "strong", "a"]
    left = [" ".join(chance.choices(words, k=chance.randint(1, 9))) for _ in range(500)]
    right = [" ".join(chance.choices(words, k=chance.randint(1, 9))) for _ in range(300)]

    def likeness(i: int, j: int) -> float:
        return fuzz.ratio(" ".join(sorted(left[i].split())), " ".join(sorted(right[j].split())))

    expected = {
        (i, j)
        for i in range(len(left))
        for j in range(len(right))
        if len(left[i].split()) >= 3 <= len(right[j].split()) and likeness(i, j) >= 90 and i != j
    }
    found = list(near_pairs(left, right, 90, 3, lambda i, j: i == j))
    assert {(i, j) for i, j, _ in found} == expected
    assert len(expected) == len(found) > 100


@pytest.mark.parametrize(("left", "right"), [([], ["a b c"]), (["a b c"], []), (["a"], ["a"])])
def test_nothing_to_compare(left: list[str], right: list[str]) -> None:
    assert list(near_pairs(left, right, 90, 3, lambda i, j: False)) == []
