"""Tables of the owner's desk: teaching, settings, second factors, and pages that showed the chat.

They are in the metadata of `lamoon.storage.tables`, whichever module is imported first.
"""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, DateTime, ForeignKey, Integer, String, Table, Text

from lamoon.storage.columns import metadata, sealed

lessons = Table(  # lessons of the studio; see lamoon.teaching
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
    Column("beat_at", DateTime, nullable=False),  # the latest heartbeat of the process that trains it
    Column("state", String(10), nullable=False, index=True),  # working | ready | live | past | failed | dropped
    Column("step", String(200), nullable=False),
    Column("problems", JSON, nullable=False),
    Column("report", JSON, nullable=False),
    Column("lessons", JSON, nullable=False),  # ids of all lessons in it
    Column("model", String(150), nullable=False),
    Column("before", String(150), nullable=False),
    Column("port", Integer, nullable=False),  # port of the trial of the new model; 0: none
    Column("wish", String(10), nullable=False),  # publish | drop: the desk's command to that process
    sqlite_autoincrement=True,
)

documents = Table(  # texts that the desk changes, in all their versions; see lamoon.storage.documents
    "desk_documents",
    metadata,
    Column("name", String(100), primary_key=True),  # "studio.yml", "scenarios/parking"
    Column("number", Integer, primary_key=True, autoincrement=False),  # counts the versions of one document, from 1
    Column("staff", String(80), nullable=False),
    Column("at", DateTime, nullable=False),
    Column("part", String(40), nullable=False),  # what was changed: a section of studio.yml
    Column("text", Text, nullable=False),  # the whole document
    Column("in_use", Boolean, nullable=False),  # the newest of these is the document; false: the history of a file
)

test_results = Table(  # of the saved tests that were played last
    "desk_test_results",
    metadata,
    Column("name", String(200), primary_key=True),
    Column("at", DateTime, nullable=False),
    Column("state", String(10), nullable=False),  # waiting | played
    Column("turns", JSON, nullable=False),  # see lamoon.desk.trials.results
)

sites = Table(  # the web pages that showed the chat
    "chat_sites",
    metadata,
    Column("origin", String(255), primary_key=True),
    Column("seen_at", DateTime, nullable=False),
)

second_factors = Table(  # the key of an authenticator app, for accounts with a second factor
    "desk_second_factors",
    metadata,
    Column("staff_id", ForeignKey("desk_staff.id", ondelete="CASCADE"), primary_key=True),
    sealed("desk_second_factors.secret", nullable=False),
    Column("confirmed", Boolean, nullable=False),  # before that, no code is required
    Column("used", Integer, nullable=False),  # the time step of the latest code, so that none is accepted twice
)
