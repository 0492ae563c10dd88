"""Scenarios of the project through phone, platform, gateway, Rasa and action server: with the same outcomes.

A few of every folder are played, the most important on every channel; LAMOON_TEST_CHANNELS=all in front of pytest plays all of them.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from scenarios.assistant import Assistant
from scenarios.test_scenarios import DOWN, FOLDERS, HERE

from channels.simulator.platforms import ALL, SIMULATORS
from channels.talking import ChannelTalk
from lamoon.channels.twilio import HELP_WORDS, START_WORDS, STOP_WORDS
from lamoon.chat.limits import LONGEST
from lamoon.scenarios.runner import play
from lamoon.scenarios.scenario import Scenario, ScenarioTurn, load_scenario
from lamoon.text.clean import clean

ESSENTIAL = ("happy_path", "safety")
"""Of these folders every channel plays a scenario, each another one; of all others only Telegram plays some."""


def can_be_typed(scenario: Scenario, channel: str) -> bool:
    """Whether every message of the visitor reaches the assistant."""
    said = [step.user for step in scenario.steps if isinstance(step, ScenarioTurn) and isinstance(step.user, str)]
    return all(_reaches(text, channel) for text in said)


def _reaches(text: str, channel: str) -> bool:
    """What is empty or too long the gateway answers, Twilio obeys "stop", and half a sign no phone can send."""
    if channel == "sms" and text.strip().lower() in STOP_WORDS | START_WORDS | HELP_WORDS:
        return False
    is_whole = text.encode("utf-8", "ignore").decode() == text
    return bool(clean(text)) and len(text) <= LONGEST and not text.startswith("/") and is_whole


def _cases() -> list[tuple[str, str]]:
    """Each channel with the scenarios that are played there."""
    cases = []
    for folder in FOLDERS:
        paths = [path for path in sorted((HERE / folder).glob("*.yml")) if folder != DOWN]
        scenarios = {str(path.relative_to(HERE)): load_scenario(path, HERE) for path in paths}
        for place, channel in enumerate(SIMULATORS):
            files = [file for file, scenario in scenarios.items() if can_be_typed(scenario, channel)]
            few = files[:2] if channel == "telegram" else files[place : place + 1] if folder in ESSENTIAL else []
            cases += [(channel, file) for file in (files if ALL else few)]
    return sorted(cases)


@pytest.mark.parametrize(("channel", "file"), _cases())
def test_a_scenario_by_phone(
    channel: str, file: str, talks: Callable[[str], ChannelTalk], assistant: Assistant
) -> None:
    play(load_scenario(HERE / file, HERE), talks(channel))
