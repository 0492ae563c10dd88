"""A rule policy that treats a message with several questions as several messages."""

from __future__ import annotations

from typing import Any

from rasa.core.policies.policy import PolicyPrediction
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    DefinePrevUserUtteredFeaturization,
    Event,
    LoopInterrupted,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import INTENT, RESPONSE_SELECTOR

from lamoon.contract import REPLY_PLAN, topic_of
from lamoon.dialogue.reply import Plan
from lamoon.nlu.candidates import FACT
from lamoon.nlu.component import DROPS, PARSED, QUESTIONS
from lamoon.nlu.safety_rule_policy import SafetyRulePolicy, planned_actions

# An emergency text is sent alone, and an answer to a form's question is not a question.
ALONE = ("emergency", "inform", "stop")
ANSWER = "inform"
SECOND_QUESTION = "second_question"  # in the metadata of a message that the visitor did not send separately


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=True)
class MultiQuestionPolicy(SafetyRulePolicy):
    """Predict like SafetyRulePolicy; after the first question is answered, the next one follows.

    The next question enters the conversation as a separate message, so every rule applies to it: in forms, before
    forms, and without the action server. Its health content was screened with the first. The last one may be the answer
    to the form's own question, which the form then reads.
    """

    def predict_action_probabilities(
        self, tracker: DialogueStateTracker, domain: Domain, rule_only_data: dict[str, Any] | None = None, **kwargs: Any
    ) -> PolicyPrediction:
        """Predict the next action."""
        prediction = super().predict_action_probabilities(tracker, domain, rule_only_data, **kwargs)
        second = _next_question(tracker)
        if second is None or not _is_done(tracker, prediction, domain):
            return prediction
        events: list[Event] = [
            ActionExecuted(ACTION_LISTEN_NAME),
            second,
            *([LoopInterrupted(False)] if second.intent_name == ANSWER else []),  # the form reads its answer
            DefinePrevUserUtteredFeaturization(False),  # Rasa's own mark: the intent counts, not the words
        ]
        if second.intent_name == ANSWER and tracker.active_loop_name:
            return self._certain(tracker.active_loop_name, domain, events)
        after = tracker.copy()
        after.update_with_events(events, domain)
        prediction = self._by_rules(after, domain, [])
        prediction.events = [*events, *prediction.events]
        prediction.is_no_user_prediction = True  # no other policy has seen the second question
        return prediction


def _next_question(tracker: DialogueStateTracker) -> UserUttered | None:
    """Return the message's next question as a message; None if there is none, or nothing more should be said."""
    message = tracker.latest_message
    questions = message.parse_data.get(QUESTIONS, []) if message else []
    if message is None or len(questions) < 2 or (message.intent_name in ALONE and not questions[0].get(DROPS)):
        return None
    if Plan.from_slot(tracker.get_slot(REPLY_PLAN)).then != "rules":
        return None  # the plan's reply is complete
    question = questions[1]
    intent = {"name": question["intent"], "confidence": question["confidence"]}
    parsed: dict[str, Any] = {
        "text": question["text"],
        INTENT: intent,
        "entities": [],
        QUESTIONS: questions[1:],
        RESPONSE_SELECTOR: _selector(question["topic"]),
        FACT: _fact(question),
        **(question.get(PARSED) or {}),
    }
    mark = {SECOND_QUESTION: True}
    return UserUttered(question["text"], intent, [], parsed, input_channel=message.input_channel, metadata=mark)


def _selector(topic: str | None) -> dict[str, Any]:
    """Return the selector's output as the classifier fills it, so that `utter_faq` finds its answer."""
    if topic is None:
        return {}
    response = {"intent_response_key": topic, "utter_action": f"utter_{topic}", "responses": []}
    return {topic.split("/")[0]: {"response": response, "ranking": []}}


def _fact(question: dict[str, Any]) -> dict[str, Any] | None:
    """Return the fact as `FactSelector` writes it."""
    fact = question.get("fact")
    return {"id": fact, "topic": topic_of(question["topic"]), "confidence": question["confidence"]} if fact else None


def _is_done(tracker: DialogueStateTracker, prediction: PolicyPrediction, domain: Domain) -> bool:
    """Return whether the first question is answered, and the rules would listen or return to the open form.

    A form that acts first, even after a warning, takes the message as an answer to its own question.
    """
    action = domain.action_names_or_texts[prediction.max_confidence_index]
    last, form = tracker.latest_action_name, tracker.active_loop_name
    if last in (ACTION_LISTEN_NAME, form):
        return False
    return action == ACTION_LISTEN_NAME or (action == form and last not in planned_actions(tracker))
