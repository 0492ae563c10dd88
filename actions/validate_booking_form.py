"""Validate the answers of the booking form."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any, Final

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions import offered_times
from actions.base import Events
from actions.booking_answers import HEALTH, given
from actions.earlier_messages import condition_words_in, earlier_messages, gives, may_be_health
from actions.guided_form import CONFIRMED, NOT_NEEDED, REFUSED, GuidedForm, latest_message
from actions.resources import studio
from lamoon.booking import Invalid, parse_wish
from lamoon.booking.form import asked_by, changeable_parts, known_so_far, needs_companion, read_change
from lamoon.booking.readers import is_wish_at_health, read_go_ahead, refuses_to_wish
from lamoon.booking.request import LONGEST, NO_NAME
from lamoon.booking.wish import Wish, says_something
from lamoon.contract import BOOKING, BOOKING_PARTS, OPEN_CONDITIONS, SENT_REQUEST
from lamoon.phrasebook import say
from lamoon.screening.answers import Answer, read_screening_answer
from lamoon.screening.screener import shared_screener
from lamoon.text.answers import parse_yes_no
from lamoon.text.clean import has_alphanumeric

REQUESTED: Final = "requested_slot"
ANSWERS: Final = {
    "not_fixed": "utter_form_not_fixed",
    "so_far": "utter_form_so_far",
    "who_sees": "utter_form_who_sees",
    "which_way": "utter_form_which_way",
    "how_long": "utter_form_how_long",
    "why": "utter_form_why",
}
"""Replies to questions about the form."""
WHY: Final = {
    "visitor_name": "utter_form_why_visitor_name",
    "contact": "utter_form_why_contact",
    "wish": "utter_form_why_wish",
    "health_screening": "utter_form_why_health",
    "health_details": "utter_form_why_health",
}
"""Replies to "why do you need that?" at these questions."""
CHANGED: Final = {
    "visitor_name": "utter_name_changed",
    "contact": "utter_contact_changed",
    "wish": "utter_wish_changed",
}
_TIME: Final = re.compile(r"\b(?:days?|times?|date)\b", re.IGNORECASE)
ASK_CONTACT: Final = "utter_ask_booking_form_contact"


class ValidateBookingForm(GuidedForm):
    """Validation with a method for each question that has its own logic; each returns the slots to set, None meaning
    "ask again".
    """

    def name(self) -> str:
        """The action's name in the domain."""
        return "validate_booking_form"

    async def get_validation_events(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> Events:
        """Return the validated answers, then the free times offered for the wish (called by the SDK)."""
        events = await super().get_validation_events(dispatcher, tracker, domain)
        return [*events, *await offered_times.offer(events, tracker, dispatcher)]

    def harvest(self, answers: dict[str, Any], dispatcher: CollectingDispatcher, tracker: Tracker) -> dict[str, Any]:
        """Fill and correct every answer in the message, once per message, and say what was noted. The answer to the
        open question is left to its own check, unless the message answered another one instead.
        """
        message = latest_message(tracker)
        parts = tracker.get_slot(BOOKING_PARTS) or {}
        asked = str(tracker.get_slot(REQUESTED) or "") if tracker.active_loop.get("name") == self.form_name() else ""
        for slot in [slot for slot in answers if slot != asked and asked]:
            answers.pop(slot)  # stored before
        if not asked:
            answers.clear()
        if BOOKING not in message or parts.get("turn") == _turn(tracker) != 0:
            return {}
        reading = message[BOOKING]
        settled = offered_times.answer(asked, message, tracker, dispatcher)
        if not settled and asked and reading.get("move"):
            settled = self._move(reading["move"], asked, dispatcher, tracker)
            if reading["move"] in ANSWERS and reading.get("beside"):
                settled = self._given({**message, **reading["beside"]}, asked, dispatcher, tracker)
        if not settled and (not asked or gives(message, reading)):
            settled = self._given(message, asked, dispatcher, tracker)
        elif settled:
            settled[BOOKING_PARTS] = {**(settled.get(BOOKING_PARTS) or parts), "turn": _turn(tracker)}
        tracker.slots.update(settled)
        return settled

    def unneeded(self, tracker: Tracker) -> dict[str, str | None]:
        """Return the second name as unneeded, except for two people of whom one is known."""
        answer, needed = tracker.get_slot("companion"), needs_companion(tracker.slots)
        if tracker.get_slot("wish") is None:
            return {}  # its turn has not come
        if (answer is None and not needed) or (answer == "" and needed):
            return {"companion": None if needed else ""}
        return {}

    def validate_visitor_name(
        self, value: str, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> dict[str, Any]:
        """Validate the name, and say it if no later question does."""
        kept = self.keep("visitor_name", self.parse("visitor_name", value), dispatcher, tracker)
        if kept["visitor_name"] and (tracker.get_slot("contact") or _was_asked(tracker, ASK_CONTACT)):
            dispatcher.utter_message(response="utter_name_noted", visitor_name=kept["visitor_name"])
        return kept

    def _given(
        self, message: dict[str, Any], asked: str, dispatcher: CollectingDispatcher, tracker: Tracker
    ) -> dict[str, Any]:
        reading, text = message[BOOKING], str(message.get("text") or "")
        slots = dict(tracker.slots)
        condition_words = condition_words_in(message)
        before = {} if asked else self._before(slots, tracker, dispatcher, reading)
        slots.update(before)
        found = given(slots, reading, text, asked, studio(), condition_words)
        new: dict[str, Any] = {**before, **found.slots}
        parts = {"wish": found.wish.to_slot(), "local_phone": found.local_phone, "turn": _turn(tracker)}
        known_for = Wish.from_slot((slots.get(BOOKING_PARTS) or {}).get("wish")).for_whom
        if asked and reading.get("for_other") and known_for != (reading.get("for_whom") or "someone else"):
            kept = {slot: value for slot, value in found.slots.items() if slot != "wish"}
            if asked != "wish" or says_something(reading):  # "for a father" alone is not a wish
                kept = found.slots
            return {**self._for_other(kept, asked, slots, dispatcher), BOOKING_PARTS: parts}
        knows_name = bool(new.get("visitor_name") or slots.get("visitor_name"))
        comes_next = asked in ("", "visitor_name") and knows_name and not slots.get("contact")
        if (asked == "contact" or comes_next) and "contact" not in new and found.problem:
            new.update(self.reject("contact", found.problem, dispatcher, tracker))
        elif found.no_time and asked == "wish":
            new.update(self.reject("wish", found.no_time, dispatcher, tracker))
        elif asked == "visitor_name" and says_something(reading) and not reading.get("name"):
            new[asked] = None  # "stiff neck" is a wish
        elif asked == "wish" and (reading.get("email") or reading.get("phone")) and not says_something(reading):
            new[asked] = None  # the contact once more is no wish
        elif asked == "health_screening" and reading.get("no_health") and not may_be_health(message):
            new.update(health_screening="no", health_details="")
        elif found.slots and asked and asked not in found.slots:
            new[asked] = None  # the message answered something else: repeat the open question
        elif asked in HEALTH and not may_be_health(message) and is_wish_at_health(reading, text):
            new[asked] = None  # a repetition
        if found.no_time and asked != "wish":
            dispatcher.utter_message(response=f"utter_invalid_{found.no_time.code}", **found.no_time.details)
            new.update({asked: None} if asked and asked not in found.slots else {})
        _say_noted(
            {slot: value for slot, value in found.slots.items() if value},
            asked,
            slots,
            dispatcher,
            contact_was_asked=_was_asked(tracker, ASK_CONTACT),
        )
        return {**new, BOOKING_PARTS: parts}

    def _for_other(
        self, new: dict[str, str], asked: str, before: dict[str, Any], dispatcher: CollectingDispatcher
    ) -> dict[str, Any]:
        """Return the slots after a change of who is treated: the contact and the wish stay, while name, health and consent
        are those of another person.
        """
        given_name = new.get("visitor_name")
        dispatcher.utter_message(
            response="utter_for_other_named" if given_name else "utter_for_other", visitor_name=given_name
        )
        return {
            "visitor_name": None,
            **new,
            **{slot: None for slot in (*HEALTH, "consent") if before.get(slot) is not None},
            **({} if asked in new else {asked: None}),
        }

    def _before(
        self, slots: dict[str, Any], tracker: Tracker, dispatcher: CollectingDispatcher, reading: dict[str, Any]
    ) -> dict[str, Any]:
        """Return the initial answers of the form, from earlier messages or from the previous request."""
        found: dict[str, Any] = {}
        if known_so_far(slots):  # of an abandoned form
            dispatcher.utter_message(response="utter_form_so_far")
        for parsed in earlier_messages(tracker):
            text = str(parsed.get("text") or "")
            earlier = given({**slots, **found}, parsed[BOOKING], text, "", studio(), condition_words_in(parsed))
            found.update(earlier.slots)
            found[BOOKING_PARTS] = {"wish": earlier.wish.to_slot(), "local_phone": earlier.local_phone}
        sent = tracker.get_slot(SENT_REQUEST) or {}
        if sent and not slots.get("contact") and not {"email", "phone"} & set(reading) and "contact" not in found:
            found["contact"] = sent["contact"]
            same = (
                not reading.get("name")
                and reading.get("for_whom", "self") == "self"
                and sent["for_whom"] in ("", "self")
            )
            if same and not slots.get("visitor_name") and sent["name"] != NO_NAME:  # of a message to the team
                found["visitor_name"] = sent["name"]
            known = ", ".join(str(found[slot]) for slot in ("visitor_name", "contact") if slot in found)
            dispatcher.utter_message(response="utter_booking_known_again", known=known)
        return found

    def _move(self, move: str, asked: str, dispatcher: CollectingDispatcher, tracker: Tracker) -> dict[str, Any]:
        """Handle a move in the form: go back, change an answer, skip, ask what was noted or who reads it."""
        if move == "back":
            return self._back(asked, dispatcher, tracker)
        if move == "redo":
            return self._redo(asked, tracker)
        if move == "skip":
            if asked == "wish":
                return {"wish": say("wish_open")}
            dispatcher.utter_message(
                response="utter_cannot_skip_health" if asked in HEALTH else "utter_cannot_skip_answer"
            )
            return {asked: None}
        if move == "so_far" and not (asked == "send_booking" or known_so_far(tracker.slots)):
            return {asked: None}
        if move != "so_far" or asked != "send_booking":  # which is read back anyway
            dispatcher.utter_message(response=WHY.get(asked, ANSWERS[move]) if move == "why" else ANSWERS[move])
        return {asked: None}

    def _back(self, asked: str, dispatcher: CollectingDispatcher, tracker: Tracker) -> dict[str, Any]:
        """Repeat the question before the open one; at the read-back, ask what to change."""
        if asked == "send_booking":
            dispatcher.utter_message(response="utter_invalid_nothing_to_change", parts=changeable_parts())
            return {asked: None}
        order = [question.slot for question in asked_by("booking_form")]
        earlier = [slot for slot in order[: order.index(asked)] if tracker.get_slot(slot)]
        if not earlier:
            dispatcher.utter_message(response="utter_nothing_before")
            return {asked: None}
        return {earlier[-1]: None, asked: None, **_with(earlier[-1], tracker, "")}

    def _redo(self, asked: str, tracker: Tracker) -> dict[str, Any]:
        """The question whose answer the visitor calls wrong comes again, before the open one."""
        text = str(tracker.latest_message.get("text") or "")
        slot = read_change(text)
        if slot is None or not tracker.get_slot(slot):
            return {asked: None}
        return {slot: None, asked: None, **_with(slot, tracker, text)}

    def validate_contact(
        self, value: str, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> dict[str, Any]:
        """Validate an e-mail address or a phone number."""
        return self.keep("contact", self.parse("contact", value), dispatcher, tracker)

    def validate_wish(
        self, value: str, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> dict[str, Any]:
        """Validate the visitor's own words, if nothing else was understood. A bare yes, no or nothing is not a wish, nor is
        "I am in good health".
        """
        answer = "asks_back" if refuses_to_wish(value) else _screening_answer(value, tracker)
        if answer == "asks_back":
            return self.reject("wish", Invalid("no_wish"), dispatcher, tracker)
        if answer == "no":
            return self._denied(dispatcher, tracker)
        words = self.parse("wish", value)
        if isinstance(words, Invalid):
            return self.reject("wish", words, dispatcher, tracker)
        parts = tracker.get_slot(BOOKING_PARTS) or {}
        wish = replace(Wish.from_slot(parts.get("wish")), words=str(words))
        return {"wish": str(wish), BOOKING_PARTS: {**parts, "wish": wish.to_slot()}}

    def _denied(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> dict[str, Any]:
        """Ask for the wish again. A denial of illness is an answer to the question about health if that was asked."""
        if _was_asked(tracker, "utter_ask_booking_form_health_screening"):
            dispatcher.utter_message(response="utter_health_answer_noted")
            return {"wish": None, "health_screening": "no", "health_details": ""}
        dispatcher.utter_message(response="utter_health_comes_later")
        return {"wish": None}

    def validate_health_screening(
        self, value: str, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> dict[str, Any]:
        """Validate the health answer: only a clear no counts as no; a yes asks which; a bare "what?" asks again;
        anything else is kept in the visitor's words.
        """
        if not has_alphanumeric(value):
            return self.reject("health_screening", Invalid("no_health_answer"), dispatcher, tracker)
        answer = value if value in ("no", "yes", "details") else _screening_answer(value, tracker)
        words = str(tracker.latest_message.get("text") or "")
        if value in ("no", "yes") and words and _screening_answer(words, tracker) == "details":
            answer, value = "details", words  # "apart from the diabetes, nothing" is not a bare yes
        if answer == "yes":
            return {"health_screening": "yes"}
        if answer == "asks_back":
            return self.reject("health_screening", Invalid("health_asks_back"), dispatcher, tracker)
        return {"health_screening": answer, "health_details": value if answer == "details" else ""}

    def validate_health_details(
        self, value: str, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> dict[str, Any]:
        """Validate the visitor's words about their health, at any length; a "no" retracts the yes, on record."""
        if value == "" and tracker.get_slot("health_screening") == "no":
            return {"health_details": ""}  # was not asked
        words = parse_wish(value, longest=LONGEST["health_words"])
        if not isinstance(words, Invalid) and parse_yes_no(value) is True:
            if tracker.get_slot(OPEN_CONDITIONS):
                return {"health_details": ""}  # which one is on record
            words = Invalid("health_bare_yes")
        return self.keep("health_details", words, dispatcher, tracker)

    def validate_consent(
        self, value: str, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> dict[str, Any]:
        """Validate the consent; a no ends the form, because nothing is sent without consent."""
        read = self.read_consent("consent", value, dispatcher, tracker)
        return {**read, "send_booking": NOT_NEEDED} if read["consent"] == REFUSED else read

    def validate_send_booking(
        self, value: str, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> dict[str, Any]:
        """Validate the confirmation: yes sends, a named part is asked again, a bare no asks what to change."""
        if value in (CONFIRMED, NOT_NEEDED):
            return {"send_booking": value}
        change = read_change(value)
        if change:
            return {"send_booking": None, change: None, **_with(change, tracker, value)}
        if read_go_ahead(value):
            return {"send_booking": CONFIRMED}
        unclear = Invalid("nothing_to_change", {"parts": changeable_parts()})
        return self.reject("send_booking", unclear, dispatcher, tracker)


def _was_asked(tracker: Tracker, response: str) -> bool:
    """Return whether the open form has asked this before, so that it is repeated in fewer words."""
    for event in reversed(tracker.events):
        if event.get("event") == "active_loop" and event.get("name"):
            return False
        last_response = (
            str((event.get("metadata") or {}).get("utter_action") or "") if event.get("event") == "bot" else ""
        )
        if last_response == response:
            return True
    return False


def _screening_answer(value: str, tracker: Tracker) -> Answer:
    """Return the answer to the health question from the parse result."""
    message = tracker.latest_message
    if message.get("text") == value and "screening_answer" in message:
        answer: Answer = message["screening_answer"]
        return answer
    return read_screening_answer(value, shared_screener())  # a message that bypassed the pipeline; loads the catalogue


def _with(slot: str, tracker: Tracker, text: str) -> dict[str, Any]:
    """Return the slots cleared with a repeated question: the details of health; of the wish all parts, or only the
    time.
    """
    if slot == "wish":
        parts = tracker.get_slot(BOOKING_PARTS) or {}
        kept = Wish.from_slot(parts.get("wish")) if _TIME.search(text) else Wish()
        return {BOOKING_PARTS: {**parts, "wish": replace(kept, when=()).to_slot()}}
    return {"health_details": None} if slot in HEALTH else {}


def _turn(tracker: Tracker) -> float:
    """Return the identity of the message: the time of the visitor's latest one."""
    times = [
        event["timestamp"]
        for event in reversed(tracker.events)
        if event.get("event") == "user" and event.get("timestamp")
    ]
    return float(times[0]) if times else 0.0


def _say_noted(
    new: dict[str, Any],
    asked: str,
    before: dict[str, Any],
    dispatcher: CollectingDispatcher,
    *,
    contact_was_asked: bool,
) -> None:
    """Say what was noted or changed in addition to the answer to the open question."""
    others = [slot for slot in new if slot != asked]
    if (
        asked == "visitor_name"
        and not others
        and "visitor_name" in new
        and (before.get("contact") or contact_was_asked)
    ):
        dispatcher.utter_message(response="utter_name_noted", visitor_name=new["visitor_name"])
    if not others or asked == "send_booking":
        return
    if len(others) == len(new) == 1 and before.get(others[0]):
        slot = others[0]
        dispatcher.utter_message(response=CHANGED[slot], **{slot: new[slot]})
        return
    noted = "; ".join(str(new[slot]) for slot in ("visitor_name", "contact", "wish") if slot in new)
    dispatcher.utter_message(response="utter_booking_noted", noted=noted)
