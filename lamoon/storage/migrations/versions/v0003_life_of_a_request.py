"""Requests have a state, a version, an appointment and a history; the outbox has several notices for each, by route.

Up: what `desk_requests` had is the state and the history; a request that waits for a look at the health notes is held.

Down loses what 0002 cannot store:

- the history, except the latest status and the latest lifting of a hold;
- appointments, versions and the wished time;
- all notices but the latest one to the studio of each request;
- `change_asked` becomes `seen`, `cancelled` becomes `declined`, `requested` and `held` become `new`;
- `booking_tries`, of one day.
"""

from __future__ import annotations

from typing import Any, Final

from alembic import op
from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    column,
    func,
    insert,
    inspect,
    select,
    table,
)

from lamoon.storage.migrations.missing import add_missing_columns

revision = "0003"
down_revision = "0002"

STATES: Final = {"seen": "seen", "confirmed": "confirmed", "declined": "declined", "done": "done"}
STATUSES: Final = STATES | {"change_asked": "seen", "cancelled": "declined"}
LIFTED: Final = "lifted"

made = MetaData()
requests = Table(
    "booking_requests",
    made,
    Column("id", Integer, primary_key=True),
    Column("reference", String(20), unique=True),
    Column("kind", String(20)),
    Column("hold", Boolean),
    Column("screening", String(20)),
    Column("conditions", JSON),
    Column("created_at", DateTime),
    Column("state", String(12)),
)
history = Table(
    "booking_history",
    made,
    Column("id", Integer, primary_key=True),
    Column("request_id", ForeignKey("booking_requests.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("at", DateTime, nullable=False),
    Column("actor", String(10), nullable=False),
    Column("staff", String(80), nullable=False),
    Column("was", String(12), nullable=False),
    Column("became", String(12), nullable=False),
    Column("event", String(20), nullable=False),
    Column("words", Text, nullable=False),
)
tries = Table(
    "booking_tries",
    made,
    Column("id", Integer, primary_key=True),
    Column("at", DateTime, nullable=False, index=True),
    Column("who", String(64), nullable=False, index=True),
    Column("reference", String(20), nullable=False, index=True),
)
handled = Table(
    "desk_requests",
    made,
    Column("reference", ForeignKey("booking_requests.reference", ondelete="CASCADE"), primary_key=True),
    Column("status", String(12), nullable=False),
    Column("staff", String(80), nullable=False),
    Column("at", DateTime, nullable=False),
    Column("lifted_by", String(80), nullable=False),
    Column("lifted_at", DateTime),
    Column("lifted_because", Text, nullable=False),
)
OLD_NOTICE: Final = ("id", "request_id", "key", "status", "attempts", "due_at", "claim", "last_problem", "sent_at")


def _outbox(*, many: bool) -> Table:
    """Return the outbox with `many` notices per request and their routes, or with one as in 0002."""
    routes = (
        Column("route", String(20), nullable=False, server_default="studio_email"),
        Column("about", String(20), nullable=False, server_default="request"),
        Column("words", Text, nullable=False, server_default=""),
        Column("starts_at", DateTime),
        Column("minutes", Integer),
        Column("sequence", Integer, nullable=False, server_default="0"),
        Column("not_before", DateTime),
    )
    owner = {"index": True} if many else {"unique": True}
    base = MetaData()
    Table("booking_requests", base, Column("id", Integer, primary_key=True))
    return Table(
        "outbox",
        base,
        Column("id", Integer, primary_key=True),
        Column("request_id", ForeignKey("booking_requests.id", ondelete="CASCADE"), nullable=False, **owner),
        Column("key", String(64), nullable=False, unique=True),
        Column("status", String(20), nullable=False),
        Column("attempts", Integer, nullable=False),
        Column("due_at", DateTime, nullable=False),
        Column("claim", String(64), nullable=False),
        Column("last_problem", Text, nullable=False),
        Column("sent_at", DateTime),
        *(routes if many else ()),
        Index("outbox_due", "status", "due_at"),
    )


def upgrade() -> None:
    """Add what is missing: a database without a revision may have some of it already."""
    connection = op.get_bind()
    is_new = "state" not in {known["name"] for known in inspect(connection).get_columns("booking_requests")}
    add_missing_columns(
        "booking_requests",
        Column("state", String(12), nullable=False, server_default="requested"),
        Column("version", Integer, nullable=False, server_default="1"),
        Column("wished", JSON),
        Column("starts_at", DateTime),
        Column("minutes", Integer),
        Column("sequence", Integer, nullable=False, server_default="0"),
    )
    history.create(connection, checkfirst=True)
    tries.create(connection, checkfirst=True)
    found = inspect(connection)
    if "route" not in {known["name"] for known in found.get_columns("outbox")}:
        _rebuild_outbox(many=True)
    if found.has_table("desk_requests"):
        if is_new:
            _read_statuses()
        op.drop_table("desk_requests")


def downgrade() -> None:
    """Remove what 0002 does not have."""
    connection = op.get_bind()
    handled.create(connection)
    _write_statuses()
    outbox = table("outbox", column("id"), column("request_id"), column("route"))
    latest = select(func.max(outbox.c.id)).where(outbox.c.route == "studio_email").group_by(outbox.c.request_id)
    op.execute(outbox.delete().where(outbox.c.id.not_in(latest)))
    op.execute("UPDATE outbox SET status = 'failed' WHERE status = 'dropped'")
    _rebuild_outbox(many=False)
    op.drop_table("booking_tries")
    op.drop_table("booking_history")
    for name in ("sequence", "minutes", "starts_at", "wished", "version", "state"):
        op.drop_column("booking_requests", name)


def _rebuild_outbox(*, many: bool) -> None:
    """Rebuild the table with its rows, because SQLite cannot drop the constraint of one notice per request."""
    names = ", ".join(f'"{name}"' for name in OLD_NOTICE)
    op.execute(f"CREATE TEMPORARY TABLE kept_outbox AS SELECT {names} FROM outbox")  # noqa: S608  our own names
    op.drop_table("outbox")
    _outbox(many=many).create(op.get_bind())
    op.execute(f"INSERT INTO outbox ({names}) SELECT {names} FROM kept_outbox")  # noqa: S608
    op.execute("DROP TABLE kept_outbox")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("SELECT setval(pg_get_serial_sequence('outbox', 'id'), (SELECT coalesce(max(id), 1) FROM outbox))")


def _read_statuses() -> None:
    """Fill the state of each request, and entries of its history, from the desk's tables."""
    connection = op.get_bind()
    query = select(requests, handled).select_from(
        requests.outerjoin(handled, handled.c.reference == requests.c.reference)
    )
    for row in connection.execute(query).mappings().all():
        state = STATES.get(row[handled.c.status] or "", "requested")
        if state in ("requested", "seen") and _is_held(row):
            state = "held"
        if state != "requested":
            connection.execute(requests.update().where(requests.c.id == row[requests.c.id]).values(state=state))
        for entry in _entries(row, state):
            connection.execute(insert(history).values(request_id=row[requests.c.id], actor="staff", **entry))


def _is_held(row: Any) -> bool:
    """Return whether a review of the health notes is due; for a message to the team only if it mentions health."""
    about_health = row[requests.c.kind] == "booking" or row[requests.c.screening] != "not_asked" or row["conditions"]
    return bool(row[requests.c.hold] and about_health and row[handled.c.lifted_at] is None)


def _entries(row: Any, state: str) -> list[dict[str, Any]]:
    entries = []
    if row[handled.c.lifted_at] is not None:
        words = {"words": row[handled.c.lifted_because], "staff": row[handled.c.lifted_by]}
        entries.append({"at": row[handled.c.lifted_at], "was": "held", "became": "seen", "event": LIFTED, **words})
    if row[handled.c.status] in STATES:
        event = {"staff": row[handled.c.staff], "event": row[handled.c.status], "words": ""}
        entries.append({"at": row[handled.c.at], "was": "", "became": state, **event})
    return sorted(entries, key=lambda entry: entry["at"])


def _write_statuses() -> None:
    connection = op.get_bind()
    entries = connection.execute(select(history).where(history.c.actor == "staff").order_by(history.c.id)).all()
    for row in connection.execute(select(requests.c.id, requests.c.reference, requests.c.state)).all():
        mine = [entry for entry in entries if entry.request_id == row.id]
        lifted = next((entry for entry in reversed(mine) if entry.event == LIFTED), None)
        latest = next((entry for entry in reversed(mine) if entry.event != LIFTED), None) or lifted
        if latest is None:
            continue
        values = {
            "status": STATUSES.get(row.state, "new"),
            "staff": latest.staff,
            "at": latest.at,
            "lifted_by": lifted.staff if lifted else "",
            "lifted_at": lifted.at if lifted else None,
            "lifted_because": lifted.words if lifted else "",
        }
        connection.execute(insert(handled).values(reference=row.reference, **values))
