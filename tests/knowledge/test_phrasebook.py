"""The sentences of data/responses/ for programs that speak without Rasa."""

from __future__ import annotations

import pytest

from lamoon.knowledge.phrasebook import phrase, phrasebook


def test_a_value_takes_its_place() -> None:
    assert phrase("utter_name_changed", visitor_name="Ann") == "Thanks, I've changed the name to Ann."


def test_what_a_value_holds_is_not_read_as_a_place() -> None:
    assert "{parts}" in phrase("utter_name_changed", visitor_name="{parts}")


@pytest.mark.parametrize(("name", "values"), [("utter_nothing", {}), ("utter_name_changed", {})])
def test_what_is_missing_is_an_error(name: str, values: dict[str, str]) -> None:
    with pytest.raises(KeyError):
        phrase(name, **values)


def test_every_text_on_an_answer_is_a_short_sentence() -> None:
    texts = {name: text for name, text in phrasebook().items() if name.startswith(("utter_invalid_", "utter_hint_"))}
    assert len(texts) > 20
    for name, text in texts.items():
        assert text.endswith((".", "?", '."')), name
        assert len(text.split()) < 60, name
