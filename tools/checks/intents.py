"""Intents, kinds and topics with too few phrases, without a name, a meaning or a use, or without a rule in some form."""

from __future__ import annotations

from collections.abc import Iterator

from lamoon.contract import TOPIC_INTENT, Label
from tools.checks.assistant import DOMAIN, TOPICS, Assistant
from tools.checks.project import INTENTS, Problem, Project

FEWEST = 25
FEWEST_OF_A_KIND = 15
FEWEST_KINDS = 15
WITHOUT_PHRASES = frozenset({"nlu_fallback"})
KINDS_INTENT = "out_of_scope"


def check(project: Project) -> list[Problem]:
    """Counts phrases, and compares the names of labels, intents and topics."""
    assistant = project.assistant
    return [
        *_counts(assistant),
        *_names(assistant),
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


def _names(assistant: Assistant) -> Iterator[Problem]:
    declared = {intent.name for intent in assistant.intents}
    labelled = {phrase.intent for phrase in assistant.phrases}
    for phrases in assistant.by_label.values():
        if phrases[0].intent not in declared:
            what = f"phrases are labelled {phrases[0].label}, which is no intent"
            yield Problem(phrases[0].file, phrases[0].line, what, f"an intent of {DOMAIN}")
    for intent in assistant.intents:
        if intent.name not in labelled | WITHOUT_PHRASES:
            yield Problem(intent.file, intent.line, f"{intent.name} has no phrases", f"at least {FEWEST}")
    for step in assistant.steps:
        if step.kind == "intent" and step.name.split("/")[0] not in declared:
            yield Problem(step.file, step.line, f"uses {step.name}, which is no intent", f"an intent of {DOMAIN}")


def _topics(assistant: Assistant) -> Iterator[Problem]:
    topics = {topic.id for topic in assistant.topics}
    for topic in assistant.topics:
        if str(Label.of_topic(topic.id)) not in assistant.by_label:
            yield Problem(TOPICS, topic.line, f"topic {topic.id} has no phrases", f"at least {FEWEST}")
    for label, phrases in assistant.by_label.items():
        intent, _, kind = label.partition("/")
        if intent == TOPIC_INTENT and kind not in topics:
            what = f"phrases are labelled {label}, which is no topic"
            yield Problem(phrases[0].file, phrases[0].line, what, f"a topic of {TOPICS}")


def _unused(assistant: Assistant) -> Iterator[Problem]:
    """An intent counts as used in a rule or story, or as `intent` of a slot."""
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
        yield Problem(INTENTS, None, f"explains {name}, which is no intent", f"an intent of {DOMAIN}")
    for intent in meant.values():
        for kind in intent.rarely_need_context:
            if f"{intent.name}/{kind}" not in project.assistant.by_label:
                yield Problem(INTENTS, None, f"{intent.name} has no kind {kind}", "a label of the training phrases")


def _unanswered(project: Project) -> Iterator[Problem]:
    """An intent that interrupts forms has a rule for every form and for outside, so that no message meets silence."""
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
