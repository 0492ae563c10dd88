"""Sentences for people that stand in Python: what a visitor reads lies in `data/responses/` or in `widget/src/words.ts`.

A sentence begins with a capital, has several words and ends like one. Those in docstrings, logs, prints, errors, the check of
a channel and whatever names a setting are for operators.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from types import MappingProxyType

from tools.checks.project import Problem, Project, syntax

FOLDERS = ("actions/", "lamoon/")
LEAST_WORDS = 3
# Modules whose sentences no visitor reads, by who does.
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
        "lamoon/studio/file.py": "the studio's owner",
        "lamoon/web/edge.py": "programs that speak no HTTP",
        "lamoon/web/openapi.py": "programs",
        "lamoon/channels/__main__.py": "operators",
        "lamoon/channels/webhooks.py": "programs",
        "lamoon/launch/": "operators",
        "tools/checks/": "developers",
        "tools/evaluation/": "developers",
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


def check(project: Project) -> list[Problem]:
    """Reads every string of the code that runs."""
    return [
        Problem(path, line, f"says {text!r}", "a sentence of data/responses/, said by its name")
        for folder in FOLDERS
        for path, source in project.under(folder, ".py")
        if not path.startswith(tuple(NOT_FOR_VISITORS))
        for line, text in _sentences(syntax(source, path))
    ]


def _sentences(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in _spoken(tree):
        text = _text(node)
        is_sentence = text is not None and _SENTENCE.fullmatch(text) and len(_WORD.findall(text)) >= LEAST_WORDS
        if text and is_sentence and SETTING not in text:
            yield node.lineno, text


def _spoken(node: ast.AST) -> Iterator[ast.expr]:
    """The strings below a node that may reach a visitor. Strings that stand alone are documentation."""
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


def _text(node: ast.expr) -> str | None:
    """The string; of one with values in it, with `{}` in their places."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    parts = node.values if isinstance(node, ast.JoinedStr) else []
    return "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in parts)
