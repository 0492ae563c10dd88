"""Replies with the studio's facts, health terms and follow-up suggestions, without the action server."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from rasa.core.nlg.generator import ResponseVariationFilter
from rasa.core.nlg.response import TemplatedNaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from lamoon.booking.form import health_summary, read_back
from lamoon.contract import ReplyMetadata, topic_of, topic_of_response
from lamoon.dialogue.wording import condition_buttons, health_words
from lamoon.knowledge import load_topics
from lamoon.knowledge.topics import other_reading
from lamoon.phrasebook import say
from lamoon.screening.conditions import load_facts
from lamoon.settings import load_settings
from lamoon.studio import load_studio

SUGGESTIONS = 3
NEXT, VARIATION = "next_variation", "variation"
WHICH = "utter_which_condition"


class StudioResponses(TemplatedNaturalLanguageGenerator):
    """Rasa's response generator with values from `studio.yml` and the topics."""

    def __init__(self, endpoint_config: EndpointConfig, domain: Domain) -> None:
        """Loads `studio.yml` and `data/topics.yml` (called by Rasa).

        Raises:
            ConfigurationError: when one of them is broken.
            ContractError: when the `metadata` of a response names an unknown kind or effect.
        """
        super().__init__(domain.responses)
        for variations in domain.responses.values():
            for variation in variations:
                ReplyMetadata.from_dict(variation.get("metadata") or {})
        self._facts = load_studio(load_settings().studio).facts()
        self._topics = load_topics()
        self._conditions = load_facts()

    async def generate(
        self, utter_action: str, tracker: DialogueStateTracker, output_channel: str, **kwargs: Any
    ) -> dict[str, Any] | None:
        """Generates the response `utter_action`.

        The `metadata` of its variation (kind, effect) become fields of the reply, which travel as its metadata; a
        topic's answer also carries its topic, section and suggestions. When `kwargs` name a second response as `then`,
        it continues the same message.
        """
        slots = tracker.current_slot_values()
        facts = {
            **self._facts,
            "health_summary": health_summary(slots),
            "read_back": read_back(slots),
            **health_words(slots, self._conditions, self._facts),
        }
        then = kwargs.pop("then", None)
        values = {**slots, NEXT: _last_variation(tracker, utter_action) + 1}
        message: dict[str, Any] | None = self.generate_from_slots(
            utter_action, values, output_channel, **facts, **kwargs
        )
        if message is None:
            return None
        metadata = ReplyMetadata.from_dict(message.pop("metadata", None) or {})
        if utter_action == WHICH:
            message["buttons"] = condition_buttons(slots, self._conditions)
        topic_id = topic_of_response(utter_action)
        if topic_id:
            metadata = replace(metadata, topic=topic_id, section=self._topics.by_id[topic_id].section)
            self._suggest(message, topic_id, tracker)
        if then:
            message = _joined(message, await self.generate(then, tracker, output_channel, **kwargs))
        return message | metadata.to_dict()

    def _random_response_for(
        self, utter_action: str, output_channel: str, filled_slots: dict[str, Any]
    ) -> dict[str, Any] | None:
        """The variation whose turn it is. Rasa draws one, so that the same text may come twice in a row."""
        if utter_action not in self.responses:
            return None
        found = ResponseVariationFilter(self.responses).responses_for_utter_action(
            utter_action, output_channel, filled_slots
        )
        if not found:
            return None
        at = filled_slots.get(NEXT, 0) % len(found)
        return {**found[at], VARIATION: at} if len(found) > 1 else found[at]

    def _suggest(self, message: dict[str, Any], topic_id: str, tracker: DialogueStateTracker) -> None:
        if tracker.active_loop_name is None:  # in a form, the form's own question comes next
            related = self._topics.related(topic_id, exclude=_answered(tracker))
            meant = other_reading(tracker.latest_message.parse_data, topic_id, self._topics)
            if meant:
                message["text"] = f"{message['text']} {say('other_reading', title=meant.title)}"
                related = (meant, *(topic for topic in related if topic != meant))
            message["buttons"] = [{"title": other.title, "payload": other.title} for other in related[:SUGGESTIONS]]


def _last_variation(tracker: DialogueStateTracker, utter_action: str) -> int:
    """Which of its variations a response was last; -1 when it was not said yet, or has only one."""
    for event in reversed(tracker.events):
        if isinstance(event, BotUttered) and event.metadata.get("utter_action") == utter_action:
            return int(event.metadata.get(VARIATION, -1))
    return -1


def _joined(message: dict[str, Any], more: dict[str, Any] | None) -> dict[str, Any]:
    """Joins two replies into one."""
    if more is None:
        return message
    buttons = [*(message.get("buttons") or []), *(more.get("buttons") or [])]
    return {**message, "text": f"{message['text']} {more['text']}", "buttons": buttons}


def _answered(tracker: DialogueStateTracker) -> set[str]:
    """Topics already answered in this conversation."""
    topics = (topic_of(event.metadata.get("topic")) for event in tracker.events if event.type_name == "bot")
    return {topic for topic in topics if topic}
