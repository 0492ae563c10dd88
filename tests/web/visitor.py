"""A visitor: what the widget does, without a page."""

from __future__ import annotations

import json
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from web.serving import SECONDS, until

Event = tuple[str, dict[str, Any]]


class Visitor:
    """One conversation with the gateway at `url`."""

    def __init__(self, url: str) -> None:
        self.http = httpx.Client(base_url=url, timeout=SECONDS, trust_env=False)
        begun = self.http.post("/chat/conversations")
        assert begun.status_code == 201, begun.text
        self.token: str = begun.json()["token"]
        self.conversation: str = begun.json()["conversation"]
        self.headers = {"Authorization": f"Bearer {self.token}"}

    def at(self, url: str) -> Visitor:
        """The same conversation, at another gateway."""
        other = Visitor.__new__(Visitor)
        other.http = httpx.Client(base_url=url, timeout=SECONDS, trust_env=False)
        other.token, other.conversation, other.headers = self.token, self.conversation, self.headers
        return other

    def post(self, path: str, **body: Any) -> httpx.Response:
        """Sends JSON to a path of /chat/."""
        return self.http.post(f"/chat/{path}", json=body, headers=self.headers)

    def get(self, path: str, **parameters: Any) -> httpx.Response:
        """Reads a path of /chat/."""
        return self.http.get(f"/chat/{path}", params=parameters, headers=self.headers)

    def delete(self, **parameters: Any) -> httpx.Response:
        """Deletes the conversation."""
        return self.http.delete("/chat/conversation", params=parameters, headers=self.headers)

    def send(self, text: str, client_id: str | None = None) -> httpx.Response:
        """Sends a message."""
        return self.post("messages", client_id=client_id or str(uuid.uuid4()), text=text)

    def choose(self, choice: str) -> httpx.Response:
        """Presses a choice."""
        return self.post("messages", client_id=str(uuid.uuid4()), choice=choice)

    def messages(self, after: int = 0) -> list[dict[str, Any]]:
        """All messages after an id."""
        answer = self.get("messages", after=after)
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["messages"]
        return found

    def replies(self, after: int) -> list[dict[str, Any]]:
        """Waits for the answer to the message with this id."""
        found: list[dict[str, Any]] = until(
            lambda: [message for message in self.messages(after) if message["from"] == "bot"], "a reply"
        )
        return found

    def ask(self, text: str) -> list[dict[str, Any]]:
        """Sends a message and waits for its answer."""
        answer = self.send(text)
        assert answer.status_code == 202, answer.text
        return self.replies(answer.json()["id"])

    @contextmanager
    def listening(self, after: int = 0) -> Iterator[Listening]:
        """The stream for the time of the block; it reconnects as the widget does."""
        listening = Listening(str(self.http.base_url), self.headers, after)
        listening.start()
        try:
            yield listening
        finally:
            listening.stop()


def text_of(tree: list[dict[str, Any]]) -> str:
    """All text of a message's tree."""
    return "".join(node.get("v", "") + text_of(node.get("c", [])) for node in tree)


def letters(text: str) -> str:
    """Letters and digits alone: each platform shows lists, line breaks and formatting in its own way."""
    return "".join(filter(str.isalnum, text))


class Listening(threading.Thread):
    """Reads the stream, and resumes it by Last-Event-ID whenever it is cut."""

    def __init__(self, url: str, headers: dict[str, str], after: int) -> None:
        super().__init__(daemon=True)
        self.events: list[Event] = []
        self.last_id = after
        self._url = url
        self._headers = headers
        self._stop_asked = threading.Event()

    @property
    def messages(self) -> list[dict[str, Any]]:
        """The messages that came."""
        return [data for name, data in self.events if name == "message"]

    def named(self, name: str) -> list[dict[str, Any]]:
        """The data of the events of this name."""
        return [data for found, data in self.events if found == name]

    def stop(self) -> None:
        """Reads no more."""
        self._stop_asked.set()

    def run(self) -> None:
        """Called by the thread."""
        while not self._stop_asked.is_set():
            try:
                self._read()
            except httpx.HTTPError:
                time.sleep(0.1)

    def _read(self) -> None:
        headers = self._headers | {"Last-Event-ID": str(self.last_id), "Accept": "text/event-stream"}
        with (
            httpx.Client(trust_env=False, timeout=httpx.Timeout(5, read=20)) as client,
            client.stream("GET", f"{self._url}/chat/stream", headers=headers) as answer,
        ):
            if answer.status_code != 200:
                self.events.append(("refused", {"status": answer.status_code}))
                self._stop_asked.set()
                return
            self._take(answer.iter_lines())

    def _take(self, lines: Iterator[str]) -> None:
        fields: dict[str, str] = {}
        for line in lines:
            if self._stop_asked.is_set():
                return
            if line:
                name, _, value = line.partition(":")
                fields[name] = value.removeprefix(" ")
            elif "event" in fields:
                self.events.append((fields["event"], json.loads(fields["data"])))
                self.last_id = int(fields.get("id", self.last_id))
                fields = {}
            else:
                fields = {}
