"""Other ways to read a message are proposed, and one is chosen; the classifier between them is played."""

from __future__ import annotations

from typing import Any

import pytest
from rasa.engine.graph import ExecutionContext
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.core.constants import REQUESTED_SLOT
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActiveLoop, BotUttered, Event, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import INTENT, RESPONSE_SELECTOR, TEXT
from rasa.shared.nlu.training_data.message import Message

from lamoon.nlu.candidates import (
    FOLLOW_UP,
    OURS,
    QUESTION,
    QUESTIONS,
    READING_AS,
    CandidateGenerator,
    CandidateSelector,
)
from lamoon.nlu.context import CONTEXT

TITLE = "Does myofascial release hurt?"


@pytest.fixture
def proposed(storage: LocalModelStorage, context: ExecutionContext) -> CandidateGenerator:
    return CandidateGenerator.create({}, storage, Resource("proposed"), context)


@pytest.fixture
def chosen(storage: LocalModelStorage, context: ExecutionContext) -> CandidateSelector:
    return CandidateSelector.create({}, storage, Resource("chosen"), context)


def user(text: str, intent: str = "faq", **parsed: Any) -> UserUttered:
    return UserUttered(text, {"name": intent}, parse_data={"text": text, **parsed})


def answer(topic: str | None = None, *buttons: str) -> BotUttered:
    choices = [{"title": button, "payload": button} for button in buttons]
    return BotUttered("...", {"buttons": choices or None}, {"topic": topic} if topic else {})


def after(domain: Domain, *events: Event) -> DialogueStateTracker:
    return DialogueStateTracker.from_events("visitor", list(events), slots=domain.slots)


def proposals(component: CandidateGenerator, tracker: DialogueStateTracker, text: str) -> list[tuple[str | None, str]]:
    return [(one.get(READING_AS), one.get(TEXT)) for one in component.process([Message({TEXT: text})], tracker)]


def test_a_single_question_is_read_in_one_way(proposed: CandidateGenerator, domain: Domain) -> None:
    assert proposals(proposed, after(domain), "does it hurt?") == [(None, "does it hurt?")]


def test_the_parts_of_two_questions_are_proposed(proposed: CandidateGenerator, domain: Domain) -> None:
    text = "what's fascia and does it hurt?"
    assert proposals(proposed, after(domain), text) == [
        (None, text),
        (QUESTION, "what's fascia"),
        (QUESTION, "does it hurt?"),
    ]


@pytest.mark.parametrize(
    ("events", "context"),
    [
        ([user("is it sore"), answer("faq/does_it_hurt")], TITLE),
        ([user("what's this and is it sore"), answer("faq/what_is_mfr"), answer("faq/does_it_hurt")], TITLE),
        ([user("are you open on saturday?", "ask_hours"), answer()], "are you open on saturday?"),
        ([user("and sunday", "ask_hours", context="are you open on saturday?"), answer()], "are you open on saturday?"),
        ([user("i have a clot", "report_condition"), answer()], "Who should avoid myofascial release?"),
    ],
)
def test_a_message_that_leans_is_proposed_with_what_was_talked_about(
    proposed: CandidateGenerator, domain: Domain, events: list[Event], context: str
) -> None:
    _, (kind, text) = proposals(proposed, after(domain, *events), "and for my mum?")
    assert (kind, text) == (FOLLOW_UP, f"{context.rstrip('?')}, and for my mum?")


@pytest.mark.parametrize(
    "events", [[], [user("hello", "greet"), answer()], [user("word " * 30), answer()], [user("ok", "affirm"), answer()]]
)
def test_without_a_context_there_is_nothing_to_lean_on(
    proposed: CandidateGenerator, domain: Domain, events: list[Event]
) -> None:
    assert len(proposals(proposed, after(domain, *events), "why?")) == 1


@pytest.mark.parametrize("text", ["no thanks", "yes please", "no"])
def test_a_yes_or_no_is_no_follow_up(proposed: CandidateGenerator, domain: Domain, text: str) -> None:
    tracker = after(domain, user("is it sore"), answer("faq/does_it_hurt"))
    assert len(proposals(proposed, tracker, text)) == 1


def test_what_nobody_could_read_is_no_context(proposed: CandidateGenerator, domain: Domain) -> None:
    half = UserUttered("\ud83d", {"name": "nlu_fallback"}, parse_data={"text": ""})
    assert len(proposals(proposed, after(domain, half, answer()), "why?")) == 1


def test_a_form_gets_short_answers_unread_with_any_context(proposed: CandidateGenerator, domain: Domain) -> None:
    form = [ActiveLoop("booking_form"), SlotSet(REQUESTED_SLOT, "wish")]
    tracker = after(domain, user("is it sore"), answer("faq/does_it_hurt"), *form)
    assert len(proposals(proposed, tracker, "any morning")) == 1
    assert len(proposals(proposed, tracker, "and how often?")) == 2


def test_a_choice_named_by_its_place_is_what_its_button_sends(proposed: CandidateGenerator, domain: Domain) -> None:
    offered = [user("hm", "nlu_fallback"), answer(None, "What is fascia?", TITLE, "I'd like to talk to a person")]
    assert proposals(proposed, after(domain, *offered), "the second one")[0] == (None, TITLE)
    form = [ActiveLoop("booking_form"), SlotSet(REQUESTED_SLOT, "consent")]
    assert proposals(proposed, after(domain, *offered, *form), "2")[0] == (None, "2")


@pytest.mark.parametrize(
    ("text", "ours"), [(TITLE, True), ("yes please", True), ("Yes Please", False), ("and how often?", False)]
)
def test_the_sentences_of_titles_and_offered_buttons_are_marked(
    proposed: CandidateGenerator, domain: Domain, text: str, ours: bool
) -> None:
    tracker = after(domain, user("hm", "nlu_fallback"), answer(None, "yes please"))
    message, *_ = proposed.process([Message({TEXT: text})], tracker)
    assert bool(message.get(OURS)) is ours


def read(text: str, label: str, confidence: float, **rest: str) -> Message:
    intent, _, kind = label.partition("/")
    selected = {intent: {"response": {"intent_response_key": label}}} if kind else {}
    return Message(
        {TEXT: text, INTENT: {"name": intent, "confidence": confidence}, RESPONSE_SELECTOR: selected, **rest}
    )


def choose(component: CandidateSelector, *messages: Message) -> dict[str, Any]:
    (message,) = component.process(list(messages))
    parsed: dict[str, Any] = message.as_dict(only_output_properties=True)
    return parsed


def test_a_single_reading_stays_and_says_what_it_asks(chosen: CandidateSelector) -> None:
    found = choose(chosen, read("does it hurt", "faq/does_it_hurt", 0.9))
    assert found[QUESTIONS] == [
        {"text": "does it hurt", "intent": "faq", "topic": "faq/does_it_hurt", "confidence": 0.9}
    ]


def test_of_two_questions_the_first_gives_the_intent(chosen: CandidateSelector) -> None:
    found = choose(
        chosen,
        read("both", "faq/does_it_hurt", 0.6),
        read("are you open", "ask_hours", 0.95, reading_as=QUESTION),
        read("does it hurt", "faq/does_it_hurt", 0.95, reading_as=QUESTION),
    )
    assert found[INTENT] == {"name": "ask_hours", "confidence": 0.95}
    assert [question["topic"] for question in found[QUESTIONS]] == [None, "faq/does_it_hurt"]


def test_a_follow_up_says_with_what_it_was_read(chosen: CandidateSelector) -> None:
    together = read("Does it hurt, why?", "faq/does_it_hurt", 0.95, reading_as=FOLLOW_UP, context="Does it hurt?")
    found = choose(chosen, read("why?", "faq/benefits", 0.6), together)
    assert found[RESPONSE_SELECTOR]["faq"]["response"]["intent_response_key"] == "faq/does_it_hurt"
    assert found[CONTEXT] == "Does it hurt?"


def test_a_message_without_an_intent_stays_without_one(chosen: CandidateSelector) -> None:
    found = choose(chosen, Message({TEXT: "", INTENT: {"name": None, "confidence": 0.0}}))
    assert found[INTENT] == {"name": None, "confidence": 0.0}
    assert found[QUESTIONS][0]["topic"] is None


def test_several_messages_keep_their_own_readings(chosen: CandidateSelector) -> None:
    messages = [read("a", "greet", 0.9), read("b", "thank", 0.9), read("c", "ask_hours", 0.9, reading_as=QUESTION)]
    assert [one.get(TEXT) for one in chosen.process(messages)] == ["a", "b"]
