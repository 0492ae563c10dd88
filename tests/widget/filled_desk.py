"""A desk in which everything is there once: each kind of conversation and request, a note, an invitation."""

from __future__ import annotations

import html
import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from desk.conftest import DeskVisitor
from web.visitor import Visitor
from widget.conftest import SIGN_IN
from widget.desk_of_script import COLLEAGUE, held_request

from lamoon.booking import BookingRequest, Contact
from lamoon.booking.appointment import Appointment, WishedTime
from lamoon.booking.life import Event
from lamoon.booking.store import BookingStore
from lamoon.desk.inbox.requests import Requests

NAMES = ("Ana Silva", "Ben Ode", "Cleo Marsh", "Dora Klein", "Eli Stone", "Fay Wong", "Gus Reed")
MARIA = "Maria Lopez"
OF_MARIA = (NAMES[0], NAMES[-1])
"""Two requests are of the visitor who waits."""


def fill(url: str, store: BookingStore) -> dict[str, str]:
    """Fills the desk at an address, and gives what addresses need: ids of conversations and references, by state."""
    found = {f"conversation_{kind}": _talk(url, *words) for kind, words in _TALKS.items()}
    found["request_held"] = held_request(store)
    for event, name in zip(("", "seen", "confirmed", "proposed", "declined", "cancelled", "done"), NAMES, strict=True):
        found[f"request_{event or 'new'}"] = _request(store, name, found["conversation_waiting"])
        if event:
            _decide(store, found[f"request_{event}"], event)
    owner = DeskVisitor(url, SIGN_IN["DESK_NAME"], SIGN_IN["DESK_PASSWORD"])
    taken = f"/desk/inbox/conversation/{found['conversation_taken']}"
    owner.post(f"{taken}/take", seen="")
    owner.post(f"{taken}/note", text=f"@{COLLEAGUE} please call back")
    invited = owner.post("/desk/settings/accounts/invite", name="Ida", role="staff").text
    found["welcome"] = html.unescape(re.findall(r"/desk/welcome/([^\"]+)", invited)[0])
    found["tomorrow"] = str(_tomorrow())
    return found


_TALKS = {
    "calm": ("does it hurt",),
    "taken": ("my name is tom brook", "what does it cost"),
    "waiting": ("my name is maria lopez", "can I talk to a person"),
    "emergency": ("I have chest pain",),
    "held": ("i had a clot last year",),
}


def _talk(url: str, *words: str) -> str:
    visitor = Visitor(url)
    for said in words:
        visitor.ask(said)
    return str(visitor.conversation)


def _tomorrow() -> date:
    """At the studio."""
    return datetime.now(ZoneInfo("America/New_York")).date() + timedelta(days=1)


def _request(store: BookingStore, name: str, conversation: str) -> str:
    return store.submit(
        BookingRequest(
            conversation_id=f"web-{conversation}-0" if name in OF_MARIA else f"web-{name}",
            run_id=name,
            name=name if name not in OF_MARIA else MARIA,
            contact=Contact(
                "maria@example.com" if name in OF_MARIA else f"{name.split()[0].lower()}@example.com",
                "+1 212-555-0143" if name in OF_MARIA else "",
            ),
            wish="an hour, tomorrow after 5 if you can, for a stiff neck and shoulders",
            wished=WishedTime(_tomorrow(), time(17, 0), 60) if name != NAMES[1] else None,
            consent=True,
            screening="no",
        )
    )


def _decide(store: BookingStore, reference: str, event: Event) -> None:
    requests = Requests(store.database)
    if event == "cancelled":
        _decide(store, reference, "confirmed")
    at = Appointment(datetime.combine(_tomorrow(), time(19, 30), UTC), 60)
    timed = at if event in ("confirmed", "proposed") else None
    requests.decide(reference, event, COLLEAGUE, requests.get(reference).version, words="See you.", appointment=timed)
