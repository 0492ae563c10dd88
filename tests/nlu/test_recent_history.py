"""A long conversation, shortened: the policies decide as they would on the whole one."""

from __future__ import annotations

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, BotUttered, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from lamoon.nlu.conversation_store import KEPT_TURNS, MOST_TURNS, shortened


def talk(domain: Domain, turns: int, in_form: bool = False) -> DialogueStateTracker:
    """A conversation of `turns` messages, the third of which opens a form, if asked."""
    tracker = DialogueStateTracker("ann", domain.slots)
    tracker.update(ActionExecuted("action_listen"), domain)
    for number in range(turns):
        tracker.update(UserUttered(f"message {number}", {"name": "greet", "confidence": 1.0}), domain)
        tracker.update(SlotSet("wish", f"wish {number}"), domain)
        if number == 0:
            tracker.update(SlotSet("booking_hold", True), domain)
        if in_form and number == 2:
            tracker.update(ActiveLoop("booking_form"), domain)
            tracker.update(SlotSet("requested_slot", "contact"), domain)
        tracker.update(ActionExecuted("utter_greet"), domain)
        tracker.update(BotUttered(f"answer {number}"), domain)
        tracker.update(ActionExecuted("action_listen"), domain)
    return tracker


def words(tracker: DialogueStateTracker) -> list[str]:
    return [str(event.text) for event in tracker.events if isinstance(event, UserUttered)]


def test_a_short_conversation_is_left_as_it_is(domain: Domain) -> None:
    tracker = talk(domain, MOST_TURNS)
    assert shortened(tracker) is tracker


def test_a_long_one_keeps_its_last_turns_in_order(domain: Domain) -> None:
    turns = MOST_TURNS + 3
    short = shortened(talk(domain, turns))
    assert words(short) == [f"message {number}" for number in range(turns - KEPT_TURNS, turns)]


@pytest.mark.parametrize("in_form", [False, True])
def test_slots_form_and_last_words_are_those_of_the_whole(domain: Domain, in_form: bool) -> None:
    tracker = talk(domain, MOST_TURNS + 1, in_form)
    short = shortened(tracker)
    assert short.current_slot_values() == tracker.current_slot_values()
    assert short.active_loop_name == tracker.active_loop_name
    assert short.latest_action_name == tracker.latest_action_name == "action_listen"
    assert short.latest_message == tracker.latest_message
    assert short.past_states(domain)[-1] == tracker.past_states(domain)[-1]


def test_the_form_was_opened_when_it_was_opened(domain: Domain) -> None:
    tracker = talk(domain, MOST_TURNS + 1, in_form=True)
    opened = [
        [event.timestamp for event in t.events if isinstance(event, ActiveLoop)] for t in (tracker, shortened(tracker))
    ]
    assert opened[0] == opened[1] != []


def test_shortened_again_and_again_nothing_is_lost(domain: Domain) -> None:
    tracker = talk(domain, MOST_TURNS, in_form=True)
    for number in range(100):
        tracker.update(UserUttered(f"later {number}", {"name": "greet", "confidence": 1.0}), domain)
        tracker.update(ActionExecuted("action_listen"), domain)
        tracker = shortened(tracker)
        assert len(words(tracker)) <= MOST_TURNS
    assert tracker.get_slot("booking_hold") is True
    assert tracker.get_slot("wish") == f"wish {MOST_TURNS - 1}"
    assert tracker.active_loop_name == "booking_form"
