"""Signs of one illness that come in several messages: "my calf aches", "only the left one", "and it feels hot"."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Final

from lamoon.screening.message import Finding, ScreenedMessage
from lamoon.screening.screener import Screener, Screening, shared_catalogue

MESSAGES: Final = 3
"""Number of earlier messages that are combined with the latest one."""
SECONDS: Final = 1800.0
"""An older sign is treated as unrelated."""
LONGEST: Final = 600
"""Maximum characters of a combined text; a longer story is screened alone."""
_JOINT: Final = ", "  # the rules look for the signs of an illness within one sentence


def adds_up(earlier: Sequence[str], message: ScreenedMessage, screener: Screener) -> list[str]:
    """Return the ids of emergencies that the latest messages show together and none of them shows alone.

    Args:
        earlier: the messages before, oldest first.
        message: the latest one.
        screener: the screener.
    """
    if not earlier or not has_signs(message) or message.outcome == "emergency":
        return []
    known = {finding.condition for finding in message.findings}
    found: dict[str, None] = {}
    pairs = [[one, message.text] for one in earlier]  # what was said between may end the sentence
    for messages in ([*earlier, message.text], *pairs) if len(earlier) > 1 else pairs:
        if sum(map(len, messages)) <= LONGEST:
            found |= dict.fromkeys(_new_emergencies(_JOINT.join(messages), len(message.text), screener))
    return [id for id in found if id not in known]


def has_signs(message: ScreenedMessage) -> bool:
    """Return whether a message has signs of illness that are more than "this" or "it"."""
    telling = _telling()
    return not message.well and any(
        not message.doc[at].is_stop
        for match in message.matches
        if match.label in telling
        for at in range(match.first, match.last + 1)
    )


@cache
def _telling() -> frozenset[str]:
    """Return the labels of signs that an emergency rule requires; all other signs only lower the urgency."""
    emergencies = (one for one in shared_catalogue().conditions.values() if one.severity == "emergency")
    return frozenset(f"sign:{sign}" for one in emergencies for rule in one.rules for sign in rule.all)


def _new_emergencies(text: str, latest: int, screener: Screener) -> list[str]:
    """Return the emergencies of a joined text to which its last `latest` characters contribute."""
    read = screener.read(text)
    return [
        finding.condition
        for finding in read.findings
        if finding.status == "affirmed"
        and screener.catalogue.conditions[finding.condition].severity == "emergency"
        and _contributes(read, finding, len(text) - latest)
    ]


def _contributes(read: ScreenedMessage, finding: Finding, start: int) -> bool:
    """Return whether a sign of the finding lies after the character `start` and is more than "this" or "it"."""
    return any(
        at in read.signs and read.words[at].start >= start and not read.doc[at].is_stop
        for at in range(finding.first, finding.last + 1)
    )


def with_sum(screening: Screening, ids: Sequence[str], text: str) -> Screening:
    """Return a screening with the emergencies that several messages show together, placed on the whole of the latest
    one.
    """
    if not ids:
        return screening
    mentions = [
        *screening["conditions"],
        *({"id": id, "status": "affirmed", "text": text, "start": 0, "end": len(text)} for id in ids),
    ]
    return {**screening, "outcome": "emergency", "conditions": mentions}  # type: ignore[typeddict-item]
