"""A wish in parts: put together over messages, shown in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from lamoon.booking.wish import Wish


@pytest.mark.parametrize(
    ("reading", "text", "shown"),
    [
        ({"service": "facial", "when": [{"day": "sat", "from": "11:00", "to": "11:00"}]}, "", "facial, Saturday at 11 am"),
        ({"body": ["neck", "foot"], "minutes": 60}, "", "neck, feet, 60 minutes"),
        ({"when": [{"day": "thu", "from": "17:00", "to": None}]}, "thursday evening", "Thursday evening"),
        ({"when": [{"day": "thu", "from": "17:00", "to": None}]}, "thursday after five", "Thursday after 5 pm"),
        ({"when": [{"day": "mon", "from": None, "to": "12:00"}]}, "monday before noon", "Monday before noon"),
        ({"when": [{"day": "tue", "from": "09:30", "to": "11:00"}]}, "", "Tuesday between 9:30 am and 11 am"),
        (
            {"when": [{"day": "2026-12-07/2026-12-13", "from": None, "to": None, "except": ["wed"]}]},
            "",
            "Monday, December 7 to Sunday, December 13 (not Wednesday)",
        ),
        ({"service": "mfr", "for_whom": "mother", "therapist_preference": "female"}, "",
         "myofascial release, with a female therapist, for a mother"),
        ({"service": "other"}, "cupping please", "cupping please"),
        ({"notes": "firm pressure"}, "firm pressure", "firm pressure"),
        ({"notes": "health: diabetes; firm pressure"}, "", ""),
        ({}, "", ""),
    ],
)  # fmt: skip
def test_in_words(reading: dict[str, Any], text: str, shown: str) -> None:
    assert str(Wish().merged(reading, text)) == shown


def test_what_is_named_replaces_and_also_adds() -> None:
    wish = Wish().merged({"service": "deep_tissue", "body": ["back"], "when": [{"day": "tue"}]}, "")
    assert str(wish.merged({"service": "mfr"}, "mfr instead")) == "myofascial release, back, Tuesday"
    assert str(wish.merged({"body": ["calf"]}, "also my calves")) == "deep tissue massage, back, calves, Tuesday"


def test_a_treatment_keeps_the_visitors_words() -> None:
    wish = Wish().merged({"service": "massage", "kinds": {"massage": "Swedish massage"}}, "a Swedish massage")
    assert str(wish) == "Swedish massage"
    assert (
        str(wish.merged({"service": "massage", "when": [{"day": "tue"}]}, "the massage on Tuesday"))
        == "Swedish massage, Tuesday"
    )
    assert str(wish.merged({"service": "facial"}, "a facial instead")) == "facial"
    sports = {"service": "massage", "kinds": {"massage": "sports massage"}}
    assert str(wish.merged(sports, "a sports massage, rather")) == "sports massage"
    assert Wish.from_slot(wish.to_slot()) == wish


def _after(*messages: Mapping[str, Any]) -> str:
    wish = Wish()
    for message in messages:
        wish = wish.merged(message, str(message.get("text") or ""))
    return str(wish)


def _area(part: str, words: str, text: str = "") -> dict[str, Any]:
    return {"body": [part], "areas": {part: words}, "text": text}


@pytest.mark.parametrize(
    ("messages", "shown"),
    [
        ([_area("knee", "left knee")], "left knee"),
        ([_area("knee", "left knee"), _area("knee", "right knee")], "right knee"),
        ([_area("knee", "left knee"), _area("knee", "right knee", "also the right knee")], "left knee, right knee"),
        ([_area("knee", "left knee"), _area("knee", "knee")], "left knee"),
        ([_area("knee", "left knee"), _area("knee", "knees")], "knees"),
        ([_area("knee", "left knee"), _area("knee", "other knee")], "right knee"),
        ([_area("knee", "left knee"), {"side": "other"}], "right knee"),
        ([_area("knee", "left knee"), {"side": "both"}], "both knees"),
        ([_area("knee", "knee"), {"side": "left"}], "left knee"),
        ([{"body": ["knee", "hip"], "areas": {"knee": "knee", "hip": "hip"}}, {"side": "left"}], "knee, hip"),
        (
            [{"body": ["knee", "neck"], "areas": {"knee": "left knee", "neck": "neck"}}, _area("knee", "right knee")],
            "right knee, neck",
        ),
        ([{"service": "massage", "body": ["hand"]}, {"service": "facial", "without": ["hand"]}], "facial"),
        ([{"body": ["neck", "hip"]}, {"without": ["hip"]}], "neck"),
        ([{"body": ["full_body"], "without": ["knee"]}], "full body, not the knees"),
    ],
)
def test_the_words_for_an_area_stay(messages: Sequence[Mapping[str, Any]], shown: str) -> None:
    assert _after(*messages) == shown


def test_it_survives_a_slot() -> None:
    wish = Wish().merged({"service": ["mfr", "facial"], "body": ["hip"], "when": [{"day": "any"}]}, "")
    assert Wish.from_slot(wish.to_slot()) == wish
    assert Wish.from_slot(None) == Wish.from_slot({"unknown": 1}) == Wish()
