"""Tables of what an owner does at the desk: teaching, settings, second factors, and where the chat was seen.

They are in the metadata of `lamoon.storage.tables`, whatever imports this module.
"""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, DateTime, ForeignKey, Integer, String, Table, Text

from lamoon.storage.columns import metadata, sealed

lessons = Table(  # what the studio taught at the desk; see lamoon.teaching
    "desk_lessons",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String(10), nullable=False),  # answer | fact | question | wordings
    Column("label", String(100), nullable=False),
    Column("title", String(200), nullable=False),
    Column("text", Text, nullable=False),
    Column("wordings", JSON, nullable=False),  # example questions
    Column("stated", JSON, nullable=False),  # amounts and health claims that the author states as the studio's own
    Column("staff", String(80), nullable=False),
    Column("at", DateTime, nullable=False),
    Column("state", String(10), nullable=False, index=True),  # draft | kept | leaving | past
)

publications = Table(
    "desk_publications",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("staff", String(80), nullable=False),
    Column("at", DateTime, nullable=False),
    Column("beat_at", DateTime, nullable=False),  # the latest sign of the process that makes it
    Column("state", String(10), nullable=False, index=True),  # working | ready | live | past | failed | dropped
    Column("step", String(200), nullable=False),
    Column("problems", JSON, nullable=False),
    Column("report", JSON, nullable=False),
    Column("lessons", JSON, nullable=False),  # ids of all lessons in it
    Column("model", String(150), nullable=False),
    Column("before", String(150), nullable=False),
    Column("port", Integer, nullable=False),  # where the new model can be tried; 0: nowhere
    Column("wish", String(10), nullable=False),  # publish | drop: what the desk asks of that process
    sqlite_autoincrement=True,
)

studio_versions = Table(  # studio.yml as the desk changed it: its history, and its place where several servers share it
    "desk_studio_versions",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("staff", String(80), nullable=False),
    Column("at", DateTime, nullable=False),
    Column("field", String(40), nullable=False),
    Column("text", Text, nullable=False),  # the whole file
    sqlite_autoincrement=True,
)

sites = Table(  # the web pages that showed the chat
    "chat_sites",
    metadata,
    Column("origin", String(255), primary_key=True),
    Column("seen_at", DateTime, nullable=False),
)

second_factors = Table(  # the key of a code app, for accounts that ask for a code beside the password
    "desk_second_factors",
    metadata,
    Column("staff_id", ForeignKey("desk_staff.id", ondelete="CASCADE"), primary_key=True),
    sealed("desk_second_factors.secret", nullable=False),
    Column("confirmed", Boolean, nullable=False),  # before that, no code is asked for
    Column("used", Integer, nullable=False),  # the time step of the latest code: none is good twice
)
