"""Requests to the studio and their handling. All methods block: call them in a thread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from lamoon.booking import BookingRequest, health_form_store
from lamoon.booking import changes as life
from lamoon.booking.appointment import Appointment
from lamoon.booking.changes import Changed, Changes, MissingError
from lamoon.booking.life import FINAL, STATES, Event, State, possible
from lamoon.booking.notices import NoticeSettings, Stage
from lamoon.booking.outbox import Outbox
from lamoon.booking.request import one_of
from lamoon.booking.store import latest_to_studio, request_of
from lamoon.chat.model import Conversation
from lamoon.contract import SANDBOX, conversation_of
from lamoon.desk.inbox.lists import held_since
from lamoon.storage.database import Database
from lamoon.storage.tables import history, outbox, requests
from lamoon.storage.time import from_naive_utc

MOST_ROWS = 50
MOST_AT_ONCE = 500
ABOUT_QUESTIONS: tuple[Event, ...] = ("lifted", "seen", "done")
"""What may happen to a question for the team: it is answered by a person, in the conversation or by phone."""
_SETTLES: tuple[Event, ...] = (
    *life.SUGGESTS,
    "confirmed",
    "changed",
    "declined",
    "change_asked",
    "withdrawn",
    "cancelled",
    "done",
)
"""What ends an earlier suggestion of a time, or makes one."""
_FAILED = (
    select(func.count())
    .select_from(outbox)
    .where(outbox.c.request_id == requests.c.id, outbox.c.status == "failed")
    .correlate(requests)
    .scalar_subquery()
)
_ROWS = select(requests, outbox.c.status.label("mail"), outbox.c.attempts, _FAILED.label("failed_notices")).join(
    outbox, latest_to_studio()
)
_REAL = requests.c.channel != SANDBOX


@dataclass(frozen=True)
class Entry:
    """A request: `state`, `version`, its appointment in `stage`, its latest `mail` to the studio (queued, sent, failed).

    `is_held`: what was said about health waits for a review; `state` may not say so yet. `lifted_*`: who lifted the hold
    last, and why. `failed_notices`: how many were given up. `suggested`: a time that the client was asked about, and that
    nobody has agreed to or turned down since.
    """

    id: int
    request: BookingRequest
    state: State
    version: int
    stage: Stage
    mail: str
    attempts: int
    failed_notices: int
    is_held: bool
    lifted_by: str
    lifted_at: datetime | None
    lifted_because: str
    suggested: Appointment | None = None

    @property
    def conversation_id(self) -> str:
        """The id of its conversation, which may have been deleted."""
        return conversation_of(self.request.conversation_id)

    @property
    def possible(self) -> tuple[Event, ...]:
        """What staff may decide now."""
        events = possible("held" if self.is_held else self.state, "staff")
        return events if self.request.kind == "booking" else tuple(one for one in events if one in ABOUT_QUESTIONS)


@dataclass(frozen=True)
class NoticeRow:
    """A notice of a request, in the order in which they were queued."""

    id: int
    route: str
    about: str
    status: str
    attempts: int
    problem: str
    sent_at: datetime | None
    not_before: datetime | None
    words: str = field(repr=False)


class Requests:
    """The requests of one database. `notice_settings` says which notices a decision queues."""

    def __init__(self, database: Database, notice_settings: NoticeSettings | None = None) -> None:
        self._database = database
        self._outbox = Outbox(database)
        self._changes = Changes(database, notice_settings)

    def latest(self, state: State | None = None, before: int = 0, *, undelivered: bool = False) -> Sequence[Entry]:
        """The newest requests, of one state or all, older than the one with the id `before`; newest first.

        `undelivered`: only those with a notice that was given up.
        """
        query = _ROWS.where(_REAL)
        query = query.where(requests.c.id < before) if before else query
        query = query.where(requests.c.state == state) if state else query
        query = query.where(_FAILED > 0) if undelivered else query
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

    def history(self, reference: str) -> Sequence[life.Entry]:
        """What happened to it, oldest first."""
        return self._changes.history(reference)

    def notices(self, reference: str) -> Sequence[NoticeRow]:
        """All its notices, oldest first."""
        query = select(outbox).join(requests).where(requests.c.reference == reference).order_by(outbox.c.id)
        with self._database.reading("read notices") as connection:
            return [_notice(row) for row in connection.execute(query).all()]

    def decide(
        self, reference: str, event: Event, staff: str, version: int, *, words: str = "",
        appointment: Appointment | None = None,
    ) -> Changed:  # fmt: skip
        """Lets a decision of the team happen, and queues the notices to the client.

        Raises:
            MissingError, StaleError, HeldError, TransitionError: see `Changes.record`. A request whose conversation has
                spoken of health since the last review counts as held, whatever its state said.
        """
        version = self._hold_if_told(reference, version)
        return self._changes.record(
            reference, event, "staff", staff=staff, words=words, version=version, appointment=appointment
        )

    def send_again(self, reference: str, notice_id: int) -> bool:
        """Queues a notice again that failed or was dropped; False when there is none."""
        return self._outbox.send_again(reference, notice_id)

    def _hold_if_told(self, reference: str, version: int) -> int:
        """The version to go on with: a hold that only the conversation knew of is noted first."""
        with self._database.writing("hold a request") as connection:
            entry = _get(connection, reference)
            if not entry.is_held or entry.state == "held" or entry.version != version:
                return version
            self._changes.hold(connection, reference, "")
            return version + 1


def entries_of(connection: Connection, which: Any) -> Sequence[Entry]:
    """The real requests that a condition on their table selects, inside a transaction; the newest first."""
    query = _ROWS.where(_REAL, which).order_by(requests.c.id.desc()).limit(MOST_AT_ONCE)
    return _entries(connection, connection.execute(query).all())


def _get(connection: Connection, reference: str) -> Entry:
    row = connection.execute(_ROWS.where(requests.c.reference == reference)).first()
    if row is None:
        raise MissingError("there is no such request")
    return _entries(connection, [row])[0]


def _entries(connection: Connection, rows: Sequence[Any]) -> Sequence[Entry]:
    holds = held_since(connection, [conversation_of(row.conversation_id) for row in rows])
    lifted = _lifted(connection, [row.id for row in rows])
    filled = health_form_store.held_since(connection, [row.reference for row in rows])
    suggested = _suggested(connection, [row.id for row in rows])
    return [
        _entry(
            row,
            _latest(holds.get(conversation_of(row.conversation_id)), filled.get(row.reference)),
            lifted.get(row.id),
            suggested.get(row.id),
        )
        for row in rows
    ]


def _latest(*moments: datetime | None) -> datetime | None:
    return max(filter(None, moments), default=None)


def _lifted(connection: Connection, ids: Sequence[int]) -> dict[int, Any]:
    """The latest lifting of each request's hold."""
    query = select(history).where(history.c.request_id.in_(ids), history.c.event == "lifted").order_by(history.c.id)
    return {row.request_id: row for row in connection.execute(query).all()}


def _suggested(connection: Connection, ids: Sequence[int]) -> dict[int, Appointment]:
    """The time that each request was last offered, unless something was decided since."""
    decisions = select(func.max(history.c.id)).where(history.c.request_id.in_(ids), history.c.event.in_(_SETTLES))
    latest = select(history.c.request_id).where(
        history.c.id.in_(decisions.group_by(history.c.request_id)), history.c.event.in_(life.SUGGESTS)
    )
    told = select(outbox).where(outbox.c.request_id.in_(latest), outbox.c.about.in_(life.SUGGESTS))
    stages = {row.request_id: Stage.of_row(row) for row in connection.execute(told.order_by(outbox.c.id))}
    return {request_id: stage.appointment for request_id, stage in stages.items() if stage.appointment}


def _entry(row: Any, told_at: datetime | None, lifted: Any, suggested: Appointment | None) -> Entry:
    """The request in a row; `told_at` is when the visitor last mentioned something that holds bookings."""
    request, state = request_of(row), one_of("state", row.state, STATES)
    lifted_at = from_naive_utc(lifted.at) if lifted else None
    told_since = told_at is not None and told_at > (lifted_at or request.created_at)
    return Entry(
        id=row.id,
        request=request,
        state=state,
        version=row.version,
        stage=Stage.of_row(row),
        mail=row.mail,
        attempts=row.attempts,
        failed_notices=row.failed_notices,
        is_held=state == "held" or (told_since and state not in FINAL),
        lifted_by=lifted.staff if lifted else "",
        lifted_at=lifted_at,
        lifted_because=lifted.words if lifted else "",
        suggested=suggested,
    )


def _notice(row: Any) -> NoticeRow:
    sent_at = from_naive_utc(row.sent_at) if row.sent_at else None
    not_before = from_naive_utc(row.not_before) if row.not_before else None
    fixed = (row.id, row.route, row.about, row.status, row.attempts, row.last_problem)
    return NoticeRow(*fixed, sent_at, not_before, row.words)
