"""Plays scenarios on the running assistant, one after the other, beside the visitors."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any

from lamoon.booking import BookingStore
from lamoon.booking.request import BookingRequest
from lamoon.gateway.desk.saved.shelf import Shelved
from lamoon.gateway.rasa import RasaClient, RasaError
from lamoon.scenarios.runner import Play, ScenarioFailure
from lamoon.scenarios.scenario import Scenario

log = logging.getLogger("lamoon.gateway.desk")

PREFIX = "test-scenario"
"""Begins the names of the conversations: those of a sandbox, which count nowhere."""
PAUSE_SECONDS = 0.1
"""Between two scenarios, so that visitors have their turn."""


@dataclass
class Runs:
    """What is being played, and how it went: `results` by name, "" for what passed."""

    results: dict[str, str] = field(default_factory=dict)
    left: list[str] = field(default_factory=list)
    _task: asyncio.Task[None] | None = None

    @property
    def busy(self) -> bool:
        """Whether scenarios are being played."""
        return self._task is not None and not self._task.done()

    def start(self, shelved: Sequence[Shelved], rasa: RasaClient, bookings: BookingStore) -> bool:
        """Plays these from now on. False, and nothing happens, while others are being played."""
        if self.busy:
            return False
        playing = {one.name: one.scenario for one in shelved if one.scenario}
        for name in playing:
            self.results.pop(name, None)
        self.left = list(playing)
        self._task = asyncio.create_task(self._play(playing, rasa, bookings))
        return True

    def stop(self) -> None:
        """Plays no more after the one that is under way; results stay."""
        self.left = []

    async def _play(self, playing: Mapping[str, Scenario], rasa: RasaClient, bookings: BookingStore) -> None:
        for name, scenario in playing.items():
            if not self.left:
                return
            try:
                self.results[name] = await _played(scenario, rasa, bookings)
            except RasaError:
                self.results[name] = "The assistant gave no answer: it does not run, or is very busy."
            except Exception as error:  # a mistake in one scenario must not end the others
                log.error("A scenario could not be played: %s", type(error).__name__)
                self.results[name] = "This test could not be played."
            self.left = self.left[1:]
            await asyncio.sleep(PAUSE_SECONDS)


async def _played(scenario: Scenario, rasa: RasaClient, bookings: BookingStore) -> str:
    """What went wrong, "" where all did as expected. Nothing of the conversation is left."""
    play = Play(scenario, _Running(rasa, asyncio.get_running_loop()), PREFIX)
    try:
        await asyncio.to_thread(play.run)
    except ScenarioFailure as failure:
        return str(failure)
    finally:
        await asyncio.to_thread(bookings.forget, play.sender)
        await rasa.forget(play.sender)
    return ""


class _Running:
    """The running assistant as the player of scenarios wants it. Called in a thread; Rasa is asked in the event loop."""

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
        """The slots and the open form, as Rasa's events tell."""
        events = asyncio.run_coroutine_threadsafe(self._rasa.kept(sender), self._loop).result()
        forms = [event["name"] for event in events if event["event"] == "active_loop"]
        slots = {event["name"]: event["value"] for event in events if event["event"] == "slot"}
        return {"slots": slots, "active_loop": {"name": forms[-1] if forms else None}}

    # What only a test's own servers can tell: the desk plays no scenario that asks for it.
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
