"""Replies while a condition is open: the conversation stays with it, and no answer ignores it."""

from __future__ import annotations

import re
from typing import Final

from lamoon.contract import HealthRecord
from lamoon.dialogue.reading import TurnReading
from lamoon.dialogue.reply import ELSEWHERE, GO_ON, HEALTH_TOPICS, SELF_CARE, SURE, TO_TEAM, Place, Plan
from lamoon.screening.catalogue import Catalogue
from lamoon.understanding.questions import is_question

TALK_REACH: Final = 6
"""Number of messages after a disclosure in which an unclear message is assigned to it."""
SHORT: Final = 8
"""Maximum words of a message that may depend on the previous one."""
# Kinds of out_of_scope that, right after a warning, ask about the condition.
NEXT_TO_HEALTH: Final = frozenset(
    f"out_of_scope/{kind}"
    for kind in "refunds_and_policies therapist_choice aftercare preparation other_conditions pregnancy diagnosis how_often "
    "medication_and_supplements referral_or_prescription exercises_and_stretches companion_and_comfort session_length".split()
)
ASKS_LEAVE: Final = ("asks_if_allowed", "only_elsewhere", "doctor_agrees", "would_hide", "insists")
_TALKS_ON: Final = frozenset({"doctor_agrees", "insists", "would_hide"})
SURE_OF_TEAM: Final = 0.9
OTHER_LANGUAGE: Final = "out_of_scope/other_language"  # the aspect asked about cannot be classified there
# Questions about an open condition, the most specific first, with their replies.
ASPECTS: Final = (
    ("asks_what_is_known", "utter_condition_known"),
    ("doctor_agrees", "utter_condition_doctor_agrees"),
    ("would_hide", "utter_condition_tell"),
    ("insists", "utter_condition_insists"),
    ("asks_how_long", "utter_condition_how_long"),
    ("asks_why", "utter_condition_why"),
    ("rolls_at_home", "utter_condition_at_home"),
    ("only_elsewhere", "utter_condition_elsewhere"),
    ("asks_if_allowed", "utter_condition_allowed"),
)
CONDITION_ALLOWED: Final = "utter_condition_allowed"


POLITE: Final = frozenset(
    "goodbye thank greet forget_me stop bot_challenge emergency repeat_or_rephrase ask_what_you_know".split()
)
_SURE: Final = re.compile(
    r"\W*(?:are|r) (?:you|u) (?:really |quite |absolutely )?(?:sure|certain|positive|serious)\b", re.IGNORECASE
)
_LEAVE: Final = re.compile(
    r"\b(?:is|be|am|are)\b.{0,20}\b(?:ok|okay|fine|safe|allowed|all ?right|possible)\b", re.IGNORECASE
)
_MYSELF: Final = re.compile(r"\b(?:for me|myself|me too|am i|about me|can i)\b", re.IGNORECASE)


def _is_for_self(turn: TurnReading) -> bool:
    """Return whether a message asks about the visitor while the open condition is another person's."""
    asks = bool(turn.acts & {"asks_if_allowed", "only_elsewhere"})
    return (
        asks and turn.first_person and not (turn.third_person or turn.names_person) and bool(_MYSELF.search(turn.text))
    )


def about_open(record: HealthRecord, turn: TurnReading, catalogue: Catalogue, place: Place) -> Plan:
    """Return the addition to the reply for an open condition."""
    open_ids = [entry.id for entry in record.open if entry.id in catalogue.conditions]
    if not open_ids:
        return Plan()
    asked = set(turn.mentions("hypothetical"))
    if asked and asked.isdisjoint(open_ids) and turn.topic in HEALTH_TOPICS and not place.form:
        return Plan(("utter_condition_before_answer",), "rules")  # "blood clots too?", with a wound on record
    if place.form and place.was_warned and "asks_if_allowed" in turn.acts and "only_elsewhere" not in turn.acts:
        # "So Saturday should be fine?", "may I come?": even if it also fills the form.
        return Plan((CONDITION_ALLOWED,), "rules" if place.answers else "listen")
    if place.form and place.was_warned and "only_elsewhere" in turn.acts and _asks(turn):
        return Plan(
            ("utter_condition_elsewhere",), "rules" if place.answers else "listen"
        )  # "could you do only my feet?"
    if (
        place.form
        and place.was_warned
        and not place.answers
        and turn.intent in ("faq", "out_of_scope")
        and _leans(turn)
    ):
        return Plan((CONDITION_ALLOWED,), "listen")  # "and if the test says yes?"
    talks_on = place.was_about_health and not place.asks_health and bool(turn.acts & _TALKS_ON)
    if place.answers and not talks_on:
        return Plan()
    if _is_for_self(turn) and all(entry.whose == "other" for entry in record.open):
        return Plan()  # "and is it ok for me?"
    if turn.intent == "book_appointment" and not place.form:
        return Plan(("utter_condition_before_booking",), "rules")
    if place.was_about_health and turn.intent in GO_ON and not place.form:
        return _beside_wish(turn)
    near = place.was_about_health or record.turn - max(entry.turn for entry in record.open) <= TALK_REACH
    if _is_about_condition(turn, place, near):
        acts = turn.acts - {"asks_what_is_known"} if _LEAVE.search(turn.text) else turn.acts
        aspect = next((response for act, response in ASPECTS if act in acts), "")
        kept = turn.intent in ("affirm", "deny") and not place.form
        say = aspect or ("utter_condition_kept" if kept else CONDITION_ALLOWED)
        return Plan((say,), "rules" if place.answers else "listen")
    if not place.form and turn.intent not in GO_ON and set(open_ids).intersection(turn.mentions("hypothetical")):
        return Plan((CONDITION_ALLOWED,), "listen")  # "what if I have one beer first?", with drink on record
    scolds = turn.intent == "feedback_negative" or turn.topic == "out_of_scope/abuse"
    if place.was_about_health and scolds and "?" in turn.text and not place.form:
        return Plan((CONDITION_ALLOWED,), "listen")  # "you're useless. who decides that?"
    if place.was_warned and not place.form and turn.intent not in GO_ON | POLITE and not _asks(turn):
        return Plan(("utter_condition_kept",), "listen")
    if turn.intent == "faq" and turn.topic in SELF_CARE:
        return Plan(("utter_condition_at_home",), "rules")
    goes_on = place.was_warned or (place.was_about_health and _leans(turn))
    if turn.intent in ("faq", "out_of_scope") and goes_on and not place.form:
        return Plan(("utter_condition_before_answer",), "rules")
    return Plan()


def _beside_wish(turn: TurnReading) -> Plan:
    """Return the reply to a request for the team or a studio fact right after talk about a condition."""
    if turn.intent == "handoff_to_human":  # "someone gentle, please" does not ask for a person
        return Plan() if turn.confidence >= SURE else Plan(("utter_condition_wish",), "listen")
    aspect = next((response for act, response in ASPECTS if act in turn.acts and act in ASKS_LEAVE), "")
    if aspect:
        return Plan((aspect,), "listen")
    if turn.intent in TO_TEAM:
        return Plan() if turn.confidence >= SURE_OF_TEAM else Plan(("utter_condition_kept",), "listen")
    if turn.intent in ("forget_me", "about_request"):
        return Plan()
    return Plan(("utter_condition_before_answer",), "rules")


def _is_about_condition(turn: TurnReading, place: Place, near: bool) -> bool:
    acts = turn.acts & {act for act, _ in ASPECTS}
    if place.was_about_health and turn.intent == "help" and acts:
        return True  # "so what must I do now?"
    if place.was_about_health and turn.intent == "bot_challenge" and _SURE.match(turn.text):
        return True
    if turn.intent == "stop" and "insists" in turn.acts:
        return True  # "remove the hold"
    if turn.intent == "ask_what_you_know" and not acts:
        return False  # "what's my name?"
    if turn.intent in GO_ON or (turn.intent in ELSEWHERE and turn.confidence >= SURE):
        return False
    elsewhere = turn.topic not in HEALTH_TOPICS and (
        turn.has_fact or (turn.intent == "faq" and turn.confidence >= SURE)
    )
    asks_back = bool(acts & {"asks_if_allowed", "only_elsewhere"}) or bool(_BARE_WHY.match(turn.text))
    leans = _points_back(turn) or not elsewhere or asks_back
    if acts & ({"asks_what_is_known"} | _TALKS_ON) or (acts and leans and place.was_about_health):
        return True
    if not near:
        return False
    if elsewhere:
        return bool(acts & {"only_elsewhere", "asks_if_allowed"}) and leans
    if turn.topic.startswith("out_of_scope/") and turn.topic != OTHER_LANGUAGE and turn.confidence >= SURE:
        return bool(acts) or (place.was_about_health and turn.topic in NEXT_TO_HEALTH)
    return True


_TAG: Final = re.compile(r",?\s*\b(no|right|yeah|innit|eh|ay|see|ok|okay|huh|isn't it)\W*$", re.IGNORECASE)


def _asks(turn: TurnReading) -> bool:
    """Return whether a message asks something; "it passes with a coffee, no?" is a statement."""
    text = " ".join(_TAG.sub("", turn.text.strip()).split())
    return any(is_question(part.strip()) for part in re.split(r"(?<=[.!?])\s+", text)) if text else False


_POINTS_BACK: Final = re.compile(r"\b(it|its|that|thats|this|them|those|these|still|then)\b", re.IGNORECASE)
_BARE_WHY: Final = re.compile(
    r"\W*(?:(?:but|and|ok(?:ay)?|so|hm+),? )*why(?: though| not| so)?\s*(?:[?!.,]|$)", re.IGNORECASE
)
_LEANS: Final = re.compile(
    r"^\W*(so|then|and|but|or|ok(ay)?|what if|instead|even|not even)\b|\b(then|instead|though|tho)\W*$", re.I
)


def _points_back(turn: TurnReading) -> bool:
    return bool(_POINTS_BACK.search(turn.text))


def _leans(turn: TurnReading) -> bool:
    """Return whether a message continues from the warning before it: "gentle one then", "so Friday?"."""
    return bool(_LEANS.search(turn.text)) and len(turn.text.split()) <= SHORT
