"""A message is read in the light of the form's open question."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from rasa.engine.graph import ExecutionContext
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.core.constants import REQUESTED_SLOT
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActiveLoop, Event, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from lamoon.nlu.context import FormAnswers
from lamoon.settings import PROJECT

INFORM = {"name": "inform", "confidence": 1.0}


@pytest.fixture
def component(settings_of_test: Path, storage: LocalModelStorage, context: ExecutionContext) -> FormAnswers:
    return FormAnswers.create({}, storage, Resource("form_answers"), context)


def asked(domain: Domain, form: str | None, question: str | None) -> DialogueStateTracker:
    events: list[Event] = [ActiveLoop(form), SlotSet(REQUESTED_SLOT, question)]
    return DialogueStateTracker.from_events("visitor", events, slots=domain.slots)


def read(component: FormAnswers, tracker: DialogueStateTracker, text: str, intent: dict[str, Any] | None) -> Any:
    (message,) = component.process([Message({TEXT: text, INTENT: intent})], tracker)
    return message.get(INTENT)


@pytest.mark.parametrize(
    ("question", "text", "intent"),
    [
        ("visitor_name", "Rose Hill", "ask_location"),
        ("contact", "212 555 0155", "out_of_scope"),
        ("wish", "tuesday after five", "ask_hours"),
        ("health_screening", "no", "deny"),
        ("consent", "yes please", "affirm"),
        ("send_booking", "change the contact", "cancel_or_change_booking"),
    ],
)
def test_an_answer_to_the_open_question_is_one(
    component: FormAnswers, domain: Domain, question: str, text: str, intent: str
) -> None:
    tracker = asked(domain, "booking_form", question)
    assert read(component, tracker, text, {"name": intent, "confidence": 0.6}) == INFORM


@pytest.mark.parametrize(
    ("question", "text", "intent"),
    [
        ("visitor_name", "does it hurt?", "faq"),
        ("contact", "why do you need that?", "faq"),
        ("wish", "how much is it?", "ask_prices"),
        ("consent", "what happens to my data?", "out_of_scope"),
        ("contact", "i want to talk to a human at 212 555 0155", "handoff_to_human"),
        ("wish", "my chest hurts on tuesday", "emergency"),
        ("visitor_name", "stop", "stop"),
    ],
)
def test_anything_else_keeps_its_intent(
    component: FormAnswers, domain: Domain, question: str, text: str, intent: str
) -> None:
    given = {"name": intent, "confidence": 0.97}
    assert read(component, asked(domain, "booking_form", question), text, given) == given


@pytest.mark.parametrize(("form", "question"), [(None, None), (None, "contact"), ("booking_form", None)])
def test_without_an_open_question_nothing_changes(
    component: FormAnswers, domain: Domain, form: str | None, question: str | None
) -> None:
    given = {"name": "out_of_scope", "confidence": 0.5}
    assert read(component, asked(domain, form, question), "maria@example.com", given) == given


def test_the_handoff_form_is_read_too(component: FormAnswers, domain: Domain) -> None:
    tracker = asked(domain, "handoff_form", "contact")
    assert read(component, tracker, "maria@example.com", {"name": "faq", "confidence": 0.9}) == INFORM


@pytest.mark.parametrize("intent", [None, {}, {"name": None, "confidence": None}, {"name": None, "confidence": 0.0}])
def test_a_message_without_an_intent_can_be_an_answer(
    component: FormAnswers, domain: Domain, intent: dict[str, Any] | None
) -> None:
    assert read(component, asked(domain, "booking_form", "contact"), "maria@example.com", intent) == INFORM


@pytest.mark.parametrize(("country", "intent"), [("UK", "inform"), ("US", "faq")])
def test_a_phone_number_is_read_as_the_studios_country_writes_it(
    storage: LocalModelStorage,
    context: ExecutionContext,
    domain: Domain,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    country: str,
    intent: str,
) -> None:
    studio = (PROJECT / "studio.yml").read_text(encoding="utf-8").replace("country: US", f"country: {country}")
    (tmp_path / "studio.yml").write_text(studio, encoding="utf-8")
    monkeypatch.setenv("LAMOON_STUDIO", str(tmp_path / "studio.yml"))
    component = FormAnswers.create({}, storage, Resource("form_answers"), context)
    tracker = asked(domain, "booking_form", "contact")
    found = read(component, tracker, "020 7946 0958", {"name": "faq", "confidence": 0.99})
    assert found["name"] == intent


def test_the_answer_is_part_of_the_parse_result(component: FormAnswers, domain: Domain) -> None:
    tracker = asked(domain, "booking_form", "consent")
    (message,) = component.process([Message({TEXT: "yes"})], tracker)
    assert message.as_dict(only_output_properties=True)[INTENT] == INFORM


def test_phone_numbers_are_read_as_the_studios_country_writes_them(
    settings_of_test: Path, domain: Domain, storage: LocalModelStorage, context: ExecutionContext
) -> None:
    studio = settings_of_test.parent / "studio.yml"
    written = studio.read_text(encoding="utf-8").replace("(212) 555-0147", "+1 212 555 0147")

    def reads(country: str, text: str) -> Any:
        studio.write_text(written.replace("US", country), encoding="utf-8")
        component = FormAnswers.create({}, storage, Resource("form_answers"), context)
        return read(component, asked(domain, "booking_form", "contact"), text, {"name": "faq", "confidence": 0.9})

    assert reads("US", "020 7946 0958") == {"name": "faq", "confidence": 0.9}
    assert reads("GB", "020 7946 0958") == INFORM
