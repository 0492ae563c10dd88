"""The assistant as the widget has it, for scenarios to be played through balancer, gateways, Rasa servers and database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from email.message import EmailMessage
from typing import Any

import httpx
from channels.talking import letters, words
from scenarios.assistant import ANSWER_SECONDS
from sqlalchemy import text as sql

from lamoon.booking.request import BookingRequest
from lamoon.chat.limits import LONGEST
from lamoon.chat.store import ChatStore
from lamoon.scenarios.scenario import Scenario, ScenarioTurn, ServerSwitch
from lamoon.text.clean import clean
from web.layout import Layout
from web.serving import until
from web.visitor import Visitor, text_of

Reply = dict[str, Any]
COUNT = sql("SELECT count(*) FROM events WHERE sender_id = :sender")
FORGET_SECONDS = 15.0


def can_be_typed(scenario: Scenario) -> bool:
    """Whether every message reaches Rasa as it is: the gateway itself answers what is empty or too long."""
    said = [step.user for step in scenario.steps if isinstance(step, ScenarioTurn) and isinstance(step.user, str)]
    return all(map(_reaches_rasa, said)) and not any(isinstance(step, ServerSwitch) for step in scenario.steps)


def _reaches_rasa(text: str) -> bool:
    is_whole = text.encode("utf-8", "ignore").decode() == text
    return bool(clean(text)) and len(text) <= LONGEST and not text.startswith("/") and is_whole


class ScenarioTalk:
    """What the runner of scenarios needs of an assistant. Every request of a visitor reaches another gateway."""

    def __init__(self, layout: Layout, replies: Mapping[str, list[list[Reply]]]) -> None:
        self._layout = layout
        self._replies = replies
        self._chat = ChatStore(layout.store.database)
        self._visitors: dict[str, Visitor] = {}
        self._latest: list[Reply] = []
        self._shown: list[dict[str, Any]] = []

    def say(self, sender: str, text: str) -> list[Reply]:
        """Writes, or presses the button that stands for this text; Rasa's replies, once the visitor can read them."""
        visitor = self._visitors.get(sender)
        if visitor is None:
            visitor = self._visitors[sender] = self._layout.visitor()
            self._latest = self._shown = []
        titles = {
            one["title"] for reply in self._latest for one in reply.get("buttons") or [] if one["payload"] == text
        }
        choices = [one["choice"] for message in self._shown for one in message["choices"] if one["title"] in titles]
        name = self._name(sender)
        before = len(self._replies.get(name, ()))
        sent = visitor.choose(choices[-1]) if choices else visitor.send(text)
        assert sent.status_code == 202, sent.text
        until(lambda: len(self._replies.get(name, ())) > before, "Rasa's answer", ANSWER_SECONDS)
        self._latest = self._replies[name][before]
        self._shown = until(lambda: self._page(visitor, sent.json()["id"]), "the page to show it", ANSWER_SECONDS)
        assert len(self._replies[name]) == before + 1, "Rasa was asked twice"
        return self._latest

    def tracker(self, sender: str) -> dict[str, Any]:
        """What Rasa remembers."""
        rasa = self._layout.machines[0].rasa
        answer = httpx.get(
            f"{rasa}/conversations/{self._name(sender)}/tracker", params={"include_events": "NONE"}, timeout=30
        )
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found

    def requests(self, sender: str) -> list[BookingRequest]:
        """Rows in the booking store; each names the channel, where the scenarios expect REST."""
        name = self._name(sender)
        stored = [row.request for row in self._layout.store.list(limit=10_000)]
        return [replace(one, channel="rest") for one in stored if one.conversation_id == name]

    def events_kept(self, sender: str) -> int:
        """Rows of this conversation in Rasa's table, once the eraser of either gateway had its turn."""
        name = self._name(sender)

        def count() -> int:
            with self._layout.store.database.reading("count") as connection:
                return int(connection.execute(COUNT, {"sender": name}).scalar_one())

        try:
            until(lambda: count() == 0, "the eraser", FORGET_SECONDS)
        except AssertionError:
            return count()
        return 0

    def mail(self, reference: str) -> EmailMessage | None:
        """The mail about this request."""
        return self._layout.mailbox.about(reference)

    def switch_actions(self, up: bool) -> None:
        """Stays as it is: another machine's action server would answer."""

    def logs(self) -> Mapping[str, str]:
        """What each process has written so far."""
        machines = {
            f"{name} {number}": log
            for number, machine in enumerate(self._layout.machines)
            for name, log in machine.logs().items()
        }
        return machines | {f"gateway {number}": one.log() for number, one in enumerate(self._layout.gateways)}

    def _name(self, sender: str) -> str:
        """The conversation's name in Rasa."""
        return self._chat.find(self._visitors[sender].conversation).sender()

    def _page(self, visitor: Visitor, message: int) -> list[dict[str, Any]]:
        """What came after a message, once it shows the words of all of Rasa's replies, one after the other."""
        page = [one for one in visitor.messages(message) if one["from"] == "bot"]
        arrived, place = letters(" ".join(text_of(one["body"]) for one in page)), 0
        for said in words(self._latest):
            found = arrived.find(said, place)
            if found < 0:
                return []
            place = found + len(said)
        return page
