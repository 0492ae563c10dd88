"""The project's files for the checks, as texts and as Python syntax; the problems of checks; the check of the files
themselves.
"""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path

from lamoon.errors import ConfigurationError
from lamoon.intents import Intents, parse_intents
from lamoon.yaml_file import Value, parse
from tools.checks.assistant import Assistant, read_assistant


@dataclass(frozen=True)
class Problem:
    """A problem: its place (line None: the whole file), the finding, and the expectation."""

    file: str
    line: int | None
    what: str
    expected: str

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{place}: {self.what} (expected {self.expected})"


INTENTS = "data/intents.yml"
TEXT_FILES = (".py", ".yml", ".yaml", ".md", ".json", ".jsonl", ".txt", ".toml", ".sh")
MOST_LINES = 400
CODE_FILES = (".py", ".sh", ".js", ".ts", ".css", "Makefile")
GENERATED = re.compile(
    r"(^|/)(__pycache__|models|reports|results|var|node_modules|\.rasa|\.venv[^/]*)/|\.(pyc|tar\.gz)$"
)
READABLE = ("a readable file saved as UTF-8", "chmod u+r")
NOT_READ = ("__pycache__", "models", "node_modules", "reports", "results", "var")


@dataclass(frozen=True)
class Project:
    """Texts by their path from the project's folder.

    Attributes:
        files: committed or uncommitted files that are not ignored.
        root: the folder; None if the texts exist only in memory.
        ignored: files in git although `.gitignore` names them.
    """

    files: Mapping[str, str] = field(repr=False)
    root: Path | None = None
    ignored: tuple[str, ...] = ()

    @cached_property
    def assistant(self) -> Assistant:
        """The contents of the Rasa files."""
        return read_assistant(self.files)

    @cached_property
    def intents(self) -> Intents:
        """The properties of the intents. Raises KnowledgeError if `data/intents.yml` is missing or broken."""
        return parse_intents(self.text(INTENTS), INTENTS)

    def text(self, path: str) -> str:
        """Return the text of a file. Raises ConfigurationError if it does not exist."""
        if path not in self.files:
            raise ConfigurationError(path, None, "does not exist", "a file of this name", path)
        return self.files[path]

    def yaml(self, path: str) -> Value:
        """Return a YAML file's document with the line of every value. Raises ConfigurationError if it cannot be
        read.
        """
        return parse(self.text(path), path)

    def under(self, folder: str, suffix: str) -> Iterator[tuple[str, str]]:
        """Yield path and text of the files below `folder` (empty: all) whose name ends with `suffix`."""
        for path in sorted(self.files):
            if path.startswith(folder) and path.endswith(suffix):
                yield path, self.files[path]


def load_project(root: Path) -> Project:
    """Read a project from its folder. Raises ConfigurationError for a text file that cannot be read."""
    paths = _in_git(root, "--cached", "--others", "--exclude-standard")
    ignored = _in_git(root, "--cached", "--ignored", "--exclude-standard")
    texts = {path: _text(root / path) for path in (_walk(root) if paths is None else paths)}
    return Project({path: text for path, text in texts.items() if text is not None}, root, tuple(ignored or ()))


def _in_git(root: Path, *options: str) -> list[str] | None:
    """Return the files that git lists; None if there is no git or no repository, as in an unpacked archive."""
    try:
        done = subprocess.run(["git", "ls-files", "-z", *options], cwd=root, capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return [path for path in done.stdout.decode().split("\0") if path]


def _walk(root: Path) -> Iterator[str]:
    for path in sorted(root.rglob("*")):
        parts = path.relative_to(root).parts
        if not any(part in NOT_READ or (part.startswith(".") and part not in (".ci", ".gitignore")) for part in parts):
            yield path.relative_to(root).as_posix()


def _text(path: Path) -> str | None:
    """Return the text of a file; None for a folder, an uncommitted deletion, and binary files."""
    if not path.is_file():
        return None
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        if path.suffix in TEXT_FILES:
            raise ConfigurationError(str(path), None, "is not UTF-8 text", *READABLE) from error
        return None
    except OSError as error:
        raise ConfigurationError(str(path), None, f"cannot be read ({error.strerror})", *READABLE) from error


@dataclass(frozen=True)
class Words:
    """A string literal that is not a docstring; `open_end`: something unknown follows, as in f"utter_faq/{topic}"."""

    text: str
    line: int
    open_end: bool = False


@lru_cache(maxsize=1024)
def syntax(text: str, file: str) -> ast.Module:
    """Return the syntax tree. Raises ConfigurationError for invalid Python."""
    try:
        return ast.parse(text)
    except SyntaxError as error:
        problem = f"is not Python: {error.msg}"
        raise ConfigurationError(file, error.lineno, problem, "valid Python", "x = 1") from error


def strings(text: str, file: str) -> Iterator[Words]:
    """Yield every string literal except docstrings."""
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


def first_arguments(text: str, file: str, function: str) -> Iterator[Words]:
    """Yield the first argument of every call of `function` if it is a string literal."""
    for node in ast.walk(syntax(text, file)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == function and node.args:
            argument = node.args[0]
            if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                yield Words(argument.value, argument.lineno)


def first_line(node: ast.Module | ast.FunctionDef) -> str:
    """Return the first line of the docstring; empty if there is none."""
    return (ast.get_docstring(node) or "").split("\n")[0]


def _docstrings(tree: ast.Module) -> Iterator[ast.expr]:
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list) and body and isinstance(body[0], ast.Expr):
            yield body[0].value


def check_hygiene(project: Project) -> list[Problem]:
    """Generated or ignored files that are committed, and code files that are too long."""
    problems = [Problem(path, None, "is in git although .gitignore names it", "git rm") for path in project.ignored]
    for path, text in project.files.items():
        problems += _file(path, text)
    return problems


def _file(path: str, text: str) -> Iterator[Problem]:
    lines = text.splitlines()
    if GENERATED.search(path):
        yield Problem(path, None, "is a generated file", "only what people write")
    if path.endswith(CODE_FILES) and len(lines) > MOST_LINES:
        yield Problem(path, None, f"has {len(lines)} lines", f"at most {MOST_LINES}, in files with one purpose each")
