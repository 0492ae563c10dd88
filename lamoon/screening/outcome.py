"""The status of each mention, and the outcome of the whole message."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from lamoon.screening.catalogue import Catalogue
from lamoon.screening.conditions import Condition
from lamoon.screening.grammar.denied import is_negated
from lamoon.screening.grammar.feared import is_ruled_out
from lamoon.screening.grammar.figurative import figures_of_speech
from lamoon.screening.grammar.lately import is_denied_only_lately
from lamoon.screening.grammar.past import is_over, is_past, is_past_cancer, is_past_sentence
from lamoon.screening.grammar.questions import asks_for_the_list, is_general_question
from lamoon.screening.grammar.someone_else import (
    contradicts,
    is_met_at_work,
    is_of_animal,
    is_of_someone,
    is_other_person,
)
from lamoon.screening.grammar.supposed import is_supposed
from lamoon.screening.message import Finding, Outcome, ScreenedMessage, Status

_ORDER: Final[tuple[Outcome, ...]] = ("emergency", "warn", "ask_doctor", "inform")
_WELL: Final = ("all_well", "disproved", "found_nothing")
_MODALS: Final = frozenset("can could may might must should shall".split())
"""Before a "not have it" that asks for permission: "what means that I can't have it?"."""
_OUTCOMES: Final[dict[str, Outcome]] = {
    "avoid": "warn", "avoid_locally": "warn", "ask_doctor": "ask_doctor", "emergency": "emergency", "inform": "inform",
}  # fmt: skip


def decide_statuses(message: ScreenedMessage, catalogue: Catalogue) -> None:
    """Set the status of every finding; a past cancer becomes a history of cancer, and the like."""
    figures = figures_of_speech(message)
    message.findings = [f for f in message.findings if f.by_rule or f.first not in figures]
    for finding in message.findings:
        condition = _still_there(message, finding, catalogue)
        decide = _emergency_status if condition.severity == "emergency" else _status
        finding.status = decide(message, finding, condition)
    if any(f.status == "affirmed" and _severity(f, catalogue) == "emergency" for f in message.findings):
        # Milder readings of the same signs would only add noise to an emergency.
        message.findings = [f for f in message.findings if not _is_milder_reading(f, catalogue)]


def says_well(message: ScreenedMessage) -> bool:
    """Return whether the message ends with an all-clear; a "but" or "now" after it adds something new."""
    all_clears = [
        match.last for label in _WELL for match in message.all(label) if message.norm(match.first - 1) not in _MODALS
    ]
    return bool(all_clears) and not any(match.first > max(all_clears) for match in message.all("turn"))


def _still_there(message: ScreenedMessage, finding: Finding, catalogue: Catalogue) -> Condition:
    """Return the condition of a finding; "not in remission" and "not cancer free" mean the present one."""
    if any(m.first < finding.first <= m.last for m in message.all("not_a_negation")):
        finding.condition = next(
            (c.id for c in catalogue.conditions.values() if c.becomes == finding.condition), finding.condition
        )
    return catalogue.conditions[finding.condition]


def decide_outcome(message: ScreenedMessage, catalogue: Catalogue) -> None:
    """Set the outcome: the most urgent affirmed condition; a question or hypothesis asks for information."""
    message.well = says_well(message)
    message.outcome = outcome_of(((finding.condition, finding.status) for finding in message.findings), catalogue)
    if message.outcome == "none" and asks_for_the_list(message):
        message.outcome = "inform"


def outcome_of(mentions: Iterable[tuple[str, Status]], catalogue: Catalogue) -> Outcome:
    """Return the outcome of conditions, given by id and status."""
    reached: set[Outcome] = set()
    for condition, status in mentions:
        if status == "affirmed":
            reached.add(_OUTCOMES[catalogue.conditions[condition].severity])
        elif status == "hypothetical":
            reached.add("inform")
    return next((outcome for outcome in _ORDER if outcome in reached), "none")


def _severity(finding: Finding, catalogue: Catalogue) -> str:
    return catalogue.conditions[finding.condition].severity


def _is_milder_reading(finding: Finding, catalogue: Catalogue) -> bool:
    condition = catalogue.conditions[finding.condition]
    return condition.severity == "ask_doctor" and bool(condition.rules) and not condition.is_named


def _status(message: ScreenedMessage, finding: Finding, condition: Condition) -> Status:
    first, last = finding.first, finding.last
    if condition.severity == "inform":
        return "hypothetical"
    is_once = False
    if not finding.by_rule and _is_denied(message, finding) and not contradicts(message, last):
        is_once = _counts_at_any_time(condition) and is_denied_only_lately(message, first, last)
        if not is_once:
            return "negated"
        finding.condition = condition.becomes or condition.id
    item = message.item(first, last)
    is_affirmed = is_once or (item is not None and bool(item.affirms))  # this is not a question
    # A question about a drink before a session is about the visitor.
    if not is_affirmed and is_supposed(message, first, last):
        return "hypothetical"
    if is_of_someone(message, first, last):
        return "other_person"
    if not is_affirmed and condition.heals and is_general_question(message, first, last):
        return "hypothetical"
    if is_other_person(message, first, last):
        return "other_person"
    if condition.becomes and is_past_cancer(message, first, last):
        finding.condition = condition.becomes
    elif condition.resolves and not condition.becomes and is_over(message, first, last, heals=condition.heals):
        return "resolved"
    return "affirmed"


def _counts_at_any_time(condition: Condition) -> bool:
    return bool(condition.becomes) or not condition.resolves


def _is_denied(message: ScreenedMessage, finding: Finding) -> bool:
    first, last = finding.first, finding.last
    if any(match.first > last for match in message.in_sentence("pending", first)):
        return False  # "no clot for sure yet, still waiting for the scan"
    return is_negated(message, first, last, finding.action) or is_ruled_out(message, first, last)


def _emergency_status(message: ScreenedMessage, finding: Finding, condition: Condition) -> Status:
    first, last = finding.first, finding.last
    suicidal = condition.emergency_text == "suicidal"
    if condition.is_named and is_negated(message, first, last, finding.action):
        return "negated"
    if is_of_animal(message, first) or (not finding.combined and is_met_at_work(message, first, last)):
        return "other_person"
    if is_past(message, first, last, only_long_ago=suicidal) or _after_a_past_one(message, finding, condition):
        if not condition.becomes or is_other_person(message, first, last):
            return "resolved"
        finding.condition = condition.becomes
    elif not (suicidal or finding.combined or _is_measured(message, finding)) and _is_about_people_at_large(
        message, first, last
    ):
        return "hypothetical"
    return "affirmed"


def _is_measured(message: ScreenedMessage, finding: Finding) -> bool:
    """Return whether the finding has a measurement: a pulse of 135, a fever of 40."""
    return any(message.words[at].kind == "number" for at in range(finding.first, finding.last + 1))


def _is_about_people_at_large(message: ScreenedMessage, first: int, last: int) -> bool:
    return is_general_question(message, first, last, strict=True) or is_supposed(message, first, last, people=True)


def _after_a_past_one(message: ScreenedMessage, finding: Finding, condition: Condition) -> bool:
    """Return whether the mention is the after-effect of a past event in the sentence: "A stroke years ago, the hand is
    still weak".
    """
    if not condition.becomes or not is_past_sentence(message, finding.first):
        return False
    sentence = message.words[finding.first].sentence
    return any(
        other.condition == condition.becomes
        and other.last < finding.first
        and message.words[other.last].sentence == sentence
        for other in message.findings
    )
