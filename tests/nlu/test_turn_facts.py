"""The explanation of a turn: labels instead of intents with kinds, the second question included, no empty slots."""

from __future__ import annotations

from typing import Any

from rasa.shared.core.events import ActionExecuted, ActiveLoop, BotUttered, Event, SlotSet, UserUttered
from rasa.shared.core.slots import AnySlot
from rasa.shared.core.trackers import DialogueStateTracker

from lamoon.nlu.explain import MOST_LABELS, explain_turn
from lamoon.nlu.multi_question_policy import SECOND_QUESTION

PARSED: dict[str, Any] = {
    "intent": {"name": "faq", "confidence": 0.71234, "full_retrieval_intent_name": "faq/cost"},
    "intent_ranking": [{"name": "faq", "confidence": 0.8}, {"name": "greet", "confidence": 0.1}],
    "response_selector": {
        "all_retrieval_intents": ["faq"],
        "faq": {
            "ranking": [
                {"intent_response_key": "faq/cost", "confidence": 0.71234},
                *({"intent_response_key": f"faq/{n}", "confidence": 0.01} for n in range(9)),
            ]
        },
    },
    "questions": [{"text": "how much", "intent": "faq", "topic": "faq/cost", "confidence": 0.71234}],
    "safety": {"outcome": "none", "conditions": []},
}


def told(*events: Event) -> dict[str, Any]:
    slots = [AnySlot("name", mappings=[{}]), AnySlot("empty", mappings=[{}])]
    facts = explain_turn(DialogueStateTracker.from_events("somebody", list(events), slots))
    assert facts is not None
    return facts


def heard(**more: Any) -> UserUttered:
    return UserUttered("how much", PARSED["intent"], parse_data=PARSED, **more)


def test_nothing_was_said_yet() -> None:
    assert explain_turn(DialogueStateTracker("somebody", [])) is None


def test_a_kind_counts_by_itself_in_the_ranking() -> None:
    facts = told(heard())
    assert (facts["label"], facts["confidence"]) == ("faq/cost", 0.712)
    assert [entry["label"] for entry in facts["ranking"]][:2] == ["faq/cost", "greet"]
    assert len(facts["ranking"]) == MOST_LABELS
    assert facts["questions"] == [{"text": "how much", "label": "faq/cost", "confidence": 0.712}]


def test_the_turn_begins_with_the_latest_message_and_holds_its_second_question() -> None:
    facts = told(
        heard(),
        ActionExecuted("utter_faq", policy="Old", confidence=1.0),
        heard(),
        ActionExecuted("utter_greet", policy="Rules", confidence=0.98765),
        BotUttered("hello"),
        ActionExecuted("action_listen"),
        heard(metadata={SECOND_QUESTION: True}),
        ActionExecuted("utter_faq", policy="Rules", confidence=1.0),
    )
    assert facts["actions"] == [
        {"name": "utter_greet", "policy": "Rules", "confidence": 0.988},
        {"name": "utter_faq", "policy": "Rules", "confidence": 1.0},
    ]


def test_the_form_and_filled_slots_are_told() -> None:
    facts = told(heard(), ActiveLoop("booking_form"), SlotSet("name", "Ann"), SlotSet("empty", ""))
    assert (facts["form"], facts["slots"]) == ("booking_form", {"name": "Ann"})
