from __future__ import annotations

from collections.abc import Callable

import pytest

from lamoon.errors import ConfigurationError
from tools.checks.documentation import (
    BEGIN,
    CURVE_BEGIN,
    CURVE_END,
    END,
    README,
    REFERENCE,
    SCREENING,
    UNDERSTANDING,
    check_documentation,
    render,
)
from tools.checks.project import Project
from tools.rounds import FIRST_PASSES

Break = Callable[[str, str, str], Project]


def test_fresh_page_is_green(project: Project) -> None:
    assert check_documentation(project) == []


@pytest.mark.parametrize(
    ("path", "old", "new", "line", "what"),
    [
        (REFERENCE, "fly a kite", "fly a plane", 11, "is stale"),
        ("data/nlu.yml", "    - how strong blows wind one\n", "", 19, "is stale"),
        ("domain.yml", "    # how often an answer was not taken", "", 66, "says nothing of form_misses"),
        ("actions/action_fly.py", '"""Flies the kite."""', "", 57, "says nothing of action_fly"),
        ("tools/checks/stuck.py", '"""Kites that are stuck."""', "return []", 74, "says nothing of stuck"),
        ("docs/settings.md", "LAMOON_PORT", "LAMOON_POT", 7, "the setting LAMOON_PORT is not explained"),
        (
            "docs/settings.md",
            "LAMOON_PORT",
            "LAMOON_PORT` `LAMOON_POT",
            None,
            "explains LAMOON_POT, which nothing reads",
        ),
        ("actions/action_fly.py", "Flies", "LAMOON_WIND flies", 1, "the setting LAMOON_WIND is not explained"),
    ],
)
def test_one_fault(broken: Break, path: str, old: str, new: str, line: int | None, what: str) -> None:
    assert (what, line) in [(problem.what, problem.line) for problem in check_documentation(broken(path, old, new))]


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("topic", "wind"),
        ("intent", "nlu_fallback"),
        ("action", "action_fly"),
        ("slot", "form_misses"),
        ("check", "stuck"),
        ("command", "make fly"),
    ],
)
def test_name_that_no_page_marks(broken: Break, kind: str, name: str) -> None:
    found = [problem.what for problem in check_documentation(broken(REFERENCE, f"`{name}`", name))]
    assert found == ["is stale", f"no page names the {kind} {name}"]


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        (SCREENING, "| yes | yes |", "| yes | no |"),
        ("lamoon/screening/catalogue/kites.yml", "a tangled line", "a knotted line"),
        (
            "lamoon/screening/catalogue/more.yml",
            "",
            "conditions:\n  storm: {title: a storm, severity: avoid, source: all}\n",
        ),
    ],
)
def test_table_of_conditions_that_is_stale(broken: Break, path: str, old: str, new: str) -> None:
    [problem] = check_documentation(broken(path, old, new))
    assert (problem.file, problem.what) == (SCREENING, "is stale")
    assert problem.line


def test_table_of_conditions_stands_between_its_marks_worst_first(project: Project) -> None:
    table = project.files[SCREENING].partition(BEGIN)[2].partition(END)[0].strip().splitlines()
    assert table[2:] == [
        "| `gale` | a gale | emergency | no | no | the weather office |",
        "| `tangle` | a tangled line | ask your doctor | yes | yes | the guide \\| fliers |",
    ]


@pytest.mark.parametrize("page", [SCREENING, UNDERSTANDING, README])
@pytest.mark.parametrize("mark", [CURVE_BEGIN, CURVE_END])
def test_table_without_a_place_is_named(broken: Break, page: str, mark: str) -> None:
    with pytest.raises(ConfigurationError, match=f"{page}: has no place"):
        check_documentation(broken(page, mark, ""))


@pytest.mark.parametrize("mark", [BEGIN, END])
def test_table_of_conditions_without_a_place_is_named(broken: Break, mark: str) -> None:
    with pytest.raises(ConfigurationError, match=r"docs/screening\.md: has no place"):
        check_documentation(broken(SCREENING, mark, ""))


def test_new_first_pass_makes_the_pages_stale(broken: Break) -> None:
    problems = check_documentation(broken(FIRST_PASSES, "[8, 9]", "[9, 9]"))
    assert {(problem.file, problem.what) for problem in problems} == {(p, "is stale") for p in (UNDERSTANDING, README)}


def test_missing_page_is_stale(project: Project) -> None:
    files = {path: text for path, text in project.files.items() if path != REFERENCE}
    assert "is stale" in [problem.what for problem in check_documentation(Project(files))]
    assert check_documentation(Project({**files, REFERENCE: render(Project(files))})) == []
