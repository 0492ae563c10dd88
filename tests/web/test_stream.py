"""The stream: everything once, in order, through cuts; and what is not kept."""

from __future__ import annotations

import json
import threading
import time
from contextlib import ExitStack

import httpx
import pytest
from starlette.responses import JSONResponse, Response

from lamoon.web.app import make_app
from lamoon.web.chat_api import MOST_STREAMS
from lamoon.web.openapi import check
from web.fixtures import Front
from web.serving import Serving, until


def test_messages_come_once_and_in_order_to_every_tab(front: Front) -> None:
    visitor = front.visitor()
    visitor.ask("before")
    with visitor.listening() as one, visitor.listening() as two:
        for number in range(20):
            visitor.send(f"m{number}")
        until(lambda: len(one.messages) == len(two.messages) == 42, "all messages")
    for stream in (one, two):
        ids = [message["id"] for message in stream.messages]
        assert ids == sorted(set(ids))
        for message in stream.messages:
            check(message, "Message")
    assert one.messages == visitor.messages()


def test_a_stream_resumes_after_the_id_it_had(front: Front) -> None:
    visitor = front.visitor()
    visitor.ask("first")
    last = visitor.messages()[-1]["id"]
    visitor.ask("second")
    with visitor.listening(after=last) as stream:
        until(lambda: len(stream.messages) == 2, "the rest")
        time.sleep(0.1)
    assert [message["from"] for message in stream.messages] == ["visitor", "bot"]
    assert stream.messages[0]["id"] > last


def test_a_long_absence_is_caught_up_with(front: Front, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lamoon.web.chat_api.PAGE", 10)
    visitor = front.visitor()
    for number in range(25):
        front.parts.store.say(visitor.conversation, "system", front.parts.replies.own(str(number), "notice"))
    with visitor.listening() as stream:
        until(lambda: len(stream.messages) == 25, "all of them")


def test_status_comes_first_and_typing_around_an_answer(front: Front) -> None:
    go = threading.Event()

    def wait(body: dict[str, object]) -> Response:
        go.wait(5)
        return JSONResponse([{"text": "done"}])

    front.rasa.answer = wait
    visitor = front.visitor()
    with visitor.listening() as stream:
        until(lambda: stream.events, "the status")
        assert stream.events[0] == ("status", {"mode": "bot", "bot": "up", "shown_from": 0})
        visitor.send("hi")
        until(lambda: stream.named("typing"), "typing")
        with visitor.listening() as late:
            until(lambda: late.named("typing") == [{"on": True}], "typing for who comes late")
        assert len(stream.messages) == 1
        go.set()
        until(lambda: stream.named("typing")[-1] == {"on": False}, "the end of typing")
    names = [name for name, _ in stream.events]
    assert names.index("typing") < len(names) - 1 - names[::-1].index("message"), "typing before the answer"


def test_every_tab_hears_of_a_deletion_and_is_let_go(front: Front) -> None:
    visitor = front.visitor()
    with visitor.listening() as stream:
        until(lambda: stream.events, "the status")
        visitor.http.delete("/chat/conversation", headers=visitor.headers)
        until(lambda: stream.named("deleted"), "the event")
        until(lambda: stream.named("refused"), "the refusal on coming back")
    assert stream.named("refused") == [{"status": 401}]
    assert front.parts.hub.count() == 0


def test_every_tab_hears_of_starting_over(front: Front) -> None:
    visitor = front.visitor()
    visitor.ask("hi")
    with visitor.listening() as stream:
        until(lambda: len(stream.messages) == 2, "the messages")
        visitor.post("restart")
        until(lambda: len(stream.messages) == 3, "the notice")
        assert stream.named("status")[-1]["shown_from"] == stream.messages[-1]["id"]
    assert visitor.messages() == stream.messages[-1:]


def test_streams_of_one_conversation_have_a_limit(front: Front) -> None:
    visitor = front.visitor()
    with httpx.Client(trust_env=False, timeout=5) as client, ExitStack() as stack:
        reading = []
        for number in range(MOST_STREAMS + 1):
            ask = client.stream("GET", f"{front.url}/chat/stream", headers=visitor.headers)
            answer = stack.enter_context(ask)
            assert answer.status_code == (200 if number < MOST_STREAMS else 429)
            reading.append(answer.iter_lines())  # kept: a reader that is let go closes its stream
            next(reading[-1])
    until(lambda: front.parts.hub.count() == 0, "the streams to end")


def test_a_stop_does_not_wait_for_open_streams(front: Front) -> None:
    with httpx.Client(trust_env=False, timeout=5) as client, ExitStack() as stack:
        with Serving(make_app(front.settings)) as serving:
            token = client.post(f"{serving.url}/chat/conversations").json()["token"]
            ask = client.stream("GET", f"{serving.url}/chat/stream", headers={"Authorization": f"Bearer {token}"})
            reading = stack.enter_context(ask).iter_lines()
            next(reading)
            began = time.monotonic()
        assert time.monotonic() - began < 5


def test_a_wrong_place_to_resume_is_told(front: Front) -> None:
    visitor = front.visitor()
    answer = visitor.http.get("/chat/stream", headers=visitor.headers | {"Last-Event-ID": "x"})
    assert answer.status_code == 400
    assert json.loads(answer.text)["error"]["code"] == "invalid"
