"""The forms of words in patterns."""

from __future__ import annotations

import pytest

from lamoon.screening.inflection import Inflection

INFLECTION = Inflection(["tear tore torn", "calf calves"])


@pytest.mark.parametrize(
    ("word", "some"),
    [
        ("ache", {"ache", "aches", "ached", "aching"}),
        ("cramp", {"cramps", "cramped", "cramping"}),
        ("clot", {"clots", "clotted", "clotting"}),
        ("carry", {"carries", "carried", "carrying"}),
        ("die", {"dies", "died", "dying"}),
        ("tear", {"tears", "tore", "torn", "tearing"}),
    ],
)
def test_all_forms_of_a_word(word: str, some: set[str]) -> None:
    assert some <= INFLECTION.forms(word)


@pytest.mark.parametrize(
    ("word", "both"),
    [("vein", {"vein", "veins"}), ("injury", {"injury", "injuries"}), ("crutch", {"crutch", "crutches"})],
)
def test_one_and_many(word: str, both: set[str]) -> None:
    assert INFLECTION.numbers(word) == both


def test_irregular_plurals_are_listed() -> None:
    assert "calves" in INFLECTION.numbers("calf")
