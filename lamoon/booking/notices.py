"""Notices: what is told to whom, by which route, when something happens to a request. Queued with it, or not at all."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal, get_args

from sqlalchemy import delete, insert
from sqlalchemy.engine import Connection

from lamoon.booking.appointment import Appointment
from lamoon.booking.life import Event
from lamoon.booking.request import BookingRequest
from lamoon.contract import SANDBOX, ConversationName
from lamoon.settings import Settings
from lamoon.storage.tables import outbox
from lamoon.storage.time import from_naive_utc, now, to_naive_utc
from lamoon.studio import Studio

Route = Literal["studio_email", "client_email", "conversation", "webhook"]
ROUTES: Final[tuple[Route, ...]] = get_args(Route)
About = Literal[
    "request", "receipt", "added", "change_asked", "withdrawn", "comes", "confirmed", "changed", "declined", "proposed",
    "offered", "cancelled", "reminder", "done",
]  # fmt: skip
"""What a notice tells: an event (see `lamoon.booking.life`), or receipt and reminder."""
ABOUTS: Final[tuple[About, ...]] = get_args(About)
_TO_STUDIO: Final[tuple[Route, ...]] = ("studio_email", "webhook")
_TO_CLIENT: Final[tuple[Route, ...]] = ("client_email", "conversation", "webhook")
_ROUTES: Final[Mapping[About, tuple[Route, ...]]] = {
    "request": _TO_STUDIO,
    "receipt": ("client_email",),  # in the conversation, the assistant has just said it
    "added": _TO_STUDIO,
    "change_asked": _TO_STUDIO,
    "withdrawn": ("studio_email", "client_email", "webhook"),
    "comes": _TO_STUDIO,
    "confirmed": _TO_CLIENT,
    "changed": _TO_CLIENT,
    "declined": _TO_CLIENT,
    "proposed": _TO_CLIENT,
    "offered": ("client_email", "conversation"),
    "cancelled": _TO_CLIENT,
    "reminder": ("client_email", "conversation"),
    "done": ("webhook",),
}
_TOLD: Final[Mapping[Event, tuple[About, ...]]] = {
    "sent": ("request", "receipt"),
    "held": ("added",),
    "confirmed": ("confirmed", "reminder"),
    "changed": ("changed", "reminder"),
    **{event: (event,) for event in ("added", "change_asked", "withdrawn", "comes", "declined", "proposed", "offered", "cancelled", "done")},
}  # fmt: skip


@dataclass(frozen=True)
class Telling:
    """What the owner has set up: a webhook, and how long before an appointment the client is reminded (None: never)."""

    webhook: bool = False
    reminder: timedelta | None = None

    @classmethod
    def of(cls, settings: Settings, studio: Studio) -> Telling:
        """By the settings and `studio.yml`, whose changes it follows where the studio is a live one."""
        return _ToldByStudio(bool(settings.webhook_url), studio)


class _ToldByStudio(Telling):
    def __init__(self, webhook: bool, studio: Studio) -> None:
        super().__init__(webhook)
        object.__setattr__(self, "_studio", studio)

    def __getattribute__(self, name: str) -> Any:
        if name != "reminder":
            return super().__getattribute__(name)
        hours = self._studio.reminder_hours
        return timedelta(hours=hours) if hours else None


@dataclass(frozen=True)
class Stage:
    """The appointment of a request at one moment, and the sequence number of its calendar file."""

    appointment: Appointment | None = None
    sequence: int = 0

    @classmethod
    def of_row(cls, row: Any) -> Stage:
        """The stage in a row of requests or of the outbox."""
        if row.starts_at is None:
            return cls(None, row.sequence)
        return cls(Appointment(from_naive_utc(row.starts_at), row.minutes), row.sequence)

    def as_row(self) -> dict[str, object]:
        """Its columns."""
        agreed = self.appointment
        starts_at = to_naive_utc(agreed.starts_at) if agreed else None
        return {"starts_at": starts_at, "minutes": agreed.minutes if agreed else None, "sequence": self.sequence}


def queue(
    connection: Connection, request_id: int, request: BookingRequest, event: Event, telling: Telling,
    stage: Stage | None = None, words: str = "",
) -> None:  # fmt: skip
    """Queues all notices of an event, in the caller's transaction. `words`: of a person, passed on as they are."""
    stage = stage or Stage()
    for about in _TOLD.get(event, ()):
        not_before = _reminder_at(stage, telling) if about == "reminder" else None
        if about == "reminder" and not_before is None:
            continue
        for route in _ROUTES[about]:
            if _leads_somewhere(route, request, telling):
                notice = {"request_id": request_id, "route": route, "about": about, "not_before": not_before}
                said = words if about != "reminder" else ""
                connection.execute(insert(outbox).values(**notice, words=said, **stage.as_row(), **fresh(now())))


def drop_reminders(connection: Connection, request_id: int) -> None:
    """Takes reminders that were not sent out of the queue: the appointment is no longer what they say."""
    theirs = (outbox.c.request_id == request_id) & (outbox.c.about == "reminder") & (outbox.c.status == "queued")
    connection.execute(delete(outbox).where(theirs))


def fresh(moment: datetime) -> dict[str, object]:
    """The columns of a notice that waits for its first attempt, due at `moment`, with a key of its own."""
    return {
        "key": uuid.uuid4().hex,
        "status": "queued",
        "attempts": 0,
        "due_at": to_naive_utc(moment),
        "claim": "",
        "last_problem": "",
    }


def _reminder_at(stage: Stage, telling: Telling) -> datetime | None:
    """When the reminder goes out, UTC without a zone; None without one, and where that moment is past already."""
    if stage.appointment is None or telling.reminder is None:
        return None
    moment = stage.appointment.starts_at - telling.reminder
    return to_naive_utc(moment) if moment > now() else None


def _leads_somewhere(route: Route, request: BookingRequest, telling: Telling) -> bool:
    if route == "client_email":
        return bool(request.contact.email) and request.channel != SANDBOX
    if route == "conversation":
        return ConversationName.read(request.conversation_id) is not None
    return route == "studio_email" or (telling.webhook and request.channel != SANDBOX)
