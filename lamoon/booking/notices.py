"""Notices: who is notified of an event of a request, and by which route. Queued in the event's transaction."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal, get_args

from sqlalchemy import delete, insert
from sqlalchemy.engine import Connection

from lamoon.booking.appointment import Appointment
from lamoon.booking.life import Event
from lamoon.booking.request import BookingRequest
from lamoon.contract import SAMPLE, SANDBOX, ConversationName
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
"""Subjects of notices: an event (see `lamoon.booking.life`), a receipt or a reminder."""
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
_NOTICES: Final[Mapping[Event, tuple[About, ...]]] = {
    "sent": ("request", "receipt"),
    "held": ("added",),
    "confirmed": ("confirmed", "reminder"),
    "changed": ("changed", "reminder"),
    **{event: (event,) for event in ("added", "change_asked", "withdrawn", "comes", "declined", "proposed", "offered", "cancelled", "done")},
}  # fmt: skip


@dataclass(frozen=True)
class NoticeSettings:
    """The owner's settings for notices: whether a webhook is set, and how long before an appointment the client is
    reminded (None: never), asked at each event because `studio.yml` may change.
    """

    webhook: bool = False
    reminder: Callable[[], timedelta | None] = lambda: None

    @classmethod
    def of(cls, settings: Settings, studio: Studio) -> NoticeSettings:
        """Create them from the settings and `studio.yml`."""
        return cls(bool(settings.webhook_url), lambda: timedelta(hours=studio.reminder_hours or 0) or None)


@dataclass(frozen=True)
class Stage:
    """A snapshot of a request's appointment, and the sequence number of its calendar file."""

    appointment: Appointment | None = None
    sequence: int = 0

    @classmethod
    def of_row(cls, row: Any) -> Stage:
        """Return the stage in a row of requests or of the outbox."""
        if row.starts_at is None:
            return cls(None, row.sequence)
        return cls(Appointment(from_naive_utc(row.starts_at), row.minutes), row.sequence)

    def as_row(self) -> dict[str, object]:
        """Return the stage as columns."""
        agreed = self.appointment
        starts_at = to_naive_utc(agreed.starts_at) if agreed else None
        return {"starts_at": starts_at, "minutes": agreed.minutes if agreed else None, "sequence": self.sequence}


_UNSENT: Final = {"status": "dropped", "last_problem": "it is a sample"}


def queue(
    connection: Connection, request_id: int, request: BookingRequest, event: Event, notice_settings: NoticeSettings,
    stage: Stage | None = None, words: str = "",
) -> None:  # fmt: skip
    """Queue all notices of an event, in the caller's transaction. `words`: by a person, passed on unchanged."""
    stage = stage or Stage()
    for about in _NOTICES.get(event, ()):
        not_before = _reminder_at(stage, notice_settings) if about == "reminder" else None
        if about == "reminder" and not_before is None:
            continue
        for route in _ROUTES[about]:
            if _leads_somewhere(route, request, notice_settings):
                notice = {"request_id": request_id, "route": route, "about": about, "not_before": not_before}
                quoted = words if about != "reminder" else ""
                row = notice | stage.as_row() | fresh(now()) | (_UNSENT if request.channel == SAMPLE else {})
                connection.execute(insert(outbox).values(**row, words=quoted))


def drop_reminders(connection: Connection, request_id: int) -> None:
    """Remove unsent reminders from the queue, because the appointment has changed."""
    theirs = (outbox.c.request_id == request_id) & (outbox.c.about == "reminder") & (outbox.c.status == "queued")
    connection.execute(delete(outbox).where(theirs))


def fresh(moment: datetime) -> dict[str, object]:
    """Return the columns of a notice before its first attempt, due at `moment`, with a new key."""
    return {
        "key": uuid.uuid4().hex,
        "status": "queued",
        "attempts": 0,
        "due_at": to_naive_utc(moment),
        "claim": "",
        "last_problem": "",
    }


def _reminder_at(stage: Stage, notice_settings: NoticeSettings) -> datetime | None:
    """Return the reminder's time, UTC without a zone; None if there is none, or the time is past."""
    if stage.appointment is None or (before := notice_settings.reminder()) is None:
        return None
    moment = stage.appointment.starts_at - before
    return to_naive_utc(moment) if moment > now() else None


def _leads_somewhere(route: Route, request: BookingRequest, notice_settings: NoticeSettings) -> bool:
    if request.channel == SAMPLE:
        return route == "studio_email"
    if route == "client_email":
        return bool(request.contact.email) and request.channel != SANDBOX
    if route == "conversation":
        return ConversationName.read(request.conversation_id) is not None
    return route == "studio_email" or (notice_settings.webhook and request.channel != SANDBOX)
