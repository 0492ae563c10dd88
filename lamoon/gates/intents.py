"""Intents, kinds and topics with too few phrases, without a name in the domain, or without a use."""

from __future__ import annotations

from collections.abc import Iterator

from lamoon.contract import TOPIC_INTENT, Label
from lamoon.gates.assistant import DOMAIN, TOPICS, Assistant
from lamoon.gates.problem import Problem
from lamoon.gates.project import Project

FEWEST = 25
FEWEST_OF_A_KIND = 15
FEWEST_KINDS = 15
WITHOUT_PHRASES = frozenset({"nlu_fallback"})
KINDS_INTENT = "out_of_scope"


def check(project: Project) -> list[Problem]:
    """Counts phrases, and compares the names of labels, intents and topics."""
    assistant = project.assistant
    return [*_counts(assistant), *_names(assistant), *_topics(assistant), *_unused(assistant)]


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
    """An intent counts as used in a rule or story, as `intent` of a slot, or where every form question takes it."""
    used = {step.name.split("/")[0] for step in assistant.steps if step.kind == "intent"}
    fillings = [filling for slot in assistant.slots for filling in slot.fillings]
    used.update(*(filling.intents for filling in fillings))
    questions = [filling.refused for filling in fillings if filling.kind == "from_text"]
    for intent in assistant.intents:
        taken = bool(questions) and not any(intent.name in refused for refused in questions)
        if intent.name not in used and not taken:
            what = f"{intent.name} is used by no rule, story or slot"
            yield Problem(intent.file, intent.line, what, "a rule that says what happens, or no such intent")
