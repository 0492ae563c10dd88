"""Changes of stored requests: state, history and notices in one transaction, refused if the page was stale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import insert, select, update
from sqlalchemy.engine import Connection

from lamoon.booking.appointment import Appointment
from lamoon.booking.calendar.holds import follow
from lamoon.booking.life import EVENTS, FINAL, NEEDS_TIME, STATES, Actor, Event, State, TransitionError, after
from lamoon.booking.notices import NoticeSettings, Stage, drop_reminders, queue
from lamoon.booking.request import DisclosedCondition, one_of
from lamoon.booking.store import request_of, row_of
from lamoon.errors import LamoonError
from lamoon.storage.database import Database
from lamoon.storage.tables import history, requests
from lamoon.storage.time import from_naive_utc, now, to_naive_utc

LONGEST_WORDS = 2000
SUGGESTS: Final[tuple[Event, ...]] = ("proposed", "offered")
"""Events with a time that is not agreed yet."""


class MissingError(LamoonError):
    """The request does not exist any more."""


class StaleError(LamoonError):
    """The request has changed since it was read: read it again, then decide."""


@dataclass(frozen=True)
class Entry:
    """An entry of a request's history: `event` moved it from `was` to `became`. `staff` is empty for other actors."""

    at: datetime
    actor: Actor
    staff: str
    was: str
    became: str
    event: Event
    words: str = field(repr=False)


@dataclass(frozen=True)
class Changed:
    """The request after a change. `is_new` is False if the change was a repetition."""

    state: State
    version: int
    is_new: bool = True


class Changes:
    """All changes in one database. Methods raise MissingError, and StoreError when the database fails."""

    def __init__(self, database: Database, notice_settings: NoticeSettings | None = None) -> None:
        self._database = database
        self._notice_settings = notice_settings or NoticeSettings()

    def record(
        self, reference: str, event: Event, actor: Actor, *, staff: str = "", words: str = "",
        version: int | None = None, appointment: Appointment | None = None,
    ) -> Changed:  # fmt: skip
        """Apply an event to a request. Repeating the latest event changes nothing.

        Args:
            reference: of the request.
            event: the event.
            actor: who causes it.
            staff: the name of a member of staff.
            words: a reason, a text for the client, or what the visitor said; cut at LONGEST_WORDS.
            version: the request's when it was read; None: any.
            appointment: the agreed time, for `confirmed`, `changed` and `proposed`.

        Raises:
            StaleError: when the version has changed.
            HeldError: when the request is on hold and the event needs it lifted.
            TransitionError: when the event is not possible, or lacks a required time.
        """
        if (event in NEEDS_TIME) != (appointment is not None):
            raise TransitionError("requested", event, f"{event}: expected an appointment with {', '.join(NEEDS_TIME)}")
        with self._database.writing("change a request") as connection:
            row = _locked(connection, reference)
            change = _Change(connection, self._notice_settings, row, actor, staff, words[:LONGEST_WORDS])
            if version is None and change.repeats(event):
                return Changed(change.state, row.version, is_new=False)
            if version not in (None, row.version):
                raise StaleError("the request was changed meanwhile: read it again")
            return change.happen(event, appointment)

    def add(self, reference: str, conditions: Sequence[DisclosedCondition] = (), words: str = "") -> Changed:
        """Add a visitor's later information: conditions, which may hold the request, and their words."""
        with self._database.writing("add to a request") as connection:
            return add(connection, self._notice_settings, reference, conditions, words)

    def hold(self, connection: Connection, reference: str, words: str) -> None:
        """Hold a request without further changes, in the caller's transaction, after its conversation mentioned
        health.
        """
        _Change(connection, self._notice_settings, _locked(connection, reference), "system", "", words).happen("held")

    def history(self, reference: str) -> Sequence[Entry]:
        """Return the history of the request, oldest first; empty if there is none."""
        query = select(history).join(requests).where(requests.c.reference == reference).order_by(history.c.id)
        with self._database.reading("read a history") as connection:
            return [_entry(row) for row in connection.execute(query).all()]


def add(
    connection: Connection,
    notice_settings: NoticeSettings,
    reference: str,
    conditions: Sequence[DisclosedCondition] = (),
    words: str = "",
    *,
    hold: bool = False,
) -> Changed:
    """`Changes.add` in the caller's transaction; `hold` holds the request for a reason other than a condition."""
    row = _locked(connection, reference)
    change = _Change(connection, notice_settings, row, "visitor", "", words[:LONGEST_WORDS])
    holds = (hold or any(condition.hold for condition in conditions)) and change.state not in FINAL
    event: Event = "held" if holds else "added"
    if change.repeats(event):
        return Changed(change.state, row.version, is_new=False)
    return change.happen(event, conditions=conditions)


def offer(connection: Connection, notice_settings: NoticeSettings, reference: str, appointment: Appointment) -> Changed:
    """Offer a free time, in the caller's transaction. Raises TransitionError when the request is settled by now."""
    return _Change(connection, notice_settings, _locked(connection, reference), "system", "", "").happen(
        "offered", appointment
    )


class _Change:
    """A change of a locked row."""

    def __init__(
        self, connection: Connection, notice_settings: NoticeSettings, row: Any, actor: Actor, staff: str, words: str
    ) -> None:
        self._connection = connection
        self._notice_settings = notice_settings
        self._row = row
        self._by: tuple[Actor, str, str] = (actor, staff, words)
        self.state: State = one_of("state", row.state, STATES)

    def repeats(self, event: Event) -> bool:
        """Return whether the latest entry of the history is the same event: Rasa may call an action twice."""
        latest = select(history).where(history.c.request_id == self._row.id).order_by(history.c.id.desc()).limit(1)
        last = self._connection.execute(latest).first()
        return last is not None and (last.event, last.actor, last.staff, last.words) == (event, *self._by)

    def happen(
        self, event: Event, appointment: Appointment | None = None, conditions: Sequence[DisclosedCondition] = ()
    ) -> Changed:
        """Write state, history and notices, in this order; nothing if the state does not allow the event."""
        actor, staff, words = self._by
        state = after(self.state, event, actor, words)
        stage = self._stage(event, appointment)
        request = request_of(self._row)
        merged = tuple(dict.fromkeys((*request.conditions, *conditions)))
        request = replace(request, conditions=merged, hold=request.hold or event == "held")
        kept = {name: value for name, value in row_of(request).items() if name in ("conditions", "hold")}
        agreed = {} if event in SUGGESTS else stage.as_row()
        version = self._row.version + 1
        mine = (requests.c.id == self._row.id) & (requests.c.version == self._row.version)
        values = {**kept, **agreed, "state": state, "version": version}
        if not self._connection.execute(update(requests).where(mine).values(values)).rowcount:
            raise StaleError("the request was changed meanwhile: read it again")
        entry = {"at": to_naive_utc(now()), "actor": actor, "staff": staff, "was": self.state, "became": state}
        self._connection.execute(insert(history).values(request_id=self._row.id, event=event, words=words, **entry))
        if state != "confirmed" or event == "changed":
            drop_reminders(self._connection, self._row.id)
        follow(self._connection, request.reference, state, stage.appointment.starts_at if stage.appointment else None)
        queue(self._connection, self._row.id, request, event, self._notice_settings, stage, words)
        return Changed(state, version)

    def _stage(self, event: Event, appointment: Appointment | None) -> Stage:
        """Return the appointment after the event. Its calendar file gets a new sequence number whenever it is sent."""
        stage = Stage.of_row(self._row)
        if event in ("confirmed", "changed"):
            return Stage(appointment, stage.sequence + 1)
        if event in SUGGESTS:
            return Stage(appointment, stage.sequence)
        if event in ("cancelled", "withdrawn", "declined") and stage.appointment:
            return Stage(stage.appointment, stage.sequence + 1)
        return stage


def _locked(connection: Connection, reference: str) -> Any:
    row = connection.execute(select(requests).where(requests.c.reference == reference).with_for_update()).first()
    if row is None:
        raise MissingError("there is no such request")
    return row


def _entry(row: Any) -> Entry:
    event = one_of("event", row.event, EVENTS)
    actor: Actor = "staff" if row.actor == "staff" else "system" if row.actor == "system" else "visitor"
    return Entry(from_naive_utc(row.at), actor, row.staff, row.was, row.became, event, row.words)
