"""`docs/reference.md`: what there is, one line each, written from the project's files."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from types import MappingProxyType

from lamoon.contract import TOPIC_INTENT, Label
from lamoon.errors import ConfigurationError
from tools.checks.conditions import conditions, told
from tools.checks.project import Project, first_line

REFERENCE = "docs/reference.md"
COMMAND = "python -m tools.checks --write-reference"
_VERB = re.compile(r"^([a-z-]+):[^#\n]*## (.+)$", re.MULTILINE)
_REFERENCE_HEAD = f"""# Reference

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
    parts = [_REFERENCE_HEAD, *(f"## {title}\n\n{source}\n\n{table}" for title, source, table in sections)]
    return "\n".join(parts)


def verbs(project: Project) -> list[str]:
    """The targets of the Makefile that are explained."""
    return [name for name, _ in _VERB.findall(project.text("Makefile"))]


def gates(project: Project) -> Iterator[tuple[str, str]]:
    """Name and first docstring line of each gate."""
    for path, text in project.under("tools/checks/", ".py"):
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


SCREENING = "docs/screening.md"
BEGIN = f"<!-- conditions: written by `{COMMAND}` from the catalogue -->"
END = "<!-- end of conditions -->"
SEVERITIES = {
    "emergency": "emergency",
    "avoid": "avoid",
    "avoid_locally": "avoid there",
    "ask_doctor": "ask your doctor",
    "inform": "answer only",
}
_HEAD = ("id", "what it is called", "severity", "in the guide", "holds the booking", "source")


def screening_page(project: Project) -> str:
    """`docs/screening.md` with its table of conditions fresh. Raises ConfigurationError where the table has no place."""
    before, begin, rest = project.text(SCREENING).partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        needed = END if begin else BEGIN
        raise ConfigurationError(
            SCREENING, None, "has no place for the table of conditions", f"a line {needed!r}", needed
        )
    return f"{before}{begin}\n\n{_conditions(project)}\n{end}{after}"


def _conditions(project: Project) -> str:
    rows = [
        (
            f"`{name}`",
            told(entry, "title"),
            SEVERITIES.get(told(entry, "severity"), ""),
            _yes(told(entry, "article")),
            _yes(told(entry, "hold")),
            told(entry, "source"),
        )
        for name, entry in conditions(project)
    ]
    order = list(SEVERITIES.values())
    rows.sort(key=lambda row: order.index(row[2]) if row[2] in order else -1)
    return table(_HEAD, iter(rows))


def _yes(flag: str) -> str:
    return "yes" if flag == "true" else "no"


PAGES = MappingProxyType[str, Callable[[Project], str]](
    {REFERENCE: render, SCREENING: screening_page},
)
