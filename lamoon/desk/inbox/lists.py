"""Conversations as the inbox shows them, and the team's notes. All methods block: call them in a thread."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import case, func, insert, or_, select
from sqlalchemy.engine import Connection

from lamoon.booking.request import NO_NAME
from lamoon.chat.model import Conversation, Message
from lamoon.chat.records import find_conversation, message_of
from lamoon.contract import HEALTH_RECORD, SANDBOX, UNREAL, HealthView
from lamoon.storage.database import Database
from lamoon.storage.inbox_tables import summaries
from lamoon.storage.tables import conversations, handovers, messages, notes, requests, turns
from lamoon.storage.time import from_naive_utc, now, to_naive_utc

MOST_ROWS = 30
MOST_MESSAGES = 200
LATE = timedelta(minutes=5)
"""After so long a visitor has waited too long for a person."""
REAL = conversations.c.channel != SANDBOX
COUNTED = conversations.c.channel.not_in(UNREAL)
"""What needs attention: samples are in the lists, and count nowhere."""
ALERT = func.coalesce(summaries.c.alert, "")
OURS = conversations.c.last_said > func.coalesce(summaries.c.team_said, 0)
"""The visitor wrote last: it is the team's turn where the team has the conversation."""
_QUESTION, _REQUEST_NAME, _REQUESTS = (
    select(column)
    .where(requests.c.chat_id == conversations.c.id, *wanted)
    .order_by(requests.c.id.desc())
    .limit(1)
    .scalar_subquery()
    for column, wanted in (
        (requests.c.wish, (requests.c.kind == "handoff",)),
        (requests.c.name, ()),
        (requests.c.reference, ()),
    )
)
ROWS = (
    select(
        conversations.c.id,
        conversations.c.channel,
        conversations.c.mode,
        conversations.c.active_at,
        conversations.c.last_said,
        handovers.c.staff,
        handovers.c.asked_at,
        messages.c.text,
        summaries,
        _QUESTION.label("question"),
        _REQUEST_NAME.label("request_name"),
        _REQUESTS.label("reference"),
    )
    .select_from(conversations)
    .outerjoin(messages, messages.c.id == conversations.c.last_said)
    .outerjoin(handovers, handovers.c.conversation_id == conversations.c.id)
    .outerjoin(summaries, summaries.c.conversation_id == conversations.c.id)
    .where(REAL)
)
Turn = Literal["team", "visitor", "assistant"]


@dataclass(frozen=True)
class Row:
    """A conversation in a list.

    Attributes:
        staff: who has it; empty for nobody.
        asked_at: when the visitor asked for a person.
        turn: who writes next.
        alert: "emergency", "crisis" or empty, until the team has seen to it.
        held: the assistant holds bookings.
        late: the visitor has waited too long for a person.
        unread: nobody of the team has read the visitor's latest message.
        can_be_reached: the visitor left a contact, or writes on a platform.
        name: as the visitor gave it; empty until then.
        topic: the latest label that says what it is about; empty until then.
        words: the visitor's last; while they wait for a person, their question for the team.
    """

    id: str
    channel: str
    active_at: datetime
    staff: str
    assignee: str
    asked_at: datetime | None
    turn: Turn
    alert: str
    alert_at: datetime | None
    held: bool
    late: bool
    unread: bool
    can_be_reached: bool
    topic: str
    reference: str
    name: str = field(repr=False)
    words: str = field(repr=False)


@dataclass(frozen=True)
class Lists:
    """The inbox, the most urgent first: emergencies and crises, who waits, what the team has, and what the assistant
    answers.
    """

    alerts: Sequence[Row]
    waiting: Sequence[Row]
    team: Sequence[Row]
    recent: Sequence[Row]


@dataclass(frozen=True)
class Note:
    """A note of the team about a conversation."""

    staff: str
    at: datetime
    text: str = field(repr=False)


@dataclass(frozen=True)
class Page:
    """One conversation: `staff` owns it, `is_cut` when older messages are left out, `holds_since` when its bookings
    went on hold.

    `row` is as in the inbox; None in the sandbox. `messages` are in order, of all runs. `holds_since` is None when the assistant holds no booking. `health` is the
    health record after the latest turn. `team_read` and `visitor_read` are the latest messages that each has read.
    """

    conversation: Conversation
    row: Row | None
    staff: str
    asked_at: datetime | None
    messages: Sequence[Message]
    is_cut: bool
    notes: Sequence[Note]
    holds_since: datetime | None
    health: HealthView
    team_read: int
    visitor_read: int


class Conversations:
    """The conversations of one database, as the team reads them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def lists(self, channel: str = "", staff: str = "", before: datetime | None = None) -> Lists:
        """The inbox: of one `channel` or all; with `staff` only what this person has or is to answer; recent ones
        `before` a moment.
        """
        with self._database.reading("read the inbox") as connection:
            return read_lists(connection, channel, staff, before)

    def page(self, conversation_id: str, before: int = 0) -> Page:
        """One conversation with its latest messages, or those before the one with the id `before`. Raises GoneError."""
        said = select(messages).where(messages.c.conversation_id == conversation_id)
        said = (said.where(messages.c.id < before) if before else said).order_by(messages.c.id.desc())
        with self._database.reading("read a conversation") as connection:
            conversation = find_conversation(connection, conversation_id)
            held = select(handovers).where(handovers.c.conversation_id == conversation_id)
            handover = connection.execute(held).first()
            rows = connection.execute(said.limit(MOST_MESSAGES + 1)).all()
            noted = select(notes).where(notes.c.conversation_id == conversation_id).order_by(notes.c.id)
            return Page(
                conversation=conversation,
                row=next(iter(rows_of(connection, [conversation_id])), None),
                staff=handover.staff if handover else "",
                asked_at=from_naive_utc(handover.asked_at) if handover and handover.asked_at else None,
                messages=[message_of(row) for row in reversed(rows[:MOST_MESSAGES])],
                is_cut=len(rows) > MOST_MESSAGES,
                notes=[Note(row.staff, from_naive_utc(row.at), row.text) for row in connection.execute(noted).all()],
                holds_since=held_since(connection, [conversation_id]).get(conversation_id),
                health=latest_health(connection, conversation_id),
                team_read=_summary(connection, conversation_id, summaries.c.team_read),
                visitor_read=_summary(connection, conversation_id, summaries.c.visitor_read),
            )

    def note(self, conversation_id: str, staff: str, text: str) -> None:
        """Stores a note. Raises GoneError."""
        row = {"conversation_id": conversation_id, "staff": staff, "at": to_naive_utc(now()), "text": text}
        with self._database.writing("keep a note") as connection:
            find_conversation(connection, conversation_id, lock=True)
            connection.execute(insert(notes).values(row))


def held_since(connection: Connection, conversation_ids: Collection[str]) -> dict[str, datetime]:
    """Of these conversations, those whose latest turn held bookings, with the time of that turn."""
    latest = select(func.max(turns.c.message_id)).where(turns.c.conversation_id.in_(conversation_ids))
    query = select(turns.c.conversation_id, turns.c.at, turns.c.details).where(
        turns.c.message_id.in_(latest.group_by(turns.c.conversation_id))
    )
    rows = connection.execute(query).all()
    return {
        row.conversation_id: from_naive_utc(row.at)
        for row in rows
        if (row.details.get("slots") or {}).get("booking_hold")
    }


def latest_health(connection: Connection, conversation_id: str) -> HealthView:
    latest = select(turns.c.details).where(turns.c.conversation_id == conversation_id)
    details = connection.execute(latest.order_by(turns.c.message_id.desc()).limit(1)).scalar() or {}
    return HealthView.from_json({"record": (details.get("slots") or {}).get(HEALTH_RECORD)})


def read_lists(connection: Connection, channel: str = "", staff: str = "", before: datetime | None = None) -> Lists:
    """The inbox inside a transaction; see `Conversations.lists`."""
    query = ROWS.where(conversations.c.channel == channel) if channel else ROWS
    calm = query.where(ALERT == "")
    alerts = query.where(ALERT != "").order_by(case((ALERT == "emergency", 0), else_=1), summaries.c.alert_at)
    waiting = calm.where(handovers.c.staff == "").order_by(handovers.c.asked_at)
    team = calm.where(handovers.c.staff != "").order_by(case((OURS, 0), else_=1), conversations.c.active_at.desc())
    recent = calm.where(conversations.c.mode == "bot", conversations.c.last_said > 0)
    recent = recent.where(conversations.c.active_at < to_naive_utc(before)) if before else recent
    if staff:
        mine = or_(handovers.c.staff == staff, func.coalesce(summaries.c.assignee, "") == staff)
        alerts, waiting, team, recent = (one.where(mine) for one in (alerts, waiting, team, recent))
    moment = now()
    queries = (alerts, waiting, team, recent.order_by(conversations.c.active_at.desc()))
    return Lists(*([row_of(row, moment) for row in connection.execute(one.limit(MOST_ROWS))] for one in queries))


def rows_of(connection: Connection, ids: Iterable[str]) -> Sequence[Row]:
    """These conversations, latest first."""
    query = ROWS.where(conversations.c.id.in_(tuple(ids))).order_by(conversations.c.active_at.desc())
    moment = now()
    return [row_of(row, moment) for row in connection.execute(query)]


def row_of(row: Any, moment: datetime) -> Row:
    """A row of the inbox at a moment (UTC)."""
    asked_at = from_naive_utc(row.asked_at) if row.asked_at else None
    waits = row.staff == ""
    ours = row.last_said > (row.team_said or 0)
    return Row(
        id=row.id,
        channel=row.channel,
        active_at=from_naive_utc(row.active_at),
        staff=row.staff or "",
        assignee=row.assignee or "",
        asked_at=asked_at,
        turn="assistant" if row.mode == "bot" else "team" if waits or ours else "visitor",
        alert=row.alert or "",
        alert_at=from_naive_utc(row.alert_at) if row.alert_at else None,
        held=bool(row.held),
        late=waits and asked_at is not None and moment - asked_at > LATE,
        unread=row.last_said > (row.team_read or 0),
        can_be_reached=bool(row.reference or row.email or row.phone or row.channel != "web"),
        topic=row.topic or "",
        reference=row.reference or "",
        name=next((one for one in (row.name, row.request_name) if one and one != NO_NAME), ""),
        words=(row.question if waits else "") or row.text or "",
    )


def _summary(connection: Connection, conversation_id: str, column: Any) -> int:
    found = connection.execute(select(column).where(summaries.c.conversation_id == conversation_id)).scalar()
    return int(found or 0)
