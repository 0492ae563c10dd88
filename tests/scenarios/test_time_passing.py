"""Time that passes at once in a sandbox conversation, on the real servers: the session ends as it would."""

from __future__ import annotations

import uuid

import pytest

from scenarios.assistant import Assistant

BOOKING = "could you put me down for an hour with somebody"


def later(assistant: Assistant, sender: str, minutes: object) -> int:
    """Return the status of the response to a request to shift time by these minutes."""
    address = f"/webhooks/rest/conversations/{sender}/later"
    return assistant.http.post(address, json={"minutes": minutes}).status_code


@pytest.mark.parametrize(("minutes", "form"), [(29, "booking_form"), (30, None)])
def test_an_open_booking_ends_after_half_an_hour(assistant: Assistant, minutes: int, form: str | None) -> None:
    sender = f"test-{uuid.uuid4().hex}-0"
    assistant.say(sender, BOOKING)
    assert assistant.tracker(sender)["active_loop"]["name"] == "booking_form"
    assert later(assistant, sender, minutes) == 204
    assistant.say(sender, "hello")
    assert assistant.tracker(sender)["active_loop"].get("name") == form


def test_no_real_conversation_is_moved(assistant: Assistant) -> None:
    sender = f"web-{uuid.uuid4().hex}-0"
    assistant.say(sender, "hello")
    assert later(assistant, sender, 30) == 404
    assert later(assistant, f"test-{uuid.uuid4().hex}-0", 30) == 404, "nobody wrote there"


@pytest.mark.parametrize("minutes", [0, -5, True, "30", 1.5, 1_000_000, None])
def test_minutes_that_make_no_sense_are_refused(assistant: Assistant, minutes: object) -> None:
    assert later(assistant, "test-1-0", minutes) == 400
