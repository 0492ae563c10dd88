"""The rules of a request, above all the hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import FrozenInstanceError, replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lamoon.booking import BookingRequest, Contact, DisclosedCondition
from lamoon.booking.request import KINDS, SCREENINGS
from lamoon.errors import RequestError

Build = Callable[..., BookingRequest]


def build(**changes: object) -> BookingRequest:
    values = {
        "conversation_id": "c",
        "run_id": "1",
        "name": "Maria",
        "contact": Contact(email="maria@example.com"),
        "wish": "soon",
        "consent": True,
        "screening": "no",
    }
    return BookingRequest(**{**values, **changes})  # type: ignore[arg-type]


CONDITIONS = st.lists(
    st.builds(DisclosedCondition, st.sampled_from(["blood_clot", "pregnancy"]), st.text(max_size=9), st.booleans()),
    max_size=4,
)


@settings(deadline=None)  # a busy machine is not an error
@given(
    screening=st.sampled_from(SCREENINGS),
    kind=st.sampled_from(KINDS),
    hold=st.booleans(),
    conditions=CONDITIONS,
    retracted=CONDITIONS,
)
def test_hold_whenever_a_person_must_look(
    screening: str, kind: str, hold: bool, conditions: list[DisclosedCondition], retracted: list[DisclosedCondition]
) -> None:
    request = build(screening=screening, kind=kind, hold=hold, conditions=tuple(conditions), retracted=tuple(retracted))
    must = screening != "no" or any(condition.hold for condition in conditions)
    assert request.hold is (hold or must)
    assert replace(request, hold=False).hold is must


def test_a_retracted_condition_alone_does_not_hold() -> None:
    request = build(retracted=(DisclosedCondition("blood_clot", "a clot"),))
    assert not request.hold
    assert request.retracted


def test_without_an_answer_to_the_screening_question_it_holds() -> None:
    assert build(screening="not_asked").hold


def test_many_conditions_are_cut_and_the_holding_ones_stay() -> None:
    soft = [DisclosedCondition("pregnancy", f"{i}", hold=False) for i in range(80)]
    request = build(conditions=(*soft, DisclosedCondition("blood_clot", "a clot")))
    assert len(request.conditions) == 50
    assert request.hold
    assert request.conditions[0].id == "blood_clot"


@pytest.mark.parametrize(
    "changes",
    [
        {"consent": False},
        {"consent": "yes"},
        {"contact": Contact()},
        {"name": ""},
        {"name": "x" * 81},
        {"wish": " \u200b\n"},
        {"wish": "x" * 1001},
        {"conversation_id": ""},
        {"run_id": ""},
        {"channel": ""},
        {"health_words": "x" * 10_001},
        {"kind": "order"},
        {"screening": "maybe"},
        {"created_at": datetime(2030, 1, 1)},
    ],
)
def test_requests_that_cannot_be(changes: dict[str, object]) -> None:
    with pytest.raises(RequestError) as caught:
        build(**changes)
    assert "Maria" not in str(caught.value)


def test_texts_are_on_one_clean_line() -> None:
    request = build(name="Maria\r\nBcc: x", wish="a\nHOLD: none\x00", health_words="b\n\nc\ud800")
    assert (request.name, request.wish, request.health_words) == ("Maria Bcc: x", "a HOLD: none", "b c")


def test_times_are_in_utc() -> None:
    east = datetime(2030, 1, 1, 12, tzinfo=timezone(timedelta(hours=2)))
    assert build(created_at=east).created_at == datetime(2030, 1, 1, 10, tzinfo=UTC)
    assert build().created_at.tzinfo is UTC


def test_a_request_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        build().hold = False  # type: ignore[misc]


@pytest.mark.parametrize(
    ("value", "condition"),
    [
        ({"id": "blood_clot", "words": "a clot"}, DisclosedCondition("blood_clot", "a clot", hold=True)),
        ({"id": "pregnancy", "words": None, "hold": False}, DisclosedCondition("pregnancy", "", hold=False)),
        ({"id": "lump", "hold": None}, DisclosedCondition("lump", "", hold=True)),
    ],
)
def test_conditions_from_slots_hold_unless_told_otherwise(
    value: dict[str, object], condition: DisclosedCondition
) -> None:
    assert DisclosedCondition.from_value(value) == condition
    assert DisclosedCondition.from_value(condition.as_value()) == condition


def test_no_log_gets_what_the_visitor_said() -> None:
    said = DisclosedCondition("blood_clot", "zzwords")
    request = build(name="Zebulon", wish="zzwish", health_words="zzhealth", conditions=(said,), retracted=(said,))
    shown = repr(request) + repr(request.contact) + repr(said)
    assert request.reference in shown
    for words in ("Zebulon", "zz", "maria"):
        assert words not in shown


def test_a_condition_needs_an_id() -> None:
    with pytest.raises(RequestError):
        DisclosedCondition.from_value({"words": "a clot"})
