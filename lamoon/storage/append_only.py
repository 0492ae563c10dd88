"""Append-only tables, protected against changes and deletions even by our own bugs."""

from __future__ import annotations

from sqlalchemy import DDL, Table, event

_SQLITE = """CREATE TRIGGER {name}_no_{verb} BEFORE {verb} ON {name}
BEGIN SELECT RAISE(ABORT, '{refusal}'); END"""
_POSTGRES = """
CREATE OR REPLACE FUNCTION {name}_refuses() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '{refusal}'; END $$;
CREATE TRIGGER {name}_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON {name}
FOR EACH STATEMENT EXECUTE PROCEDURE {name}_refuses()"""


def append_only(table: Table, refusal: str) -> None:
    """Make the database refuse changes of a table with this message, from its creation on."""
    for verb in ("UPDATE", "DELETE"):
        guard = DDL(_SQLITE.format(name=table.name, verb=verb, refusal=refusal))
        event.listen(table, "after_create", guard.execute_if(dialect="sqlite"))
    guard = DDL(_POSTGRES.format(name=table.name, refusal=refusal))
    event.listen(table, "after_create", guard.execute_if(dialect="postgresql"))
