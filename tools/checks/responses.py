"""Responses and actions: missing names, metadata, and sentences outside of `data/responses/`."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator
from types import MappingProxyType

from lamoon.booking.form import BY_SLOT
from lamoon.contract import EMERGENCIES, ReplyMetadata
from lamoon.errors import ContractError
from tools.checks.assistant import DOMAIN, Assistant, DomainResponse
from tools.checks.project import Problem, Project, first_arguments, strings, syntax

# Rasa's words that look like the name of a response.
NOT_RESPONSES = frozenset({"utter_message", "utter_action"})
RASAS_ACTIONS = frozenset(
    "action_back action_deactivate_loop action_listen action_restart action_session_start".split()
)
# Responses that are named by the reason of `Invalid`, and by a form's question.
INVALID, HINT = "utter_invalid_", "utter_hint_"
# Ends a string that only begins like the name of a response.
BEGINNING = "_"
CODE = ("actions/", "lamoon/")
_RESPONSE = re.compile(r"utter_\w+(?:/\w*)?")
_BLANK_LINE = re.compile(r"\n[^\S\n]*\n")


def check_answers(project: Project) -> list[Problem]:
    """Answers and actions that are named but missing, or unused; blank lines inside a text."""
    return [*_responses(project), *_labels_answered(project), *_actions(project), *_blank_lines(project)]


def _responses(project: Project) -> Iterator[Problem]:
    assistant = project.assistant
    defined = {response.name for response in assistant.responses}
    used: set[str] = {*assistant.questions, *(f"{HINT}{slot}" for slot in BY_SLOT)}
    for file, line, name, open_end in _uses(project):
        if name.endswith(BEGINNING):  # compared with, not sent
            if not any(other.startswith(name) for other in defined):
                yield Problem(file, line, f"no response begins with {name}", "how the name of a response begins")
            continue
        meant = {other for other in defined if _means(name, other, open_end)}
        used |= meant
        if not meant:
            yield Problem(file, line, f"uses {name}, which is not defined", "the name of a response")
    # Rasa sends these by the label of the message.
    used |= {f"utter_{label}" for label in assistant.by_label if "/" in label}
    for response in assistant.responses:
        if response.name not in used:
            yield _at(response, f"{response.name} is never used", "a rule or action that says it, or no such response")


def _uses(project: Project) -> Iterator[tuple[str, int, str, bool]]:
    """Yield file, line, name and whether the name continues (`utter_faq/...`) of each response named anywhere."""
    for step in project.assistant.steps:
        if step.kind == "action" and step.name.startswith("utter_"):
            yield step.file, step.line, step.name, any(step.name == f"utter_{base}" for base in _retrieval(project))
    for folder in CODE:
        for path, text in project.under(folder, ".py"):
            for words in strings(text, path):
                match = _RESPONSE.fullmatch(words.text)
                if match and words.text not in NOT_RESPONSES:
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


def _labels_answered(project: Project) -> Iterator[Problem]:
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
    """Yield the value of each action class's `name`, with the class's line."""
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


EMERGENCY_INTENT = "emergency"
# A text with this placeholder is of one of these kinds.
KINDS = MappingProxyType[re.Pattern[str], Collection[str]](
    {
        re.compile(r"\{emergency_number\}"): EMERGENCIES,
        re.compile(r"\{crisis_line\}"): ("crisis",),
        re.compile(r"\{crisis_ways\}"): ("crisis",),
        re.compile(r"\{violence_line\}"): ("crisis",),
        re.compile(r"\{urgent\}"): ("warning",),
        # Conditions, and who decides; "I've taken that off your notes" is not a warning.
        re.compile(
            r"\{(?:conditions_text|open_conditions)\}.*\bdoctor|\bdoctor.*\{(?:conditions_text|open_conditions)\}", re.S
        ): ("warning",),
        re.compile(r"\{contact_sentence_when_down\}"): ("apology",),
    }
)
REFERENCE = "{reference}"


def check_kinds(project: Project) -> list[Problem]:
    """Replies about emergencies, warnings, apologies and sent requests that do not say so in their metadata.

    The gateway shows a reply by its `metadata` alone. The subject of a reply is derived from its placeholders, and from
    the rule that sends it.
    """
    spoken_in_emergencies = set(_after_emergencies(project.assistant))
    return [
        problem
        for response in project.assistant.responses
        for problem in _metadata(response, is_emergency=response.name in spoken_in_emergencies)
    ]


def _metadata(response: DomainResponse, *, is_emergency: bool) -> Iterator[Problem]:
    for (text, line), given in zip(response.texts, response.metadata, strict=True):
        try:
            metadata = ReplyMetadata.from_dict(given)
        except ContractError as error:
            yield Problem(response.file, line, f"{response.name}: {error}", "metadata as lamoon/contract.py has it")
            continue
        # The narrowest table entry comes last: a crisis text names the emergency number too.
        wanted = [kinds for pattern, kinds in KINDS.items() if pattern.search(text)]
        wanted += [EMERGENCIES] if is_emergency and not wanted else []
        if wanted and metadata.kind not in wanted[-1]:
            what = f"{response.name} is of the kind {metadata.kind}"
            yield Problem(response.file, line, what, f"`metadata: {{kind: {' or '.join(wanted[-1])}}}`")
        if REFERENCE in text and metadata.effect is None:
            expected = "`metadata: {effect: reports or calls_team}`"
            yield Problem(response.file, line, f"{response.name} reports a request without saying so", expected)


def _after_emergencies(assistant: Assistant) -> Iterator[str]:
    """Yield the responses that a rule sends right after the intent of emergencies."""
    for step, following in zip(assistant.steps, assistant.steps[1:], strict=False):
        if (step.kind, step.name, following.kind) == ("intent", EMERGENCY_INTENT, "action"):
            yield following.name


FOLDERS = ("actions/", "lamoon/")
LEAST_WORDS = 3
# Modules whose sentences visitors never read, by audience.
NOT_FOR_VISITORS = MappingProxyType(
    {
        "lamoon/desk/": "the team",
        "lamoon/booking/mail.py": "the team",
        "lamoon/booking/__main__.py": "operators",
        "lamoon/settings.py": "operators",
        "lamoon/contract.py": "the team",
        "lamoon/checks.py": "operators",
        "lamoon/errors.py": "operators",
        "lamoon/loopback.py": "programs",
        "lamoon/project.py": "operators",
        "lamoon/screening/reading.py": "developers",
        "lamoon/nlu/rest_channel.py": "programs",
        "lamoon/nlu/model_change.py": "programs",
        "lamoon/storage/": "operators and databases",
        "lamoon/studio/edit.py": "the studio's owner",
        "lamoon/studio/file.py": "the studio's owner",
        "lamoon/teaching/": "the team",
        "lamoon/web/edge.py": "programs that speak no HTTP",
        "lamoon/web/openapi.py": "programs",
        "lamoon/channels/__main__.py": "operators",
        "lamoon/channels/webhooks.py": "programs",
        "lamoon/launch/": "operators",
        "lamoon/scenarios/": "the team and developers",
    }
)
VISITORS_ERROR = "ApiError"
_SENTENCE = re.compile(r"[\s\"']*[A-Z{].*([.!?:][\"')]*\s*|[.!?]\s.*|: \{\})", re.DOTALL)
_WORD = re.compile(r"[A-Za-z][a-z']+")
_OPERATORS = re.compile(r"(log|logger|logging|warnings)\.|print$|super\(\).__init__$")
SETTING = "LAMOON_"
CHANNEL_CHECK = "check"
"""The method of a channel that `make channel-check` calls."""


def check_phrases(project: Project) -> list[Problem]:
    """Visitors' sentences in Python: they belong in `data/responses/` or in `widget/src/words.ts`.

    A sentence begins with a capital, has several words and ends like one. Those in docstrings, logs, prints, errors, the
    check of a channel and sentences that name a setting are for operators.
    """
    return [
        Problem(path, line, f"says {text!r}", "a sentence of data/responses/, said by its name")
        for folder in FOLDERS
        for path, source in project.under(folder, ".py")
        if not path.startswith(tuple(NOT_FOR_VISITORS))
        for line, text in _sentences(syntax(source, path))
    ]


def _sentences(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in _spoken(tree):
        text = _written(node)
        is_sentence = text is not None and _SENTENCE.fullmatch(text) and len(_WORD.findall(text)) >= LEAST_WORDS
        if text and is_sentence and SETTING not in text:
            yield node.lineno, text


def _spoken(node: ast.AST) -> Iterator[ast.expr]:
    """Yield the strings below a node that may reach a visitor. Standalone strings are documentation."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return
    if isinstance(node, ast.Call) and _OPERATORS.match(ast.unparse(node.func)):
        return
    if isinstance(node, ast.AsyncFunctionDef | ast.FunctionDef) and node.name == CHANNEL_CHECK:
        return
    if isinstance(node, ast.Raise) and not _is_for_visitors(node):
        return
    if isinstance(node, ast.Constant | ast.JoinedStr):
        yield node
        return
    for child in ast.iter_child_nodes(node):
        yield from _spoken(child)


def _is_for_visitors(node: ast.Raise) -> bool:
    return isinstance(node.exc, ast.Call) and ast.unparse(node.exc.func).endswith(VISITORS_ERROR)


def _written(node: ast.expr) -> str | None:
    """Return the string; of an f-string, with `{}` in place of the values."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    parts = node.values if isinstance(node, ast.JoinedStr) else []
    return "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in parts)
