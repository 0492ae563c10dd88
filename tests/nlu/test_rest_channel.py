"""The REST channel on a real server: clear errors, metadata in replies, and never silence."""

from __future__ import annotations

import asyncio
import logging
import socket
import threading
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from rasa.core.channels.channel import UserMessage
from rasa.core.lock_store import LockError
from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from sanic import Sanic

from lamoon.errors import StoreError, StudioError
from lamoon.nlu.conversation_store import last_saved
from lamoon.nlu.rest_channel import MAX_MESSAGE, MAX_SENDER, SafeRestInput

Handler = Callable[[UserMessage], Awaitable[Any]]
GOOD = {"sender": "visitor-1", "message": "Does it hurt?"}


class Rasa:
    """Stand where Rasa would be: keep what arrives, and do with it what a test wants."""

    def __init__(self) -> None:
        self.has_model = True
        self.messages: list[UserMessage] = []
        self.react: Handler = self._say_nothing

    async def handle(self, message: UserMessage) -> None:
        self.messages.append(message)
        await self.react(message)

    async def _say_nothing(self, message: UserMessage) -> None:
        """The default."""

    def reply(self, *replies: dict[str, Any]) -> None:
        """React with these from now on."""

        async def react(message: UserMessage) -> None:
            assert message.output_channel is not None
            for reply in replies:
                await message.output_channel.send_response(message.sender_id, reply)

        self.react = react


@pytest.fixture(scope="session")
def server(
    tmp_path_factory: pytest.TempPathFactory, set_settings: Callable[[pytest.MonkeyPatch, Path], Path]
) -> Iterator[tuple[str, list[Rasa]]]:
    """The channel's own server in a thread, its address, and who is behind it. Sanic allows one a process."""
    behind: list[Rasa] = []
    app = Sanic("rest_channel_test", configure_logging=False)
    with pytest.MonkeyPatch.context() as patch:
        set_settings(patch, tmp_path_factory.mktemp("settings"))
        blueprint = SafeRestInput().blueprint(lambda message: behind[0].handle(message))
    app.blueprint(blueprint, url_prefix="/webhooks/rest")
    app.ctx.agent = SimpleNamespace(is_ready=lambda: behind[0].has_model)
    listening = socket.create_server(("127.0.0.1", 0))
    loop = asyncio.new_event_loop()
    started = threading.Event()

    async def start() -> Any:
        server = await app.create_server(sock=listening, return_asyncio_server=True)
        await server.startup()
        await server.start_serving()
        started.set()
        return server

    def serve() -> None:
        asyncio.set_event_loop(loop)
        server = loop.run_until_complete(start())
        loop.run_forever()
        loop.run_until_complete(server.close())
        loop.close()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    assert started.wait(20)
    yield f"http://127.0.0.1:{listening.getsockname()[1]}/webhooks/rest", behind
    loop.call_soon_threadsafe(loop.stop)
    thread.join(10)


@pytest.fixture
def rasa(server: tuple[str, list[Rasa]]) -> Rasa:
    """The agent behind the channel in one test."""
    server[1][:] = [Rasa()]
    return server[1][0]


@pytest.fixture
def client(server: tuple[str, list[Rasa]], rasa: Rasa) -> Iterator[httpx.Client]:
    """A client of the channel."""
    with httpx.Client(base_url=server[0], trust_env=False, timeout=10) as client:
        yield client


def test_it_says_that_it_is_there(client: httpx.Client) -> None:
    answer = client.get("/")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_a_message_reaches_rasa_as_it_was_sent(client: httpx.Client, rasa: Rasa) -> None:
    rasa.reply({"text": "No."})
    answer = client.post("/webhook", json=GOOD | {"metadata": {"page": "/prices"}})
    assert answer.status_code == 200
    assert answer.json() == [{"recipient_id": "visitor-1", "text": "No."}]
    (message,) = rasa.messages
    assert (message.sender_id, message.text, message.input_channel) == ("visitor-1", "Does it hurt?", "rest")
    assert message.metadata == {"page": "/prices"}


@pytest.mark.parametrize(
    ("sender", "channel"),
    [
        ("telegram-0123456789abcdef0123456789abcdef-0", "telegram"),
        ("twilio_whatsapp-0123456789abcdef0123456789abcdef-2", "twilio_whatsapp"),
        ("web-0123456789abcdef0123456789abcdef-0", "web"),
        ("fax-0123456789abcdef0123456789abcdef-0", "rest"),
        ("telegram", "rest"),
    ],
)
def test_rasa_knows_the_channel_by_the_conversations_name(
    client: httpx.Client, rasa: Rasa, sender: str, channel: str
) -> None:
    client.post("/webhook", json=GOOD | {"sender": sender})
    (message,) = rasa.messages
    assert message.output_channel is not None
    assert (message.input_channel, message.output_channel.name()) == (channel, channel)


def test_metadata_of_a_reply_reaches_the_caller(client: httpx.Client, rasa: Rasa) -> None:
    button = {"title": "Does it hurt?", "payload": "Does it hurt?"}
    rasa.reply({"text": "Slowly.", "buttons": [button], "topic": "faq/how_it_works", "section": "Core Concepts"})
    (reply,) = client.post("/webhook", json=GOOD).json()
    assert reply == {
        "recipient_id": "visitor-1",
        "text": "Slowly.",
        "buttons": [button],
        "metadata": {"topic": "faq/how_it_works", "section": "Core Concepts"},
    }


def test_a_text_with_blank_lines_stays_one_message(client: httpx.Client, rasa: Rasa) -> None:
    rasa.reply({"text": "One.\n\nTwo.\n\nThree."})
    replies = client.post("/webhook", json=GOOD).json()
    assert [reply["text"] for reply in replies] == ["One.\n\nTwo.\n\nThree."]


def test_replies_keep_their_order_and_every_field(client: httpx.Client, rasa: Rasa) -> None:
    rasa.reply({"text": "a", "image": "i.png"}, {"custom": {"x": 1}}, {"text": "b", "buttons": [], "attachment": ""})
    assert client.post("/webhook", json=GOOD).json() == [
        {"recipient_id": "visitor-1", "text": "a", "image": "i.png"},
        {"recipient_id": "visitor-1", "custom": {"x": 1}},
        {"recipient_id": "visitor-1", "text": "b"},
    ]


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ({"message": "hi"}, "sender"),
        ({"sender": "", "message": "hi"}, "sender"),
        ({"sender": "  ", "message": "hi"}, "sender"),
        ({"sender": None, "message": "hi"}, "sender"),
        ({"sender": 5, "message": "hi"}, "sender"),
        ({"sender": ["a"], "message": "hi"}, "sender"),
        ({"sender": "x" * (MAX_SENDER + 1), "message": "hi"}, "sender"),
        ({"sender": "a"}, "message"),
        ({"sender": "a", "message": None}, "message"),
        ({"sender": "a", "message": {"text": "hi"}}, "message"),
        ({"sender": "a", "message": "x" * (MAX_MESSAGE + 1)}, "message"),
        ({"sender": "a", "message": "hi", "metadata": "x"}, "metadata"),
        ({"sender": "a", "message": "hi", "metadata": [1]}, "metadata"),
        ([{"sender": "a", "message": "hi"}], "JSON object"),
        ("hi", "JSON object"),
        (None, "JSON object"),
        (1, "JSON object"),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_a_wrong_request_is_told_what_was_expected(client: httpx.Client, rasa: Rasa, body: Any, names: str) -> None:
    answer = client.post("/webhook", json=body)
    assert answer.status_code == 400
    assert names in answer.json()["error"]
    assert answer.json()["example"] == GOOD
    assert rasa.messages == []


@pytest.mark.parametrize("content", [b"", b"{", b"sender=a&message=hi", b"\xff\xfe{}", b'{"sender": "a", "message": '])
def test_what_is_no_json_is_told_so(client: httpx.Client, rasa: Rasa, content: bytes) -> None:
    answer = client.post("/webhook", content=content)
    assert answer.status_code == 400
    assert "JSON object" in answer.json()["error"]
    assert rasa.messages == []


def test_the_longest_message_is_taken(client: httpx.Client, rasa: Rasa) -> None:
    rasa.reply({"text": "ok"})
    answer = client.post("/webhook", json={"sender": "s" * MAX_SENDER, "message": "x" * MAX_MESSAGE})
    assert answer.status_code == 200
    assert len(rasa.messages) == 1


def test_an_empty_message_goes_on_to_rasa(client: httpx.Client, rasa: Rasa) -> None:
    rasa.reply({"text": "Pardon?"})
    answer = client.post("/webhook", json={"sender": "a", "message": ""})
    assert answer.json()[0]["text"] == "Pardon?"
    assert rasa.messages[0].text == ""


def test_the_caller_cannot_choose_the_channel(client: httpx.Client, rasa: Rasa) -> None:
    rasa.reply({"text": "ok"})
    client.post("/webhook", json=GOOD | {"input_channel": "cmdline"})
    assert rasa.messages[0].input_channel == "rest"


def test_a_stream_is_not_offered(client: httpx.Client, rasa: Rasa) -> None:
    rasa.reply({"text": "ok"})
    answer = client.post("/webhook?stream=true", json=GOOD)
    assert answer.json() == [{"recipient_id": "visitor-1", "text": "ok"}]


def test_silence_becomes_an_apology_with_the_contact(client: httpx.Client) -> None:
    (reply,) = client.post("/webhook", json=GOOD).json()
    assert reply["recipient_id"] == "visitor-1"
    assert reply["text"].startswith("I'm sorry")
    assert "(212) 555-0147" in reply["text"]


@pytest.mark.parametrize("error", [RuntimeError("secret words of a visitor"), asyncio.CancelledError(), KeyError("x")])
def test_a_failure_becomes_an_apology_and_its_log_holds_no_words(
    client: httpx.Client, rasa: Rasa, caplog: pytest.LogCaptureFixture, error: BaseException
) -> None:
    async def fail(message: UserMessage) -> None:
        raise error

    rasa.react = fail
    with caplog.at_level(logging.DEBUG, logger="lamoon"):
        answer = client.post("/webhook", json=GOOD)
    assert answer.status_code == 200
    (reply,) = answer.json()
    assert reply["text"].startswith("I'm sorry")
    assert type(error).__name__ in caplog.text
    assert "secret words" not in caplog.text
    assert GOOD["message"] not in caplog.text


@pytest.mark.parametrize("error", [StoreError("the database could not keep a turn"), LockError("no lock")])
def test_a_turn_that_could_not_be_stored_is_to_be_sent_again(
    client: httpx.Client, rasa: Rasa, error: Exception
) -> None:
    async def fail(message: UserMessage) -> None:
        assert message.output_channel is not None
        await message.output_channel.send_response("visitor-1", {"text": "Please call 911."})
        raise error

    rasa.react = fail
    answer = client.post("/webhook", json=GOOD)
    assert answer.status_code == 503
    said, failure = answer.json()
    assert said["text"] == "Please call 911."
    assert failure["text"].startswith("I'm sorry")
    assert failure["metadata"] == {"failed": True, "kind": "apology"}


def test_without_a_model_a_message_is_to_be_sent_again(client: httpx.Client, rasa: Rasa) -> None:
    rasa.has_model = False
    answer = client.post("/webhook", json=GOOD)
    assert answer.status_code == 503
    assert answer.json()[0]["text"].startswith("I'm sorry")
    assert rasa.messages == []


def test_what_was_said_before_a_failure_is_kept(client: httpx.Client, rasa: Rasa) -> None:
    async def fail(message: UserMessage) -> None:
        assert message.output_channel is not None
        await message.output_channel.send_response("visitor-1", {"text": "Please call 911."})
        raise RuntimeError

    rasa.react = fail
    first, second = client.post("/webhook", json=GOOD).json()
    assert first["text"] == "Please call 911."
    assert second["text"].startswith("I'm sorry")


def test_a_turn_is_explained_by_its_own_conversation_only(client: httpx.Client, rasa: Rasa) -> None:
    saving = [DialogueStateTracker("ann", []), None]
    saving[0].update(UserUttered("hi", {"name": "greet", "confidence": 1.0}))

    async def react(message: UserMessage) -> None:
        assert message.output_channel is not None
        if tracker := saving.pop(0):
            last_saved.set(tracker)
        await message.output_channel.send_response(message.sender_id, {"text": "Hello"})

    rasa.react = react
    explained = [client.post("/webhook", json={**GOOD, "explain": True}).json() for _ in range(2)]
    assert explained[0][-1]["metadata"]["turn"]["label"] == "greet"
    assert explained[1][-1]["metadata"]["turn"] is None, "on the same connection"


def test_two_conversations_at_once_get_their_own_replies(client: httpx.Client, rasa: Rasa) -> None:
    async def echo(message: UserMessage) -> None:
        while len(rasa.messages) < 2:  # neither is answered before both are there
            await asyncio.sleep(0.01)
        assert message.output_channel is not None
        await message.output_channel.send_response(message.sender_id, {"text": message.text})

    def post(who: str) -> Any:
        return client.post("/webhook", json={"sender": who, "message": f"I am {who}"}).json()

    rasa.react = echo
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(post, ("ann", "ben")))
    assert answers == [[{"recipient_id": who, "text": f"I am {who}"}] for who in ("ann", "ben")]


def test_a_broken_studio_file_stops_the_start(settings_of_test: Path, rasa: Rasa) -> None:
    (settings_of_test.parent / "studio.yml").write_text("name: [", encoding="utf-8")
    with pytest.raises(StudioError):
        SafeRestInput().blueprint(rasa.handle)
