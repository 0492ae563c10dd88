"""Answers and actions that are named but missing, or there but never used; blank lines inside a text."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from lamoon.booking.form import BY_SLOT
from tools.checks.assistant import DOMAIN, DomainResponse
from tools.checks.project import Problem, Project, first_arguments, strings, syntax

# Words of Rasa's that look like the name of a response.
NOT_RESPONSES = frozenset({"utter_message", "utter_action"})
RASAS_ACTIONS = frozenset(
    "action_back action_deactivate_loop action_listen action_restart action_session_start".split()
)
# Responses that are named by the reason of `Invalid`, and by a form's question.
INVALID, HINT = "utter_invalid_", "utter_hint_"
CODE = ("actions/", "lamoon/")
NOT_CODE = "tools/checks/"
_RESPONSE = re.compile(r"utter_\w+(?:/\w*)?")
_BLANK_LINE = re.compile(r"\n[^\S\n]*\n")


def check(project: Project) -> list[Problem]:
    """Compares what is said with what is defined."""
    return [*_responses(project), *_kinds(project), *_actions(project), *_blank_lines(project)]


def _responses(project: Project) -> Iterator[Problem]:
    assistant = project.assistant
    defined = {response.name for response in assistant.responses}
    used: set[str] = {*assistant.questions, *(f"{HINT}{slot}" for slot in BY_SLOT)}
    for file, line, name, open_end in _uses(project):
        meant = {other for other in defined if _means(name, other, open_end)}
        used |= meant
        if not meant:
            yield Problem(file, line, f"uses {name}, which is not defined", "the name of a response")
    # Rasa speaks these by the label of the message.
    used |= {f"utter_{label}" for label in assistant.by_label if "/" in label}
    for response in assistant.responses:
        if response.name not in used:
            yield _at(response, f"{response.name} is never used", "a rule or action that says it, or no such response")


def _uses(project: Project) -> Iterator[tuple[str, int, str, bool]]:
    """File, line, name and whether the name goes on (`utter_faq/...`) of each response that is named anywhere."""
    for step in project.assistant.steps:
        if step.kind == "action" and step.name.startswith("utter_"):
            yield step.file, step.line, step.name, any(step.name == f"utter_{base}" for base in _retrieval(project))
    for folder in CODE:
        for path, text in project.under(folder, ".py"):
            for words in strings(text, path) if not path.startswith(NOT_CODE) else ():
                match = _RESPONSE.fullmatch(words.text)
                if match and words.text not in (*NOT_RESPONSES, INVALID, HINT):
                    yield path, words.line, words.text, words.open_end or words.text.endswith("/")
            for code in first_arguments(text, path, "Invalid"):
                yield path, code.line, f"{INVALID}{code.text}", False
    for number, line in enumerate(project.files.get("config.yml", "").splitlines(), start=1):
        for name in _RESPONSE.findall(line.partition(" #")[0]):
            yield "config.yml", number, name, False


def _means(name: str, defined: str, open_end: bool) -> bool:
    return defined == name or (open_end and defined.startswith(name.rstrip("/") + "/"))


def _retrieval(project: Project) -> set[str]:
    return {label.split("/")[0] for label in project.assistant.by_label if "/" in label}


def _kinds(project: Project) -> Iterator[Problem]:
    assistant = project.assistant
    defined = {response.name for response in assistant.responses}
    for label, phrases in assistant.by_label.items():
        if "/" in label and f"utter_{label}" not in defined:
            yield Problem(phrases[0].file, phrases[0].line, f"{label} has no answer", f"a response utter_{label}")
    for response in assistant.responses:
        if "/" in response.name and response.name.removeprefix("utter_") not in assistant.by_label:
            yield _at(response, f"{response.name} answers no phrases", "phrases with that label, or no such response")


def _actions(project: Project) -> Iterator[Problem]:
    declared = {action.name: action for action in project.assistant.actions}
    named = {name: (path, line) for path, text in project.under("actions/", ".py") for name, line in _names(path, text)}
    for name, action in declared.items():
        if not name.startswith("utter_") and name not in named:
            what = f"{name} is declared but no class in actions/ has that name"
            yield Problem(DOMAIN, action.line, what, f"actions/{name}.py")
    for name, (path, line) in named.items():
        if name not in declared:
            yield Problem(path, line, f"{name} is not declared", f"the action's name in {DOMAIN}")
        if path != f"actions/{name}.py":
            yield Problem(path, line, f"holds the action {name}", f"a file named after it, actions/{name}.py")
    known = {*declared, *project.assistant.forms, *(response.name for response in project.assistant.responses)}
    known |= {f"utter_{base}" for base in _retrieval(project)} | RASAS_ACTIONS
    for step in project.assistant.steps:
        if step.kind in ("action", "active_loop") and step.name not in known and not step.name.startswith("utter_"):
            yield Problem(step.file, step.line, f"uses {step.name}, which does not exist", f"an action of {DOMAIN}")


def _names(path: str, text: str) -> Iterator[tuple[str, int]]:
    """What the `name` of each action class returns, with the class's line."""
    classes = [node for node in ast.walk(syntax(text, path)) if isinstance(node, ast.ClassDef)]
    for node in classes:
        methods = [member for member in node.body if isinstance(member, ast.FunctionDef) and member.name == "name"]
        for statement in (statement for method in methods for statement in method.body):
            if isinstance(statement, ast.Return) and isinstance(statement.value, ast.Constant):
                yield str(statement.value.value), node.lineno


def _blank_lines(project: Project) -> Iterator[Problem]:
    expected = "one paragraph: Rasa sends the parts as separate messages"
    for response in project.assistant.responses:
        for text, line in response.texts:
            if _BLANK_LINE.search(text.strip()):
                yield Problem(response.file, line, f"{response.name} holds a blank line", expected)
    for path, text in project.under("actions/", ".py"):
        for words in strings(text, path):
            if _BLANK_LINE.search(words.text):
                yield Problem(path, words.line, "a text holds a blank line", expected)


def _at(response: DomainResponse, what: str, expected: str) -> Problem:
    return Problem(response.file, response.line, what, expected)
