"""Where Rasa keeps conversations (SQLite in LAMOON_DATA, or the PostgreSQL of LAMOON_DATABASE_URL) and forgets them."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy.engine import make_url

from lamoon.settings import load_settings

FORGET_SLOT = "forget_conversation"


class ConversationStore(SQLTrackerStore):
    """Rasa's SQL tracker store, placed by our settings, which deletes a conversation on its visitor's request."""

    def __init__(self, domain: Domain, event_broker: EventBroker | None = None, **kwargs: Any) -> None:
        """Opens the database (called by Rasa)."""
        settings = load_settings()
        url = make_url(settings.database_url.reveal())
        if url.get_backend_name() == "sqlite":
            settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
            super().__init__(domain, db=str(settings.data / "conversations.db"), event_broker=event_broker)
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

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Saves what is new; deletes everything instead where the visitor asked to be forgotten."""
        if tracker.get_slot(FORGET_SLOT):
            self.forget(tracker.sender_id)
        else:
            await super().save(tracker)

    def forget(self, sender_id: str) -> None:
        """Deletes every event of a conversation."""
        with self.session_scope() as session:
            session.query(self.SQLEvent).filter(self.SQLEvent.sender_id == sender_id).delete()
            session.commit()


def _protect(connection: Any, _: Any) -> None:
    """Deleted rows are overwritten, and writers wait for each other."""
    for pragma in ("journal_mode = WAL", "busy_timeout = 15000", "secure_delete = ON"):
        connection.execute(f"PRAGMA {pragma}")
