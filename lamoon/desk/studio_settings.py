"""studio.yml as the desk changes it: checked, written, kept with its history, and taken back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import insert, select

from lamoon.errors import LamoonError
from lamoon.storage.database import Database
from lamoon.storage.desk_tables import studio_versions
from lamoon.storage.time import now, to_naive_utc
from lamoon.studio.edit import Given, Section, changed_text, studio_of, version_of, write_text

BEFORE = "before"
"""The section of the first version: the file as it was when the desk changed it for the first time."""
SHOWN = 20


class UnchangedError(LamoonError):
    """The settings were not changed; the message says why."""


@dataclass(frozen=True)
class Version:
    """A change: who made it, when (UTC), and in which section."""

    number: int
    staff: str
    at: datetime
    section: str


class StudioSettings:
    """The file of one studio and the history of its changes in the database."""

    def __init__(self, path: Path, database: Database) -> None:
        self._path = path
        self._database = database

    def text(self) -> str:
        """The file. Raises UnchangedError."""
        try:
            return self._path.read_text(encoding="utf-8-sig")
        except OSError as error:
            raise UnchangedError(f"{self._path.name} cannot be read ({error.strerror}).") from None

    def preview(self, section: Section, given: Given) -> str:
        """The file with the changes, checked. Raises StudioError."""
        text = changed_text(self.text(), section, given)
        studio_of(text, self._path.name)
        return text

    def save(self, section: Section, given: Given, seen: str, staff: str) -> bool:
        """Writes the changes; False where there are none.

        Args:
            section: of the form.
            given: its fields.
            seen: the version that the form showed.
            staff: who made them.

        Raises:
            StudioError: when a value is wrong.
            UnchangedError: when the file was changed since, or cannot be written.
        """
        before = self.text()
        if version_of(before) != seen:
            raise UnchangedError("The settings were changed meanwhile. Please look at them again; nothing was changed.")
        text = self.preview(section, given)
        if text == before:
            return False
        self._write(text, before, section.id, staff)
        return True

    def undo(self, number: int, staff: str) -> None:
        """Writes the file as it was before a change. Raises UnchangedError."""
        before = select(studio_versions.c.text).where(studio_versions.c.number < number)
        with self._database.reading("read a version of the settings") as connection:
            section = connection.execute(
                select(studio_versions.c.field).where(studio_versions.c.number == number)
            ).scalar()
            text = connection.execute(before.order_by(studio_versions.c.number.desc()).limit(1)).scalar()
        if section is None or text is None:
            raise UnchangedError("There is nothing to take back.")
        self._write(text, self.text(), str(section), staff)

    def history(self) -> Sequence[Version]:
        """The latest changes, newest first."""
        query = select(studio_versions).where(studio_versions.c.field != BEFORE)
        with self._database.reading("read the history of the settings") as connection:
            rows = connection.execute(query.order_by(studio_versions.c.number.desc()).limit(SHOWN)).all()
        return [Version(row.number, row.staff, row.at.replace(tzinfo=UTC), row.field) for row in rows]

    def _write(self, text: str, before: str, section: str, staff: str) -> None:
        row = {"staff": staff, "at": to_naive_utc(now())}
        latest = select(studio_versions.c.text).order_by(studio_versions.c.number.desc()).limit(1)
        try:
            with self._database.writing("keep a version of the settings") as connection:
                if connection.execute(latest).scalar() != before:  # changed with an editor since, or never here before
                    connection.execute(insert(studio_versions).values(row | {"field": BEFORE, "text": before}))
                connection.execute(insert(studio_versions).values(row | {"field": section, "text": text}))
                write_text(self._path, text)
        except OSError as error:
            raise UnchangedError(
                f"This program may not write {self._path.name} ({error.strerror}). Nothing was changed: whoever runs the "
                "server can change the file, or let the program write it."
            ) from None
