"""The forms' questions, one row each, and whether a message answers the open question."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from lamoon.booking import readers
from lamoon.booking.answers import Invalid, parse_wish
from lamoon.booking.contact import Contact, parse_contact, parse_name
from lamoon.booking.readers import SHORT, FormMessage
from lamoon.booking.wish import Wish
from lamoon.contract import BOOKING_PARTS, HEALTH_RECORD, Disclosure, HealthRecord
from lamoon.intents import Takes, shared_intents
from lamoon.phrasebook import say
from lamoon.screening.conditions import Conditions, titles
from lamoon.text.answers import parse_yes_no
from lamoon.text.clean import clean

if TYPE_CHECKING:
    from lamoon.booking.request import BookingRequest

Form = Literal["booking_form", "handoff_form"]
FORM_OF: Final[Mapping[str, Form]] = {"booking": "booking_form", "handoff": "handoff_form"}
"""The form for each kind of request."""
DETAILS: Final = "details"
HELD_TIME: Final = "held_time"
"""The slot of the held time, or WAIT_LIST; empty if there is none."""
OFFERED_TIMES: Final = "offered_times"
"""The slot of the offered times: see actions/offered_times.py."""
WAIT_LIST: Final = "wait list"
Parsed = str | Contact | Invalid
Parser = Callable[[str, str], Parsed]


@dataclass(frozen=True)
class Question:
    """A question of a form.

    Attributes:
        slot: of `domain.yml`; the forms ask `utter_ask_<form>_<slot>`.
        reads: decides whether a message answers it.
        forms: which forms ask it.
        takes: which intents may answer it.
        parse: converts the visitor's text, given the studio's country, into the stored answer or the reason it is
            refused.
        label: its name in the read-back, the mail and the desk; empty if it is not read back.
        part: the visitor's word for the answer ("the name"); empty if it cannot be changed.
        change: pattern that finds that name in a message.
        kept_as: the field of BookingRequest; `details` for any question that has no field; empty for answers that only steer the form.
        yes_or_no: whether it is a yes-no question.
        has_hint: whether the response `utter_hint_<slot>` follows a second invalid answer.
    """

    slot: str
    reads: readers.Reader
    forms: tuple[Form, ...] = ("booking_form",)
    takes: Takes = "answers"
    parse: Parser | None = None
    label: str = ""
    part: str = ""
    change: re.Pattern[str] | None = None
    kept_as: str = DETAILS
    yes_or_no: bool = False
    has_hint: bool = True


def name(text: str, region: str) -> Parsed:
    """Parse a name; a bare yes or no is refused."""
    return Invalid("no_name") if parse_yes_no(text) is not None else parse_name(text)


def words(text: str, region: str) -> Parsed:
    """Parse free text."""
    return parse_wish(text)


def no_time(text: str, region: str) -> Parsed:
    """Refuse a message that chooses none of the offered times; an empty answer belongs to a skipped question."""
    return Invalid("no_time_choice") if text else ""


def _named(words: str) -> re.Pattern[str]:
    return re.compile(rf"\b({words})\b", re.IGNORECASE)


def _reads_confirmation(message: readers.FormMessage) -> bool:
    named = read_change(message.text) is not None and not message.is_question
    return named or readers.reads_yes_no(message)


QUESTIONS: Final = (
    Question(
        "visitor_name",
        readers.reads_name,
        parse=name,
        label="Name",
        part="the name",
        change=_named("name"),
        kept_as="name",
    ),
    Question(
        "contact",
        readers.reads_contact,
        forms=("booking_form", "handoff_form"),
        parse=parse_contact,
        label="Contact",
        part="the contact",
        change=_named("contact|phone|number|e-?mail|mail"),
        kept_as="contact",
    ),
    Question(
        "wish",
        readers.reads_wish,
        parse=words,
        label="Wish",
        part="the wish",
        change=_named("wish|day|days|time|times|date|appointment|request"),
        kept_as="wish",
    ),
    Question("companion", readers.reads_name, parse=name, label="Second name"),
    Question(HELD_TIME, readers.reads_time_choice, parse=no_time, label="Held time"),
    Question(
        "handoff_question",
        readers.reads_team_message,
        forms=("handoff_form",),
        takes="messages",
        label="Question",
        kept_as="wish",
    ),
    Question(
        "health_screening",
        readers.reads_health,
        takes="health",
        label="Health",
        part="the health answer",
        change=_named("health|medical|condition|screening"),
        kept_as="screening",
        yes_or_no=True,
        has_hint=False,
    ),
    Question("health_details", readers.reads_health_details, takes="health", kept_as="health_words"),
    Question("consent", readers.reads_yes_no, kept_as="consent", yes_or_no=True),
    Question("handoff_consent", readers.reads_yes_no, forms=("handoff_form",), kept_as="consent", yes_or_no=True),
    Question("send_booking", _reads_confirmation, kept_as="", yes_or_no=True),
)
BY_SLOT: Final[Mapping[str, Question]] = {question.slot: question for question in QUESTIONS}


def asked_by(form: str) -> tuple[Question, ...]:
    """Return the questions of a form in order."""
    return tuple(question for question in QUESTIONS if form in question.forms)


def read_change(text: str) -> str | None:
    """Return the slot that the visitor wants to change at the read-back; None if none is named."""
    if readers.read_go_ahead(text):
        return None
    named = (question for question in QUESTIONS if question.change and question.change.search(text))
    return next((question.slot for question in named), None)


def changeable_parts() -> str:
    """Return the parts that can be changed at the read-back, in words: "the name, the contact or the wish"."""
    *parts, last = [question.part for question in QUESTIONS if question.part]
    return f"{', '.join(parts)} or {last}" if parts else last


def is_for(slots: Mapping[str, Any]) -> str:
    """Return for whom the booking is, as the reading names it; empty if unknown."""
    return Wish.from_slot((slots.get(BOOKING_PARTS) or {}).get("wish")).for_whom


def needs_companion(slots: Mapping[str, Any]) -> bool:
    """Return whether the second name of two people is still missing."""
    return is_for(slots) == "two_people" and not _PAIR.search(str(slots.get("visitor_name") or ""))


def read_back(slots: Mapping[str, Any], catalogue: Conditions) -> str:
    """Return the booking form's answers, one per line, for confirmation: exactly what will be sent."""
    answers = {**slots, "health_screening": health_summary(slots, catalogue)}
    questions = [question for question in asked_by("booking_form") if question.label]
    return "\n".join(
        f"{question.label}: {answers[question.slot]}" for question in questions if answers.get(question.slot)
    )


def known_so_far(slots: Mapping[str, Any]) -> str:
    """Return the answers given so far, one per line; empty if there are none. The open question's slot is skipped:
    before validation Rasa stores the message itself there.
    """
    open_question = slots.get("requested_slot")
    questions = [
        question for question in asked_by("booking_form") if question.label and question.kept_as != "screening"
    ]
    return "\n".join(
        f"{question.label}: {slots[question.slot]}"
        for question in questions
        if slots.get(question.slot) and question.slot != open_question
    )


_PAIR: Final = re.compile(r"\s+(?:and|&|\+)\s+|/", re.IGNORECASE)
READ_BACK = 500
"""Maximum characters about health that are read back."""


def health_summary(slots: Mapping[str, Any], catalogue: Conditions) -> str:
    """Return the read-back of the visitor's health: conditions by title and in the visitor's words, then notes."""
    record = HealthRecord.from_slot(slots.get(HEALTH_RECORD))
    named = [_condition(entry, catalogue) for entry in record.open]
    named += [f"{_condition(entry, catalogue)}, taken back" for entry in record.retracted]
    named += health_notes(str(slots.get("health_details") or ""), record)
    quoted = "; ".join(dict.fromkeys(words for words in named if words))
    if len(quoted) > READ_BACK:
        return say("read_back_shortened", beginning=quoted[:READ_BACK].rpartition(" ")[0])
    nothing = "nothing to report for either" if is_for(slots) == "two_people" else "nothing to report"
    return quoted or (nothing if slots.get("health_screening") == "no" else "not answered yet")


_POINTS_BACK: Final = re.compile(
    r"\W*(?:(?:it'?s|that'?s|just|only|yes|well|like|as|what|everything|all|the thing) )*(?:i|we)(?:'ve| have)? (?:just |already )?(?:said|told|mentioned|wrote|written)"
    r"(?: (?:you|that|it|above|before|already|earlier|at the start|here))*\W*",
    re.IGNORECASE,
)


def health_notes(details: str, record: HealthRecord, with_quoted: bool = False) -> list[str]:
    """Return the visitor's words; "as I told you" alone adds nothing to a condition.

    Args:
        details: the answer to the question about health.
        record: the conversation's.
        with_quoted: whether to repeat words that a condition already quotes.
    """
    quoted = set() if with_quoted else {clean(entry.words) for entry in record.open}
    found = dict.fromkeys(words for words in (details, *record.notes) if words)
    return [
        words for words in found if clean(words) not in quoted and not (record.open and _POINTS_BACK.fullmatch(words))
    ]


def words_about_people(slots: Mapping[str, Any]) -> dict[str, str]:
    """Return the words for the people of a booking: `who_is_treated`, and `guardian` before the consent for a child."""
    for_whom = is_for(slots)
    return {
        "who_is_treated": say("treated_two" if for_whom == "two_people" else "treated_one"),
        "guardian": f"{say('guardian_consent')} " if for_whom == "child" else "",
    }


def _condition(entry: Disclosure, catalogue: Conditions) -> str:
    title = titles([entry.id], catalogue) if entry.id in catalogue.conditions else entry.id.replace("_", " ")
    shown = f"{title} (of another person)" if entry.whose == "other" else title
    words = clean(entry.words)
    return shown if words.lower() in title.lower() else f'{shown} ("{words}")'


def answers(request: BookingRequest) -> Iterator[tuple[str, str, str]]:
    """Yield slot, label and answer of a stored request's answers, in the order of the questions, without health."""
    for question in QUESTIONS:
        if question.kept_as in ("name", "contact"):
            yield question.slot, question.label, str(getattr(request, question.kept_as))
        elif question.kept_as == "wish" and FORM_OF[request.kind] in question.forms:
            yield question.slot, question.label, request.wish
    yield from details(request)


def details(request: BookingRequest) -> Iterator[tuple[str, str, str]]:
    """Yield the answers without their own field. A question that no longer exists is named by its slot."""
    for slot, answer in request.details.items():
        known = BY_SLOT.get(slot)
        yield slot, known.label if known and known.label else slot.replace("_", " ").capitalize(), answer


_MY_NAME = re.compile(r"\b(my name|name'?s)\b", re.IGNORECASE)
_PERSON = re.compile(r"\b(person|human|someone|somebody|talk|speak|call|ring|reception|team|staff)\b", re.IGNORECASE)


def answers_question(slot: str, text: str, intent: str, confidence: float, region: str) -> bool:
    """Return whether `text` answers the open question of a form.

    Args:
        slot: the requested slot.
        text, intent, confidence, region: as in `readers.Message`.
    """
    if intent in shared_intents().always_interrupting and not _is_plain_answer(slot, text, intent):
        return False
    question = BY_SLOT.get(slot)
    return bool(question and question.reads(FormMessage(text, intent, confidence, region)))


def introduction(text: str) -> str:
    """Return `text` from a plain introduction on: "my name is Ann" of "sorry, my name is Ann"; empty if there is
    none.
    """
    found = _MY_NAME.search(text)
    return text[found.start() :] if found else ""


def _is_plain_answer(slot: str, text: str, intent: str) -> bool:
    """Return whether a plain answer was misclassified: a bare yes or no as a stop, or "the phone or mail" as a
    handoff.
    """
    if intent == "stop":
        question = BY_SLOT.get(slot)
        return bool(question and question.yes_or_no) and parse_yes_no(text) is not None
    names_a_part = slot == "send_booking" and len(text.split()) <= SHORT and read_change(text) is not None
    return intent == "handoff_to_human" and names_a_part and not _PERSON.search(text)
