"""Signs of one illness that come in several messages: "my calf aches", "only the left one", "and it feels hot"."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Final

from lamoon.screening.message import Finding, ScreenedMessage
from lamoon.screening.screener import Screener, Screening, shared_catalogue

MESSAGES: Final = 3
"""Earlier messages that are read together with the latest one."""
SECONDS: Final = 1800.0
"""Longer ago, a sign is another matter."""
LONGEST: Final = 600
"""Characters. A longer story is read by itself."""
_JOINT: Final = ", "  # the rules look for the signs of an illness within a sentence


def adds_up(earlier: Sequence[str], message: ScreenedMessage, screener: Screener) -> list[str]:
    """Ids of emergencies that the latest messages amount to together and none of them alone.

    Args:
        earlier: the messages before, oldest first.
        message: the latest one.
        screener: the rules.
    """
    if not earlier or not has_signs(message) or message.outcome == "emergency":
        return []
    known = {finding.condition for finding in message.findings}
    found: dict[str, None] = {}
    for told in ([*earlier, message.text], [earlier[-1], message.text])[: len(earlier)]:
        if sum(map(len, told)) <= LONGEST:
            found |= dict.fromkeys(_new_emergencies(_JOINT.join(told), len(message.text), screener))
    return [id for id in found if id not in known]


def has_signs(message: ScreenedMessage) -> bool:
    """Whether a message has signs of illness that are more than "this" or "it"."""
    telling = _telling()
    return not message.well and any(
        not message.doc[at].is_stop
        for match in message.matches
        if match.label in telling
        for at in range(match.first, match.last + 1)
    )


@cache
def _telling() -> frozenset[str]:
    """Labels of the signs that a rule of an emergency asks for; the others only calm."""
    emergencies = (one for one in shared_catalogue().conditions.values() if one.severity == "emergency")
    return frozenset(f"sign:{sign}" for one in emergencies for rule in one.rules for sign in rule.all)


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
