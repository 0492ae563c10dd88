"""A visitor's choice among the offered times, in any words."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import pytest
from booking.calendar.calendar_servers import span

from lamoon.booking.calendar.choosing import choice_of

ZONE = ZoneInfo("America/New_York")
OFFERED = [span("2026-12-03T15:00"), span("2026-12-04T19:30"), span("2026-12-07T14:00")]
"""Thursday 10:00 am, Friday 2:30 pm, Monday 9:00 am."""


def when(day: str | None, begins: str | None = None, ends: str | None = None) -> dict[str, Any]:
    return {"day": day, "from": begins, "to": ends}


@pytest.mark.parametrize(
    ("text", "whens", "place"),
    [
        ("Thu 3 December, 10:00 am", [when("2026-12-03", "10:00", "10:00")], 0),
        ("fri 4 december 2:30 pm", [], 1),
        ("the first one please", [], 0),
        ("2", [], 1),
        ("the second please", [when("2026-12-03")], 1),
        ("number 3", [], 2),
        ("last", [], 2),
        ("Friday works", [when("fri")], 1),
        ("the one at nine", [when(None, "09:00", "09:00")], 2),
        ("monday morning", [when("mon", None, "12:00")], 2),
    ],
)
def test_a_time_is_chosen(text: str, whens: list[dict[str, Any]], place: int) -> None:
    assert choice_of(text, whens, OFFERED, ZONE) == OFFERED[place]


@pytest.mark.parametrize(
    ("text", "way"),
    [
        ("Other times", "other"),
        ("do you have any other times?", "other"),
        ("something later", "other"),
        ("more", "other"),
        ("None of these", "none"),
        ("no", "none"),
        ("skip this", "none"),
        ("neither works for me", "none"),
        ("those don\u2019t work", "none"),
        ("Put me on the wait list", "wait"),
        ("waitlist please", "wait"),
    ],
)
def test_another_way_is_chosen(text: str, way: str) -> None:
    assert choice_of(text, [], OFFERED, ZONE) == way


@pytest.mark.parametrize(
    ("text", "whens"),
    [
        ("Wednesday at noon", [when("wed", "12:00", "12:00")]),
        ("any day is fine", [when("any")]),
        ("yes", []),
        ("7", []),
        ("my number is 212 555 0147", []),
        ("", []),
    ],
)
def test_what_is_no_clear_choice_chooses_nothing(text: str, whens: list[dict[str, Any]]) -> None:
    assert choice_of(text, whens, OFFERED, ZONE) is None


def test_a_yes_takes_the_only_time() -> None:
    assert choice_of("yes please", [], OFFERED[:1], ZONE) == OFFERED[0]
