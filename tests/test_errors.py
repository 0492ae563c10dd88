"""The exception tree: what catches what, and what the messages say."""

from __future__ import annotations

import re

from lamoon import errors
from lamoon.errors import ConfigurationError, LamoonError, SettingProblem, SettingsError, StudioError

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


def test_the_docstring_draws_the_tree_as_it_is() -> None:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, Exception)]
    assert len(kinds) >= 7
    assert drawn() == {kind.__name__: kind.__base__.__name__ for kind in kinds if kind.__base__}


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
