"""Buttons and topic titles whose message would not be understood as what they say."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from lamoon.booking.form import answers_question
from lamoon.contract import Label
from tools.checks.assistant import TOPICS, Assistant, DomainButton
from tools.checks.model import ModelReading, Understand, newest_model, understanding
from tools.checks.project import Problem, Project, syntax

ANYWHERE = "US"  # no button is a phone number
TABLE_FILE = "tools/checks/buttons.py"
RASA_THRESHOLD = 0.3
REGION = "US"
"""How phone numbers are read; no button holds one."""

# What each payload that is no topic's title means. The buttons of a form's question answer that question instead.
MEANINGS = MappingProxyType(
    {
        "Delete the conversation and keep my request": "forget_me",
        "Delete the conversation and withdraw my request": "forget_me",
        "Does it hurt?": "faq/does_it_hurt",
        "How is it different from deep tissue?": "faq/mfr_vs_deep_tissue",
        "I'd like to book a session": "book_appointment",
        "I'd like to talk to a person": "handoff_to_human",
        "Yes, delete the conversation": "forget_me",
        "no thanks": "deny",
        "No, keep everything": "deny",
        "Stop": "stop",
        "stop": "stop",
        "yes please": "affirm",
    }
)


def check(project: Project) -> list[Problem]:
    """Reads every payload with the newest model in `models/`."""
    model = newest_model(project.root) if project.root else None
    problems = list(_commands(project))
    if model is None:
        return [*problems, Problem("models/", None, "no model", "a trained one: run make train")]
    return [*problems, *misunderstood(project, understanding(model))]


def misunderstood(project: Project, understand: Understand) -> Iterator[Problem]:
    """The buttons that `understand` reads otherwise than meant, or too unsurely to be answered."""
    assistant, least = project.assistant, threshold(project)
    meanings = {**MEANINGS, **{topic.title: str(Label.of_topic(topic.id)) for topic in assistant.topics}}
    seen: dict[str, ModelReading] = {}
    for button, question in _buttons(project):
        reading = seen.setdefault(button.payload, understand(button.payload))
        meant = meanings.get(button.payload)
        if meant is None and question is None:
            what = f"nothing says what the button {button.payload!r} means"
            yield Problem(button.file, button.line, what, f"an entry in {TABLE_FILE}")
        elif meant is None or (question is not None and reading.label != meant):
            intent = reading.label.split("/")[0] if reading.confidence >= least else "nlu_fallback"
            if not answers_question(str(question), button.payload, intent, reading.confidence, ANYWHERE):
                what = f"the button {button.payload!r} does not answer the question for {question}"
                yield Problem(button.file, button.line, what, "a payload that lamoon.booking.form takes")
        elif reading.label != meant or reading.confidence < least:
            what = f"{button.payload!r} is read as {reading.label} with {reading.confidence:.2f}"
            yield Problem(button.file, button.line, what, f"{meant} with at least {least}")


def threshold(project: Project) -> float:
    """The confidence below which the pipeline asks back."""
    for component in project.yaml("config.yml")["pipeline"].items():
        if component["name"].text() == "FallbackClassifier":
            return float(component.get("threshold").text(default=str(RASA_THRESHOLD)))
    return RASA_THRESHOLD


def _commands(project: Project) -> Iterator[Problem]:
    for button, _ in _buttons(project):
        if button.payload.lstrip().startswith("/") or "{" in button.payload or "\n" in button.payload:
            what = f"the button {button.title!r} sends {button.payload!r}"
            yield Problem(button.file, button.line, what, "a plain sentence that a visitor could type")


def _buttons(project: Project) -> Iterator[tuple[DomainButton, str | None]]:
    """Every button with the form's question it stands under, if any."""
    questions: Mapping[str, str] = project.assistant.questions
    for response in project.assistant.responses:
        for button in response.buttons:
            yield button, questions.get(response.name)
    for path, text in project.under("actions/", ".py"):
        for button in _in_code(path, text):
            yield button, None
    yield from ((button, None) for button in _titles(project.assistant))


def _titles(assistant: Assistant) -> Iterator[DomainButton]:
    for topic in assistant.topics:
        yield DomainButton(topic.title, topic.title, TOPICS, topic.line)


def _in_code(path: str, text: str) -> Iterator[DomainButton]:
    """Dictionaries {"title": ..., "payload": ...} whose values are written out."""
    for node in ast.walk(syntax(text, path)):
        if isinstance(node, ast.Dict):
            pairs = zip(node.keys, node.values, strict=True)
            parts = {
                key.value: value.value
                for key, value in pairs
                if isinstance(key, ast.Constant) and isinstance(value, ast.Constant)
            }
            if parts.keys() == {"title", "payload"}:
                yield DomainButton(str(parts["title"]), str(parts["payload"]), path, node.lineno)
