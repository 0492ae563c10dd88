"""200 payloads: none becomes markup, none is a command, none steers the assistant."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from chat.test_safe_tree import nodes
from scenarios.assistant import Assistant

from lamoon.chat.safe_tree import is_safe_link, markdown_tree
from lamoon.text.clean import clean
from lamoon.web.openapi import check
from web.fixtures import Front
from web.serving import GatewayProcess, until
from web.visitor import Visitor

PAYLOADS = [
    json.loads(line)
    for line in (Path(__file__).parent / "data" / "injections.jsonl").read_text(encoding="utf-8").splitlines()
]
COMMANDS = [payload["text"] for payload in PAYLOADS if payload["kind"] == "command"]
STEERED = ("restart", "session_started", "action_restart", "action_back", "action_forget_me")


def events(assistant: Assistant, sender: str) -> Iterator[dict[str, Any]]:
    """What happened in a conversation at Rasa."""
    yield from assistant.http.get(f"/conversations/{sender}/tracker", params={"include_events": "ALL"}).json()["events"]


def test_there_are_two_hundred_of_them() -> None:
    assert len(PAYLOADS) == len({payload["text"] for payload in PAYLOADS}) >= 200


def test_none_becomes_anything_but_a_safe_tree_in_a_reply() -> None:
    for payload in PAYLOADS:
        for node in nodes(markdown_tree(payload["text"])):
            check(node, "Node")
            assert "href" not in node or is_safe_link(node["href"]), payload
            assert clean(node.get("v", "")) == " ".join(node.get("v", "").split()), payload


def test_each_is_kept_shown_and_sent_on_as_plain_text(front: Front) -> None:
    visitor = front.visitor()
    with visitor.listening() as stream:
        for payload in PAYLOADS:
            body = json.dumps({"client_id": str(uuid.uuid4()), "text": payload["text"]})
            answer = visitor.http.post(
                "/chat/messages", content=body, headers=visitor.headers | {"Content-Type": "application/json"}
            )
            assert answer.status_code in (202, 400), payload
            if answer.status_code == 400:
                assert clean(payload["text"]) == "", payload
        shown = until(lambda: front.parts.store.count_waiting() == 0 and visitor.get("transcript").text, "the answers")
        last = front.parts.store.history(visitor.conversation)[-1].id
        until(lambda: stream.last_id == last, "the stream", 60)
    assert shown
    assert "deleted" not in [name for name, _ in stream.events], "no payload breaks out of its event"
    for message in stream.messages:
        check(message, "Message")
        if message["from"] == "visitor":
            assert [node["t"] for node in nodes(message["body"])] == ["p", "text"]
    for heard in front.rasa.heard:
        assert not heard["message"].lstrip().startswith("/"), heard
        assert not heard["message"].lower().startswith("external"), heard


@pytest.mark.parametrize("form", [False, True])
def test_no_command_steers_the_real_assistant(
    assistant: Assistant, gateway_of_assistant: GatewayProcess, form: bool
) -> None:
    """Outside a form, and inside one, whose slots a command would fill."""
    visitor = Visitor(gateway_of_assistant.url)
    sender = f"web-{visitor.conversation}-0"
    visitor.ask("I'd like to book a session" if form else "hi")
    before = [event["event"] for event in events(assistant, sender)]
    last = 0
    for text in COMMANDS[:: 2 if form else 3]:
        answer = visitor.send(text)
        last = answer.json().get("id", last)
    visitor.replies(last)
    after = list(events(assistant, sender))
    assert [event["event"] for event in after].count("session_started") == before.count("session_started")
    named = {event.get("name") for event in after if event["event"] in ("action", "restart", "followup")}
    assert not named & set(STEERED[2:])
    assert "restart" not in {event["event"] for event in after}
    slots = assistant.tracker(sender)["slots"]
    assert not [name for name in ("consent", "send_booking", "booking_hold") if slots[name]]
    assert assistant.requests(sender) == []
