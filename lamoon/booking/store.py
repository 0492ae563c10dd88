"""Stores requests. A request for which `submit` returned a reference is on disk, and its notice to the studio is
queued.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Literal, get_args

from sqlalchemy import delete, insert, select, update
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from lamoon.booking.contact import Contact
from lamoon.booking.request import KINDS, SCREENINGS, BookingRequest, DisclosedCondition, new_reference, one_of
from lamoon.contract import ConversationName
from lamoon.errors import StoreError
from lamoon.storage.database import Database
from lamoon.storage.tables import outbox, requests
from lamoon.storage.time import now, to_naive_utc

Status = Literal["queued", "sent", "failed"]
"""Status of the notice. failed: given up after many attempts; the request is kept."""
STATUSES: tuple[Status, ...] = get_args(Status)


Also = Callable[[Connection, BookingRequest], None]
AMENDMENT = "said_later"
"""The detail that keeps what a visitor said of a request after it was sent."""


@dataclass(frozen=True)
class StoredRequest:
    """A stored request and its notice: `status`, `attempts` so far, `last_problem` in words, `sent_at` in UTC."""

    request: BookingRequest
    status: Status
    attempts: int
    last_problem: str
    sent_at: datetime | None


class BookingStore:
    """All requests of one database (SQLite or PostgreSQL address). Every method raises StoreError when it fails."""

    def __init__(self, url: str) -> None:
        self.database = Database(url)

    def submit(self, request: BookingRequest, also: Also | None = None) -> str:
        """Stores the request and queues its notice, both or neither. Returns the reference for the visitor.

        `also` does more in the same transaction, such as keeping the time that was held for the visitor.

        A second call for the same conversation_id and run_id stores nothing and returns the first one's reference.
        """
        for _ in range(5):
            try:
                with self.database.writing("store a request") as connection:
                    return self._known(connection, request) or _add(connection, request, also)
            except _TakenError:
                request = replace(request, reference=new_reference())
        raise StoreError("the database could not store a request: no free reference was found; try again")

    def get(self, reference: str) -> StoredRequest | None:
        """The request with this reference, or None."""
        with self.database.reading("read a request") as connection:
            row = connection.execute(_rows().where(requests.c.reference == reference)).first()
            return _stored(row) if row else None

    def list(self, status: Status | None = None, *, limit: int = 100) -> Sequence[StoredRequest]:
        """Requests whose notice has this status (None: all), the newest `limit` of them, oldest first."""
        query = _rows() if status is None else _rows().where(outbox.c.status == status)
        with self.database.reading("list requests") as connection:
            rows = connection.execute(query.order_by(requests.c.id.desc()).limit(limit)).all()
            return [_stored(row) for row in reversed(rows)]

    def amend(self, reference: str, conditions: Sequence[DisclosedCondition] = (), note: str = "") -> bool:
        """Adds conditions, which may hold it, or a note to a request, and queues its notice again, both or neither.

        False when there is no such request.
        """
        with self.database.writing("amend a request") as connection:
            row = connection.execute(select(requests).where(requests.c.reference == reference)).first()
            if row is None:
                return False
            old = request_of(row)
            added = tuple(dict.fromkeys((*old.conditions, *conditions)))
            details = {**old.details, AMENDMENT: "; ".join(filter(None, (old.details.get(AMENDMENT, ""), note)))}
            new = replace(old, conditions=added, details=details if note else old.details)
            values = {name: _values(new)[name] for name in ("conditions", "details", "hold")}
            connection.execute(update(requests).where(requests.c.id == row.id).values(values))
            connection.execute(update(outbox).where(outbox.c.request_id == row.id).values(_queued()))
        return True

    def has_requests(self, conversation_ids: Sequence[str]) -> bool:
        """Whether a request of one of these conversations is stored."""
        query = select(requests.c.id).where(requests.c.conversation_id.in_(conversation_ids)).limit(1)
        with self.database.reading("look for requests") as connection:
            return connection.execute(query).first() is not None

    def forget(self, *conversation_ids: str) -> int:
        """Deletes all requests of the conversations, sent or not, with their notices. Returns how many there were."""
        theirs = requests.c.conversation_id.in_(conversation_ids)
        with self.database.writing("delete requests") as connection:
            notices = select(requests.c.id).where(theirs)
            connection.execute(delete(outbox).where(outbox.c.request_id.in_(notices)))
            gone = int(connection.execute(delete(requests).where(theirs)).rowcount)
        if gone:
            self.database.scrub()
        return gone

    def close(self) -> None:
        """Closes the database connections."""
        self.database.close()

    @staticmethod
    def _known(connection: Connection, request: BookingRequest) -> str | None:
        """The reference under which this run of the form is stored already."""
        same = (requests.c.conversation_id == request.conversation_id) & (requests.c.run_id == request.run_id)
        reference: str | None = connection.execute(select(requests.c.reference).where(same)).scalar()
        return reference


class _TakenError(Exception):
    """The reference, or the run of the form, was stored concurrently."""


def _add(connection: Connection, request: BookingRequest, also: Also | None) -> str:
    """Inserts the request and its notice, and does what goes with it."""
    try:
        added = connection.execute(insert(requests).values(_values(request)))
    except IntegrityError:
        raise _TakenError from None
    connection.execute(insert(outbox).values({"request_id": added.inserted_primary_key[0], **_queued()}))
    if also:
        also(connection, request)
    return request.reference


def _queued() -> dict[str, object]:
    """A fresh notice, due now: another key, so that an amended request is delivered once more."""
    return {
        "key": uuid.uuid4().hex,
        "status": "queued",
        "attempts": 0,
        "due_at": to_naive_utc(now()),
        "claim": "",
        "last_problem": "",
    }


def _values(request: BookingRequest) -> dict[str, object]:
    """The row of a request."""
    named = ConversationName.read(request.conversation_id)
    same = ("reference", "conversation_id", "run_id", "kind", "hold", "name", "wish", "screening", "health_words")
    return {
        **{name: getattr(request, name) for name in (*same, "consent", "channel")},
        "chat_id": named.id if named else None,
        "email": request.contact.email,
        "phone": request.contact.phone,
        "conditions": [condition.as_value() for condition in request.conditions],
        "retracted": [condition.as_value() for condition in request.retracted],
        "details": dict(request.details),
        "created_at": to_naive_utc(request.created_at),
    }


def _rows() -> Any:
    return select(requests, outbox.c.status, outbox.c.attempts, outbox.c.last_problem, outbox.c.sent_at).join(outbox)


def _stored(row: Any) -> StoredRequest:
    sent_at = row.sent_at.replace(tzinfo=UTC) if row.sent_at else None
    return StoredRequest(
        request_of(row), one_of("status", row.status, STATUSES), row.attempts, row.last_problem, sent_at
    )


def request_of(row: Any) -> BookingRequest:
    """The request of a row of `requests`."""
    return BookingRequest(
        reference=row.reference,
        conversation_id=row.conversation_id,
        run_id=row.run_id,
        kind=one_of("kind", row.kind, KINDS),
        name=row.name,
        contact=Contact(row.email, row.phone),
        wish=row.wish,
        screening=one_of("screening", row.screening, SCREENINGS),
        health_words=row.health_words,
        conditions=tuple(DisclosedCondition.from_value(value) for value in row.conditions),
        retracted=tuple(DisclosedCondition.from_value(value) for value in row.retracted),
        hold=row.hold,
        details=row.details or {},
        consent=row.consent,
        channel=row.channel,
        created_at=row.created_at.replace(tzinfo=UTC),
    )
