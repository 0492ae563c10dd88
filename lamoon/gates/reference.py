"""`docs/reference.md`: what there is, one line each, written from the project's files."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from lamoon.contract import TOPIC_INTENT, Label
from lamoon.gates.project import Project
from lamoon.gates.source import first_line

REFERENCE = "docs/reference.md"
COMMAND = "python -m lamoon.gates --write-reference"
_VERB = re.compile(r"^([a-z-]+):[^#\n]*## (.+)$", re.MULTILINE)
_HEAD = f"""# Reference

What there is, one line each. Written by `{COMMAND}`; change the files it is made from, not this page.
"""


def render(project: Project) -> str:
    """The whole page."""
    sections = (
        ("Commands", "Targets of the `Makefile`.", table(("command", "what it does"), _verbs(project))),
        (
            "Topics",
            "`data/topics.yml`.",
            table(("topic", "title", "section of the guide", "phrases"), _topics(project)),
        ),
        ("Intents", "`domain.yml`, without the topics.", table(("intent", "phrases"), _intents(project))),
        ("Actions", "`actions/`, one file each.", table(("action", "what it does"), _actions(project))),
        ("Slots", "`domain.yml`.", table(("slot", "what it keeps"), _slots(project))),
        ("Gates", "`make check`.", table(("gate", "what it finds"), gates(project))),
    )
    parts = [_HEAD, *(f"## {title}\n\n{source}\n\n{table}" for title, source, table in sections)]
    return "\n".join(parts)


def verbs(project: Project) -> list[str]:
    """The targets of the Makefile that are explained."""
    return [name for name, _ in _VERB.findall(project.text("Makefile"))]


def gates(project: Project) -> Iterator[tuple[str, str]]:
    """Name and first docstring line of each gate."""
    for path, text in project.under("lamoon/gates/", ".py"):
        if re.search(r"^def check\(project: Project\)", text, re.MULTILINE):
            yield _code(path.split("/")[-1].removesuffix(".py")), first_line(text, path)


def _verbs(project: Project) -> Iterator[tuple[str, str]]:
    for name, meaning in _VERB.findall(project.text("Makefile")):
        yield _code(f"make {name}"), meaning


def _topics(project: Project) -> Iterator[tuple[str, ...]]:
    for topic in project.assistant.topics:
        count = len(project.assistant.by_label.get(str(Label.of_topic(topic.id)), ()))
        yield _code(topic.id), topic.title, topic.section, str(count)


def _intents(project: Project) -> Iterator[tuple[str, str]]:
    by_label = project.assistant.by_label
    for intent in project.assistant.intents:
        kinds = {label: phrases for label, phrases in by_label.items() if label.split("/")[0] == intent.name}
        yield _code(intent.name), str(sum(map(len, kinds.values())))
        for label, phrases in sorted(kinds.items()):
            if "/" in label and intent.name != TOPIC_INTENT:
                yield _code(label), str(len(phrases))


def _actions(project: Project) -> Iterator[tuple[str, str]]:
    for action in project.assistant.actions:
        path = f"actions/{action.name}.py"
        yield _code(action.name), first_line(project.files[path], path) if path in project.files else ""


def _slots(project: Project) -> Iterator[tuple[str, str]]:
    """The comment on a slot's line, or else the questions that fill it."""
    lines = project.text("domain.yml").splitlines()
    questions = project.assistant.questions
    for slot in project.assistant.slots:
        own = lines[slot.line - 1].partition("#")[2].strip()
        asked = [_code(name) for name, filled in questions.items() if filled == slot.name]
        yield _code(slot.name), own or (f"the answer to {' and '.join(asked)}" if asked else "")


def _code(name: str) -> str:
    return f"`{name}`"


def table(head: Sequence[str], rows: Iterator[tuple[str, ...]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in lines)
