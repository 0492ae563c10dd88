"""Detection of a crisis in a message: suicidal thoughts, despair, or violence at home.

The rules know the explicit wordings; the classifier has one class for acute messages and one for despair, which has no
fixed wording. A denied plan or sign never lowers a crisis: "I don't have a plan" is not an all-clear. A crisis that is
over and years back is past and raises no alarm.
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
    """Return whether the message dates something years back and says that the visitor has been well since. Both are
    required, and no word of a present crisis: a person who attempted suicide years ago may be in danger today.
    """
    dates = [*message.all("long_ago"), *message.all(AGE)]
    dated = any(is_past_sentence(message, match.first, match.label) for match in dates)
    return dated and bool(message.all(WELL_AGAIN)) and not message.all(NOT_WELL)


def is_taken_for_a_session(message: ScreenedMessage) -> bool:
    """Return whether a substance was taken in a normal amount: to be looser in a session, or one or two pills for a
    pain.

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
    """Return whether the visitor is afraid of the session itself, and no condition is named: "I get panicky lying face
    down".
    """
    return bool(message.all("feels_fear") and message.all("session_setting")) and not message.findings


def is_bereaved(message: ScreenedMessage) -> bool:
    """Return whether the message mentions another person's death by suicide, and the rules find no crisis of the
    visitor.
    """
    own = any(finding.condition == CONDITION and finding.status == "affirmed" for finding in message.findings)
    return bool(message.all("bereaved")) and not own


def is_violent(message: ScreenedMessage) -> bool:
    """Return whether the message tells of violence at home in plain words: "since my ex strangled me"."""
    sport = message.covered("violence_in_sport")
    return any(match.last not in sport for match in message.all("violence_at_home"))


def harm_done(message: ScreenedMessage) -> Harm:
    """Return the evidence of completed self-harm: "swallowed the whole bottle", "cut my wrists an hour ago".

    `possible` if something was taken and no reason is given; the classifier then decides. Plans, accidents, children
    and events of years ago do not count.
    """
    if is_past_and_over(message) or any(f.condition == CONDITION and f.status == "resolved" for f in message.findings):
        return ""
    mourned = message.covered("bereaved")
    if any(_is_done(message, match) for match in message.all("self_harmed") if match.first not in mourned):
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
    """Return whether the match describes a recent act: no plan before its verb, no date years ago, no figure of
    speech.
    """
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
    """Return the level of crisis in a message.

    Args:
        screening: the rules' result.
        acute, despair: the classifier's probabilities, 0 to 1.
        least_acute: the threshold of `acute` for an emergency.
        least_soft: the threshold of both together for a question.
        over: see `is_past_and_over`.
    """
    statuses = {mention["status"] for mention in screening["conditions"] if mention["id"] == CONDITION}
    if "affirmed" in statuses:
        return "acute"
    possible = acute + despair >= least_soft
    if over and (possible or statuses):
        return "past"
    # "I'm not suicidal" and events of years ago lead to a question, not to an alarm.
    if acute >= least_acute and statuses.isdisjoint({"negated", "resolved"}):
        return "acute"
    if possible:
        return "soft"
    return "past" if "resolved" in statuses else ""


def probability(probabilities: Mapping[str, float], text: str) -> float:
    """Return the classifier's probability of an emergency text, 0 if it has no such class."""
    return float(probabilities.get(f"emergency+{text}", 0.0))
