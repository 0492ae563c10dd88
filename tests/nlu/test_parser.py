"""The trained model as a function, without servers."""

from __future__ import annotations

from pathlib import Path

import pytest
from rasa.exceptions import ModelNotFound

from tools.evaluation.parser import Parse, load_parser


def test_it_gives_what_model_parse_would(trained_parser: Parse) -> None:
    parsed = trained_parser("Hello!")
    assert {"text", "intent", "entities", "intent_ranking", "response_selector", "safety"} <= set(parsed)
    assert parsed["intent"]["name"] == "greet"


def test_reading_one_message_leaves_no_trace_in_the_next(trained_parser: Parse) -> None:
    before = trained_parser("does it hurt?")
    trained_parser("I have a blood clot in my leg and I can't breathe")
    assert trained_parser("does it hurt?") == before


def test_a_missing_model_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ModelNotFound):
        load_parser(tmp_path / "none.tar.gz")


@pytest.mark.parametrize("text", ["does it hurt? i had a blood clot", "i had a blood clot. does it hurt?"])
def test_a_question_beside_a_disclosure_is_answered_in_either_order(trained_parser: Parse, text: str) -> None:
    assert [question["topic"] for question in trained_parser(text)["questions"]] == ["faq/does_it_hurt"]
