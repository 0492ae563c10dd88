"""Topics, intents, actions, slots, gates, commands and settings that `docs/` does not tell of."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tools.checks.project import Problem, Project, syntax
from tools.checks.reference import COMMAND, PAGES, REFERENCE, gates, render, verbs

SETTINGS_PAGE = "docs/settings.md"
SETTINGS_CODE = {"Settings": "lamoon/settings.py", "ChannelSettings": "lamoon/settings.py"}
PREFIX = "LAMOON_"
_SETTING = re.compile(rf"\b{PREFIX}[A-Z][A-Z_]*[A-Z]\b")
_MARKED = re.compile(r"`([^`\n]+)`")
_EMPTY_CELL = re.compile(r"\| `([^`]+)` \|(?:.*\|)?  \|")
SETTINGS_USERS = ("lamoon/", "actions/", "scripts/", "Makefile", "config.yml", "endpoints.yml", "credentials.yml")


def check(project: Project) -> list[Problem]:
    """Whether the generated pages are fresh, and whether the pages name everything."""
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
        "gate": [name.strip("`") for name, _ in gates(project)],
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
    """The fields of the classes of settings, each of which is a variable, or a class of settings itself."""
    for name, path in SETTINGS_CODE.items():
        for node in ast.walk(syntax(project.files.get(path, ""), path)):
            if isinstance(node, ast.ClassDef) and node.name == name:
                for field in node.body:
                    if isinstance(field, ast.AnnAssign) and ast.unparse(field.annotation) not in SETTINGS_CODE:
                        yield PREFIX + ast.unparse(field.target).upper(), (path, field.lineno)
