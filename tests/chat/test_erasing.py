"""What is to be forgotten is forgotten, also later; what is old goes, and requests to the studio stay."""

from __future__ import annotations

import sqlite3
import uuid

import pytest
from web.fixtures import Front
from web.serving import until

from lamoon.rasa_client import RasaError

LEFT = {"name": "Maria", "contact": "maria@example.com", "text": "Please call me.", "consent": True}


def test_what_rasa_cannot_forget_now_stays_queued(lonely: Front) -> None:
    visitor = lonely.visitor()
    visitor.post("message-to-team", client_id=str(uuid.uuid4()), **LEFT)
    assert visitor.http.delete("/chat/conversation", headers=visitor.headers).status_code == 204
    until(lambda: lonely.parts.bookings.list() == [], "the request to go")
    assert lonely.parts.store.to_erase() == [(f"web-{visitor.conversation}-0", True)]


async def test_a_queue_that_cannot_be_worked_off_says_so(lonely: Front) -> None:
    lonely.parts.store.delete(lonely.parts.store.open().id, bookings=False)
    with pytest.raises(RasaError):
        await lonely.parts.eraser.erase_all()


def test_an_old_conversation_is_deleted_and_its_request_stays(no_grace: None, front: Front) -> None:
    visitor = front.visitor()
    visitor.post("message-to-team", client_id=str(uuid.uuid4()), **LEFT)
    with sqlite3.connect(front.settings.data / "lamoon.db") as connection:
        connection.execute("UPDATE chat_conversations SET active_at = '2020-01-01 00:00:00'")
    front.parts.eraser.wake()
    until(lambda: visitor.get("messages").status_code == 401, "its end")
    until(lambda: front.rasa.forgotten == [f"web-{visitor.conversation}-0"], "Rasa to forget")
    assert len(front.parts.bookings.list()) == 1
