"""An assistant that says what a test wants: for tests of the runner itself."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from lamoon.booking import BookingRequest, Contact, DisclosedCondition

Write = Callable[..., Path]
HELD = BookingRequest(
    conversation_id="c",
    run_id="1",
    name="Nell",
    contact=Contact(email="nell@example.com"),
    wish="neck, Monday",
    consent=True,
    screening="no",
    conditions=(DisclosedCondition("blood_clot", "a clot"),),
    reference="LM-33333",
)
TOPIC = {"text": "Laser beam.", "metadata": {"utter_action": "utter_faq/cost", "topic": "faq/cost"}}
ASK = {
    "text": "How can the team reach you?",
    "metadata": {"utter_action": "utter_ask_contact"},
    "buttons": [{"title": "Stop", "payload": "stop now"}],
}
SENT = {"text": "Your reference is LM-33333.", "metadata": {"utter_action": "utter_booking_sent"}}


class Scripted:
    """An assistant that says what the test wants and has done what the test wants."""

    def __init__(self, *turns: list[dict[str, Any]]) -> None:
        self.turns = list(turns)
        self.heard: list[str] = []
        self.slots: dict[str, Any] = {"booking_hold": True, "open_conditions": ["blood_clot", "infection"]}
        self.rows = [HELD]
        self.events = 0
        self.log = ""
        self.later = ""

    def say(self, sender: str, text: str) -> list[dict[str, Any]]:
        self.heard.append(text)
        self.log += self.later
        return self.turns.pop(0)

    def tracker(self, sender: str) -> dict[str, Any]:
        return {"slots": self.slots, "active_loop": {"name": "booking_form"}}

    def requests(self, sender: str) -> list[BookingRequest]:
        return self.rows

    def mail(self, reference: str) -> EmailMessage | None:
        mail = EmailMessage()
        mail["Subject"] = f"HOLD: Booking request {reference}"
        mail.set_content("a clot")
        return mail if reference == HELD.reference else None

    def events_kept(self, sender: str) -> int:
        return self.events

    def switch_actions(self, up: bool) -> None:
        self.heard.append(f"up={up}")

    def logs(self) -> Mapping[str, str]:
        return {"rasa": self.log}


def write_scenario(folder: Path) -> Write:
    """Write scenario files into a folder."""

    def file(text: str, name: str = "happy_path/one.yml") -> Path:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text), encoding="utf-8")
        return path

    return file
