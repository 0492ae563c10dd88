"""Key rotation: the keys in use, and the change from one key to another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Column, String, Text, func, literal, select, type_coerce, update

from lamoon.storage.database import Database
from lamoon.storage.encryption import FORMAT, MARK, NAME_BYTES, SEALED, Cipher, EncryptionError, key_of, place_of
from lamoon.storage.tables import metadata

BATCH: Final = 200
"""Rows encrypted again in one transaction, for which other processes wait a few milliseconds."""


def sealed_columns() -> Iterator[Column[Any]]:
    """Yield all columns that contain sealed text."""
    for table in metadata.sorted_tables:
        yield from (column for column in table.columns if SEALED in column.info)


@dataclass
class Rotation:
    """The result of `rotate`: the number of texts encrypted again, and of those it could not open, by problem."""

    renewed: int = 0
    unreadable: Counter[str] = field(default_factory=Counter)


def rotate(database: Database, cipher: Cipher, batch: int = BATCH) -> Rotation:
    """Encrypt every sealed text of another key again with the current one, `batch` rows at a time.

    It may be stopped and started again, and other processes may read and write meanwhile. A text that cannot be opened
    is unchanged. Raises StoreError when the database fails; completed batches are kept.
    """
    result = Rotation()
    for column in sealed_columns():
        _rotate_column(database, cipher, column, batch, result)
    if result.renewed:
        database.scrub()
    return result


def _rotate_column(database: Database, cipher: Cipher, column: Column[Any], batch: int, result: Rotation) -> None:
    (key,) = column.table.primary_key
    raw = type_coerce(column, Text)
    old = ~raw.startswith(f"{FORMAT}:{cipher.current}:") & (raw != "")
    bound = [column.table.c[name] for name in column.info[SEALED]]
    # Locked, so that a concurrent write is not overwritten with an older value.
    query = select(key, raw.label(column.name), *bound).where(old).order_by(key).limit(batch).with_for_update()
    last = None
    while True:
        with database.writing("encrypt with the current key") as connection:
            rows = connection.execute(query if last is None else query.where(key > last)).mappings().all()
            for row in rows:
                sealed, place = row[column.name], place_of(column, row)
                try:
                    text = cipher.open(sealed, place)
                except EncryptionError as error:
                    result.unreadable[str(error)] += 1
                    continue
                values = {column.name: literal(cipher.seal(text, place), Text)}
                if mark := column.info.get(MARK):
                    values[mark] = literal(cipher.marks(text)[0] if text else "", String)
                connection.execute(update(column.table).where(key == row[key.name]).values(values))
                result.renewed += 1
        if len(rows) < batch:
            return
        last = rows[-1][key.name]


def keys_in_use(database: Database) -> Counter[str]:
    """Return how many sealed texts each key has encrypted, by its name; "?" stands for what is not encrypted as
    expected.
    """
    found: Counter[str] = Counter()
    with database.reading("look which keys are in use") as connection:
        for column in sealed_columns():
            raw = type_coerce(column, Text)
            start = func.substr(raw, 1, len(FORMAT) + 2 * NAME_BYTES + 2)
            for beginning, count in connection.execute(select(start, func.count()).where(raw != "").group_by(start)):
                try:
                    found[key_of(beginning)] += count
                except EncryptionError:
                    found["?"] += count
    return found
