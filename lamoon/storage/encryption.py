"""Encryption at rest: single fields of the database, each bound to its place.

A column whose `info` has SEALED holds sealed text. A column of the type `Sealed` is sealed and opened by SQLAlchemy,
and bound to its table and name, so no other column can decrypt its text. A column whose tuple names columns of the row
is sealed by its own code, and bound to the row too. The algorithm is AES-256-GCM with a random nonce of 96 bits; keys
are derived by HKDF-SHA256, so a setting may have any length.

Sealed text is `lm1:<name of the key>:<nonce and ciphertext in base64>`. The name is derived from the key without
revealing it; it identifies a missing key, and texts that still have to be rotated.

Sealed text cannot be searched. A column of the type `Marked` accompanies it: a keyed hash (HMAC-SHA256, cut to 128
bits), so that a person is found by an exact e-mail address or phone number, and nobody without the key can try all of
them.
"""

from __future__ import annotations

import base64
import binascii
import json
import secrets
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import Column, String, Text, type_coerce
from sqlalchemy.engine import Connection
from sqlalchemy.sql import ColumnElement
from sqlalchemy.types import TypeDecorator

from lamoon.errors import StoreError

FORMAT: Final = "lm1"
KEY_BYTES, NAME_BYTES, NONCE_BYTES, MARK_BYTES = 32, 4, 12, 16
SEALED: Final = "sealed"
"""In the `info` of a column: its text is encrypted, and bound to these columns of its row."""
MARK: Final = "mark"
"""In the `info` of a sealed column: the name of the column that has its mark."""


class EncryptionError(StoreError):
    """A sealed text cannot be opened; it is left unchanged. `key` names the key that is missing; empty: damaged
    text.
    """

    def __init__(self, problem: str, key: str = "") -> None:
        super().__init__(problem)
        self.key = key


class Cipher:
    """Seal with the first key and open with any of them. `keys` are secrets as set; at least one."""

    def __init__(self, keys: Sequence[str]) -> None:
        if not keys:
            raise EncryptionError("there is no key: expected at least one, see LAMOON_ENCRYPTION_KEYS")
        names = {_derive(key, b"name", NAME_BYTES).hex(): key for key in keys}
        self._keys = {name: AESGCM(_derive(key, b"key", KEY_BYTES)) for name, key in names.items()}
        self._marking = {name: _derive(key, b"mark", KEY_BYTES) for name, key in names.items()}
        self.current = next(iter(self._keys))

    @property
    def names(self) -> Sequence[str]:
        """The names of its keys, the current one first."""
        return list(self._keys)

    def seal(self, text: str, bound_to: str) -> str:
        """Encrypt `text` for the place `bound_to`, see `place_of`."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = nonce + self._keys[self.current].encrypt(nonce, text.encode(), bound_to.encode())
        return ":".join((FORMAT, self.current, base64.b64encode(sealed).decode()))

    def marks(self, text: str) -> Sequence[str]:
        """Return the marks of a text by each key, the current one first: `<name of the key>:<hash in hex>`. Case is
        ignored.
        """
        return [f"{name}:{_hash(key, text.casefold())}" for name, key in self._marking.items()]

    def open(self, sealed: str, bound_to: str) -> str:
        """Decrypt the result of `seal`.

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
    """Return the name of the key of a sealed text. Raises EncryptionError for any other text."""
    parts = sealed.split(":")
    if len(parts) != 3 or parts[0] != FORMAT:
        raise EncryptionError("the text is not encrypted as expected: restore a backup")
    return parts[1]


def _derive(secret: str, purpose: bytes, length: int) -> bytes:
    derived: bytes = HKDF(SHA256(), length, salt=None, info=b"lamoon encryption " + purpose).derive(secret.encode())
    return derived


def _hash(key: bytes, text: str) -> str:
    digest = HMAC(key, SHA256())
    digest.update(text.encode())
    return digest.finalize()[:MARK_BYTES].hex()


def place_of(column: Column[Any], row: Mapping[str, Any]) -> str:
    """Return the place that the column's text in this row is bound to, such as "health_forms.content LM-7K3F9 1"."""
    return " ".join((f"{column.table.name}.{column.name}", *(str(row[name]) for name in column.info[SEALED])))


class Sealed(TypeDecorator):  # type: ignore[misc]
    """Text, or with `is_json` a value of JSON, that the database has in sealed form. `place` is "table.column".

    Reading and writing raise EncryptionError; the cipher is that of the engine, see `lamoon.storage.database`. An empty
    text from a database default is not sealed, and is returned unchanged.
    """

    impl = Text
    cache_ok = True

    class comparator_factory(TypeDecorator.Comparator):  # type: ignore[misc] # noqa: N801
        """Refuse to compare: the same text is sealed differently each time, so a comparison would never match."""

        def operate(self, op: Any, *others: Any, **more: Any) -> Any:
            """Raise TypeError."""
            raise TypeError(f"{self.expr} is encrypted: expected a search by its mark, see is_marked")

    def __init__(self, place: str, *, is_json: bool = False) -> None:
        super().__init__()
        self.place = place
        self.is_json = is_json

    def process_bind_param(self, value: Any, dialect: Any) -> str | None:
        """Return the stored value."""
        if value is None:
            return None
        text = json.dumps(value, ensure_ascii=False) if self.is_json else str(value)
        return cipher_of(dialect).seal(text, self.place)

    def process_result_value(self, value: str | None, dialect: Any) -> Any:
        """Return the decrypted stored value."""
        if not value:
            return value
        text = cipher_of(dialect).open(value, self.place)
        return json.loads(text) if self.is_json else text


class Marked(TypeDecorator):  # type: ignore[misc]
    """The mark of a text, assigned as plain text; empty for an empty one."""

    impl = String
    cache_ok = True

    def __init__(self) -> None:
        super().__init__(2 * (NAME_BYTES + MARK_BYTES) + 1)

    def process_bind_param(self, value: str | None, dialect: Any) -> str | None:
        """Return the stored value."""
        return cipher_of(dialect).marks(value)[0] if value else value


def is_marked(connection: Connection, column: Column[Any], texts: Iterable[str]) -> ColumnElement[bool]:
    """Return the condition that a `Marked` column has the mark of one of these texts, by any known key."""
    cipher = cipher_of(connection.dialect)
    found: ColumnElement[bool] = type_coerce(column, String).in_(
        [mark for text in texts for mark in cipher.marks(text)]
    )
    return found


def cipher_of(dialect: Any) -> Cipher:
    """Return the cipher of an engine's dialect, as set by `lamoon.storage.database.open_engine`. Raises
    ConfigurationError.
    """
    cipher: Cipher = dialect.lamoon_cipher()
    return cipher
