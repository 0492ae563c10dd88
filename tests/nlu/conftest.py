"""A place for Rasa's components to keep what they learn, the project's own domain, and conversations without Rasa's server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from rasa.core.policies.policy import PolicyPrediction
from rasa.core.training import load_data
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.core.constants import ACTION_LISTEN_NAME, REQUESTED_SLOT
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActionExecutionRejected,
    ActiveLoop,
    BotUttered,
    Event,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.importers.rasa import RasaFileImporter

from lamoon.contract import DELETION_QUESTION
from lamoon.nlu.safety_rule_policy import SafetyRulePolicy
from lamoon.settings import PROJECT

LISTEN = ACTION_LISTEN_NAME
FALLBACK = "utter_how_can_i_help"
MOST_ACTIONS = 10
FORM_SLOTS = {"booking_form": "visitor_name", "handoff_form": "handoff_question"}


@pytest.fixture
def storage(tmp_path: Path) -> LocalModelStorage:
    """An empty model folder."""
    folder = tmp_path / "model"
    folder.mkdir()
    return LocalModelStorage(folder)


@pytest.fixture(scope="session")
def context() -> ExecutionContext:
    """Rasa's context of a run for a component."""
    return ExecutionContext(GraphSchema({}))


@pytest.fixture(scope="session")
def domain() -> Domain:
    """domain.yml with the answers, and the actions that Rasa makes for retrieval intents."""
    written = Domain.load([str(PROJECT / "domain.yml"), str(PROJECT / "data" / "responses")])
    return written.merge(Domain.from_dict({"actions": ["utter_faq", "utter_out_of_scope"]}))


@pytest.fixture(scope="session")
def policy(domain: Domain, context: ExecutionContext, tmp_path_factory: pytest.TempPathFactory) -> SafetyRulePolicy:
    """Trained on the rules and stories of data/ as config.yml says."""
    config = SafetyRulePolicy.get_default_config() | {"core_fallback_action_name": FALLBACK}
    storage = LocalModelStorage(tmp_path_factory.mktemp("policy"))
    trained = SafetyRulePolicy(config, storage, Resource("policy"), context)
    trained.train(
        load_data(RasaFileImporter(training_data_paths=str(PROJECT / "data")), domain, augmentation_factor=0), domain
    )
    return trained


class Conversation:
    """Play Rasa's part between the policy and the actions.

    `down` names remote actions that yield nothing. As in Rasa, a form that runs right after a message validates it
    (`validated`), and rejects one that answers no question, so that the rules are asked; where the action server is down it
    does neither. A form that runs after another action only asks its open question.
    """

    def __init__(self, policy: SafetyRulePolicy, domain: Domain) -> None:
        self.policy = policy
        self.domain = domain
        self.down: set[str] = set()
        self.validated = False
        self.tracker = DialogueStateTracker("visitor", domain.slots)
        self._update(ActionExecuted(LISTEN))

    def say(
        self,
        intent: str,
        *conditions: tuple[str, str],
        outcome: str = "none",
        text: str = "words",
        question: bool = False,
        acts: tuple[str, ...] = (),
    ) -> list[str]:
        """A message with its reading, `conditions` being (id, status) and `acts` what it does; returns the actions of the turn."""
        told = [{"id": id, "status": status, "text": id, "start": 0, "end": 1} for id, status in conditions]
        crisis = "acute" if ("suicidal", "affirmed") in conditions else ""
        parsed: dict[str, Any] = {
            "text": text,
            "intent": {"name": intent, "confidence": 0.9},
            "entities": [],
            "safety": {"outcome": outcome, "conditions": told, "question": question, "crisis": crisis},
            "turn": {"acts": list(acts)},
        }
        return self.hear(parsed)

    def hear(self, parsed: dict[str, Any]) -> list[str]:
        """A message with this parse result; returns the actions of the turn."""
        intent = str(parsed["intent"]["name"])
        self._update(UserUttered(parsed["text"], parsed["intent"], parse_data=parsed))
        self.validated = False
        actions: list[str] = []
        while len(actions) < MOST_ACTIONS:
            prediction = self.predict()
            action = self._likeliest(prediction)
            if self._rejects(action, intent, prediction.events):
                self._update(ActionExecutionRejected(action))
                continue
            self._update(*prediction.events, ActionExecuted(action), *self._effects(action))
            actions.append(action)
            if action == LISTEN:
                return actions
        raise AssertionError(f"the turn does not end: {actions}")

    def slot(self, name: str) -> Any:
        return self.tracker.get_slot(name)

    def predict(self) -> PolicyPrediction:
        return self.policy.predict_action_probabilities(self.tracker, self.domain)

    def _likeliest(self, prediction: PolicyPrediction) -> str:
        best = prediction.probabilities.index(max(prediction.probabilities))
        name: str = self.domain.action_names_or_texts[best]
        return name

    def _rejects(self, action: str, intent: str, events: list[Event]) -> bool:
        seen = self.tracker.copy()  # an action sees the events of the prediction; a rejection discards them
        seen.update_with_events(events, self.domain)
        first = seen.latest_action_name == LISTEN and seen.active_loop_name == action
        validates = first and not seen.is_active_loop_rejected and action not in self.down
        self.validated = self.validated or (validates and intent == "inform")
        return validates and intent != "inform"

    def _effects(self, action: str) -> list[Event]:
        if action in self.down or action == LISTEN:
            return []
        if action == "action_deactivate_loop":
            return [ActiveLoop(None), SlotSet(REQUESTED_SLOT, None)]
        if action == "action_ask_forget":
            return [BotUttered("a question"), SlotSet(DELETION_QUESTION, "asked")]
        if action == "action_forget_me":
            return [BotUttered(action), SlotSet(DELETION_QUESTION, None)]
        if action in FORM_SLOTS:
            entering = [ActiveLoop(action)] if self.tracker.active_loop_name != action else []
            return [*entering, BotUttered("a question"), SlotSet(REQUESTED_SLOT, FORM_SLOTS[action])]
        return [BotUttered(action)]

    def _update(self, *events: Event) -> None:
        for event in events:
            self.tracker.update(event, self.domain)


@pytest.fixture
def conversation(policy: SafetyRulePolicy, domain: Domain) -> Conversation:
    return Conversation(policy, domain)


@pytest.fixture
def booking(conversation: Conversation) -> Conversation:
    """A conversation inside the booking form."""
    assert conversation.say("book_appointment") == ["utter_booking_intro", "booking_form", LISTEN]
    return conversation
