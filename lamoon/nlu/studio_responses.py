"""Replies with the studio's facts, health terms and follow-up suggestions, without the action server."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from rasa.core.nlg.response import TemplatedNaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from lamoon.booking.form import health_summary, read_back
from lamoon.contract import ReplyMetadata, topic_of, topic_of_response
from lamoon.knowledge import load_facts, load_topics
from lamoon.knowledge.topics import other_reading
from lamoon.nlu.candidates import FACT
from lamoon.nlu.context import blocks_in_a_row
from lamoon.nlu.topic_answers import OVERVIEW, SAID, Answer, answer_on, misses_number
from lamoon.phrasebook import buttons_of, say
from lamoon.settings import load_settings
from lamoon.studio import load_studio

SUGGESTIONS = 3
OUTSIDE = "utter_out_of_scope/"


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
        self._knowledge = load_facts()

    async def generate(
        self, utter_action: str, tracker: DialogueStateTracker, output_channel: str, **kwargs: Any
    ) -> dict[str, Any] | None:
        """Generates the response `utter_action`.

        The `metadata` of its variation (kind, effect) become fields of the reply, which travel as its metadata; a
        topic's answer also carries its topic, section and suggestions. When `kwargs` name a second response as `then`,
        it continues the same message.
        """
        slots = tracker.current_slot_values()
        facts = {**self._facts, "health_summary": health_summary(slots), "read_back": read_back(slots)}
        then = kwargs.pop("then", None)
        message: dict[str, Any] | None = await super().generate(
            utter_action, tracker, output_channel, **facts, **kwargs
        )
        if message is None:
            return None
        metadata = ReplyMetadata.from_dict(message.pop("metadata", None) or {})
        topic_id = topic_of_response(utter_action)
        if topic_id:
            answer = answer_on(topic_id, _fact_asked(tracker), blocks_in_a_row(tracker), self._knowledge)
            section = self._topics.by_id[topic_id].section
            metadata = replace(metadata, topic=topic_id, section=section, block=answer.name)
            self._word(message, answer, tracker.latest_message.text or "" if tracker.latest_message else "")
            self._suggest(message, topic_id, answer, tracker)
        elif utter_action.startswith(OUTSIDE):
            self._vary(message, tracker)
        if then:
            message = _joined(message, await self.generate(then, tracker, output_channel, **kwargs))
        return message | metadata.to_dict()

    def _word(self, message: dict[str, Any], answer: Answer, question: str) -> None:
        """Puts the text of `answer` in the place of the overview's."""
        if answer.fact and answer.is_again:
            message["text"] = say("as_said", gist=answer.fact.gist)
        elif answer.fact:
            ask_team = say("ask_team") if answer.fact.team else ""
            message["text"] = f"{answer.fact.text} {ask_team}".strip()
        elif answer.name == SAID:
            message["text"] = say("said_all")
        silent = answer.fact is not None and answer.fact.silent
        if not silent and answer.name != SAID and misses_number(question, message["text"]):
            message["text"] = f"{say('no_number')} {message['text']}"

    def _vary(self, message: dict[str, Any], tracker: DialogueStateTracker) -> None:
        """Says in other words what was said last, word for word, to the message before."""
        last = next((event.text for event in reversed(tracker.events) if isinstance(event, BotUttered)), None)
        again = say("outside_again")
        if last == message["text"]:
            message["text"] = again
        elif last == again:
            message["text"] = say("outside_still")
        else:
            return
        message["buttons"] = list(buttons_of("utter_nothing_near"))

    def _suggest(self, message: dict[str, Any], topic_id: str, answer: Answer, tracker: DialogueStateTracker) -> None:
        if tracker.active_loop_name is None:  # in a form, the form's own question comes next
            related = self._topics.related(topic_id, exclude=_answered(tracker))
            if answer.name not in (OVERVIEW, SAID):
                message["text"] = f"{message['text']} {say('more_on_topic')}"
                if OVERVIEW not in (block.name for block in blocks_in_a_row(tracker) if block.topic == topic_id):
                    related = (self._topics.by_id[topic_id], *related)
            meant = other_reading(tracker.latest_message.parse_data, topic_id, self._topics)
            if meant:
                message["text"] = f"{message['text']} {say('other_reading', title=meant.title)}"
                related = (meant, *(topic for topic in related if topic != meant))
            message["buttons"] = [{"title": other.title, "payload": other.title} for other in related[:SUGGESTIONS]]
            if answer.name == SAID or (answer.fact and answer.fact.team):
                message["buttons"] = [*message["buttons"][: SUGGESTIONS - 1], *buttons_of("utter_nothing_near")]


def _fact_asked(tracker: DialogueStateTracker) -> str:
    """The id of the fact that the latest message asks for; empty for none."""
    parsed = tracker.latest_message.parse_data if tracker.latest_message else {}
    return str((parsed.get(FACT) or {}).get("id") or "")


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
