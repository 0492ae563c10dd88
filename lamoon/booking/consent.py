"""What a visitor agreed to before a request was sent: one record each for contact and for health, from one clear question.

A record keeps the words that were shown, their version and the time. It says "health" only where the question named
health: a yes to "may I send your message and your contact?" is no consent to health words, and is not counted as one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Literal, get_args

from lamoon.text.clean import clean

Subject = Literal["contact", "health"]
SUBJECTS: Final[tuple[Subject, ...]] = get_args(Subject)
VERSION_SIGNS: Final = 8
HEALTH: Final = "health"
"""The word by which a question names health; a question in another language names none."""


@dataclass(frozen=True)
class Consent:
    """A yes: `to` what, the `text` of the question as it was shown, its `version` (a hash of it), `at` when (UTC)."""

    to: Subject
    text: str
    version: str
    at: datetime

    @classmethod
    def from_value(cls, value: Mapping[str, Any]) -> Consent:
        """The inverse of `as_value`. Raises KeyError and ValueError for another value."""
        at = datetime.fromisoformat(value["at"])
        return cls("health" if value["to"] == "health" else "contact", value["text"], value["version"], at)

    def as_value(self) -> dict[str, str]:
        """The mapping in the row of a request."""
        return {"to": self.to, "text": self.text, "version": self.version, "at": self.at.isoformat()}


def given(text: str, at: float) -> Sequence[Consent]:
    """The records of a yes to a question.

    Args:
        text: of the question, as it was shown.
        at: when the yes came, in seconds since 1970.
    """
    shown = clean(text)
    version = hashlib.sha256(shown.encode()).hexdigest()[:VERSION_SIGNS]
    moment = datetime.fromtimestamp(at, UTC).replace(microsecond=0)
    named = SUBJECTS if HEALTH in shown.casefold() else SUBJECTS[:1]
    return [Consent(to, shown, version, moment) for to in named]
