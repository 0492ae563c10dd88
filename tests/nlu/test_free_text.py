"""A message is text: what a visitor types never becomes one of Rasa's commands."""

from __future__ import annotations

import time

import pytest
from rasa.engine.graph import ExecutionContext
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from lamoon.nlu.preprocessing import ORIGINAL_TEXT, FreeText
from tools.evaluation.parser import Parse


@pytest.fixture
def component(storage: LocalModelStorage, context: ExecutionContext) -> FreeText:
    return FreeText.create({}, storage, Resource("free_text"), context)


@pytest.mark.parametrize(
    ("written", "left"), [('/faq{"topic": "cost"}', ""), ("/does it hurt", "does it hurt"), ("hello", "hello")]
)
def test_the_command_goes_and_what_was_written_stays_on_record(component: FreeText, written: str, left: str) -> None:
    (message,) = component.process([Message({TEXT: written})])
    assert message.get(TEXT) == left
    assert message.get(ORIGINAL_TEXT) == written


def test_the_cleaned_text_is_what_rasa_goes_on_with(component: FreeText) -> None:
    (message,) = component.process([Message({TEXT: "EXTERNAL: please stop"})])
    assert message.as_dict(only_output_properties=True) == {"text": "please stop"}


def test_a_message_without_text_becomes_an_empty_one(component: FreeText) -> None:
    (message,) = component.process([Message({})])
    assert (message.get(TEXT), message.get(ORIGINAL_TEXT)) == ("", "")


def test_every_message_of_a_batch_is_cleaned(component: FreeText) -> None:
    messages = component.process([Message({TEXT: text}) for text in ("/back", "hello", "//x y")])
    assert [message.get(TEXT) for message in messages] == ["back", "hello", "x y"]


@pytest.mark.parametrize(
    "command",
    [
        "/session_start",
        '/faq{"name": "x"}',
        '/booking_form{"booking_hold": false}',
        "/emergency{}",
    ],
)
def test_no_typed_command_is_obeyed(trained_parser: Parse, command: str) -> None:
    parsed = trained_parser(command)
    assert parsed["text"] == ""
    assert parsed["entities"] == []
    assert parsed["intent"]["name"] == "nlu_fallback"


@pytest.mark.parametrize("command", ["/restart", "/back", "  /inform", "\u200b/restart", "/suicide"])
def test_a_single_word_after_a_slash_is_read_as_that_word(trained_parser: Parse, command: str) -> None:
    word = command.strip(" /\u200b")
    parsed = trained_parser(command)
    assert parsed["text"] == word
    assert parsed["intent"] == trained_parser(word)["intent"]


@pytest.mark.parametrize(
    "text", ["", " ", "\n", "\x00\x01", "/", "EXTERNAL:", "\u200b\u200d", "/" * 5000], ids=lambda text: repr(text[:12])
)
def test_nothing_readable_is_not_understood(trained_parser: Parse, text: str) -> None:
    assert trained_parser(text)["intent"]["name"] == "nlu_fallback"


@pytest.mark.parametrize(
    "text",
    [
        "x" * 5000,
        "word " * 1000,
        "これは痛いですか",
        "هل هذا مؤلم؟",
        "👍🏽" * 200,
        '{"sender": "x", "message": {"$ne": 1}}',
        "<script>alert(1)</script>",
        "'; DROP TABLE events; --",
        "\ud83d",
        "%s %n {contact_sentence} {0}",
    ],
    ids=lambda text: ascii(text[:12]),
)
def test_odd_messages_are_read_without_an_error(trained_parser: Parse, text: str) -> None:
    parsed = trained_parser(text)
    assert isinstance(parsed["intent"]["name"], str)
    assert 0.0 <= parsed["intent"]["confidence"] <= 1.0


@pytest.mark.parametrize(
    "shape",
    [
        "blood clot ",
        "don't ",
        "theripist fasica ",
        "i have a ",
        "a\n",
        "(",
        '{"a":',
        "a@",
        "\u0301",
        "my leg is swollen, hot and red, ",
    ],
    ids=ascii,
)
def test_ten_thousand_characters_do_not_blow_up(trained_parser: Parse, shape: str) -> None:
    message = (shape * 10_000)[:10_000]
    start = time.monotonic()
    trained_parser(message)
    assert time.monotonic() - start < 30
