"""Requests to the studio and their handling. All methods block: call them in a thread."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, get_args

from sqlalchemy import func, insert, select, update
from sqlalchemy.engine import Connection

from lamoon.booking import BookingRequest, health_form_store
from lamoon.booking.mail import marked
from lamoon.booking.outbox import Outbox
from lamoon.booking.store import request_of
from lamoon.chat.model import Conversation
from lamoon.contract import SANDBOX, ConversationName
from lamoon.desk.inbox import held_since
from lamoon.errors import LamoonError
from lamoon.storage.database import Database
from lamoon.storage.tables import handled, outbox, requests
from lamoon.storage.time import from_naive_utc, now, to_naive_utc

Status = Literal["new", "seen", "confirmed", "declined", "done"]
STATUSES: tuple[Status, ...] = get_args(Status)
MOST_ROWS = 50
_STATUS = func.coalesce(handled.c.status, "new").label("handled_status")
_ROWS = (
    select(
        requests,
        outbox.c.status.label("notice"),
        outbox.c.attempts,
        _STATUS,
        handled.c.staff,
        handled.c.at,
        handled.c.lifted_by,
        handled.c.lifted_at,
        handled.c.lifted_because,
    )
    .select_from(requests)
    .join(outbox)
    .outerjoin(handled, handled.c.reference == requests.c.reference)
)
_REAL = requests.c.channel != SANDBOX


class HeldError(LamoonError):
    """The request is on hold, so it cannot be confirmed."""


class MissingError(LamoonError):
    """The request does not exist any more."""


@dataclass(frozen=True)
class Entry:
    """A request: `status` set by `staff`, its `notice` (queued, sent, failed), and the hold.

    `is_held`: nothing said about health since the last review has been reviewed. `lifted_*`: who lifted the hold last,
    and why.
    """

    id: int
    request: BookingRequest
    status: Status
    staff: str
    notice: str
    attempts: int
    is_held: bool
    lifted_by: str
    lifted_at: datetime | None
    lifted_because: str

    @property
    def conversation_id(self) -> str:
        """The id of its conversation, which may have been deleted."""
        return conversation_of(self.request.conversation_id)


class Requests:
    """The requests of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._outbox = Outbox(database)

    def latest(self, status: Status | None = None, before: int = 0) -> Sequence[Entry]:
        """The newest requests, of one status or all, older than the one with the id `before`; newest first."""
        query = _ROWS.where(_REAL)
        query = query.where(requests.c.id < before) if before else query
        query = query.where(status == _STATUS) if status else query
        with self._database.reading("list requests") as connection:
            rows = connection.execute(query.order_by(requests.c.id.desc()).limit(MOST_ROWS)).all()
            return _entries(connection, rows)

    def of(self, conversation: Conversation) -> Sequence[Entry]:
        """The requests of a conversation, in all its runs."""
        query = _ROWS.where(requests.c.chat_id == conversation.id).order_by(requests.c.id)
        with self._database.reading("list requests") as connection:
            return _entries(connection, connection.execute(query).all())

    def get(self, reference: str) -> Entry:
        """One request. Raises MissingError."""
        with self._database.reading("read a request") as connection:
            return _get(connection, reference)

    def set_status(self, reference: str, status: Status, staff: str) -> None:
        """Sets the status. Raises MissingError, and HeldError when a request on hold is to be confirmed."""
        with self._changing(reference) as (connection, entry):
            if status == "confirmed" and entry.is_held:
                raise HeldError("lift the hold first")
            _change(connection, reference, status=status, staff=staff, at=to_naive_utc(now()))

    def lift(self, reference: str, staff: str, reason: str) -> None:
        """Records that the visitor's health was reviewed, and lifts the hold. Raises MissingError."""
        with self._changing(reference) as (connection, _):
            _change(connection, reference, lifted_by=staff, lifted_at=to_naive_utc(now()), lifted_because=reason)

    def send_again(self, reference: str) -> bool:
        """Queues a failed notice again; False when it has not failed."""
        return bool(self._outbox.requeue(reference))

    @contextmanager
    def _changing(self, reference: str) -> Iterator[tuple[Connection, Entry]]:
        with self._database.writing("change a request") as connection:
            yield connection, _get(connection, reference)


def _get(connection: Connection, reference: str) -> Entry:
    row = connection.execute(_ROWS.where(requests.c.reference == reference)).first()
    if row is None:
        raise MissingError("there is no such request")
    return _entries(connection, [row])[0]


def _change(connection: Connection, reference: str, **values: object) -> None:
    if connection.execute(update(handled).where(handled.c.reference == reference).values(values)).rowcount:
        return
    new = {"status": "new", "staff": "", "at": to_naive_utc(now()), "lifted_by": "", "lifted_because": ""}
    connection.execute(insert(handled).values(new | values | {"reference": reference}))


def _entries(connection: Connection, rows: Sequence[Any]) -> Sequence[Entry]:
    said = held_since(connection, [conversation_of(row.conversation_id) for row in rows])
    filled = health_form_store.held_since(connection, [row.reference for row in rows])
    held = ((said.get(conversation_of(row.conversation_id)), filled.get(row.reference)) for row in rows)
    return [_entry(row, max(filter(None, moments), default=None)) for row, moments in zip(rows, held, strict=True)]


def _entry(row: Any, told_at: datetime | None) -> Entry:
    """The request in a row; `told_at` is when the visitor last told of something that holds bookings."""
    request = request_of(row)
    lifted_at = from_naive_utc(row.lifted_at) if row.lifted_at else None
    looked_at = lifted_at or request.created_at
    return Entry(
        id=row.id,
        request=request,
        status=row.handled_status,
        staff=row.staff or "",
        notice=row.notice,
        attempts=row.attempts,
        is_held=(marked(request) and lifted_at is None) or (told_at is not None and told_at > looked_at),
        lifted_by=row.lifted_by or "",
        lifted_at=lifted_at,
        lifted_because=row.lifted_because or "",
    )


def conversation_of(sender: str) -> str:
    """The id of the conversation with this name; empty when another program opened it."""
    named = ConversationName.read(sender)
    return named.id if named else ""
