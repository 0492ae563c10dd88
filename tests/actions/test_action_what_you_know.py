"""The visitor's own details are read back from this conversation, and nothing is deleted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from actions.action_what_you_know import ActionWhatYouKnow


def asked(turn: Callable[..., Any], **slots: Any) -> Any:
    return turn(**slots).run(ActionWhatYouKnow())


def test_what_was_said_is_read_back(turn: Callable[..., Any]) -> None:
    said = asked(turn, visitor_name="Maria", contact="maria@example.com", open_conditions=["blood_clot", "pregnancy"])
    assert said.response == "utter_what_i_know"
    known = said.messages[0]["known"]
    assert "Maria" in known
    assert "maria@example.com" in known
    assert "a blood clot" in known
    assert "pregnancy" in known


def test_nothing_is_said_to_be_known_where_nothing_is(turn: Callable[..., Any]) -> None:
    assert asked(turn).response == "utter_nothing_known"
    assert asked(turn, open_conditions=["of_another_version"]).response == "utter_nothing_known"


def test_it_changes_nothing(turn: Callable[..., Any]) -> None:
    assert asked(turn, visitor_name="Maria", deletion_question=None).events == []
