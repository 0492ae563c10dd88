"""Tables whose rows nobody changes or takes out, not even a program of ours with a mistake."""

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
    """Has the database refuse changes of a table, in these words, from the moment in which it is made."""
    for verb in ("UPDATE", "DELETE"):
        guard = DDL(_SQLITE.format(name=table.name, verb=verb, refusal=refusal))
        event.listen(table, "after_create", guard.execute_if(dialect="sqlite"))
    guard = DDL(_POSTGRES.format(name=table.name, refusal=refusal))
    event.listen(table, "after_create", guard.execute_if(dialect="postgresql"))
