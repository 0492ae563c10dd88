"""The exception tree: what catches what, and what the messages say."""

from __future__ import annotations

import ast
import re

from lamoon import errors
from lamoon.errors import ConfigurationError, LamoonError, SettingProblem, SettingsError, StudioError
from lamoon.settings import PROJECT

DRAWN = re.compile(r"^([ \u2502\u251c\u2514\u2500]*)(\w+Error)\b")


def drawn() -> dict[str, str]:
    """Each error of the module docstring's drawing with the one that it hangs on."""
    parents: dict[str, str] = {}
    above: list[tuple[int, str]] = []
    for line in (errors.__doc__ or "").splitlines():
        found = DRAWN.match(line)
        if found:
            depth, name = len(found[1]), found[2]
            above = [(d, n) for d, n in above if d < depth]
            parents[name] = above[-1][1] if above else "Exception"
            above.append((depth, name))
    return parents


def defined() -> dict[str, str]:
    """Each error class of the code with its base, private ones aside: these never leave their module."""
    folders = (PROJECT / name for name in ("lamoon", "actions", "tools"))
    trees = (ast.parse(path.read_text(encoding="utf-8")) for folder in folders for path in folder.rglob("*.py"))
    classes = (node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef))
    return {
        node.name: base.id
        for node in classes
        for base in node.bases
        if isinstance(base, ast.Name) and base.id.endswith(("Error", "Exception")) and not node.name.startswith("_")
    }


def test_the_docstring_draws_the_tree_as_it_is() -> None:
    # A scenario that does not go as written is a failed assertion, for pytest.
    assert defined() == drawn() | {"ScenarioFailure": "AssertionError"}


def test_what_a_person_has_to_correct_in_a_file_is_one_family() -> None:
    for kind in (errors.CatalogueError, errors.KnowledgeError, errors.ScenarioError, StudioError):
        assert issubclass(kind, ConfigurationError)
        assert str(kind("a.yml", 2, "is wrong", "right", "y")).startswith("a.yml, line 2: is wrong\n  expected: right")


def test_configuration_error_says_where_what_and_how() -> None:
    error = StudioError("studio.yml", 12, "phone: 'x' is not one", "a phone number", "(212) 555-0147")
    assert (error.file, error.line, error.expected, error.example) == (
        "studio.yml",
        12,
        "a phone number",
        "(212) 555-0147",
    )
    assert str(error).splitlines() == [
        "studio.yml, line 12: phone: 'x' is not one",
        "  expected: a phone number",
        "  example:  (212) 555-0147",
    ]


def test_configuration_error_without_a_line_names_the_file() -> None:
    assert str(ConfigurationError("f", None, "is empty", "text", "a: b")).startswith("f: is empty")


def test_settings_error_lists_every_problem() -> None:
    problems = [SettingProblem(f"LAMOON_{name}", "x", "is wrong", "right", "y") for name in ("A", "B")]
    error = SettingsError(problems)
    assert error.problems == tuple(problems)
    assert "LAMOON_A (is: x): is wrong" in str(error)
    assert "LAMOON_B (is: x): is wrong" in str(error)
    assert "docs/settings.md" in str(error)


def test_notification_error_tells_whether_the_server_refused_for_good() -> None:
    error = errors.NotificationError("the mail server answered 550", code=550, permanent=True)
    assert (error.code, error.permanent) == (550, True)
    assert isinstance(error, LamoonError)
