"""Contact, wish and health answers of requests, words in their history and notices, and the team's notes are encrypted;
marks to find a contact by; what each visitor consented to.

The keys are those of the environment (LAMOON_ENCRYPTION_KEYS): the process that upgrades or downgrades needs them. Both
ways change every request, a few ten thousand rows a second. Down writes all of it in plain text again, and loses the
records of consent.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from alembic import op
from sqlalchemy import JSON, Column, String, Text, bindparam, column, select, table, type_coerce, update

from lamoon.storage.encryption import Cipher, cipher_of

revision = "0007"
down_revision = "0006"

SEALED = {
    "booking_requests": (
        *("name", "email", "phone", "wish", "screening", "health_words"),
        *("conditions", "retracted", "details"),
    ),
    "booking_history": ("words",),
    "outbox": ("words",),
    "chat_notes": ("text",),
}
MARKED = ("email", "phone")
OTHER_TYPES = {"screening": String(20), "conditions": JSON(), "retracted": JSON(), "details": JSON()}
"""The column types of 0006."""
BATCH = 1000


def upgrade() -> None:
    """Widen the columns for sealed text, then seal."""
    with op.batch_alter_table("booking_requests") as batch:  # SQLite has to copy the table
        for name, before in OTHER_TYPES.items():
            batch.alter_column(
                name, type_=Text(), existing_type=before, existing_nullable=name == "details",
                postgresql_using=f"{name}::text",
            )  # fmt: skip
        for name in MARKED:
            batch.add_column(Column(f"{name}_mark", String(41), nullable=False, server_default=""))
        batch.add_column(Column("consents", JSON))
    cipher = cipher_of(op.get_bind().dialect)
    _change(cipher.seal)
    _mark(cipher)
    for name in MARKED:
        op.create_index(f"ix_booking_requests_{name}_mark", "booking_requests", [f"{name}_mark"])


def downgrade() -> None:
    """Decrypt everything, then restore the column types. Raises EncryptionError when a key is missing."""
    _change(cipher_of(op.get_bind().dialect).open)
    for name in MARKED:
        op.drop_index(f"ix_booking_requests_{name}_mark", "booking_requests")
    with op.batch_alter_table("booking_requests") as batch:
        for name, before in OTHER_TYPES.items():
            batch.alter_column(
                name, type_=before, existing_type=Text(), existing_nullable=name == "details",
                postgresql_using=f"{name}::json" if isinstance(before, JSON) else f"{name}::varchar(20)",
            )  # fmt: skip
        for name in ("consents", *(f"{name}_mark" for name in MARKED)):
            batch.drop_column(name)


def _change(turn: Callable[[str, str], str]) -> None:
    """Seal or open every text."""
    for name, columns in SEALED.items():
        place = {each: f"{name}.{each}" for each in columns}
        _rewrite(name, columns, partial(_turned, turn, place))


def _turned(turn: Callable[[str, str], str], places: dict[str, str], row: Any) -> dict[str, str]:
    return {name: turn(row[name], place) for name, place in places.items() if row[name]}


def _mark(cipher: Cipher) -> None:
    def marks(row: Any) -> dict[str, str]:
        plain = {name: cipher.open(row[name], f"booking_requests.{name}") for name in MARKED if row[name]}
        return {f"{name}_mark": cipher.marks(text)[0] for name, text in plain.items() if text}

    _rewrite("booking_requests", MARKED, marks)


def _rewrite(name: str, columns: tuple[str, ...], change: Callable[[Any], dict[str, str]]) -> None:
    """Change all rows of a table, BATCH at a time."""
    connection = op.get_bind()
    rows = table(name, column("id"), *map(column, (*columns, *(f"{each}_mark" for each in MARKED))))
    last = 0
    while True:
        query = select(rows.c.id, *(type_coerce(rows.c[each], Text).label(each) for each in columns))
        found = connection.execute(query.where(rows.c.id > last).order_by(rows.c.id).limit(BATCH)).mappings().all()
        for row in found:
            if values := change(row):
                connection.execute(update(rows).where(rows.c.id == bindparam("row")).values(values), {"row": row["id"]})
        if len(found) < BATCH:
            return
        last = found[-1]["id"]
