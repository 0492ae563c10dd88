"""Whether a message speaks of a crisis: thoughts of ending one's life, despair, or violence at home.

The rules know the loud wordings; the classifier has a class for acute messages and one for despair, which is quieter
and has no fixed words. A denied plan or sign never lowers a crisis: "I don't have a plan" is no all-clear. What lies
years back and is over is past, and gets no alarm.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from lamoon.screening.grammar.past import is_past, is_past_sentence
from lamoon.screening.matcher import Match
from lamoon.screening.message import ScreenedMessage
from lamoon.screening.screener import Screening

Harm = Literal["", "possible", "done"]
CrisisLevel = Literal["", "past", "soft", "acute"]
CONDITION: Final = "suicidal"  # in the catalogue, and the name of its emergency text
DESPAIR: Final = "despair"
VIOLENCE: Final = "violence"
WELL_AGAIN: Final = "well_again"
NOT_WELL: Final = "not_well_again"
AGE: Final = "at_an_age"
TO_BE_LOOSE: Final = "to_be_loose"
LARGE_AMOUNT: Final = "large_amount"
SUBSTANCES: Final = "substances"
OVERDOSE: Final = "overdose"
SMALL_DOSE: Final = "small_dose"
FOR_RELIEF: Final = "for_relief"
ON_PURPOSE: Final = "on_purpose"
PLANNED_REACH: Final = 4  # words


def is_past_and_over(message: ScreenedMessage) -> bool:
    """Whether the message dates something years back and says that the visitor is well since.

    Both are needed, and no word of a present crisis: somebody who tried years ago may be in danger today.
    """
    dates = [*message.all("long_ago"), *message.all(AGE)]
    dated = any(is_past_sentence(message, match.first, match.label) for match in dates)
    return dated and bool(message.all(WELL_AGAIN)) and not message.all(NOT_WELL)


def is_taken_for_a_session(message: ScreenedMessage) -> bool:
    """Whether what was taken was taken to be looser in a session, or one or two for a pain, and not too much of it.

    "Took two sleeping tablets so I'd be loose for the appointment" reads like an overdose to the classifier.
    """
    if message.all(LARGE_AMOUNT):
        return False
    taken = any(finding.condition == SUBSTANCES for finding in message.findings)
    named = {finding.condition for finding in message.findings} - {SUBSTANCES}
    small = bool(message.all(SMALL_DOSE)) and not named and not message.all(ON_PURPOSE)
    return (taken and bool(message.all(TO_BE_LOOSE))) or (
        small and bool(message.all(TO_BE_LOOSE) or message.all(FOR_RELIEF))
    )


def is_fear_of_session(message: ScreenedMessage) -> bool:
    """Whether the visitor fears how a session is, and no condition is named: "I get panicky lying face down"."""
    return bool(message.all("feels_fear") and message.all("session_setting")) and not message.findings


def is_bereaved(message: ScreenedMessage) -> bool:
    """Whether the message tells of another person's death by suicide, and the rules find no crisis of the visitor's."""
    own = any(finding.condition == CONDITION and finding.status == "affirmed" for finding in message.findings)
    return bool(message.all("bereaved")) and not own


def harm_done(message: ScreenedMessage) -> Harm:
    """Whether somebody has already harmed himself: "swallowed the whole bottle", "cut my wrists an hour ago".

    `possible` where something was taken and nothing says why; whether it is done is then for the classifier to say.
    Plans, accidents, children, and what lies years back are none.
    """
    if is_past_and_over(message) or any(f.condition == CONDITION and f.status == "resolved" for f in message.findings):
        return ""
    if any(_is_done(message, match) for match in message.all("self_harmed")):
        return "done"
    taken = [
        Match(OVERDOSE, f.first, f.last) for f in message.findings if f.condition == OVERDOSE and f.status == "affirmed"
    ]
    taken = [match for match in taken if _is_done(message, match)]
    everything = [match for match in message.all("taken_all") if _is_done(message, match)]
    if not (taken or everything) or message.all("by_accident"):
        return ""
    suicidal = any(f.condition == CONDITION and f.status == "affirmed" for f in message.findings)
    if suicidal or message.all(ON_PURPOSE):
        return "done"
    if message.all(FOR_RELIEF):
        return ""
    return "done" if everything or (message.all(LARGE_AMOUNT) and not message.all("sign:drugs_used")) else "possible"


def _is_done(message: ScreenedMessage, match: Match) -> bool:
    """Whether it happened, lately: no plan before its verb, no date of years ago, no figure of speech."""
    start = message.bounds(match.first)[0]
    verb = next((at for at in range(match.first, match.last + 1) if at in _verbs(message)), match.first)
    planned = message.covered("planned")
    if any(at in planned for at in range(max(start, verb - PLANNED_REACH), verb)):
        return False
    return not is_past(message, match.first, match.last, only_long_ago=True)


def _verbs(message: ScreenedMessage) -> frozenset[int]:
    return message.covered("sign:took") | message.covered("sign:swallowed") | message.covered("sign:gulped")


def crisis_level(
    screening: Screening, acute: float, despair: float, least_acute: float, least_soft: float, over: bool = False
) -> CrisisLevel:
    """The level of crisis in a message.

    Args:
        screening: the rules' result.
        acute, despair: the classifier's probabilities, 0 to 1.
        least_acute: of `acute`, from which on it is an emergency.
        least_soft: of both together, from which on the assistant asks.
        over: see `is_past_and_over`.
    """
    statuses = {mention["status"] for mention in screening["conditions"] if mention["id"] == CONDITION}
    if "affirmed" in statuses:
        return "acute"
    heard = acute + despair >= least_soft
    if over and (heard or statuses):
        return "past"
    # Who says "I'm not suicidal", or tells of years ago, is asked, and not alarmed.
    if acute >= least_acute and statuses.isdisjoint({"negated", "resolved"}):
        return "acute"
    if heard:
        return "soft"
    return "past" if "resolved" in statuses else ""


def probability(probabilities: Mapping[str, float], text: str) -> float:
    """The classifier's probability of an emergency text, 0 when it has no such class."""
    return float(probabilities.get(f"emergency+{text}", 0.0))
