"""Conversations as the inbox shows them, and the team's notes. All methods block: call them in a thread."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, null, select
from sqlalchemy.engine import Connection

from lamoon.chat.model import Conversation, Message
from lamoon.chat.records import find_conversation, message_of
from lamoon.contract import HEALTH_RECORD, SANDBOX, HealthView
from lamoon.storage.database import Database
from lamoon.storage.tables import conversations, handovers, messages, notes, requests, turns
from lamoon.storage.time import from_naive_utc, now, to_naive_utc

MOST_ROWS = 30
MOST_MESSAGES = 200
_REAL = conversations.c.channel != SANDBOX
_QUESTION = (
    select(requests.c.wish)
    .where(requests.c.chat_id == conversations.c.id, requests.c.kind == "handoff")
    .order_by(requests.c.id.desc())
    .limit(1)
    .scalar_subquery()
    .label("question")
)
_ROWS = (
    select(
        conversations.c.id,
        conversations.c.channel,
        conversations.c.active_at,
        handovers.c.staff,
        handovers.c.asked_at,
        messages.c.text,
    )
    .select_from(conversations)
    .outerjoin(messages, messages.c.id == conversations.c.last_said)
)
_WITH_HANDOVER = (
    _ROWS.add_columns(_QUESTION).join(handovers, handovers.c.conversation_id == conversations.c.id).where(_REAL)
)
_WITHOUT = (
    _ROWS.add_columns(null().label("question"))
    .outerjoin(handovers, handovers.c.conversation_id == conversations.c.id)
    .where(_REAL, conversations.c.mode == "bot", conversations.c.last_said > 0)
)


@dataclass(frozen=True)
class Row:
    """A conversation in a list: `staff` owns it, `asked_at` is when a person was asked for.

    `words` are the visitor's last; while they wait for a person, their question for the team.
    """

    id: str
    channel: str
    active_at: datetime
    staff: str
    asked_at: datetime | None
    words: str = field(repr=False)


@dataclass(frozen=True)
class Lists:
    """The inbox: who waits, what the team has, and what the assistant answers, latest first."""

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

    `messages` are in order, of all runs. `holds_since` is None when the assistant holds no booking. `health` is the
    health record after the latest turn.
    """

    conversation: Conversation
    staff: str
    asked_at: datetime | None
    messages: Sequence[Message]
    is_cut: bool
    notes: Sequence[Note]
    holds_since: datetime | None
    health: HealthView


class Conversations:
    """The conversations of one database, as the team reads them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def lists(self, channel: str = "", staff: str = "", before: datetime | None = None) -> Lists:
        """The inbox: of one `channel` or all, of the team's only what `staff` owns or all; recent ones `before` a
        moment.
        """
        ours = _WITH_HANDOVER.where(conversations.c.channel == channel) if channel else _WITH_HANDOVER
        theirs = _WITHOUT.where(conversations.c.channel == channel) if channel else _WITHOUT
        theirs = theirs.where(conversations.c.active_at < to_naive_utc(before)) if before else theirs
        waiting = ours.where(handovers.c.staff == "").order_by(handovers.c.asked_at)
        team = ours.where(handovers.c.staff == staff if staff else handovers.c.staff != "")
        with self._database.reading("read the inbox") as connection:
            return Lists(
                *(
                    [_row(row) for row in connection.execute(query.limit(MOST_ROWS)).all()]
                    for query in (
                        waiting,
                        team.order_by(conversations.c.active_at.desc()),
                        theirs.order_by(conversations.c.active_at.desc()),
                    )
                )
            )

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
                staff=handover.staff if handover else "",
                asked_at=from_naive_utc(handover.asked_at) if handover and handover.asked_at else None,
                messages=[message_of(row) for row in reversed(rows[:MOST_MESSAGES])],
                is_cut=len(rows) > MOST_MESSAGES,
                notes=[Note(row.staff, from_naive_utc(row.at), row.text) for row in connection.execute(noted).all()],
                holds_since=held_since(connection, [conversation_id]).get(conversation_id),
                health=_latest_health(connection, conversation_id),
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


def _latest_health(connection: Connection, conversation_id: str) -> HealthView:
    latest = select(turns.c.details).where(turns.c.conversation_id == conversation_id)
    details = connection.execute(latest.order_by(turns.c.message_id.desc()).limit(1)).scalar() or {}
    return HealthView.from_json({"record": (details.get("slots") or {}).get(HEALTH_RECORD)})


def _row(row: Any) -> Row:
    asked_at = from_naive_utc(row.asked_at) if row.asked_at else None
    words = (row.question if not row.staff else "") or row.text or ""
    return Row(row.id, row.channel, from_naive_utc(row.active_at), row.staff or "", asked_at, words)
