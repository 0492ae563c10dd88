"""Scenario files: their format, and errors with file and line for every mistake."""

from __future__ import annotations

from pathlib import Path

import pytest

from lamoon.errors import ScenarioError
from lamoon.scenarios.runner import play
from lamoon.scenarios.scenario import ScenarioTurn, load_scenario
from scenarios.scripted import TOPIC, Scripted, Write, write_scenario


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a scenario file (or a fragment) and return its path."""
    return write_scenario(tmp_path)


def test_fragments_go_before_and_between(write: Write) -> None:
    for name, include in (("a", "include: b\n"), ("b", "")):
        text = f"description: {name}.\n{include}steps:\n  - user: from {name}\n    bot: anything\n"
        write(text, f"fragments/{name}.yml")
    path = write(
        """
        description: Fragments.
        include: a
        steps:
          - action_server: down
          - user: {repeat: "ab", times: 3}
            bot: anything
          - include: b
        """
    )
    assistant = Scripted([TOPIC], [TOPIC], [TOPIC], [TOPIC])
    play(load_scenario(path, path.parents[1]), assistant)
    assert assistant.heard == ["from b", "from a", "up=False", "ababab", "from b"]


BROKEN = {
    "no description": ("steps:\n  - user: hi\n    bot: anything", 1, "description: is missing"),
    "no steps": ("description: x", 1, "has no message"),
    "an unknown field": ("description: x\nauthor: me\nsteps: []", 2, "author: is not a field here"),
    "an unknown step key": ("description: x\nsteps:\n  - user: hi\n    bott: anything", 4, "steps[1].bott: is not a"),
    "an unknown reply key": (
        "description: x\nsteps:\n  - user: hi\n    bot: {say: [a]}",
        4,
        "steps[1].bot.say: is not a field here",
    ),
    "an unknown request key": (
        "description: x\nsteps:\n  - user: hi\n    bot: anything\n    request: {holds: true}",
        5,
        "steps[1].request.holds: is not a field here",
    ),
    "no answer": ("description: x\nsteps:\n  - user: hi", 3, "steps[1].bot: is missing"),
    "no user": ("description: x\nsteps:\n  - bot: anything", 3, "steps[1].user: is missing"),
    "an odd user": (
        "description: x\nsteps:\n  - user: {shout: hi}\n    bot: anything",
        3,
        "steps[1].user.shout: is not a field here",
    ),
    "an odd reply": ("description: x\nsteps:\n  - user: hi\n    bot: greet", 4, "`greet` is not a reply"),
    "two gaps": (
        "description: x\nsteps:\n  - user: hi\n    bot: [..., anything, ...]",
        4,
        "steps[1].bot: `...` is there twice",
    ),
    "an odd switch": ("description: x\nsteps:\n  - action_server: off", 3, "steps[1].action_server: 'off' is unknown"),
    "no such fragment": ("description: x\ninclude: nowhere\nsteps: []", 2, "there is no fragment `nowhere`"),
    "steps no list": ("description: x\nsteps: {user: hi}", 2, "steps: is not a list"),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_file_is_told_with_its_line(kind: str, write: Write) -> None:
    text, line, problem = BROKEN[kind]
    path = write(text)
    with pytest.raises(ScenarioError) as error:
        load_scenario(path, path.parents[1])
    assert str(error.value).startswith(f"happy_path/one.yml, line {line}: ")
    assert problem in str(error.value)
    assert "\n  expected: " in str(error.value)


def test_fragments_in_a_circle_are_told(write: Write) -> None:
    for name, next_one in (("a", "b"), ("b", "a")):
        write(f"description: {name}.\ninclude: {next_one}\n", f"fragments/{name}.yml")
    path = write("description: x\ninclude: a\nsteps: []\n")
    with pytest.raises(ScenarioError, match="go round in a circle: a includes b includes a") as error:
        load_scenario(path, path.parents[1])
    assert "fragments/b.yml, line 2" in str(error.value)


def test_words_stay_as_written(write: Write) -> None:
    path = write("description: x\nsteps:\n  - user: no\n    bot: {says: [yes, 42]}\n")
    turn = load_scenario(path, path.parents[1]).steps[0]
    assert isinstance(turn, ScenarioTurn)
    assert turn.bot is not None
    assert (turn.user, turn.bot[0].says) == ("no", ("yes", "42"))
