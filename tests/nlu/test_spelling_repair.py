"""The component that learns the domain's words and repairs towards them; the message itself stays as it was."""

from __future__ import annotations

import pytest
from rasa.engine.graph import ExecutionContext
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.constants import INTENT, INTENT_RESPONSE_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from lamoon.nlu.preprocessing import REPAIRED_TEXT, SpellingRepairComponent

RESOURCE = Resource("spelling")


def phrase(text: str, intent: str, kind: str = "") -> Message:
    data = {TEXT: text, INTENT: intent}
    return Message(data | ({INTENT_RESPONSE_KEY: f"{intent}/{kind}"} if kind else {}))


def training_data() -> TrainingData:
    return TrainingData(
        [
            *(phrase(f"{word} fascia", "faq", "what_is_fascia") for word in ("my", "what", "stuck", "Fascia of")),
            *(phrase(f"{word} rollers", "faq", "smr_tools") for word in ("two", "big")),
            *(phrase(f"zorblax {number}", "out_of_scope", "gibberish") for number in range(5)),
            *(phrase(f"jessicca {number}", "inform") for number in range(5)),
        ]
    )


@pytest.fixture
def component(storage: LocalModelStorage, context: ExecutionContext) -> SpellingRepairComponent:
    config = SpellingRepairComponent.get_default_config()
    trained = SpellingRepairComponent.create(config, storage, RESOURCE, context)
    trained.train(training_data())
    return trained


def repaired(component: SpellingRepairComponent, text: str) -> str:
    (message,) = component.process([Message({TEXT: text})])
    assert message.get(TEXT) == text
    found: str = message.get(REPAIRED_TEXT)
    return found


def test_it_repairs_towards_words_of_the_training_phrases(component: SpellingRepairComponent) -> None:
    assert repaired(component, "what is fasica?") == "what is fascia?"


def test_a_word_of_too_few_phrases_is_no_target(component: SpellingRepairComponent) -> None:
    assert repaired(component, "rollerz") == "rollerz"


@pytest.mark.parametrize("text", ["zorblaxx", "jessica"])
def test_noise_and_names_are_no_targets(component: SpellingRepairComponent, text: str) -> None:
    assert repaired(component, text) == text


def test_a_loaded_component_repairs_the_same(
    component: SpellingRepairComponent, storage: LocalModelStorage, context: ExecutionContext
) -> None:
    loaded = SpellingRepairComponent.load(SpellingRepairComponent.get_default_config(), storage, RESOURCE, context)
    for text in ("what is fasica?", "zorblaxx", "fascai rolller", ""):
        assert repaired(loaded, text) == repaired(component, text)


def test_training_phrases_are_repaired_like_messages(component: SpellingRepairComponent) -> None:
    data = component.process_training_data(TrainingData([phrase("my fasica", "faq", "what_is_fascia")]))
    assert [example.get(REPAIRED_TEXT) for example in data.training_examples] == ["my fascia"]


def test_the_least_count_can_be_set(storage: LocalModelStorage, context: ExecutionContext) -> None:
    component = SpellingRepairComponent.create({"min_count": 2}, storage, RESOURCE, context)
    component.train(training_data())
    assert repaired(component, "rollerz") == "rollers"


def test_a_message_without_text_stays_empty(component: SpellingRepairComponent) -> None:
    (message,) = component.process([Message({})])
    assert message.get(REPAIRED_TEXT) == ""


def test_repair_never_leaves_the_component(component: SpellingRepairComponent) -> None:
    (message,) = component.process([Message({TEXT: "fasica"})])
    assert message.as_dict(only_output_properties=True) == {"text": "fasica"}
