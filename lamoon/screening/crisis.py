"""Whether a message speaks of a crisis: thoughts of ending one's life, despair, or violence at home.

The rules know the loud wordings; the classifier has a class for acute messages and one for despair, which is quieter
and has no fixed words. A denied plan or sign never lowers a crisis: "I don't have a plan" is no all-clear. What lies
years back and is over is past, and gets no alarm.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from lamoon.screening.grammar.past import is_past_sentence
from lamoon.screening.message import ScreenedMessage
from lamoon.screening.screener import Screening

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


def is_past_and_over(message: ScreenedMessage) -> bool:
    """Whether the message dates something years back and says that the visitor is well since.

    Both are needed, and no word of a present crisis: somebody who tried years ago may be in danger today.
    """
    dates = [*message.all("long_ago"), *message.all(AGE)]
    dated = any(is_past_sentence(message, match.first, match.label) for match in dates)
    return dated and bool(message.all(WELL_AGAIN)) and not message.all(NOT_WELL)


def is_taken_for_a_session(message: ScreenedMessage) -> bool:
    """Whether what was taken was taken to be looser in a session, and not too much of it.

    "Took two sleeping tablets so I'd be loose for the appointment" reads like an overdose to the classifier.
    """
    taken = any(finding.condition == SUBSTANCES for finding in message.findings)
    return taken and bool(message.all(TO_BE_LOOSE)) and not message.all(LARGE_AMOUNT)


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
