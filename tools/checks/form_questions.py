"""Form questions that would swallow a question, a warning or a stop as their answer, or that the forms do not ask."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lamoon.booking.form import BY_SLOT, Question
from lamoon.intents import Intents
from tools.checks.answers import HINT
from tools.checks.assistant import DOMAIN, Filling, Slot
from tools.checks.project import Problem, Project

QUESTIONS_FILE = "lamoon/booking/form.py"


def check(project: Project) -> list[Problem]:
    """Compares the forms and the slots that take any text with the table of questions and with `data/intents.yml`."""
    return compare(project, BY_SLOT)


def compare(project: Project, questions: Mapping[str, Question]) -> list[Problem]:
    """As `check`, with a table by slot."""
    intents = {intent.name for intent in project.assistant.intents}
    fillings = [
        problem
        for slot in project.assistant.slots
        for filling in slot.fillings
        if filling.kind == "from_text"
        for problem in _mapping(slot, filling, intents, questions, project.intents)
    ]
    return [*fillings, *_forms(project, questions), *_hints(project, questions)]


def _mapping(
    slot: Slot, filling: Filling, names: set[str], questions: Mapping[str, Question], intents: Intents
) -> Iterator[Problem]:
    question = questions.get(slot.name)
    if question is None:
        yield Problem(DOMAIN, slot.line, f"{slot.name} takes any text and is no question", f"a row in {QUESTIONS_FILE}")
        return
    meant, taken = intents.taken_by(question.takes) & names, filling.taken(names)
    for intent in sorted(taken - meant):
        what = f"{slot.name} would take a message of {intent} as its answer"
        yield Problem(DOMAIN, filling.line, what, f"the intents {', '.join(sorted(meant))}")
    for intent in sorted(meant - taken):
        what = f"{slot.name} refuses {intent}"
        yield Problem(DOMAIN, filling.line, what, f"the intents {', '.join(sorted(meant))}")


def _forms(project: Project, questions: Mapping[str, Question]) -> Iterator[Problem]:
    for form, slots in project.assistant.forms.items():
        asked = {slot for slot, question in questions.items() if form in question.forms}
        for slot in sorted(set(slots) - asked):
            yield Problem(DOMAIN, None, f"{form} asks for {slot}", f"a row in {QUESTIONS_FILE} that names {form}")
        for slot in sorted(asked - set(slots)):
            yield Problem(DOMAIN, None, f"{form} does not ask for {slot}", "its slot in required_slots of the form")


def _hints(project: Project, questions: Mapping[str, Question]) -> Iterator[Problem]:
    responses = {response.name for response in project.assistant.responses}
    for slot, question in questions.items():
        if question.has_hint and f"{HINT}{slot}" not in responses:
            what = f"nothing helps after two answers to {slot} that cannot be taken"
            yield Problem(QUESTIONS_FILE, None, what, f"a response {HINT}{slot}, or has_hint=False")
