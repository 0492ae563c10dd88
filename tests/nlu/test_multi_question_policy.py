"""A message with two questions is answered like two messages, by the project's own rules."""

from __future__ import annotations

from typing import Any

import pytest
from rasa.core.training import load_data
from rasa.engine.graph import ExecutionContext
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.core.constants import ACTION_LISTEN_NAME, REQUESTED_SLOT
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, BotUttered, Event, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.importers.rasa import RasaFileImporter

from lamoon.dialogue.reply import WARN
from lamoon.nlu.multi_question_policy import SECOND_QUESTION, MultiQuestionPolicy
from lamoon.nlu.safety_rule_policy import UNAVAILABLE
from lamoon.settings import PROJECT

LISTEN = ACTION_LISTEN_NAME
FORM = "booking_form"
CLOT = {"id": "blood_clot", "status": "affirmed", "text": "a clot", "start": 0, "end": 6}
CHEST = {"id": "chest_pain", "status": "affirmed", "text": "my chest", "start": 0, "end": 8}
MOST_ACTIONS = 10


@pytest.fixture(scope="session")
def policy(domain: Domain, context: ExecutionContext, tmp_path_factory: pytest.TempPathFactory) -> MultiQuestionPolicy:
    """Trained on the rules and stories of data/ as config.yml says."""
    config = MultiQuestionPolicy.get_default_config() | {"core_fallback_action_name": "utter_how_can_i_help"}
    storage = LocalModelStorage(tmp_path_factory.mktemp("policy"))
    trained = MultiQuestionPolicy(config, storage, Resource("policy"), context)
    trained.train(
        load_data(RasaFileImporter(training_data_paths=str(PROJECT / "data")), domain, augmentation_factor=0), domain
    )
    return trained


class Conversation:
    """Play Rasa's part; every action says something unless `down` names it."""

    def __init__(self, policy: MultiQuestionPolicy, domain: Domain) -> None:
        self.policy = policy
        self.domain = domain
        self.down: tuple[str, ...] = ()
        self.tracker = DialogueStateTracker("visitor", domain.slots)
        self._update(ActionExecuted(LISTEN))

    def open_form(self, form: str = FORM, question: str = "contact") -> None:
        self._update(ActiveLoop(form), SlotSet(REQUESTED_SLOT, question))

    def ask(self, *labels: str, intent: str | None = None, conditions: tuple[dict[str, Any], ...] = ()) -> list[str]:
        """A message that asks for `labels`; returns the actions of the turn. `intent` is what later components made of it."""
        entries = [
            {"text": f"text of {label}", "intent": label.split("/")[0], "topic": label if "/" in label else None}
            for label in labels
        ]
        parsed: dict[str, Any] = {
            "text": "both",
            "intent": {"name": intent or entries[0]["intent"], "confidence": 0.9},
            "entities": [],
            "safety": {"outcome": "warn" if conditions else "none", "conditions": list(conditions), "question": False},
            "questions": [{**entry, "confidence": 0.9} for entry in entries],
        }
        self._update(UserUttered("both", parsed["intent"], parse_data=parsed, input_channel="rest"))
        actions: list[str] = []
        while len(actions) < MOST_ACTIONS:
            prediction = self.policy.predict_action_probabilities(self.tracker, self.domain)
            action = self.domain.action_names_or_texts[prediction.max_confidence_index]
            self._update(*prediction.events, ActionExecuted(action), *self._effects(action))
            actions.append(action)
            if action == LISTEN:
                return actions
        raise AssertionError(f"the turn does not end: {actions}")

    @property
    def heard(self) -> list[UserUttered]:
        return [event for event in self.tracker.events if isinstance(event, UserUttered)]

    def _effects(self, action: str) -> list[Event]:
        if action == LISTEN or action in self.down:
            return []
        entering: list[Event] = [ActiveLoop(action)] if action.endswith("_form") else []
        return [*entering, BotUttered(action)]

    def _update(self, *events: Event) -> None:
        for event in events:
            self.tracker.update(event, self.domain)


@pytest.fixture
def conversation(policy: MultiQuestionPolicy, domain: Domain) -> Conversation:
    return Conversation(policy, domain)


def test_one_question_has_one_answer(conversation: Conversation) -> None:
    assert conversation.ask("faq/cost") == ["utter_faq", LISTEN]
    assert len(conversation.heard) == 1


def test_two_questions_have_two_answers(conversation: Conversation) -> None:
    assert conversation.ask("faq/cost", "faq/history") == ["utter_faq", "utter_faq", LISTEN]
    assert conversation.ask("ask_hours", "out_of_scope/parking") == [
        "action_studio_facts",
        "utter_out_of_scope",
        LISTEN,
    ]


def test_the_second_question_is_a_message_with_its_own_topic(conversation: Conversation) -> None:
    conversation.ask("faq/cost", "faq/history")
    second = conversation.heard[-1]
    assert (second.text, second.intent_name, second.input_channel) == ("text of faq/history", "faq", "rest")
    assert second.parse_data["response_selector"]["faq"]["response"]["utter_action"] == "utter_faq/history"
    assert second.metadata[SECOND_QUESTION] is True


def test_in_a_form_both_are_answered_before_the_form_asks_again(conversation: Conversation) -> None:
    conversation.open_form()
    assert conversation.ask("faq/cost", "faq/history") == ["utter_faq", "utter_faq", FORM, LISTEN]


def test_words_that_a_form_takes_as_its_answer_are_no_questions(conversation: Conversation) -> None:
    conversation.open_form("handoff_form", "handoff_question")
    assert conversation.ask("out_of_scope/food", "faq/history") == ["handoff_form", LISTEN]
    assert conversation.ask("out_of_scope/food", "faq/history", conditions=(CLOT,)) == [WARN, "handoff_form", LISTEN]


def test_a_question_is_answered_before_the_form_opens(conversation: Conversation) -> None:
    assert conversation.ask("faq/cost", "book_appointment") == ["utter_faq", "utter_booking_intro", FORM, LISTEN]


def test_a_warning_goes_before_both_and_is_spoken_once(conversation: Conversation) -> None:
    actions = conversation.ask("faq/cost", "faq/history", conditions=(CLOT,))
    assert actions == [WARN, "utter_faq", "utter_faq", LISTEN]
    assert conversation.tracker.get_slot("reply_plan")["notice"] == "warn"
    assert conversation.tracker.get_slot("open_conditions") == ["blood_clot"]


def test_where_the_plan_is_all_there_is_to_say_no_second_question_follows(conversation: Conversation) -> None:
    conversation.ask("faq/cost", intent="emergency", conditions=(CHEST,))
    assert conversation.ask("faq/cost", "faq/history") == ["utter_emergency_open", LISTEN]
    assert len(conversation.heard) == 2


@pytest.mark.parametrize("intent", ["emergency", "inform", "stop"])
def test_an_emergency_an_answer_and_a_stop_stand_alone(conversation: Conversation, intent: str) -> None:
    conversation.ask("faq/cost", "faq/history", intent=intent)
    assert len(conversation.heard) == 1


def test_without_the_action_server_the_guide_still_answers(conversation: Conversation) -> None:
    conversation.down = ("action_studio_facts",)
    actions = conversation.ask("ask_hours", "faq/history")
    assert actions == ["action_studio_facts", UNAVAILABLE, "utter_faq", LISTEN]
