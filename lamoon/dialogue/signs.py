"""Signs of one illness that come in several messages: "my calf aches", "only the left one", "and it feels hot"."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from lamoon.screening.message import Finding, ScreenedMessage
from lamoon.screening.screener import Screener, Screening

MESSAGES: Final = 3
"""Earlier messages that are read together with the latest one."""
SECONDS: Final = 1800.0
"""Longer ago, a sign is another matter."""
LONGEST: Final = 600
"""Characters. A longer story is read by itself."""
_JOINTS: Final = (", ", ". ")


def adds_up(earlier: Sequence[str], message: ScreenedMessage, screener: Screener) -> list[str]:
    """Ids of emergencies that the latest messages amount to together and none of them alone.

    Args:
        earlier: the messages before, oldest first.
        message: the latest one.
        screener: the rules.
    """
    if not earlier or not message.signs or message.outcome == "emergency" or message.well:
        return []
    known = {finding.condition for finding in message.findings}
    found: dict[str, None] = {}
    for start in range(len(earlier)):
        told = [*earlier[start:], message.text]
        if sum(map(len, told)) <= LONGEST:
            for joint in _JOINTS:
                found |= dict.fromkeys(
                    id for id in _new_emergencies(joint.join(told), len(message.text), screener) if id not in known
                )
    return list(found)


def _new_emergencies(text: str, latest: int, screener: Screener) -> list[str]:
    """Emergencies of a joined text to which its last `latest` characters contribute."""
    read = screener.read(text)
    return [
        finding.condition
        for finding in read.findings
        if finding.status == "affirmed"
        and screener.catalogue.conditions[finding.condition].severity == "emergency"
        and _contributes(read, finding, len(text) - latest)
    ]


def _contributes(read: ScreenedMessage, finding: Finding, start: int) -> bool:
    """Whether a sign of the finding lies behind the character `start` and is more than "this" or "it"."""
    return any(
        at in read.signs and read.words[at].start >= start and not read.doc[at].is_stop
        for at in range(finding.first, finding.last + 1)
    )


def with_sum(screening: Screening, ids: Sequence[str], text: str) -> Screening:
    """A screening with the emergencies that several messages amount to; they are found in the whole of the latest one."""
    if not ids:
        return screening
    mentions = [
        *screening["conditions"],
        *({"id": id, "status": "affirmed", "text": text, "start": 0, "end": len(text)} for id in ids),
    ]
    return {**screening, "outcome": "emergency", "conditions": mentions}  # type: ignore[typeddict-item]
