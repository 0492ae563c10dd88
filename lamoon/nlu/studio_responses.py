"""A response generator that fills in the studio's facts, health terms and follow-ups, without the action server."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Any, Final

from rasa.core.nlg.generator import ResponseVariationFilter
from rasa.core.nlg.response import TemplatedNaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActiveLoop, BotUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from lamoon.booking.form import health_summary, is_for, known_so_far, read_back, words_about_people
from lamoon.booking.wish import Wish
from lamoon.contract import (
    BOOKING_PARTS,
    CONDITIONS_TOLD,
    EMERGENCY_TEXT,
    HARM_DONE,
    LANGUAGE,
    RESPONSE_PREFIX,
    Label,
    ReplyMetadata,
    topic_of,
    topic_of_response,
)
from lamoon.dialogue.health_record import CRISIS
from lamoon.dialogue.wording import condition_buttons, on_list, open_conditions, urgent
from lamoon.knowledge import load_facts, load_topics
from lamoon.knowledge.facts import SHORT
from lamoon.knowledge.open_points import open_point
from lamoon.knowledge.topics import other_reading
from lamoon.language.languages import is_foreign, language_text
from lamoon.nlu.candidates import FACT
from lamoon.nlu.context import blocks_in_a_row
from lamoon.nlu.topic_answers import AGAIN, OVERVIEW, SAID, Answer, answer_on
from lamoon.phrasebook import buttons_of, say
from lamoon.screening import conditions
from lamoon.settings import load_settings
from lamoon.studio import live_studio
from lamoon.text.clean import escape_markdown
from lamoon.understanding.fact_scorer import KEPT_KINDS

SUGGESTIONS = 3
MORE: Final = ("more_on_topic", "", "more_if_wished", "")
"""The offers to say more, in turn; none every other time."""
MOST_WORDS = 30
"""Maximum words of an answer's short form, unless its first sentence is longer."""
FEELING: Final = "utter_feels_"
LAST_ANSWER = "utter_last_answer"
NO_LAST_ANSWER = "utter_no_last_answer"
ASK_WISH, ASK_NAME = "utter_ask_booking_form_wish", "utter_ask_booking_form_visitor_name"
ON_PAGE: Final[Mapping[str, str]] = {
    "utter_booking_intro": "utter_booking_intro_page",
    ASK_WISH: "utter_ask_wish_page",
}
"""Replaces responses if visitors may book on the studio's own page (`calendar` of studio.yml)."""
ASKED_AGAIN: Final[Mapping[str, str]] = {
    "utter_ask_booking_form_contact": "utter_ask_contact_again",
    "utter_ask_booking_form_health_screening": "utter_ask_health_again",
}
"""Replaces a form's question that was asked before in the same run."""
TYPED: Final = ("visitor_name", "contact", "wish", "wish_known", "health_summary")
NEXT, VARIATION = "next_variation", "variation"
WHICH = "utter_which_condition"
OUTSIDE = "utter_out_of_scope/"
OWN_FACT = f"{RESPONSE_PREFIX}fact/"
"""Prefix of responses that replace a fact with the studio's own words (lamoon.teaching.overlay)."""
NOTHING_MORE = "utter_nothing_more"
"""Its variations follow the text of an out_of_scope kind that was asked for before."""
_NAMED: Final = re.compile(r"\{(\w+)\}")
# The texts of data/languages/ that replace a response. Small talk gets the general text.
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
        """Load `studio.yml` and `data/topics.yml` (called by Rasa).

        Raises:
            ConfigurationError: when one of them is broken.
            ContractError: when the `metadata` of a response names an unknown kind or effect.
        """
        super().__init__(domain.responses)
        for variations in domain.responses.values():
            for variation in variations:
                ReplyMetadata.from_dict(variation.get("metadata") or {})
        self._studio = live_studio(load_settings())
        self._topics = load_topics()
        self._conditions = conditions.load_facts()
        self._knowledge = load_facts()
        self._computed: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
            "health_summary": lambda slots: health_summary(slots, self._conditions),
            "read_back": lambda slots: _as_list(read_back(slots, self._conditions)),
            "so_far": lambda slots: _as_list(known_so_far(slots)),
            "who_is_treated": lambda slots: words_about_people(slots)["who_is_treated"],
            "guardian": lambda slots: words_about_people(slots)["guardian"],
            "wish_known": lambda slots: str(_wish(slots)),
            "urgent": lambda slots: urgent(slots, self._studio.numbers.emergency),
            "on_list": lambda slots: on_list(slots, self._conditions),
            "open_conditions": lambda slots: open_conditions(slots, self._conditions),
        }

    async def generate(
        self, utter_action: str, tracker: DialogueStateTracker, output_channel: str, **kwargs: Any
    ) -> dict[str, Any] | None:
        """Generate the response `utter_action`.

        The `metadata` of its variation (kind, effect) become fields of the reply, which travel as its metadata; a
        topic's answer also carries its topic, section and suggestions. If `kwargs` names a second response as `then`,
        it continues the same message. `utter_last_answer` repeats the previous reply in its short form.
        """
        slots = tracker.current_slot_values()
        then = kwargs.pop("then", None)
        if utter_action == ASK_WISH:
            utter_action = _ask_wish(_wish(slots))
        elif utter_action == ASK_NAME and is_for(slots) == "two_people":
            utter_action = "utter_ask_names_of_two"
        elif utter_action in ASKED_AGAIN and _was_asked(tracker, utter_action):
            utter_action = ASKED_AGAIN[utter_action]
        if self._studio.calendar.source == "page":
            utter_action = ON_PAGE.get(utter_action, utter_action)
        asked = _fact_asked(tracker)
        if utter_action == LAST_ANSWER:
            last = _last_reply(tracker)
            if last and last.topic:
                block = SHORT if last.block.endswith(AGAIN) else last.block  # asked for twice: the gist of the topic
                utter_action, asked = Label.of_topic(last.topic).response, f"{last.topic}/{block}"
            elif last:
                kwargs["last_answer"] = _short_form(last.text) if last.is_plain else last.text
            else:
                utter_action = NO_LAST_ANSWER
        values = {**slots, NEXT: _last_variation(tracker, utter_action) + 1}
        # Rasa replaces `responses` when it loads a model, after this object was created.
        needed = self._computed.keys() & set(_NAMED.findall(json.dumps(self.responses.get(utter_action, []))))
        facts = {**self._studio.facts(), **{name: self._computed[name](slots) for name in needed}}
        message: dict[str, Any] | None = self.generate_from_slots(
            utter_action, _as_typed(values), output_channel, **_as_typed({**facts, **kwargs})
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
            answer = answer_on(topic_id, asked, blocks_in_a_row(tracker), self._knowledge)
            question = (tracker.latest_message.text or "") if tracker.latest_message else ""
            answer = self._word(message, topic_id, self._in_own_words(answer), question)
            section = self._topics.by_id[topic_id].section
            metadata = replace(metadata, topic=topic_id, section=section, block=answer.name)
            self._suggest(message, topic_id, answer, tracker)
        if then:
            message = _joined(message, await self.generate(then, tracker, output_channel, **kwargs))
        return message | metadata.to_dict()

    def _random_response_for(
        self, utter_action: str, output_channel: str, filled_slots: dict[str, Any]
    ) -> dict[str, Any] | None:
        """Return the next variation in turn. Rasa draws one at random, which may repeat a text."""
        if utter_action not in self.responses:
            return None
        kind = utter_action.removeprefix(OUTSIDE)
        shared = (NOTHING_MORE,) if kind != utter_action and kind not in KEPT_KINDS else ()
        variations = ResponseVariationFilter(self.responses)
        found = [
            variation
            for name in (utter_action, *shared)
            for variation in variations.responses_for_utter_action(name, output_channel, filled_slots)
        ]
        if not found:
            return None
        at = filled_slots.get(NEXT, 0) % len(found)
        return {**found[at], VARIATION: at} if len(found) > 1 else found[at]

    def _in_language(
        self, language: str, utter_action: str, slots: Mapping[str, Any], values: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Return the text of a response in the visitor's language, with a button for a person if the English one offers
        more.
        """
        name = other_text(utter_action)
        if name == "emergency" and slots.get(EMERGENCY_TEXT) in (CRISIS, HARM_DONE):
            name = "crisis"
        conditions = tuple(slots.get(CONDITIONS_TOLD) or ())
        known = {**self._studio.facts(), **{key: str(value) for key, value in {**slots, **values}.items()}}
        found: dict[str, Any] = {"text": language_text(language, name, known, conditions)}
        if name in ("other", "crisis"):
            person = language_text(language, "person_button", known)
            found["buttons"] = [{"title": person, "payload": person}]
        return found

    def _in_own_words(self, answer: Answer) -> Answer:
        """Return the answer with its fact as worded by the studio at the desk, which is part of the model."""
        own = self.responses.get(f"{OWN_FACT}{answer.fact.id}") if answer.fact else None
        return (
            replace(answer, fact=replace(answer.fact, text=str(own[0]["text"]), plain=""))
            if own and answer.fact
            else answer
        )

    def _word(self, message: dict[str, Any], topic_id: str, answer: Answer, question: str) -> Answer:
        """Replace the overview by the text of an answer; return the final answer. If it leaves the question open, the
        reply says so first, and of an overview only the gist follows.
        """
        fact = answer.fact
        if answer.name == SAID:
            message["text"] = say("said_all")
        elif fact and answer.is_again:
            message["text"] = say("said_plainly" if fact.plain else "as_said", gist=fact.gist)
        elif fact:
            message["text"] = f"{fact.text} {say('ask_team') if fact.team else ''}".strip()
        is_open = answer.name == SAID or (fact is not None and fact.silent)
        text = fact.gist if fact and answer.is_again else message["text"]  # "once more" tells no time
        point = "" if is_open else open_point(question, text)
        if not point:
            return answer
        if answer.name == OVERVIEW:
            answer = Answer(SHORT, self._knowledge.by_topic[topic_id].short)
            message["text"] = answer.fact.text if answer.fact else message["text"]
        message["text"] = f"{say(f'open_{point}')} {message['text']}"
        return answer

    def _suggest(self, message: dict[str, Any], topic_id: str, answer: Answer, tracker: DialogueStateTracker) -> None:
        if tracker.active_loop_name is None:  # in a form, the form's own question comes next
            related = self._topics.related(topic_id, exclude=_answered(tracker))
            if answer.name not in (OVERVIEW, SAID):
                message["text"] = f"{message['text']} {_offer_of_more(tracker)}".strip()
                if OVERVIEW not in (block.name for block in blocks_in_a_row(tracker) if block.topic == topic_id):
                    related = (self._topics.by_id[topic_id], *related)
            meant = other_reading(tracker.latest_message.parse_data, topic_id, self._topics)
            if meant and not _spoke_of_feelings(tracker):
                message["text"] = f"{message['text']} {say('other_reading', title=meant.title)}"
                related = (meant, *(topic for topic in related if topic != meant))
            message["buttons"] = [{"title": other.title, "payload": other.title} for other in related[:SUGGESTIONS]]
            if answer.name == SAID or (answer.fact and answer.fact.team):
                message["buttons"] = [*message["buttons"][: SUGGESTIONS - 1], *buttons_of("utter_nothing_near")]


def _spoke_of_feelings(tracker: DialogueStateTracker) -> bool:
    """Return whether the visitor mentioned grief, pain, shame or fear: the answer then comes without "or did you mean"."""
    return any(
        isinstance(event, BotUttered) and str(event.metadata.get("utter_action") or "").startswith(FEELING)
        for event in tracker.events
    )


def _offer_of_more(tracker: DialogueStateTracker) -> str:
    """Return the offer to say more after a fact: every other time, and in other words than before."""
    before = sum(1 for event in tracker.events if isinstance(event, BotUttered) and event.metadata.get("block"))
    name = MORE[before % len(MORE)]
    return say(name) if name else ""


def _as_typed(values: Mapping[str, Any]) -> dict[str, Any]:
    """Escape values for a response: responses are markdown, but a person's words must be shown as typed."""
    typed = {name: escape_markdown(values[name]) for name in TYPED if isinstance(values.get(name), str)}
    return {**values, **typed}


def _as_list(lines: str) -> str:
    """Return lines that people typed as a markdown list, each shown as typed."""
    return "\n".join(f"- {escape_markdown(line)}" for line in lines.splitlines())


def _was_asked(tracker: DialogueStateTracker, utter_action: str) -> bool:
    """Return whether the open form has asked this before."""
    for event in reversed(tracker.events):
        if isinstance(event, ActiveLoop) and event.name:
            return False
        if isinstance(event, BotUttered) and event.metadata.get("utter_action") == utter_action:
            return True
    return False


def _wish(slots: Mapping[str, Any]) -> Wish:
    return Wish.from_slot((slots.get(BOOKING_PARTS) or {}).get("wish"))


def _ask_wish(wish: Wish) -> str:
    """Return the question for the missing half of the wish, or for all of it."""
    if wish.when and not wish.says_what:
        return "utter_ask_wish_what"
    return "utter_ask_wish_when" if wish.says_what and not wish.when else ASK_WISH


def _fact_asked(tracker: DialogueStateTracker) -> str:
    """Return the id of the fact that the latest message asks for; empty if there is none."""
    parsed = tracker.latest_message.parse_data if tracker.latest_message else {}
    return str((parsed.get(FACT) or {}).get("id") or "")


def other_text(utter_action: str) -> str:
    """Return the name of the text of data/languages/ that replaces a response; empty for English-only responses."""
    return next((text for name, text in IN_OTHER_LANGUAGES.items() if fnmatchcase(utter_action, name)), "")


def _last_variation(tracker: DialogueStateTracker, utter_action: str) -> int:
    """Return the index of the response's last variation; -1 if it was not sent yet, or has only one."""
    for event in reversed(tracker.events):
        if isinstance(event, BotUttered) and event.metadata.get("utter_action") == utter_action:
            return int(event.metadata.get(VARIATION, -1))
    return -1


def _joined(message: dict[str, Any], more: dict[str, Any] | None) -> dict[str, Any]:
    """Join two replies into one."""
    if more is None:
        return message
    buttons = [*(message.get("buttons") or []), *(more.get("buttons") or [])]
    return {**message, "text": f"{message['text']} {more['text']}", "buttons": buttons}


@dataclass(frozen=True)
class LastReply:
    """The previous reply: its text, whether it is neither a warning nor for a crisis, and its source in the guide."""

    text: str
    is_plain: bool
    topic: str
    block: str


def _last_reply(tracker: DialogueStateTracker) -> LastReply | None:
    for event in reversed(tracker.events):
        if isinstance(event, BotUttered) and event.text and event.metadata.get("utter_action") != LAST_ANSWER:
            metadata = ReplyMetadata.from_dict(event.metadata)
            return LastReply(
                str(event.text), metadata.kind == "text", metadata.topic, metadata.block.removesuffix(AGAIN)
            )
    return None


def _short_form(text: str) -> str:
    """Return the first sentences of a text that fit into MOST_WORDS words; the first one in any case."""
    first, *others = re.split(r"(?<=[.!?]) +", text)
    for sentence in others:
        if len(f"{first} {sentence}".split()) > MOST_WORDS:
            break
        first = f"{first} {sentence}"
    return first


def _answered(tracker: DialogueStateTracker) -> set[str]:
    """Return the topics already answered in this conversation."""
    topics = (topic_of(event.metadata.get("topic")) for event in tracker.events if event.type_name == "bot")
    return {topic for topic in topics if topic}
