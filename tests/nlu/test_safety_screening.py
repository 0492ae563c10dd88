"""The component that screens every message; in an emergency it has the last word on the intent."""

from __future__ import annotations

import time
from typing import Any

import pytest
from rasa.engine.graph import ExecutionContext
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message

from lamoon.dialogue.reading import TURN
from lamoon.dialogue.signs import MESSAGES, SECONDS
from lamoon.nlu.hybrid_classifier import PROBABILITIES
from lamoon.nlu.preprocessing import ORIGINAL_TEXT
from lamoon.nlu.safety_screening import SAFETY, SCREENING_ANSWER, SafetyScreening
from tools.evaluation.parser import Parse

RANKING = [
    {"name": "faq", "confidence": 0.7},
    {"name": "emergency", "confidence": 0.2},
    {"name": "greet", "confidence": 0.1},
]


@pytest.fixture(scope="session")
def component(tmp_path_factory: pytest.TempPathFactory, context: ExecutionContext) -> SafetyScreening:
    storage = LocalModelStorage(tmp_path_factory.mktemp("model"))
    return SafetyScreening.create(SafetyScreening.get_default_config(), storage, Resource("screening"), context)


def after(*texts: str, ago: float = 60.0, outcome: str = "none") -> DialogueStateTracker:
    """A conversation in which these messages with signs came, the last of them `ago` seconds ago."""
    now = time.time()
    messages = [
        UserUttered(
            text,
            {"name": "faq"},
            parse_data={TURN: {"signs": True}, SAFETY: {"outcome": outcome}},
            timestamp=now - ago - at,
        )  # type: ignore[arg-type, typeddict-unknown-key]
        for at, text in enumerate(reversed(texts))
    ]
    return DialogueStateTracker.from_events("visitor", [*reversed(messages)])


def screened(
    component: SafetyScreening, text: str, intent: str | None, tracker: DialogueStateTracker | None = None, **more: Any
) -> Message:
    data = {TEXT: text, INTENT: {"name": intent, "confidence": 0.7}, INTENT_RANKING_KEY: RANKING, **more}
    (message,) = component.process([Message(data)], tracker or after())
    return message


def said(message: Message) -> tuple[str, list[str], bool]:
    """The outcome, the conditions, and whether to ask."""
    safety = message.get(SAFETY)
    return safety["outcome"], [condition["id"] for condition in safety["conditions"]], safety["question"]


def test_a_harmless_message_is_left_alone(component: SafetyScreening) -> None:
    message = screened(component, "how much does it cost?", "faq")
    assert said(message) == ("none", [], False)
    assert message.get(INTENT) == {"name": "faq", "confidence": 0.7}


def test_an_emergency_decides_the_intent(component: SafetyScreening) -> None:
    message = screened(component, "I have chest pain and I can't breathe", "faq")
    assert message.get(SAFETY)["outcome"] == "emergency"
    assert message.get(INTENT) == {"name": "emergency", "confidence": 1.0}
    assert message.get(INTENT_RANKING_KEY) == [{"name": "emergency", "confidence": 1.0}, RANKING[0], RANKING[2]]


@pytest.mark.parametrize("unsure", [None, "nlu_fallback", "out_of_scope"])
def test_a_disclosure_decides_what_was_not_understood(component: SafetyScreening, unsure: str | None) -> None:
    message = screened(component, "I have a blood clot", unsure)
    assert message.get(SAFETY)["outcome"] == "warn"
    assert message.get(INTENT)["name"] == "report_condition"


@pytest.mark.parametrize("intent", ["faq", "book_appointment", "inform", "greet"])
def test_a_disclosure_leaves_what_was_understood(component: SafetyScreening, intent: str) -> None:
    message = screened(component, "I have a blood clot", intent)
    assert message.get(INTENT)["name"] == intent


def test_conditions_have_the_fields_of_the_design(component: SafetyScreening) -> None:
    text = "I have a blood clot in my leg"
    (condition,) = screened(component, text, "inform").get(SAFETY)["conditions"]
    assert condition["id"] == "blood_clot"
    assert condition["status"] == "affirmed"
    assert text[condition["start"] : condition["end"]] == condition["text"]


def test_what_was_written_is_screened_not_what_was_repaired(component: SafetyScreening) -> None:
    message = screened(component, "massage", "faq", **{ORIGINAL_TEXT: "/I have a blood clot"})
    assert [condition["id"] for condition in message.get(SAFETY)["conditions"]] == ["blood_clot"]


def test_a_message_without_text_or_intent_is_harmless(component: SafetyScreening) -> None:
    (message,) = component.process([Message({})], after())
    assert said(message) == ("none", [], False)


@pytest.mark.parametrize("kind", ["general", "suicidal", "cauda_equina", "suspected_dvt"])
def test_the_second_opinion_raises_an_emergency_in_unknown_words(component: SafetyScreening, kind: str) -> None:
    heard = screened(component, "the lighthouse is dark", "faq", **{PROBABILITIES: {f"emergency+{kind}": 0.95}})
    assert said(heard) == ("emergency", [], False)
    assert heard.get(SAFETY)["second_opinion"]["text"] == kind
    assert heard.get(INTENT) == {"name": "emergency", "confidence": 1.0}


@pytest.mark.parametrize(("intent", "settled"), [("faq", "faq"), ("nlu_fallback", "report_condition")])
def test_the_second_opinion_asks_about_health_in_unknown_words(
    component: SafetyScreening, intent: str, settled: str
) -> None:
    heard = screened(component, "the kettle whistles", intent, **{PROBABILITIES: {"report_condition": 0.95}})
    assert said(heard) == ("none", [], True)
    assert heard.get(INTENT)["name"] == settled


def test_it_is_part_of_every_parse_result(trained_parser: Parse) -> None:
    safety = trained_parser("hello")["safety"]
    assert (safety["outcome"], safety["conditions"], safety["question"]) == ("none", [], False)
    assert trained_parser("i have a blood clot, does it hurt?")["safety"]["outcome"] == "warn"


def test_an_emergency_wins_over_any_reading(trained_parser: Parse) -> None:
    parsed = trained_parser("does it hurt? I have chest pain right now")
    assert parsed["intent"] == {"name": "emergency", "confidence": 1.0}


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("no, none of these", "no"),
        ("not sure", "yes"),
        ("what do you mean?", "asks_back"),
        ("a clot in 2019", "details"),
    ],
)
def test_a_message_is_read_as_an_answer_to_the_screening_question_too(
    component: SafetyScreening, text: str, answer: str
) -> None:
    assert screened(component, text, "inform").get(SCREENING_ANSWER) == answer


@pytest.mark.parametrize(
    ("text", "outcome", "intent", "language"),
    [
        ("me duele el pecho y no puedo respirar", "emergency", "emergency", "es"),
        ("Ich will nicht mehr leben", "emergency", "emergency", "de"),
        ("J'ai eu une phlébite l'année dernière", "warn", "report_condition", "fr"),
        ("quero falar com um atendente", "none", "handoff_to_human", "pt"),
        ("vorrei prenotare un massaggio", "none", "out_of_scope", "it"),
        ("how much does it cost?", "none", "faq", "en"),
        ("👍", "none", "affirm", None),
        ("🆘", "emergency", "emergency", None),
    ],
)
def test_other_languages_and_emoji_are_settled(
    component: SafetyScreening, text: str, outcome: str, intent: str, language: str | None
) -> None:
    message = screened(component, text, "faq" if language == "en" else "out_of_scope")
    assert message.get(SAFETY)["outcome"] == outcome
    assert message.get(INTENT)["name"] == intent
    assert message.get("language") == language


def test_a_belly_in_emoji_is_asked_about(component: SafetyScreening) -> None:
    assert said(screened(component, "🤰", "out_of_scope")) == ("none", [], True)


# Emergencies from several messages together


def test_signs_over_several_messages_are_an_emergency(component: SafetyScreening) -> None:
    message = screened(component, "and it feels hot", "faq", after("my left calf aches"))
    assert said(message)[:2] == ("emergency", ["suspected_dvt"])
    assert message.get(INTENT)["name"] == "emergency"


def test_signs_of_long_ago_are_another_matter(component: SafetyScreening) -> None:
    message = screened(component, "and it feels hot", "faq", after("my left calf aches", ago=SECONDS + 60))
    assert said(message)[0] != "emergency"


def test_only_the_latest_messages_with_signs_count(component: SafetyScreening) -> None:
    between = ["my neck is stiff"] * MESSAGES
    message = screened(component, "and it feels hot", "faq", after("my left calf aches", *between))
    assert said(message)[0] != "emergency"


def test_an_emergency_of_before_adds_nothing_to_a_harmless_message(component: SafetyScreening) -> None:
    tracker = after("my chest hurts and I coughed up blood", outcome="emergency")
    message = screened(component, "an hour on my stiff lower back", "inform", tracker)
    assert said(message)[0] != "emergency"


def test_what_a_message_does_is_handed_on(component: SafetyScreening) -> None:
    assert screened(component, "same here", "faq").get(TURN)["acts"] == ["same_here"]
