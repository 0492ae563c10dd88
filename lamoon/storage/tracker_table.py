"""The table of Rasa's conversations: in SQLite in its own file, in PostgreSQL next to the other tables. It has no
revisions: it has the layout of Rasa's SQLTrackerStore, so that Rasa's tools can read it.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, Float, Index, Integer, MetaData, String, Table, Text

FILE: Final = "conversations.db"
"""Its file in the data folder, with SQLite: Rasa is a separate writer."""

metadata = MetaData()
events = Table(
    "events",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("sender_id", String(255), nullable=False, index=True),
    Column("type_name", String(255), nullable=False),
    Column("timestamp", Float),
    Column("intent_name", String(255)),
    Column("action_name", String(255)),
    Column("data", Text),
    Index("events_of_conversation", "sender_id", "id"),  # "the last event" must not read all of them
)
