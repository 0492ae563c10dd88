"""The warning: the guide's words, or thanks for a correction."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from actions.action_warn_contraindication import ActionWarnContraindication
from lamoon.screening import load_catalogue
from lamoon.screening.conditions import warning_text


@pytest.mark.parametrize(("notice", "ids"), [("warn", ["blood_clot", "diabetes"]), ("ask_doctor", ["diabetes"])])
def test_the_warning_is_spoken_and_names_its_conditions_for_clients(
    turn: Callable[..., Any], notice: str, ids: list[str]
) -> None:
    said = turn(health_notice=notice, conditions_told=ids).run(ActionWarnContraindication())
    assert said.text == warning_text(ids, load_catalogue())
    assert said.messages[0]["kind"] == "warning"
    assert said.messages[0]["notice"] == notice
    assert said.messages[0]["conditions"] == ids
    assert said.events == []


def test_a_retraction_is_thanked_for(turn: Callable[..., Any]) -> None:
    said = turn(health_notice="retracted", conditions_told=["blood_clot"]).run(ActionWarnContraindication())
    assert said.response == "utter_retraction_noted"


def test_a_warning_about_nothing_is_an_apology(turn: Callable[..., Any]) -> None:
    assert turn(health_notice="warn").run(ActionWarnContraindication()).response == "utter_unavailable"
