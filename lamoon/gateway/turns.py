"""Answers messages: one at a time in each conversation, in order, many conversations at once."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import Any

from lamoon.gateway.hub import Hub
from lamoon.gateway.metrics import Metrics
from lamoon.gateway.model import Draft, Turn, TurnFacts
from lamoon.gateway.patience import patiently
from lamoon.gateway.rasa import RasaClient, RasaError
from lamoon.gateway.replies import Replies
from lamoon.gateway.store import ChatStore

log = logging.getLogger("lamoon.gateway.turns")


class Turns:
    """Takes up every message that waits for its answer. `apology` is what the visitor reads when Rasa has none."""

    def __init__(
        self, store: ChatStore, rasa: RasaClient, replies: Replies, hub: Hub, metrics: Metrics, apology: Draft
    ) -> None:
        self._store = store
        self._rasa = rasa
        self._replies = replies
        self._hub = hub
        self._metrics = metrics
        self._apology = apology
        self._due: set[str] = set()
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._typing: set[str] = set()
        self._again: set[int] = set()

    async def take_up(self) -> None:
        """Takes up what an earlier process left: Rasa may have heard the first message of each conversation."""
        for conversation_id in await asyncio.to_thread(self._store.waiting):
            turn = await asyncio.to_thread(self._store.next_turn, conversation_id)
            if turn:
                self._again.add(turn.message_id)
                self.wake(conversation_id)

    def wake(self, conversation_id: str, turn: Turn | None = None) -> None:
        """There is a message to answer in this conversation; `turn` when it is known to be the next one."""
        self._due.add(conversation_id)
        if conversation_id not in self._tasks:
            self._tasks[conversation_id] = asyncio.create_task(self._work(conversation_id, turn))

    def is_answering(self, conversation_id: str) -> bool:
        """Whether the assistant is answering a message of this conversation."""
        return conversation_id in self._typing

    async def stop(self, conversation_id: str | None = None) -> None:
        """Ends the work on one conversation, or on all. What was not answered waits in the store."""
        tasks = [self._tasks.get(conversation_id)] if conversation_id else list(self._tasks.values())
        for task in tasks:
            if task:
                task.cancel()
        await asyncio.gather(*filter(None, tasks), return_exceptions=True)

    async def _work(self, conversation_id: str, turn: Turn | None) -> None:
        try:
            while conversation_id in self._due:
                self._due.discard(conversation_id)
                turn = turn or await patiently(self._store.next_turn, conversation_id)
                while turn:
                    self._type(conversation_id, on=not turn.for_team)
                    await self._answer(turn)
                    turn = await patiently(self._store.next_turn, conversation_id)
        finally:
            self._due.discard(conversation_id)
            del self._tasks[conversation_id]
            self._type(conversation_id, on=False)

    def _type(self, conversation_id: str, *, on: bool) -> None:
        """Tells the visitor when the assistant begins to answer, and when it ends."""
        if on == self.is_answering(conversation_id):
            return
        (self._typing.add if on else self._typing.discard)(conversation_id)
        self._hub.wake(conversation_id, ("typing", {"on": on}))

    async def _answer(self, turn: Turn) -> None:
        began = time.perf_counter()
        drafts, details = await self._drafts(turn)
        seconds = time.perf_counter() - began
        is_only_heard = turn.for_team and not details
        facts = None if is_only_heard else TurnFacts(seconds, details)
        if await patiently(self._store.answer, turn, drafts, facts) and not is_only_heard:
            self._metrics.answered(drafts, seconds)
        self._again.discard(turn.message_id)
        self._hub.wake(turn.conversation_id)

    async def _drafts(self, turn: Turn) -> tuple[list[Draft], dict[str, Any]]:
        """What to say, never nothing unless a person answers; and what Rasa tells about why."""
        again = turn.message_id in self._again
        try:
            replies = await self._rasa.ask(
                turn.sender, turn.words, turn.message_id, again=again, only_safety=turn.for_team
            )
        except RasaError as error:
            log.warning("Message %d gets an apology: %s", turn.message_id, error.reason)
            self._metrics.apologies.labels(error.reason).inc()
            return [self._apology], {}
        if not replies:
            return [], {}
        details = (replies[-1].get("metadata") or {}).get("turn") or {}
        return self._replies.drafts(replies) or [self._apology], details
