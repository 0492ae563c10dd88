"""SIGKILL in the middle: nothing that was heard is lost, and nobody reads anything twice."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from starlette.responses import JSONResponse, Response
from web.fixtures import FAST, settings_in
from web.serving import GatewayProcess, ScriptedRasa, until

from channels.simulator.platform import Fault, Simulator
from channels.simulator.platforms import ALL, SIMULATORS
from lamoon.booking import BookingStore
from lamoon.channels.store import ChannelStore
from lamoon.chat.store import ChatStore
from lamoon.storage.keys import cipher_from

KILLS = 3
KILLED_OFTEN = list(SIMULATORS) if ALL else ["telegram"]
"""Each channel is killed in two other tests; what is done over and over is the same for all, and starting takes seconds."""


@dataclass
class Killable:
    """A gateway that can be killed, with the platform in front and a scripted Rasa behind."""

    process: GatewayProcess
    rasa: ScriptedRasa
    chat: ChatStore
    people: ChannelStore

    def acquainted(self, simulator: Simulator) -> str:
        """Somebody who has written before: the address. Whatever was said so far is over and done with."""
        address = simulator.address(1)
        simulator.insist(simulator.text(address, "hi"))
        simulator.wait(address, 2)
        self.settle()
        simulator.sent.clear()
        self.rasa.heard.clear()
        return address

    def dies(self) -> None:
        """It is killed, and started again."""
        self.process.kill()
        self.process.start()

    def settle(self) -> None:
        """Waits until everything is answered, and noted as delivered."""
        until(lambda: not self.chat.waiting() and not self.people.due(), "everything to be delivered")


@pytest.fixture(scope="module")
def killable(
    platform: Simulator, behind: tuple[ScriptedRasa, int], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Killable]:
    """One for all tests; take `gateway`."""
    rasa, port = behind
    folder = tmp_path_factory.mktemp("killable")
    settings = settings_in(folder, port)
    fixed = {
        "LAMOON_DATA": str(folder),
        "LAMOON_STUDIO": str(settings.studio),
        "LAMOON_RASA_PORT": str(port),
        "LAMOON_ACTIONS_PORT": str(settings.actions_port),
    }
    process = GatewayProcess(fixed | FAST | platform.variables(), folder / "gateway.log")
    process.start()
    bookings = BookingStore(settings.database_url.reveal(), cipher=cipher_from(settings))
    yield Killable(process, rasa, ChatStore(bookings.database), ChannelStore(bookings.database))
    bookings.close()
    process.stop()


@pytest.fixture
def gateway(killable: Killable, simulator: Simulator) -> Killable:
    """With a Rasa that echoes."""
    killable.rasa.reset()
    simulator.gateway = killable.process.url
    return killable


def test_killed_between_hearing_and_answering(simulator: Simulator, gateway: Killable) -> None:
    address = gateway.acquainted(simulator)

    def slowly(body: dict[str, Any]) -> Response:
        time.sleep(0.3)
        return JSONResponse([{"text": f"re {body['message']}"}])

    gateway.rasa.answer = slowly
    event = simulator.text(address, "one")
    simulator.insist(event)
    until(lambda: gateway.rasa.heard, "Rasa to hear it")
    gateway.dies()
    simulator.insist(event)  # a platform that is not sure that it was heard
    simulator.insist(simulator.text(address, "two"))
    simulator.wait(address, 2)
    gateway.settle()
    assert [sent.text for sent in simulator.inbox(address)] == ["re one", "re two"]
    assert {body["again"] for body in gateway.rasa.heard if body["message"] == "one"} == {False, True}


def test_killed_between_two_parts_of_a_message(simulator: Simulator, gateway: Killable) -> None:
    address = gateway.acquainted(simulator)
    words = [f"word{number}" for number in range(2500)]
    gateway.rasa.reply({"text": " ".join(words)})
    simulator.first_whole = 1
    simulator.faults.extend([Fault(0, seconds=60)])
    simulator.insist(simulator.text(address, "tell me all"))
    until(lambda: len(simulator.inbox(address)) == 1 and not simulator.faults, "the first part, and the second to hang")
    gateway.dies()
    until(lambda: words[-1] in simulator.inbox(address)[-1].text, "the last part")
    gateway.settle()
    assert " ".join(sent.text for sent in simulator.inbox(address)).split() == words


@pytest.mark.parametrize("platform", KILLED_OFTEN, indirect=True)
def test_killed_again_and_again_while_somebody_writes(simulator: Simulator, gateway: Killable) -> None:
    address = gateway.acquainted(simulator)
    expected = []
    for round_ in range(KILLS):
        for number in range(4):
            simulator.insist(simulator.text(address, f"{round_}.{number}"))
            expected.append(f"re {round_}.{number}")
        gateway.dies()
    until(lambda: {sent.text for sent in simulator.inbox(address)} >= set(expected), "all answers")
    arrived = [sent.text for sent in simulator.inbox(address)]
    # What a platform took while the gateway died before it could note it comes once more: at most one a kill.
    assert list(dict.fromkeys(arrived)) == expected
    assert len(arrived) <= len(expected) + KILLS
