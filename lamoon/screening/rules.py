"""Puts signs together: rules of emergencies hold when all their signs stand close to each other and none is denied."""

from __future__ import annotations

from typing import Final

from lamoon.screening.condition import Rule
from lamoon.screening.matcher import Match
from lamoon.screening.message import Finding, Message
from lamoon.screening.status import is_negated

MAX_PLACES: Final = 12


def find_by_rules(
    message: Message, condition: str, rules: tuple[Rule, ...], usable: dict[str, list[Match]]
) -> list[Finding]:
    """The places where a rule of the condition holds: the first of each rule.

    Args:
        message: the words and all signs found in them.
        condition: id of the condition.
        rules: its rules.
        usable: signs by name that are not denied; see `usable_signs`.
    """
    found = []
    for rule in rules:
        together = _together(message, [usable.get(name, []) for name in rule.all], rule)
        if together and not _spoiled(message, rule, together):
            first, last = min(match.first for match in together), max(match.last for match in together)
            found.append(Finding(condition, first, last, combined=len(together) > 1, by_rule=True))
    return found


def usable_signs(message: Message) -> dict[str, list[Match]]:
    """All signs by name that the message does not deny."""
    return {
        label.removeprefix("sign:"): [
            match for match in matches[:MAX_PLACES] if not is_negated(message, match.first, match.last, sign=True)
        ]
        for label, matches in message.labels.items()
        if label.startswith("sign:")
    }


def _together(message: Message, choices: list[list[Match]], rule: Rule) -> list[Match] | None:
    """One match of each sign, on different words and close together; None when there is no such choice."""
    if not all(choices):
        return None
    for anchor in choices[0]:
        chosen = [anchor]
        for matches in choices[1:]:
            near = [
                match
                for match in matches
                if _close(message, anchor, match, rule) and not any(match.overlaps(other) for other in chosen)
            ]
            if not near:
                break
            chosen.append(min(near, key=lambda match: abs(match.first - anchor.first)))
        else:
            return chosen
    return None


def _close(message: Message, one: Match, other: Match, rule: Rule) -> bool:
    apart = abs(message.words[one.first].sentence - message.words[other.first].sentence)
    return apart <= rule.reach and abs(one.first - other.first) <= rule.near


def _spoiled(message: Message, rule: Rule, together: list[Match]) -> bool:
    sentences = {message.words[match.first].sentence for match in together}
    return any(
        message.words[match.first].sentence in sentences and not is_negated(message, match.first, match.last, sign=True)
        for name in rule.unless
        for match in message.all(f"sign:{name}")[:MAX_PLACES]
    )
