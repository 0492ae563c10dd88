"""A visitor's own messages on the website: corrected, deleted, and what open streams make of it."""

from __future__ import annotations

import uuid
from typing import Any

import httpx
import pytest

from lamoon.phrasebook import say
from lamoon.web.openapi import check
from web.fixtures import Front
from web.serving import EMERGENCY, until
from web.visitor import Visitor, text_of

WISH = "I would like to come on Friday afternoon"
BETTER = "I would like to come on Saturday afternoon"


def correct(visitor: Visitor, earlier: dict[str, Any], text: str) -> httpx.Response:
    return visitor.post("messages", client_id=str(uuid.uuid4()), text=text, corrects=earlier["client_id"])


def withdraw(visitor: Visitor, client_id: str) -> httpx.Response:
    return visitor.http.delete(f"/chat/messages/{client_id}", headers=visitor.headers)


def said(visitor: Visitor) -> list[dict[str, Any]]:
    return [message for message in visitor.messages() if message["from"] == "visitor"]


@pytest.mark.parametrize(("text", "heard"), [(BETTER, f"I meant: {BETTER}"), ("Dana Reid", "Dana Reid")])
def test_a_correction_is_a_message_of_its_own_that_says_so(front: Front, text: str, heard: str) -> None:
    visitor = front.visitor()
    visitor.ask(WISH)
    sent = correct(visitor, said(visitor)[0], text)
    assert sent.status_code == 202
    visitor.replies(sent.json()["id"])
    assert front.rasa.heard[-1]["message"] == heard
    new = said(visitor)[-1]
    check(new, "Message")
    assert new["text"] == text
    assert say("message_corrected") in text_of(new["body"])


def test_only_an_own_message_can_be_corrected_or_deleted(front: Front) -> None:
    visitor, other = front.visitor(), front.visitor()
    visitor.ask(WISH)
    other.ask("hello")
    (theirs,) = said(other)
    assert correct(visitor, theirs, BETTER).json()["error"]["code"] == "no_such_message"
    assert withdraw(visitor, theirs["client_id"]).status_code == 404
    assert text_of(said(other)[0]["body"]) == "hello"
    choice = visitor.post("messages", client_id=str(uuid.uuid4()), choice="x", corrects=said(visitor)[0]["client_id"])
    assert choice.status_code == 400, "a choice corrects nothing"


def test_a_deleted_message_leaves_its_words_nowhere_and_open_streams_show_it(front: Front) -> None:
    visitor = front.visitor()
    visitor.ask(WISH)
    with visitor.listening() as stream:
        until(lambda: len(stream.messages) == 2, "both messages")
        assert withdraw(visitor, said(visitor)[0]["client_id"]).status_code == 204
        until(lambda: front.rasa.withdrawn, "Rasa to forget it")
        until(lambda: "Friday" not in str(visitor.messages()), "the reply to be without it")
        until(lambda: "Friday" not in str(stream.messages[-2:]), "the stream to say so")
    (message,) = said(visitor)
    check(message, "Message")
    assert "text" not in message
    assert text_of(message["body"]) == say("message_withdrawn")
    assert withdraw(visitor, message["client_id"]).status_code == 204, "a second time changes nothing"


def test_an_emergency_that_was_deleted_at_once_is_answered_all_the_same(front: Front) -> None:
    visitor = front.visitor()
    sent = visitor.send(f"{EMERGENCY}, I cannot breathe")
    withdraw(visitor, sent.json()["client_id"])
    visitor.replies(sent.json()["id"])
    assert EMERGENCY in front.rasa.heard[0]["message"]
