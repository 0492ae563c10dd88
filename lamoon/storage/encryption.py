"""Encryption at rest: single fields of the database, each bound to its row.

A column whose `info` is `{SEALED: (...)}` in `lamoon.storage.tables` holds sealed text. The tuple names the columns of
the row that the text is bound to: copied into another row or column, it cannot be opened. The algorithm is AES-256-GCM
with a random nonce of 96 bits; keys are derived by HKDF-SHA256, so a setting of any length will do.

Sealed text is `lm1:<name of the key>:<nonce and ciphertext in base64>`. The name is derived from the key and tells
nothing of it; it says which key is missing, and what still has to be rotated.
"""

from __future__ import annotations

import base64
import binascii
import secrets
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import Column, func, select, update

from lamoon.errors import LamoonError
from lamoon.storage.database import Database
from lamoon.storage.tables import SEALED, metadata

FORMAT: Final = "lm1"
KEY_BYTES, NAME_BYTES, NONCE_BYTES = 32, 4, 12
BATCH: Final = 200
"""Rows that are encrypted again in one transaction: other processes wait a few milliseconds for it."""


class EncryptionError(LamoonError):
    """A sealed text cannot be opened; it is left as it is. `key` names the key that is missing; empty: damaged text."""

    def __init__(self, problem: str, key: str = "") -> None:
        super().__init__(problem)
        self.key = key


class Cipher:
    """Seals with the first key and opens with any of them. `keys` are secrets as set; at least one."""

    def __init__(self, keys: Sequence[str]) -> None:
        if not keys:
            raise EncryptionError("there is no key: expected at least one, see LAMOON_ENCRYPTION_KEYS")
        self._keys = {_derive(key, b"name", NAME_BYTES).hex(): AESGCM(_derive(key, b"key", KEY_BYTES)) for key in keys}
        self.current = next(iter(self._keys))

    @property
    def names(self) -> Sequence[str]:
        """The names of its keys, the current one first."""
        return list(self._keys)

    def seal(self, text: str, bound_to: str) -> str:
        """Encrypts `text` for the place `bound_to`, see `place_of`."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = nonce + self._keys[self.current].encrypt(nonce, text.encode(), bound_to.encode())
        return ":".join((FORMAT, self.current, base64.b64encode(sealed).decode()))

    def open(self, sealed: str, bound_to: str) -> str:
        """The inverse of `seal`.

        Raises:
            EncryptionError: when the key is missing, or the text was changed or moved to another place.
        """
        name = key_of(sealed)
        if name not in self._keys:
            raise EncryptionError(
                f"the key {name} is missing: expected it in LAMOON_ENCRYPTION_KEYS (there: {', '.join(self._keys)}). "
                "Put it back behind the current one; nothing is lost meanwhile",
                name,
            )
        try:
            raw = base64.b64decode(sealed.rpartition(":")[2], validate=True)
            return self._keys[name].decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], bound_to.encode()).decode()
        except (InvalidTag, ValueError, binascii.Error):
            raise EncryptionError(
                "the encrypted text was changed or belongs to another row: restore a backup"
            ) from None


def key_of(sealed: str) -> str:
    """The name of the key of a sealed text. Raises EncryptionError for any other text."""
    parts = sealed.split(":")
    if len(parts) != 3 or parts[0] != FORMAT:
        raise EncryptionError("the text is not encrypted as expected: restore a backup")
    return parts[1]


def _derive(secret: str, purpose: bytes, length: int) -> bytes:
    derived: bytes = HKDF(SHA256(), length, salt=None, info=b"lamoon encryption " + purpose).derive(secret.encode())
    return derived


def sealed_columns() -> Iterator[Column[Any]]:
    """All columns that hold sealed text."""
    for table in metadata.sorted_tables:
        yield from (column for column in table.columns if SEALED in column.info)


def place_of(column: Column[Any], row: Mapping[str, Any]) -> str:
    """What the column's text in this row is bound to, such as "health_forms.content LM-7K3F9 1"."""
    return " ".join((f"{column.table.name}.{column.name}", *(str(row[name]) for name in column.info[SEALED])))


@dataclass
class Rotation:
    """What `rotate` did: how many texts it encrypted again, and how many it could not open, by problem."""

    renewed: int = 0
    unreadable: Counter[str] = field(default_factory=Counter)


def rotate(database: Database, cipher: Cipher, batch: int = BATCH) -> Rotation:
    """Encrypts every sealed text that another key encrypted with the current one, `batch` rows at a time.

    It may be stopped and started again, and other processes may read and write meanwhile. A text that cannot be opened
    stays as it is. Raises StoreError when the database fails; what was done before stays done.
    """
    result = Rotation()
    for column in sealed_columns():
        _rotate_column(database, cipher, column, batch, result)
    if result.renewed:
        database.scrub()
    return result


def _rotate_column(database: Database, cipher: Cipher, column: Column[Any], batch: int, result: Rotation) -> None:
    (key,) = column.table.primary_key
    old = ~column.startswith(f"{FORMAT}:{cipher.current}:")
    last = None
    while True:
        query = select(column.table).where(old).order_by(key).limit(batch)
        with database.writing("encrypt with the current key") as connection:
            rows = connection.execute(query if last is None else query.where(key > last)).mappings().all()
            for row in rows:
                sealed, place = row[column.name], place_of(column, row)
                try:
                    renewed = cipher.seal(cipher.open(sealed, place), place)
                except EncryptionError as error:
                    result.unreadable[str(error)] += 1
                    continue
                connection.execute(update(column.table).where(key == row[key.name]).values({column.name: renewed}))
                result.renewed += 1
        if len(rows) < batch:
            return
        last = rows[-1][key.name]


def keys_in_use(database: Database) -> Counter[str]:
    """How many sealed texts each key has encrypted, by its name; "?" stands for what is not encrypted as expected."""
    found: Counter[str] = Counter()
    with database.reading("look which keys are in use") as connection:
        for column in sealed_columns():
            start = func.substr(column, 1, len(FORMAT) + 2 * NAME_BYTES + 2)
            for beginning, count in connection.execute(select(start, func.count()).group_by(start)):
                try:
                    found[key_of(beginning)] += count
                except EncryptionError:
                    found["?"] += count
    return found
