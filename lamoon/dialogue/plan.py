"""The plan of a reply: what comes first for safety's sake, and what follows it.

The health record decides, not the latest message: an open emergency or crisis governs every reply, whatever the message is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Final, Literal

from lamoon.contract import (
    BOOKING,
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
from lamoon.understanding.followups import points_back

WARN: Final = "action_warn_contraindication"
HEALTH_QUESTION: Final = "utter_health_question"
HEALTH_WHICH: Final = "utter_health_which"
Then = Literal["rules", "listen"]
Notice = Literal["", "warn", "ask_doctor", "understood", "retracted", "ask", "which", "noted"]
TALK_REACH: Final = 6
"""Messages after a disclosure in which an unclear message is taken to be about it."""
SURE: Final = 0.6
"""Confidence from which a question about another topic is not taken to be about an open condition."""
# What goes on beside an open emergency, behind a word about it. Everything else gets only that word.
GO_ON: Final = frozenset(
    "book_appointment about_request cancel_or_change_booking handoff_to_human ask_hours ask_location ask_prices ask_services forget_me".split()
)
# Besides, what goes on in a crisis: a question is answered, behind a word.
GO_ON_IN_CRISIS: Final = GO_ON | frozenset("faq".split())
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
BOOK: Final = "book_appointment"
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
    if (
        not plan.say
        and turn.intent == BOOK
        and (parsed.get(BOOKING) or {}).get("health")
        and not turn.safety["conditions"]
    ):
        plan = Plan(("utter_health_noted_in_form",), "rules", "noted")
    if plan.notice == "noted" or (_is_worth_a_note(turn) and not (answers and _is_all_booking(parsed))):
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
    if (changes.held or changes.emergency or changes.crisis == "acute" or not is_readable) and not slots.get(
        BOOKING_HOLD
    ):
        new[BOOKING_HOLD] = True
    text = CRISIS if changes.crisis == "acute" else changes.emergency
    if text:
        new[EMERGENCY_TEXT] = text
    told = (
        changes.warn
        or changes.retracted
        or changes.of_other
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
    def was_about_health(self) -> bool:
        """Whether the reply before spoke of a condition."""
        return any(name == WARN or name.startswith("utter_condition_") for name in self.before.say)


def _plan(
    before: HealthRecord, record: HealthRecord, turn: TurnReading, changes: Changes, catalogue: Catalogue, place: _Place
) -> tuple[Plan, HealthRecord]:
    """The first of these that applies: crisis, emergency, a question of ours, what was said of health, what it leans on."""
    if changes.emergency or (changes.crisis == "acute" and (before.crisis.level != "acute" or place.form)):
        return Plan(), record  # the rule of the intent `emergency` answers, and ends a form
    if changes.crisis in ("soft", "past") and LEVELS.index(changes.crisis) > LEVELS.index(before.crisis.level):
        say = "utter_crisis_soft" if changes.crisis == "soft" else "utter_crisis_past"
        goes_on = changes.crisis == "past" and turn.intent in GO_ON_IN_CRISIS
        return Plan((say,), "rules" if goes_on or place.form else "listen"), record
    if record.violence and not before.violence:
        return Plan(("utter_violence",), "rules" if place.form else "listen"), record
    if before.crisis.level in ("soft", "acute") and not place.answers:
        return _in_crisis(record, turn)
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
        if (turn.intent in UNCLEAR or changes.understood) and turn.intent not in GO_ON and not place.answers:
            return Plan((WARN,) if place.form else (WARN, "utter_after_warning"), "listen", notice), record
        return Plan((WARN,), "rules", notice), record
    if changes.retracted:
        return Plan(("utter_retraction_noted",), _then(turn, place), "retracted"), record
    if changes.of_other and turn.intent in UNCLEAR | {BOOK}:
        return Plan(("utter_other_noted",), "rules" if turn.intent == BOOK else "listen"), record
    if changes.unnamed and turn.intent != "forget_me":
        return Plan(("utter_confirm_retraction",), "listen"), replace(record, pending=changes.unnamed)
    if _denies_all(turn) and turn.intent in DENIALS and not place.answers:
        return Plan(("utter_health_denied",), "listen"), record
    if changes.unclear:
        return Plan(("utter_which_condition",), "listen", "which"), record
    about = _about_open(record, turn, catalogue, place)
    was_asked = place.before.notice in ("ask", "which")
    if place.form or (about.say and not was_asked):
        return about, record
    return _question(place.before.notice, turn, record.asked) or about, record


def _in_crisis(record: HealthRecord, turn: TurnReading) -> tuple[Plan, HealthRecord]:
    record = replace(record, crisis=replace(record.crisis, replies=record.crisis.replies + 1))
    if turn.intent == "handoff_to_human" or (turn.intent == "affirm" and record.crisis.replies == 1):
        return Plan(("utter_crisis_handoff",), "rules"), record
    if turn.intent in GO_ON_IN_CRISIS:
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
    if turn.intent in GO_ON or (turn.intent == "stop" and place.form):
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
    if _is_about_condition(record, turn, place):
        aspect = next((response for act, response in ASPECTS if act in turn.acts), CONDITION_ALLOWED)
        return Plan((aspect,), "listen")
    if turn.topic in SELF_CARE and turn.intent == "faq":
        return Plan(("utter_condition_at_home",), "rules")
    return Plan()


def _acknowledged(plan: Plan, record: HealthRecord, turn: TurnReading) -> tuple[Plan, HealthRecord]:
    """A word about a feeling, once in a conversation, before the answer to a question."""
    felt = next((act for act, _ in FEELINGS if act in turn.acts and act not in record.acknowledged), None)
    if felt is None or turn.intent not in ANSWERED or turn.safety["outcome"] == "emergency":
        return plan, record
    return Plan((dict(FEELINGS)[felt],), "rules"), replace(record, acknowledged=(*record.acknowledged, felt))


def _is_about_condition(record: HealthRecord, turn: TurnReading, place: _Place) -> bool:
    acts = turn.acts & {act for act, _ in ASPECTS}
    if turn.intent in GO_ON or (turn.intent in ELSEWHERE and turn.confidence >= SURE):
        return False
    elsewhere = turn.intent == "faq" and turn.confidence >= SURE and turn.topic not in HEALTH_TOPICS
    leans = points_back(turn.text) or not elsewhere
    if acts & {"asks_what_is_known", "doctor_agrees", "insists"} or (acts and leans and place.was_about_health):
        return True
    if record.turn - max(entry.turn for entry in record.open) > TALK_REACH:
        return False
    if elsewhere:
        return bool(acts & {"only_elsewhere", "asks_if_allowed"})
    if turn.topic.startswith("out_of_scope/") and turn.topic != OTHER_LANGUAGE and turn.confidence >= SURE:
        return bool(acts)
    return True


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


MOST_WORDS_ALL_BOOKING: Final = 8


def _is_all_booking(parsed: Mapping[str, Any]) -> bool:
    """Whether a short message gave the form what it asks for, so that nothing of it is left to note: a name, an area, a day."""
    gives = set(parsed.get(BOOKING) or ()) & {"name", "email", "phone", "when", "service", "body"}
    said = str(parsed.get("text") or "")
    return bool(gives) and len(said.split()) <= MOST_WORDS_ALL_BOOKING


def _record(slots: Mapping[str, Any]) -> tuple[HealthRecord, bool]:
    """The record, and whether it could be read. If not, it gets a note for the team and bookings are held."""
    try:
        return HealthRecord.from_slot(slots.get(HEALTH_RECORD)), True
    except ContractError:
        return HealthRecord(notes=(UNREADABLE_RECORD,)), False
