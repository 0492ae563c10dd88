"""Every route over HTTP: what is right works, what is wrong gets a sentence that helps."""

from __future__ import annotations

import json
import sqlite3
import threading
import time
import uuid
from typing import Any

import httpx
import pytest
from starlette.responses import JSONResponse, Response

from lamoon.chat.signing import Tokens
from lamoon.web.openapi import check
from web.fixtures import Front
from web.serving import Serving, until
from web.visitor import Visitor

TEAM = {"name": "Maria", "contact": "maria@example.com", "text": "Please call me.", "consent": True}
JSON = {"Content-Type": "application/json"}


def new_id() -> str:
    return str(uuid.uuid4())


def error(answer: httpx.Response, status: int) -> dict[str, Any]:
    """The error of an answer, once sure that it is one that a visitor can read."""
    assert answer.status_code == status, answer.text
    check(answer.json(), "Error")
    found: dict[str, Any] = answer.json()["error"]
    assert found["message"][0].isupper()
    return found


def test_a_message_is_kept_answered_and_shown(front: Front) -> None:
    visitor = front.visitor()
    sent = visitor.send("  hello \u202e there\n")
    assert sent.status_code == 202
    check(sent.json(), "Receipt")
    (reply,) = visitor.replies(sent.json()["id"])
    assert reply["body"] == [{"t": "p", "c": [{"t": "text", "v": "re hello there"}]}]
    assert [message["from"] for message in visitor.messages()] == ["visitor", "bot"]
    page = visitor.get("messages").json()
    check(page, "Messages")
    assert page["last_id"] == reply["id"]
    assert front.rasa.heard[0]["sender"] == f"web-{visitor.conversation}-0"
    assert front.rasa.heard[0]["metadata"] == {"message_id": sent.json()["id"]}


def test_sent_twice_is_kept_and_heard_once(front: Front) -> None:
    visitor, name = front.visitor(), new_id()
    first, again = visitor.send("hello", name), visitor.send("hello", name.upper())
    assert (first.status_code, again.status_code) == (202, 200)
    assert first.json() == again.json()
    visitor.replies(first.json()["id"])
    assert len(front.rasa.heard) == 1


def test_what_the_studio_shows(front: Front) -> None:
    answer = httpx.get(f"{front.url}/chat/studio", trust_env=False)
    check(answer.json(), "Studio")
    shown = answer.json()
    assert (shown["phone"], shown["email"]) == ("(212) 555-0147", None)
    assert shown["address"] == "12 Garden Lane, Springfield"
    assert "La Moon Massage and Facial" in shown["greeting"]
    assert "not medical advice" in shown["consent"]
    assert shown["emergency"] == {"number": "911", "crisis_line": "988 (Suicide and Crisis Lifeline)"}
    assert {day["day"]: day["hours"] for day in shown["opening_hours"]}["Sunday"] == "closed"


def test_a_suggestion_says_its_sentence(front: Front) -> None:
    visitor = front.visitor()
    (book,) = [
        suggestion["choice"]
        for suggestion in httpx.get(f"{front.url}/chat/studio", trust_env=False).json()["suggestions"]
        if suggestion["title"] == "Book a session"
    ]
    assert visitor.post("messages", client_id=new_id(), choice=book).status_code == 202
    until(lambda: front.rasa.heard, "Rasa to hear it")
    assert front.rasa.heard[0]["message"] == "I'd like to book a session"


def test_a_choice_of_another_conversation_is_refused(front: Front) -> None:
    front.rasa.reply({"text": "Which?", "buttons": [{"title": "This", "payload": "this one"}]})
    one, other = front.visitor(), front.visitor()
    (reply,) = one.ask("hi")
    stolen = other.post("messages", client_id=new_id(), choice=reply["choices"][0]["choice"])
    assert error(stolen, 409)["code"] == "choice_used"
    forged = one.post("messages", client_id=new_id(), choice="/restart")
    assert error(forged, 400)["code"] == "choice_invalid"
    assert one.post("messages", client_id=new_id(), choice=reply["choices"][0]["choice"]).status_code == 202


def bad_tokens(front: Front) -> dict[str, str]:
    """Authorization headers that are to be refused, and the code of the refusal."""
    gone, tokens = front.visitor(), front.parts.tokens
    gone.http.delete("/chat/conversation", headers=gone.headers)
    foreign = Tokens("f" * 32, front.parts.tokens._life).make(gone.conversation)[0]
    real = time.time
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(time, "time", lambda: real() - 40 * 86400)
        old = tokens.make(gone.conversation)[0]
    return {
        "": "token_missing",
        "Basic eDp5": "token_missing",
        "Bearer": "token_missing",
        "Bearer x": "token_invalid",
        f"Bearer {gone.token}x": "token_invalid",
        f"Bearer {foreign}": "token_invalid",
        f"Bearer {old}": "token_expired",
        f"Bearer {gone.token}": "conversation_deleted",
    }


def test_without_a_good_token_nothing_is_to_be_had(front: Front) -> None:
    requests: list[tuple[str, str, Any]] = [
        ("POST", "messages", {"client_id": new_id(), "text": "hi"}),
        ("GET", "messages", None),
        ("GET", "stream", None),
        ("POST", "feedback", {"message": 1, "value": "up"}),
        ("POST", "restart", None),
        ("GET", "transcript", None),
        ("DELETE", "conversation", None),
        ("POST", "message-to-team", TEAM | {"client_id": new_id()}),
    ]
    with httpx.Client(base_url=front.url, trust_env=False) as client:
        for given, code in bad_tokens(front).items():
            for method, path, body in requests:
                answer = client.request(method, f"/chat/{path}", headers={"Authorization": given}, json=body)
                assert error(answer, 401)["code"] == code, (method, path)
                assert answer.headers["www-authenticate"] == "Bearer"
    assert front.rasa.heard == []


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 400, "bad_json"), (b"{", 400, "bad_json"), (b"\xff\xfe", 400, "bad_json"), (b"[" * 8000, 400, "bad_json"),
        (b"[]", 400, "invalid"), (b"null", 400, "invalid"), (b"{}", 400, "invalid"), (b'{"client_id": 1}', 400, "invalid"),
        ({"text": "hi"}, 400, "invalid"), ({"client_id": "x", "text": "hi"}, 400, "invalid"),
        ({"client_id": new_id()}, 400, "invalid"), ({"client_id": new_id(), "text": ""}, 400, "invalid"),
        ({"client_id": new_id(), "text": "hi", "choice": "x"}, 400, "invalid"),
        ({"client_id": new_id(), "text": "hi", "sender": "x"}, 400, "invalid"),
        ({"client_id": new_id(), "text": 7}, 400, "invalid"),
        ({"client_id": new_id(), "text": " \n\u200b\u202e"}, 400, "empty"),
        ({"client_id": new_id(), "text": "\ud800"}, 400, "empty"),
        ({"client_id": new_id(), "text": "x" * 10_001}, 413, "text_too_long"),
        ({"client_id": new_id(), "text": "x" * 140_000}, 413, "too_large"),
        (b"x" * 1_000_000, 413, "too_large"),
    ],
)  # fmt: skip
def test_a_wrong_body_is_told(front: Front, body: Any, status: int, code: str) -> None:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    visitor = front.visitor()
    answer = visitor.http.post("/chat/messages", content=content, headers=visitor.headers | JSON)
    told = error(answer, status)
    assert told["code"] == code
    assert status != 413 or ("have not read it" in told["message"] and "call 911" in told["message"])
    assert visitor.messages() == []


def test_a_body_without_length_has_a_limit_too(front: Front) -> None:
    visitor = front.visitor()
    answer = visitor.http.post(
        "/chat/messages", content=(b"x" * 1000 for _ in range(1000)), headers=visitor.headers | JSON
    )
    assert error(answer, 413)["code"] == "too_large"


def test_a_body_that_is_not_called_json_is_refused(front: Front) -> None:
    visitor = front.visitor()
    answer = visitor.http.post(
        "/chat/messages", content=b"{}", headers=visitor.headers | {"Content-Type": "text/plain"}
    )
    assert error(answer, 415)["code"] == "not_json"


def test_ten_thousand_signs_of_any_kind_pass(front: Front) -> None:
    visitor = front.visitor()
    for text in ("x" * 10_000, "\U0001f600" * 10_000):
        assert visitor.send(text).status_code == 202


@pytest.mark.parametrize(
    "query", [{"after": "x"}, {"after": "-1"}, {"after": "9" * 30}, {"limit": "0"}, {"limit": "201"}]
)
def test_a_wrong_parameter_is_told(front: Front, query: dict[str, str]) -> None:
    assert error(front.visitor().get("messages", **query), 400)["code"] == "invalid"


def test_unknown_addresses_and_methods_are_told(front: Front) -> None:
    assert error(httpx.get(f"{front.url}/nothing", trust_env=False), 404)["code"] == "not_found"
    answer = httpx.put(f"{front.url}/chat/messages", trust_env=False)
    assert error(answer, 405)["code"] == "method_not_allowed"


def test_feedback_is_kept_with_its_word(front: Front) -> None:
    visitor = front.visitor()
    (reply,) = visitor.ask("hi")
    assert visitor.post("feedback", message=reply["id"], value="down", word="too long").status_code == 204
    assert visitor.messages()[-1]["feedback"] == "down"
    assert visitor.post("feedback", message=reply["id"], value=None).status_code == 204
    assert visitor.messages()[-1]["feedback"] is None
    assert error(visitor.post("feedback", message=reply["id"] - 1, value="up"), 404)["code"] == "no_such_reply"
    assert error(visitor.post("feedback", message=reply["id"], value="great"), 400)["code"] == "invalid"
    assert error(front.visitor().post("feedback", message=reply["id"], value="up"), 404)["code"] == "no_such_reply"


def test_a_message_to_the_team_is_stored_once_with_its_notice(front: Front) -> None:
    visitor, name = front.visitor(), new_id()
    first = visitor.post("message-to-team", client_id=name, **TEAM)
    again = visitor.post("message-to-team", client_id=name, **TEAM)
    assert (first.status_code, again.status_code) == (202, 202)
    check(first.json(), "Left")
    assert first.json() == again.json()
    (stored,) = front.parts.bookings.list()
    assert (stored.request.kind, stored.request.hold, stored.status) == ("handoff", True, "queued")
    (notice,) = visitor.messages()
    assert notice["from"] == "system"
    assert first.json()["reference"] in str(notice["body"])


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"contact": "nowhere"}, 422), ({"contact": "12"}, 422), ({"contact": "a@gmial.com"}, 422), ({"consent": False}, 400),
        ({"text": "\u200b"}, 400), ({"text": "x" * 1001}, 413), ({"name": "x" * 81}, 400),
    ],
)  # fmt: skip
def test_a_message_to_the_team_that_cannot_be_sent_is_told(front: Front, change: dict[str, Any], status: int) -> None:
    visitor = front.visitor()
    error(visitor.post("message-to-team", client_id=new_id(), **(TEAM | change)), status)
    assert front.parts.bookings.list() == []


def test_the_transcript_is_text_to_keep(front: Front) -> None:
    visitor = front.visitor()
    visitor.ask("hello <b>")
    answer = visitor.get("transcript")
    assert answer.headers["content-type"].startswith("text/plain")
    assert "attachment" in answer.headers["content-disposition"]
    assert "You: hello <b>" in answer.text
    assert "Assistant: re hello <b>" in answer.text


def test_deleting_ends_the_conversation_and_has_rasa_forget(front: Front) -> None:
    visitor = front.visitor()
    visitor.ask("hi")
    assert visitor.http.delete("/chat/conversation", headers=visitor.headers).status_code == 204
    assert error(visitor.send("hi"), 401)["code"] == "conversation_deleted"
    until(lambda: front.rasa.forgotten == [f"web-{visitor.conversation}-0"], "Rasa to forget")
    until(lambda: front.parts.store.to_erase() == [], "the note of it to go")


@pytest.mark.parametrize("parameter", ["", "drop", "KEEP"])
def test_a_deletion_that_makes_no_sense_deletes_nothing(front: Front, parameter: str) -> None:
    visitor = front.visitor()
    answer = error(visitor.delete(requests=parameter), 400)
    assert answer["code"] == "invalid"
    assert "keep, withdraw" in answer["message"]
    assert visitor.get("messages").status_code == 200


@pytest.mark.parametrize(
    "reply",
    [
        lambda body: JSONResponse([]),
        lambda body: JSONResponse([{}]),
        lambda body: JSONResponse([{"text": ""}]),
        lambda body: JSONResponse({"status": "failure"}),
        lambda body: JSONResponse([7]),
        lambda body: Response("not json"),
        lambda body: JSONResponse([{"text": "x"}], 500),
        lambda body: JSONResponse([{"text": "Sorry", "metadata": {"failed": True}}]),
    ],
)
def test_no_answer_becomes_an_apology_with_a_way_out(front: Front, reply: Any) -> None:
    front.rasa.answer = reply
    (apology,) = front.visitor().ask("hi")
    assert apology["kind"] == "apology"
    said = str(apology["body"])
    assert "leave a message" in said
    assert "tel:+12125550147" in said
    assert "tel:911" in said


def test_a_message_at_which_rasa_hangs_is_told_to_wait_and_ends_in_an_apology(front: Front) -> None:
    front.parts.rasa.seconds = 0.3
    ended = threading.Event()

    def slow(body: dict[str, Any]) -> Response:
        if body["message"] == "slow":
            ended.wait(20)
        return JSONResponse([{"text": "quick"}])

    front.rasa.answer = slow
    visitor = front.visitor()
    with visitor.listening() as stream:
        visitor.send("slow")
        visitor.send("again")
        until(lambda: len(stream.messages) == 5, "both answers")
    ended.set()
    assert [message["kind"] for message in stream.messages[2:]] == [
        "notice",
        "apology",
        "text",
    ]


def test_with_rasa_down_a_message_is_kept_and_others_do_not_wait(lonely: Front) -> None:
    visitor = lonely.visitor()
    with visitor.listening() as stream:
        (notice,) = visitor.ask("hi")
        assert notice["kind"] == "notice"
        assert "kept" in str(notice["body"])
        assert "tel:911" in str(notice["body"])
        until(lambda: stream.named("status")[-1]["bot"] == "down", "the status")
    assert lonely.visitor().ask("hi")[0]["kind"] == "notice"
    health = httpx.get(f"{lonely.url}/health", trust_env=False)
    assert health.status_code == 503
    check(health.json(), "Health")
    assert health.json()["parts"] == {"store": "ok", "rasa": "down", "actions": "down", "disk": "ok"}


def test_a_message_waits_for_a_rasa_that_is_long_away_and_is_answered_once(lonely: Front) -> None:
    visitor = lonely.visitor()
    with visitor.listening() as stream:
        for text in ("one", "two"):
            visitor.send(text)
        until(lambda: len(stream.messages) == 3, "the notice")
        time.sleep(2)  # several tries
        with Serving(lonely.rasa.app, lonely.settings.rasa_port):
            until(lambda: len(stream.messages) == 5, "the answers")
    assert [message["kind"] for message in stream.messages[-2:]] == ["text", "text"]
    assert sorted(message["kind"] for message in stream.messages) == ["notice", "text", "text", "text", "text"]
    assert [body["message"] for body in lonely.rasa.heard] == ["one", "two"]


def test_a_turn_that_could_not_be_stored_waits_but_its_emergency_text_does_not(front: Front) -> None:
    tries: list[bool] = []
    emergency = {"text": "Please call 911.", "metadata": {"kind": "emergency"}}
    tip = {"text": "A foam roller helps."}

    def failing(body: dict[str, Any]) -> Response:
        tries.append(body["again"])
        failed = {"text": "Sorry", "metadata": {"failed": True}}
        return JSONResponse([emergency, tip, failed], 503) if len(tries) < 4 else JSONResponse([emergency, tip])

    front.rasa.answer = failing
    visitor = front.visitor()
    with visitor.listening() as stream:
        visitor.send("my chest hurts")
        until(lambda: len(stream.messages) == 4, "the answer")
    assert tries == [False, True, True, True]
    assert [message["kind"] for message in stream.messages[1:]] == ["emergency", "notice", "text"]


def test_reading_has_a_limit_too(lonely: Front) -> None:
    visitor = lonely.visitor()
    statuses = [visitor.get("messages").status_code for _ in range(170)]
    assert set(statuses) == {200, 429}
    assert statuses.index(429) >= 150


def test_an_address_cannot_begin_conversations_without_end(lonely: Front) -> None:
    statuses = [httpx.post(f"{lonely.url}/chat/conversations", trust_env=False).status_code for _ in range(50)]
    assert statuses.count(201) < 45
    assert set(statuses) == {201, 429}


def test_a_full_disk_is_told_and_what_was_accepted_is_answered_later(front: Front) -> None:
    visitor = front.visitor()
    visitor.ask("hi")
    connection = sqlite3.connect(front.settings.data / "lamoon.db")
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    full = "PRAGMA max_page_count"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("lamoon.storage.database.PRAGMAS", (f"max_page_count = {pages}",))
        front.parts.bookings.database._engine.dispose()
        answers = [visitor.send("x" * 1000) for _ in range(40)]
    assert full
    refused = [answer for answer in answers if answer.status_code != 202]
    assert refused
    told = error(refused[-1], 503)
    assert told["code"] == "store_unavailable"
    assert told["retry_after"] > 0
    front.parts.bookings.database._engine.dispose()
    accepted = [answer.json()["id"] for answer in answers if answer.status_code == 202]
    until(lambda: front.parts.store.count_waiting() == 0, "the answers")
    replies = [message for message in visitor.messages() if message["from"] == "bot"]
    assert len(replies) == len(accepted) + 1
    assert Visitor(front.url).ask("hi")
