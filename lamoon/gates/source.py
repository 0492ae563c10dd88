"""What Python files say, without running them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from lamoon.errors import ConfigurationError


@dataclass(frozen=True)
class Words:
    """A string of the code that is no docstring; `open_end`: something unknown follows, as in f"utter_faq/{topic}"."""

    text: str
    line: int
    open_end: bool = False


@lru_cache(maxsize=1024)
def syntax(text: str, file: str) -> ast.Module:
    """The syntax tree. Raises ConfigurationError for code that is no Python."""
    try:
        return ast.parse(text)
    except SyntaxError as error:
        problem = f"is not Python: {error.msg}"
        raise ConfigurationError(file, error.lineno, problem, "valid Python", "x = 1") from error


def strings(text: str, file: str) -> Iterator[Words]:
    """Every string of the code except docstrings."""
    tree = syntax(text, file)
    skipped = {id(node) for node in _docstrings(tree)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            skipped |= {id(part) for part in node.values}
            for part, following in zip(node.values, [*node.values[1:], None], strict=True):
                if isinstance(part, ast.Constant):
                    yield Words(str(part.value), part.lineno, following is not None)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in skipped:
            yield Words(node.value, node.lineno)


def first_line(text: str, file: str) -> str:
    """The first line of a file's docstring; empty where it has none."""
    return (ast.get_docstring(syntax(text, file)) or "").split("\n")[0]


def _docstrings(tree: ast.Module) -> Iterator[ast.expr]:
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list) and body and isinstance(body[0], ast.Expr):
            yield body[0].value
