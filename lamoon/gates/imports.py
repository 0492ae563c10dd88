"""Imports against the natural way: Rasa outside `lamoon/nlu/`, or a room of `lamoon` that reaches behind itself."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from types import MappingProxyType

from lamoon.gates.problem import Problem
from lamoon.gates.project import Project
from lamoon.gates.source import syntax

RULE_FILE = "lamoon/gates/imports.py"

# What each room of lamoon/ may import of the others. A longer name allows one module only.
EDGES = MappingProxyType(
    {
        "errors": frozenset[str](),
        "contract": frozenset({"errors"}),
        "yaml_file": frozenset({"errors"}),
        "project": frozenset[str](),
        "phrasebook": frozenset({"errors", "project", "yaml_file"}),
        "checks": frozenset({"errors"}),
        "loopback": frozenset({"checks"}),
        "secret": frozenset[str](),
        "channel_settings": frozenset({"secret"}),
        "settings": frozenset({"channel_settings", "checks", "errors", "project", "secret"}),
        "logs": frozenset({"errors", "project", "settings"}),
        "studio": frozenset({"checks", "errors", "phrasebook", "yaml_file"}),
        "knowledge": frozenset({"contract", "errors", "project", "yaml_file"}),
        "intents": frozenset({"errors", "project", "yaml_file"}),
        "understanding": frozenset({"errors", "intents"}),
        "screening": frozenset({"contract", "errors", "intents", "phrasebook", "understanding.spelling", "yaml_file"}),
        "data_folder": frozenset({"errors", "settings"}),
        "retry": frozenset({"errors"}),
        "booking": frozenset(
            {"contract", "data_folder", "errors", "intents", "logs", "phrasebook", "retry", "settings", "studio"}
        ),
        "scenarios": frozenset({"booking", "contract", "errors", "yaml_file"}),
        "nlu": frozenset(
            "booking contract data_folder errors intents knowledge loopback phrasebook screening settings studio "
            "understanding".split()
        ),
        "gateway": frozenset(
            "__version__ booking channel_settings checks contract data_folder errors intents knowledge logs phrasebook retry "
            "scenarios settings studio understanding".split()
        ),
        "__main__": frozenset({"cli"}),
        "cli": frozenset({"__version__", "project"}),
        "launch": frozenset("data_folder errors knowledge logs project screening settings studio".split()),
        "evaluation": frozenset(
            "contract errors knowledge launch.commands nlu.parser screening settings studio understanding".split()
        ),
        "gates": frozenset(
            "booking.form booking.questions contract errors intents knowledge nlu.dialogue_check project screening "
            "understanding yaml_file".split()
        ),
    }
)
# Where what does not belong to everybody may be imported; tests may import all.
FOLDERS = ("lamoon/", "actions/", "benchmarks/")
ONLY_IN = MappingProxyType[str, tuple[str, ...]](
    {
        "rasa": ("lamoon/nlu/", "benchmarks/"),
        "rasa_sdk": ("actions/",),
        "starlette": ("lamoon/gateway/", "benchmarks/"),
        "actions": ("actions/",),
        "tests": (),
        "benchmarks": ("benchmarks/",),
    }
)


def check(project: Project) -> list[Problem]:
    """Reads every import, also those inside functions."""
    problems: list[Problem] = []
    for path, text in (file for folder in FOLDERS for file in project.under(folder, ".py")):
        for module, line in _imports(path, text):
            problems += _foreign(path, line, module)
            if path.startswith("lamoon/") and module.startswith("lamoon."):
                problems += _between_rooms(path, line, module)
    return problems


def _foreign(path: str, line: int, module: str) -> Iterator[Problem]:
    folders = ONLY_IN.get(module.split(".")[0])
    if folders is not None and not path.startswith(folders):
        yield Problem(path, line, f"imports {module}", f"that only in {' and '.join((*folders, 'tests/'))}")


def _between_rooms(path: str, line: int, module: str) -> Iterator[Problem]:
    here, there = _room(path), module.removeprefix("lamoon.")
    if here == there.split(".")[0]:
        return
    if here not in EDGES:
        yield Problem(path, line, f"the room {here} has no rule", f"an entry in {RULE_FILE}")
    elif not any(there == allowed or there.startswith(f"{allowed}.") for allowed in EDGES[here]):
        allowed = ", ".join(sorted(EDGES[here])) or "nothing"
        yield Problem(path, line, f"{here} imports {module}", f"of lamoon only {allowed}")


def _room(path: str) -> str:
    return path.split("/")[1].removesuffix(".py")


def _imports(path: str, text: str) -> Iterator[tuple[str, int]]:
    for node in ast.walk(syntax(text, path)):
        if isinstance(node, ast.Import):
            for name in node.names:
                yield name.name, node.lineno
        elif isinstance(node, ast.ImportFrom):
            yield from _imported_from(path, node)


def _imported_from(path: str, node: ast.ImportFrom) -> Iterator[tuple[str, int]]:
    package = path.split("/")[: -node.level] if node.level else []
    module = ".".join([*package, *([node.module] if node.module else [])])
    # `from lamoon import booking` imports lamoon.booking.
    for name in node.names if module == "lamoon" else ():
        yield f"lamoon.{name.name}", node.lineno
    if module != "lamoon":
        yield module, node.lineno
