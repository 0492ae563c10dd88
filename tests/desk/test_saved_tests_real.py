"""Every scenario that the desk offers, played by the desk on the real assistant."""

from __future__ import annotations

import asyncio
from pathlib import Path

from scenarios.assistant import Assistant

from lamoon.booking import BookingStore
from lamoon.desk.saved_tests import Runs, Shelf
from lamoon.rasa_client import RasaClient
from lamoon.storage.keys import cipher_from

MOST = 12
"""So many of them, from all folders: test_scenarios.py plays every one."""


def test_the_projects_own_scenarios_pass_at_the_desk(assistant: Assistant, tmp_path: Path) -> None:
    offered = Shelf(tmp_path).all()
    assert not [one.problem for one in offered if one.problem]
    chosen = offered[:: max(1, len(offered) // MOST)]
    runs = Runs()

    async def play() -> None:
        rasa = RasaClient([assistant.servers.rasa], 60, lambda up: None)
        bookings = BookingStore(
            assistant.servers.settings.database_url.reveal(), cipher=cipher_from(assistant.servers.settings)
        )
        assert runs.start(chosen, rasa, bookings)
        assert not runs.start(chosen, rasa, bookings)
        while runs.busy:
            await asyncio.sleep(0.1)
        await rasa.close()
        bookings.close()

    asyncio.run(play())
    assert runs.results == dict.fromkeys((one.name for one in chosen), "")
    assert not runs.left
