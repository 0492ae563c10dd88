"""Every scenario that the desk offers, played by the desk on the real assistant."""

from __future__ import annotations

import asyncio
from pathlib import Path

from scenarios.assistant import Assistant

from lamoon.booking import BookingStore
from lamoon.desk.trials.playing import Runs
from lamoon.desk.trials.results import Results
from lamoon.desk.trials.saved_tests import Shelf
from lamoon.rasa_client import RasaClient
from lamoon.storage.database import Database
from lamoon.storage.keys import cipher_from

MOST = 12
"""So many of them, from all folders: test_scenarios.py plays every one."""


def test_the_projects_own_scenarios_pass_at_the_desk(assistant: Assistant, tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'results.db'}")
    results = Results(database)
    offered = Shelf(tmp_path, database).all()
    assert not [one.problem for one in offered if one.problem]
    chosen = offered[:: max(1, len(offered) // MOST)]
    runs = Runs(results)

    async def play() -> None:
        rasa = RasaClient([assistant.servers.rasa], 60, lambda up: None)
        bookings = BookingStore(
            assistant.servers.settings.database_url.reveal(), cipher=cipher_from(assistant.servers.settings)
        )
        assert await runs.start(chosen, rasa, bookings)
        assert not await runs.start(chosen, rasa, bookings)
        await runs.finished()
        await rasa.close()
        bookings.close()

    asyncio.run(play())
    found = results.all()
    assert sorted(found) == sorted(one.name for one in chosen)
    assert [name for name, one in found.items() if not one.passed] == []
    database.close()
