"""Forms in a message: each label is affirmed or denied by its own answer."""

from __future__ import annotations

import pytest

from lamoon.language.listed import items_of
from lamoon.screening.screener import Screener


@pytest.mark.parametrize(
    ("text", "answers"),
    [
        ("heart: fine / clot: 2019, calf / skin: ok", {"heart": False, "clot": True, "skin": False}),
        ("cancer: n/a, wounds: left heel, pregnant: -", {"cancer": False, "wounds": True, "pregnant": False}),
        ("clots - no\nfracture - rib", {"clots": False, "fracture": True}),
        ("asthma (mild), clots (none), cancer (none)", {"clots": False, "cancer": False}),
        ("cancer: clear since 2018; clots: no", {"cancer": None, "clots": False}),
        ("tumor? no / wound? shin / clot? no", {"tumor": False, "wound": True, "clot": False}),
    ],
)
def test_each_item_has_its_answer(text: str, answers: dict[str, bool | None]) -> None:
    assert {text[item.start : item.label_end]: item.affirms for item in items_of(text)} == answers


@pytest.mark.parametrize(
    "text",
    ["name: Kim, phone: 555-0134, day: Friday", "my question: do you treat cancer?", "at 10:30 - or later", ""],
)
def test_what_has_no_plain_answers_is_no_form(text: str) -> None:
    assert not items_of(text)


def test_an_answer_denies_its_own_item_alone(screener: Screener) -> None:
    screening = screener.screen("cancer: none | blood clot: leg, 2020 | fracture: no | surgery: 2009")
    assert {one["id"]: one["status"] for one in screening["conditions"]} == {
        "tumor_cancer": "negated",
        "blood_clot": "affirmed",
        "recent_fracture": "negated",
        "recent_surgery": "resolved",
    }
    assert screening["outcome"] == "warn"


def test_a_yes_is_no_question(screener: Screener) -> None:
    screening = screener.screen("wounds: fine, bones: fine, blood clots: one in the arm")
    assert ("blood_clot", "affirmed") in {(one["id"], one["status"]) for one in screening["conditions"]}
