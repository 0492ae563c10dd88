"""The component that decides intent and topic, in the form that Rasa's own classifier and selector report them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from rasa.engine.graph import ExecutionContext
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.constants import (
    INTENT,
    INTENT_RANKING_KEY,
    INTENT_RESPONSE_KEY,
    METADATA,
    METADATA_INTENT,
    TEXT,
)
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from lamoon.nlu import hybrid_classifier
from lamoon.nlu.candidates import FOLLOW_UP, OURS, QUESTION, READING_AS
from lamoon.nlu.hybrid_classifier import PROBABILITIES, RANKING_LENGTH, RESPONSE_SELECTOR, HybridIntentClassifier
from lamoon.nlu.sentence_encoder import SENTENCE_VECTOR
from lamoon.understanding.encoder import SentenceEncoder, Vectors
from tools.evaluation.parser import Parse

RESOURCE = Resource("classifier")
CONFIG = HybridIntentClassifier.get_default_config() | {"min_count": 2}
PHRASES = {
    "faq/does_it_hurt": ["does it hurt", "is it painful", "will I be in pain", "how bad is the pain"],
    "faq/cost": ["what does it cost", "is it expensive", "how much money", "what is the price like"],
    "out_of_scope/parking": ["where can I park", "is there parking", "parking lot", "do you have parking spaces"],
    "greet": ["hello", "hi there", "good morning", "hey you"],
    **{f"intent_{number}": [f"{word} {number}", f"{word} {word}"] for number, word in enumerate("abcdefghij")},
}


def message(encoder: SentenceEncoder, text: str) -> Message:
    return Message({TEXT: text, SENTENCE_VECTOR: encoder.encode([text])[0]})


def training_data(encoder: SentenceEncoder) -> TrainingData:
    examples = []
    for label, texts in PHRASES.items():
        intent, slash, _ = label.partition("/")
        for text in texts:
            example = message(encoder, text)
            example.set(INTENT, intent)
            if slash:
                example.set(INTENT_RESPONSE_KEY, label)
            examples.append(example)
    return TrainingData(examples)


@pytest.fixture
def component(
    storage: LocalModelStorage, context: ExecutionContext, encoder: SentenceEncoder
) -> HybridIntentClassifier:
    trained = HybridIntentClassifier.create(CONFIG, storage, RESOURCE, context)
    assert trained.train(training_data(encoder)) == RESOURCE
    return trained


def parsed(component: HybridIntentClassifier, encoder: SentenceEncoder, text: str) -> dict[str, Any]:
    (read,) = component.process([message(encoder, text)])
    result: dict[str, Any] = read.as_dict(only_output_properties=True)
    return result


def test_a_topic_is_reported_as_the_selector_of_its_retrieval_intent(
    component: HybridIntentClassifier, encoder: SentenceEncoder
) -> None:
    result = parsed(component, encoder, "does it hurt")
    assert result["intent"]["name"] == "faq"
    best = result[RESPONSE_SELECTOR]["faq"]["response"]
    assert best["intent_response_key"] == "faq/does_it_hurt"
    assert best["utter_action"] == "utter_faq/does_it_hurt"
    assert best["responses"] == []
    assert result[RESPONSE_SELECTOR]["all_retrieval_intents"] == ["faq", "out_of_scope"]


def test_every_retrieval_intent_has_its_likeliest_kind_and_a_ranking(
    component: HybridIntentClassifier, encoder: SentenceEncoder
) -> None:
    selectors = parsed(component, encoder, "is there parking and what does it cost")[RESPONSE_SELECTOR]
    assert selectors["out_of_scope"]["response"]["intent_response_key"] == "out_of_scope/parking"
    assert [entry["intent_response_key"] for entry in selectors["faq"]["ranking"]] == ["faq/cost", "faq/does_it_hurt"]
    confidences = [entry["confidence"] for entry in selectors["faq"]["ranking"]]
    assert confidences == sorted(confidences, reverse=True)


def test_the_ranking_adds_the_kinds_of_an_intent_up(
    component: HybridIntentClassifier, encoder: SentenceEncoder
) -> None:
    result = parsed(component, encoder, "does it hurt")
    ranking = {entry["name"]: entry["confidence"] for entry in result[INTENT_RANKING_KEY]}
    kinds = result[RESPONSE_SELECTOR]["faq"]["ranking"]
    assert ranking["faq"] == pytest.approx(sum(kind["confidence"] for kind in kinds))
    assert len(ranking) == RANKING_LENGTH < len({label.split("/")[0] for label in PHRASES})
    assert next(iter(ranking)) == "faq"


def test_the_intents_confidence_is_the_calibrated_one_with_its_evidence(
    component: HybridIntentClassifier, encoder: SentenceEncoder
) -> None:
    known, unknown = parsed(component, encoder, "hello"), parsed(component, encoder, "qwxz vbnm")
    assert known["intent"]["confidence"] > unknown["intent"]["confidence"]
    assert known["evidence"]["lead"] > unknown["evidence"]["lead"]


@pytest.mark.parametrize("text", ["", "   "])
def test_an_empty_message_has_no_intent(component: HybridIntentClassifier, encoder: SentenceEncoder, text: str) -> None:
    result = parsed(component, encoder, text)
    assert result["intent"] == {"name": None, "confidence": 0.0}
    assert result[INTENT_RANKING_KEY] == []
    assert RESPONSE_SELECTOR not in result


def test_a_loaded_component_reads_the_same(
    component: HybridIntentClassifier, storage: LocalModelStorage, context: ExecutionContext, encoder: SentenceEncoder
) -> None:
    loaded = HybridIntentClassifier.load(CONFIG, storage, RESOURCE, context)
    for text in ("does it hurt", "is there parking", "hey", "qwxz"):
        fresh, kept = parsed(component, encoder, text), parsed(loaded, encoder, text)
        assert kept["intent"]["name"] == fresh["intent"]["name"]
        assert kept["intent"]["confidence"] == pytest.approx(fresh["intent"]["confidence"], abs=0.005)


def test_the_result_is_json(component: HybridIntentClassifier, encoder: SentenceEncoder) -> None:
    assert json.loads(json.dumps(parsed(component, encoder, "does it hurt")))["intent"]["name"] == "faq"


def test_every_setting_can_be_given_in_the_config(
    storage: LocalModelStorage, context: ExecutionContext, encoder: SentenceEncoder
) -> None:
    config = CONFIG | {"lead_weight": 0.0, "confidence_bias": 0.0}
    component = HybridIntentClassifier.create(config, storage, RESOURCE, context)
    component.train(training_data(encoder))
    assert parsed(component, encoder, "does it hurt")["intent"]["confidence"] == pytest.approx(0.5)


def test_the_trained_model_reports_topics_as_the_design_says(trained_parser: Parse) -> None:
    result = trained_parser("How does MFR differ from a deep tissue massage?")
    assert result["intent"]["name"] == "faq"
    assert result["response_selector"]["faq"]["response"]["intent_response_key"] == "faq/mfr_vs_deep_tissue"
    assert result["intent"]["full_retrieval_intent_name"] == "faq/mfr_vs_deep_tissue"


def test_the_trained_model_looks_through_misspellings(trained_parser: Parse) -> None:
    result = trained_parser("wat is fasica excatly")
    assert result["response_selector"]["faq"]["response"]["intent_response_key"] == "faq/what_is_fascia"
    assert result["text"] == "wat is fasica excatly"


def test_kinds_of_emergency_are_classes_of_their_own_and_one_intent(
    storage: LocalModelStorage, context: ExecutionContext, encoder: SentenceEncoder
) -> None:
    data = training_data(encoder)
    for kind, text in (("general", "i cannot breathe"), ("suicidal", "i want to die"), ("suicidal", "end my life")):
        example = message(encoder, text)
        example.set(INTENT, "emergency")
        example.set(METADATA, {METADATA_INTENT: {"text": kind}})
        data.training_examples.append(example)
    trained = HybridIntentClassifier.create(CONFIG, storage, RESOURCE, context)
    trained.train(data)
    (read,) = trained.process([message(encoder, "i wish to die")])
    probabilities = read.get(PROBABILITIES)
    assert read.get(INTENT)["name"] == "emergency"
    assert probabilities["emergency+suicidal"] > probabilities["emergency+general"]
    (ranked,) = [entry for entry in read.get(INTENT_RANKING_KEY) if entry["name"] == "emergency"]
    both = probabilities["emergency+suicidal"] + probabilities["emergency+general"]
    assert ranked["confidence"] == pytest.approx(both)
    assert "emergency" not in read.get(RESPONSE_SELECTOR)["all_retrieval_intents"]


def test_a_follow_up_is_not_embedded_where_the_message_by_itself_is_clear(
    component: HybridIntentClassifier, encoder: SentenceEncoder
) -> None:
    def forbidden() -> Vectors:
        raise AssertionError("embedded")

    clear = message(encoder, "is it painful")
    together = Message({TEXT: "What is fascia, is it painful", READING_AS: FOLLOW_UP, SENTENCE_VECTOR: forbidden})
    component.process([clear, together])
    assert together.get(INTENT) is None


def test_a_follow_up_is_embedded_where_the_message_by_itself_says_nothing(
    component: HybridIntentClassifier, encoder: SentenceEncoder
) -> None:
    together = Message({TEXT: "does it hurt, why?", READING_AS: FOLLOW_UP})
    together.set(SENTENCE_VECTOR, lambda: encoder.encode([together.get(TEXT)])[0])
    component.process([message(encoder, "why?"), together])
    assert together.get(INTENT)["name"] == "faq"


def test_a_part_is_not_embedded_where_the_others_cannot_make_two_questions(
    component: HybridIntentClassifier, encoder: SentenceEncoder
) -> None:
    def forbidden() -> Vectors:
        raise AssertionError("embedded")

    noise = message(encoder, "zzz")
    noise.set(READING_AS, QUESTION)
    second = Message({TEXT: "is it painful", READING_AS: QUESTION, SENTENCE_VECTOR: forbidden})
    component.process([message(encoder, "zzz and is it painful"), noise, second])
    assert noise.get(INTENT) is not None
    assert second.get(INTENT) is None


def test_both_parts_of_two_questions_are_read(component: HybridIntentClassifier, encoder: SentenceEncoder) -> None:
    parts = [message(encoder, text) for text in ("is it painful", "is there parking")]
    for part in parts:
        part.set(READING_AS, QUESTION)
    component.process([message(encoder, "is it painful and is there parking"), *parts])
    assert [part.get(INTENT)["name"] for part in parts] == ["faq", "out_of_scope"]


def test_a_sentence_of_our_own_is_read_once(component: HybridIntentClassifier, encoder: SentenceEncoder) -> None:
    embedded: list[str] = []

    def pressed(text: str, **marks: bool) -> dict[str, Any]:
        one = Message({TEXT: text, **marks})
        one.set(SENTENCE_VECTOR, lambda: embedded.append(text) or encoder.encode([text])[0])
        component.process([one])
        found: dict[str, Any] = one.as_dict(only_output_properties=True)
        return found

    first, again = (pressed("does it hurt", ours=True) for _ in range(2))
    assert embedded == ["does it hurt"]
    assert first == again == pressed("does it hurt")
    assert embedded == ["does it hurt"] * 2  # a visitor's own words are not kept, so they are read each time


def test_only_so_many_sentences_are_kept(
    component: HybridIntentClassifier, encoder: SentenceEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hybrid_classifier, "MOST_KEPT", 1)
    for text in ("hello", "hi there", "hi there"):
        one = message(encoder, text)
        one.set(OURS, True)
        component.process([one])
        assert one.get(INTENT)["name"] == "greet"
    assert list(component._kept) == ["hello"]
