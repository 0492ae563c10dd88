"""Consent given before a request was sent: one record each for contact and for health, from one clear question.

A record keeps the displayed words, their version and the time. It says "health" only if the question named health: a
yes to "may I send your message and your contact?" is not consent to sending health information.
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
"""The word that names health in a question; a question in another language does not contain it."""


@dataclass(frozen=True)
class Consent:
    """A consent: its subject `to`, the `text` of the question as displayed, its `version` (a hash), and the time `at`
    (UTC).
    """

    to: Subject
    text: str
    version: str
    at: datetime

    @classmethod
    def from_value(cls, value: Mapping[str, Any]) -> Consent:
        """Parse the value of `as_value`. Raises KeyError and ValueError for another value."""
        at = datetime.fromisoformat(value["at"])
        return cls("health" if value["to"] == "health" else "contact", value["text"], value["version"], at)

    def as_value(self) -> dict[str, str]:
        """Return the mapping for the row of a request."""
        return {"to": self.to, "text": self.text, "version": self.version, "at": self.at.isoformat()}


def given(text: str, at: float) -> Sequence[Consent]:
    """Return the records of a yes to a question.

    Args:
        text: of the question, as displayed.
        at: time of the yes, in seconds since 1970.
    """
    shown = clean(text)
    version = hashlib.sha256(shown.encode()).hexdigest()[:VERSION_SIGNS]
    moment = datetime.fromtimestamp(at, UTC).replace(microsecond=0)
    named = SUBJECTS if HEALTH in shown.casefold() else SUBJECTS[:1]
    return [Consent(to, shown, version, moment) for to in named]
