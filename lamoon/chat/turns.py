"""Answers messages: one at a time and in order in each conversation, many conversations at once.

A message that Rasa cannot answer because it is down, hangs, or cannot use its store stays pending: the visitor is
notified once that it is kept, and it is retried until answered. Only a message that a working Rasa fails at several
times is closed with an apology.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
import uuid
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from lamoon import request_id, tracing
from lamoon.chat.gathering import Gathering
from lamoon.chat.hub import Hub
from lamoon.chat.metrics import Metrics
from lamoon.chat.model import Author, Draft, Turn, TurnExplanation, turns_lease
from lamoon.chat.records import GoneError
from lamoon.chat.replies import Replies
from lamoon.chat.request_ids import RequestIds
from lamoon.chat.store import ChatStore
from lamoon.contract import EMERGENCIES
from lamoon.rasa_client import RasaClient, RasaError
from lamoon.retry import backoff, retry_until_stored
from lamoon.storage.broadcast import Broadcast
from lamoon.storage.leases import Leases

log = logging.getLogger("lamoon.chat.turns")

MOST_FAILURES = 3
"""Attempts at a message at which a working Rasa fails; more would only hold up the messages behind it."""
BRIEF_SECONDS = 2.0
"""A store that fails faster than this is retried silently: a dropped connection is reopened at once."""
UNNOTICED_SECONDS = 2.0
"""Waits shorter than this need no notice."""
LOOK_SECONDS = 1.0
"""How long a turn waits until the messages behind it, which may be pieces of it, were looked at."""
URGENT = "urgent"
"""Topic of the broadcast of urgent messages."""


class Turns:
    """Processes every message that waits for its answer.

    `delayed` is shown while a message has to wait, `apology` when Rasa has no answer, and `too_fast` (how many
    messages, the seconds until the last one's turn) after exceeding the rate limit. `looked_at` waits until all messages
    of a conversation were read by the rules of screening, and returns whether they need no warning.
    """

    def __init__(
        self,
        store: ChatStore,
        rasa: RasaClient,
        replies: Replies,
        hub: Hub,
        metrics: Metrics,
        leases: Leases,
        broadcast: Broadcast,
        requests: RequestIds,
        gathering: Gathering,
        *,
        looked_at: Callable[[str], Awaitable[Mapping[int, bool]]],
        delayed: Callable[[], Draft],
        apology: Callable[[], Draft],
        too_fast: Callable[[int, float], Draft],
        erase: Callable[[], None],
    ) -> None:
        self._store = store
        self._rasa = rasa
        self._replies = replies
        self._hub = hub
        self._metrics = metrics
        self._leases = leases
        self._broadcast = broadcast
        self._requests = requests
        self._gathering = gathering
        self._looked_at = looked_at
        self._delayed = delayed
        self._apology = apology
        self._too_fast = too_fast
        self._erase = erase
        self._due: set[str] = set()
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._hurried: dict[str, asyncio.Event] = {}
        self._typing: set[str] = set()
        self._again: set[int] = set()
        self._failures: Counter[int] = Counter()  # by message: failures of a working Rasa
        self._said_early: defaultdict[int, set[str]] = defaultdict(set)  # by message: emergency texts of failed turns

    async def take_up(self) -> None:
        """Resumes what an earlier process left: Rasa may already have received the first messages of each conversation."""
        self._again.update(await asyncio.to_thread(self._store.begun))
        for conversation_id in await asyncio.to_thread(self._store.waiting):
            self.wake(conversation_id)

    async def look_after_others(self) -> None:
        """Takes over what other gateways left unanswered, until cancelled."""
        await self._leases.take_over(self._store.waiting, self.wake)

    def wake(self, conversation_id: str, turn: Turn | None = None) -> None:
        """Announces a message to answer in this conversation; `turn` when it is known to be the next one."""
        self._due.add(conversation_id)
        if conversation_id not in self._tasks:
            self._hurried[conversation_id] = asyncio.Event()
            self._tasks[conversation_id] = asyncio.create_task(self._work(conversation_id, turn))

    def hurry(self, conversation_id: str) -> None:
        """Announces an urgent message in this conversation, which waits for no other, here or at another gateway."""
        self.wake(conversation_id)
        self._hurried[conversation_id].set()
        self._rasa.hasten(conversation_id)
        self._broadcast.send(URGENT, conversation_id)

    def receive_urgent(self, conversation_id: str) -> None:
        """Another gateway received an urgent message in a conversation that may be answered here."""
        if conversation_id in self._hurried:
            self._hurried[conversation_id].set()
            self._rasa.hasten(conversation_id)

    def is_answering(self, conversation_id: str) -> bool:
        """Whether a message of this conversation is being answered."""
        return conversation_id in self._typing

    async def stop(self, conversation_id: str | None = None) -> None:
        """Stops work on one conversation, or on all. Unanswered messages wait in the store."""
        tasks = [self._tasks.get(conversation_id)] if conversation_id else list(self._tasks.values())
        for task in tasks:
            if task:
                task.cancel()
        await asyncio.gather(*filter(None, tasks), return_exceptions=True)

    async def _work(self, conversation_id: str, turn: Turn | None) -> None:
        try:
            while conversation_id in self._due:
                self._due.discard(conversation_id)
                async with self._leases.hold(turns_lease(conversation_id)) as lease:
                    if lease is None:
                        return  # another gateway answers here
                    if turn is None or self._leases.is_shared:  # another gateway may have answered it
                        turn = await self._next(conversation_id)
                    if turn and lease.inherited:
                        self._again.add(turn.message_id)
                    await self._answer_all(turn)
                turn = None
                if self._leases.is_shared and await self._next(conversation_id):
                    self._due.add(conversation_id)  # received by another gateway before the lease was free
        finally:
            self._due.discard(conversation_id)
            del self._tasks[conversation_id], self._hurried[conversation_id]
            self._type(conversation_id, on=False)

    async def _answer_all(self, turn: Turn | None) -> None:
        attempts, waited = 0, 0
        while turn:
            # A wait is served once, even if the clock is set meanwhile.
            rest = turn.wait if turn.message_id != waited else 0.0
            if rest:
                await self._slow_down(turn)
            else:
                self._type(turn.conversation_id, on=not turn.for_team)
                attempts = 0 if await self._answer(turn, first=not attempts) else attempts + 1
                rest = backoff(attempts) if attempts else 0.0
            if rest:
                self._type(turn.conversation_id, on=False)
                hurried = self._hurried[turn.conversation_id]
                waited = 0 if await _was_set(hurried, rest) else turn.message_id
            turn = await self._next(turn.conversation_id)

    async def _next(self, conversation_id: str) -> Turn | None:
        """The messages to answer next. One hurried after this was read is noticed while resting."""
        self._hurried[conversation_id].clear()
        turn = await retry_until_stored(self._store.next_turn, conversation_id)
        if turn is None or not turn.more or turn.for_team or self._gathering.most == 1:
            return turn
        return await self._gather(conversation_id)

    async def _gather(self, conversation_id: str) -> Turn | None:
        """The next turn with all its pieces, once those were looked at."""
        harmless: Mapping[int, bool] = {}
        with contextlib.suppress(TimeoutError):
            harmless = await asyncio.wait_for(self._looked_at(conversation_id), LOOK_SECONDS)
        turn = await retry_until_stored(self._store.next_turn, conversation_id)  # one may have become urgent
        return turn and await retry_until_stored(self._gathering.gather, turn, harmless)

    def _type(self, conversation_id: str, *, on: bool) -> None:
        """Shows the visitor when the assistant begins to answer, and when it ends."""
        if on == self.is_answering(conversation_id):
            return
        (self._typing.add if on else self._typing.discard)(conversation_id)
        self._hub.wake(conversation_id, ("typing", {"on": on}))

    async def _slow_down(self, turn: Turn) -> None:
        """After messages beyond the rate limit, says once a minute how many were kept and how long they will take."""
        count, seconds = await retry_until_stored(self._store.backlog, turn.conversation_id)
        if turn.for_team or seconds <= UNNOTICED_SECONDS:
            return
        minute = f"conversation {turn.conversation_id}: too fast in minute {int(time.time() // 60)}"
        await self._say(turn.conversation_id, "system", self._too_fast(count, seconds), minute)

    async def _answer(self, turn: Turn, *, first: bool) -> bool:
        """Answers a message, under its request's id; False when it has to wait. `first`: nothing has failed yet."""
        with request_id.working_on(self._requests.of(turn.message_id)), tracing.span("turn", root=True):
            return await self._answer_named(turn, first=first)

    async def _answer_named(self, turn: Turn, *, first: bool) -> bool:
        began = time.perf_counter()
        try:
            drafts, details = await self._drafts(turn)
        except RasaError as error:
            self._again.add(turn.message_id)
            if not await self._is_beyond_help(turn, error):
                is_brief = first and error.reason == "store" and time.perf_counter() - began < BRIEF_SECONDS
                await self._delay(turn, error, silently=turn.for_team or error.is_quick or is_brief)
                return False
            log.warning("Message %d gets an apology: %s", turn.message_id, error.reason)
            self._metrics.apologies.labels(error.reason).inc()
            drafts, details = [self._apology()], {}
        seconds = time.perf_counter() - began
        is_only_heard = turn.for_team and not details
        facts = None if is_only_heard else TurnExplanation(seconds, details)
        if await retry_until_stored(self._store.answer, turn, drafts, facts) and not is_only_heard:
            self._metrics.answered(drafts, seconds, details)
            if any(draft.forgets for draft in drafts):
                self._erase()
        log.info("Message %d was answered in %.3f s", turn.message_id, seconds)
        for message_id in (turn.message_id, *turn.pieces):
            self._requests.forget(message_id)
        self._again.discard(turn.message_id)
        self._failures.pop(turn.message_id, None)
        self._said_early.pop(turn.message_id, None)
        self._hub.wake(turn.conversation_id)
        return True

    async def _drafts(self, turn: Turn) -> tuple[list[Draft], dict[str, Any]]:
        """What to say, never nothing unless a person answers, and Rasa's explanation. Raises RasaError."""
        again = turn.message_id in self._again
        replies = await self._rasa.ask(
            turn.sender, turn.words, turn.message_id, again=again, only_safety=turn.for_team, urgent=turn.urgent
        )
        if not replies:
            return [], {}
        details = (replies[-1].get("metadata") or {}).get("turn") or {}
        drafts = self._replies.drafts(replies) or [self._apology()]
        return [draft for draft in drafts if draft.text not in self._said_early.get(turn.message_id, ())], details

    async def _is_beyond_help(self, turn: Turn, error: RasaError) -> bool:
        """Whether a working Rasa has failed at this message often enough."""
        if error.is_passing or (error.reason == "slow" and not await self._rasa.answers()):
            return False
        self._failures[turn.message_id] += 1
        return self._failures[turn.message_id] >= MOST_FAILURES

    async def _delay(self, turn: Turn, error: RasaError, *, silently: bool) -> None:
        """Notifies the visitor, once per message, that it is kept; an emergency text does not wait for the store."""
        log.warning("Message %d waits: %s", turn.message_id, error.reason)
        for draft in self._replies.drafts(error.replies):
            if draft.kind in EMERGENCIES and draft.text not in self._said_early[turn.message_id]:
                name = f"message {turn.message_id}: emergency {len(self._said_early[turn.message_id])}"
                await self._say(turn.conversation_id, "bot", draft, name)
                self._metrics.shown([draft])
                self._said_early[turn.message_id].add(draft.text)
        if not silently:
            await self._say(turn.conversation_id, "bot", self._delayed(), f"message {turn.message_id}: delayed")
            self._metrics.delayed.labels(error.reason).inc()

    async def _say(self, conversation_id: str, author: Author, draft: Draft, name: str) -> None:
        """Sends a message ahead of the answer; repeating `name` sends nothing."""
        unique = str(uuid.uuid5(uuid.NAMESPACE_OID, name))
        with contextlib.suppress(GoneError):
            await retry_until_stored(self._store.say, conversation_id, author, draft, unique)
        self._hub.wake(conversation_id)


async def _was_set(event: asyncio.Event, seconds: float) -> bool:
    """Whether an event is set within so many seconds."""
    try:
        await asyncio.wait_for(event.wait(), seconds)
    except TimeoutError:
        return False
    return True
