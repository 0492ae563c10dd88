"""A yes is kept with the words that it answered, and counts for health only where these named health."""

from __future__ import annotations

import pytest

from lamoon.booking.consent import Consent, given
from lamoon.phrasebook import phrasebook

BOOKING = phrasebook().responses["utter_ask_booking_form_consent"]
QUESTION = phrasebook().responses["utter_ask_handoff_form_handoff_consent"]


@pytest.mark.parametrize(
    ("text", "to"),
    [
        (BOOKING, ["contact", "health"]),
        (QUESTION, ["contact"]),
        ("Darf ich Ihre Nachricht und Ihren Kontakt an das Studio schicken?", ["contact"]),
    ],
)
def test_only_what_the_question_names_is_agreed_to(text: str, to: list[str]) -> None:
    assert [consent.to for consent in given(text, 1_900_000_000.0)] == to


def test_another_wording_is_another_version() -> None:
    one, other = given(BOOKING, 1.0)[0], given(BOOKING + " Really?", 1.0)[0]
    assert one.version != other.version
    assert one.version == given(BOOKING, 2.0)[0].version


def test_a_record_comes_back_whole() -> None:
    (*_, health) = given(BOOKING, 1_900_000_000.5)
    assert Consent.from_value(health.as_value()) == health
    assert health.at.isoformat() == "2030-03-17T17:46:40+00:00"
