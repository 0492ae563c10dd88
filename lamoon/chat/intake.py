"""The one entry for visitors' messages: stored, answered in turn, and screened at once when the answer has to wait."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

from lamoon import request_id
from lamoon.chat.gathering import Gathering, Waiting
from lamoon.chat.hub import Hub
from lamoon.chat.limits import FloodError, Pace, RateLimit
from lamoon.chat.metrics import Metrics
from lamoon.chat.model import Receipt
from lamoon.chat.records import GoneError
from lamoon.chat.request_ids import RequestIds
from lamoon.chat.store import ChatStore
from lamoon.chat.turns import Turns
from lamoon.rasa_client import RasaClient, RasaError
from lamoon.retry import backoff, retry_until_stored

log = logging.getLogger("lamoon.chat.intake")

EMERGENCY = "emergency"
HARMLESS = ("none", "inform")
"""Outcomes of screening that need no warning."""
MOST_REMEMBERED = 10_000
"""Messages whose screening is remembered until they are read; others are not joined to what is before them."""
MOST_IN_LINE = 32
"""Flood messages that may queue for screening: a second or two of Rasa's time."""


class Triage:
    """Screens waiting messages: by the rules at once, each by itself and with those that wait before it, and then with the
    classifier, one after the other. `hurry` is called with a conversation that has an urgent one.
    """

    def __init__(
        self,
        store: ChatStore,
        rasa: RasaClient,
        requests: RequestIds,
        gathering: Gathering,
        hurry: Callable[[str], None],
    ) -> None:
        self._store = store
        self._gathering = gathering
        self._requests = requests
        self._rasa = rasa
        self._hurry = hurry
        self._flood_gate = asyncio.Semaphore(1)
        self._in_line = 0
        self._due: set[str] = set()
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._looks: defaultdict[str, set[asyncio.Task[None]]] = defaultdict(set)
        self._harmless: dict[int, bool] = {}  # the latest messages: whether they need no warning

    async def take_up(self) -> None:
        """Resumes what an earlier process left."""
        for conversation_id in await asyncio.to_thread(self._store.waiting):
            self.wake(conversation_id)

    def wake(self, conversation_id: str, message_id: int | None = None) -> None:
        """Announces a message in this conversation that has to wait for its answer."""
        if message_id is not None:
            look = asyncio.create_task(self._look(conversation_id, message_id))
            self._looks[conversation_id].add(look)
            look.add_done_callback(lambda done: self._looked(conversation_id, done))
        self._due.add(conversation_id)
        if conversation_id not in self._tasks:
            self._tasks[conversation_id] = asyncio.create_task(self._work(conversation_id))

    async def looked_at(self, conversation_id: str) -> Mapping[int, bool]:
        """Waits until the rules have read all messages of a conversation. Returns whether they need no warning, for the
        latest of all conversations.
        """
        if looks := self._looks.get(conversation_id):
            await asyncio.wait(looks)
        return self._harmless

    async def is_urgent(self, words: str) -> bool:
        """Whether a message beyond the limit reports an emergency. False when too many already wait for screening."""
        if self._in_line >= MOST_IN_LINE:
            return False
        self._in_line += 1
        try:
            async with self._flood_gate:
                return await self._rasa.screen(words) == EMERGENCY
        except RasaError:
            return False
        finally:
            self._in_line -= 1

    async def stop(self) -> None:
        """Stops. Unscreened messages wait in the store."""
        tasks = [*self._tasks.values(), *(look for looks in self._looks.values() for look in looks)]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _look(self, conversation_id: str, message_id: int) -> None:
        """Reads a message by the rules. Where Rasa fails, the screening that follows tries again."""
        waiting = await retry_until_stored(self._gathering.waiting, conversation_id, message_id)
        if not waiting:
            return
        with request_id.working_on(self._requests.of(message_id)), contextlib.suppress(RasaError, GoneError):
            alone, together = await self._outcomes(waiting)
            self._remember(message_id, harmless=alone in HARMLESS)
            if alone == EMERGENCY:
                await retry_until_stored(self._store.screened, message_id, urgent=True)
            elif together == EMERGENCY:
                ids = [one.id for one in waiting]
                await retry_until_stored(self._gathering.hurry, conversation_id, ids)
            if EMERGENCY in (alone, together):
                self._hurry(conversation_id)

    async def _outcomes(self, waiting: Sequence[Waiting]) -> tuple[str, str]:
        """What the rules say of the last of some messages alone, and of all together where none is an emergency alone."""
        *before, words = [one.words for one in waiting]
        if not before:
            return (await self._rasa.triage([words]))[0], "none"
        alone, together = await self._rasa.triage([words, " ".join((*before, words))])
        if together == EMERGENCY and EMERGENCY in await self._rasa.triage(before):
            together = "none"
        return alone, together

    def _looked(self, conversation_id: str, look: asyncio.Task[None]) -> None:
        self._looks[conversation_id].discard(look)
        if not self._looks[conversation_id]:
            del self._looks[conversation_id]

    def _remember(self, message_id: int, *, harmless: bool) -> None:
        self._harmless[message_id] = harmless
        if len(self._harmless) > MOST_REMEMBERED:
            del self._harmless[next(iter(self._harmless))]

    async def _work(self, conversation_id: str) -> None:
        try:
            while conversation_id in self._due:
                self._due.discard(conversation_id)
                attempts = 0
                while found := await retry_until_stored(self._store.unscreened, conversation_id):
                    attempts = 0 if await self._screen(conversation_id, *found) else attempts + 1
                    if attempts:
                        await asyncio.sleep(backoff(attempts))
        finally:
            self._due.discard(conversation_id)
            del self._tasks[conversation_id]

    async def _screen(self, conversation_id: str, message_id: int, words: str) -> bool:
        """Screens one message; False when Rasa did not."""
        try:
            with request_id.working_on(self._requests.of(message_id)):
                urgent = await self._rasa.screen(words) == EMERGENCY
        except RasaError as error:
            log.warning("Message %d is not looked through yet: %s", message_id, error.reason)
            return False
        await retry_until_stored(self._store.screened, message_id, urgent=urgent)
        if urgent:
            self._hurry(conversation_id)
        return True


class Intake:
    """Stores messages and schedules their answers.

    `pace` decides when each has its turn. `emergencies` limits those accepted beyond the limit.
    """

    def __init__(
        self,
        store: ChatStore,
        turns: Turns,
        triage: Triage,
        hub: Hub,
        metrics: Metrics,
        requests: RequestIds,
        *,
        pace: Pace,
        emergencies: RateLimit,
    ) -> None:
        self._store = store
        self._turns = turns
        self._triage = triage
        self._hub = hub
        self._metrics = metrics
        self._requests = requests
        self._pace = pace
        self._emergencies = emergencies

    async def receive(
        self,
        conversation_id: str,
        client_id: str,
        text: str,
        words: str,
        choice: tuple[int, int] | None = None,
        *,
        address: str = "",
        note: str = "",
    ) -> Receipt:
        """Stores a message, schedules its answer and returns a receipt.

        Args:
            conversation_id: the conversation it belongs to.
            client_id: the client's id of the message; repeating it changes nothing.
            text: the message as shown.
            words: the message for Rasa.
            choice: message id and index, when it picks a choice of a message.
            address: the sender's address on the website; empty on messaging platforms.
            note: ours on the message, shown below it.

        Raises:
            FloodError: when the queue is full and the message reports no emergency.
            ChoiceError: when the choice is no longer available.
            GoneError, StoreError: when it cannot be stored.
        """
        wait, urgent = 0.0, False
        try:
            wait = await asyncio.to_thread(self._pace.reserve, conversation_id, address, len(words))
        except FloodError:
            urgent = await self._triage.is_urgent(words) and not await asyncio.to_thread(
                self._emergencies.take, conversation_id
            )
            if not urgent:
                self._metrics.refused.labels("flood").inc()
                raise
        receipt = await asyncio.to_thread(
            self._store.receive,
            conversation_id,
            client_id,
            text,
            words,
            choice,
            wait=wait,
            urgent=urgent,
            note=note,
        )
        if receipt.new:
            self._begin(conversation_id, receipt, waits=wait > 0 or receipt.turn is None, urgent=urgent)
        return receipt

    def _begin(self, conversation_id: str, receipt: Receipt, *, waits: bool, urgent: bool) -> None:
        """Schedules the answer, and screening when the answer has to wait."""
        with request_id.working_on(self._requests.keep(receipt.id)):
            log.info("Message %d was received", receipt.id)
        self._turns.wake(conversation_id, receipt.turn)
        if urgent:
            self._turns.hurry(conversation_id)
        elif waits:
            self._triage.wake(conversation_id, receipt.id)
        self._metrics.messages.inc()
        self._hub.wake(conversation_id)
