"""What is to be forgotten is forgotten, also later; what is old goes, and requests to the studio stay."""

from __future__ import annotations

import asyncio
import sqlite3
import uuid
from datetime import UTC, timedelta
from pathlib import Path

import pytest
from scenarios.servers import free_port
from web.fixtures import Front, settings_in
from web.serving import until

from lamoon.chat.retention import Eraser, Retention
from lamoon.chat.services import build
from lamoon.rasa_client import RasaError

LEFT = {"name": "Maria", "contact": "maria@example.com", "text": "Please call me.", "consent": True}


def test_what_rasa_cannot_forget_now_stays_queued(lonely: Front) -> None:
    visitor = lonely.visitor()
    visitor.post("message-to-team", client_id=str(uuid.uuid4()), **LEFT)
    assert visitor.delete(requests="withdraw").status_code == 204
    until(lambda: lonely.parts.bookings.list() == [], "the request to go")
    assert lonely.parts.store.to_erase() == [(f"web-{visitor.conversation}-0", True)]


async def test_a_queue_that_cannot_be_worked_off_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lamoon.rasa_client.PATIENCE_SECONDS", 0.3)
    services = build(settings_in(tmp_path, free_port()))  # no gateway runs, whose own eraser would take the lease
    services.store.delete(services.store.open().id, bookings=False)
    with pytest.raises(RasaError):
        await services.eraser.erase_all()
    await services.rasa.close()
    services.bookings.close()


def test_an_old_conversation_is_deleted_and_its_request_stays(no_grace: None, front: Front) -> None:
    visitor = front.visitor()
    visitor.post("message-to-team", client_id=str(uuid.uuid4()), **LEFT)
    with sqlite3.connect(front.settings.data / "lamoon.db") as connection:
        connection.execute("UPDATE chat_conversations SET active_at = '2020-01-01 00:00:00'")
    front.parts.eraser.wake()
    until(lambda: visitor.get("messages").status_code == 401, "its end")
    until(lambda: front.rasa.forgotten == [f"web-{visitor.conversation}-0"], "Rasa to forget")
    assert len(front.parts.bookings.list()) == 1


def test_a_request_that_was_sent_stays_unless_it_is_withdrawn(front: Front) -> None:
    visitor = front.visitor()
    visitor.post("message-to-team", client_id=str(uuid.uuid4()), **LEFT)
    assert visitor.delete().status_code == 204
    until(lambda: front.rasa.forgotten == [f"web-{visitor.conversation}-0"], "Rasa to forget")
    until(lambda: front.parts.store.to_erase() == [], "the note of it to go")
    sender = f"web-{visitor.conversation}-0"
    assert front.parts.bookings.has_requests([sender])
    front.parts.bookings.forget(sender)


@pytest.mark.parametrize(("effect", "stays"), [("forgets", True), ("withdraws", False)])
def test_what_is_deleted_in_words_is_erased_at_once(front: Front, effect: str, stays: bool) -> None:
    visitor = front.visitor()
    visitor.post("message-to-team", client_id=str(uuid.uuid4()), **LEFT)
    sender = f"web-{visitor.conversation}-0"
    front.rasa.reply({"text": "Done.", "metadata": {"effect": effect}})
    visitor.send("yes")
    until(lambda: front.rasa.forgotten == [sender], "Rasa to forget", seconds=5)
    until(lambda: front.parts.store.to_erase() == [], "the note of it to go")
    assert front.parts.bookings.has_requests([sender]) is stays
    front.parts.bookings.forget(sender)


async def test_an_error_that_nobody_expected_does_not_end_the_eraser(
    lonely: Front, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    looks: list[str] = []

    def fails() -> None:
        looks.append("look")
        raise RuntimeError("zanzibar")

    parts = lonely.parts
    retention = Retention(parts.bookings.database, parts.store, timedelta(days=1), timedelta(days=1), UTC)
    monkeypatch.setattr(retention, "apply", fails)
    eraser = Eraser(parts.store, parts.bookings, parts.rasa, retention, parts.leases, parts.buckets, print)
    erased = asyncio.Event()
    monkeypatch.setattr(eraser, "erase_all", lambda: note(erased))
    task = asyncio.create_task(eraser.run())
    try:
        for count in (1, 2):
            await asyncio.wait_for(erased.wait(), 10)
            assert len(looks) == count
            erased.clear()
            eraser.wake()
    finally:
        task.cancel()
    assert "RuntimeError" in caplog.text
    assert "zanzibar" not in caplog.text


async def note(event: asyncio.Event) -> None:
    event.set()
