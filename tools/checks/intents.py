"""Intents, kinds, topics and the forms' questions: phrases, names, meanings, rules and accepted answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lamoon.booking.form import BY_SLOT, Question
from lamoon.contract import TOPIC_INTENT, Label
from lamoon.intents import Intents
from tools.checks.assistant import DOMAIN, TOPICS, Assistant, Filling, Slot
from tools.checks.project import INTENTS, Problem, Project
from tools.checks.responses import HINT

FEWEST = 25
FEWEST_OF_A_KIND = 15
FEWEST_KINDS = 15
WITHOUT_PHRASES = frozenset({"nlu_fallback", "about_request"})  # set by components
KINDS_INTENT = "out_of_scope"


def check_intents(project: Project) -> list[Problem]:
    """Intents, kinds and topics with too few phrases, without a name, a meaning or a use, or without a rule in some form."""
    assistant = project.assistant
    return [
        *_counts(assistant),
        *_labels(assistant),
        *_topics(assistant),
        *_unused(assistant),
        *_meanings(project),
        *_unanswered(project),
    ]


def _counts(assistant: Assistant) -> Iterator[Problem]:
    for label, phrases in assistant.by_label.items():
        least = FEWEST_OF_A_KIND if label.startswith(f"{KINDS_INTENT}/") else FEWEST
        if len(phrases) < least:
            what = f"{label} has {len(phrases)} phrases"
            yield Problem(phrases[0].file, phrases[0].line, what, f"at least {least}")
    kinds = [label for label in assistant.by_label if label.startswith(f"{KINDS_INTENT}/")]
    declared = [intent for intent in assistant.intents if intent.name == KINDS_INTENT]
    for intent in declared if len(kinds) < FEWEST_KINDS else ():
        what = f"{KINDS_INTENT} has {len(kinds)} kinds"
        yield Problem(intent.file, intent.line, what, f"at least {FEWEST_KINDS}")


def _labels(assistant: Assistant) -> Iterator[Problem]:
    declared = {intent.name for intent in assistant.intents}
    labelled = {phrase.intent for phrase in assistant.phrases}
    for phrases in assistant.by_label.values():
        if phrases[0].intent not in declared:
            what = f"phrases are labelled {phrases[0].label}, which is not an intent"
            yield Problem(phrases[0].file, phrases[0].line, what, f"an intent of {DOMAIN}")
    for intent in assistant.intents:
        if intent.name not in labelled | WITHOUT_PHRASES:
            yield Problem(intent.file, intent.line, f"{intent.name} has no phrases", f"at least {FEWEST}")
    for step in assistant.steps:
        if step.kind == "intent" and step.name.split("/")[0] not in declared:
            yield Problem(step.file, step.line, f"uses {step.name}, which is not an intent", f"an intent of {DOMAIN}")


def _topics(assistant: Assistant) -> Iterator[Problem]:
    topics = {topic.id for topic in assistant.topics}
    for topic in assistant.topics:
        if str(Label.of_topic(topic.id)) not in assistant.by_label:
            yield Problem(TOPICS, topic.line, f"topic {topic.id} has no phrases", f"at least {FEWEST}")
    for label, phrases in assistant.by_label.items():
        intent, _, kind = label.partition("/")
        if intent == TOPIC_INTENT and kind not in topics:
            what = f"phrases are labelled {label}, which is not a topic"
            yield Problem(phrases[0].file, phrases[0].line, what, f"a topic of {TOPICS}")


def _unused(assistant: Assistant) -> Iterator[Problem]:
    """Yield unused intents: neither in a rule or story, nor as `intent` of a slot."""
    used = {step.name.split("/")[0] for step in assistant.steps if step.kind == "intent"}
    used.update(*(filling.intents for slot in assistant.slots for filling in slot.fillings))
    for intent in assistant.intents:
        if intent.name not in used:
            what = f"{intent.name} is used by no rule, story or slot"
            yield Problem(intent.file, intent.line, what, "a rule that says what happens, or no such intent")


def _meanings(project: Project) -> Iterator[Problem]:
    declared = {intent.name: intent for intent in project.assistant.intents}
    meant = project.intents.by_name
    for name in declared.keys() - meant.keys():
        yield Problem(INTENTS, None, f"says nothing of {name}", f"an entry {name} with its meaning")
    for name in meant.keys() - declared.keys():
        yield Problem(INTENTS, None, f"explains {name}, which is not an intent", f"an intent of {DOMAIN}")
    for intent in meant.values():
        for kind in intent.rarely_need_context:
            if f"{intent.name}/{kind}" not in project.assistant.by_label:
                yield Problem(INTENTS, None, f"{intent.name} has no kind {kind}", "a label of the training phrases")


def _unanswered(project: Project) -> Iterator[Problem]:
    """Yield interrupting intents without a rule for every form and for outside, which would get no reply."""
    assistant = project.assistant
    answers = project.intents.taken_by("answers")
    for intent in assistant.intents:
        answered = frozenset().union(*(rule.forms for rule in assistant.rules if intent.name in rule.intents))
        for form in ("", *assistant.forms) if intent.name not in answers else ():
            if form not in answered:
                where = f"while {form} is open" if form else "outside of forms"
                what = f"no rule says what follows {intent.name} {where}"
                yield Problem(
                    intent.file, intent.line, what, f"a rule for {intent.name} without condition, or one more"
                )


QUESTIONS_FILE = "lamoon/booking/form.py"


def check_form_questions(project: Project) -> list[Problem]:
    """Form questions that would take a question, a warning or a stop as their answer, or that the forms do not ask."""
    return compare_questions(project, BY_SLOT)


def compare_questions(project: Project, questions: Mapping[str, Question]) -> list[Problem]:
    """Return the problems of `check_form_questions`, given a table by slot."""
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
        yield Problem(
            DOMAIN, slot.line, f"{slot.name} takes any text and is not a question", f"a row in {QUESTIONS_FILE}"
        )
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
