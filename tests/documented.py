"""The commands in the documentation, and a project's folder to run them in."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

from lamoon.project import PROJECT

PAGES = (
    *(PROJECT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md")),
    *(PROJECT / "docs").glob("*.md"),
)
SHELLS = frozenset(("sh", "bash", "console"))
PROGRAMS = frozenset(
    "make lamoon rasa python pip npm docker helm kubectl sudo systemctl openssl git cp df du createuser".split()
)
"""Prefixes of a command between backticks. Everything in a shell block is a command."""
ALONE = frozenset(("make", ".ci/run"))
"""Commands without arguments."""
VARIABLES = re.compile(r"^(?:[A-Z_]+=\S* +)+")
SECONDS = 120.0


def in_page(text: str) -> list[str]:
    """The commands of one page of Markdown, in its order: lines of shell blocks, and commands between backticks."""
    found: list[str] = []
    for token in _tokens(MarkdownIt("commonmark").enable("table").parse(text)):
        if token.type == "fence" and token.info.strip() in SHELLS:
            found += _lines(token.content)
        elif token.type == "code_inline" and is_command(token.content):
            found.append(" ".join(token.content.split()))
    return found


def is_command(code: str) -> bool:
    """Return whether code between backticks is something to type."""
    words = VARIABLES.sub("", code).split()
    if not words:
        return False
    ours = words[0].startswith((".venv/bin/", ".ci/", "scripts/", "requirements/lock"))
    known = words[0] in PROGRAMS or (ours and (PROJECT / words[0]).exists())
    return words[0] in ALONE or (len(words) > 1 and (known or (bool(shutil.which(words[0])) and words[0].islower())))


def _tokens(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from _tokens(token.children or [])


def _lines(block: str) -> Iterator[str]:
    """The commands of a shell block, each on one line, without comments."""
    for line in block.replace("\\\n", " ").splitlines():
        if command := " ".join(re.sub(r"(^|\s)#.*$", "", line).split()):
            yield command


@dataclass(frozen=True)
class Step:
    """A command as documented, and what to expect of it.

    `typed` is what is typed after it (a password, a message); `says` a regular expression that its output holds; `code`
    its exit code, None for any. A command that runs until it is stopped has `until`, the words at which Ctrl-C follows.
    """

    command: str
    typed: str = ""
    says: str = ""
    code: int | None = 0
    until: str = ""


@dataclass
class Folder:
    """A project's folder of links to this checkout, in which commands run with their own data and programs. Make finds
    everything installed and trained. `instead` maps placeholders of the documentation to values.
    """

    place: Path
    settings: Mapping[str, str] = field(default_factory=dict)
    instead: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.place.mkdir()
        for path in PROJECT.iterdir():
            if path.name not in (".venv", ".git", "models", "var"):
                (self.place / path.name).symlink_to(path)
        programs = self.place / ".venv" / "bin"
        programs.mkdir(parents=True)
        for name, words in {"python": "", "lamoon": "-m lamoon", "rasa": "-m rasa"}.items():
            (programs / name).write_text(f'#!/bin/sh\nexec "{sys.executable}" {words} "$@"\n', encoding="utf-8")
            (programs / name).chmod(0o755)
        (programs / "sudo").write_text('#!/bin/sh\nexec "$@"\n', encoding="utf-8")
        (programs / "sudo").chmod(0o755)
        (self.place / "models").mkdir()
        for ready in (".venv/.runtime", ".venv/.dev", "models/.trained"):
            (self.place / ready).touch()

    def run(self, step: Step, meanwhile: Sequence[Step] = ()) -> None:
        """Run a command to its end, or to its `until`, then the others, then Ctrl-C. Fails where something is wrong."""
        log = self.place / f"{len(list(self.place.glob('*.output')))}.output"
        with log.open("wb") as output:
            process = subprocess.Popen(
                ["/bin/sh", "-c", self._meant(step.command)],
                cwd=self.place,
                env=self._environment(),
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # no terminal: what asks for a password reads it from the pipe
            )
        try:
            assert process.stdin
            process.stdin.write(step.typed.encode())
            process.stdin.close()
            if step.until:
                self._wait_for(self._meant(step.until), log, process)
                for other in meanwhile:
                    self.run(other)
                os.killpg(process.pid, signal.SIGINT)
            code = process.wait(SECONDS)
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        said = log.read_text(encoding="utf-8", errors="replace")
        assert step.code in (code, None), f"{step.command}: exit code {code}, expected {step.code}\n{said}"
        expected = self._meant(step.says)
        assert re.search(expected, said, re.MULTILINE), f"{step.command}: expected {expected!r} in\n{said}"

    @staticmethod
    def _wait_for(words: str, log: Path, process: subprocess.Popen[bytes]) -> None:
        """Wait until a process has printed these words; fail when it ends first, or take too long."""
        end = time.monotonic() + SECONDS
        while words not in (said := log.read_text(encoding="utf-8", errors="replace")):
            assert process.poll() is None, f"ended before it said {words!r}\n{said}"
            assert time.monotonic() < end, f"did not say {words!r}\n{said}"
            time.sleep(0.05)

    def _meant(self, command: str) -> str:
        for placeholder, value in self.instead.items():
            command = command.replace(placeholder, value)
        return command

    def _environment(self) -> dict[str, str]:
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("LAMOON_", "MAKE"))}
        return clean | {
            "PATH": f"{self.place / '.venv' / 'bin'}:{os.environ['PATH']}",
            "LAMOON_DATA": str(self.place / "var"),
            "RASA_TELEMETRY_ENABLED": "false",
            "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
            "PYTHONWARNINGS": "ignore",
            **self.settings,
        }
