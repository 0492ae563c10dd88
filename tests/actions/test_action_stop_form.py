"""A stop keeps nothing personal, and the health ledger."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from actions.action_stop_form import ActionStopForm
from actions.guided_form import FORM_SLOTS


def test_the_forms_slots_are_emptied_and_health_stays(turn: Callable[..., Any], filled: dict[str, Any]) -> None:
    said = turn(**filled, booking_hold=True, health_ledger={"open": []}).run(ActionStopForm())
    assert said.response == "utter_form_stopped"
    assert said.slots == dict.fromkeys(FORM_SLOTS)
    assert not {"booking_hold", "health_ledger", "open_conditions"} & set(said.slots)


def test_every_slot_that_a_form_asks_for_is_among_them(turn: Callable[..., Any]) -> None:
    from rasa.shared.core.domain import Domain

    from lamoon.settings import PROJECT

    domain = Domain.load(str(PROJECT / "domain.yml"))
    asked = {slot for form in domain.form_names for slot in domain.required_slots_for_form(form)}
    assert asked <= set(FORM_SLOTS)
