"""The signed webhook against a real HTTP server: schema, signature, replays, failures."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from datetime import time as clock
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import jsonschema
import pytest

from lamoon.booking import BookingRequest, BookingStore, DisclosedCondition
from lamoon.booking.appointment import Appointment, WishedTime
from lamoon.booking.notices import NoticeSettings, Stage
from lamoon.booking.outbox import Notice, Outbox, Worker
from lamoon.booking.webhook import KEY, SIGNATURE, TIMESTAMP, SignatureError, Webhook, verify
from lamoon.environment import Secret
from lamoon.errors import NotificationError
from lamoon.project import PROJECT

SECRET = Secret("s" * 40)
SCHEMA = json.loads((PROJECT / "docs" / "webhook.schema.json").read_text(encoding="utf-8"))
FIVE = Appointment(datetime(2030, 1, 8, 22, 30, tzinfo=UTC), 75)
Build = Callable[..., BookingRequest]


@dataclass
class Receiver:
    """A program of the studio's own. `answers` are the next statuses instead of 204."""

    calls: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    url: str = ""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    found = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            found.calls.append((dict(self.headers.items()), body))
            self.send_response(found.answers.pop(0) if found.answers else 204)
            self.send_header("Location", "http://127.0.0.1:1/")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        found.url = f"http://127.0.0.1:{server.server_port}/hook?a=1"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield found
        server.shutdown()


def notice(request: BookingRequest, about: str = "confirmed", stage: Stage | None = None) -> Notice:
    return Notice(1, "0" * 32, 1, "claim", request, "webhook", about, "words", stage or Stage())  # type: ignore[arg-type]


def test_a_call_can_be_verified_and_follows_the_schema(receiver: Receiver, request_of: Build) -> None:
    clot = DisclosedCondition("blood_clot", "zzhealth")
    request = request_of(conditions=(clot,), wished=WishedTime(date(2030, 1, 8), clock(17, 30), 75))
    Webhook(receiver.url, SECRET)(notice(request, stage=Stage(FIVE, 1)))
    ((headers, body),) = receiver.calls
    assert verify(headers, body, SECRET, at=time.time()) == "0" * 32
    told = json.loads(body)
    jsonschema.validate(told, SCHEMA)
    assert told["event"] == "request.confirmed"
    assert told["appointment"] == {"starts_at": "2030-01-08T22:30:00.000Z", "minutes": 75}
    assert told["request"]["review_needed"] is True
    assert b"zzhealth" not in body
    assert b"clot" not in body


def test_a_new_request_follows_the_schema(receiver: Receiver, request_of: Build) -> None:
    Webhook(receiver.url, SECRET)(notice(request_of(), "request"))
    jsonschema.validate(json.loads(receiver.calls[0][1]), SCHEMA)


@pytest.fixture
def call(receiver: Receiver, request_of: Build) -> tuple[dict[str, str], bytes]:
    Webhook(receiver.url, SECRET)(notice(request_of()))
    return receiver.calls[0]


def test_a_changed_body_another_secret_and_a_changed_time_are_found(call: tuple[dict[str, str], bytes]) -> None:
    headers, body = call
    at = time.time()
    later = headers | {TIMESTAMP: str(int(headers[TIMESTAMP]) + 1)}
    for changed, words, secret in (
        (headers, body.replace(b"Maria", b"Mario"), SECRET),
        (headers, body, Secret("t" * 40)),
        (later, body, SECRET),
        (headers | {SIGNATURE: "v1="}, body, SECRET),
        (headers | {SIGNATURE: headers[SIGNATURE].upper()}, body, SECRET),
    ):
        with pytest.raises(SignatureError, match=r"not that of this body|needed"):
            verify(changed, words, secret, at=at)


def test_an_old_call_cannot_be_replayed(call: tuple[dict[str, str], bytes]) -> None:
    headers, body = call
    for off in (-301, 301, 10**9):
        with pytest.raises(SignatureError, match="seconds off"):
            verify(headers, body, SECRET, at=int(headers[TIMESTAMP]) + off)


def test_a_replay_within_the_time_has_the_same_key_whatever_its_header_says(call: tuple[dict[str, str], bytes]) -> None:
    headers, body = call
    with pytest.raises(SignatureError, match="not the key"):
        verify(headers | {KEY: "1" * 32}, body, SECRET, at=time.time())
    assert verify(headers, body, SECRET, at=time.time()) == json.loads(body)["key"]


@pytest.mark.parametrize("name", [TIMESTAMP, SIGNATURE, KEY])
def test_a_header_that_is_missing(call: tuple[dict[str, str], bytes], name: str) -> None:
    headers, body = call
    without = {known: value for known, value in headers.items() if known.lower() != name.lower()}
    with pytest.raises(SignatureError):
        verify(without, body, SECRET, at=time.time())


def test_header_names_in_any_spelling(call: tuple[dict[str, str], bytes]) -> None:
    headers, body = call
    assert verify({name.upper(): value for name, value in headers.items()}, body, SECRET, at=time.time())


@pytest.mark.parametrize(("status", "permanent"), [(500, False), (410, True), (302, False)])
def test_any_other_answer_is_a_failure_without_its_words(
    receiver: Receiver, request_of: Build, status: int, permanent: bool
) -> None:
    receiver.answers = [status]
    with pytest.raises(NotificationError) as caught:
        Webhook(receiver.url, SECRET)(notice(request_of()))
    assert (caught.value.code, caught.value.permanent) == (status, permanent)
    assert len(receiver.calls) == 1, "a redirect is not followed"


def test_nobody_listens(request_of: Build) -> None:
    with pytest.raises(NotificationError, match="cannot be reached") as caught:
        Webhook("http://127.0.0.1:1/", SECRET)(notice(request_of()))
    assert "127.0.0.1" not in str(caught.value)


def test_a_failed_call_is_repeated_with_the_same_key(receiver: Receiver, sqlite_url: str, request_of: Build) -> None:
    store = BookingStore(sqlite_url, NoticeSettings(webhook=True))
    store.submit(request_of())
    receiver.answers = [503]
    passed = [0.0]
    outbox = Outbox(store.database, ["webhook"], clock=lambda: datetime.fromtimestamp(time.time() + passed[0], UTC))
    worker = Worker(outbox, {"webhook": Webhook(receiver.url, SECRET)})
    assert worker.run_once() == 0
    passed[0] = 20
    assert worker.run_once() == 1
    keys = [json.loads(body)["key"] for _, body in receiver.calls]
    assert len(keys) == 2
    assert len(set(keys)) == 1
    store.close()


def test_the_secret_is_not_shown() -> None:
    assert "ssss" not in repr(Webhook("https://example.com", SECRET))
