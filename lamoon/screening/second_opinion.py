"""The second opinion: the trained classifier covers wordings that the catalogue's rules do not know. It may raise the
result to the emergency text or to a question about health; it never lowers a result of the rules.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from lamoon.screening.conditions import CARING_TEXTS
from lamoon.screening.crisis import (
    CONDITION,
    DESPAIR,
    SUBSTANCES,
    VIOLENCE,
    CrisisLevel,
    Harm,
    crisis_level,
    probability,
)
from lamoon.screening.screener import Screening

DISCLOSURE: Final = "report_condition"
EMERGENCY: Final = "emergency+"  # followed by the name of its text, such as suicidal
NO_FINDING: Final = ("none", "inform")
BENIGN_STATUSES: Final = frozenset({"other_person", "resolved"})


class Opinion(Screening, total=False):
    """A screening after the second opinion.

    Keys:
        second_opinion: `{"emergency": p, "disclosure": p, "crisis": p, "violence": p, "text": name}`; probabilities
            from 0 to 1, and the emergency text that fits best. `crisis` is the sum of the acute and the despair class.
        question: whether to ask about the visitor's health, because only the second opinion found a sign.
        crisis: `acute` (the emergency text), `soft` (a caring question, no emergency), `past` (years ago and well since,
            no alarm), or empty.
        violence: whether it mentions violence or threats at home.
        harm_done: whether somebody has already harmed themselves, which is also a medical emergency; `crisis` is then
            `acute`.
    """

    second_opinion: dict[str, float | str]
    question: bool
    crisis: CrisisLevel
    violence: bool
    harm_done: bool


@dataclass(frozen=True)
class Thresholds:
    """Minimum probabilities of the second opinion, chosen on the development messages; see docs/screening.md.

    Attributes:
        emergency: where the rules found nothing.
        emergency_over_rules: where they found something milder, denied, or only asked about.
        emergency_over_calm: where all findings are past or another person's, or the message says that nothing was
            found.
        emergency_over_figure: where a figure of speech explains the words and they found nothing else.
        question: sum of emergency and disclosure.
        crisis_acute: of the acute crisis; a denial of a plan or a sign does not count against it.
        crisis_soft: of the acute crisis and despair together.
        crisis_figurative: of both, where a figure of speech explains the words: "I'm dead lol".
        violence: of violence at home, where the rules found nothing.
        violence_over_rules: where they found a condition: "he has a broken collarbone, should he stay away?"
    """

    emergency: float = 0.86
    emergency_over_rules: float = 0.94
    emergency_over_calm: float = 0.99
    emergency_over_figure: float = 0.998
    question: float = 0.9
    crisis_acute: float = 0.6
    crisis_soft: float = 0.5
    crisis_figurative: float = 0.9
    violence: float = 0.35
    violence_over_rules: float = 0.8


def combine(
    screening: Screening,
    probabilities: Mapping[str, float],
    thresholds: Thresholds,
    over: bool = False,
    harmless: bool = False,
    harm: Harm = "",
    bereaved: bool = False,
    feared: bool = False,
    violent: bool = False,
) -> Opinion:
    """Combine the screening with the second opinion, which may raise it and never lowers it.

    Args:
        screening: the rules' result.
        probabilities: the classifier's, of `report_condition` and each `emergency+<text>`, 0 to 1.
        thresholds: see `Thresholds`.
        over: whether the crisis is over and years back; see `crisis.is_past_and_over`.
        harmless: whether pills or drink in it were taken for a session; see `crisis.is_taken_for_a_session`.
        harm: whether somebody has already harmed themselves; see `crisis.harm_done`.
        bereaved: whether the visitor mourns a person who died by suicide; see `crisis.is_bereaved`. The classifier
            takes that for a crisis of the visitor; the result is a question, not an alarm.
        violent: whether violence at home is told in plain words; see `crisis.is_violent`.
        feared: whether the visitor is afraid of the session; see `crisis.is_fear_of_session`. The classifier takes
            panic for an emergency.
    """
    if bereaved:
        despair = probability(probabilities, CONDITION) + probability(probabilities, DESPAIR)
        probabilities = {**probabilities, f"{EMERGENCY}{CONDITION}": 0.0, f"{EMERGENCY}{DESPAIR}": despair}
    if harmless:
        probabilities = {label: p for label, p in probabilities.items() if not label.startswith(EMERGENCY)}
    emergencies = {
        label.removeprefix(EMERGENCY): p
        for label, p in probabilities.items()
        if label.startswith(EMERGENCY) and label.removeprefix(EMERGENCY) not in CARING_TEXTS
    }
    emergency, disclosure = sum(emergencies.values()), probabilities.get(DISCLOSURE, 0.0)
    acute, despair, violence = (probability(probabilities, text) for text in (CONDITION, DESPAIR, VIOLENCE))
    least = (thresholds.crisis_acute, thresholds.crisis_soft)
    if screening["figurative"]:
        least = (thresholds.crisis_figurative, thresholds.crisis_figurative)
    crisis = crisis_level(screening, acute, despair, *least, over)
    is_new = screening["outcome"] == "none" and not screening["conditions"]
    # A visitor who denies a sign has considered it; a classifier sees the sign and not the "no".
    denies = screening["denies"] or any(mention["status"] == "negated" for mention in screening["conditions"])
    done = crisis != "past" and (harm == "done" or (harm == "possible" and crisis == "acute"))
    enough = max(_least(screening, thresholds, is_new), thresholds.emergency_over_calm if feared else 0.0)
    raised = done or crisis == "acute" or (emergency >= enough and not denies and crisis != "past")
    text = max(emergencies, key=emergencies.__getitem__, default="general")
    unnamed = raised and screening["outcome"] != "emergency" and text == CONDITION
    rather = (
        crisis == "soft" and (raised or screening["outcome"] == "emergency") and acute + despair > emergency - acute
    )
    if done or unnamed or rather:  # "wouldn't mind if a truck hit me": the likelier of the two kinds is answered
        crisis = "acute"
    opinion: dict[str, float | str] = {
        "emergency": round(emergency, 4),
        "disclosure": round(disclosure, 4),
        "crisis": round(acute + despair, 4),
        "violence": round(violence, 4),
        "text": CONDITION if crisis == "acute" else text,
    }
    return {
        "outcome": "emergency" if raised else screening["outcome"],
        "conditions": screening["conditions"],
        "denies": screening["denies"],
        "well": screening["well"],
        "figurative": screening["figurative"],
        "question": is_new
        and not raised
        and not crisis
        and not screening["denies"]
        and not screening["well"]
        and not screening["figurative"]
        and emergency + disclosure >= thresholds.question,
        "crisis": crisis,
        "violence": violent or violence >= (thresholds.violence if is_new else thresholds.violence_over_rules),
        "harm_done": done,
        "second_opinion": opinion,
    }


def _least(screening: Screening, thresholds: Thresholds, is_new: bool) -> float:
    """Return the probability needed to override the rules' result with the emergency text."""
    statuses = {mention["status"] for mention in screening["conditions"]}
    if {mention["id"] for mention in screening["conditions"]} == {SUBSTANCES}:
        return thresholds.emergency_over_calm  # a pill or a drink explains the signs that the classifier sees
    if screening["outcome"] in NO_FINDING and screening["figurative"]:
        return thresholds.emergency_over_figure
    if screening["figurative"]:
        return thresholds.emergency_over_calm
    if screening["outcome"] == "none" and (screening["well"] or (statuses and statuses <= BENIGN_STATUSES)):
        return thresholds.emergency_over_calm
    return thresholds.emergency if is_new else thresholds.emergency_over_rules
