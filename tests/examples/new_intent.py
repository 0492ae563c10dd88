"""The chat that does not work, of docs/extending.md; run by tests/test_extending.py in a copy of the project that knows it."""

from __future__ import annotations

import pytest
from nlu.conftest import LISTEN, Conversation
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import UserUttered
from rasa.shared.core.slot_mappings import SlotMapping
from rasa.shared.core.trackers import DialogueStateTracker

from lamoon.desk.teaching.training_phrases import title
from lamoon.intents import shared_intents
from lamoon.knowledge import load_topics
from lamoon.understanding.followups import Reading
from lamoon.understanding.questions import asked

INTENT = "report_technical_problem"
ANSWER = "utter_technical_problem"


def test_it_is_answered(conversation: Conversation) -> None:
    assert conversation.say(INTENT) == [ANSWER, LISTEN]


@pytest.mark.parametrize(
    ("start", "form"), [("book_appointment", "booking_form"), ("handoff_to_human", "handoff_form")]
)
def test_in_a_form_it_is_answered_and_the_form_asks_again(
    conversation: Conversation,
    start: str,
    form: str,
) -> None:
    conversation.say(start)
    assert conversation.say(INTENT) == [ANSWER, form, LISTEN]


def test_it_answers_no_question_of_the_booking_form(domain: Domain) -> None:
    tracker = DialogueStateTracker("visitor", domain.slots)
    tracker.update(UserUttered("the page is blank", {"name": INTENT, "confidence": 0.9}), domain)
    for slot in domain.slots:
        if slot.name in domain.required_slots_for_form("booking_form"):
            assert not any(SlotMapping.intent_is_desired(mapping, tracker, domain) for mapping in slot.mappings)


def test_the_rest_of_the_assistant_knows_what_it_means() -> None:
    assert title(INTENT, load_topics()) == "Says that the chat does not work"
    assert INTENT not in shared_intents().beside_questions | shared_intents().without_context
    whole, broken, cost = (Reading("both", "faq/cost", 0.9), Reading("b", INTENT, 0.9), Reading("c", "faq/cost", 0.9))
    assert asked(whole, [broken, cost]) == [broken, cost]
