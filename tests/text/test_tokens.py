from __future__ import annotations

import pytest

from lamoon.text.tokens import chunks, ends_sentence, number_value


def norms(text: str) -> list[str]:
    return [part.norm for part in chunks(text)]


def test_dotted_abbreviations_are_one_word() -> None:
    assert norms("a D.V.T. in March") == ["a", "dvt", "in", "march"]


def test_numbers_stand_apart_from_their_unit() -> None:
    assert norms("5mg, 39.8C") == ["5", "mg", ",", "39.8", "c"]


def test_hyphens_and_slashes_part_words() -> None:
    assert norms("deep-vein L5/S1") == ["deep", "-", "vein", "l5", "/", "s1"]


def test_places_point_into_the_original() -> None:
    text = "Ｉ have\u00a0a  “clot”"
    part = next(part for part in chunks(text) if part.norm == "clot")
    assert text[part.start : part.end] == "clot"


@pytest.mark.parametrize(
    ("text", "ends"), [("Stop. Go", True), ("Dr. Grey", False), ("really? yes", True), ("a, b", False), ("x\ny", True)]
)
def test_a_sentence_ends_at_its_mark(text: str, ends: bool) -> None:
    parts = chunks(text)
    assert ends_sentence(parts, 1, text) is ends


@pytest.mark.parametrize(
    ("norm", "value"), [("12", 12), ("39.8", 39.8), ("two", 2), ("few", 3), ("12:30", None), ("leg", None), ("²", None)]
)
def test_numbers_have_a_value(norm: str, value: float | None) -> None:
    assert number_value(norm) == value
