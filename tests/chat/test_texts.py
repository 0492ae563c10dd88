"""What the gateway says before the first message."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lamoon.chat.replies import consent, greeting
from lamoon.chat.view import suggestions
from lamoon.settings import PROJECT
from lamoon.studio import load_studio

STUDIO = load_studio(PROJECT / "studio.yml")


@pytest.mark.parametrize("own", ["", "Welcome in!", "Hi, I'm Luna, your personal therapist."])
def test_it_is_said_that_a_computer_program_answers_whatever_the_owner_wrote(own: str) -> None:
    said = greeting(replace(STUDIO, greeting=own))
    assert "a computer program" in said
    assert said.startswith(own)


def test_an_owners_consent_takes_the_place_of_ours() -> None:
    assert consent(replace(STUDIO, consent="Kept for a day.")) == "Kept for a day."
    assert STUDIO.numbers.emergency in consent(replace(STUDIO, consent=""))


def test_what_is_suggested_is_what_the_greeting_offers() -> None:
    assert [choice.title for choice in suggestions()] == [
        "What is myofascial release?",
        "Does it hurt?",
        "Book a session",
    ]
