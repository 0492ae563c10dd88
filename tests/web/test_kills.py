"""SIGKILL at random moments: nothing is lost, nothing doubled, the order kept.

The full measure is 50 kills during 500 messages: LAMOON_TEST_KILLS=50 LAMOON_TEST_MESSAGES=500.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from scenarios.assistant import Assistant

from web.fixtures import FAST
from web.killing import endure
from web.serving import GatewayProcess

KILLS = int(os.environ.get("LAMOON_TEST_KILLS", "0"))
MESSAGES = int(os.environ.get("LAMOON_TEST_MESSAGES", "0"))


@pytest.fixture
def gateway(assistant: Assistant, tmp_path: Path) -> Iterator[GatewayProcess]:
    """A gateway process of this test's own."""
    process = GatewayProcess(assistant.servers.variables | FAST, tmp_path / "gateway.log")
    process.start()
    yield process
    process.stop()


def test_the_gateway_is_killed_while_visitors_write(assistant: Assistant, gateway: GatewayProcess) -> None:
    def restart_gateway() -> None:
        gateway.kill()
        gateway.start()

    outcome = endure(
        gateway.url,
        assistant.servers.settings.data / "lamoon.db",
        assistant.http,
        [restart_gateway] * (KILLS or 6),
        messages=MESSAGES or 60,
        seed=1,
    )
    print(outcome)
    assert outcome.problems == []
    assert outcome.apologies == 0
    assert outcome.messages == (MESSAGES or 60)


@pytest.mark.skipif(
    not KILLS, reason="faults/test_chaos.py kills Rasa in the same way; LAMOON_TEST_KILLS=50 kills it often"
)
def test_rasa_is_killed_while_visitors_write(assistant: Assistant, gateway: GatewayProcess) -> None:
    def restart_rasa() -> None:
        assistant.servers.kill_rasa()
        assistant.servers.start_rasa()

    outcome = endure(
        gateway.url,
        assistant.servers.settings.data / "lamoon.db",
        assistant.http,
        [restart_rasa] * KILLS,
        messages=MESSAGES,
        seed=2,
    )
    print(outcome)
    assert outcome.problems == []
    assert outcome.unheard == 0
    assert outcome.messages == MESSAGES
