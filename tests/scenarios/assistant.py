"""The running assistant as a test sees it: what it replies, remembers, stores and mails."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from email.message import EmailMessage
from typing import Any

import httpx

from lamoon.booking import BookingStore
from lamoon.booking.request import BookingRequest
from lamoon.storage.keys import cipher_from
from scenarios.mailbox import Mailbox
from scenarios.servers import Servers

Reply = dict[str, Any]
ANSWER_SECONDS = 60.0


class Assistant:
    """One assistant: its servers, its store and the studio's inbox."""

    def __init__(self, servers: Servers, mailbox: Mailbox) -> None:
        self.servers = servers
        self.mailbox = mailbox
        self.http = httpx.Client(base_url=servers.rasa, timeout=ANSWER_SECONDS, trust_env=False)
        self._store = BookingStore(servers.settings.database_url.reveal(), cipher=cipher_from(servers.settings))

    def close(self) -> None:
        """Give its connections back."""
        self.http.close()
        self._store.close()

    def say(self, sender: str, text: str) -> list[Reply]:
        """Send a message and return the replies. Raises AssertionError when the response is not a list of replies."""
        body = json.dumps({"sender": sender, "message": text})  # plain ASCII: half a sign survives it
        answer = self.http.post("/webhooks/rest/webhook", content=body, headers={"Content-Type": "application/json"})
        assert answer.status_code == httpx.codes.OK, f"HTTP {answer.status_code}: {answer.text[:500]}"
        replies = answer.json()
        assert isinstance(replies, list), f"expected a list of replies, got: {answer.text[:500]}"
        return replies

    def tracker(self, sender: str) -> dict[str, Any]:
        """Return what Rasa remembers of the conversation: `slots`, `active_loop`, `events`."""
        answer = self.http.get(f"/conversations/{sender}/tracker", params={"include_events": "NONE"})
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found

    def requests(self, sender: str) -> list[BookingRequest]:
        """The conversation's rows in the booking store, oldest first."""
        stored = [row.request for row in self._store.list(limit=10_000)]
        return [request for request in stored if request.conversation_id == sender]

    def events_kept(self, sender: str) -> int:
        """Return how many rows of this conversation lie in Rasa's database."""
        database = self.servers.settings.data / "conversations.db"
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
            query = "SELECT count(*) FROM events WHERE sender_id = ?"
            return int(connection.execute(query, (sender,)).fetchone()[0])

    def mail(self, reference: str) -> EmailMessage | None:
        """The mail about this request; waits for it."""
        return self.mailbox.about(reference)

    def switch_actions(self, up: bool) -> None:
        """Kill or start the action server."""
        if up:
            self.servers.start_actions()
        else:
            self.servers.kill_actions()

    def logs(self) -> Mapping[str, str]:
        """Return what each process has written so far."""
        return self.servers.logs()
