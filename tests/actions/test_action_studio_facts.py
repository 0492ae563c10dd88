"""Hours, address, prices, services: the owner's values, or honestly none."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from actions import resources
from actions.action_studio_facts import ActionStudioFacts
from lamoon.phrasebook import buttons_of


def asked(turn: Callable[..., Any], intent: str, form: str | None = None) -> Any:
    here = turn()
    here.latest_message = {"intent": {"name": intent}}
    here.form = form
    return here.run(ActionStudioFacts())


@pytest.mark.parametrize(
    ("intent", "words"),
    [
        ("ask_hours", "Monday 09:00-17:00"),
        ("ask_location", "12 Garden Lane, Springfield"),
        ("ask_prices", "from $110"),
        ("ask_services", "Myofascial release (60 minutes)"),
    ],
)
def test_the_owners_values_are_said(turn: Callable[..., Any], intent: str, words: str) -> None:
    said = asked(turn, intent)
    assert said.response == "utter_studio_fact"
    assert words in said.messages[0]["fact"]
    assert [button["payload"] for button in buttons_of(said.response)] == ["I'd like to talk to a person"]


@pytest.mark.parametrize("intent", ["ask_hours", "ask_location", "ask_prices", "ask_services"])
def test_where_the_owner_wrote_nothing_it_says_so(
    turn: Callable[..., Any], settings_of_test: Path, intent: str
) -> None:
    lines = 'name: La Moon\nemergency:\n  country: US\n  numbers:\n    US: {emergency: "911"}\n'
    (settings_of_test.parent / "studio.yml").write_text(lines, encoding="utf-8")
    resources.studio.cache_clear()
    said = asked(turn, intent)
    fact = said.messages[0]["fact"]
    assert fact.startswith("I don't have ")
    assert not any(sign.isdigit() for sign in fact)


def test_in_a_form_no_person_is_offered(turn: Callable[..., Any]) -> None:
    assert asked(turn, "ask_hours", form="booking_form").response == "utter_studio_fact_in_form"
    assert buttons_of("utter_studio_fact_in_form") == []


def test_another_question_is_an_apology(turn: Callable[..., Any]) -> None:
    assert asked(turn, "faq").response == "utter_unavailable"
