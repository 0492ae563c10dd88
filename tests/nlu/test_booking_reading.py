"""A message is read for a booking, in forms and outside of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from rasa.engine.graph import ExecutionContext
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.core.constants import REQUESTED_SLOT
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActiveLoop, BotUttered, Event, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from lamoon.nlu.booking_reading import BookingReading

SENT = {"reference": "LM-7K3F9", "name": "Ann", "contact": "ann@example.com", "wish": "soon", "for_whom": ""}


@pytest.fixture
def component(settings_of_test: Path, storage: LocalModelStorage, context: ExecutionContext) -> BookingReading:
    return BookingReading.create({}, storage, Resource("booking_reading"), context)


def read(
    component: BookingReading, domain: Domain, text: str, intent: str, *events: Event, confidence: float = 0.8
) -> tuple[str, dict[str, Any]]:
    tracker = DialogueStateTracker.from_events("visitor", list(events), slots=domain.slots)
    (message,) = component.process([Message({TEXT: text, INTENT: {"name": intent, "confidence": confidence}})], tracker)
    return message.get(INTENT)["name"], message.get("booking")


def asked(question: str, form: str = "booking_form") -> list[Event]:
    return [ActiveLoop(form), SlotSet(REQUESTED_SLOT, question)]


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("Ada Moss, ada@example.com, friday at 2", "report_condition"),
        ("fine, book", "affirm"),
        ("lovely, I'll take one of those", "faq"),
        ("could you see my husband on friday", "nlu_fallback"),
        ("so can I book then", "faq"),
    ],
)
def test_a_plain_booking_is_one(component: BookingReading, domain: Domain, text: str, intent: str) -> None:
    assert read(component, domain, text, intent)[0] == "book_appointment"


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("what happens in a session?", "faq"),
        ("my chest hurts, book me in", "emergency"),
        ("please delete what I said: ada@example.com, friday", "forget_me"),
        ("cancel my friday appointment, Ada, ada@example.com", "cancel_or_change_booking"),
    ],
)
def test_anything_else_keeps_its_intent(component: BookingReading, domain: Domain, text: str, intent: str) -> None:
    assert read(component, domain, text, intent)[0] == intent


def test_a_question_that_is_plainly_understood_is_no_wish(component: BookingReading, domain: Domain) -> None:
    words = "give me some examples of pain turning up in the wrong spot"
    assert read(component, domain, words, "faq", confidence=0.97)[0] == "faq"
    assert read(component, domain, f"{words}, ada@example.com, friday", "faq", confidence=0.97)[0] == "book_appointment"


def test_a_bare_contact_is_offered_as_a_booking_and_a_yes_takes_it(component: BookingReading, domain: Domain) -> None:
    assert read(component, domain, "ada@example.com", "faq")[0] == "inform"
    offer = BotUttered("Shall I?", metadata={"utter_action": "utter_offer_booking"})
    assert read(component, domain, "yes", "affirm", offer)[0] == "book_appointment"
    assert read(component, domain, "yes", "affirm")[0] == "affirm"


@pytest.mark.parametrize(
    ("question", "text", "intent", "field"),
    [
        ("visitor_name", "Me Linh", "handoff_to_human", "name"),
        ("visitor_name", "tennis elbow, saturday", "faq", "body"),
        ("contact", "702 555 0141 and friday lunchtime", "out_of_scope", "when"),
        ("wish", "deep tissue", "faq", "service"),
        ("consent", "no, friday", "deny", "when"),
        ("send_booking", "mfr instead of deep tissue", "faq", "service"),
        ("contact", "one step back please", "stop", "move"),
        ("send_booking", "will they mail or phone me?", "handoff_to_human", "move"),
    ],
)
def test_what_gives_the_form_anything_is_its_answer(
    component: BookingReading, domain: Domain, question: str, text: str, intent: str, field: str
) -> None:
    name, reading = read(component, domain, text, intent, *asked(question))
    assert name == "inform"
    assert field in reading


def test_an_area_is_never_a_name(component: BookingReading, domain: Domain) -> None:
    assert "name" not in read(component, domain, "tennis elbow, saturday", "faq", *asked("visitor_name"))[1]


@pytest.mark.parametrize(
    ("question", "text", "intent"),
    [
        ("wish", "what sets it apart from deep tissue?", "faq"),
        ("contact", "I want to talk to a human at 212 555 0155", "handoff_to_human"),
        ("wish", "my chest hurts on tuesday", "emergency"),
        ("health_details", "I hurt my back last friday", "report_condition"),
        ("visitor_name", "stop", "stop"),
        ("consent", "yes", "affirm"),
    ],
)
def test_anything_else_in_a_form_keeps_its_intent(
    component: BookingReading, domain: Domain, question: str, text: str, intent: str
) -> None:
    expected = "inform" if text == "yes" else intent
    assert read(component, domain, text, intent, *asked(question))[0] == expected


def test_in_the_hand_off_a_booking_leaves_and_a_contact_is_taken(component: BookingReading, domain: Domain) -> None:
    here = asked("contact", "handoff_form")
    assert read(component, domain, "ok then book", "affirm", *here)[0] == "book_appointment"
    assert read(component, domain, "write to ada@example.com", "nlu_fallback", *here)[0] == "inform"


@pytest.mark.parametrize(
    ("text", "intent", "move"),
    [
        ("what was my reference?", "faq", "reference"),
        ("when will you get back to me", "book_appointment", "when"),
        ("hello? anyone?", "greet", "when"),
        ("call it all off", "stop", "call_off"),
        ("I forgot: I am pregnant", "report_condition", "add"),
    ],
)
def test_after_sending_a_message_may_be_about_the_request(
    component: BookingReading, domain: Domain, text: str, intent: str, move: str
) -> None:
    assert read(component, domain, text, intent)[0] == intent
    name, reading = read(component, domain, text, intent, SlotSet("sent_request", SENT))
    assert (name, reading["move"]) == ("about_request", move)


@pytest.mark.parametrize(("text", "move"), [("yes", "called_off"), ("no", "kept")])
def test_withdrawing_takes_one_yes(component: BookingReading, domain: Domain, text: str, move: str) -> None:
    question = BotUttered("Shall I?", metadata={"utter_action": "utter_ask_call_off"})
    name, reading = read(component, domain, text, "affirm", SlotSet("sent_request", SENT), question)
    assert (name, reading["move"]) == ("about_request", move)


def last_said(response: str) -> Event:
    return BotUttered("words", metadata={"utter_action": response})


@pytest.mark.parametrize(
    ("text", "move"),
    [
        ("what about LM-7K3F9?", "status"),
        ("hi, my reference is lm 7k3f9", "reference"),
        ("please cancel LM7K3F9", "call_off"),
        ("I need to reschedule lm-7k3f9", "change"),
    ],
)
def test_a_reference_leads_to_its_request_from_anywhere(
    component: BookingReading, domain: Domain, text: str, move: str
) -> None:
    intent, booking = read(component, domain, text, "nlu_fallback")
    assert (intent, booking["move"], booking["reference"]) == ("about_request", move, "LM-7K3F9")


@pytest.mark.parametrize("asked_by", ["utter_ask_request_contact", "utter_request_not_matched"])
def test_the_contact_that_was_asked_for_identifies(component: BookingReading, domain: Domain, asked_by: str) -> None:
    intent, booking = read(component, domain, "ann@example.com", "inform", last_said(asked_by))
    assert (intent, booking["move"]) == ("about_request", "identify")


@pytest.mark.parametrize(("text", "move"), [("C", "comes"), ("c.", "comes"), ("R", "change"), ("r!", "change")])
def test_the_answers_to_a_reminder(component: BookingReading, domain: Domain, text: str, move: str) -> None:
    sent = SlotSet("sent_request", SENT)
    intent, booking = read(component, domain, text, "nlu_fallback", sent)
    assert (intent, booking["move"]) == ("about_request", move)
    assert read(component, domain, text, "nlu_fallback")[0] != "about_request", "nothing was sent"


@pytest.mark.parametrize("text", ["could I come on Friday instead?", "can we move it to next week", "I can't make it"])
def test_another_time_is_asked_for_and_no_second_booking(component: BookingReading, domain: Domain, text: str) -> None:
    intent, booking = read(component, domain, text, "faq", SlotSet("sent_request", SENT))
    assert (intent, booking["move"]) == ("about_request", "change")


def test_the_day_after_the_question_for_one_is_the_change(component: BookingReading, domain: Domain) -> None:
    events = [SlotSet("sent_request", SENT), last_said("utter_ask_request_change")]
    intent, booking = read(component, domain, "Friday after four", "inform", *events)
    assert (intent, booking["move"]) == ("about_request", "change")


def test_another_appointment_is_a_booking(component: BookingReading, domain: Domain) -> None:
    sent = SlotSet("sent_request", SENT)
    assert read(component, domain, "I'd like another appointment for friday", "faq", sent)[0] == "book_appointment"


@pytest.mark.parametrize(
    ("question", "text", "rest", "field"),
    [
        ("wish", "my calves, any friday, and is there a lift?", "my calves, any friday", "body"),
        ("visitor_name", "Nora Lund. what should I bring?", "Nora Lund", "name"),
        ("contact", "nora@example.com, do you have a shower?", "nora@example.com", "email"),
    ],
)
def test_a_question_beside_an_answer_comes_before_it(
    component: BookingReading, domain: Domain, question: str, text: str, rest: str, field: str
) -> None:
    tracker = DialogueStateTracker.from_events("visitor", asked(question), slots=domain.slots)
    one = {"text": text, "intent": "faq", "topic": "faq/what_to_wear", "confidence": 0.9}
    message = Message({TEXT: text, INTENT: {"name": "faq", "confidence": 0.9}, "questions": [one]})
    component.process([message], tracker)
    first, second = message.get("questions")
    assert message.get(INTENT)["name"] == first["intent"] == "faq"
    assert (second["intent"], second["text"]) == ("inform", rest)
    assert field in second["parsed"]["booking"]


@pytest.mark.parametrize(
    ("question", "text"),
    [("wish", "my calves. could I come on friday?"), ("consent", "yes. who reads that?"), ("wish", "what is fascia?")],
)
def test_anything_else_is_not_split(component: BookingReading, domain: Domain, question: str, text: str) -> None:
    tracker = DialogueStateTracker.from_events("visitor", asked(question), slots=domain.slots)
    one = {"text": text, "intent": "faq", "topic": None, "confidence": 0.9}
    message = Message({TEXT: text, INTENT: {"name": "faq", "confidence": 0.9}, "questions": [one]})
    component.process([message], tracker)
    assert len(message.get("questions")) == 1


@pytest.mark.parametrize("text", ["what if she only drinks tea", "she only drinks tea", "how would he bend that"])
def test_a_question_or_a_clause_is_no_name(component: BookingReading, domain: Domain, text: str) -> None:
    assert "name" not in read(component, domain, text, "nlu_fallback", *asked("visitor_name"))[1]


@pytest.mark.parametrize(
    "text", ["actually make it for my dad", "no, it's for somebody else", "rather book it for my uncle"]
)
def test_a_change_of_who_is_treated(component: BookingReading, domain: Domain, text: str) -> None:
    name, reading = read(component, domain, text, "faq", *asked("contact"))
    assert (name, reading.get("for_other")) == ("inform", True)


def test_a_yes_with_a_name_starts_the_request(component: BookingReading, domain: Domain) -> None:
    offer = BotUttered("I can pass it on.", metadata={"utter_action": "utter_out_of_scope/children"})
    name, reading = read(component, domain, "yes please, his name is Odd Berg", "nlu_fallback", offer)
    assert (name, reading["name"]) == ("book_appointment", "Odd Berg")
    assert read(component, domain, "what if his name is Odd Berg?", "nlu_fallback", offer)[0] != "book_appointment"


def test_the_name_of_another_person_counts_more_than_the_writer_s(component: BookingReading, domain: Domain) -> None:
    words = "his name is Odd Berg, I'm his aunt Siri"
    assert read(component, domain, words, "inform", *asked("visitor_name"))[1]["name"] == "Odd Berg"
