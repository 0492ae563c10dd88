"""The desk's own tables, in the same database. Times are UTC without a zone."""

from __future__ import annotations

from sqlalchemy import DDL, JSON, Boolean, Column, DateTime, ForeignKey, Index, Integer, String, Table, Text, event

from lamoon.booking.tables import metadata

staff = Table(
    "desk_staff",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(80), nullable=False, unique=True),
    Column("password", Text, nullable=False),  # argon2id, with its parameters and salt
    Column("role", String(10), nullable=False),  # staff | owner
    Column("active", Boolean, nullable=False),
    Column("created_at", DateTime, nullable=False),
)

sessions = Table(
    "desk_sessions",
    metadata,
    Column("id", String(43), primary_key=True),
    Column("staff_id", ForeignKey("desk_staff.id", ondelete="CASCADE"), nullable=False),
    Column("begun_at", DateTime, nullable=False),
    Column("seen_at", DateTime, nullable=False),
)

audit = Table(
    "desk_audit",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", DateTime, nullable=False, index=True),
    Column("staff", String(80), nullable=False),  # the name, which outlives the account
    Column("action", String(60), nullable=False),  # such as "inbox.take"
    Column("subject", String(80), nullable=False),  # whom or what: the id of a conversation, a reference, an account
    Column("details", JSON, nullable=False),  # never words of a visitor
    Index("desk_audit_by_staff", "staff", "id"),
    Index("desk_audit_by_action", "action", "id"),
    sqlite_autoincrement=True,
)

# Nobody changes the record or takes something out of it, not even a program of ours with a mistake.
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
