"""The store of requests. A request for which `submit` returned a reference is on disk, with its history, and its
notices are queued.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Literal, get_args

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from lamoon.booking.appointment import WishedTime
from lamoon.booking.consent import Consent
from lamoon.booking.contact import Contact
from lamoon.booking.life import STATES, State
from lamoon.booking.notices import NoticeSettings, Stage, queue
from lamoon.booking.request import KINDS, SCREENINGS, BookingRequest, DisclosedCondition, new_reference, one_of
from lamoon.contract import ConversationName
from lamoon.errors import StoreError
from lamoon.storage.database import Database
from lamoon.storage.encryption import Cipher
from lamoon.storage.tables import history, outbox, requests
from lamoon.storage.time import now, to_naive_utc
from lamoon.text.redaction import Redaction

Status = Literal["queued", "sent", "failed", "dropped"]
"""Status of a notice. failed: given up after many attempts; the request is kept. dropped: must not be delivered any
more, such as a reminder of a past appointment.
"""
STATUSES: tuple[Status, ...] = get_args(Status)


_QUOTING = ("health_words", "conditions", "retracted", "details")
"""Columns of requests with visitors' words, except what the studio needs to contact them."""
Also = Callable[[Connection, BookingRequest], None]


@dataclass(frozen=True)
class StoredRequest:
    """A stored request with its `state`, `version` (counts changes) and `stage` (the appointment), and of its latest
    mail to the studio the `status`, number of `attempts`, `last_problem` in words and `sent_at` in UTC.
    """

    request: BookingRequest
    status: Status
    attempts: int
    last_problem: str
    sent_at: datetime | None
    state: State = "requested"
    version: int = 1
    stage: Stage = field(default_factory=Stage)


class BookingStore:
    """All requests of one database (SQLite or PostgreSQL address). `notice_settings` decides which notices are queued, `cipher`
    encrypts (None: with the keys of the environment).

    Every method raises StoreError when it fails.
    """

    def __init__(
        self, url: str, notice_settings: NoticeSettings | None = None, *, cipher: Cipher | None = None
    ) -> None:
        self.database = Database(url, cipher=cipher)
        self.notice_settings = notice_settings or NoticeSettings()

    def submit(self, request: BookingRequest, also: Also | None = None) -> str:
        """Store the request with its first entry of history and queue its notices, all or nothing; return the
        reference.

        `also` does further work in the same transaction, such as keeping the visitor's held time.

        A second call for the same conversation_id and run_id stores nothing and returns the first one's reference.
        """
        for _ in range(5):
            try:
                with self.database.writing("store a request") as connection:
                    return self._known(connection, request) or _add(connection, request, self.notice_settings, also)
            except _TakenError:
                request = replace(request, reference=new_reference())
        raise StoreError("the database could not store a request: no free reference was found; try again")

    def get(self, reference: str) -> StoredRequest | None:
        """Return the request with this reference, or None."""
        with self.database.reading("read a request") as connection:
            row = connection.execute(_rows().where(requests.c.reference == reference)).first()
            return _stored(row) if row else None

    def list(self, status: Status | None = None, *, limit: int = 100) -> Sequence[StoredRequest]:
        """Requests whose latest mail to the studio has this status (None: all), the newest `limit` of them, oldest first."""
        query = _rows() if status is None else _rows().where(outbox.c.status == status)
        with self.database.reading("list requests") as connection:
            rows = connection.execute(query.order_by(requests.c.id.desc()).limit(limit)).all()
            return [_stored(row) for row in reversed(rows)]

    def has_requests(self, conversation_ids: Sequence[str]) -> bool:
        """Return whether a request of one of these conversations is stored."""
        query = select(requests.c.id).where(requests.c.conversation_id.in_(conversation_ids)).limit(1)
        with self.database.reading("look for requests") as connection:
            return connection.execute(query).first() is not None

    def forget(self, *conversation_ids: str) -> int:
        """Delete all requests of the conversations, sent or not, with their notices. Returns their number."""
        theirs = requests.c.conversation_id.in_(conversation_ids)
        with self.database.writing("delete requests") as connection:
            for table in (outbox, history):
                ids = select(requests.c.id).where(theirs)
                connection.execute(delete(table).where(table.c.request_id.in_(ids)))
            gone = int(connection.execute(delete(requests).where(theirs)).rowcount)
        if gone:
            self.database.scrub()
        return gone

    def redact(self, conversation_ids: Sequence[str], redaction: Redaction) -> None:
        """Remove the words of a deleted message from the quotes in requests and their notices.

        Name, contact and wish stay: the studio needs them. So do the conditions, the answer to the screening question
        and the hold.
        """
        theirs = requests.c.conversation_id.in_(conversation_ids)
        with self.database.writing("take words out of requests") as connection:
            for row in connection.execute(select(requests).where(theirs)).all():
                quoted = {name: redaction.tree(getattr(row, name), name) for name in _QUOTING}
                connection.execute(update(requests).where(requests.c.id == row.id).values(quoted))
                for table in (outbox, history):
                    of_request = select(table.c.id, table.c.words).where(table.c.request_id == row.id)
                    for one in connection.execute(of_request).all():
                        words = redaction.field(one.words)
                        connection.execute(update(table).where(table.c.id == one.id).values(words=words))

    def close(self) -> None:
        """Close the database connections."""
        self.database.close()

    @staticmethod
    def _known(connection: Connection, request: BookingRequest) -> str | None:
        """Return the reference under which this run of the form is already stored."""
        same = (requests.c.conversation_id == request.conversation_id) & (requests.c.run_id == request.run_id)
        reference: str | None = connection.execute(select(requests.c.reference).where(same)).scalar()
        return reference


class _TakenError(Exception):
    """The reference, or the run of the form, was stored concurrently."""


def _add(connection: Connection, request: BookingRequest, notice_settings: NoticeSettings, also: Also | None) -> str:
    """Insert the request, the first entry of its history, and its notices; run the caller's further work."""
    state: State = "held" if request.waits_for_review else "requested"
    try:
        added = connection.execute(insert(requests).values(**row_of(request), state=state))
    except IntegrityError:
        raise _TakenError from None
    request_id = added.inserted_primary_key[0]
    first = {"actor": "visitor", "staff": "", "was": "", "became": state, "event": "sent", "words": ""}
    connection.execute(insert(history).values(request_id=request_id, at=to_naive_utc(now()), **first))
    queue(connection, request_id, request, "sent", notice_settings)
    if also:
        also(connection, request)
    return request.reference


def row_of(request: BookingRequest) -> dict[str, object]:
    """Return the row of a request."""
    named = ConversationName.read(request.conversation_id)
    same = ("reference", "conversation_id", "run_id", "kind", "hold", "name", "wish", "screening", "health_words")
    return {
        **{name: getattr(request, name) for name in (*same, "consent", "channel")},
        "chat_id": named.id if named else None,
        "email": request.contact.email,
        "phone": request.contact.phone,
        "email_mark": request.contact.email,
        "phone_mark": request.contact.phone,
        "conditions": [condition.as_value() for condition in request.conditions],
        "retracted": [condition.as_value() for condition in request.retracted],
        "details": dict(request.details),
        "created_at": to_naive_utc(request.created_at),
        "wished": request.wished.as_value() if request.wished else None,
        "consents": [consent.as_value() for consent in request.consents],
    }


def latest_to_studio() -> Any:
    """Return the condition that joins each request with its latest mail to the studio."""
    theirs = (outbox.c.request_id == requests.c.id) & (outbox.c.route == "studio_email")
    latest = select(func.max(outbox.c.id)).where(theirs).correlate(requests).scalar_subquery()
    return outbox.c.id == latest


def _rows() -> Any:
    found = select(requests, outbox.c.status, outbox.c.attempts, outbox.c.last_problem, outbox.c.sent_at)
    return found.join(outbox, latest_to_studio())


def _stored(row: Any) -> StoredRequest:
    sent_at = row.sent_at.replace(tzinfo=UTC) if row.sent_at else None
    notice = (one_of("status", row.status, STATUSES), row.attempts, row.last_problem, sent_at)
    return StoredRequest(request_of(row), *notice, one_of("state", row.state, STATES), row.version, Stage.of_row(row))


def request_of(row: Any) -> BookingRequest:
    """Return the request of a row of `requests`."""
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
        wished=WishedTime.from_value(row.wished),
        consents=tuple(Consent.from_value(value) for value in row.consents or ()),
    )
