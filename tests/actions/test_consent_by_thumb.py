"""A thumb at the question of consent: no consent to health data without a word."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from actions.validate_booking_form import ValidateBookingForm


@pytest.mark.parametrize(("text", "says"), [("👍", ["yes"]), ("👍🏿👍🏿", ["yes"]), ("✅", ["yes"]), ("👌 thanks", [])])
def test_a_thumb_is_no_consent_to_health_data(turn: Callable[..., Any], text: str, says: list[str]) -> None:
    here = turn(requested_slot="consent", consent=text)
    here.form = "booking_form"
    here.latest_message = {"text": text, "intent": {"name": "affirm"}, "says": says}  # as the screening reads emoji
    here.events = [{"event": "action", "name": "booking_form"}, {"event": "slot", "name": "consent", "value": text}]
    said = here.run(ValidateBookingForm())
    assert said.slots.get("consent") is None
    assert "utter_invalid_no_yes_or_no" in str(said.messages)
