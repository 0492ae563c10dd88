"""Replies about conditions: the guide's statement, a person who decides, no advice and no refusal."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lamoon.screening import Catalogue, Condition, load_catalogue
from lamoon.screening.conditions import ARTICLE_SEVERITIES, titles, warning_text

CATALOGUE = load_catalogue()
CONDITIONS = list(CATALOGUE.conditions.values())
ARTICLE = [one for one in CONDITIONS if one.severity in ARTICLE_SEVERITIES]
DOCTOR = [one for one in CONDITIONS if one.severity == "ask_doctor"]
IDS = [one.id for one in (*ARTICLE, *DOCTOR)]


def first(severity: str, *, hold: bool) -> Condition:
    return next(one for one in CONDITIONS if one.severity == severity and one.hold is hold)


@pytest.mark.parametrize(
    ("ids", "said"),
    [
        ([], "your health"),
        (["gone"], "your health"),
        (["blood_clot"], "a blood clot"),
        (["blood_clot", "gone", "blood_clot"], "a blood clot"),
        (["blood_clot", "open_wound"], "a blood clot and an open wound"),
        (["open_wound", "blood_clot", "diabetes"], "an open wound, a blood clot and diabetes"),
    ],
)
def test_titles_are_a_list_in_a_sentence(ids: list[str], said: str) -> None:
    assert titles(ids, CATALOGUE) == said


@pytest.mark.parametrize("condition", ARTICLE, ids=lambda one: one.id)
def test_a_condition_of_the_guide_is_told_with_what_the_guide_says(condition: Condition) -> None:
    text = warning_text([condition.id], CATALOGUE)
    assert text.startswith(f"Thank you for telling me about {condition.title}.")
    assert f"directly over areas with {condition.article_says.rstrip('.')}" in text
    assert "doesn't list" not in text
    assert "A therapist will look at any booking before it is confirmed." in text


@pytest.mark.parametrize("condition", DOCTOR, ids=lambda one: one.id)
def test_what_the_guide_does_not_name_is_said_to_be_so(condition: Condition) -> None:
    text = warning_text([condition.id], CATALOGUE)
    assert "Our guide doesn't list that, but it asks everyone to share their full medical history." in text
    assert "directly over" not in text
    assert ("before it is confirmed" in text) is condition.hold
    assert ("I'll note it" in text) is not condition.hold


def test_both_kinds_in_one_message_are_kept_apart() -> None:
    other = first("ask_doctor", hold=False)
    text = warning_text(["blood_clot", other.id], CATALOGUE)
    assert f"about {CATALOGUE.conditions['blood_clot'].title} and {other.title}." in text
    assert f"doesn't list {other.title}, but" in text
    assert "before it is confirmed" in text


@given(st.lists(st.sampled_from(IDS), min_size=1, max_size=6))
def test_every_warning_points_to_a_doctor_and_shuts_no_door(ids: list[str]) -> None:
    text = warning_text(ids, CATALOGUE)
    assert "Please check with your doctor first." in text
    assert "This isn't medical advice, and if I misunderstood, just tell me." in text
    for word in ("you cannot", "you can't", "not allowed", "must not", "never come", "we refuse", "{", "None"):
        assert word not in text


@given(st.sampled_from(IDS))
def test_a_warning_about_one_condition_is_short(id: str) -> None:
    assert len(warning_text([id], CATALOGUE).split()) <= 90


@given(st.lists(st.sampled_from(IDS), max_size=4), st.lists(st.sampled_from(["gone", ""]), max_size=2))
def test_ids_that_no_longer_exist_change_nothing(ids: list[str], gone: list[str]) -> None:
    assert warning_text([*gone, *ids], CATALOGUE) == warning_text(ids, CATALOGUE)


def test_only_unknown_ids_still_give_a_careful_text() -> None:
    text = warning_text(["gone"], CATALOGUE)
    assert text.startswith("Thank you for telling me about your health.")
    assert "Please check with your doctor first." in text


def test_the_catalogue_decides_the_wording() -> None:
    odd = Condition("x", "an odd thing", "avoid", True, True, False, "test", article_says="odd things.")
    text = warning_text(["x"], Catalogue({"x": odd}, [], CATALOGUE.matcher, {}))
    assert "Thank you for telling me about an odd thing. Our guide says to avoid" in text
    assert "areas with odd things. Please" in text
