"""The one way in for what visitors write, from the page and from messaging platforms alike.

Whoever writes over the limit of pace is not refused: the message is kept and has its turn later, in order. One that has
to wait is looked through at once, and where it tells of an emergency it goes first.
"""

from __future__ import annotations

import asyncio

from lamoon.gateway.hub import Hub
from lamoon.gateway.limits import FloodError, Pace, RateLimit
from lamoon.gateway.metrics import Metrics
from lamoon.gateway.model import Receipt
from lamoon.gateway.store import ChatStore
from lamoon.gateway.triage import Triage
from lamoon.gateway.turns import Turns


class Intake:
    """Keeps messages and has them answered.

    `pace` says when each has its turn. `emergencies` limits those that are taken in where there is no room for others.
    """

    def __init__(
        self,
        store: ChatStore,
        turns: Turns,
        triage: Triage,
        hub: Hub,
        metrics: Metrics,
        *,
        pace: Pace,
        emergencies: RateLimit,
    ) -> None:
        self._store = store
        self._turns = turns
        self._triage = triage
        self._hub = hub
        self._metrics = metrics
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
    ) -> Receipt:
        """Keeps a message, has it answered, and says what became of it.

        Args:
            conversation_id: where it was written.
            client_id: the sender's own name for it; the same again changes nothing.
            text: the message as shown.
            words: the message for Rasa.
            choice: message id and index, where it is a choice of a message.
            address: who sends it on the website; empty at messaging platforms.

        Raises:
            FloodError: when more wait than are kept waiting, and it tells of no emergency.
            ChoiceError: when the choice is not to be had any more.
            GoneError, StoreError: when it cannot be kept.
        """
        wait, urgent = 0.0, False
        try:
            wait = self._pace.reserve(conversation_id, address, len(words))
        except FloodError:
            urgent = await self._triage.is_urgent(words) and not self._emergencies.take(conversation_id)
            if not urgent:
                self._metrics.refused.labels("flood").inc()
                raise
        receipt = await asyncio.to_thread(
            self._store.receive, conversation_id, client_id, text, words, choice, wait=wait, urgent=urgent
        )
        if receipt.new:
            self._begin(conversation_id, receipt, waits=wait > 0 or receipt.turn is None, urgent=urgent)
        return receipt

    def _begin(self, conversation_id: str, receipt: Receipt, *, waits: bool, urgent: bool) -> None:
        """Has it answered, and looked through where that takes time."""
        self._turns.wake(conversation_id, receipt.turn)
        if urgent:
            self._turns.hurry(conversation_id)
        elif waits:
            self._triage.wake(conversation_id)
        self._metrics.messages.inc()
        self._hub.wake(conversation_id)
