"""The guarantees of all our actions: an apology instead of a failure or silence, and logs without visitors' words."""

from __future__ import annotations

import importlib
import logging
import pkgutil
from collections.abc import Callable
from typing import Any

import pytest
import yaml
from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Action as AnyAction

import actions
from actions.base import Events, SafeAction
from lamoon.settings import PROJECT

SECRET = "my private words"


class Acting(SafeAction):
    """Do in `answer` what a test wants."""

    def __init__(self, do: Callable[[CollectingDispatcher], Events]) -> None:
        self.do = do

    def name(self) -> str:
        return "action_of_a_test"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        return self.do(dispatcher)


def run(do: Callable[[CollectingDispatcher], Events]) -> tuple[list[dict[str, Any]], Events]:
    dispatcher = CollectingDispatcher()
    tracker = Tracker("visitor", {}, {"text": SECRET}, [], False, None, {}, None)
    events = Acting(do).run(dispatcher, tracker, {})
    return dispatcher.messages, events


def speaking(text: str, events: Events) -> Callable[[CollectingDispatcher], Events]:
    def do(dispatcher: CollectingDispatcher) -> Events:
        dispatcher.utter_message(text=text)
        return events

    return do


def failing(error: Exception, first: str = "") -> Callable[[CollectingDispatcher], Events]:
    def do(dispatcher: CollectingDispatcher) -> Events:
        if first:
            dispatcher.utter_message(text=first)
        raise error

    return do


def test_what_is_said_and_done_goes_through() -> None:
    events = [{"event": "slot", "name": "x", "value": 1}]
    messages, returned = run(speaking("hello", events))
    assert [message["text"] for message in messages] == ["hello"]
    assert returned == events


@pytest.mark.parametrize("error", [RuntimeError(SECRET), KeyError(SECRET), ValueError(), AssertionError(SECRET)])
def test_a_failure_is_an_apology_without_events(error: Exception) -> None:
    messages, events = run(failing(error))
    assert [message["response"] for message in messages] == ["utter_unavailable"]
    assert events == []


def test_what_was_said_before_a_failure_is_taken_back() -> None:
    messages, _ = run(failing(RuntimeError(), first="Your request is with the team."))
    assert [message["response"] for message in messages] == ["utter_unavailable"]


def test_silence_is_an_apology() -> None:
    messages, events = run(lambda dispatcher: [{"event": "slot", "name": "x", "value": 1}])
    assert [message["response"] for message in messages] == ["utter_unavailable"]
    assert events == [{"event": "slot", "name": "x", "value": 1}]


def test_the_log_names_action_error_and_place_and_no_words(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        run(failing(RuntimeError(SECRET)))
    (record,) = [record for record in caplog.records if record.name == "actions.base"]
    line = record.getMessage()
    assert line.startswith("action_of_a_test failed: RuntimeError in line ")
    assert line.rpartition(" ")[2].isdigit()
    assert SECRET not in caplog.text


def test_an_interruption_is_not_swallowed() -> None:
    def stop(dispatcher: CollectingDispatcher) -> Events:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(stop)


def classes() -> list[type[AnyAction]]:
    """Every action of the folder that can be made."""
    for module in pkgutil.iter_modules(actions.__path__):
        importlib.import_module(f"actions.{module.name}")
    found, todo = [], [Action]
    while todo:
        kind = todo.pop()
        todo += kind.__subclasses__()
        if kind.__module__.startswith("actions.") and not getattr(kind, "__abstractmethods__", None):
            found.append(kind)
    return found


def test_every_action_has_the_name_of_its_file_and_stands_in_the_domain() -> None:
    names = {kind.__module__.removeprefix("actions."): kind().name() for kind in classes()}
    assert all(module == name for module, name in names.items())
    domain = yaml.safe_load((PROJECT / "domain.yml").read_text(encoding="utf-8"))
    assert sorted(names.values()) == sorted(domain["actions"])


def test_every_action_that_speaks_is_a_safe_one() -> None:
    assert {kind.__name__ for kind in classes() if not issubclass(kind, SafeAction)} == {
        "ValidateBookingForm",
        "ValidateHandoffForm",
    }
