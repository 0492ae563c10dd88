"""Actions as the action server runs them: Rasa's own tracker and dispatcher, our settings, store and catalogue."""

from __future__ import annotations

import asyncio
import inspect
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import yaml
from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import resources
from actions.guided_form import CONFIRMED, GIVEN, GuidedForm
from actions.validate_booking_form import ValidateBookingForm
from lamoon.booking import BookingStore
from lamoon.settings import PROJECT

DOMAIN = yaml.safe_load((PROJECT / "domain.yml").read_text(encoding="utf-8"))
OPENED = (resources.settings, resources.studio, resources.store)
"""Resources that depend on the settings, reopened for each test."""


@pytest.fixture
def store(settings_of_test: Path) -> Iterator[BookingStore]:
    """The request store of this test, the one that the actions use."""
    for opened in OPENED:
        opened.cache_clear()
    yield resources.store()
    resources.store().close()
    for opened in OPENED:
        opened.cache_clear()


@pytest.fixture
def break_store(store: BookingStore, settings_of_test: Path) -> Callable[[sa.Table], None]:
    """Take a table away from under the store."""

    def drop(table: sa.Table) -> None:
        with closing(sqlite3.connect(settings_of_test / "lamoon.db")) as connection:
            connection.execute(f"DROP TABLE {table.name}")

    return drop


@dataclass
class Said:
    """The result of an action."""

    messages: list[dict[str, Any]]
    events: list[dict[str, Any]]

    @property
    def response(self) -> str | None:
        """The response of the only message."""
        (message,) = self.messages
        name: str | None = message["response"]
        return name

    @property
    def text(self) -> str:
        """The text of the only message."""
        (message,) = self.messages
        return str(message["text"])

    @property
    def slots(self) -> dict[str, Any]:
        """The slots that were set."""
        return {event["name"]: event["value"] for event in self.events if event["event"] == "slot"}

    @property
    def buttons(self) -> list[str]:
        """The payloads of the only message's buttons."""
        (message,) = self.messages
        return [button["payload"] for button in message["buttons"] or []]


@dataclass
class Turn:
    """A conversation at one point; `run` runs an action in it."""

    sender: str = "visitor-1"
    slots: dict[str, Any] = field(default_factory=dict)
    latest_message: dict[str, Any] = field(default_factory=dict)
    events: list[dict[str, Any]] = field(default_factory=list)
    form: str | None = None

    def tracker(self) -> Tracker:
        loop = {"name": self.form} if self.form else {}
        return Tracker(self.sender, self.slots, self.latest_message, self.events, False, None, loop, "action_listen")

    def run(self, action: Action) -> Said:
        dispatcher = CollectingDispatcher()
        events = action.run(dispatcher, self.tracker(), DOMAIN)
        if inspect.isawaitable(events):
            events = asyncio.run(_done(events))
        return Said(dispatcher.messages, list(events or []))


async def _done(events: Any) -> Any:
    return await events


MakeTurn = Callable[..., Turn]


@pytest.fixture
def turn(store: BookingStore) -> MakeTurn:
    """Build a turn; keyword arguments are slots."""

    def build(**slots: Any) -> Turn:
        return Turn(slots=slots)

    return build


@pytest.fixture
def filled() -> dict[str, Any]:
    """The slots of a booking form that was answered and confirmed, in good health."""
    return {
        "visitor_name": "Maria Lopez",
        "contact": "maria@example.com",
        "wish": "neck, Tuesday after five",
        "health_screening": "no",
        "health_details": "",
        "consent": GIVEN,
        "send_booking": CONFIRMED,
    }


Answer = Callable[..., tuple[dict[str, Any], list[dict[str, Any]]]]
"""Gives an answer to a question; returns the slots that were set and what was said."""


@pytest.fixture
def answers_to(turn: Callable[..., Any]) -> Callable[[GuidedForm], Answer]:
    """Answers to the questions of a form."""

    def of(form: GuidedForm) -> Answer:
        def give(
            slot: str, value: Any, reading: dict[str, Any] | None = None, **slots: Any
        ) -> tuple[dict[str, Any], list[dict[str, Any]]]:
            here = turn(**{"requested_slot": slot, **slots, slot: value})
            here.form = form.form_name()
            if reading is not None:
                here.latest_message = {"text": value, "intent": {"name": "inform"}, "booking": reading}
            here.events = [
                {"event": "action", "name": form.form_name()},
                {"event": "slot", "name": slot, "value": value},
            ]
            said = here.run(form)
            return said.slots, said.messages

        return give

    return of


@pytest.fixture
def answer(answers_to: Callable[[GuidedForm], Answer]) -> Answer:
    """Answers to the booking form."""
    return answers_to(ValidateBookingForm())
