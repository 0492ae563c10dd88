"""The studio's settings as the desk changes them: checked, kept with their history, and taken back."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from lamoon.desk.request import DeskRequest
from lamoon.storage.database import Database
from lamoon.storage.documents import Document, DocumentError, Documents, Version
from lamoon.studio.edit import Given, Section, changed_text
from lamoon.studio.file import studio_of
from lamoon.studio.live import NAME
from lamoon.studio.model import Studio

SHOWN = 20


class StudioSettings:
    """studio.yml of one installation."""

    def __init__(self, path: Path, database: Database) -> None:
        self._documents = Documents(database)
        self._document = Document(NAME, path)

    def text(self) -> str:
        """The text as it is now. Raises DocumentError."""
        text = self._documents.text(self._document)
        if not text:
            raise DocumentError(f"{self._document.file.name} is missing or empty.")
        return text

    def studio(self, text: str) -> Studio:
        """What a text says. Raises StudioError."""
        return studio_of(text, NAME)

    def preview(self, section: Section, given: Given, text: str | None = None) -> str:
        """The text (that of now) with the changes, checked. Raises StudioError, or DocumentError."""
        changed = changed_text(self.text() if text is None else text, section, given)
        self.studio(changed)
        return changed

    def save(self, section: Section, given: Given, seen: str, staff: str) -> bool:
        """Makes the changes; False where there are none.

        Args:
            section: of the form.
            given: its fields.
            seen: the version that the form showed.
            staff: who made them.

        Raises:
            StudioError: when a value is wrong.
            DocumentError: when the settings were changed since, or cannot be written.
        """
        before = self.text()
        text = self.preview(section, given, before)
        if text == before:
            return False
        self._documents.keep(self._document, text, seen=seen, staff=staff, part=section.id)
        return True

    def undo(self, number: int, staff: str) -> None:
        """Takes the latest change back, which has to be `number`. Raises DocumentError."""
        self._documents.take_back(self._document, number, staff)

    def history(self) -> Sequence[Version]:
        """The latest changes, newest first."""
        return self._documents.history(self._document, SHOWN)


def settings_of(visit: DeskRequest) -> StudioSettings:
    """The settings of this studio."""
    return StudioSettings(visit.services.settings.studio, visit.services.bookings.database)
