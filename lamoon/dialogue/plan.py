"""The plan of a reply: what has to come first for safety, and what follows.

The health record decides, not the latest message: an open emergency or crisis governs every reply, whatever the message
is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from lamoon.contract import (
    BOOKING,
    BOOKING_HOLD,
    CONDITIONS_TEXT,
    CONDITIONS_TOLD,
    DELETION_QUESTION,
    EMERGENCY_TEXT,
    HARM_DONE,
    HEALTH_RECORD,
    OPEN_CONDITIONS,
    REPLY_PLAN,
    UNREADABLE_RECORD,
    HealthRecord,
)
from lamoon.dialogue.crisis import in_crisis
from lamoon.dialogue.health_record import CRISIS, LEVELS, MAX_NOTE, Changes, update, without
from lamoon.dialogue.open_conditions import about_open
from lamoon.dialogue.reading import TurnReading
from lamoon.dialogue.reply import (
    BOOK,
    CERTAIN,
    ELSEWHERE,
    FAREWELLS,
    GO_ON,
    GO_ON_IN_CRISIS,
    HANDOFF_FORM,
    HEALTH_TOPICS,
    SELF_CARE,
    TO_TEAM,
    UNCLEAR,
    WARN,
    Notice,
    Place,
    Plan,
    Then,
)
from lamoon.dialogue.small_talk import aside
from lamoon.errors import ContractError
from lamoon.intents import shared_intents
from lamoon.screening.catalogue import Catalogue
from lamoon.screening.conditions import ARTICLE_SEVERITIES, titles
from lamoon.understanding.questions import is_question

DESPAIR_AFTER_WARNING: Final = 0.9
"""Threshold for despair right after a warning: people play down a warning in the same words."""
LIKELY_EMERGENCY: Final = 0.5
"""Probability of an emergency from which an answer to a form is read as talk about the one that is open."""
MOST_WORDS_ALL_BOOKING: Final = 8
_BOOKS: Final = re.compile(r"\b(book\w*|appointment|appt|reserv\w+|slot|session|schedul\w+)\b", re.IGNORECASE)
FEELINGS: Final = (
    ("is_grieving", "utter_feels_grief"),
    ("is_ashamed", "utter_feels_shame"),
    ("is_afraid", "utter_feels_fear"),
    ("is_hurting", "utter_feels_pain"),
)
ANSWERED: Final = frozenset(
    "faq book_appointment ask_hours ask_prices ask_location ask_services out_of_scope report_condition".split()
)
DENIALS: Final = UNCLEAR | frozenset("faq out_of_scope".split())
ASKS_FOR_HELP: Final = ("utter_emergency_farewell", "utter_emergency_open")
HEALTH_QUESTION: Final = "utter_health_question"
HEALTH_WHICH: Final = "utter_health_which"
WHICH: Final = "utter_which_condition"


@dataclass(frozen=True)
class Step:
    """The result for a message: the slots to set and the plan of the reply."""

    slots: dict[str, Any]
    plan: Plan


def plan_turn(
    slots: Mapping[str, Any],
    parsed: Mapping[str, Any],
    catalogue: Catalogue,
    form: str = "",
    answers: bool = False,
    asks_list: bool = False,
) -> Step:
    """Update the conversation's health slots and plan the reply.

    Args:
        slots: current values; `health_ledger`, `booking_hold`, `emergency_text` and `reply_plan` are read.
        parsed: a parse result with `safety`, `intent`, `turn` and `text`.
        catalogue: the conditions by id.
        form: the open form; it has its own question about health, so no other is asked.
        answers: whether the message may answer the form's open question.
        asks_list: whether that question contains the list of conditions.
    """
    before, is_readable = _record(slots)
    turn = TurnReading.of(parsed)
    record, changes = update(before, turn, catalogue, asks_list)
    if slots.get(DELETION_QUESTION) and turn.intent in UNCLEAR | {"stop", "forget_me"}:
        answers = True  # the answer to the question about deleting
    place = Place(form, answers, Plan.from_slot(slots.get(REPLY_PLAN)), asks_list)
    plan, record = _plan(before, record, turn, changes, catalogue, place)
    if WARN not in plan.say:
        record = replace(record, warned=tuple(id for id in record.warned if id not in changes.warn))
    booking = parsed.get(BOOKING) or {}
    statuses = {mention["status"] for mention in turn.safety["conditions"]}
    if not plan.say and turn.intent == BOOK and booking.get("health") and statuses <= {"resolved"}:
        plan = Plan(("utter_health_noted_in_form",), "rules", "noted")
    says_nothing = asks_list and parsed.get("screening_answer") in ("no", "asks_back")
    if plan.notice == "noted" or (
        not says_nothing and _is_worth_a_note(turn) and not (answers and _is_all_booking(booking, turn.text))
    ):
        record = replace(record, notes=(*record.notes, turn.text[:MAX_NOTE]))
    if plan.say in ((), (HEALTH_QUESTION,)) and not asks_list:
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
    crisis_text = HARM_DONE if turn.safety.get(HARM_DONE) else CRISIS
    text = crisis_text if changes.crisis == "acute" else record.emergency.text if changes.emergency else ""
    if text:
        new[EMERGENCY_TEXT] = text
    disclosed = (
        changes.warn
        or changes.retracted
        or changes.of_other
        or changes.others
        or changes.unclear
        or ((changes.unnamed,) if changes.unnamed else ())
    )
    if disclosed:
        new[CONDITIONS_TOLD] = list(disclosed)
        new[CONDITIONS_TEXT] = titles(disclosed, catalogue)
    if plan.to_slot() != slots.get(REPLY_PLAN):
        new[REPLY_PLAN] = plan.to_slot()
    return Step(new, plan)


def _plan(
    before: HealthRecord, record: HealthRecord, turn: TurnReading, changes: Changes, catalogue: Catalogue, place: Place
) -> tuple[Plan, HealthRecord]:
    """Return the first plan that applies: crisis, emergency, an open question, a health message, a reference to an
    earlier one.
    """
    if changes.emergency or (changes.crisis == "acute" and (before.crisis.level != "acute" or place.form)):
        return Plan(), record  # the rule of the intent `emergency` answers, and ends a form
    if changes.crisis == "soft" and _plays_down(before, turn, place):
        changes = replace(changes, crisis="none")  # "it is of no consequence", "they say I should sleep it off"
        record = replace(record, crisis=before.crisis)
    in_emergency = before.emergency.is_open and record.emergency.is_open
    help_first = ("utter_emergency_open",) if in_emergency else ()
    if changes.crisis in ("soft", "past") and LEVELS.index(changes.crisis) > LEVELS.index(before.crisis.level):
        say = "utter_crisis_soft" if changes.crisis == "soft" else "utter_crisis_past"
        goes_on = changes.crisis == "past" and turn.intent in GO_ON_IN_CRISIS
        ends: Then = "wait" if in_emergency else "listen"
        return Plan((*help_first, say), "rules" if goes_on or place.answers else ends), record
    if record.violence and not before.violence:
        return Plan((*help_first, "utter_violence"), "rules" if place.form else "listen"), record
    if before.crisis.level == "acute" or (before.crisis.level == "soft" and not in_emergency):
        if not place.answers:
            return in_crisis(record, turn)
        if before.crisis.level == "acute":
            return Plan(("utter_crisis_before",), "rules"), record
    # "any pressure points for that", "do you charge if I come late": what the team is to be asked
    asks_team = place.form == HANDOFF_FORM and turn.intent in ("faq", "out_of_scope")
    about_it = asks_team or (not place.asks_health and _is_about_emergency(turn))
    if before.emergency.is_open and (not place.answers or about_it):
        return _in_emergency(record, turn, changes, place, catalogue)
    if before.violence and not place.answers and turn.intent in UNCLEAR | FAREWELLS | {"stop", "emergency"}:
        return Plan(("utter_violence_followup",), "listen"), record
    if before.pending and turn.intent in ("affirm", "deny"):
        return _confirmed(record, turn)
    record = replace(record, pending="")
    if changes.warn:
        of_guide = _is_of_guide(changes.warn, catalogue)
        notice: Notice = "understood" if changes.understood else "warn" if of_guide else "ask_doctor"
        unclear = turn.intent in UNCLEAR or (turn.intent == "cancel_or_change_booking" and turn.confidence < CERTAIN)
        alone = turn.intent not in GO_ON - TO_TEAM and not turn.asks_more
        if (unclear or changes.understood) and alone and not place.answers:
            return Plan((WARN,) if place.form else (WARN, "utter_after_warning"), "listen", notice), record
        return Plan((WARN,), "rules", notice), record
    if place.before.notice == "understood" and turn.intent == "deny" and not place.form and _claimed(record):
        for id in _claimed(record):
            record = without(record, id)
        return Plan(("utter_retraction_noted",), "listen", "retracted"), record
    if changes.retracted:
        return Plan(("utter_retraction_noted",), _then(turn, place), "retracted"), record
    if changes.of_other and not place.answers:
        goes_on = turn.intent not in UNCLEAR and turn.topic not in HEALTH_TOPICS
        return Plan(("utter_other_noted",), "rules" if goes_on else "listen"), record
    if changes.others and turn.intent not in ELSEWHERE - {BOOK} and not place.answers:
        return Plan(("utter_other_noted",), "rules" if turn.intent == BOOK else "listen"), record
    if changes.unnamed and turn.intent != "forget_me":
        return Plan(("utter_confirm_retraction",), "listen"), replace(record, pending=changes.unnamed)
    listed = any(entry.whose == "list" and record.turn - entry.turn == 1 for entry in record.mentioned)
    about_health = turn.topic in HEALTH_TOPICS or turn.intent in ("report_condition", "nlu_fallback")
    well = (
        about_health and turn.safety.get("well") and not (record.open or turn.safety["conditions"] or "?" in turn.text)
    )
    if not place.answers and turn.intent in DENIALS and _disputes(record, turn):
        return Plan(("utter_condition_kept",), "listen"), record  # "my grandmother says it is no clot"
    none_of_list = listed and "none_apply" in turn.acts and not turn.safety["conditions"] and turn.intent in UNCLEAR
    if (none_of_list or ((_denies_all(turn) or well) and turn.intent in DENIALS)) and not place.answers:
        return Plan(("utter_health_denied",), "listen"), record
    if changes.unclear:
        return Plan((WHICH,), "listen", ""), record
    played_down = place.was_warned and "plays_down" in turn.acts and not turn.wishes
    if place.form and (
        (place.was_about_health and turn.mentions("affirmed"))
        or (played_down and (place.answers or not is_question(turn.text)))
    ):
        # "I hold my wine well", "walking straight", at the form's next question
        return Plan(("utter_condition_kept",), "listen" if played_down else "rules"), record
    about = about_open(record, turn, catalogue, place)
    asked_which = WHICH in place.before.say and place.before.notice != "again"
    if asked_which and before.crisis.level == "none" and not about.say and _may_mean_which(turn):
        return Plan((WHICH,), "listen", "again"), record
    reply = aside(turn, place)
    if reply != Plan() and not about.say:
        return reply, record
    was_asked = place.before.notice in ("ask", "which")
    if place.form or (about.say and not was_asked):
        return about, record
    return _question(place.before.notice, turn, record.asked) or about, record


def _may_mean_which(turn: TurnReading) -> bool:
    """Return whether the question which condition is meant remains open: "can I still come?" does not answer it."""
    return turn.intent not in FAREWELLS | GO_ON or "asks_if_allowed" in turn.acts


def _claimed(record: HealthRecord) -> list[str]:
    """Return the ids that the previous message seemed to claim; the reply asked about them, so a plain "no" denies
    them.
    """
    return [entry.id for entry in record.open if not entry.certain and entry.turn == record.turn - 1]


def _plays_down(before: HealthRecord, turn: TurnReading, place: Place) -> bool:
    """Return whether apparent despair only plays down a condition or an emergency that was just talked about."""
    if not (place.was_about_health or before.emergency.is_open):
        return False
    despair = float((turn.safety.get("second_opinion") or {}).get("crisis") or 0.0)
    return despair < DESPAIR_AFTER_WARNING or "plays_down" in turn.acts


def _in_emergency(
    record: HealthRecord, turn: TurnReading, changes: Changes, place: Place, catalogue: Catalogue
) -> tuple[Plan, HealthRecord]:
    if record.emergency.status == "cleared_by_visitor":
        goes_on = turn.intent in GO_ON or (turn.intent in ("faq", "out_of_scope") and "?" in turn.text)
        return Plan(("utter_emergency_seen",), "rules" if goes_on else "listen", "retracted"), record
    asked_for_help = any(name in ASKS_FOR_HELP for name in place.before.say)
    if changes.attended or (asked_for_help and turn.intent == "affirm"):
        record = replace(record, emergency=replace(record.emergency, status="attended"))
        return Plan(("utter_emergency_attended",), "wait"), record
    # What the guide does not list waits until the emergency is over: the advice already sends to a doctor.
    first = (WARN,) if _is_of_guide(changes.warn, catalogue) and "plays_down" not in turn.acts else ()
    opens_message = turn.intent in TO_TEAM and turn.confidence < CERTAIN
    is_wish = turn.intent != BOOK or turn.wishes or bool(_BOOKS.search(turn.text))
    if (turn.intent in GO_ON and is_wish and not opens_message) or (turn.intent == "stop" and place.form):
        return Plan(("utter_emergency_before", *first), "rules"), record
    notice: Notice = "warn" if first else ""
    if turn.intent in FAREWELLS and not (turn.intent == "feedback_positive" and turn.signs):
        return Plan(("utter_emergency_farewell", *first), "listen", notice), record
    if "rolls_at_home" in turn.acts or turn.topic in SELF_CARE:
        say = "utter_emergency_no_care"
    elif "asks_if_allowed" in turn.acts:
        say = "utter_emergency_not_yet"
    else:
        say = "utter_emergency_open"
    return Plan((say, *first), "wait", notice), record


def _is_of_guide(ids: Iterable[str], catalogue: Catalogue) -> bool:
    """Return whether one of the conditions is on the guide's list."""
    return any(catalogue.conditions[id].severity in ARTICLE_SEVERITIES for id in ids)


def _is_about_emergency(turn: TurnReading) -> bool:
    """Return whether what may answer a form's question is rather about the emergency: "it's easing off"."""
    second_opinion = turn.safety.get("second_opinion") or {}
    likely = float(second_opinion.get("emergency") or 0.0) >= LIKELY_EMERGENCY
    return likely or "plays_down" in turn.acts


def _confirmed(record: HealthRecord, turn: TurnReading) -> tuple[Plan, HealthRecord]:
    if turn.intent == "affirm":
        return Plan(("utter_retraction_noted",), "listen", "retracted"), without(record, record.pending)
    return Plan(("utter_retraction_kept",), "listen"), replace(record, pending="")


def _question(before: str, turn: TurnReading, asked: bool) -> Plan | None:
    """Return the next step of the question about health, which is asked once per conversation."""
    if before == "ask" and turn.intent == "affirm":
        return Plan((HEALTH_WHICH,), "listen", "which")
    if before == "ask" and turn.intent == "deny":
        return Plan(("utter_all_right",), "listen")
    tells_more = turn.intent == "report_condition" or (turn.topic in HEALTH_TOPICS and "?" not in turn.text)
    if before == "ask" and tells_more and not turn.safety["conditions"]:
        return Plan(("utter_health_noted",), "listen", "noted")
    if before == "which" and (not turn.intent or turn.intent in shared_intents().naming_conditions):
        return Plan(("utter_health_noted",), "listen", "noted")
    if turn.safety.get("question") and not asked:
        return Plan((HEALTH_QUESTION,), "listen" if turn.intent == "report_condition" else "rules", "ask")
    return None


def _acknowledged(plan: Plan, record: HealthRecord, turn: TurnReading) -> tuple[Plan, HealthRecord]:
    """Return a word of sympathy before the answer to a question, once per conversation."""
    felt = next((act for act, _ in FEELINGS if act in turn.acts and act not in record.acknowledged), None)
    disclosed = bool(plan.say) or turn.intent in ("nlu_fallback", "report_condition")
    if felt is None or not (disclosed or turn.intent in ANSWERED) or turn.safety["outcome"] == "emergency":
        return plan, record
    record = replace(record, acknowledged=(*record.acknowledged, felt))
    say = (dict(FEELINGS)[felt], *plan.say)
    tells = turn.intent in ("report_condition", "nlu_fallback") and not turn.safety["conditions"]
    if felt == "is_grieving" and tells and not plan.say:
        return replace(plan, say=(*say, "utter_after_warning"), then="listen"), record
    then: Then = "listen" if turn.intent == "nlu_fallback" else plan.then
    return replace(plan, say=say, then=then), record


def _disputes(record: HealthRecord, turn: TurnReading) -> bool:
    """Return whether the message denies an open condition without the visitor taking it back."""
    return bool({entry.id for entry in record.open} & set(turn.mentions("negated")))


def _denies_all(turn: TurnReading) -> bool:
    """Return whether the message mentions conditions only to deny all of them."""
    found = turn.safety["conditions"]
    return bool(found) and all(mention["status"] == "negated" for mention in found) and not turn.safety.get("question")


def _then(turn: TurnReading, place: Place) -> Then:
    return "listen" if turn.intent in UNCLEAR and not place.answers else "rules"


def _is_worth_a_note(turn: TurnReading) -> bool:
    """Return whether the message disclosed a health matter without naming a condition of the catalogue."""
    return not turn.safety["conditions"] and (turn.intent == "report_condition" or bool(turn.safety.get("question")))


def _is_all_booking(booking: Mapping[str, Any], text: str) -> bool:
    """Return whether a short message is only an answer to the form, with nothing left to note: a name, an area, a day."""
    gives = set(booking) & {"name", "email", "phone", "when", "service", "body"}
    return bool(gives) and len(text.split()) <= MOST_WORDS_ALL_BOOKING


def _record(slots: Mapping[str, Any]) -> tuple[HealthRecord, bool]:
    """Return the record, and whether it could be read. If not, it gets a note for the team and bookings are held."""
    try:
        return HealthRecord.from_slot(slots.get(HEALTH_RECORD)), True
    except ContractError:
        return HealthRecord(notes=(UNREADABLE_RECORD,)), False
