"""Over the limit of pace nothing is refused unread: what is kept, what goes first, and where the end is."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.responses import JSONResponse, Response
from web.fixtures import Front, settings_in
from web.serving import EMERGENCY, ScriptedRasa, Serving, until
from web.visitor import Visitor

from chat.team import set_mode
from lamoon.chat.limits import FloodError
from lamoon.chat.services import BURST, EMERGENCIES_PER_MINUTE, MOST_WAITING
from lamoon.chat.store import ChatStore
from lamoon.storage.time import now
from lamoon.web.app import make_app

PER_MINUTE = 120
AT_ONCE = 40
"""Messages at once at this pace."""


@pytest.fixture
def paced(behind: tuple[ScriptedRasa, int], tmp_path: Path) -> Iterator[Front]:
    """A gateway with a limit of pace that a test can wait for."""
    rasa, port = behind
    rasa.reset()
    settings = settings_in(tmp_path, port, LAMOON_MESSAGES_PER_MINUTE=str(PER_MINUTE))
    app = make_app(settings)
    with Serving(app) as serving:
        yield Front(serving.url, app.state.services, app.state.channels, app.state.desk, rasa, settings)


def send_all(visitor: Visitor, texts: list[str]) -> list[httpx.Response]:
    return [visitor.send(text) for text in texts]


def numbered(count: int) -> list[str]:
    return [f"number {number}" for number in range(count)]


def heard(front: Front) -> list[str]:
    return [body["message"] for body in front.rasa.heard]


def notices(visitor: Visitor) -> list[str]:
    return [str(message["body"]) for message in visitor.messages() if message["from"] == "system"]


def test_messages_over_the_limit_are_kept_and_answered_in_order(paced: Front) -> None:
    visitor, said = paced.visitor(), numbered(AT_ONCE + 20)
    assert {answer.status_code for answer in send_all(visitor, said)} == {202}
    until(lambda: heard(paced) == said, "all to be heard in order")
    until(lambda: paced.parts.store.count_waiting() == 0, "the answers")
    messages = visitor.messages()
    assert [str(message["body"]) for message in messages if message["from"] == "visitor"] == [
        str([{"t": "p", "c": [{"t": "text", "v": text}]}]) for text in said
    ]
    assert len([message for message in messages if message["from"] == "bot"]) == len(said)
    assert 1 <= len(notices(visitor)) <= 2  # the minute may end meanwhile
    told = notices(visitor)[0]
    assert "faster than I can answer" in told
    assert "tel:911" in told


def test_a_wait_that_nobody_notices_is_not_told(paced: Front) -> None:
    visitor, said = paced.visitor(), numbered(AT_ONCE + 2)
    send_all(visitor, said)
    until(lambda: heard(paced) == said, "all to be heard in order")
    assert notices(visitor) == []


def test_an_emergency_over_the_limit_goes_before_what_waits(paced: Front) -> None:
    visitor, said = paced.visitor(), numbered(AT_ONCE + 50)
    send_all(visitor, [*said, EMERGENCY])
    began = time.monotonic()
    until(lambda: EMERGENCY in heard(paced), "the emergency to be heard")
    assert time.monotonic() - began < 5, "25 seconds is its turn by the limit of pace"
    assert paced.parts.store.count_waiting() > 5
    until(lambda: f"re {EMERGENCY}" in str(visitor.messages()), "its answer", 5)
    paced.parts.store.restart(visitor.conversation, paced.parts.replies.own("over", "notice"))


def test_an_emergency_does_not_wait_for_a_message_that_fails(front: Front) -> None:
    def answer(body: dict[str, Any]) -> Response:
        replies = [{"text": f"re {body['message']}"}]
        return JSONResponse(replies, 503 if body["message"] == "stuck" else 200)

    front.rasa.answer = answer
    visitor = front.visitor()
    visitor.send("stuck")
    until(lambda: len(front.rasa.heard) > 3, "a few tries")
    visitor.send("after it")
    visitor.send(EMERGENCY)
    until(lambda: f"re {EMERGENCY}" in str(visitor.messages()), "its answer", 3)
    assert "after it" not in heard(front)


def test_a_message_that_need_not_wait_is_not_looked_through_twice(paced: Front) -> None:
    visitor = paced.visitor()
    for text in numbered(3):
        visitor.ask(text)
    assert paced.rasa.screened == []


def test_what_was_not_looked_through_is_so_when_rasa_works_again(paced: Front) -> None:
    def down(text: str) -> Response:
        return Response(status_code=503)

    works: Callable[[str], Response] = paced.rasa.screening
    paced.rasa.screening = down
    visitor = paced.visitor()
    send_all(visitor, [*numbered(AT_ONCE + 50), EMERGENCY])
    until(lambda: len(paced.rasa.screened) > 1, "tries")
    paced.rasa.screening = works
    until(lambda: EMERGENCY in heard(paced), "the emergency to be heard", 15)
    assert paced.parts.store.count_waiting() > 0


def test_what_a_killed_gateway_left_is_looked_through_by_the_next(
    behind: tuple[ScriptedRasa, int], tmp_path: Path
) -> None:
    rasa, port = behind
    rasa.reset()
    settings = settings_in(tmp_path, port)
    left: ChatStore = make_app(settings).state.services.store
    conversation = left.open()
    for number, text in enumerate(["slow", EMERGENCY]):
        left.receive(conversation.id, f"name-{number}", text, text, wait=600)
    with Serving(make_app(settings)):
        until(lambda: left.count_waiting() == 1, "the emergency to be answered")
    assert [body["message"] for body in rasa.heard] == [EMERGENCY]


def test_a_clock_that_is_set_back_makes_nobody_wait_longer(paced: Front, monkeypatch: pytest.MonkeyPatch) -> None:
    visitor, said = paced.visitor(), numbered(AT_ONCE + 6)
    send_all(visitor, said)
    monkeypatch.setattr("lamoon.chat.store.now", lambda: now() - timedelta(hours=1))
    until(lambda: heard(paced) == said, "all to be heard", 20)


def test_while_a_person_answers_nobody_is_told_to_slow_down(paced: Front) -> None:
    visitor = paced.visitor()
    set_mode(paced.parts.store, visitor.conversation, "human")
    paced.rasa.answer = lambda body: JSONResponse([])
    said = numbered(AT_ONCE + 20)
    send_all(visitor, said)
    until(lambda: heard(paced) == said, "all to be heard")
    assert notices(visitor) == []


def test_starting_over_ends_the_wait(paced: Front) -> None:
    visitor = paced.visitor()
    send_all(visitor, numbered(AT_ONCE + 50))
    assert visitor.post("restart").status_code == 204
    assert paced.parts.store.count_waiting() == 0


def test_a_flood_has_an_end_and_an_emergency_in_it_is_answered(
    behind: tuple[ScriptedRasa, int], tmp_path: Path
) -> None:
    rasa, port = behind
    rasa.reset()
    app = make_app(settings_in(tmp_path, port))
    with Serving(app) as serving:
        visitor, parts = Visitor(serving.url), app.state.services
        answers = send_all(visitor, numbered(BURST + MOST_WAITING + 40))
        refused = [answer for answer in answers if answer.status_code == 429]
        assert 20 <= len(refused) <= 40
        told = refused[-1].json()["error"]
        assert int(refused[-1].headers["retry-after"]) == told["retry_after"] >= 1
        assert "was not kept" in told["message"]
        assert "call 911" in told["message"]
        kept = len(parts.store.history(visitor.conversation))
        assert visitor.send(EMERGENCY).status_code == 202
        until(lambda: EMERGENCY in [body["message"] for body in rasa.heard], "the emergency to be heard")
        more = [visitor.send(EMERGENCY) for _ in range(2 * EMERGENCIES_PER_MINUTE)]
        assert 429 in {answer.status_code for answer in more}
        assert "call 911" in more[-1].json()["error"]["message"]
        messages = [message for message in parts.store.history(visitor.conversation) if message.author == "visitor"]
        assert len(messages) <= kept + EMERGENCIES_PER_MINUTE + 5
        parts.store.restart(visitor.conversation, parts.replies.own("over", "notice"))


def test_who_waits_to_be_looked_through_in_a_flood_is_few(paced: Front, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> float:
        raise FloodError(30)

    monkeypatch.setattr("lamoon.chat.intake.MOST_IN_LINE", 0)
    monkeypatch.setattr(paced.parts.intake._pace, "reserve", full)
    told = paced.visitor().send(EMERGENCY)
    assert told.status_code == 429
    assert "call 911" in told.json()["error"]["message"]
    assert paced.rasa.screened == []
