"""Texts that the desk changes, each with its history: studio.yml and the saved tests.

With SQLite there is one gateway, and the home of a text is its file, which an editor may change too. Gateways that share a
PostgreSQL database share the texts: there the home is the newest version in the table. What was never changed at such a desk is
read from its file. All methods block: call them in a thread.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import delete, func, insert, select
from sqlalchemy.engine import Connection
from sqlalchemy.sql import text as sql

from lamoon.errors import LamoonError
from lamoon.storage.database import Database
from lamoon.storage.desk_tables import documents
from lamoon.storage.time import now, to_naive_utc

BEFORE: Final = "before"
"""The part of a version that the desk did not write: the text as it was found."""
_LOCK: Final = sql("LOCK TABLE desk_documents IN SHARE ROW EXCLUSIVE MODE")


class DocumentError(LamoonError):
    """A text cannot be read or changed; the message says why."""


@dataclass(frozen=True)
class Document:
    """A text by its name in the table and its file."""

    name: str
    file: Path


@dataclass(frozen=True)
class Version:
    """A change: who made it, when (UTC), and in which part of the text."""

    number: int
    staff: str
    at: datetime
    part: str


class Documents:
    """The texts of one installation."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.is_shared = database.dialect == "postgresql"

    def text(self, document: Document) -> str:
        """The text as it is now; "" when there is none. Raises DocumentError."""
        with self._database.reading("read a document") as connection:
            return self._text(connection, document)

    def newest(self, name: str) -> int:
        """The number of the version that is the text now; 0 when the text is its file."""
        if not self.is_shared:
            return 0
        query = select(func.max(documents.c.number)).where(documents.c.name == name, documents.c.in_use)
        with self._database.reading("look at a document") as connection:
            return connection.execute(query).scalar() or 0

    def texts(self, name: str) -> Iterator[tuple[int, str]]:
        """The versions that are or were the text, newest first: number and text. None while the text is its file."""
        number: int | None = None
        while self.is_shared:
            query = _versions(name).where(documents.c.in_use).limit(1)
            with self._database.reading("read a document") as connection:
                row = connection.execute(query if number is None else query.where(documents.c.number < number)).first()
            if row is None:
                return
            number = row.number
            yield row.number, row.text

    def names(self, folder: str) -> Sequence[str]:
        """The names in the table that begin with `folder` and a slash; none where texts are files."""
        if not self.is_shared:
            return ()
        query = select(documents.c.name).distinct().where(documents.c.name.startswith(f"{folder}/", autoescape=True))
        with self._database.reading("list documents") as connection:
            return sorted(connection.execute(query).scalars())

    def keep(self, document: Document, text: str, *, seen: str, staff: str, part: str = "") -> None:
        """Makes `text` the document's.

        Args:
            document: a new one, or one that was read.
            text: the new text.
            seen: `version_of` the text that was read.
            staff: who changes it.
            part: what of it is changed, for the history.

        Raises:
            DocumentError: when it was changed since it was read, or cannot be written; nothing is changed then.
        """
        with self._database.writing("keep a document") as connection:
            if self.is_shared:
                connection.execute(_LOCK)
            before = self._text(connection, document)
            if version_of(before) != seen:
                raise DocumentError("This was changed meanwhile. Please look at it again; nothing was changed.")
            row: dict[str, Any] = {"name": document.name, "staff": staff, "at": to_naive_utc(now())}
            latest = connection.execute(_versions(document.name).limit(1)).first()
            number = latest.number if latest else 0
            if before and (latest is None or latest.text != before):  # an editor's, or never here before
                number += 1
                found = row | {"number": number, "part": BEFORE, "text": before, "in_use": self.is_shared}
                connection.execute(insert(documents).values(found))
            made = row | {"number": number + 1, "part": part, "text": text, "in_use": self.is_shared}
            connection.execute(insert(documents).values(made))
            if not self.is_shared:
                _write(document.file, text)

    def take_back(self, document: Document, number: int, staff: str) -> None:
        """Undoes the latest change, which has to be `number`. Raises DocumentError."""
        with self._database.reading("read versions of a document") as connection:
            rows = connection.execute(_versions(document.name).limit(2)).all()
        if len(rows) < 2:
            raise DocumentError("There is nothing to take back.")
        latest, before = rows
        if latest.number != number:
            raise DocumentError("There is a later change. Please take that one back first; nothing was changed.")
        seen = version_of(latest.text if self.is_shared else self.text(document))
        self.keep(document, before.text, seen=seen, staff=staff, part=latest.part)

    def adopt(self, document: Document) -> None:
        """Moves a file into the table where gateways share it, and another has not."""
        if not self.is_shared or not document.file.exists():
            return
        with self._database.writing("adopt a document") as connection:
            connection.execute(_LOCK)
            if connection.execute(_versions(document.name).limit(1)).first() is None:
                row = {"name": document.name, "number": 1, "staff": "", "at": to_naive_utc(now()), "part": BEFORE}
                connection.execute(
                    insert(documents).values(row | {"text": self._text(connection, document), "in_use": True})
                )
        document.file.unlink(missing_ok=True)

    def history(self, document: Document, most: int) -> Sequence[Version]:
        """The latest changes, newest first."""
        query = _versions(document.name).where(documents.c.part != BEFORE).limit(most)
        with self._database.reading("read the history of a document") as connection:
            rows = connection.execute(query).all()
        return [Version(row.number, row.staff, row.at.replace(tzinfo=UTC), row.part) for row in rows]

    def delete(self, document: Document) -> bool:
        """Deletes it with its history; False when there was none."""
        with self._database.writing("delete a document") as connection:
            there = bool(self._text(connection, document))
            connection.execute(delete(documents).where(documents.c.name == document.name))
            document.file.unlink(missing_ok=True)
        return there

    def _text(self, connection: Connection, document: Document) -> str:
        if self.is_shared:
            query = _versions(document.name).where(documents.c.in_use).limit(1)
            if row := connection.execute(query).first():
                return str(row.text)
        try:
            return document.file.read_text(encoding="utf-8-sig")
        except FileNotFoundError:
            return ""
        except (OSError, UnicodeDecodeError) as error:
            why = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
            raise DocumentError(f"{document.file.name} cannot be read ({why}).") from None


def version_of(text: str) -> str:
    """A short name of a text: two pages that read the same one have the same."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _versions(name: str) -> Any:
    return select(documents).where(documents.c.name == name).order_by(documents.c.number.desc())


def _write(path: Path, text: str) -> None:
    """Replaces the file in one step, with its permissions kept. Raises DocumentError."""
    try:
        write_text(path, text)
    except OSError as error:
        raise DocumentError(
            f"This program may not write {path.name} ({error.strerror}). Nothing was changed: whoever runs the server can "
            "change the file, or let the program write it."
        ) from None


def write_text(path: Path, text: str) -> None:
    """Replaces a file in one step, with its permissions kept; a new one is for its owner only. Raises OSError."""
    place = path.resolve()
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    mode = place.stat().st_mode & 0o777 if place.exists() else 0o600
    handle, draft = tempfile.mkstemp(dir=place.parent, prefix=".draft-", suffix=place.suffix)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(draft, mode)
        os.replace(draft, place)
    except OSError:
        Path(draft).unlink(missing_ok=True)
        raise
