"""The health form before the visit: its questions, the validation of answers, and the stored form.

The conditions are those of the screening catalogue, all words are notices of `data/responses/health_form.yml`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import date
from functools import cache
from typing import Any, Final

from lamoon.booking.request import BookingRequest, DisclosedCondition
from lamoon.phrasebook import phrasebook, say
from lamoon.screening.conditions import Condition, Severity, load_facts
from lamoon.text.clean import clean, has_alphanumeric

Catalogue = Mapping[str, Condition]
GROUPS: Final[tuple[Severity, ...]] = ("avoid", "avoid_locally", "ask_doctor", "emergency")
UNNAMED: Final = "other_condition"
"""Any condition that the catalogue does not name: the form has a field for it."""
LONGEST: Final = {
    "name": 80,
    "health": 5000,
    "medicines": 2000,
    "allergies": 1000,
    "areas": 1000,
    "guardian": 80,
    "signature": 80,
}
"""Maximum characters of each text; the screened text stays below the screener's 10,000."""
SCREENED: Final = ("health", "medicines", "allergies", "areas")
"""The texts that are screened."""
PRESSURES: Final = ("light", "medium", "firm", "open")
AGES: Final = ("adult", "minor")
TICKS: Final = ("none", "guardian_consent", "consent")
ANOTHER_PERSONS: Final = "other_person"
FORM_WORDS: Final = "health form"
"""Replaces, in a request, the words of a condition from the form: the words themselves stay encrypted."""


@dataclass(frozen=True)
class Answers:
    """A client's answers, as typed. `conditions` are ids of the catalogue; `age` is one of AGES or empty.

    No field is in `repr`, to keep it out of logs.
    """

    name: str = field(default="", repr=False)
    conditions: tuple[str, ...] = field(default=(), repr=False)
    none: bool = field(default=False, repr=False)
    health: str = field(default="", repr=False)
    medicines: str = field(default="", repr=False)
    allergies: str = field(default="", repr=False)
    pressure: str = field(default="", repr=False)
    areas: str = field(default="", repr=False)
    age: str = field(default="", repr=False)
    guardian: str = field(default="", repr=False)
    guardian_consent: bool = field(default=False, repr=False)
    consent: bool = field(default=False, repr=False)
    signature: str = field(default="", repr=False)

    @property
    def is_minor(self) -> bool:
        """Whether the person who comes is under 18."""
        return self.age == "minor"


@dataclass(frozen=True)
class Signed:
    """A stored form: answers, the signed declaration, and the screening of the texts.

    Attributes:
        answers: cleaned.
        signed_on: the day in the studio's time zone.
        version: of the form's texts, see `text_version`.
        consent, declaration: the sentences that the client agreed to, word for word.
        found: ids of the conditions that the texts mention.
        outcome: of screening: "emergency", "none", ...; UNREAD if they could not be screened.
    """

    answers: Answers
    signed_on: date
    version: str
    consent: str
    declaration: str
    found: tuple[str, ...] = field(default=(), repr=False)
    outcome: str = "none"

    def to_json(self) -> str:
        """Return the form as JSON for storage."""
        return json.dumps(asdict(self) | {"signed_on": self.signed_on.isoformat()}, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Signed:
        """Parse the value of `to_json`. Unknown fields of other versions are ignored."""
        stored = json.loads(text)
        answers = Answers(**_known(Answers, stored.pop("answers")))
        day = date.fromisoformat(stored.pop("signed_on"))
        return cls(answers=answers, signed_on=day, **_known(cls, stored))

    @property
    def needs_review(self) -> bool:
        """Whether a person has to review it regardless of its conditions: an emergency, or texts that were not
        screened.
        """
        return self.outcome in ("emergency", UNREAD)


UNREAD: Final = "unread"


def _known(kind: Any, stored: Mapping[str, Any]) -> dict[str, Any]:
    names = {field.name for field in fields(kind)}
    return {name: tuple(value) if isinstance(value, list) else value for name, value in stored.items() if name in names}


@cache
def form_catalogue() -> Catalogue:
    """Return the conditions of the screening catalogue, loaded on first use."""
    return load_facts().conditions


@dataclass(frozen=True)
class Group:
    """Conditions that the form asks for together, in the catalogue's order."""

    severity: Severity
    conditions: Sequence[Condition]


def groups(catalogue: Catalogue) -> Sequence[Group]:
    """Return the conditions to tick, by severity."""
    asked = [condition for condition in catalogue.values() if condition.id != UNNAMED]
    return [Group(severity, [one for one in asked if one.severity == severity]) for severity in GROUPS]


def label(condition: Condition) -> str:
    """Return the form's name of a condition: "A blood clot"."""
    return condition.title[:1].upper() + condition.title[1:]


def text_version(catalogue: Catalogue) -> str:
    """Return the version of the form's texts: eight hexadecimal digits that change with any of them."""
    notices = {name: text for name, text in phrasebook().notices.items() if name.startswith("form_")}
    asked = [(one.id, one.title, one.severity) for group in groups(catalogue) for one in group.conditions]
    return hashlib.sha256(json.dumps([sorted(notices.items()), asked]).encode()).hexdigest()[:8]


def prefilled(request: BookingRequest, catalogue: Catalogue) -> Answers:
    """Return the answers known from the conversation. "Nothing applies" is asked again: the client has to state it."""
    asked = {one.id for group in groups(catalogue) for one in group.conditions}
    known = tuple(dict.fromkeys(one.id for one in request.conditions if one.id in asked))
    words = [one.words for one in request.conditions if one.id not in asked and one.words != FORM_WORDS]
    health = "\n".join(dict.fromkeys(filter(None, (request.health_words, *words))))
    return Answers(name=request.name, conditions=known, health=health)


def read_answers(sent: Iterable[tuple[str, object]], catalogue: Catalogue) -> Answers:
    """Parse the answers in the fields of the page's form, as typed. Fields and values that the page does not have are
    ignored.
    """
    texts: dict[str, str] = {}
    ticked: list[str] = []
    for name, value in sent:
        if name == "condition":
            ticked.append(str(value))
        elif isinstance(value, str):
            texts[name] = value.replace("\r\n", "\n")
    known = {one.id for group in groups(catalogue) for one in group.conditions}
    written: dict[str, Any] = {name: texts.get(name, "") for name in LONGEST}
    written |= {name: name in texts for name in TICKS}
    return Answers(
        **written,
        conditions=tuple(dict.fromkeys(one for one in ticked if one in known)),
        pressure=texts.get("pressure", "") if texts.get("pressure") in PRESSURES else "",
        age=texts.get("age", "") if texts.get("age") in AGES else "",
    )


def as_fields(answers: Answers) -> list[tuple[str, str]]:
    """Return the inverse of `read_answers`, as a browser sends it."""
    sent = [(name, getattr(answers, name)) for name in (*LONGEST, "pressure", "age")]
    ticks = [(name, "yes") for name in TICKS if getattr(answers, name)]
    return [*sent, *ticks, *(("condition", one) for one in answers.conditions)]


def cleaned(answers: Answers) -> Answers:
    """Return the answers without invisible characters and outer spaces; line breaks stay."""
    texts: dict[str, Any] = {
        name: "\n".join(map(clean, getattr(answers, name).splitlines())).strip() for name in LONGEST
    }
    return replace(answers, **texts)


def problems(answers: Answers, catalogue: Catalogue) -> dict[str, str]:
    """Return the problems by field, in sentences for the client; empty if the form is valid."""
    found = {name: _too_long(name, answers) for name in LONGEST}
    found |= {name: text for name, text in _missing(cleaned(answers), catalogue) if not found.get(name)}
    order = ("name", "conditions", "health", *LONGEST, "age", "guardian", "guardian_consent", "consent", "signature")
    return {name: found[name] for name in dict.fromkeys(order) if found.get(name)}


def _too_long(name: str, answers: Answers) -> str:
    length, most = len(getattr(answers, name)), LONGEST[name]
    return say("form_too_long", field=say(f"form_{name}"), length=length, most=most) if length > most else ""


def _missing(answers: Answers, catalogue: Catalogue) -> Iterable[tuple[str, str]]:
    if not has_alphanumeric(answers.name):
        yield "name", say("form_wrong_name")
    none = say("form_none")
    if answers.none and answers.conditions:
        ticked = ", ".join(catalogue[one].title for one in answers.conditions)
        yield "conditions", say("form_wrong_none", none=none, conditions=ticked)
    if not (answers.none or answers.conditions or has_alphanumeric(answers.health)):
        yield "conditions", say("form_wrong_conditions", none=none)
    if not answers.age:
        yield "age", say("form_wrong_age")
    yield from _missing_of_guardian(answers)
    if not answers.consent:
        yield "consent", say("form_wrong_consent")
    if not has_alphanumeric(answers.signature):
        yield "signature", say("form_wrong_signature")


def _missing_of_guardian(answers: Answers) -> Iterable[tuple[str, str]]:
    if not answers.is_minor:
        return
    if not has_alphanumeric(answers.guardian):
        yield "guardian", say("form_wrong_guardian")
    elif answers.signature.casefold() != answers.guardian.casefold() and has_alphanumeric(answers.signature):
        yield "signature", say("form_wrong_guardian_signature", guardian=answers.guardian)
    if not answers.guardian_consent:
        yield "guardian_consent", say("form_wrong_guardian_consent")


def counted(mentions: Iterable[tuple[str, str]], *, of_child: bool) -> tuple[str, ...]:
    """Return the ids of mentioned conditions that apply to the form's person.

    Args:
        mentions: id and status, as screening gives them.
        of_child: whether a guardian writes: "my son has epilepsy" is then about the person who comes.
    """
    statuses = ("affirmed", ANOTHER_PERSONS) if of_child else ("affirmed",)
    return tuple(dict.fromkeys(id for id, status in mentions if status in statuses))


def disclosed(signed: Signed, catalogue: Catalogue) -> tuple[DisclosedCondition, ...]:
    """Return the conditions that the form adds to its request, ticked or found; some of them hold it, as the catalogue
    says.
    """
    ids = dict.fromkeys((*signed.answers.conditions, *signed.found))
    return tuple(DisclosedCondition(id, FORM_WORDS, catalogue[id].hold) for id in ids if id in catalogue)
