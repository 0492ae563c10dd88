"""The fact of a message: chosen by the trained scorer, written as the topic's, never over what matters more."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.core.constants import REQUESTED_SLOT
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActiveLoop, BotUttered, Event, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import INTENT, RESPONSE_SELECTOR, TEXT
from rasa.shared.nlu.training_data.message import Message

from lamoon.knowledge import load_facts
from lamoon.nlu.candidates import FACT, FOLLOW_UP, MAY_FOLLOW, READING_AS
from lamoon.nlu.context import CONTEXT
from lamoon.nlu.fact_selector import FactSelector
from lamoon.nlu.hybrid_classifier import PROBABILITIES
from lamoon.nlu.sentence_encoder import SENTENCE_VECTOR, VECTOR_OF_BOTH, VECTOR_OF_PREVIOUS
from lamoon.understanding.encoder import Vectors
from lamoon.understanding.fact_scorer import Example, FactScorer

OIL, TIME, WHY = "how_it_works/oil", "how_it_works/hold_time", "cost/paying_for"
TITLE = "How does myofascial release work?"
VECTORS = np.eye(6, dtype=np.float32)
EXAMPLES = [Example("how_it_works"), Example("cost"), Example(OIL), Example(TIME), Example(WHY), Example(TIME, True)]


@pytest.fixture
def selector(storage: LocalModelStorage) -> FactSelector:
    return FactSelector(storage, Resource("facts"), FactScorer.train(EXAMPLES, VECTORS))


def conversation(domain: Domain, *events: Event) -> DialogueStateTracker:
    return DialogueStateTracker.from_events("visitor", list(events), slots=domain.slots)


def message(text: str, label: str, confidence: float, vector: Vectors, **fields: Any) -> Message:
    intent, _, kind = label.partition("/")
    selectors = {intent: {"response": {"intent_response_key": label}, "ranking": []}} if kind else {}
    values = {TEXT: text, INTENT: {"name": intent, "confidence": confidence}, RESPONSE_SELECTOR: selectors}
    return Message({**values, PROBABILITIES: {label: confidence}, SENTENCE_VECTOR: vector, **fields})


def test_a_specific_question_has_its_fact(selector: FactSelector, domain: Domain) -> None:
    asked = message("is there oil", "faq/how_it_works", 0.9, VECTORS[2])
    selector.process([asked], conversation(domain))
    assert (asked.get(FACT)["id"], asked.get(FACT)["topic"]) == (OIL, "how_it_works")
    assert asked.get(INTENT)["confidence"] >= 0.9


@pytest.mark.parametrize(
    ("label", "confidence"), [("nlu_fallback", 0.2), ("out_of_scope/hygiene", 0.5), ("faq/cost", 0.5)]
)
def test_it_moves_to_the_topic_of_its_fact(
    selector: FactSelector, domain: Domain, label: str, confidence: float
) -> None:
    asked = message("is there oil", label, confidence, VECTORS[2])
    selector.process([asked], conversation(domain))
    assert asked.get(INTENT)["name"] == "faq"
    assert asked.get(RESPONSE_SELECTOR)["faq"]["response"]["intent_response_key"] == "faq/how_it_works"
    assert asked.get(RESPONSE_SELECTOR)["faq"]["response"]["utter_action"] == "utter_faq/how_it_works"


@pytest.mark.parametrize(
    ("text", "label", "confidence"),
    [
        ("is there oil", "emergency", 0.3),
        ("is there oil", "report_condition", 0.3),
        ("is there oil", "book_appointment", 0.9),
        ("is there oil", "out_of_scope/abuse", 0.3),
        ("yes please", "nlu_fallback", 0.2),
        (TITLE, "faq/how_it_works", 0.9),
    ],
)
def test_it_stays_what_it_is(selector: FactSelector, domain: Domain, text: str, label: str, confidence: float) -> None:
    asked = message(text, label, confidence, VECTORS[2])
    selector.process([asked], conversation(domain))
    assert asked.get(FACT) is None
    assert asked.get(INTENT)["confidence"] == confidence


def test_in_a_form_only_a_question_has_a_fact(selector: FactSelector, domain: Domain) -> None:
    form = (ActiveLoop("booking_form"), SlotSet(REQUESTED_SLOT, "visitor_name"))
    for text, found in (("Rose Oil", False), ("do you use oil?", True)):
        asked = message(text, "nlu_fallback", 0.2, VECTORS[2])
        selector.process([asked], conversation(domain, *form))
        assert (asked.get(FACT) is not None) == found


def test_a_follow_up_has_a_fact_of_what_was_talked_about(selector: FactSelector, domain: Domain) -> None:
    tracker = conversation(
        domain, UserUttered("how", {"name": "faq"}), BotUttered("...", metadata={"topic": "faq/how_it_works"})
    )
    asked, together = follow_up("how long", "out_of_scope/session_length", 0.9, VECTORS[5])
    selector.process([asked, together], tracker)
    for reading in (asked, together):
        assert reading.get(FACT)["id"] == TIME
        assert reading.get(INTENT)["name"] == "faq"
    assert asked.get(CONTEXT) == TITLE


def test_a_fragment_is_not_taken_for_another_topic(selector: FactSelector, domain: Domain) -> None:
    asked, together = follow_up("why", "faq/how_it_works", 0.5, VECTORS[4])
    selector.process([asked, together], conversation(domain, UserUttered("how", {"name": "faq"})))
    assert asked.get(FACT) is None


def talked(domain: Domain, *said: str) -> DialogueStateTracker:
    """A conversation in which these texts of `how_it_works` were said, "" for the overview."""
    replies = [BotUttered("...", metadata={"topic": "faq/how_it_works", "block": name}) for name in said]
    return conversation(domain, UserUttered("how", {"name": "faq"}), *replies)


def follow_up(
    text: str, label: str, confidence: float, vector: Vectors, reading_as: str = FOLLOW_UP
) -> tuple[Message, Message]:
    asked = message(text, label, confidence, vector)
    words = {VECTOR_OF_PREVIOUS: VECTORS[0], VECTOR_OF_BOTH: vector}
    return asked, Message({TEXT: f"{TITLE}, {text}", READING_AS: reading_as, CONTEXT: TITLE, **words})


def test_more_is_the_next_fact_that_was_not_told(selector: FactSelector, domain: Domain) -> None:
    facts = [fact.name for fact in load_facts().by_topic["how_it_works"].facts if not fact.silent]
    asked = follow_up("tell me more", "out_of_scope/smalltalk_and_jokes", 0.9, VECTORS[5])
    selector.process(list(asked), talked(domain, ""))
    assert asked[0].get(FACT)["id"] == f"how_it_works/{facts[0]}"
    asked = follow_up("go on", "affirm", 0.9, VECTORS[5])
    selector.process(list(asked), talked(domain, "", *facts))
    assert asked[0].get(FACT) is None
    assert asked[0].get(RESPONSE_SELECTOR)["faq"]["response"]["intent_response_key"] == "faq/how_it_works"


def test_the_cost_behind_a_topic_is_what_the_guide_says_of_it(selector: FactSelector, domain: Domain) -> None:
    asked = follow_up("what about the cost", "ask_prices", 0.9, VECTORS[5])
    selector.process(list(asked), talked(domain, ""))
    assert asked[0].get(RESPONSE_SELECTOR)["faq"]["response"]["intent_response_key"] == "faq/cost"


def test_a_fact_of_any_topic_answers_a_follow_up_that_fits_it_very_well(selector: FactSelector, domain: Domain) -> None:
    asked = follow_up("paying for what", "nlu_fallback", 0.2, VECTORS[4])
    selector.process(list(asked), talked(domain, ""))
    assert asked[0].get(FACT)["id"] == WHY


def test_what_does_not_look_like_a_follow_up_is_one_if_a_fact_fits_well_only_in_context(
    selector: FactSelector, domain: Domain
) -> None:
    vague = VECTORS.sum(axis=0) / np.linalg.norm(VECTORS.sum(axis=0))
    for by_itself, after in ((vague, OIL), (VECTORS[4], WHY)):
        asked, together = follow_up("mine is for the arches", "nlu_fallback", 0.2, by_itself, MAY_FOLLOW)
        together.set(VECTOR_OF_BOTH, VECTORS[2])
        selector.process([asked, together], talked(domain, ""))
        assert asked.get(FACT)["id"] == after
