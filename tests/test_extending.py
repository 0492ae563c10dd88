"""The examples of docs/extending.md: the patches are applied to a copy of the project, which is then checked and played.

All of them to one copy. With LAMOON_TEST_FULL=1 also each to a copy of its own.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from lamoon.settings import PROJECT

PAGE = PROJECT / "docs" / "extending.md"
EXAMPLES = Path(__file__).parent / "examples"
FULL = bool(os.environ.get("LAMOON_TEST_FULL"))
COPIED = ("actions", "data", "docs", "lamoon", "tests", "tools")
WITHOUT_A_MODEL = (
    "rule_contradictions intents answers kinds near_duplicates leaks phrases form_questions conditions documentation facts hygiene"
).split()

CHECKED = (
    "import sys; from tools.checks.__main__ import main; sys.exit(main(['--write-reference']) or main(sys.argv[1:]))"
)
"""Both in one process: Rasa takes seconds to import."""


@dataclass(frozen=True)
class Example:
    """A section of the page: at most `most` files are touched, and `check` passes as the test `place` of the copy."""

    section: str
    most: int
    check: str
    place: str

    @property
    def patch(self) -> str:
        """The changes that the page describes."""
        section = PAGE.read_text(encoding="utf-8").split(f"\n## {self.section}\n")[1].split("\n## ")[0]
        [patch] = re.findall(r"```diff\n(.*?)```", section, re.DOTALL)
        return str(patch)


QUESTION = Example("A question of the booking form", 5, "new_question.py", "actions/test_new_question.py")
INTENT = Example("An intent", 4, "new_intent.py", "nlu/test_new_intent.py")
ANSWER = Example("An answer", 2, "new_answer.py", "tools/test_new_answer.py")
FACT = Example("A fact", 1, "new_fact.py", "knowledge/test_new_fact.py")
CHANNEL = Example("A messaging channel", 4, "new_channel.py", "channels/test_new_channel.py")
ALL = [QUESTION, INTENT, ANSWER, FACT, CHANNEL]


def _names(examples: Sequence[Example]) -> str:
    return " ".join(example.check for example in examples)


def run(folder: Path, *command: str, given: str = "") -> None:
    """Run a command in the copy; fail with what it printed."""
    environment = {**os.environ, "PYTHONPATH": str(folder), "GIT_CEILING_DIRECTORIES": str(folder.parent)}
    done = subprocess.run(
        command, cwd=folder, env=environment, input=given, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}\n{done.stderr}"


def extended(folder: Path, examples: Sequence[Example]) -> Path:
    """A copy of the project with the patches of examples, each of which also applies to the project as it is."""
    for path in PROJECT.iterdir():
        if path.is_dir() and path.name in COPIED:
            shutil.copytree(path, folder / path.name, ignore=shutil.ignore_patterns("node_modules"))
        elif path.is_file():
            shutil.copy(path, folder)
    for options in (("--check",), ()):
        for example in examples:
            run(folder, "git", "apply", *options, "--whitespace=nowarn", "-", given=example.patch)
    for example in examples:
        shutil.copy(EXAMPLES / example.check, folder / "tests" / example.place)
    return folder


@pytest.mark.parametrize("example", ALL, ids=lambda example: example.check)
def test_an_example_touches_few_files(example: Example) -> None:
    touched = re.findall(r"^\+\+\+ b/(.+)$", example.patch, re.MULTILINE)
    assert 0 < len(touched) == len(set(touched)) <= example.most


def test_a_condition_is_one_file() -> None:
    """Its effect is tested in tests/screening/test_add_condition.py."""
    page = (PROJECT / "docs" / "screening.md").read_text(encoding="utf-8")
    section = page.split("\n## To add a condition\n")[1].split("\n## ")[0]
    assert len(set(re.findall(r"`(lamoon/screening/catalogue/\w+\.yml)`", section))) == section.count("```yaml") == 1


@pytest.mark.parametrize("examples", [ALL, *([one] for one in ALL if FULL)], ids=_names)
def test_examples_pass_the_checks_and_do_what_they_say(tmp_path: Path, examples: list[Example]) -> None:
    copy = extended(tmp_path, examples)
    run(copy, sys.executable, "-c", CHECKED, *WITHOUT_A_MODEL)
    places = [f"tests/{example.place}" for example in examples]
    run(copy, sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *places)
