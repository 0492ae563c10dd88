"""Which conditions a message mentions, by patterns and by rules, before anything is said about how they are meant."""

from __future__ import annotations

from collections import defaultdict
from typing import Final

from lamoon.screening.catalogue import Catalogue
from lamoon.screening.matcher import Match
from lamoon.screening.message import Finding, Message
from lamoon.screening.rules import find_by_rules, usable_signs

MOST_MENTIONS: Final = 32
"""Of one condition in a message, half of them from its start and half from its end: a long story is not cut off, and one
that names a condition a thousand times costs no more."""
CATCH_ALL: Final = "other_condition"
_LEADS_TO: Final = frozenset("with from of as having a an the my early late stage".split())


def find_conditions(message: Message, catalogue: Catalogue) -> None:
    """Fill `message.matches` and `message.findings`; look-alikes of a condition set its mentions aside."""
    message.matches = catalogue.matcher.find(message.words)
    found = [
        Finding(name, match.first, match.last, action=kind == "action")
        for match in message.matches
        for kind, _, name in (match.label.partition(":"),)
        if kind in ("condition", "action") and not _is_look_alike(message, match, name)
    ]
    signs = usable_signs(message)
    if signs:
        message.denies = _denies(message, signs)
        for condition in catalogue.conditions.values():
            found += find_by_rules(message, condition.id, condition.rules, signs)
    message.findings = _named(message, _few(_merged(found)))


def _denies(message: Message, usable: dict[str, list[Match]]) -> bool:
    """Whether a sign is denied at a place where none is told; several signs may share a place."""
    told = {match.last for matches in usable.values() for match in matches}
    return any(match.last not in told for name in usable for match in message.all(f"sign:{name}"))


def _is_look_alike(message: Message, match: Match, name: str) -> bool:
    return any(match.overlaps(mask) for mask in message.all(f"unlike:{name}"))


def _few(findings: list[Finding]) -> list[Finding]:
    """Not more than MOST_MENTIONS of each condition, in their order."""
    places: defaultdict[str, list[int]] = defaultdict(list)
    for place, finding in enumerate(findings):
        places[finding.condition].append(place)
    half = MOST_MENTIONS // 2
    left_out = {place for theirs in places.values() if len(theirs) > MOST_MENTIONS for place in theirs[half:-half]}
    return [finding for place, finding in enumerate(findings) if place not in left_out]


def _named(message: Message, findings: list[Finding]) -> list[Finding]:
    """Without the catch-all where it only leads to a condition with a name: "diagnosed with DVT", "Parkinson's disease"."""
    named = [finding for finding in findings if finding.condition != CATCH_ALL]
    return [
        finding for finding in findings if finding.condition != CATCH_ALL or not _leads_to_one(message, finding, named)
    ]


def _leads_to_one(message: Message, finding: Finding, named: list[Finding]) -> bool:
    return any(
        finding.first <= other.last + 1
        and other.first <= finding.last + 4
        and all(message.norm(at) in _LEADS_TO for at in range(finding.last + 1, other.first))
        for other in named
    )


def _merged(findings: list[Finding]) -> list[Finding]:
    """One finding where several of the same condition overlap; in the order of the text."""
    kept: list[Finding] = []
    latest: dict[str, Finding] = {}
    for finding in sorted(findings, key=lambda f: (f.first, -f.last, f.condition, f.action)):
        before = latest.get(finding.condition)
        if before and finding.first <= before.last:
            before.last = max(before.last, finding.last)
            before.action = before.action and finding.action
            before.combined = before.combined or finding.combined
            before.by_rule = before.by_rule and finding.by_rule
        else:
            kept.append(finding)
            latest[finding.condition] = finding
    return kept
