"""Rasa's events reach the desk's figures through RabbitMQ: once each, without words, and late when it was away."""

from __future__ import annotations

import asyncio
import json
import os
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC
from pathlib import Path
from typing import Any

import aio_pika
import httpx
import pytest
from rasa.core.brokers.broker import EventBroker
from rasa.utils.endpoints import EndpointConfig
from scenarios.servers import Servers, free_port, settings_of
from storage.conftest import sqlite_url  # noqa: F401  a fixture

from lamoon.contract import SANDBOX
from lamoon.desk import event_counter
from lamoon.desk.event_counter import Broker, broker_of
from lamoon.desk.figures import figures
from lamoon.errors import ConfigurationError, StoreError
from lamoon.nlu.event_publisher import EventPublisher
from lamoon.project import PROJECT
from lamoon.storage.database import Database
from lamoon.storage.event_counts import EventCounts

RABBITMQ = os.environ.get("LAMOON_TEST_RABBITMQ_URL", "amqp://guest:guest@127.0.0.1:5672")
WEB, TRIAL = "web-6c9efd2df8c14a4babe046ed37c0d671-0", f"{SANDBOX}-6c9efd2df8c14a4babe046ed37c0d672-0"
KIND = f"{EventPublisher.__module__}.{EventPublisher.__name__}"
SECRET = "I have a blood clot"


def turn(sender: str, message_id: int, at: float = 1_780_000_000.0) -> list[dict[str, Any]]:
    """Return what Rasa's tracker store publishes of a turn; `at` differs when the turn is repeated."""
    said = {"event": "user", "text": SECRET, "parse_data": {"intent": {"name": "report_condition"}, "text": SECRET}}
    events = [
        {"event": "action", "name": "action_listen"},
        {**said, "metadata": {"message_id": message_id}},
        {"event": "slot", "name": "health_record", "value": SECRET},
        {"event": "action", "name": "action_warn_contraindication"},
        {"event": "bot", "text": SECRET},
        {"event": "active_loop", "name": "booking_form"},
        {"event": "action", "name": "action_listen"},
    ]
    return [{"sender_id": sender, "timestamp": at, **event} for event in events]


@pytest.fixture
def queue() -> str:
    """A queue of the test's own."""
    return f"lamoon_test_{uuid.uuid4().hex}"


@asynccontextmanager
async def rabbitmq(queue: str) -> AsyncIterator[aio_pika.abc.AbstractChannel]:
    """A channel to the real server, and no queue left behind. Skips where none answers."""
    try:
        connection = await aio_pika.connect(RABBITMQ, timeout=3)
    except (OSError, TimeoutError, aio_pika.exceptions.AMQPError):
        pytest.skip("no RabbitMQ at LAMOON_TEST_RABBITMQ_URL or 127.0.0.1:5672")
    async with connection:
        channel = await connection.channel()
        yield channel
        await channel.queue_delete(queue)
        await channel.exchange_delete(queue)


async def publisher(queue: str, url: str = RABBITMQ) -> EventPublisher:
    """As Rasa makes it from endpoints.yml."""
    made = await EventBroker.create(EndpointConfig(url, type=KIND, queue=queue), asyncio.get_running_loop())
    assert isinstance(made, EventPublisher)
    return made


@asynccontextmanager
async def counting(queue: str, database: Database) -> AsyncIterator[None]:
    """The consumer at work."""
    task = asyncio.create_task(event_counter.count_events(Broker(RABBITMQ, queue), EventCounts(database)))
    yield
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def eventually(so: Callable[[], Any], what: str) -> None:
    async with asyncio.timeout(20):
        while not so():
            await asyncio.sleep(0.02)


def counted(database: Database) -> dict[str, Any]:
    """The desk's table of events."""
    (rows,) = [table.rows for table in figures(database, 3650, str, UTC).tables if table.id == "events"] or [[]]
    return {str(what): count for what, count in rows}


async def test_a_turn_is_counted_once_though_it_is_repeated_and_delivered_again(queue: str, sqlite_url: str) -> None:  # noqa: F811
    database = Database(sqlite_url)
    async with rabbitmq(queue) as channel:
        rasa = await publisher(queue)
        for event in [*turn(WEB, 7), *turn(WEB, 7, at=1_780_000_003.0), *turn(TRIAL, 8), *turn(WEB, 9)]:
            rasa.publish(event)  # before it is connected
        expected = {"message: report_condition": 2, "done: action_warn_contraindication": 2, "form: booking_form": 2}
        async with counting(queue, database):
            await eventually(lambda: counted(database) == expected, "the counts")
            await channel.default_exchange.publish(aio_pika.Message(b"no event"), queue)
            other = {"id": "1", "kind": "user", "name": "greet", "at": 1_780_000_000.0}
            for _ in range(3):
                await channel.default_exchange.publish(aio_pika.Message(json.dumps(other).encode()), queue)
            await eventually(lambda: counted(database) == {**expected, "message: greet": 1}, "the last one")
        async with counting(queue, database):  # what was not acknowledged in time is delivered once more
            for event in turn(WEB, 11):
                rasa.publish(event)
            await eventually(lambda: counted(database)["form: booking_form"] == 3, "another turn")
        assert counted(database) == {**dict.fromkeys(expected, 3), "message: greet": 1}
        await rasa.close()
    database.close()


async def test_nothing_that_is_published_holds_words_or_whose_they_are(queue: str) -> None:
    async with rabbitmq(queue) as channel:
        rasa = await publisher(queue)
        await eventually(lambda: rasa._exchange, "the connection")
        for event in turn(WEB, 7):
            rasa.publish(event)
        found = await channel.get_queue(queue)
        bodies: list[str] = []
        async with asyncio.timeout(10), found.iterator(no_ack=True) as messages:
            async for message in messages:
                bodies.append(message.body.decode())
                if len(bodies) == 3:
                    break
        assert not [body for body in bodies if SECRET in body or WEB in body or "6c9efd" in body]
        await rasa.close()


async def test_a_rasa_without_its_broker_starts_and_forgets_nothing(queue: str) -> None:
    rasa = await publisher(queue, f"amqp://guest:guest@127.0.0.1:{free_port()}")
    for event in turn(WEB, 7):
        rasa.publish(event)
    assert rasa._waiting.qsize() == 3
    await rasa.close()


async def test_events_wait_in_the_broker_while_the_database_is_away(
    queue: str,
    sqlite_url: str,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    database = Database(sqlite_url)
    add, failures = EventCounts.add, [3]

    def failing(self: EventCounts, events: Any) -> int:
        if failures[0]:
            failures[0] -= 1
            raise StoreError("away")
        return add(self, events)

    monkeypatch.setattr(EventCounts, "add", failing)
    monkeypatch.setattr("lamoon.retry.backoff", lambda attempt: 0.05)
    async with rabbitmq(queue):
        rasa = await publisher(queue)
        await eventually(lambda: rasa._exchange, "the connection")
        async with counting(queue, database):
            for event in turn(WEB, 7):
                rasa.publish(event)
            await eventually(lambda: sum(counted(database).values()) == 3, "the counts")
        await rasa.close()
    assert failures == [0]
    database.close()


async def test_a_running_rasa_publishes_what_it_does(
    queue: str, model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = tmp_path / "project"
    project.mkdir()
    for entry in PROJECT.iterdir():
        if entry.name not in ("endpoints.yml", ".git", "var"):
            (project / entry.name).symlink_to(entry)
    own = f"\nevent_broker: {{type: {KIND}, url: '{RABBITMQ}', queue: {queue}}}\n"
    (project / "endpoints.yml").write_text((PROJECT / "endpoints.yml").read_text() + own)
    monkeypatch.setattr("lamoon.launch.commands.PROJECT", project)
    database = Database(f"sqlite:///{tmp_path / 'counts.db'}")
    async with rabbitmq(queue):
        servers = Servers(settings_of(tmp_path / "data", free_port()), tmp_path)
        try:
            await asyncio.to_thread(servers.start)
            body = {"sender": WEB, "message": "does it hurt?", "message_id": 1}
            answer = await asyncio.to_thread(
                httpx.post, f"{servers.rasa}/webhooks/rest/webhook", json=body, timeout=60, trust_env=False
            )
            assert answer.json()
        finally:
            await asyncio.to_thread(servers.stop)
        async with counting(queue, database):
            await eventually(lambda: "message: faq" in counted(database), "the counts")
    database.close()


def test_the_consumer_says_where_a_broker_is_named(tmp_path: Path) -> None:
    path = tmp_path / "endpoints.yml"
    path.write_text("event_broker: {url: 'amqp://ann:secret@rabbit:5672/studio', queue: studio}")
    assert broker_of(path) == Broker("amqp://ann:secret@rabbit:5672/studio", "studio")
    assert "secret" not in repr(broker_of(path))
    path.write_text("action_endpoint: {url: 'http://127.0.0.1:5055/webhook'}")
    with pytest.raises(ConfigurationError, match="names no RabbitMQ"):
        broker_of(path)
