"""Find the conditions in a message: by patterns, and by rules that combine signs."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Final

from lamoon.screening.catalogue import Catalogue
from lamoon.screening.conditions import Rule
from lamoon.screening.grammar.denied import is_negated
from lamoon.screening.grammar.figurative import figures_of_speech
from lamoon.screening.matcher import Match
from lamoon.screening.message import Finding, ScreenedMessage

# Signs that a rule requires within this many words describe one symptom in any order: "pain in the chest", "chest ...
# hurts".
ONE_SYMPTOM: Final = 9
SPOIL: Final = 6  # words: the distance from the signs at which a harmless explanation counts


def find_by_rules(
    message: ScreenedMessage, condition: str, rules: tuple[Rule, ...], usable: dict[str, list[Match]]
) -> list[Finding]:
    """Return the first match of each rule of a condition.

    Args:
        message: the words and all signs found in them.
        condition: id of the condition.
        rules: its rules.
        usable: signs by name that are not denied; see `usable_signs`.
    """
    found = []
    masks = message.all(f"unlike:{condition}")
    for rule in rules:
        if not usable.keys() >= rule.needs:
            continue
        together = _together(message, [_unmasked(usable[name], masks) for name in rule.all], rule)
        if together and not _spoiled(message, rule, together):
            first, last = min(match.first for match in together), max(match.last for match in together)
            combined = len(together) > 1 and rule.near > ONE_SYMPTOM
            found.append(Finding(condition, first, last, combined=combined, by_rule=True))
    return found


def usable_signs(message: ScreenedMessage) -> dict[str, list[Match]]:
    """Return all signs by name that the message neither denies nor uses figuratively."""
    figures = figures_of_speech(message)
    denied: dict[tuple[int, int], bool] = {}  # many signs share words

    def is_usable(match: Match) -> bool:
        place = (match.first, match.last)
        if place not in denied:
            denied[place] = match.first in figures or is_negated(message, *place, sign=True)
        return not denied[place]

    return {
        label.removeprefix("sign:"): usable
        for label, matches in message.labels.items()
        if label.startswith("sign:") and (usable := [match for match in matches if is_usable(match)])
    }


def _unmasked(matches: list[Match], masks: list[Match]) -> list[Match]:
    """Drop signs that share words with a look-alike of the condition: "get it off my chest"."""
    return [match for match in matches if not any(match.overlaps(mask) for mask in masks)] if masks else matches


def _together(message: ScreenedMessage, choices: list[list[Match]], rule: Rule) -> list[Match] | None:
    """Return one match of each sign, on different words and close together; None if there is no such combination."""
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


def _close(message: ScreenedMessage, one: Match, other: Match, rule: Rule) -> bool:
    apart = abs(message.words[one.first].sentence - message.words[other.first].sentence)
    return apart <= rule.reach and abs(one.first - other.first) <= rule.near


def _spoiled(message: ScreenedMessage, rule: Rule, together: list[Match]) -> bool:
    """Return whether a sign of `unless` is close to the match: in "stiff neck on Tuesday, please, and the chest hurts"
    it is too far away.
    """
    sentences = {message.words[match.first].sentence for match in together}
    start = min(match.first for match in together) - SPOIL
    end = max(match.last for match in together) + SPOIL
    return any(
        start <= match.last
        and match.first <= end
        and message.words[match.first].sentence in sentences
        and not is_negated(message, match.first, match.last, sign=True)
        for name in rule.unless
        for match in message.all(f"sign:{name}")
    )


MOST_MENTIONS: Final = 32
"""Maximum mentions of one condition per message, half from its start and half from its end: a long story is not cut
off, and a condition named a thousand times costs no more.
"""
CATCH_ALL: Final = "other_condition"
_FULL_NAME: Final = re.compile(
    r"(?:^\s*|\b(?i:i'm|i am|it's|this is|for|name's|name is) )(?P<name>[A-Z][a-z'-]+ [A-Z][a-z'-]+)(?=\W*$|\W+[a-z])"
)
_LONG_NAME: Final = 7  # letters: "Fracture" and "Pneumonia" are not names
_LEADS_TO: Final = frozenset("with from of as having a an the my early late stage".split())


def find_conditions(message: ScreenedMessage, catalogue: Catalogue) -> None:
    """Fill `message.matches` and `message.findings`; look-alikes of a condition cancel its mentions."""
    terms = frozenset(_phrases(message))
    matches = catalogue.matcher.find(message.words, terms)
    identity = [(span.start, span.end) for span in message.doc.spans["identity"]]
    identity += _full_names(message, catalogue)
    message.matches = [match for match in matches if not _is_identity(match, identity)] if identity else matches
    found = [
        Finding(name, match.first, match.last, action=kind == "action")
        for match in message.matches
        for kind, _, name in (match.label.partition(":"),)
        if kind in ("condition", "action") and not _is_look_alike(message, match, name, match in terms)
    ]
    signs = usable_signs(message)
    figures = figures_of_speech(message)
    message.figurative = bool(figures)
    message.denies = _denies(message, signs, figures)
    if signs:
        for condition in catalogue.conditions.values():
            found += find_by_rules(message, condition.id, condition.rules, signs)
    message.findings = _named(message, _few(_merged(found)))


def _phrases(message: ScreenedMessage) -> Iterator[Match]:
    """Yield the terms of the catalogue in the document."""
    for span in message.doc.spans["phrases"]:
        kind, _, name = span.label_.partition(":")
        if name:
            yield Match(f"unlike:{name}" if kind == "unlike" else f"condition:{name}", span.start, span.end - 1)


def _is_identity(match: Match, identity: list[tuple[int, int]]) -> bool:
    """Return whether a match is part of a name, street or address: "Rose Burns", "12 Cutter Lane"."""
    if match.label.partition(":")[0] not in ("condition", "action", "sign"):
        return False
    return any(start <= match.last and match.first < end for start, end in identity)


def _full_names(message: ScreenedMessage, catalogue: Catalogue) -> Iterator[tuple[int, int]]:
    """Yield the words of full names such as "Tia Ross": two capitalised words, one of them unknown to the
    catalogue.
    """
    for found in _FULL_NAME.finditer(message.text):
        start, end = found.span("name")
        inside = [at for at, word in enumerate(message.words) if start <= word.start and word.end <= end]
        written = found["name"].lower().split()
        if inside and not all(word in catalogue.known for word in written) and min(map(len, written)) < _LONG_NAME:
            yield inside[0], inside[-1] + 1


def _denies(message: ScreenedMessage, usable: dict[str, list[Match]], figures: frozenset[int]) -> bool:
    """Return whether a sign is denied and not affirmed in the same place; several signs may share a place. Figures of
    speech deny nothing.
    """
    used = {match.last for matches in usable.values() for match in matches}
    signs = (match for label, matches in message.labels.items() if label.startswith("sign:") for match in matches)
    return any(match.last not in used and match.first not in figures for match in signs)


def _is_look_alike(message: ScreenedMessage, match: Match, name: str, term: bool) -> bool:
    """Return whether a look-alike covers the match. A clinical term counts unless all of it is covered: "a blood clot I
    mean".
    """
    masks = message.all(f"unlike:{name}")
    return any(match.within(mask) if term else match.overlaps(mask) for mask in masks)


def _few(findings: list[Finding]) -> list[Finding]:
    """Keep at most MOST_MENTIONS of each condition, in order."""
    places: defaultdict[str, list[int]] = defaultdict(list)
    for place, finding in enumerate(findings):
        places[finding.condition].append(place)
    half = MOST_MENTIONS // 2
    left_out = {place for theirs in places.values() if len(theirs) > MOST_MENTIONS for place in theirs[half:-half]}
    return [finding for place, finding in enumerate(findings) if place not in left_out]


def _named(message: ScreenedMessage, findings: list[Finding]) -> list[Finding]:
    """Drop the catch-all condition in front of a named one: "diagnosed with DVT", "Parkinson's disease"."""
    named = [finding for finding in findings if finding.condition != CATCH_ALL]
    return [
        finding for finding in findings if finding.condition != CATCH_ALL or not _leads_to_one(message, finding, named)
    ]


def _leads_to_one(message: ScreenedMessage, finding: Finding, named: list[Finding]) -> bool:
    return any(
        finding.first <= other.last + 1
        and other.first <= finding.last + 4
        and all(message.norm(at) in _LEADS_TO for at in range(finding.last + 1, other.first))
        for other in named
    )


def _merged(findings: list[Finding]) -> list[Finding]:
    """Merge overlapping findings of the same condition, in text order."""
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
