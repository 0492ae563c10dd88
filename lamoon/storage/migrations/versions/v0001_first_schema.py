"""The first schema with a revision: as it was before the database stored one.

Every database of that time has no revision, and some were made by versions before: whatever is missing is added (tables,
columns, indexes, unique constraints), so that all of them are equal afterwards. There is nothing to downgrade to.
"""

from __future__ import annotations

from alembic import op
from sqlalchemy import (
    DDL,
    JSON,
    Boolean,
    Column,
    Date,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    event,
    inspect,
)

from lamoon.errors import StoreError
from lamoon.storage.migrations.missing import add_missing_columns, add_missing_indexes

revision = "0001"
down_revision = None

FIRST = MetaData()

Table(
    "booking_requests",
    FIRST,
    Column("id", Integer, primary_key=True),
    Column("reference", String(20), nullable=False, unique=True),
    Column("conversation_id", String(255), nullable=False),
    Column("run_id", String(255), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("hold", Boolean, nullable=False),
    Column("name", Text, nullable=False),
    Column("email", Text, nullable=False),
    Column("phone", Text, nullable=False),
    Column("wish", Text, nullable=False),
    Column("screening", String(20), nullable=False),
    Column("health_words", Text, nullable=False),
    Column("conditions", JSON, nullable=False),
    Column("retracted", JSON, nullable=False),
    Column("consent", Boolean, nullable=False),
    Column("channel", String(50), nullable=False),
    Column("created_at", DateTime, nullable=False),
    UniqueConstraint("conversation_id", "run_id", name="booking_requests_once_per_run"),
)

Table(
    "outbox",
    FIRST,
    Column("id", Integer, primary_key=True),
    Column("request_id", ForeignKey("booking_requests.id", ondelete="CASCADE"), nullable=False, unique=True),
    Column("key", String(64), nullable=False, unique=True),
    Column("status", String(20), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("due_at", DateTime, nullable=False),
    Column("claim", String(64), nullable=False),
    Column("last_problem", Text, nullable=False),
    Column("sent_at", DateTime),
    Index("outbox_due", "status", "due_at"),
)

Table(
    "chat_conversations",
    FIRST,
    Column("id", String(32), primary_key=True),
    Column("channel", String(20), nullable=False, server_default="web"),
    Column("address", String(255)),
    Column("mode", String(10), nullable=False),
    Column("run", Integer, nullable=False),
    Column("shown_from", Integer, nullable=False),
    Column("last_said", Integer, nullable=False),
    Column("language", String(35), nullable=False),
    Column("created_at", DateTime, nullable=False),
    Column("active_at", DateTime, nullable=False, index=True),
    UniqueConstraint("channel", "address", name="chat_conversations_one_per_address"),
)

Table(
    "chat_messages",
    FIRST,
    Column("id", Integer, primary_key=True),
    Column("conversation_id", ForeignKey("chat_conversations.id", ondelete="CASCADE"), nullable=False),
    Column("client_id", String(36)),
    Column("author", String(10), nullable=False),
    Column("at", DateTime, nullable=False),
    Column("run", Integer, nullable=False),
    Column("kind", String(10), nullable=False),
    Column("text", Text, nullable=False),
    Column("words", Text, nullable=False),
    Column("body", JSON, nullable=False),
    Column("choices", JSON, nullable=False),
    Column("source", JSON),
    Column("state", String(10), nullable=False),
    Column("reply_to", Integer),
    Column("position", Integer),
    Column("feedback", String(4)),
    Column("feedback_word", Text, nullable=False),
    UniqueConstraint("conversation_id", "client_id", name="chat_messages_once_per_client_id"),
    UniqueConstraint("reply_to", "position", name="chat_messages_one_answer"),
    Index("chat_messages_by_conversation", "conversation_id", "id"),
    Index("chat_messages_by_state", "state"),
    Index("chat_messages_by_feedback", "feedback", "at"),
    sqlite_autoincrement=True,
)

Table(
    "chat_turns",
    FIRST,
    Column("message_id", ForeignKey("chat_messages.id", ondelete="CASCADE"), primary_key=True),
    Column("conversation_id", ForeignKey("chat_conversations.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("at", DateTime, nullable=False, index=True),
    Column("label", String(100), nullable=False),
    Column("confidence", Float),
    Column("outcome", String(20), nullable=False),
    Column("form", String(40), nullable=False),
    Column("seconds", Float, nullable=False),
    Column("reason", String(12), nullable=False),
    Column("reviewed", Boolean, nullable=False),
    Column("details", JSON, nullable=False),
    Index("chat_turns_to_review", "reviewed", "reason", "message_id"),
)

Table(
    "chat_handovers",
    FIRST,
    Column("conversation_id", ForeignKey("chat_conversations.id", ondelete="CASCADE"), primary_key=True),
    Column("staff", String(80), nullable=False),
    Column("asked_at", DateTime),
    Column("team_at", DateTime, nullable=False),
    Column("told", Boolean, nullable=False),
)

Table(
    "chat_notes",
    FIRST,
    Column("id", Integer, primary_key=True),
    Column("conversation_id", ForeignKey("chat_conversations.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("staff", String(80), nullable=False),
    Column("at", DateTime, nullable=False),
    Column("text", Text, nullable=False),
)

Table(
    "chat_erasures",
    FIRST,
    Column("id", Integer, primary_key=True),
    Column("sender", String(255), nullable=False, unique=True),
    Column("bookings", Boolean, nullable=False),
)

Table(
    "chat_purges",
    FIRST,
    Column("day", Date, primary_key=True),
    Column("conversations", Integer, nullable=False),
    Column("requests", Integer, nullable=False),
)

Table(
    "channel_deliveries",
    FIRST,
    Column("message_id", ForeignKey("chat_messages.id", ondelete="CASCADE"), primary_key=True),
    Column("conversation_id", ForeignKey("chat_conversations.id", ondelete="CASCADE"), nullable=False),
    Column("state", String(10), nullable=False),
    Column("parts_sent", Integer, nullable=False, server_default="0"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("due_at", DateTime),
    Column("reason", Text, nullable=False, server_default=""),
    Index("channel_deliveries_by_conversation", "conversation_id", "state", "message_id"),
    Index("channel_deliveries_by_state", "state"),
)

Table(
    "channel_people",
    FIRST,
    Column("conversation_id", ForeignKey("chat_conversations.id", ondelete="CASCADE"), primary_key=True),
    Column("heard_at", DateTime, nullable=False),
    Column("stopped", Boolean, nullable=False),
    Column("last_wanted", Integer),
    Column("asked_to_delete", Integer),
)

Table(
    "channel_events",
    FIRST,
    Column("id", String(36), primary_key=True),
    Column("at", DateTime, nullable=False, index=True),
)

Table(
    "desk_staff",
    FIRST,
    Column("id", Integer, primary_key=True),
    Column("name", String(80), nullable=False, unique=True),
    Column("password", Text, nullable=False),
    Column("role", String(10), nullable=False),
    Column("active", Boolean, nullable=False),
    Column("created_at", DateTime, nullable=False),
)

Table(
    "desk_sessions",
    FIRST,
    Column("id", String(43), primary_key=True),
    Column("staff_id", ForeignKey("desk_staff.id", ondelete="CASCADE"), nullable=False),
    Column("begun_at", DateTime, nullable=False),
    Column("seen_at", DateTime, nullable=False),
)

audit = Table(
    "desk_audit",
    FIRST,
    Column("id", Integer, primary_key=True),
    Column("at", DateTime, nullable=False, index=True),
    Column("staff", String(80), nullable=False),
    Column("action", String(60), nullable=False),
    Column("subject", String(80), nullable=False),
    Column("details", JSON, nullable=False),
    Index("desk_audit_by_staff", "staff", "id"),
    Index("desk_audit_by_action", "action", "id"),
    sqlite_autoincrement=True,
)

# The record is append-only, protected even against our own bugs.
_REFUSAL = "the record of the desk cannot be changed"
_SQLITE = """CREATE TRIGGER desk_audit_no_{verb} BEFORE {verb} ON desk_audit
BEGIN SELECT RAISE(ABORT, '{refusal}'); END"""
_POSTGRES = """
CREATE OR REPLACE FUNCTION desk_audit_refuses() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '{refusal}'; END $$;
CREATE TRIGGER desk_audit_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON desk_audit
FOR EACH STATEMENT EXECUTE PROCEDURE desk_audit_refuses()"""
for _verb in ("UPDATE", "DELETE"):
    _trigger = DDL(_SQLITE.format(verb=_verb, refusal=_REFUSAL))
    event.listen(audit, "after_create", _trigger.execute_if(dialect="sqlite"))
_trigger = DDL(_POSTGRES.format(refusal=_REFUSAL))
event.listen(audit, "after_create", _trigger.execute_if(dialect="postgresql"))

Table(
    "desk_requests",
    FIRST,
    Column("reference", ForeignKey("booking_requests.reference", ondelete="CASCADE"), primary_key=True),
    Column("status", String(12), nullable=False),
    Column("staff", String(80), nullable=False),
    Column("at", DateTime, nullable=False),
    Column("lifted_by", String(80), nullable=False),
    Column("lifted_at", DateTime),
    Column("lifted_because", Text, nullable=False),
)

Table(
    "desk_reviews",
    FIRST,
    Column("message_id", ForeignKey("chat_messages.id", ondelete="CASCADE"), primary_key=True),
    Column("at", DateTime, nullable=False),
    Column("staff", String(80), nullable=False),
    Column("given", String(100), nullable=False),
    Column("right", String(100), nullable=False),
    Column("phrase", Text, nullable=False),
    Index("desk_reviews_by_time", "at"),
)

Table(
    "desk_trials",
    FIRST,
    Column("staff_id", ForeignKey("desk_staff.id", ondelete="CASCADE"), primary_key=True),
    Column("conversation_id", ForeignKey("chat_conversations.id", ondelete="CASCADE"), nullable=False, index=True),
)


def upgrade() -> None:
    """Create what is missing."""
    connection = op.get_bind()
    there = {*inspect(connection).get_table_names()}
    FIRST.create_all(connection)
    for table in FIRST.sorted_tables:
        if table.name in there:
            add_missing_columns(table.name, *table.columns)
            add_missing_indexes(*table.indexes)
            _add_missing_constraints(table)


def downgrade() -> None:
    """Raise StoreError: without its tables a database would be empty."""
    raise StoreError("0001 is the oldest revision: to begin with an empty database, delete this one")


def _add_missing_constraints(table: Table) -> None:
    there = {found["name"] for found in inspect(op.get_bind()).get_unique_constraints(table.name)}
    unique = [found for found in table.constraints if isinstance(found, UniqueConstraint) and found.name]
    missing = [found for found in unique if found.name not in there]
    if missing:
        with op.batch_alter_table(table.name) as batch:  # SQLite has to copy the table
            for constraint in missing:
                batch.create_unique_constraint(constraint.name, [column.name for column in constraint.columns])
