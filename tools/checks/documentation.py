"""The generated pages of `docs/`, and gaps in `docs/`."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from types import MappingProxyType

from lamoon.contract import TOPIC_INTENT, Label
from lamoon.errors import ConfigurationError
from tools import rounds
from tools.checks.knowledge import conditions, field_text
from tools.checks.project import Problem, Project, first_line, syntax
from tools.markdown import table

REFERENCE = "docs/reference.md"
COMMAND = "python -m tools.checks --write-reference"
CHECK = "check_"
_VERB = re.compile(r"^([a-z-]+):[^#\n]*## (.+)$", re.MULTILINE)
_REFERENCE_HEAD = f"""# Reference

What there is, one line each. Written by `{COMMAND}`; change the files it is made from, not this page.
"""


def render(project: Project) -> str:
    """Return the whole page."""
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
        ("Checks", "`make check`.", table(("check", "what it finds"), checks(project))),
    )
    parts = [_REFERENCE_HEAD, *(f"## {title}\n\n{source}\n\n{table}" for title, source, table in sections)]
    return "\n".join(parts)


def verbs(project: Project) -> list[str]:
    """Return the documented targets of the Makefile."""
    return [name for name, _ in _VERB.findall(project.text("Makefile"))]


def checks(project: Project) -> list[tuple[str, str]]:
    """Return name and first docstring line of each check, by name."""
    return sorted(
        (_code(node.name.removeprefix(CHECK)), first_line(node))
        for path, text in project.under("tools/checks/", ".py")
        for node in syntax(text, path).body
        if isinstance(node, ast.FunctionDef) and node.name.startswith(CHECK)
    )


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
        yield _code(action.name), first_line(syntax(project.files[path], path)) if path in project.files else ""


def _slots(project: Project) -> Iterator[tuple[str, str]]:
    """Yield the comment on a slot's line, or else the questions that fill it."""
    lines = project.text("domain.yml").splitlines()
    questions = project.assistant.questions
    for slot in project.assistant.slots:
        own = lines[slot.line - 1].partition("#")[2].strip()
        asked = [_code(name) for name, filled in questions.items() if filled == slot.name]
        yield _code(slot.name), own or (f"the answer to {' and '.join(asked)}" if asked else "")


def _code(name: str) -> str:
    return f"`{name}`"


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
    """Return `docs/screening.md` with updated tables. Raises ConfigurationError if one has no place."""
    page = _filled(project.text(SCREENING), SCREENING, BEGIN, END, _conditions(project))
    return _first_passes(project, page, SCREENING, rounds.SCREENING)


UNDERSTANDING = "docs/understanding.md"
README = "README.md"
CURVE_BEGIN = f"<!-- first passes: written by `{COMMAND}` from {rounds.FIRST_PASSES} -->"
CURVE_END = "<!-- end of first passes -->"


def understanding_page(project: Project) -> str:
    """Return `docs/understanding.md` with updated tables of first passes."""
    return _first_passes(project, project.text(UNDERSTANDING), UNDERSTANDING, rounds.UNDERSTANDING)


def readme_page(project: Project) -> str:
    """Return `README.md` with updated curves of first passes."""
    passes = _published(project)
    curves = "\n".join(rounds.curve(passes, measured) for measured in (rounds.UNDERSTANDING, rounds.SCREENING))
    return _filled(project.text(README), README, CURVE_BEGIN, CURVE_END, curves)


def _first_passes(project: Project, text: str, page: str, measured: str) -> str:
    return _filled(text, page, CURVE_BEGIN, CURVE_END, "\n".join(rounds.sections(_published(project), measured)))


def _published(project: Project) -> list[rounds.FirstPass]:
    return rounds.parse_first_passes(project.text(rounds.FIRST_PASSES), rounds.FIRST_PASSES)


def _filled(text: str, page: str, begin: str, end: str, content: str) -> str:
    before, opened, rest = text.partition(begin)
    _, closed, after = rest.partition(end)
    if not opened or not closed:
        needed = end if opened else begin
        raise ConfigurationError(page, None, "has no place for a generated table", f"a line {needed!r}", needed)
    return f"{before}{begin}\n\n{content}\n{end}{after}"


def _conditions(project: Project) -> str:
    rows = [
        (
            f"`{name}`",
            field_text(entry, "title"),
            SEVERITIES.get(field_text(entry, "severity"), ""),
            _yes(field_text(entry, "article")),
            _yes(field_text(entry, "hold")),
            field_text(entry, "source"),
        )
        for name, entry in conditions(project)
    ]
    order = list(SEVERITIES.values())
    rows.sort(key=lambda row: order.index(row[2]) if row[2] in order else -1)
    return table(_HEAD, rows)


def _yes(flag: str) -> str:
    return "yes" if flag == "true" else "no"


PAGES = MappingProxyType[str, Callable[[Project], str]](
    {REFERENCE: render, SCREENING: screening_page, UNDERSTANDING: understanding_page, README: readme_page},
)


SETTINGS_PAGE = "docs/settings.md"
SETTINGS_CODE = {"Settings": "lamoon/settings.py", "ChannelSettings": "lamoon/settings.py"}
PREFIX = "LAMOON_"
_SETTING = re.compile(rf"\b{PREFIX}[A-Z][A-Z_]*[A-Z]\b")
_MARKED = re.compile(r"`([^`\n]+)`")
_EMPTY_CELL = re.compile(r"\| `([^`]+)` \|(?:.*\|)?  \|")
SETTINGS_USERS = ("lamoon/", "actions/", "scripts/", "Makefile", "config.yml", "endpoints.yml", "credentials.yml")


def check_documentation(project: Project) -> list[Problem]:
    """Generated pages that are stale; topics, intents, actions, slots, checks, commands and settings that no page names."""
    return [*_stale(project), *_unexplained(project), *_unmentioned(project), *_settings(project)]


def _stale(project: Project) -> Iterator[Problem]:
    for page, write in PAGES.items():
        written, fresh = project.files.get(page, ""), write(project)
        if written != fresh:
            pairs = zip(written.splitlines(), fresh.splitlines(), strict=False)
            line = next((number for number, (old, new) in enumerate(pairs, start=1) if old != new), None)
            yield Problem(page, line, "is stale", f"what this writes: {COMMAND}")


def _unexplained(project: Project) -> Iterator[Problem]:
    for number, line in enumerate(render(project).splitlines(), start=1):
        if empty := _EMPTY_CELL.match(line):
            what = f"says nothing of {empty.group(1)}"
            yield Problem(REFERENCE, number, what, "a comment on its line, or a docstring, to take the words from")


def _unmentioned(project: Project) -> Iterator[Problem]:
    pages = "\n".join(text for _, text in project.under("docs/", ".md"))
    marked = " ".join(_MARKED.findall(pages))
    for kind, names in _names(project).items():
        for name in names:
            if not re.search(rf"(?<!\w){re.escape(name)}(?!\w)", marked):
                yield Problem("docs/", None, f"no page names the {kind} {name}", f"a line in {REFERENCE}: {COMMAND}")


def _names(project: Project) -> dict[str, list[str]]:
    assistant = project.assistant
    return {
        "topic": [topic.id for topic in assistant.topics],
        "intent": [intent.name for intent in assistant.intents],
        "action": [action.name for action in assistant.actions],
        "slot": [slot.name for slot in assistant.slots],
        "check": [name.strip("`") for name, _ in checks(project)],
        "command": [f"make {verb}" for verb in verbs(project)],
    }


def _settings(project: Project) -> Iterator[Problem]:
    page = set(_SETTING.findall(project.files.get(SETTINGS_PAGE, "")))
    used = dict(_declared(project))
    for path, text in project.files.items():
        if path.startswith(SETTINGS_USERS):
            for number, written in enumerate(text.splitlines(), start=1):
                for name in _SETTING.findall(written):
                    used.setdefault(name, (path, number))
    for name, (path, line) in used.items():
        if name not in page:
            yield Problem(path, line, f"the setting {name} is not explained", f"a line in {SETTINGS_PAGE}")
    for name in sorted(page - used.keys()):
        yield Problem(SETTINGS_PAGE, None, f"explains {name}, which nothing reads", "only settings that there are")


def _declared(project: Project) -> Iterator[tuple[str, tuple[str, int]]]:
    """Yield the fields of the settings classes, each a variable or itself a settings class."""
    for name, path in SETTINGS_CODE.items():
        for node in ast.walk(syntax(project.files.get(path, ""), path)):
            if isinstance(node, ast.ClassDef) and node.name == name:
                for field in node.body:
                    if isinstance(field, ast.AnnAssign) and ast.unparse(field.annotation) not in SETTINGS_CODE:
                        yield PREFIX + ast.unparse(field.target).upper(), (path, field.lineno)
