"""Replies with the studio's facts, health terms and follow-up suggestions, without the action server."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import Any, Final

from rasa.core.nlg.generator import ResponseVariationFilter
from rasa.core.nlg.response import TemplatedNaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from lamoon.booking.form import health_summary, is_for, known_so_far, read_back, words_about_people
from lamoon.booking.wish import Wish
from lamoon.contract import (
    BOOKING_PARTS,
    CONDITIONS_TOLD,
    EMERGENCY_TEXT,
    LANGUAGE,
    ReplyMetadata,
    topic_of,
    topic_of_response,
)
from lamoon.dialogue.health_record import CRISIS
from lamoon.dialogue.wording import condition_buttons, health_words
from lamoon.knowledge import load_facts, load_topics
from lamoon.knowledge.topics import other_reading
from lamoon.language.languages import is_foreign, language_text
from lamoon.nlu.candidates import FACT
from lamoon.nlu.context import blocks_in_a_row
from lamoon.nlu.topic_answers import OVERVIEW, SAID, Answer, answer_on, misses_number
from lamoon.phrasebook import buttons_of, say
from lamoon.screening import conditions
from lamoon.settings import load_settings
from lamoon.studio import load_studio

SUGGESTIONS = 3
SHORT = 30
"""Words of an answer in its short form, at most, unless its first sentence is longer."""
LAST_ANSWER = "utter_last_answer"
NO_LAST_ANSWER = "utter_no_last_answer"
ASK_WISH, ASK_NAME = "utter_ask_booking_form_wish", "utter_ask_booking_form_visitor_name"
ON_PAGE: Final[Mapping[str, str]] = {
    "utter_booking_intro": "utter_booking_intro_page",
    ASK_WISH: "utter_ask_wish_page",
}
"""What is said where visitors may book on the studio's own page (`calendar` of studio.yml)."""
NEXT, VARIATION = "next_variation", "variation"
WHICH = "utter_which_condition"
OUTSIDE = "utter_out_of_scope/"
# The texts of data/languages/ that take the place of a response. Small talk gets what any message there gets.
IN_OTHER_LANGUAGES: Final[Mapping[str, str]] = {
    "utter_emergency": "emergency",
    "utter_emergency_*": "emergency_open",
    "utter_crisis_soft": "crisis",
    "utter_crisis_*": "crisis_open",
    "utter_condition_*": "condition_open",
    "utter_contraindication_warning": "warning",
    "utter_handoff_intro": "person",
    "utter_ask_handoff_form_handoff_question": "question",
    "utter_ask_handoff_form_contact": "contact",
    "utter_ask_handoff_form_handoff_consent": "consent",
    "utter_question_sent": "sent",
    "utter_out_of_scope/other_language": "other",
    "utter_health_noted": "other",
    "utter_after_warning": "other",
    "utter_greet": "other",
    "utter_goodbye": "other",
    "utter_thank": "other",
    "utter_all_right": "other",
    "utter_how_can_i_help": "other",
    "utter_nothing_to_stop": "other",
}


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
        studio = load_studio(load_settings().studio)
        self._facts = studio.facts()
        self._on_page = ON_PAGE if studio.calendar.source == "page" else {}
        self._topics = load_topics()
        self._conditions = conditions.load_facts()
        self._knowledge = load_facts()

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
        facts = {
            **self._facts,
            "health_summary": health_summary(slots, self._conditions),
            "read_back": read_back(slots, self._conditions),
            "so_far": known_so_far(slots),
            **words_about_people(slots),
            **_wish_asked(slots),
            **health_words(slots, self._conditions, self._facts),
        }
        then = kwargs.pop("then", None)
        if utter_action == ASK_WISH:
            utter_action = facts["ask_wish"]
        elif utter_action == ASK_NAME and is_for(slots) == "two_people":
            utter_action = "utter_ask_names_of_two"
        utter_action = self._on_page.get(utter_action, utter_action)
        if utter_action == LAST_ANSWER:
            facts["last_answer"] = _last_answer(tracker)
            utter_action = LAST_ANSWER if facts["last_answer"] else NO_LAST_ANSWER
        values = {**slots, NEXT: _last_variation(tracker, utter_action) + 1}
        message: dict[str, Any] | None = self.generate_from_slots(
            utter_action, values, output_channel, **facts, **kwargs
        )
        if message is None:
            return None
        language = slots.get(LANGUAGE)
        if is_foreign(language) and other_text(utter_action):
            message = {**message, **self._in_language(language, utter_action, slots, kwargs)}
        metadata = ReplyMetadata.from_dict(message.pop("metadata", None) or {})
        if utter_action == WHICH:
            message["buttons"] = condition_buttons(slots, self._conditions)
        topic_id = topic_of_response(utter_action)
        if topic_id:
            answer = answer_on(topic_id, _fact_asked(tracker), blocks_in_a_row(tracker), self._knowledge)
            section = self._topics.by_id[topic_id].section
            metadata = replace(metadata, topic=topic_id, section=section, block=answer.name)
            self._word(message, answer, tracker.latest_message.text or "" if tracker.latest_message else "")
            self._suggest(message, topic_id, answer, tracker)
        elif utter_action.startswith(OUTSIDE) and not is_foreign(language):
            self._vary(message, tracker)
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

    def _in_language(
        self, language: str, utter_action: str, slots: Mapping[str, Any], values: Mapping[str, Any]
    ) -> dict[str, Any]:
        """The text of a response in the visitor's language, with a button for a person where English would offer more."""
        name = other_text(utter_action)
        if name == "emergency" and slots.get(EMERGENCY_TEXT) == CRISIS:
            name = "crisis"
        told = tuple(slots.get(CONDITIONS_TOLD) or ())
        known = {**self._facts, **{key: str(value) for key, value in {**slots, **values}.items()}}
        found: dict[str, Any] = {"text": language_text(language, name, known, told)}
        if name in ("other", "crisis"):
            person = language_text(language, "person_button", known)
            found["buttons"] = [{"title": person, "payload": person}]
        return found

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


def _wish_asked(slots: Mapping[str, Any]) -> dict[str, str]:
    """Which half of the wish is still to be asked for, and the other half in words."""
    wish = Wish.from_slot((slots.get(BOOKING_PARTS) or {}).get("wish"))
    if wish.when and not wish.says_what:
        return {"ask_wish": "utter_ask_wish_what", "wish_known": str(wish)}
    if wish.says_what and not wish.when:
        return {"ask_wish": "utter_ask_wish_when", "wish_known": str(wish)}
    return {"ask_wish": ASK_WISH, "wish_known": str(wish)}


def _fact_asked(tracker: DialogueStateTracker) -> str:
    """The id of the fact that the latest message asks for; empty for none."""
    parsed = tracker.latest_message.parse_data if tracker.latest_message else {}
    return str((parsed.get(FACT) or {}).get("id") or "")


def other_text(utter_action: str) -> str:
    """Which text of data/languages/ takes the place of a response; empty for those said in English only."""
    return next((text for name, text in IN_OTHER_LANGUAGES.items() if fnmatchcase(utter_action, name)), "")


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
