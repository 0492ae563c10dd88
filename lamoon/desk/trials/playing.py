"""Plays saved tests on the running assistant, one after the other, between the visitors' turns."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from email.message import EmailMessage
from typing import Any

from lamoon.booking import BookingStore
from lamoon.booking.request import BookingRequest
from lamoon.desk.trials.results import Result, Results, turns_of
from lamoon.desk.trials.saved_tests import Shelved
from lamoon.rasa_client import RasaClient, RasaError
from lamoon.scenarios.runner import ScenarioRun
from lamoon.scenarios.scenario import Scenario

log = logging.getLogger("lamoon.desk")

PREFIX = "test-scenario"
"""Prefix of the conversations' names: those of a sandbox, which count nowhere."""
PAUSE_SECONDS = 0.1
"""Pause between scenarios, so that visitors have their turn."""
SILENT = "The assistant gave no answer: it is not running, or very busy."
BROKEN = "This test could not be played."


class Runs:
    """The runs that this gateway makes."""

    def __init__(self, results: Results) -> None:
        self._results = results
        self._task: asyncio.Task[None] | None = None

    async def start(self, shelved: Sequence[Shelved], rasa: RasaClient, bookings: BookingStore) -> bool:
        """Starts a run. False, without effect, while another is in progress, at whichever gateway."""
        playing = {one.name: one.scenario for one in shelved if one.scenario}
        if not await asyncio.to_thread(self._results.begin, playing):
            return False
        self._task = asyncio.create_task(self._play(playing, rasa, bookings))
        return True

    async def finished(self) -> None:
        """Waits for the end of the run."""
        if self._task:
            await self._task

    async def _play(self, playing: Mapping[str, Scenario], rasa: RasaClient, bookings: BookingStore) -> None:
        for name, scenario in playing.items():
            if await asyncio.to_thread(self._results.waits, name):
                result = await self._result(scenario, rasa, bookings)
                await asyncio.to_thread(self._results.note, name, result)
                await asyncio.sleep(PAUSE_SECONDS)

    async def _result(self, scenario: Scenario, rasa: RasaClient, bookings: BookingStore) -> Result:
        try:
            return await played(scenario, rasa, bookings)
        except RasaError:
            return Result("played", problem=SILENT)
        except Exception as error:  # an error in one scenario must not end the others
            log.error("A scenario could not be played: %s", type(error).__name__)
            return Result("played", problem=BROKEN)


async def played(scenario: Scenario, rasa: RasaClient, bookings: BookingStore | None = None) -> Result:
    """What came of it. Deletes the conversation afterwards, and what it left among the bookings. Raises RasaError."""
    play = ScenarioRun(scenario, _Running(rasa, asyncio.get_running_loop()), PREFIX)
    try:
        return Result("played", turns_of(await asyncio.to_thread(play.conversation)))
    finally:
        if bookings:
            await asyncio.to_thread(bookings.forget, play.sender)
        await rasa.forget(play.sender)


class _Running:
    """The running assistant behind the scenario player's interface. Called in a thread; Rasa is called in the event
    loop.
    """

    def __init__(self, rasa: RasaClient, loop: asyncio.AbstractEventLoop) -> None:
        self._rasa = rasa
        self._loop = loop
        self._said = 0

    def say(self, sender: str, text: str) -> list[dict[str, Any]]:
        """Rasa's replies. Raises RasaError."""
        self._said += 1
        asked = self._rasa.ask(sender, text, self._said, again=False)
        answered: Future[Sequence[dict[str, Any]]] = asyncio.run_coroutine_threadsafe(asked, self._loop)
        return list(answered.result())

    def tracker(self, sender: str) -> dict[str, Any]:
        """The slots and the open form, from Rasa's events."""
        events = asyncio.run_coroutine_threadsafe(self._rasa.kept(sender), self._loop).result()
        forms = [event["name"] for event in events if event["event"] == "active_loop"]
        slots = {event["name"]: event["value"] for event in events if event["event"] == "slot"}
        return {"slots": slots, "active_loop": {"name": forms[-1] if forms else None}}

    # Known to a test's own servers only: the desk plays no scenario that asks for it.
    def requests(self, sender: str) -> list[BookingRequest]:
        """None."""
        return []

    def mail(self, reference: str) -> EmailMessage | None:
        """None."""
        return None

    def events_kept(self, sender: str) -> int:
        """None."""
        return 0

    def switch_actions(self, up: bool) -> None:
        """Stays as it is."""

    def logs(self) -> Mapping[str, str]:
        """None."""
        return {}
