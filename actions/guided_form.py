"""A form with guidance: it explains after two invalid answers to the same question and offers a person after three."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from typing import Any

from rasa_sdk import FormValidationAction, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.base import Events
from actions.resources import studio
from lamoon import tracing
from lamoon.booking import Invalid
from lamoon.booking.form import BY_SLOT, OFFERED_TIMES, QUESTIONS, Parsed, asked_by
from lamoon.booking.moves import consents
from lamoon.contract import ANSWER_BESIDE, BOOKING, BOOKING_PARTS, SAYS
from lamoon.text.answers import parse_yes_no
from lamoon.text.clean import plain_text
from lamoon.text.emoji import without_emoji

# Values that the forms store for parsed answers; visitors never type them.
GIVEN, REFUSED = "consent given", "consent refused"
CONFIRMED, NOT_NEEDED = "send confirmed", "not asked"
MISSES = "form_misses"
FORM_SLOTS = (*(question.slot for question in QUESTIONS), MISSES, BOOKING_PARTS, OFFERED_TIMES)


def clear_form_slots() -> Events:
    """Return events that empty every form slot: personal data is kept no longer than the form needs it."""
    return [SlotSet(name, None) for name in FORM_SLOTS]


EXPLAIN_AFTER = 2
OFFER_PERSON_AFTER = 3


class GuidedForm(FormValidationAction, ABC):
    """Base of our form validations.

    An answer is checked by its question's parser, or by a method `validate_<slot>` if the form has its own logic.
    """

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Validates, in a span of its own (called by the action server)."""
        with tracing.span(self.name()):
            return await super().run(dispatcher, tracker, domain)

    @abstractmethod
    def name(self) -> str:
        """The action's name in the domain."""

    async def get_validation_events(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> Events:
        """Validate the latest answers (called by the SDK).

        They are cleaned here, once for all questions: Rasa's tracker holds a message as received, not as cleaned by
        `FreeText`.
        """
        questions = {question.slot for question in asked_by(self.form_name())}
        answers = {slot: value for slot, value in tracker.slots_to_validate().items() if slot in questions}
        asked = str(tracker.get_slot("requested_slot") or "")
        message = tracker.latest_message or {}
        if message.get(ANSWER_BESIDE) and asked in questions:
            answers.setdefault(asked, str(message.get("text") or ""))
        harvested = self.harvest(answers, dispatcher, tracker)
        for slot, value in list(answers.items()):
            if isinstance(value, str) and slot not in harvested:
                own_check = getattr(self, f"validate_{slot}", None)
                text = plain_text(value)
                checked = (
                    own_check(text, dispatcher, tracker, domain)
                    if own_check
                    else self.keep(slot, self.parse(slot, text), dispatcher, tracker)
                )
                answers.update(checked)
                tracker.slots.update(checked)
                harvested = {name: value for name, value in harvested.items() if name not in checked}
        answers.update(harvested)
        tracker.slots.update(answers)
        answers.update({slot: value for slot, value in self.unneeded(tracker).items() if answers.get(slot) is None})
        return [SlotSet(slot, value) for slot, value in answers.items()]

    def harvest(self, answers: dict[str, Any], dispatcher: CollectingDispatcher, tracker: Tracker) -> dict[str, Any]:
        """Return the slots that the message fills in addition to the open question's own check; None asks again."""
        return {}

    def unneeded(self, tracker: Tracker) -> dict[str, str | None]:
        """Return questions that currently need no answer, with an empty one; None reopens a question that needs one
        again.
        """
        return {}

    def parse(self, slot: str, text: str) -> Parsed:
        """Return the parsed answer; for a question without a parser, the answer unchanged."""
        parser = BY_SLOT[slot].parse
        return parser(text, studio().country) if parser else text

    def keep(self, slot: str, parsed: Parsed, dispatcher: CollectingDispatcher, tracker: Tracker) -> dict[str, Any]:
        """Return the slots to set: the parsed answer, or those of `reject`."""
        if isinstance(parsed, Invalid):
            return self.reject(slot, parsed, dispatcher, tracker)
        return {slot: str(parsed)}

    def reject(self, slot: str, invalid: Invalid, dispatcher: CollectingDispatcher, tracker: Tracker) -> dict[str, Any]:
        """Say why an answer is refused; the form then asks again."""
        before = tracker.get_slot(MISSES) or {}
        misses = before.get(slot, 0) + 1
        then = {}
        if misses >= OFFER_PERSON_AFTER:
            then = {"then": "utter_stuck"}
        elif misses >= EXPLAIN_AFTER and BY_SLOT[slot].has_hint:
            then = {"then": f"utter_hint_{slot}"}
        dispatcher.utter_message(response=f"utter_invalid_{invalid.code}", **then, **invalid.details)
        return {slot: None, MISSES: {**before, slot: misses}}

    def read_consent(self, slot: str, value: str, dispatcher: CollectingDispatcher, tracker: Tracker) -> dict[str, Any]:
        """Accept a plain yes or no to "may I send it?", a yes in words only; a stored value is kept.

        Args:
            slot: the question.
            value: the visitor's message, or the slot's stored value.
        """
        if value in (GIVEN, REFUSED):
            return {slot: value}
        value = _without_own_name(value, str(tracker.get_slot("visitor_name") or ""))
        agreed = parse_yes_no(value)
        if agreed is not False:  # consent to passing on health data requires a word, not a thumb
            spoken = without_emoji(value)
            agreed = True if consents(spoken) else parse_yes_no(spoken)
            if agreed is None and spoken:
                agreed = _said_in_another_language(tracker)
        if agreed is None:
            return self.reject(slot, Invalid("no_yes_or_no"), dispatcher, tracker)
        return {slot: GIVEN if agreed else REFUSED}


def _without_own_name(text: str, name: str) -> str:
    """Return an answer without the known name, which says nothing new: "yes, Ann is right"."""
    known = "|".join(re.escape(word) for word in name.split())
    return re.sub(rf"(?i)(?<!\w)(?:{known})(?!\w)", "", text) if known else text


def latest_message(tracker: Tracker) -> dict[str, Any]:
    """Return the visitor's latest message with its reading, which the second question of a message lacks."""
    latest: dict[str, Any] = tracker.latest_message or {}
    if BOOKING in latest:
        return latest
    parse_results = (
        event.get("parse_data") or {} for event in reversed(tracker.events) if event.get("event") == "user"
    )
    return next((parsed for parsed in parse_results if BOOKING in parsed), latest)


def _said_in_another_language(tracker: Tracker) -> bool | None:
    """Return the yes or no that the screening found in a message in another language."""
    says = (tracker.latest_message or {}).get(SAYS) or []
    return True if "yes" in says else False if "no" in says else None
