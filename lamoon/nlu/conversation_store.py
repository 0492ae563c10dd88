"""Rasa's tracker store: conversations in SQLite (in LAMOON_DATA) or the PostgreSQL of LAMOON_DATABASE_URL.

A database fault fails the turn. Rasa wraps every tracker store in one that falls back to memory and answers the turn
from an empty conversation; `forbid_memory_fallback` removes that wrapper, so that a condition named by a visitor is
either stored, or the message is answered again later.
"""

from __future__ import annotations

import asyncio
import json
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from contextvars import ContextVar
from itertools import islice
from typing import Any, Final, TypeVar

import sqlalchemy as sa
from rasa.core.agent import Agent
from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import InMemoryTrackerStore, TrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, Event, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy.engine import Connection, make_url

from lamoon.contract import FORGET_CONVERSATION
from lamoon.data_folder import open_data_folder
from lamoon.errors import StoreError
from lamoon.settings import load_settings
from lamoon.storage.database import Database
from lamoon.storage.tracker_table import FILE, events, metadata

KEPT_TURNS = 4  # one more than MemoizationPolicy and any rule look back
MOST_TURNS = 8


def shortened(tracker: DialogueStateTracker) -> DialogueStateTracker:
    """Return the tracker itself while it has at most `MOST_TURNS` messages, otherwise a copy with its last
    `KEPT_TURNS`.

    Rasa's policies and every call of the action server process all events. A shortened tracker starts with the slots
    and the open form as they were, so its predictions are those of the full one; the database keeps every event.
    """
    events = list(tracker.events)
    turns = [at for at, event in enumerate(events) if isinstance(event, UserUttered)]
    if len(turns) <= MOST_TURNS:
        return tracker
    cut = turns[-KEPT_TURNS]
    short = tracker.init_copy()
    short.model_id, short.assistant_id = tracker.model_id, tracker.assistant_id
    for event in (*_summary(tracker, events[:cut]), *events[cut:]):
        short.update(event)
    return short


def _summary(tracker: DialogueStateTracker, events: list[Event]) -> list[Event]:
    """Return events that bring a new tracker into the state after these; the bot then waits for the next message."""
    past = tracker.init_copy()
    for event in events:
        past.update(event)
    when = events[-1].timestamp
    summary: list[Event] = [
        SlotSet(name, slot.value, timestamp=when)
        for name, slot in past.slots.items()
        if slot.value != slot.initial_value
    ]
    if past.active_loop:
        # The same event: its time identifies this run of the form, so that a request is never stored twice.
        summary.append(next(event for event in reversed(events) if isinstance(event, ActiveLoop)))
    return [*summary, ActionExecuted(ACTION_LISTEN_NAME, timestamp=when)]


MOST_LIVE: Final = 100
STORED: Final = "lamoon_stored_events"  # attribute of a tracker: how many of its events the database has
MADE_FOR: Final = "lamoon_made_for"  # attribute of a tracker: the count of domains when it was read
Result = TypeVar("Result")

last_saved: Final[ContextVar[DialogueStateTracker | None]] = ContextVar("last_saved", default=None)
"""The conversation as last saved in the current request; it must not be changed."""

_THEIRS = events.c.sender_id == sa.bindparam("sender")
_LAST_ROW = sa.select(sa.func.max(events.c.id)).where(_THEIRS)
_ALL_DATA = sa.select(events.c.data).where(_THEIRS).order_by(events.c.id)
_SESSION_START = sa.func.coalesce(
    sa.select(sa.func.max(events.c.timestamp))
    .where(_THEIRS, events.c.type_name == SessionStarted.type_name)
    .scalar_subquery(),
    sa.literal(0.0),
)
_IN_SESSION = events.c.timestamp >= _SESSION_START
_SESSION_DATA = _ALL_DATA.where(_IN_SESSION)
_SAID = sa.select(events.c.data).where(_THEIRS, events.c.type_name == UserUttered.type_name).order_by(events.c.id)
_LATEST_VALUE = (
    sa.select(events.c.data)
    .where(_THEIRS, events.c.type_name == SlotSet.type_name, events.c.action_name == sa.bindparam("slot"))
    .order_by(events.c.id.desc())
    .limit(1)
)
_COUNT = sa.select(sa.func.count()).select_from(events).where(_THEIRS, _IN_SESSION)


def forbid_memory_fallback() -> None:
    """Make every agent of this process use its tracker store directly, so that errors reach the caller."""

    def unwrapped(store: TrackerStore | None, domain: Domain) -> TrackerStore:
        found = store or InMemoryTrackerStore(domain)  # without endpoints (training, checks) nothing is stored anyway
        found.domain = domain
        return found

    Agent._create_tracker_store = staticmethod(unwrapped)


class ConversationStore(TrackerStore):
    """A tracker store that also deletes a conversation at its visitor's request.

    Recent conversations stay in memory, shortened, so that the 500th turn costs as much as the first. The last event is
    read from the database before each use, so writes and deletions by another server are noticed. The database is used
    in threads, so a conversation that waits for a lock does not delay others. Raises StoreError (without a visitor's
    words) when the database fails.
    """

    def __init__(self, domain: Domain, event_broker: EventBroker | None = None, **kwargs: Any) -> None:
        """Open the database (called by Rasa before it makes its agent)."""
        super().__init__(domain, event_broker)
        forbid_memory_fallback()
        settings = load_settings()
        url = make_url(settings.database_url.reveal())
        if url.get_backend_name() == "sqlite":
            url = make_url(f"sqlite:///{open_data_folder(settings) / FILE}")  # a separate writer
        self.database = Database(url.render_as_string(hide_password=False), metadata)
        self.database.scrub()  # a killed server's last deletions may still be in SQLite's log
        self._live: OrderedDict[str, tuple[DialogueStateTracker, int]] = OrderedDict()  # with the id of the last row
        self._seen_domain, self._domains = self.domain, 0

    def _domain_number(self) -> int:
        """Count the domains: a changed model brings another one, and trackers in memory have the slots of theirs."""
        if self.domain is not self._seen_domain:
            self._seen_domain, self._domains = self.domain, self._domains + 1
        return self._domains

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """Return the conversation since its last session start: from memory, or from the database."""
        tracker, row = self._live.pop(sender_id, (None, None))
        last_row = await self._last_row(sender_id)
        if last_row is None:
            return None
        # More events than stored: a turn failed before it was saved, and its leftovers must not be used.
        is_whole = tracker is not None and row == last_row and len(tracker.events) == vars(tracker)[STORED]
        if tracker is None or not is_whole or vars(tracker)[MADE_FOR] != self._domain_number():
            tracker = await self._read(sender_id, _SESSION_DATA)
        return self._keep(tracker, last_row) if tracker else None

    async def retrieve_full_tracker(self, conversation_id: str) -> DialogueStateTracker | None:
        """Return the conversation with the events of all its sessions."""
        return await self._read(conversation_id, _ALL_DATA)

    async def latest_value(self, sender_id: str, slot: str) -> Any:
        """Return the latest value of a slot; None if it was never set."""
        place = {"sender": sender_id, "slot": slot}
        found = await self._reading("read a slot", lambda connection: connection.execute(_LATEST_VALUE, place).scalar())
        return json.loads(found)["value"] if found else None

    async def said(self, sender_id: str) -> Sequence[UserUttered]:
        """Return the visitor's messages of all sessions, oldest first."""
        place = {"sender": sender_id}
        found = await self._reading(
            "read messages", lambda connection: connection.execute(_SAID, place).scalars().all()
        )
        return [UserUttered._from_parameters(json.loads(data)) for data in found]

    async def keys(self) -> Iterable[str]:
        """Return the names of all conversations."""

        def names(connection: Connection) -> list[str]:
            return list(connection.execute(sa.select(events.c.sender_id).distinct()).scalars())

        return await self._reading("list conversations", names)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Save new events; delete the conversation instead when the visitor asked for that."""
        if tracker.get_slot(FORGET_CONVERSATION):
            await self.forget(tracker.sender_id)
            last_saved.set(None)
            return
        if STORED not in vars(tracker) and await self._last_row(tracker.sender_id) is None:
            vars(tracker)[STORED] = 0  # a new conversation: no need to count
        new = await self._new_events(tracker)
        # After a session start Rasa expects only the new session: it is read from the database.
        goes_on = STORED in vars(tracker) and not any(isinstance(event, SessionStarted) for event in new)
        self._live.pop(tracker.sender_id, None)
        if self.event_broker is not None:  # before the commit: a repeated turn is published at least once
            await self._stream_new_events(self.event_broker, new, tracker.sender_id)
        rows = [_row(tracker.sender_id, event) for event in new]
        last_row = await asyncio.to_thread(self._append, tracker.sender_id, rows)
        last_saved.set(tracker)
        if goes_on and last_row:
            self._keep(tracker, last_row)
        else:
            vars(tracker).pop(STORED, None)

    async def forget(self, sender_id: str) -> None:
        """Delete every event of a conversation."""
        self._live.pop(sender_id, None)

        def delete() -> None:
            with self.database.writing("delete a conversation") as connection:
                connection.execute(sa.delete(events).where(events.c.sender_id == sender_id))
            if not self.database.scrub():
                raise StoreError("SQLite's log, which may hold deleted words, is in use by another program")

        await asyncio.to_thread(delete)

    async def rewrite(self, sender_id: str, change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
        """Rewrite the events of a conversation, oldest first; other servers reload it."""
        self._live.pop(sender_id, None)

        def write() -> None:
            with self.database.writing("change a conversation") as connection:
                theirs = sa.select(events).where(events.c.sender_id == sender_id).order_by(events.c.id)
                rows = connection.execute(theirs).mappings().all()
                for row in rows:
                    data = json.dumps(change(json.loads(row["data"])))
                    connection.execute(sa.update(events).where(events.c.id == row["id"]).values(data=data))
                if rows:  # the id of the last row shows servers that have the conversation in memory that it changed
                    again = {name: value for name, value in row.items() if name not in ("id", "data")}
                    connection.execute(sa.insert(events).values(**again, data=data))
                    connection.execute(sa.delete(events).where(events.c.id == row["id"]))
            if not self.database.scrub():
                raise StoreError("SQLite's log, which may hold deleted words, is in use by another program")

        await asyncio.to_thread(write)

    async def move_back(self, sender_id: str, seconds: float) -> bool:
        """Shift every event of a conversation into the past; False when it does not exist."""
        self._live.pop(sender_id, None)

        def move() -> bool:
            with self.database.writing("move a conversation in time") as connection:
                rows = connection.execute(sa.select(events).where(events.c.sender_id == sender_id)).all()
                for row in rows:
                    at = row.timestamp - seconds
                    data = json.dumps({**json.loads(row.data), "timestamp": at})
                    connection.execute(sa.update(events).where(events.c.id == row.id).values(timestamp=at, data=data))
                return bool(rows)

        return await asyncio.to_thread(move)

    async def _new_events(self, tracker: DialogueStateTracker) -> Sequence[Event]:
        """Return the tracker's events that the database lacks."""
        stored = vars(tracker).get(STORED)
        if stored is None:
            place = {"sender": tracker.sender_id}
            stored = await self._reading("count events", lambda connection: connection.execute(_COUNT, place).scalar())
        return list(islice(tracker.events, stored, None))

    def _append(self, sender_id: str, rows: list[dict[str, Any]]) -> int | None:
        """Write events in one transaction; return the id of the conversation's last row."""
        with self.database.writing("keep a turn") as connection:
            if rows:
                connection.execute(sa.insert(events), rows)
            return _last_row(connection, sender_id)

    def _keep(self, tracker: DialogueStateTracker, last_row: int) -> DialogueStateTracker:
        short = shortened(tracker)
        vars(short)[STORED] = len(short.events)
        vars(short)[MADE_FOR] = vars(tracker).get(MADE_FOR, self._domain_number())
        self._live[short.sender_id] = short, last_row
        while len(self._live) > MOST_LIVE:
            self._live.popitem(last=False)
        return short

    async def _last_row(self, sender_id: str) -> int | None:
        return await self._reading("look for a conversation", lambda connection: _last_row(connection, sender_id))

    async def _read(self, sender_id: str, query: Any) -> DialogueStateTracker | None:
        found = await self._reading(
            "read a conversation", lambda connection: connection.execute(query, {"sender": sender_id}).scalars().all()
        )
        if not found:
            return None
        tracker: DialogueStateTracker = DialogueStateTracker.from_dict(
            sender_id, [json.loads(data) for data in found], self.domain.slots
        )
        return tracker

    async def _reading(self, what: str, work: Callable[[Connection], Result]) -> Result:
        def read() -> Result:
            with self.database.reading(what) as connection:
                return work(connection)

        return await asyncio.to_thread(read)


def _last_row(connection: Connection, sender_id: str) -> int | None:
    found: int | None = connection.execute(_LAST_ROW, {"sender": sender_id}).scalar()
    return found


def _row(sender_id: str, event: Event) -> dict[str, Any]:
    """Return the columns of an event, as Rasa fills them."""
    data = event.as_dict()
    return {
        "sender_id": sender_id,
        "type_name": event.type_name,
        "timestamp": data.get("timestamp"),
        "intent_name": data.get("parse_data", {}).get("intent", {}).get("name"),
        "action_name": data.get("name"),
        "data": json.dumps(data),
    }
