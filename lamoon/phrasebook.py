"""Sentences that our own code shows to visitors: the notices in `data/responses/`, and responses sent without Rasa.

Rasa sends the `responses` of that folder itself. `notices` are sentences, or parts of them, that our own code fills in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from string import Formatter
from types import MappingProxyType
from typing import Final

from lamoon.errors import KnowledgeError
from lamoon.project import PROJECT
from lamoon.yaml_file import Value, read

FOLDER: Final = PROJECT / "data" / "responses"
_TO_CLIENTS: Final = (
    "receipt",
    "confirmed",
    "changed",
    "declined",
    "proposed",
    "offered",
    "cancelled",
    "withdrawn",
    "reminder",
)
# Every notice in use, with the values that the code provides. A text need not use them all.
NOTICES: Final = MappingProxyType(
    {
        # The studio
        "and": "first last",
        "or": "first last",
        "weekdays": "",
        "months": "",
        "date": "month day year",
        "days_pair": "first last",
        "days_range": "first last",
        "crisis_line_unknown": "",
        "crisis_line_named": "number name",
        "crisis_call": "line",
        "crisis_text": "number",
        "crisis_chat": "page",
        "violence_line_unknown": "",
        "team_answers": "hours",
        "team_answers_unknown": "",
        "team_answers_within": "time",
        "reach": "studio ways",
        "reach_by_phone": "phone",
        "reach_by_email": "email",
        "reach_by_page": "page",
        "reach_unknown": "",
        "reach_unknown_when_down": "",
        "hours": "hours",
        "hours_unknown": "",
        "hours_closed_on": "days",
        "hours_other_days": "",
        "hours_ask_team": "",
        "location": "studio address",
        "location_unknown": "",
        "prices": "prices",
        "prices_unknown": "",
        "services": "studio services",
        "services_unknown": "",
        "service_minutes": "name minutes",
        "others_ask_team": "",
        # The booking form
        "wish_open": "",
        # Appointments, and what clients read of their requests
        "appointment": "day time minutes",
        "wished_at": "day time",
        "client_subject": "what studio reference",
        **{f"client_subject_{about}": "" for about in _TO_CLIENTS},
        **{f"client_{about}": "studio reference appointment" for about in _TO_CLIENTS},
        **{f"client_{about}_time": "studio reference appointment" for about in ("declined", "cancelled", "withdrawn")},
        "client_reach_later": "reference",
        "client_reminder_answer": "",
        "client_foot": "reference studio",
        **{f"text_{about}": "" for about in ("confirmed", "changed", "declined", "proposed", "cancelled")},
        # Health
        "on_list": "conditions",
        "not_on_list": "",
        "warning_may_be": "conditions",
        "urgent_general": "emergency_number",
        "urgent_general_other": "emergency_number",
        "urgent_suspected_dvt": "emergency_number",
        "urgent_suspected_dvt_other": "emergency_number",
        "urgent_cauda_equina": "",
        "urgent_cauda_equina_other": "",
        "urgent_doctor_today": "emergency_number",
        "urgent_doctor_today_other": "emergency_number",
        "warning_told": "conditions",
        "warning_understood": "",
        "warning_your_health": "",
        "warning_guide": "areas",
        "warning_not_listed": "conditions",
        "warning_that": "",
        "warning_doctor": "",
        "warning_held": "",
        "warning_noted": "",
        "warning_no_advice": "",
        # What is known about the visitor
        "known_visitor_name": "words",
        "known_contact": "words",
        "known_wish": "words",
        "known_health_details": "words",
        "known_health": "conditions",
        # Answers
        "other_reading": "title",
        "more_on_topic": "",
        "more_if_wished": "",
        "ask_team": "",
        "said_all": "",
        "open_number": "",
        "open_time": "",
        "open_detail": "",
        "open_comparison": "",
        "open_thing": "",
        "as_said": "gist",
        "said_plainly": "gist",
        "rest_apology": "contact",
        # The chat
        "greeting": "studio disclosure",
        "own_greeting": "greeting disclosure",
        "disclosure": "",
        "consent": "emergency",
        "apology": "contact emergency",
        "delayed": "contact emergency",
        "too_many": "seconds emergency",
        "too_fast": "what seconds emergency",
        "too_fast_one": "",
        "too_fast_several": "count",
        "flood": "seconds emergency",
        "too_long": "most length emergency",
        "too_big": "most emergency",
        "no_text": "",
        "started_over": "",
        "left": "reference contact",
        "asked": "within",
        "asked_open": "within",
        "asked_closed": "opening",
        "asked_unknown": "",
        "joined": "name",
        "joined_unnamed": "",
        "back": "",
        "closed": "",
        "left_waiting": "opening contact",
        "nobody_came": "opening contact",
        "opening": "day month number time",
        "transcript": "studio zone",
        "transcript_visitor": "",
        "transcript_bot": "",
        "transcript_team": "",
        "transcript_system": "",
        # Free times in the booking form
        "choice_other_times": "",
        "choice_no_time": "",
        "choice_wait_list": "",
        "takes_offer": "time",
        # Events in the studio's calendar
        "calendar_event": "reference",
        "calendar_event_held": "",
        # What went wrong
        "choice_invalid": "",
        "choice_used": "",
        "conversation_closed": "",
        "conversation_deleted": "",
        "foreign_page": "",
        "incomplete": "",
        "method_not_allowed": "",
        "not_found": "",
        "no_such_reply": "",
        "no_such_message": "",
        "store_unavailable": "",
        "unexpected": "",
        # Messaging channels
        "no_picture": "emergency",
        "no_voice": "emergency",
        "no_place": "emergency",
        "no_document": "emergency",
        "no_sticker": "emergency",
        "no_card": "emergency",
        "no_edit": "emergency",
        "no_other": "emergency",
        "message_corrected": "",
        "message_withdrawn": "",
        "stopped": "",
        "nothing_kept": "",
        "reply_with_number": "",
        "choose": "",
        "choose_button": "",
        "read_back_shortened": "beginning",
        "guardian_consent": "",
        "treated_one": "",
        "treated_two": "",
        "choose_or_write": "",
        # The health form before the visit
        "form_title": "",
        "form_intro": "studio",
        "form_no_advice": "emergency",
        "form_prefilled": "",
        "form_sent_before": "date",
        "form_optional": "",
        "form_name": "",
        "form_conditions": "",
        "form_conditions_hint": "",
        "form_group_avoid": "",
        "form_group_avoid_hint": "",
        "form_group_avoid_locally": "",
        "form_group_avoid_locally_hint": "",
        "form_group_ask_doctor": "",
        "form_group_ask_doctor_hint": "",
        "form_group_emergency": "",
        "form_group_emergency_hint": "emergency",
        "form_none": "",
        "form_health": "",
        "form_medicines": "",
        "form_allergies": "",
        "form_pressure": "",
        "form_pressure_light": "",
        "form_pressure_medium": "",
        "form_pressure_firm": "",
        "form_pressure_open": "",
        "form_areas": "",
        "form_age": "",
        "form_age_adult": "",
        "form_age_minor": "",
        "form_guardian_part": "",
        "form_guardian": "",
        "form_guardian_consent": "",
        "form_sign_part": "",
        "form_consent": "studio",
        "form_declaration": "",
        "form_signature": "",
        "form_signature_hint": "",
        "form_date": "date",
        "form_send": "",
        "form_version": "version",
        "form_problems": "",
        "form_wrong_name": "",
        "form_wrong_conditions": "none",
        "form_wrong_none": "none conditions",
        "form_wrong_age": "",
        "form_wrong_guardian": "",
        "form_wrong_guardian_consent": "",
        "form_wrong_consent": "",
        "form_wrong_signature": "",
        "form_wrong_guardian_signature": "guardian",
        "form_too_long": "field length most",
        "form_not_stored": "contact",
        "form_too_many": "seconds",
        "form_emergency": "urgent",
        "form_crisis": "ways emergency",
        "form_done_title": "",
        "form_done": "studio",
        "form_done_held": "",
        "form_done_unread": "emergency",
        "form_done_change": "date",
        "form_link_title": "",
        "form_link_invalid": "contact",
        "form_link_expired": "contact",
        "form_link_replaced": "contact",
        "form_link_gone": "contact",
        "form_link_unavailable": "contact",
        "form_mail_subject": "studio",
        "form_mail": "studio reference date",
        "form_mail_end": "",
    }
)


@dataclass(frozen=True)
class Phrasebook:
    """All texts by name: the notices, the first text of each response, and its buttons as (title, payload)."""

    notices: Mapping[str, str]
    responses: Mapping[str, str]
    buttons: Mapping[str, Sequence[tuple[str, str]]]


def say(notice: str, **values: object) -> str:
    """Return a notice with its values filled in. An empty value leaves no gap.

    Raises:
        KeyError: for a notice that does not exist, or a placeholder without a value.
    """
    return " ".join(phrasebook().notices[notice].format(**values).split())


def phrase(response: str, **values: str) -> str:
    """Return the first text of a response with its values filled in, sent without Rasa. Raises KeyError as `say`
    does.
    """
    return phrasebook().responses[response].format(**values)


def buttons_of(response: str) -> list[dict[str, str]]:
    """Return the buttons of a response, as in Rasa. Raises KeyError when there is no such response."""
    return [{"title": title, "payload": payload} for title, payload in phrasebook().buttons[response]]


@lru_cache(maxsize=1)
def phrasebook() -> Phrasebook:
    """Return the project's phrasebook, loaded and validated once. Raises KnowledgeError."""
    return load_phrasebook()


def load_phrasebook(folder: Path = FOLDER) -> Phrasebook:
    """Read every file of a folder.

    Raises:
        KnowledgeError: when a file cannot be read, a notice is missing or unknown, or a text has a placeholder that the code does not fill. The error names file and line.
    """
    notices: dict[str, str] = {}
    responses: dict[str, str] = {}
    buttons: dict[str, Sequence[tuple[str, str]]] = {}
    for path in sorted(folder.glob("*.yml")):
        file = read(path, KnowledgeError)
        for name, value in file.get("notices").fields().items():
            notices[name] = _notice(name, value)
        for name, value in file.get("responses").fields().items():
            responses[name] = value.items()[0]["text"].text()
            buttons[name] = _buttons(value)
    for name in NOTICES.keys() - notices.keys():
        example = f'{name}: "..."'
        raise KnowledgeError(
            str(folder), None, f"the notice `{name}` is missing", "it below `notices` of a file", example
        )
    return Phrasebook(notices, responses, buttons)


def _notice(name: str, value: Value) -> str:
    if name not in NOTICES:
        value.fail("is never said", "a notice of lamoon/phrasebook.py", 'no_text: "..."')
    text, known = value.text(), NOTICES[name].split()
    try:
        places = {place for _, place, _, _ in Formatter().parse(text) if place is not None}
    except ValueError as problem:
        value.fail(f"has a brace without its other half ({problem})", "{value} in braces", f"{name}: Hello {{name}}")
    for unknown in sorted(places - set(known)):
        expected = ", ".join(f"{{{place}}}" for place in known) or "a text without braces"
        value.fail(f"nothing fills in {{{unknown}}}", expected)
    return text


def _buttons(response: Value) -> Sequence[tuple[str, str]]:
    """Return the buttons of a response's first variation that has buttons."""
    found = [variation.get("buttons").items() for variation in response.items()]
    return [(button["title"].text(), button["payload"].text()) for button in next(filter(None, found), [])]
