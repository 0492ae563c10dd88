from __future__ import annotations

from collections.abc import Callable
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from lamoon.errors import ConfigurationError
from lamoon.gates.imports import EDGES, check
from lamoon.gates.project import Project

Break = Callable[[str, str, str], Project]


def test_good_project_is_green(project: Project) -> None:
    assert check(project) == []


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("lamoon/nlu/x.py", "import rasa.core\nimport lamoon.screening\n"),
        ("lamoon/gates/x.py", "from lamoon.nlu.dialogue_check import contradictions\n"),
        ("lamoon/booking/x.py", "from lamoon.booking import form\nfrom . import name\nfrom ..errors import E\n"),
        ("actions/x.py", "from rasa_sdk import Action\nfrom actions import base\nfrom lamoon import booking\n"),
        ("tests/x.py", "import rasa\nimport actions\nimport tests\n"),
    ],
)
def test_natural_way(broken: Break, path: str, code: str) -> None:
    assert check(broken(path, "", code)) == []


@pytest.mark.parametrize(
    ("path", "code", "what"),
    [
        ("lamoon/booking/x.py", "import rasa\n", "imports rasa"),
        ("lamoon/gates/x.py", "def f():\n    from rasa.core import agent\n", "imports rasa.core"),
        ("actions/x.py", "import rasa.shared\n", "imports rasa.shared"),
        ("lamoon/nlu/x.py", "from rasa_sdk import Action\n", "imports rasa_sdk"),
        ("lamoon/nlu/x.py", "from actions.base import SafeAction\n", "imports actions.base"),
        ("lamoon/booking/x.py", "import tests.conftest\n", "imports tests.conftest"),
        ("lamoon/launch/x.py", "import benchmarks\n", "imports benchmarks"),
        ("lamoon/screening/x.py", "from lamoon.booking import form\n", "screening imports lamoon.booking"),
        ("lamoon/screening/x.py", "from lamoon import booking\n", "screening imports lamoon.booking"),
        ("lamoon/screening/x.py", "from ..booking import form\n", "screening imports lamoon.booking"),
        ("lamoon/understanding/x.py", "import lamoon.nlu.free_text\n", "understanding imports lamoon.nlu.free_text"),
        ("lamoon/gates/x.py", "import lamoon.nlu.dialogue_checks\n", "gates imports lamoon.nlu.dialogue_checks"),
        ("lamoon/errors.py", "from lamoon.settings import PROJECT\n", "errors imports lamoon.settings"),
        ("lamoon/attic/x.py", "import lamoon.errors\n", "the room attic has no rule"),
    ],
)
def test_against_it(broken: Break, path: str, code: str, what: str) -> None:
    (problem,) = check(broken(path, "", code))
    assert (problem.file, problem.line, problem.what) == (path, code.count("\n"), what)


def test_code_that_is_no_python_is_named(broken: Break) -> None:
    with pytest.raises(ConfigurationError, match=r"actions/x\.py, line 2: is not Python"):
        check(broken("actions/x.py", "", "x = 1\nimport\n"))


def test_allowed_edges_go_one_way_and_name_rooms_that_exist() -> None:
    rooms = {room: {edge.split(".")[0] for edge in edges} for room, edges in EDGES.items()}
    assert list(TopologicalSorter(rooms).static_order())
    lamoon = Path(__file__).parents[2] / "lamoon"
    assert [room for room in EDGES if not (lamoon / room).is_dir() and not (lamoon / f"{room}.py").is_file()] == []
