"""Replies with the studio's facts, health terms and follow-up suggestions, without the action server."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from rasa.core.nlg.response import TemplatedNaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from lamoon.booking.form import health_summary, read_back
from lamoon.contract import ReplyMetadata, topic_of, topic_of_response
from lamoon.knowledge import load_topics
from lamoon.knowledge.topics import other_reading
from lamoon.phrasebook import say
from lamoon.settings import load_settings
from lamoon.studio import load_studio

SUGGESTIONS = 3
SHORT = 30
"""Words of an answer in its short form, at most, unless its first sentence is longer."""
LAST_ANSWER = "utter_last_answer"
NO_LAST_ANSWER = "utter_no_last_answer"


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

    async def generate(
        self, utter_action: str, tracker: DialogueStateTracker, output_channel: str, **kwargs: Any
    ) -> dict[str, Any] | None:
        """Generates the response `utter_action`.

        The `metadata` of its variation (kind, effect) become fields of the reply, which travel as its metadata; a
        topic's answer also carries its topic, section and suggestions. When `kwargs` name a second response as `then`,
        it continues the same message.
        `utter_last_answer` repeats the answer before in its short form.
        """
        slots = tracker.current_slot_values()
        facts = {**self._facts, "health_summary": health_summary(slots), "read_back": read_back(slots)}
        then = kwargs.pop("then", None)
        if utter_action == LAST_ANSWER:
            facts["last_answer"] = _last_answer(tracker)
            utter_action = LAST_ANSWER if facts["last_answer"] else NO_LAST_ANSWER
        message: dict[str, Any] | None = await super().generate(
            utter_action, tracker, output_channel, **facts, **kwargs
        )
        if message is None:
            return None
        metadata = ReplyMetadata.from_dict(message.pop("metadata", None) or {})
        topic_id = topic_of_response(utter_action)
        if topic_id:
            metadata = replace(metadata, topic=topic_id, section=self._topics.by_id[topic_id].section)
            self._suggest(message, topic_id, tracker)
        if then:
            message = _joined(message, await self.generate(then, tracker, output_channel, **kwargs))
        return message | metadata.to_dict()

    def _suggest(self, message: dict[str, Any], topic_id: str, tracker: DialogueStateTracker) -> None:
        if tracker.active_loop_name is None:  # in a form, the form's own question comes next
            related = self._topics.related(topic_id, exclude=_answered(tracker))
            meant = other_reading(tracker.latest_message.parse_data, topic_id, self._topics)
            if meant:
                message["text"] = f"{message['text']} {say('other_reading', title=meant.title)}"
                related = (meant, *(topic for topic in related if topic != meant))
            message["buttons"] = [{"title": other.title, "payload": other.title} for other in related[:SUGGESTIONS]]


def _joined(message: dict[str, Any], more: dict[str, Any] | None) -> dict[str, Any]:
    """Joins two replies into one."""
    if more is None:
        return message
    buttons = [*(message.get("buttons") or []), *(more.get("buttons") or [])]
    return {**message, "text": f"{message['text']} {more['text']}", "buttons": buttons}


def _last_answer(tracker: DialogueStateTracker) -> str:
    """The latest answer in its short form; the whole of it when it was a warning or a crisis. Empty without one."""
    for event in reversed(tracker.events):
        if event.type_name == "bot" and event.text and event.metadata.get("utter_action") != LAST_ANSWER:
            is_plain = ReplyMetadata.from_dict(event.metadata).kind == "text"
            return _short_form(event.text) if is_plain else str(event.text)
    return ""


def _short_form(text: str) -> str:
    """The first sentences of a text that fit into SHORT words; the first one in any case."""
    first, *others = re.split(r"(?<=[.!?]) +", text)
    for sentence in others:
        if len(f"{first} {sentence}".split()) > SHORT:
            break
        first = f"{first} {sentence}"
    return first


def _answered(tracker: DialogueStateTracker) -> set[str]:
    """Topics already answered in this conversation."""
    topics = (topic_of(event.metadata.get("topic")) for event in tracker.events if event.type_name == "bot")
    return {topic for topic in topics if topic}
