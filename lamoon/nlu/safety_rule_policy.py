"""RulePolicy with two guards: safety comes first, and every message gets a reply."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rasa.core.policies.policy import PolicyPrediction
from rasa.core.policies.rule_policy import RulePolicy
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.core.constants import ACTION_DEACTIVATE_LOOP_NAME, ACTION_LISTEN_NAME, REQUESTED_SLOT
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActionExecutionRejected, Event, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.slot_mappings import SlotMapping
from rasa.shared.core.trackers import DialogueStateTracker

from lamoon.contract import DELETION_QUESTION, REPLY_PLAN, SENT_REQUEST
from lamoon.dialogue.plan import plan_turn
from lamoon.dialogue.reply import WARN, Plan
from lamoon.intents import shared_intents
from lamoon.screening.screener import shared_catalogue

EMERGENCY = "utter_emergency"
ABOUT_REQUEST = "action_about_request"
WARN_WITHOUT_SERVER = "utter_contraindication_warning"
UNAVAILABLE = "utter_unavailable"
HEALTH_QUESTIONS = ("health_screening", "health_details")
# In addition to the intents of questions: each has a rule in data/rules.yml.
DELETION_ANSWERS = ("stop", "forget_me")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=True)
class SafetyRulePolicy(RulePolicy):
    """Predict like RulePolicy, except in two cases.

    1. The plan of the reply (`lamoon/dialogue/plan.py`) starts with something else: a warning, a word about an open
    emergency or crisis, a question about health. The rules then continue as usual, inside forms too, or the reply ends.
    If the action server gives no warning, the response `utter_contraindication_warning` is sent instead.

    2. An action of the action server yields nothing, because the server is down or failed: `utter_unavailable` is
       sent, and an open form is closed.
    """

    def predict_action_probabilities(
        self, tracker: DialogueStateTracker, domain: Domain, rule_only_data: dict[str, Any] | None = None, **kwargs: Any
    ) -> PolicyPrediction:
        """Predict the next action."""
        turn = _events_of_turn(tracker)
        done = [event.action_name for event in turn if isinstance(event, ActionExecuted)]
        last = done[-1] if done else None
        if last is None and tracker.latest_action_name == ACTION_LISTEN_NAME:
            return self._open_turn(tracker, domain)
        if last == EMERGENCY and tracker.get_slot(SENT_REQUEST) and not tracker.active_loop_name:
            return self._certain(ABOUT_REQUEST, domain)  # the request that was sent is held
        if last == ABOUT_REQUEST and EMERGENCY in done:
            return self._certain(ACTION_LISTEN_NAME, domain)
        if last == WARN and _yielded_nothing(turn):
            return self._certain(WARN_WITHOUT_SERVER, domain)
        plan = Plan.from_slot(tracker.get_slot(REPLY_PLAN))
        first = planned_actions(tracker)
        if last in first and last in domain.form_names:
            return self._certain(ACTION_LISTEN_NAME, domain)  # it has asked its first question
        if last in first:
            return self._go_on(plan, len([name for name in done if name in plan.say]), tracker, domain)
        if last is not None and _is_remote(last, domain) and _yielded_nothing(turn):
            return self._certain(UNAVAILABLE, domain)
        if last == UNAVAILABLE and tracker.active_loop_name:
            return self._certain(ACTION_DEACTIVATE_LOOP_NAME, domain)
        if UNAVAILABLE in done:
            return self._certain(ACTION_LISTEN_NAME, domain)
        if last == self.config["core_fallback_action_name"]:
            return self._certain(tracker.active_loop_name or ACTION_LISTEN_NAME, domain)
        if any(name in first for name in done):
            tracker = _without(tracker, first)
        return super().predict_action_probabilities(tracker, domain, rule_only_data, **kwargs)

    def _open_turn(self, tracker: DialogueStateTracker, domain: Domain) -> PolicyPrediction:
        """Make the first prediction after a message: update the health slots, and start with the plan's first reply."""
        parsed = tracker.latest_message.parse_data if tracker.latest_message else {}
        form = tracker.active_loop_name or ""
        answers = bool(form) and not _interrupts(tracker, domain)
        asks_list = bool(form) and tracker.get_slot(REQUESTED_SLOT) in HEALTH_QUESTIONS
        step = plan_turn(tracker.current_slot_values(), parsed, shared_catalogue(), form, answers, asks_list)
        events: list[Event] = [SlotSet(name, value) for name, value in step.slots.items()]
        if _intent(tracker) == "emergency" and form:
            # The form ends here; the next one asks everything again, above all the health question.
            events += [SlotSet(name, None) for name in domain.required_slots_for_form(form)]
        if _opens_session(tracker) and not form:
            events += [SlotSet(name, None) for name in _form_slots(domain) if tracker.get_slot(name) is not None]
        if tracker.get_slot(DELETION_QUESTION) and not _may_answer_deletion(tracker):
            events.append(SlotSet(DELETION_QUESTION, None))
        if not step.plan.say:
            return self._by_rules(tracker, domain, events)
        return self._certain(step.plan.say[0], domain, events)

    def _go_on(self, plan: Plan, sent: int, tracker: DialogueStateTracker, domain: Domain) -> PolicyPrediction:
        """Continue after the plan's first reply: the next one, or whatever the plan allows to follow."""
        if sent < len(plan.say):
            return self._certain(plan.say[sent], domain)
        if plan.then == "wait":
            return self._certain(ACTION_LISTEN_NAME, domain)
        if plan.then == "listen":
            return self._certain(tracker.active_loop_name or ACTION_LISTEN_NAME, domain)
        # Forms validate only after action_listen, so the plan's replies must be invisible to them too.
        hidden = (*planned_actions(tracker), ACTION_LISTEN_NAME)
        return self._by_rules(_without(tracker, hidden), domain, [ActionExecuted(ACTION_LISTEN_NAME)])

    def _by_rules(self, tracker: DialogueStateTracker, domain: Domain, events: list[Event]) -> PolicyPrediction:
        """Return the rules' first prediction after a message. A form would act before any rule and call the action
        server even about a message that cannot be its answer. Such a message is treated as rejected by the form, so
        that an emergency or a question is answered without the action server.
        """
        form = tracker.active_loop_name
        if form and _interrupts(tracker, domain):
            rejected = ActionExecutionRejected(form, self.__class__.__name__, 1.0)
            events = [*events, rejected]
            tracker = tracker.copy()
            tracker.update(rejected, domain)
        prediction = super().predict_action_probabilities(tracker, domain)
        prediction.events.extend(events)
        return prediction

    def _find_action_from_rules(
        self, tracker: DialogueStateTracker, domain: Domain, use_text_for_last_user_input: bool
    ) -> tuple[str | None, str | None, bool]:
        """Find the rule by intent only: our rules name no texts, and a search by text doubles the cost."""
        if use_text_for_last_user_input:
            return None, None, False
        found: tuple[str | None, str | None, bool] = super()._find_action_from_rules(tracker, domain, False)
        return found

    def _certain(self, action: str, domain: Domain, events: list[Event] | None = None) -> PolicyPrediction:
        probabilities = self._default_predictions(domain)
        probabilities[domain.index_for_action(action)] = 1.0
        # "No user" predictions win over every other policy, so the guards decide last.
        return self._prediction(probabilities, events=events, is_no_user_prediction=True)


def _events_of_turn(tracker: DialogueStateTracker) -> list[Event]:
    """Return the events since the visitor's last message, oldest first."""
    events: list[Event] = []
    for event in reversed(tracker.events):
        if isinstance(event, UserUttered):
            break
        events.append(event)
    else:
        return []
    return events[::-1]


def _yielded_nothing(turn: list[Event]) -> bool:
    return isinstance(turn[-1], ActionExecuted)


def _is_remote(action: str, domain: Domain) -> bool:
    return action in domain.form_names or (action in domain.user_actions and not action.startswith("utter_"))


def _interrupts(tracker: DialogueStateTracker, domain: Domain) -> bool:
    """Return whether the slot mappings in the domain exclude the message as an answer to the form's open question."""
    question = tracker.get_slot(REQUESTED_SLOT)
    mappings = [mapping for slot in domain.slots if slot.name == question for mapping in slot.mappings]
    return bool(mappings) and not any(SlotMapping.intent_is_desired(mapping, tracker, domain) for mapping in mappings)


def _may_answer_deletion(tracker: DialogueStateTracker) -> bool:
    """Return whether the message may answer the question about deletion; any other closes that question."""
    return _intent(tracker) in (*shared_intents().taken_by("answers"), *DELETION_ANSWERS)


def _intent(tracker: DialogueStateTracker) -> str | None:
    name = tracker.latest_message.intent.get("name") if tracker.latest_message else None
    return str(name) if name else None


def _opens_session(tracker: DialogueStateTracker) -> bool:
    """Return whether the message is the first one of its session; Rasa then carries over all slots, including those of
    a form.
    """
    earlier = [event for event in tracker.events if isinstance(event, (UserUttered, SessionStarted))]
    return len(earlier) > 1 and isinstance(earlier[-2], SessionStarted)


def _form_slots(domain: Domain) -> list[str]:
    return [*dict.fromkeys(name for form in domain.form_names for name in domain.required_slots_for_form(form))]


def planned_actions(tracker: DialogueStateTracker) -> tuple[str, ...]:
    """Return the names of this turn's actions that the plan put first."""
    say = Plan.from_slot(tracker.get_slot(REPLY_PLAN)).say
    return (*say, WARN_WITHOUT_SERVER) if WARN in say else say


def _without(tracker: DialogueStateTracker, hidden: Sequence[str]) -> DialogueStateTracker:
    """Return a copy without these actions of this turn, which the rules do not know."""
    turn = _events_of_turn(tracker)
    before = list(tracker.events)[: len(tracker.events) - len(turn)]
    kept = [event for event in turn if not (isinstance(event, ActionExecuted) and event.action_name in hidden)]
    return DialogueStateTracker.from_events(tracker.sender_id, before + kept, slots=list(tracker.slots.values()))
