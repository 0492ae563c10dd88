"""Responses of the REST channel to invalid requests: 400, and a helpful JSON error."""

from __future__ import annotations

import json
from typing import Any

import pytest

from scenarios.assistant import Assistant

JSON = {"Content-Type": "application/json"}


def _bytes(body: object) -> bytes:
    return json.dumps(body).encode()


WRONG = {
    "nothing": (b"", "JSON object"),
    "no JSON": (b"hello there", "JSON object"),
    "broken JSON": (b'{"sender": "v-1", "message": ', "JSON object"),
    "no UTF-8": (b'{"sender": "v-1", "message": "\xff\xfe"}', "JSON object"),
    "a form": (b"sender=v-1&message=hello", "JSON object"),
    "a list": (_bytes([{"sender": "v-1", "message": "hello"}]), "JSON object"),
    "a text": (_bytes("hello"), "JSON object"),
    "null": (b"null", "JSON object"),
    "nested too deep": (b"[" * 100_000, "JSON object"),
    "no sender": (_bytes({"message": "hello"}), "sender"),
    "an empty sender": (_bytes({"sender": "", "message": "hello"}), "sender"),
    "a blank sender": (_bytes({"sender": "  ", "message": "hello"}), "sender"),
    "a number as sender": (_bytes({"sender": 7, "message": "hello"}), "sender"),
    "a list as sender": (_bytes({"sender": ["v-1"], "message": "hello"}), "sender"),
    "a very long sender": (_bytes({"sender": "v" * 201, "message": "hello"}), "sender"),
    "no message": (_bytes({"sender": "v-1"}), "message"),
    "null as message": (_bytes({"sender": "v-1", "message": None}), "message"),
    "a number as message": (_bytes({"sender": "v-1", "message": 42}), "message"),
    "an object as message": (_bytes({"sender": "v-1", "message": {"text": "hello"}}), "message"),
    "a list as message": (_bytes({"sender": "v-1", "message": ["hello"]}), "message"),
    "a very long message": (_bytes({"sender": "v-1", "message": "a" * 10_001}), "message"),
    "a text as metadata": (_bytes({"sender": "v-1", "message": "hello", "metadata": "x"}), "metadata"),
}


@pytest.mark.parametrize("kind", WRONG)
def test_a_wrong_request_is_told_what_was_expected(kind: str, assistant: Assistant) -> None:
    body, names = WRONG[kind]
    answer = assistant.http.post("/webhooks/rest/webhook", content=body, headers=JSON)
    assert answer.status_code == 400, answer.text[:300]
    told: dict[str, Any] = answer.json()
    assert names in told["error"]
    assert set(told["example"]) == {"sender", "message"}


def test_the_example_of_an_error_works(assistant: Assistant) -> None:
    example = assistant.http.post("/webhooks/rest/webhook", content=b"", headers=JSON).json()["example"]
    answer = assistant.http.post("/webhooks/rest/webhook", json=example)
    assert answer.status_code == 200
    assert answer.json()[0]["text"]


def test_a_long_message_within_the_limit_is_answered(assistant: Assistant) -> None:
    assert assistant.say("rest-errors-long", "é" * 10_000)


def test_the_caller_cannot_name_the_channel(assistant: Assistant) -> None:
    body = {"sender": "rest-errors-channel", "message": "hello", "input_channel": "desk", "metadata": {"a": 1}}
    assert assistant.http.post("/webhooks/rest/webhook", json=body).status_code == 200
    events = assistant.http.get("/conversations/rest-errors-channel/tracker").json()["events"]
    assert {event["input_channel"] for event in events if event["event"] == "user"} == {"rest"}


def test_two_visitors_at_once_get_their_own_answers(assistant: Assistant) -> None:
    assistant.say("rest-errors-one", "I would love to get a session booked")
    assert assistant.say("rest-errors-two", "Dana Whitfield")
    assert assistant.tracker("rest-errors-two")["slots"]["visitor_name"] is None
    assert assistant.tracker("rest-errors-one")["slots"]["visitor_name"] is None
