"""Two gateways on one PostgreSQL, a platform's webhooks by turns at each: everybody reads every answer once, in order."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from storage.conftest import postgres_url  # noqa: F401  a fixture
from web.fixtures import FAST, settings_in
from web.serving import ScriptedRasa, Serving

from channels.simulator.platform import Simulator
from lamoon.web.app import make_app

PEOPLE, MESSAGES = 6, 8


@dataclass
class Gateways:
    urls: list[str]
    rasa: ScriptedRasa


@pytest.fixture
def gateways(
    platform: Simulator,
    behind: tuple[ScriptedRasa, int],
    tmp_path: Path,
    postgres_url: str,  # noqa: F811
) -> Iterator[Gateways]:
    rasa, port = behind
    rasa.reset()
    shared = {"LAMOON_DATABASE_URL": postgres_url, "LAMOON_SECRET_KEY": "one-key-for-both-gateways-0123456789"}
    with ExitStack() as stack:
        settings = [settings_in(tmp_path / name, port, **shared, **FAST, **platform.variables()) for name in "ab"]
        yield Gateways([stack.enter_context(Serving(make_app(one))).url for one in settings], rasa)


def test_every_answer_arrives_once(simulator: Simulator, gateways: Gateways) -> None:
    people = [simulator.address(number) for number in range(1, PEOPLE + 1)]
    for number in range(MESSAGES):
        for address in people:
            simulator.gateway = gateways.urls[(number + people.index(address)) % 2]
            simulator.insist(simulator.text(address, f"message {number}"))
    for address in people:
        simulator.wait(address, MESSAGES + 1)
        texts = [sent.text for sent in simulator.inbox(address)]
        answers = [text for text in texts if text.startswith("re ")]
        assert answers == [f"re message {number}" for number in range(MESSAGES)]
        assert len(set(texts)) == len(texts)
