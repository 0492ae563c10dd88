"""Two gateways on one PostgreSQL, every request at the other one: nothing is answered twice, lost, or late."""

from __future__ import annotations

import random
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.responses import JSONResponse, Response
from storage.conftest import postgres_url  # noqa: F401  a fixture

from lamoon.chat.services import Services
from lamoon.web.app import make_app
from web.fixtures import FAST, settings_in
from web.serving import GatewayProcess, ScriptedRasa, Serving, until
from web.visitor import Visitor, text_of

KEY = "two-gateways-share-one-key-0123456789"


@dataclass
class Gateways:
    """Two gateways with a database of their own, and a Rasa for both that answers slowly."""

    urls: tuple[str, str]
    services: tuple[Services, Services]
    rasa: ScriptedRasa

    def visitors(self) -> tuple[Visitor, Visitor]:
        """One conversation, as it is seen at each gateway."""
        here, there = Visitor(self.urls[0]), Visitor(self.urls[1])
        there.token, there.conversation, there.headers = here.token, here.conversation, here.headers
        return here, there


@pytest.fixture
def gateways(behind: tuple[ScriptedRasa, int], tmp_path: Path, postgres_url: str) -> Iterator[Gateways]:  # noqa: F811
    rasa, port = behind
    rasa.reset()
    urls, services = [], []
    with ExitStack() as stack:
        for name in ("a", "b"):
            settings = settings_in(
                tmp_path / name, port, LAMOON_DATABASE_URL=postgres_url, LAMOON_SECRET_KEY=KEY, **FAST
            )
            app = make_app(settings)
            urls.append(stack.enter_context(Serving(app)).url)
            services.append(app.state.services)
        yield Gateways((urls[0], urls[1]), (services[0], services[1]), rasa)


def slowly(seconds: float) -> Callable[[dict[str, Any]], Response]:
    def answer(body: dict[str, Any]) -> Response:
        time.sleep(seconds * random.random())
        return JSONResponse([{"text": f"re {body['message']}"}])

    return answer


def test_messages_at_both_are_answered_once_and_in_order(gateways: Gateways) -> None:
    gateways.rasa.answer = slowly(0.05)
    conversations = [gateways.visitors() for _ in range(12)]

    def talk(pair: tuple[Visitor, Visitor]) -> None:
        for number in range(10):
            assert pair[number % 2].send(f"{pair[0].conversation} {number}").status_code == 202

    threads = [threading.Thread(target=talk, args=[pair]) for pair in conversations]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for here, _ in conversations:
        wanted = [f"re {here.conversation} {number}" for number in range(10)]
        until(lambda here=here: len(replies(here)) >= 10, "all answers")  # type: ignore[misc]
        assert replies(here) == wanted
    asked = Counter(body["message"] for body in gateways.rasa.heard)
    assert [message for message, count in asked.items() if count > 1] == []


def replies(visitor: Visitor) -> list[str]:
    return [text_of(message["body"]) for message in visitor.messages() if message["from"] == "bot"]


def test_a_stream_at_one_shows_at_once_what_happens_at_the_other(gateways: Gateways) -> None:
    here, there = gateways.visitors()
    with there.listening() as stream:
        until(lambda: gateways.services[1].hub.count(there.conversation), "the stream")
        assert here.send("hello").status_code == 202
        until(lambda: [one for one in stream.messages if one["from"] == "bot"], "the answer in the stream", seconds=3)
        until(lambda: ("typing", {"on": True}) in stream.events, "the dots", seconds=3)
        draft = gateways.services[0].replies.own("A person is here", "notice")
        began = time.monotonic()
        gateways.services[0].store.say(here.conversation, "team", draft)
        gateways.services[0].hub.wake(here.conversation)
        until(lambda: "A person is here" in text_of(stream.messages[-1]["body"]), "a person's words", seconds=3)
        assert time.monotonic() - began < 1.0


def test_tries_to_sign_in_are_counted_at_both_together(gateways: Gateways) -> None:
    def try_once(number: int) -> int:
        answer = httpx.post(f"{gateways.urls[number % 2]}/desk/sign-in", data={"name": "ann", "password": "a guess"})
        return answer.status_code

    assert [try_once(number) for number in range(8)] == [403] * 5 + [429] * 3


def test_conversations_begun_at_both_are_counted_together(
    behind: tuple[ScriptedRasa, int],
    tmp_path: Path,
    postgres_url: str,  # noqa: F811
) -> None:
    shared = {"LAMOON_DATABASE_URL": postgres_url, "LAMOON_SECRET_KEY": KEY, "LAMOON_MESSAGES_PER_MINUTE": "1"}
    settings = [settings_in(tmp_path / name, behind[1], **shared) for name in "ab"]
    with Serving(make_app(settings[0])) as here, Serving(make_app(settings[1])) as there:
        urls = (here.url, there.url)
        answers = [httpx.post(f"{urls[number % 2]}/chat/conversations").status_code for number in range(24)]
    assert answers.count(201) in (20, 21)  # one more where this takes six seconds


def test_an_urgent_message_at_one_ends_the_rest_at_the_other(gateways: Gateways) -> None:
    here, there = gateways.visitors()
    failing = [True]

    def answer(body: dict[str, Any]) -> Response:
        fails = failing[0] and body["message"] == "first"
        return JSONResponse([], 503) if fails else JSONResponse([{"text": f"re {body['message']}"}])

    gateways.rasa.answer = answer
    here.send("first")
    until(lambda: len(gateways.rasa.heard) >= 4, "some failures, and a long rest")
    there.send("help now")
    until(lambda: "re help now" in replies(there), "the emergency", seconds=5)
    assert "re first" not in replies(there)[: replies(there).index("re help now")]
    failing[0] = False
    until(lambda: "re first" in replies(there), "the first message's answer")


def test_a_conversation_deleted_at_one_is_forgotten_after_the_other_has_answered(gateways: Gateways) -> None:
    here, there = gateways.visitors()
    answering, go = threading.Event(), threading.Event()

    def answer(body: dict[str, Any]) -> Response:
        answering.set()
        go.wait(10)
        return JSONResponse([{"text": "late"}])

    gateways.rasa.answer = answer
    here.send("a secret")
    assert answering.wait(10)
    assert there.delete(requests="keep").status_code == 204
    time.sleep(0.5)
    assert gateways.rasa.forgotten == []
    go.set()
    until(lambda: gateways.rasa.forgotten, "Rasa to forget", seconds=10)
    until(lambda: gateways.services[0].store.to_erase() == [], "the note of it to go")


def test_what_a_killed_gateway_received_is_answered_by_the_other(
    behind: tuple[ScriptedRasa, int],
    tmp_path: Path,
    postgres_url: str,  # noqa: F811
) -> None:
    rasa, port = behind
    rasa.reset()
    go = threading.Event()

    def answer(body: dict[str, Any]) -> Response:
        go.wait(10)
        return JSONResponse([{"text": f"re {body['message']}"}])

    rasa.answer = answer
    data = {
        "LAMOON_DATA": str(tmp_path / "a"),
        "LAMOON_RASA_PORT": str(port),
        "LAMOON_DATABASE_URL": postgres_url,
        "LAMOON_SECRET_KEY": KEY,
    }
    doomed = GatewayProcess(data | FAST, tmp_path / "gateway.log")
    doomed.start()
    visitor = Visitor(doomed.url)
    names = [str(uuid.uuid4()) for _ in range(3)]
    for name in names:
        assert visitor.send(f"message {name}", name).status_code == 202
    until(lambda: rasa.heard, "Rasa to be asked")
    settings = settings_in(tmp_path / "b", port, LAMOON_DATABASE_URL=postgres_url, LAMOON_SECRET_KEY=KEY, **FAST)
    with Serving(make_app(settings)) as survivor:
        doomed.kill()
        go.set()
        heir = Visitor(survivor.url)
        heir.token, heir.headers = visitor.token, visitor.headers
        until(lambda: len(replies(heir)) == 3, "the answers", seconds=30)
        assert replies(heir) == [f"re message {name}" for name in names]
    assert [body.get("again") for body in rasa.heard].count(True) == 1
