"""The warning: the guide's words, behind a question where it was understood from a reference."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from actions.action_warn_contraindication import ActionWarnContraindication
from lamoon.phrasebook import say
from lamoon.screening.conditions import warning_text
from lamoon.screening.screener import shared_catalogue


@pytest.mark.parametrize(("notice", "ids"), [("warn", ["blood_clot", "diabetes"]), ("ask_doctor", ["diabetes"])])
def test_the_warning_is_spoken_and_names_its_conditions_for_clients(
    turn: Callable[..., Any], notice: str, ids: list[str]
) -> None:
    said = turn(reply_plan={"notice": notice}, conditions_told=ids).run(ActionWarnContraindication())
    assert said.text == warning_text(ids, shared_catalogue())
    assert said.messages[0]["kind"] == "warning"
    assert said.messages[0]["notice"] == notice
    assert said.messages[0]["conditions"] == ids
    assert said.events == []


def test_what_was_understood_from_a_reference_is_asked_about_first(turn: Callable[..., Any]) -> None:
    ids = ["blood_clot"]
    said = turn(reply_plan={"notice": "understood"}, conditions_told=ids).run(ActionWarnContraindication())
    assert said.text == f"{say('warning_understood')} {warning_text(ids, shared_catalogue())}"


@pytest.mark.parametrize("slots", [{"reply_plan": {"notice": "warn"}}, {}])
def test_a_warning_about_nothing_is_an_apology(turn: Callable[..., Any], slots: dict[str, Any]) -> None:
    assert turn(**slots).run(ActionWarnContraindication()).response == "utter_unavailable"
