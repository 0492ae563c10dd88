"""The plan of a reply: what comes first for safety's sake, and what follows it.

The health record decides, not the latest message: an open emergency or crisis governs every reply, whatever the message is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Final, Literal

from lamoon.contract import (
    BOOKING_HOLD,
    CONDITIONS_TEXT,
    CONDITIONS_TOLD,
    EMERGENCY_TEXT,
    HEALTH_RECORD,
    OPEN_CONDITIONS,
    REPLY_PLAN,
    UNREADABLE_RECORD,
    HealthRecord,
)
from lamoon.dialogue.health_record import CRISIS, LEVELS, LIST_TOPIC, MAX_NOTE, Changes, update, without
from lamoon.dialogue.reading import TurnReading
from lamoon.errors import ContractError
from lamoon.intents import shared_intents
from lamoon.screening.catalogue import Catalogue
from lamoon.screening.conditions import ARTICLE_SEVERITIES, titles
from lamoon.understanding.questions import is_question

WARN: Final = "action_warn_contraindication"
WHICH: Final = "utter_which_condition"
HEALTH_QUESTION: Final = "utter_health_question"
HEALTH_WHICH: Final = "utter_health_which"
Then = Literal["rules", "listen"]
Notice = Literal["", "warn", "ask_doctor", "understood", "retracted", "ask", "which", "noted", "again"]
TALK_REACH: Final = 6
"""Messages after a disclosure in which an unclear message is taken to be about it."""
CERTAIN: Final = 0.8
"""Confidence from which somebody in a crisis or an emergency is taken to want something else."""
DESPAIR_AFTER_WARNING: Final = 0.9
"""Probability of despair that is needed right after a warning, which people play down in the same words."""
SURE: Final = 0.6
"""Confidence from which a question about another topic is not taken to be about an open condition."""
# What goes on beside an open emergency, behind a word about it. Everything else gets only that word.
GO_ON: Final = frozenset(
    "book_appointment cancel_or_change_booking handoff_to_human ask_hours ask_location ask_prices ask_services forget_me".split()
)
# Besides, what goes on in a crisis: a question is answered, behind a word.
TO_TEAM: Final = frozenset("cancel_or_change_booking handoff_to_human".split())
GO_ON_IN_CRISIS: Final = GO_ON | frozenset("faq".split())
POLITE: Final = frozenset("goodbye thank greet forget_me stop bot_challenge emergency repeat_or_rephrase".split())
FAREWELLS: Final = frozenset("goodbye thank greet feedback_positive".split())
# Never about a condition, unless the message says so.
ELSEWHERE: Final = GO_ON | FAREWELLS | frozenset("stop bot_challenge help feedback_negative emergency".split())
ASKS_FOR_HELP: Final = ("utter_emergency_farewell", "utter_emergency_open")
SELF_CARE: Final = frozenset(
    "faq/daily_smr faq/smr_tools faq/what_is_smr faq/professional_vs_smr faq/direct_vs_indirect".split()
)
FEELINGS: Final = (
    ("is_grieving", "utter_feels_grief"),
    ("is_afraid", "utter_feels_fear"),
    ("is_hurting", "utter_feels_pain"),
)
ANSWERED: Final = frozenset("faq book_appointment ask_hours ask_prices ask_location ask_services out_of_scope".split())
UNCLEAR: Final = frozenset("report_condition nlu_fallback deny affirm inform".split())
DENIALS: Final = UNCLEAR | frozenset("faq out_of_scope".split())
SHORT: Final = 8
"""Words of a message that may lean on the one before."""
# Kinds of out_of_scope that, right after a warning, ask about the condition.
NEXT_TO_HEALTH: Final = frozenset(
    f"out_of_scope/{kind}"
    for kind in "refunds_and_policies therapist_choice aftercare preparation other_conditions pregnancy diagnosis how_often "
    "medication_and_supplements referral_or_prescription exercises_and_stretches companion_and_comfort session_length".split()
)
OTHER_LANGUAGE: Final = "out_of_scope/other_language"  # the aspect asked about cannot be read there
HEALTH_TOPICS: Final = frozenset((LIST_TOPIC, "faq/when_to_see_pro"))
# What a message about an open condition asks, the most telling first, and the reply to it.
ASPECTS: Final = (
    ("asks_what_is_known", "utter_condition_known"),
    ("doctor_agrees", "utter_condition_doctor_agrees"),
    ("insists", "utter_condition_insists"),
    ("asks_how_long", "utter_condition_how_long"),
    ("asks_why", "utter_condition_why"),
    ("rolls_at_home", "utter_condition_at_home"),
    ("only_elsewhere", "utter_condition_elsewhere"),
    ("asks_if_allowed", "utter_condition_allowed"),
)
CONDITION_ALLOWED: Final = "utter_condition_allowed"


@dataclass(frozen=True)
class Plan:
    """The plan of a reply; kept in a slot, so that it can be seen why a reply was given.

    Attributes:
        say: responses or actions that come first, in order.
        then: `rules` when the rules go on as if nothing had been said, `listen` when that was all; in a form it asks again.
        notice: what a warning, a question or a note is about.
    """

    say: tuple[str, ...] = ()
    then: Then = "rules"
    notice: Notice = ""

    @classmethod
    def from_slot(cls, value: object) -> Plan:
        """The plan in a slot; an empty one when there is none."""
        found = value if isinstance(value, Mapping) else {}
        return cls(tuple(found.get("say") or ()), found.get("then") or "rules", found.get("notice") or "")

    def to_slot(self) -> dict[str, Any]:
        """The slot's value."""
        return {**asdict(self), "say": list(self.say)}


@dataclass(frozen=True)
class Step:
    """What the policy does with a message: the slots it sets and the plan of the reply."""

    slots: dict[str, Any]
    plan: Plan


def plan_turn(
    slots: Mapping[str, Any], parsed: Mapping[str, Any], catalogue: Catalogue, form: str = "", answers: bool = False
) -> Step:
    """Updates the conversation's health slots and plans the reply.

    Args:
        slots: current values; `health_ledger`, `booking_hold`, `emergency_text` and `reply_plan` are read.
        parsed: a parse result with `safety`, `intent`, `turn` and `text`.
        catalogue: what the ids mean.
        form: the open form; it has its own question about health, so no other is asked.
        answers: whether the message may answer the form's open question.
    """
    before, is_readable = _record(slots)
    turn = TurnReading.of(parsed)
    record, changes = update(before, turn, catalogue)
    place = _Place(form, answers, Plan.from_slot(slots.get(REPLY_PLAN)))
    plan, record = _plan(before, record, turn, changes, catalogue, place)
    if WARN not in plan.say:
        record = replace(record, warned=tuple(id for id in record.warned if id not in changes.warn))
    if plan.notice == "noted" or _is_worth_a_note(turn):
        record = replace(record, notes=(*record.notes, turn.text[:MAX_NOTE]))
    if not plan.say and not form:
        plan, record = _acknowledged(plan, record, turn)
    if plan.notice == "ask":
        record = replace(record, asked=True)
    new: dict[str, Any] = {}
    if replace(record, turn=0) != HealthRecord() or not is_readable:
        new[HEALTH_RECORD] = record.to_slot()
    if [entry.id for entry in record.open] != (slots.get(OPEN_CONDITIONS) or []):
        new[OPEN_CONDITIONS] = [entry.id for entry in record.open]
    if (
        changes.held or changes.unclear or changes.emergency or changes.crisis == "acute" or not is_readable
    ) and not slots.get(BOOKING_HOLD):
        new[BOOKING_HOLD] = True
    text = CRISIS if changes.crisis == "acute" else record.emergency.text if changes.emergency else ""
    if text:
        new[EMERGENCY_TEXT] = text
    told = (
        changes.warn
        or changes.retracted
        or changes.of_other
        or changes.others
        or changes.unclear
        or ((changes.unnamed,) if changes.unnamed else ())
    )
    if told:
        new[CONDITIONS_TOLD] = list(told)
        new[CONDITIONS_TEXT] = titles(told, catalogue)
    if plan.to_slot() != slots.get(REPLY_PLAN):
        new[REPLY_PLAN] = plan.to_slot()
    return Step(new, plan)


@dataclass(frozen=True)
class _Place:
    """Where the conversation is: the open form, whether the message may answer it, and the plan of the reply before."""

    form: str
    answers: bool
    before: Plan

    @property
    def was_warned(self) -> bool:
        """Whether the reply before was a warning."""
        return WARN in self.before.say

    @property
    def was_about_health(self) -> bool:
        """Whether the reply before spoke of a condition."""
        return any(name == WARN or name.startswith(("utter_condition_", "utter_other_")) for name in self.before.say)


def _plan(
    before: HealthRecord, record: HealthRecord, turn: TurnReading, changes: Changes, catalogue: Catalogue, place: _Place
) -> tuple[Plan, HealthRecord]:
    """The first of these that applies: crisis, emergency, a question of ours, what was said of health, what it leans on."""
    if changes.emergency or (changes.crisis == "acute" and (before.crisis.level != "acute" or place.form)):
        return Plan(), record  # the rule of the intent `emergency` answers, and ends a form
    if changes.crisis == "soft" and place.was_about_health and _despair(turn) < DESPAIR_AFTER_WARNING:
        changes = replace(changes, crisis="none")  # "it is of no consequence" plays the condition down
        record = replace(record, crisis=before.crisis)
    if changes.crisis in ("soft", "past") and LEVELS.index(changes.crisis) > LEVELS.index(before.crisis.level):
        say = "utter_crisis_soft" if changes.crisis == "soft" else "utter_crisis_past"
        goes_on = changes.crisis == "past" and turn.intent in GO_ON_IN_CRISIS
        return Plan((say,), "rules" if goes_on or place.form else "listen"), record
    if record.violence and not before.violence:
        return Plan(("utter_violence",), "rules" if place.form else "listen"), record
    if before.crisis.level in ("soft", "acute"):
        if not place.answers:
            return _in_crisis(record, turn)
        if before.crisis.level == "acute":
            return Plan(("utter_crisis_before",), "rules"), record
    if before.emergency.status in ("open", "attended") and not place.answers:
        return _in_emergency(record, turn, changes, place)
    if before.violence and not place.answers and turn.intent in UNCLEAR | FAREWELLS | {"stop", "emergency"}:
        return Plan(("utter_violence_followup",), "listen"), record
    if before.pending and turn.intent in ("affirm", "deny"):
        return _confirmed(record, turn)
    record = replace(record, pending="")
    if changes.warn:
        article = any(catalogue.conditions[id].severity in ARTICLE_SEVERITIES for id in changes.warn)
        notice: Notice = "understood" if changes.understood else "warn" if article else "ask_doctor"
        unclear = turn.intent in UNCLEAR or (turn.intent in TO_TEAM and turn.confidence < CERTAIN)
        if (unclear or changes.understood) and turn.intent not in GO_ON - TO_TEAM and not place.answers:
            return Plan((WARN,) if place.form else (WARN, "utter_after_warning"), "listen", notice), record
        return Plan((WARN,), "rules", notice), record
    if changes.retracted:
        return Plan(("utter_retraction_noted",), _then(turn, place), "retracted"), record
    if changes.of_other and not place.answers:
        goes_on = turn.intent not in UNCLEAR and turn.topic not in HEALTH_TOPICS
        return Plan(("utter_other_noted",), "rules" if goes_on else "listen"), record
    if changes.others and turn.intent not in ELSEWHERE - {"book_appointment"} and not place.answers:
        return Plan(("utter_other_noted",), "rules" if turn.intent == "book_appointment" else "listen"), record
    if changes.unnamed and turn.intent != "forget_me":
        return Plan(("utter_confirm_retraction",), "listen"), replace(record, pending=changes.unnamed)
    if _denies_all(turn) and turn.intent in DENIALS and not place.answers:
        return Plan(("utter_health_denied",), "listen"), record
    if changes.unclear:
        return Plan((WHICH,), "listen", ""), record
    about = _about_open(record, turn, catalogue, place)
    asked_which = WHICH in place.before.say and place.before.notice != "again"
    if asked_which and before.crisis.level == "none" and turn.intent not in FAREWELLS | GO_ON and not about.say:
        return Plan((WHICH,), "listen", "again"), record
    was_asked = place.before.notice in ("ask", "which")
    if place.form or (about.say and not was_asked):
        return about, record
    return _question(place.before.notice, turn, record.asked) or about, record


def _despair(turn: TurnReading) -> float:
    return float((turn.safety.get("second_opinion") or {}).get("crisis") or 0.0)


def _in_crisis(record: HealthRecord, turn: TurnReading) -> tuple[Plan, HealthRecord]:
    record = replace(record, crisis=replace(record.crisis, replies=record.crisis.replies + 1))
    wants_person = turn.intent == "handoff_to_human" and turn.confidence >= CERTAIN
    if wants_person or (turn.intent == "affirm" and record.crisis.replies == 1):
        return Plan(("utter_crisis_handoff",), "rules"), record
    if turn.intent in GO_ON_IN_CRISIS and turn.confidence >= CERTAIN:
        return Plan(("utter_crisis_before",), "rules"), record
    return Plan(("utter_crisis_followup",), "listen"), record


def _in_emergency(
    record: HealthRecord, turn: TurnReading, changes: Changes, place: _Place
) -> tuple[Plan, HealthRecord]:
    if record.emergency.status == "cleared_by_visitor":
        return Plan(("utter_emergency_seen",), "rules" if turn.intent in GO_ON else "listen", "retracted"), record
    asked_for_help = any(name in ASKS_FOR_HELP for name in place.before.say)
    if changes.attended or (asked_for_help and turn.intent == "affirm"):
        record = replace(record, emergency=replace(record.emergency, status="attended"))
        return Plan(("utter_emergency_attended",), "listen"), record
    record = replace(record, emergency=replace(record.emergency, reminders=record.emergency.reminders + 1))
    first = (WARN,) if changes.warn else ()
    opens_message = turn.intent in TO_TEAM and turn.confidence < CERTAIN
    if (turn.intent in GO_ON and not opens_message) or (turn.intent == "stop" and place.form):
        return Plan(("utter_emergency_before", *first), "rules"), record
    if turn.intent in FAREWELLS:
        say = "utter_emergency_farewell"
    elif "rolls_at_home" in turn.acts or turn.topic in SELF_CARE:
        say = "utter_emergency_no_care"
    elif "asks_if_allowed" in turn.acts:
        say = "utter_emergency_not_yet"
    else:
        say = "utter_emergency_open"
    return Plan((say, *first), "listen", "warn" if first else ""), record


def _confirmed(record: HealthRecord, turn: TurnReading) -> tuple[Plan, HealthRecord]:
    if turn.intent == "affirm":
        return Plan(("utter_retraction_noted",), "listen", "retracted"), without(record, record.pending)
    return Plan(("utter_retraction_kept",), "listen"), replace(record, pending="")


def _question(before: str, turn: TurnReading, asked: bool) -> Plan | None:
    """The next step of the question about health, which is asked once in a conversation."""
    if before == "ask" and turn.intent in ("affirm", "deny"):
        return Plan(
            (HEALTH_WHICH if turn.intent == "affirm" else "utter_all_right",),
            "listen",
            "which" if turn.intent == "affirm" else "",
        )
    tells_more = turn.intent == "report_condition" or (turn.topic in HEALTH_TOPICS and "?" not in turn.text)
    if before == "ask" and tells_more and not turn.safety["conditions"]:
        return Plan(("utter_health_noted",), "listen", "noted")
    if before == "which" and (not turn.intent or turn.intent in shared_intents().naming_conditions):
        return Plan(("utter_health_noted",), "listen", "noted")
    if turn.safety.get("question") and not asked:
        return Plan((HEALTH_QUESTION,), "listen" if turn.intent == "report_condition" else "rules", "ask")
    return None


def _about_open(record: HealthRecord, turn: TurnReading, catalogue: Catalogue, place: _Place) -> Plan:
    """What an open condition adds to the reply."""
    open_ids = [entry.id for entry in record.open if entry.id in catalogue.conditions]
    if not open_ids or place.answers:
        return Plan()
    if turn.intent == "book_appointment" and not place.form:
        return Plan(("utter_condition_before_booking",), "rules")
    near = place.was_about_health or record.turn - max(entry.turn for entry in record.open) <= TALK_REACH
    if _is_about_condition(turn, place, near):
        aspect = next((response for act, response in ASPECTS if act in turn.acts), "")
        kept = turn.intent in ("affirm", "deny") and not place.form
        return Plan((aspect or ("utter_condition_kept" if kept else CONDITION_ALLOWED),), "listen")
    if place.was_warned and not place.form and turn.intent not in GO_ON | POLITE and not _asks(turn):
        return Plan(("utter_condition_kept",), "listen")
    if turn.intent == "faq" and turn.topic in SELF_CARE:
        return Plan(("utter_condition_at_home",), "rules")
    goes_on = place.was_warned or (place.was_about_health and _leans(turn))
    if turn.intent in ("faq", "out_of_scope") and goes_on and not place.form:
        return Plan(("utter_condition_before_answer",), "rules")
    return Plan()


def _is_about_condition(turn: TurnReading, place: _Place, near: bool) -> bool:
    acts = turn.acts & {act for act, _ in ASPECTS}
    if turn.intent in GO_ON or (turn.intent in ELSEWHERE and turn.confidence >= SURE):
        return False
    elsewhere = turn.topic not in HEALTH_TOPICS and (
        turn.has_fact or (turn.intent == "faq" and turn.confidence >= SURE)
    )
    leans = _points_back(turn) or not elsewhere
    leans = leans or bool(acts & {"asks_if_allowed", "only_elsewhere"})
    if acts & {"asks_what_is_known", "doctor_agrees", "insists"} or (acts and leans and place.was_about_health):
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
    """Whether a message asks something: "it passes with a coffee, no?" only says so."""
    text = " ".join(_TAG.sub("", turn.text.strip()).split())
    return any(is_question(part.strip()) for part in re.split(r"(?<=[.!?])\s+", text)) if text else False


_POINTS_BACK: Final = re.compile(r"\b(it|its|that|thats|this|them|those|these|still|then)\b", re.IGNORECASE)
_LEANS: Final = re.compile(
    r"^\W*(so|then|and|but|or|ok(ay)?|what if|instead|even|not even)\b|\b(then|instead|though|tho)\W*$", re.I
)


def _points_back(turn: TurnReading) -> bool:
    return bool(_POINTS_BACK.search(turn.text))


def _leans(turn: TurnReading) -> bool:
    """Whether a message goes on from the warning before it: "gentle one then", "so Friday?"."""
    return bool(_LEANS.search(turn.text)) and len(turn.text.split()) <= SHORT


def _acknowledged(plan: Plan, record: HealthRecord, turn: TurnReading) -> tuple[Plan, HealthRecord]:
    """A word about a feeling, once in a conversation, before the answer to a question."""
    felt = next((act for act, _ in FEELINGS if act in turn.acts and act not in record.acknowledged), None)
    if felt is None or turn.intent not in ANSWERED or turn.safety["outcome"] == "emergency":
        return plan, record
    return Plan((dict(FEELINGS)[felt],), "rules"), replace(record, acknowledged=(*record.acknowledged, felt))


def _denies_all(turn: TurnReading) -> bool:
    """Whether the message speaks of conditions only to say that there are none."""
    found = turn.safety["conditions"]
    return bool(found) and all(mention["status"] == "negated" for mention in found) and not turn.safety.get("question")


def _then(turn: TurnReading, place: _Place) -> Then:
    return (
        "listen"
        if turn.intent in ("report_condition", "nlu_fallback", "deny", "affirm", "inform") and not place.answers
        else "rules"
    )


def _is_worth_a_note(turn: TurnReading) -> bool:
    """Whether the message disclosed a health matter without naming a condition of the catalogue."""
    return not turn.safety["conditions"] and (turn.intent == "report_condition" or bool(turn.safety.get("question")))


def _record(slots: Mapping[str, Any]) -> tuple[HealthRecord, bool]:
    """The record, and whether it could be read. If not, it gets a note for the team and bookings are held."""
    try:
        return HealthRecord.from_slot(slots.get(HEALTH_RECORD)), True
    except ContractError:
        return HealthRecord(notes=(UNREADABLE_RECORD,)), False
