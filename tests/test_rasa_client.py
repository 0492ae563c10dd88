"""With several Rasa servers each conversation keeps to one; while that is down, another answers."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import pytest
from starlette.responses import Response
from web.serving import EMERGENCY, ScriptedRasa, Serving

from lamoon.rasa_client import RasaClient, RasaError

SENDERS = [f"web-{number:032x}-0" for number in range(20)]


@dataclass
class Cluster:
    rasas: tuple[ScriptedRasa, ScriptedRasa]
    servers: tuple[Serving, Serving]
    ups: list[bool]
    client: RasaClient

    def heard(self) -> list[list[str]]:
        """Return the senders at each server, in order."""
        return [[body["sender"] for body in rasa.heard] for rasa in self.rasas]


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cluster]:
    monkeypatch.setattr("lamoon.rasa_client.PATIENCE_SECONDS", 0.3)
    rasas = (ScriptedRasa(), ScriptedRasa())
    with ExitStack() as stack:
        servers = (stack.enter_context(Serving(rasas[0].app)), stack.enter_context(Serving(rasas[1].app)))
        ups: list[bool] = []
        yield Cluster(rasas, servers, ups, RasaClient([server.url for server in servers], 5, ups.append))


async def ask_all(client: RasaClient) -> None:
    for number, sender in enumerate(SENDERS):
        replies = await client.ask(sender, "hello", number, again=False)
        assert replies == [{"text": "re hello"}]


async def test_each_conversation_keeps_to_one_server_and_both_are_used(cluster: Cluster) -> None:
    await ask_all(cluster.client)
    first = cluster.heard()
    assert all(first)
    await ask_all(cluster.client)
    assert cluster.heard() == [senders * 2 for senders in first]
    await cluster.client.close()


def test_conversations_are_shared_out_evenly() -> None:
    """Addresses are given here: a share depends on them, and the ports of the servers above differ from run to run."""
    servers = [f"http://127.0.0.1:{port}" for port in (5005, 5006, 5007)]
    client = RasaClient(servers, 5, lambda up: None)
    shares = Counter(client._order(f"web-{number:032x}-0")[0] for number in range(3000))
    assert sorted(shares) == servers
    assert all(900 <= share <= 1100 for share in shares.values())


async def test_while_one_is_down_the_other_answers(cluster: Cluster) -> None:
    await ask_all(cluster.client)
    theirs = cluster.heard()[0]
    cluster.servers[0].__exit__()
    await ask_all(cluster.client)
    assert cluster.client.up
    assert cluster.ups == []
    moved = [body for body in cluster.rasas[1].heard if body["sender"] in theirs]
    assert [body["sender"] for body in moved] == theirs
    assert moved[0]["again"], "the server may have received it before it was lost"
    await cluster.client.close()


async def test_with_all_down_it_says_so_once(cluster: Cluster) -> None:
    for server in cluster.servers:
        server.__exit__()
    with pytest.raises(RasaError, match="down"):
        await cluster.client.ask(SENDERS[0], "hello", 1, again=False)
    assert cluster.ups == [False]
    await cluster.client.close()


async def test_an_emergency_that_waits_for_others_goes_before_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """It was first in its conversation, so nobody had looked at it."""
    monkeypatch.setattr("lamoon.rasa_client.TOGETHER", 1)
    free, rasa = threading.Event(), ScriptedRasa()
    echo = rasa.answer

    def answer(body: dict[str, Any]) -> Response:
        assert body["message"] != "slow" or free.wait(10)
        return echo(body)

    rasa.answer = answer
    with Serving(rasa.app) as server:
        client = RasaClient([server.url], 15, lambda up: None)
        texts = ["slow", "a", "b", EMERGENCY]
        asked = [
            asyncio.create_task(client.ask(sender, text, number, again=False))
            for number, (sender, text) in enumerate(zip(SENDERS, texts, strict=False))
        ]
        assert await asked[-1] == [{"text": f"re {EMERGENCY}"}]
        assert [body["message"] for body in rasa.heard] == ["slow", EMERGENCY]
        free.set()
        await asyncio.gather(*asked)
        assert [body["message"] for body in rasa.heard] == ["slow", EMERGENCY, "a", "b"]
        await client.close()


async def test_a_turn_that_need_not_wait_is_not_screened(cluster: Cluster) -> None:
    await ask_all(cluster.client)
    assert [rasa.screened for rasa in cluster.rasas] == [[], []]
    await cluster.client.close()
