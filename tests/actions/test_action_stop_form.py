"""Leaving a form: nothing is sent, and the answers stay only until the visitor has said whether to go on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from actions.action_stop_form import ActionStopForm
from actions.guided_form import FORM_SLOTS

EMPTY = dict.fromkeys(FORM_SLOTS)


def left(form: str) -> list[dict[str, Any]]:
    """The events of a turn that ended a form."""
    opened = [{"event": "user"}, {"event": "active_loop", "name": form}]
    return [*opened, {"event": "user"}, {"event": "active_loop", "name": None}]


def test_leaving_a_booking_asks_once_and_keeps_its_answers(turn: Callable[..., Any], filled: dict[str, Any]) -> None:
    here = turn(**filled, booking_hold=True, health_ledger={"open": []})
    here.events = left("booking_form")
    said = here.run(ActionStopForm())
    assert said.response == "utter_form_left"
    assert said.slots == {"consent": None, "send_booking": None, "form_misses": None}


def test_a_no_after_it_forgets_them_and_keeps_health(turn: Callable[..., Any], filled: dict[str, Any]) -> None:
    here = turn(**filled, booking_hold=True, health_ledger={"open": []})
    here.events = [*left("booking_form"), {"event": "user"}]
    said = here.run(ActionStopForm())
    assert said.response == "utter_form_forgotten"
    assert said.slots == EMPTY
    assert not {"booking_hold", "health_ledger", "open_conditions"} & set(said.slots)


def test_a_form_without_answers_or_for_the_team_just_stops(turn: Callable[..., Any]) -> None:
    for form in ("booking_form", "handoff_form"):
        here = turn()
        here.events = left(form)
        said = here.run(ActionStopForm())
        assert (said.response, said.slots) == ("utter_form_stopped", EMPTY)


def test_outside_of_a_form_there_is_nothing_to_stop(turn: Callable[..., Any]) -> None:
    assert turn().run(ActionStopForm()).response == "utter_nothing_to_stop"


def test_every_slot_that_a_form_asks_for_is_among_them(turn: Callable[..., Any]) -> None:
    from rasa.shared.core.domain import Domain

    from lamoon.settings import PROJECT

    domain = Domain.load(str(PROJECT / "domain.yml"))
    asked = {slot for form in domain.form_names for slot in domain.required_slots_for_form(form)}
    assert asked <= set(FORM_SLOTS)
