"""Each answer of the hand-off form."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from actions.guided_form import GIVEN, REFUSED, GuidedForm
from actions.validate_handoff_form import ValidateHandoffForm

Answer = Callable[..., tuple[dict[str, Any], list[dict[str, Any]]]]


@pytest.fixture
def answer(answers_to: Callable[[GuidedForm], Answer]) -> Answer:
    """Answers to the hand-off form."""
    return answers_to(ValidateHandoffForm())


@pytest.mark.parametrize(
    ("slot", "value", "kept"),
    [
        ("handoff_question", " do you have\nparking? ", "do you have parking?"),
        ("contact", "maria@example.com please", "maria@example.com"),
        ("handoff_consent", "sure", GIVEN),
        ("handoff_consent", "no thanks", REFUSED),
    ],
)
def test_an_answer_is_kept_in_its_clean_form(answer: Answer, slot: str, value: str, kept: str) -> None:
    slots, messages = answer(slot, value)
    assert slots == {slot: kept}
    assert messages == []


@pytest.mark.parametrize(
    ("slot", "value"), [("handoff_question", "👍"), ("contact", "at home"), ("handoff_consent", "perhaps")]
)
def test_an_invalid_answer_is_refused_then_explained_then_a_person_is_offered(
    answer: Answer, slot: str, value: str
) -> None:
    slots, (first,) = answer(slot, value)
    assert slots == {slot: None, "form_misses": {slot: 1}}
    _, (second,) = answer(slot, value, form_misses={slot: 1})
    assert first["response"] == second["response"]
    assert second["then"] == f"utter_hint_{slot}"
    _, (third,) = answer(slot, value, form_misses={slot: 2})
    assert third["then"] == "utter_stuck"
