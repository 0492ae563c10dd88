"""A gateway that people reach by a simulated platform, over a scripted Rasa. A test that takes `simulator` runs on several platforms.

Platform and gateway are started once for all tests; each test has people of its own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import pytest
from scenarios.assistant import Assistant
from starlette.applications import Starlette
from web.fixtures import FAST, Front, settings_in
from web.serving import ScriptedRasa, Serving, until

from channels.crowd import six_platforms
from channels.simulator.platform import Sent, Simulator
from channels.simulator.platforms import CONTRACT, SIMULATORS
from channels.talking import ChannelTalk, Overheard
from lamoon.channels.deliveries import Deliveries
from lamoon.channels.store import Person
from lamoon.web.app import make_app

TIMEOUT_SECONDS = 1.0
FIRST_PAUSE_SECONDS = 0.05


@dataclass
class Line(Front):
    """A gateway with a platform in front of it, in this event loop."""

    simulator: Simulator
    loop: asyncio.AbstractEventLoop

    def acquainted(self, number: int = 1) -> str:
        """Somebody who has written before: the address. What was said so far is forgotten."""
        address = self.simulator.address(number)
        self.simulator.insist(self.simulator.text(address, "hi"))
        self.simulator.wait(address, 2)
        self.simulator.sent.clear()
        self.rasa.heard.clear()
        return address

    def person(self, address: str) -> Person:
        """What the gateway keeps of them."""
        found = self.channels.people.person(self.simulator.channel, address)
        assert found is not None
        return found

    def arrived(self, address: str, count: int) -> list[Sent]:
        """What arrived at them: so many messages, and not one more when nothing is left to do."""
        self.simulator.wait(address, count)
        self.settle()
        arrived = self.simulator.inbox(address)
        assert len(arrived) == count
        return arrived

    def texts(self, address: str, count: int) -> list[str]:
        """Their texts, see `arrived`."""
        return [sent.text for sent in self.arrived(address, count)]

    def settle(self) -> None:
        """Waits until everything is answered and delivered."""
        store, people = self.parts.store, self.channels.people
        until(lambda: not store.waiting() and not people.due(), "everything to be answered and delivered")

    def team_says(self, conversation_id: str, text: str) -> None:
        """What the desk does when somebody of the team writes."""
        self.parts.store.say(conversation_id, "team", self.parts.replies.typed(text.split("\n")))
        self.loop.call_soon_threadsafe(self.parts.hub.wake, conversation_id)


@pytest.fixture(scope="package", params=CONTRACT)
def platform(request: pytest.FixtureRequest) -> Iterator[Simulator]:
    """A platform for all tests; take `simulator`."""
    platform = SIMULATORS[request.param]()
    with platform.serving:
        yield platform


@pytest.fixture
def simulator(platform: Simulator) -> Iterator[Simulator]:
    """A platform with people who have not written yet. What it refused was sent by mistake."""
    platform.begin()
    yield platform
    assert platform.refused == []


@pytest.fixture(scope="package")
def gateway(
    platform: Simulator, behind: tuple[ScriptedRasa, int], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Line]:
    """A gateway behind the platform for all tests; take `line`."""
    rasa, port = behind
    settings = settings_in(tmp_path_factory.mktemp("line"), port, **FAST, **platform.variables())
    loops: list[asyncio.AbstractEventLoop] = []
    run = Deliveries.run

    async def noted(deliveries: Deliveries) -> None:
        loops.append(asyncio.get_running_loop())
        await run(deliveries)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("lamoon.channels.adapter.SECONDS", TIMEOUT_SECONDS)
        patch.setattr(Deliveries, "run", noted)
        app: Starlette = make_app(settings)
        with Serving(app) as serving:
            until(lambda: loops, "the deliveries to begin")
            yield Line(
                serving.url, app.state.services, app.state.channels, app.state.desk, rasa, settings, platform, loops[0]
            )


@pytest.fixture
def line(gateway: Line, simulator: Simulator, monkeypatch: pytest.MonkeyPatch) -> Iterator[Line]:
    """The gateway at the other end of the platform's webhook, with nothing left to do; it waits less than in earnest."""
    monkeypatch.setattr("lamoon.channels.deliveries.FIRST_PAUSE_SECONDS", FIRST_PAUSE_SECONDS)
    gateway.rasa.reset()
    simulator.gateway = gateway.url
    yield gateway
    simulator.faults.clear()
    gateway.settle()


@pytest.fixture(autouse=True)
def _quick(quick_passwords: None) -> None:
    """Passwords cost little in these tests."""


@pytest.fixture(scope="package")
def talks(running: Assistant, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], ChannelTalk]]:
    """The assistant, reached through each platform, all of them before one gateway."""
    overheard = Overheard(running.servers.rasa)
    with Serving(overheard.app) as between, ExitStack() as stack:
        variables = running.servers.variables | FAST | {"LAMOON_RASA_PORT": str(between.port)}
        simulators = stack.enter_context(six_platforms(variables, tmp_path_factory.mktemp("phone")))
        made = {channel: ChannelTalk(running, simulator, overheard) for channel, simulator in simulators.items()}
        for talk in made.values():
            stack.callback(talk.close)
        yield made.__getitem__
