"""Where Rasa keeps conversations (SQLite in LAMOON_DATA, or the PostgreSQL of LAMOON_DATABASE_URL) and forgets them."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Iterator
from itertools import islice
from typing import Any, Final

import sqlalchemy as sa
from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event, SessionStarted
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session, sessionmaker

from lamoon.data_folder import open_data_folder
from lamoon.nlu.recent_history import shortened
from lamoon.settings import load_settings

FORGET_SLOT = "forget_conversation"
MOST_LIVE: Final = 100
LAST_ROW: Final = sa.text("SELECT id FROM events WHERE sender_id = :sender ORDER BY id DESC LIMIT 1")
STORED: Final = "lamoon_stored_events"  # attribute of a tracker: how many of its events the database has


class ConversationStore(SQLTrackerStore):
    """Rasa's SQL tracker store, placed by our settings, which deletes a conversation on its visitor's request.

    Recent conversations are kept live and short, so that the 500th turn costs what the first does. Before one is used
    the database is asked for its last event: what another server wrote, or deleted, is seen.
    """

    def __init__(self, domain: Domain, event_broker: EventBroker | None = None, **kwargs: Any) -> None:
        """Opens the database (called by Rasa)."""
        settings = load_settings()
        url = make_url(settings.database_url.reveal())
        if url.get_backend_name() == "sqlite":
            path = open_data_folder(settings) / "conversations.db"
            super().__init__(domain, db=str(path), event_broker=event_broker)
            # By default a file is opened and closed for every query, which costs milliseconds a turn.
            self.engine = sa.create_engine(f"sqlite:///{path}", poolclass=sa.pool.QueuePool)
            self.sessionmaker = sessionmaker(bind=self.engine)
            sa.event.listen(self.engine, "connect", _protect)
        else:
            super().__init__(
                domain,
                dialect=url.drivername,
                host=url.host,
                port=url.port,
                db=url.database or "",
                username=url.username,
                password=url.password,
                query=dict(url.query),
                event_broker=event_broker,
            )
        self._live: OrderedDict[str, tuple[DialogueStateTracker, int]] = OrderedDict()  # with the id of the last row
        # "The last event of a conversation" must not read all of them.
        with self.session_scope() as session:
            session.execute(sa.text("CREATE INDEX IF NOT EXISTS events_of_conversation ON events (sender_id, id)"))
            session.commit()

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The conversation since its last session start: the live one, or as the database has it."""
        last_row = self._last_row(sender_id)
        tracker, row = self._live.pop(sender_id, (None, None))
        if last_row is None:
            return None
        # More events than stored: a turn failed before it was saved, and its remains must not be used.
        if tracker is None or row != last_row or len(tracker.events) != vars(tracker)[STORED]:
            tracker = await super().retrieve(sender_id)
        return self._keep(tracker, last_row) if tracker else None

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Saves what is new; deletes everything instead where the visitor asked to be forgotten."""
        if tracker.get_slot(FORGET_SLOT):
            self.forget(tracker.sender_id)
            return
        if STORED not in vars(tracker) and self._last_row(tracker.sender_id) is None:
            vars(tracker)[STORED] = 0  # a new conversation: nothing need be counted
        # After a session start Rasa wants to see the new session only: it is read from the database.
        goes_on = STORED in vars(tracker) and not any(
            isinstance(event, SessionStarted) for event in self._additional_events(None, tracker)
        )
        self._live.pop(tracker.sender_id, None)
        await self.stream_events(tracker)
        last_row = self._append(tracker)
        if goes_on and last_row:
            self._keep(tracker, last_row)
        else:
            vars(tracker).pop(STORED, None)

    def forget(self, sender_id: str) -> None:
        """Deletes every event of a conversation."""
        self._live.pop(sender_id, None)
        with self.session_scope() as session:
            session.query(self.SQLEvent).filter(self.SQLEvent.sender_id == sender_id).delete()
            session.commit()
            if self.engine.dialect.name == "sqlite":
                session.execute(sa.text("PRAGMA wal_checkpoint(TRUNCATE)"))  # the write-ahead log holds the words too

    def move_back(self, sender_id: str, seconds: float) -> bool:
        """Makes every event of a conversation so much older; False when there is none."""
        self._live.pop(sender_id, None)
        with self.session_scope() as session:
            events = session.query(self.SQLEvent).filter(self.SQLEvent.sender_id == sender_id).all()
            for event in events:
                event.timestamp -= seconds
                event.data = json.dumps({**json.loads(event.data), "timestamp": event.timestamp})
            session.commit()
            return bool(events)

    async def stream_events(self, tracker: DialogueStateTracker) -> None:
        """Tells a message broker, where there is one, what is new."""
        if self.event_broker is not None and STORED in vars(tracker):
            new = list(self._additional_events(None, tracker))
            await self._stream_new_events(self.event_broker, new, tracker.sender_id)
        else:
            await super().stream_events(tracker)

    def _append(self, tracker: DialogueStateTracker) -> int | None:
        """Writes what is new in one statement; Rasa makes an object of each event. Returns the id of the last row."""
        with self.session_scope() as session:
            rows = [_row(tracker.sender_id, event) for event in self._additional_events(session, tracker)]
            if rows:
                session.execute(sa.insert(self.SQLEvent.__table__), rows)
                session.commit()
            return _last_row(session, tracker.sender_id)

    def _additional_events(self, session: Session | None, tracker: DialogueStateTracker) -> Iterator[Event]:
        """What of the tracker the database has not; Rasa would count the rows."""
        stored = vars(tracker).get(STORED)
        if stored is None:
            return iter(super()._additional_events(session, tracker))
        return islice(tracker.events, stored, None)

    def _keep(self, tracker: DialogueStateTracker, last_row: int) -> DialogueStateTracker:
        short = shortened(tracker)
        vars(short)[STORED] = len(short.events)
        self._live[short.sender_id] = short, last_row
        while len(self._live) > MOST_LIVE:
            self._live.popitem(last=False)
        return short

    def _last_row(self, sender_id: str) -> int | None:
        with self.session_scope() as session:
            return _last_row(session, sender_id)


def _last_row(session: Session, sender_id: str) -> int | None:
    found: int | None = session.execute(LAST_ROW, {"sender": sender_id}).scalar()
    return found


def _row(sender_id: str, event: Event) -> dict[str, Any]:
    """The columns of an event, as Rasa fills them."""
    data = event.as_dict()
    return {
        "sender_id": sender_id,
        "type_name": event.type_name,
        "timestamp": data.get("timestamp"),
        "intent_name": data.get("parse_data", {}).get("intent", {}).get("name"),
        "action_name": data.get("name"),
        "data": json.dumps(data),
    }


def _protect(connection: Any, _: Any) -> None:
    """Deleted rows are overwritten, and writers wait for each other; with WAL, NORMAL loses nothing in a crash of ours."""
    for pragma in ("journal_mode = WAL", "synchronous = NORMAL", "busy_timeout = 15000", "secure_delete = ON"):
        connection.execute(f"PRAGMA {pragma}")
