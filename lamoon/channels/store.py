"""What channels store: people, handled events, and pending deliveries.

All methods block: call them in a thread. They raise StoreError when the database fails, GoneError when the conversation
was deleted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import and_, bindparam, delete, func, insert, not_, or_, select, update
from sqlalchemy.engine import Connection, Row
from sqlalchemy.sql import ColumnElement

from lamoon.channels.window import AS_USUAL, Template, Windows
from lamoon.chat.model import Author, Conversation, Draft, Message
from lamoon.chat.records import find_conversation, message_of, say
from lamoon.storage.database import Database
from lamoon.storage.tables import conversations, deliveries, events, messages, people
from lamoon.storage.time import from_naive_utc, now, to_naive_utc


@dataclass(frozen=True)
class Reachability:
    """`until`: when the messaging window closes, None without a limit; `is_past`: it has closed.

    `stopped`: they asked for no more messages. `undelivered`: why messages did not arrive, by their ids.
    """

    until: datetime | None
    is_past: bool
    stopped: bool
    undelivered: Mapping[int, str]


def reachability(people: ChannelStore, conversation_id: str, *, by_team: bool = True) -> Reachability | None:
    """Reachability of the person in a conversation, for what the team writes or for notices; None on the website.
    Blocks. Raises StoreError.
    """
    person = people.person_of(conversation_id)
    if person is None:
        return None
    length = people.windows.length(person.conversation.channel, by_team=by_team)
    until = person.heard_at + length if length else None
    is_past = until is not None and until <= now()
    return Reachability(until, is_past, person.stopped, people.undelivered(conversation_id))


DUE, SENT, FAILED, UNWANTED = "due", "sent", "failed", "unwanted"
STOPPED = "they asked for no more messages"
MEMORY = timedelta(days=8)
"""How long handled events are remembered: no platform redelivers after a week."""

# After "stop" only its confirmation goes out. Never NULL, so that it can be negated.
_HELD_BACK = and_(people.c.stopped.is_(True), people.c.last_wanted.is_distinct_from(deliveries.c.message_id))
_ON_ITS_WAY = and_(deliveries.c.state == DUE, not_(_HELD_BACK))
_WITH_PEOPLE = deliveries.outerjoin(people, people.c.conversation_id == deliveries.c.conversation_id)

# Compiled once, because every message needs it.
_KNOWN = select(events.c.id).where(events.c.id == bindparam("event"))
_NEXT = (
    select(messages, deliveries.c.parts_sent, deliveries.c.attempts, deliveries.c.due_at.label("retry_at"))
    .add_columns(conversations.c.channel, conversations.c.address, deliveries.c.template, people.c.heard_at)
    .select_from(_WITH_PEOPLE)
    .join(messages, messages.c.id == deliveries.c.message_id)
    .join(conversations, conversations.c.id == deliveries.c.conversation_id)
    .where(deliveries.c.conversation_id == bindparam("conversation"), _ON_ITS_WAY)
    .order_by(deliveries.c.message_id)
    .limit(1)
)


@dataclass(frozen=True)
class Person:
    """A person on a platform. `heard_at` is when they last wrote."""

    conversation: Conversation
    heard_at: datetime
    stopped: bool = False
    asked_to_delete: int | None = None


@dataclass(frozen=True)
class Delivery:
    """A message being delivered: parts that arrived, attempts at the next one, and when it may be tried."""

    message: Message
    conversation_id: str
    channel: str
    address: str = field(repr=False)
    parts_sent: int
    attempts: int
    due_at: datetime | None
    is_late: bool = False
    """The platform's usual window for answers has closed."""
    template: Template | None = None


class ChannelStore:
    """The channels' part of a database. `windows`: what goes out after the window for answers."""

    def __init__(self, database: Database, windows: Windows = AS_USUAL) -> None:
        self._database = database
        self.windows = windows

    def person(self, channel: str, address: str) -> Person | None:
        """The person with this address, None when nothing is stored about them."""
        theirs = and_(conversations.c.channel == channel, conversations.c.address == address)
        return self._person(theirs)

    def person_of(self, conversation_id: str) -> Person | None:
        """The person in this conversation, None on the website."""
        return self._person(and_(conversations.c.id == conversation_id, conversations.c.address.is_not(None)))

    def knows(self, event_id: str) -> bool:
        """Whether this event was handled already."""
        with self._database.reading("look for events") as connection:
            return connection.execute(_KNOWN, {"event": event_id}).first() is not None

    def note(self, event_id: str, conversation_id: str | None, *, writes: bool) -> None:
        """Records an event as handled; `writes` when it was a message, which opens the messaging window."""
        with self._database.writing("note an event") as connection:
            if not connection.execute(_KNOWN, {"event": event_id}).first():
                connection.execute(insert(events).values(id=event_id, at=to_naive_utc(now())))
            if conversation_id and writes and _is_there(connection, conversation_id):
                _change(connection, conversation_id, heard_at=to_naive_utc(now()))

    def resume(self, conversation_id: str) -> None:
        """Ends "stop" because the person writes again; messages sent meanwhile stay unwanted."""
        with self._database.writing("note an end of silence") as connection:
            _change(connection, conversation_id, stopped=False, last_wanted=None)
            connection.execute(update(deliveries).where(_due_in(conversation_id)).values(state=UNWANTED))

    def ask_to_delete(self, conversation_id: str, message_id: int | None) -> None:
        """Records which message asks whether to delete everything; None: none does."""
        with self._database.writing("note a question") as connection:
            _change(connection, conversation_id, asked_to_delete=message_id)

    def stop(self, conversation_id: str, last_wanted: int | None) -> None:
        """Blocks messages after `last_wanted` until the person writes again; undelivered ones are dropped."""
        with self._database.writing("note a stop") as connection:
            _change(connection, conversation_id, stopped=True, last_wanted=last_wanted)
            others = and_(_due_in(conversation_id), deliveries.c.message_id != (last_wanted or 0))
            connection.execute(update(deliveries).where(others).values(state=UNWANTED))

    def say(self, conversation_id: str, draft: Draft, name: str) -> int:
        """Stores a notice and returns its id; repeating `name` changes nothing."""
        with self._database.writing("keep a message") as connection:
            return say(connection, conversation_id, "system", draft, name)

    def show(self, conversation_id: str, draft: Draft, name: str) -> int:
        """Stores the placeholder of something that the person sent and that is not text; repeating `name` changes nothing."""
        with self._database.writing("keep a message") as connection:
            return say(connection, conversation_id, "visitor", draft, name)

    def platform_id(self, message_id: int) -> str:
        """The platform's id of one of our messages, empty where it is not known."""
        query = select(deliveries.c.platform_id).where(deliveries.c.message_id == message_id)
        with self._database.reading("look for a message") as connection:
            return connection.execute(query).scalar() or ""

    def say_by_template(
        self, conversation_id: str, author: Author, draft: Draft, name: str, template: Template
    ) -> None:
        """Stores a message that is sent by an approved template; repeating `name` changes nothing. Raises GoneError."""
        with self._database.writing("keep a message") as connection:
            message_id = say(connection, conversation_id, author, draft, name)
            late = update(deliveries).where(deliveries.c.message_id == message_id, deliveries.c.state == DUE)
            connection.execute(late.values(template=template.as_row()))

    def due(self) -> Sequence[str]:
        """Conversations with due deliveries, longest first."""
        query = select(deliveries.c.conversation_id).select_from(_WITH_PEOPLE).where(_ON_ITS_WAY)
        query = query.group_by(deliveries.c.conversation_id).order_by(func.min(deliveries.c.message_id))
        with self._database.reading("look for deliveries") as connection:
            return list(connection.execute(query).scalars())

    def next_delivery(self, conversation_id: str) -> Delivery | None:
        """The conversation's first message to deliver; unwanted ones are skipped."""
        with self._database.reading("look for a delivery") as connection:
            row = connection.execute(_NEXT, {"conversation": conversation_id}).first()
        return self._delivery(row) if row else None

    def part_sent(self, message_id: int, parts_sent: int, *, last: bool, platform_id: str = "") -> None:
        """Records so many parts as accepted, and the platform's id of the last one; a failure report may have arrived
        meanwhile.
        """
        changes = {"parts_sent": parts_sent, "attempts": 0, "due_at": None, "state": SENT if last else DUE}
        changes |= {"platform_id": platform_id} if platform_id else {}
        self._deliver("note what arrived", message_id, changes, deliveries.c.state != FAILED)

    def put_off(self, message_id: int, attempts: int, seconds: float, reason: str) -> None:
        """Schedules the next attempt in so many seconds."""
        due_at = to_naive_utc(now() + timedelta(seconds=seconds))
        self._deliver("put a message off", message_id, {"attempts": attempts, "due_at": due_at, "reason": reason})

    def failed(self, message_id: int, reason: str) -> None:
        """Gives the message up; staff see why."""
        self._deliver("note a failure", message_id, {"state": FAILED, "reason": reason})

    def lost(self, channel: str, message_id: int, reason: str) -> str | None:
        """Marks a message sent on this channel as undelivered; returns its conversation, None when the channel has no
        such message.
        """
        ours = (deliveries.c.message_id == message_id, conversations.c.channel == channel)
        query = select(conversations.c.id).join(deliveries, deliveries.c.conversation_id == conversations.c.id)
        with self._database.reading("look for a message that was lost") as connection:
            conversation_id: str | None = connection.execute(query.where(*ours)).scalar()
        if conversation_id is not None:
            self.failed(message_id, reason)
        return conversation_id

    def undelivered(self, conversation_id: str) -> dict[int, str]:
        """Why messages of this conversation did not arrive, by message id."""
        query = select(deliveries.c.message_id, deliveries.c.state, deliveries.c.reason).select_from(_WITH_PEOPLE)
        query = query.where(deliveries.c.conversation_id == conversation_id)
        query = query.where(or_(deliveries.c.state.in_((FAILED, UNWANTED)), _HELD_BACK & (deliveries.c.state == DUE)))
        with self._database.reading("look for failures") as connection:
            rows = connection.execute(query).all()
        return {row.message_id: row.reason if row.state == FAILED else STOPPED for row in rows}

    def forget_old(self) -> None:
        """Forgets events too old to be redelivered."""
        with self._database.writing("forget events") as connection:
            connection.execute(delete(events).where(events.c.at < to_naive_utc(now() - MEMORY)))

    def _deliver(self, what: str, message_id: int, changes: Mapping[str, object], *so: ColumnElement[bool]) -> None:
        theirs = update(deliveries).where(deliveries.c.message_id == message_id, *so)
        with self._database.writing(what) as connection:
            connection.execute(theirs.values(changes))

    def _delivery(self, row: Row) -> Delivery:
        due_at = from_naive_utc(row.retry_at) if row.retry_at else None
        length = self.windows.length(row.channel, by_team=False)
        late = bool(length and row.heard_at and from_naive_utc(row.heard_at) + length <= now())
        place = (row.conversation_id, row.channel, row.address)
        template = Template.of_row(row.template)
        return Delivery(message_of(row), *place, row.parts_sent, row.attempts, due_at, late, template)

    def _person(self, who: object) -> Person | None:
        query = select(conversations, people.c.heard_at, people.c.stopped, people.c.asked_to_delete).where(who)
        query = query.select_from(conversations.outerjoin(people, people.c.conversation_id == conversations.c.id))
        with self._database.reading("look for a person") as connection:
            row = connection.execute(query).first()
            conversation = find_conversation(connection, row.id) if row else None
        if row is None or conversation is None:
            return None
        return Person(
            conversation, from_naive_utc(row.heard_at or row.active_at), bool(row.stopped), row.asked_to_delete
        )


def _due_in(conversation_id: str) -> ColumnElement[bool]:
    return and_(deliveries.c.conversation_id == conversation_id, deliveries.c.state == DUE)


def _is_there(connection: Connection, conversation_id: str) -> bool:
    return (
        connection.execute(select(conversations.c.id).where(conversations.c.id == conversation_id)).first() is not None
    )


def _change(connection: Connection, conversation_id: str, **values: object) -> None:
    """Updates a person's row, creating it if needed."""
    theirs = people.c.conversation_id == conversation_id
    if not connection.execute(update(people).where(theirs).values(values)).rowcount:
        fresh = {"heard_at": to_naive_utc(now()), "stopped": False} | values
        connection.execute(insert(people).values(conversation_id=conversation_id, **fresh))
