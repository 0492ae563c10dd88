"""Play every scenario of the folders next to this file against the real servers."""

from __future__ import annotations

from pathlib import Path

import pytest

from lamoon.errors import ScenarioError
from lamoon.scenarios.runner import ScenarioFailure, ScenarioRun, play
from lamoon.scenarios.scenario import load_scenario
from scenarios.assistant import Assistant

HERE = Path(__file__).parent
DOWN = "action_server_down"
SAVED = "saved"
"""The folder for tests saved by the team at the desk; empty at first."""
FOLDERS = (
    *("happy_path", "digressions", "corrections", "cancellations", "negations", "invalid_input", "safety", "handoff"),
    *("languages", "privacy", SAVED, DOWN),
)
ENOUGH = 60


def _files(*folders: str) -> list[str]:
    return sorted(str(path.relative_to(HERE)) for folder in folders for path in (HERE / folder).glob("*.yml"))


UP = _files(*(folder for folder in FOLDERS if folder != DOWN))


@pytest.mark.parametrize("file", UP)
def test_scenario(file: str, assistant: Assistant) -> None:
    play(load_scenario(HERE / file, HERE), assistant)


@pytest.fixture(scope="module")
def prepared(running: Assistant) -> dict[str, ScenarioRun | Exception]:
    """The scenarios that kill the action server, all played up to there, so that one start of it is enough."""
    running.switch_actions(up=True)
    plays: dict[str, ScenarioRun | Exception] = {}
    for file in _files(DOWN):
        try:
            plays[file] = play = ScenarioRun(load_scenario(HERE / file, HERE), running)
            play.prepare()
        except (ScenarioError, ScenarioFailure) as problem:
            plays[file] = problem
    return plays


@pytest.mark.parametrize("file", _files(DOWN))
def test_scenario_without_action_server(file: str, prepared: dict[str, ScenarioRun | Exception]) -> None:
    found = prepared[file]
    if isinstance(found, Exception):
        raise found
    found.run()


def test_there_are_enough_scenarios() -> None:
    assert len(_files(*FOLDERS)) >= ENOUGH
    assert all(_files(folder) for folder in FOLDERS if folder != SAVED)
    everything = {str(path.relative_to(HERE)) for path in HERE.rglob("*.yml") if path.name != "studio.yml"}
    fragments = {name for name in everything if name.startswith("fragments/")}
    assert everything - fragments == set(_files(*FOLDERS)), "a scenario lies in a folder that is not played"
