"""A gateway that people reach by a simulated platform, over a scripted Rasa. A test that takes `simulator` runs on several platforms."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from starlette.applications import Starlette

from gateway.channels.simulator.platform import Simulator
from gateway.channels.simulator.platforms import CONTRACT, SIMULATORS
from gateway.conftest import FAST, Front, settings_in
from gateway.serving import ScriptedRasa, Serving, until
from lamoon.gateway.app import make_app
from lamoon.gateway.channels.deliveries import Deliveries
from lamoon.gateway.model import Draft
from lamoon.gateway.safe_tree import markdown_tree

TIMEOUT_SECONDS = 1.0
FIRST_PAUSE_SECONDS = 0.05


@dataclass
class Line(Front):
    """A gateway with a platform in front of it. `loops` holds the event loop that it runs in."""

    loops: list[asyncio.AbstractEventLoop] = field(default_factory=list)

    def team_says(self, conversation_id: str, text: str) -> None:
        """What the desk does when somebody of the team writes."""
        self.parts.store.say(conversation_id, "team", Draft(text, markdown_tree(text)))
        self.loops[0].call_soon_threadsafe(self.parts.hub.wake, conversation_id)


@pytest.fixture(params=CONTRACT)
def simulator(request: pytest.FixtureRequest) -> Iterator[Simulator]:
    """A platform. What it refused was sent by mistake."""
    platform = SIMULATORS[request.param]()
    with platform.serving:
        yield platform
    assert platform.refused == []


@pytest.fixture
def line(
    simulator: Simulator, behind: tuple[ScriptedRasa, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Line]:
    """The gateway at the other end of the platform's webhook; it waits less than in earnest."""
    monkeypatch.setattr("lamoon.gateway.channels.platform_http.SECONDS", TIMEOUT_SECONDS)
    monkeypatch.setattr("lamoon.gateway.channels.deliveries.FIRST_PAUSE_SECONDS", FIRST_PAUSE_SECONDS)
    loops: list[asyncio.AbstractEventLoop] = []
    run = Deliveries.run

    async def noted(deliveries: Deliveries) -> None:
        loops.append(asyncio.get_running_loop())
        await run(deliveries)

    monkeypatch.setattr(Deliveries, "run", noted)
    rasa, port = behind
    rasa.reset()
    settings = settings_in(tmp_path, port, **FAST, **simulator.variables())
    app: Starlette = make_app(settings)
    with Serving(app) as serving:
        simulator.gateway = serving.url
        until(lambda: loops, "the deliveries to begin")
        yield Line(serving.url, app.state.gateway, rasa, settings, loops)
