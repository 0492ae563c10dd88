"""SIGKILL in the middle: nothing that was heard is lost, and nobody reads anything twice."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.responses import JSONResponse, Response

from gateway.channels.simulator.platform import Fault, Simulator
from gateway.conftest import FAST, settings_in
from gateway.serving import GatewayProcess, ScriptedRasa, until

KILLS = 3


@pytest.fixture
def process(simulator: Simulator, behind: tuple[ScriptedRasa, int], tmp_path: Path) -> Iterator[GatewayProcess]:
    """A gateway that can be killed, with the platform in front and a scripted Rasa behind."""
    rasa, port = behind
    rasa.reset()
    settings = settings_in(tmp_path, port)
    fixed = {
        "LAMOON_DATA": str(tmp_path),
        "LAMOON_STUDIO": str(settings.studio),
        "LAMOON_RASA_PORT": str(port),
        "LAMOON_ACTIONS_PORT": str(settings.actions_port),
    }
    gateway = GatewayProcess(fixed | FAST | simulator.variables(), tmp_path / "gateway.log")
    gateway.start()
    simulator.gateway = gateway.url
    yield gateway
    gateway.stop()


def acquainted(simulator: Simulator) -> str:
    address = simulator.address(1)
    simulator.insist(simulator.text(address, "hi"))
    simulator.wait(address, 2)
    simulator.sent.clear()
    return address


def test_killed_between_hearing_and_answering(
    simulator: Simulator, process: GatewayProcess, behind: tuple[ScriptedRasa, int]
) -> None:
    rasa, _ = behind
    address = acquainted(simulator)
    rasa.heard.clear()

    def slowly(body: dict[str, Any]) -> Response:
        time.sleep(0.3)
        return JSONResponse([{"text": f"re {body['message']}"}])

    rasa.answer = slowly
    event = simulator.text(address, "one")
    simulator.insist(event)
    until(lambda: rasa.heard, "Rasa to hear it")
    process.kill()
    process.start()
    simulator.insist(event)  # a platform that is not sure that it was heard
    simulator.insist(simulator.text(address, "two"))
    simulator.wait(address, 2)
    time.sleep(0.3)
    assert [sent.text for sent in simulator.inbox(address)] == ["re one", "re two"]
    assert {body["again"] for body in rasa.heard if body["message"] == "one"} == {False, True}


def test_killed_between_two_parts_of_a_message(
    simulator: Simulator, process: GatewayProcess, behind: tuple[ScriptedRasa, int]
) -> None:
    rasa, _ = behind
    address = acquainted(simulator)
    words = [f"word{number}" for number in range(2500)]
    rasa.reply({"text": " ".join(words)})
    simulator.first_whole = 1
    simulator.faults.extend([Fault(0, seconds=60)])
    simulator.insist(simulator.text(address, "tell me all"))
    until(lambda: len(simulator.inbox(address)) == 1 and not simulator.faults, "the first part, and the second to hang")
    process.kill()
    process.start()
    until(lambda: words[-1] in simulator.inbox(address)[-1].text, "the last part")
    time.sleep(0.3)
    assert " ".join(sent.text for sent in simulator.inbox(address)).split() == words


def test_killed_again_and_again_while_somebody_writes(simulator: Simulator, process: GatewayProcess) -> None:
    address = acquainted(simulator)
    expected = []
    for round_ in range(KILLS):
        for number in range(4):
            simulator.insist(simulator.text(address, f"{round_}.{number}"))
            expected.append(f"re {round_}.{number}")
        process.kill()
        process.start()
    until(lambda: {sent.text for sent in simulator.inbox(address)} >= set(expected), "all answers")
    arrived = [sent.text for sent in simulator.inbox(address)]
    # What a platform took while the gateway died before it could note it comes once more: at most one a kill.
    assert list(dict.fromkeys(arrived)) == expected
    assert len(arrived) <= len(expected) + KILLS
