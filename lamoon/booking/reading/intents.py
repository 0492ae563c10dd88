"""The intent of a booking message: a new booking, an answer, a change, a cancellation, or a status question."""

from __future__ import annotations

import re
from collections.abc import Set
from typing import Final, Literal

from lamoon.booking.reading.line import Line
from lamoon.booking.reading.phrases import phrases

_SAYS: Final = phrases("intents")
Intent = Literal["book", "provide", "change", "cancel", "status"]


def is_cancellation(words: str) -> bool:
    """Return whether the visitor cancels a booking, and does not move it."""
    if not _SAYS["cancel"].search(words) or re.search(r"\bcancel\w* (?:policy|fee|that|\w+ policy)\b", words):
        return False
    return bool(re.search(r"\bcancel", words)) or not (_SAYS["unable"].search(words) and _SAYS["instead"].search(words))


def read_intent(line: Line, asked: str | None, given: Set[str], refused: bool) -> Intent:
    """Return the intent of the message.

    Args:
        line: of the message.
        asked: the open question.
        given: the fields that the message gives.
        refused: whether a day or time is refused.
    """
    words = line.words
    if is_cancellation(words):
        return "cancel"
    if asked is None and _SAYS["status"].search(words) and not given & {"service", "body"}:
        return "status"
    if asked is not None:
        return "provide"
    if _SAYS["existing"].search(words):
        return "change"
    opens = _SAYS["opens_with_no"].match(words)
    rich = len(given & {"name", "email", "phone", "when", "service", "body", "minutes"})
    contact = bool(given & {"email", "phone"})
    if (
        not opens
        and contact
        and (given & {"when", "service", "body"})
        and not _SAYS["renews"].search(words)
        and not re.match(r"(?:make it|change|use|the number)", words)
    ):
        return "book"
    if not opens and _SAYS["book"].search(words) and not _changes(words):
        return "book"
    if opens or refused or _SAYS["renews"].search(words) or _SAYS["change"].search(words):
        return "change"
    return "book" if rich >= 2 or given & {"service", "body", "when"} else "provide"


def _changes(words: str) -> bool:
    return bool(
        re.search(
            r"\b(?:instead|rather than|i'd rather|would rather|after all|wrong|left out|forgot|on second thoughts?|make it|as well|any ?more|doesn't work|tell (?:them|the therapist|the team)|not \d|better|changed|(?:forget|drop|skip|keep) the|another|different|also (?:my|add|the|on|i'm)|tell|should have (?:said|told|mentioned|added)|same (?:day|time|hour|person|name) but)\b|^(?:and |oh |just |could you |can you )*also\b",
            words,
        )
    )
