"""Runs the channels: takes webhooks, passes messages on, and delivers answers."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from lamoon.channels.adapter import Adapter, DeliveryFailure, Event, IncomingEvent
from lamoon.channels.deliveries import Deliveries
from lamoon.channels.incoming import IncomingHandler, Written, event_name
from lamoon.channels.setup import Channels, build_channels
from lamoon.channels.store import ChannelStore
from lamoon.chat.choices import ChoiceError
from lamoon.chat.hub import Hub
from lamoon.chat.intake import Intake
from lamoon.chat.limits import FloodError
from lamoon.chat.model import Message
from lamoon.chat.records import GoneError
from lamoon.chat.replies import Replies
from lamoon.chat.retention import Eraser
from lamoon.chat.services import Services
from lamoon.chat.store import ChatStore
from lamoon.chat.turns import Turns
from lamoon.phrasebook import say
from lamoon.storage.time import now

log = logging.getLogger("lamoon.channels")

NEVER = datetime.min.replace(tzinfo=UTC)


def build_channel_service(services: Services) -> ChannelService:
    """Builds the configured channels on top of the chat."""
    configured = build_channels(services.settings.channels)
    people = ChannelStore(services.bookings.database, configured.windows)
    listening = IncomingHandler(
        services.store,
        services.bookings,
        people,
        services.replies,
        services.studio,
        services.limits.conversation,
    )
    deliveries = Deliveries(people, configured.adapters, services.leases)
    return ChannelService(
        configured,
        listening,
        deliveries,
        people,
        services.store,
        services.replies,
        services.intake,
        services.turns,
        services.eraser,
        services.hub,
    )


class ChannelService:
    """All configured channels of one gateway."""

    def __init__(
        self,
        channels: Channels,
        listening: IncomingHandler,
        deliveries: Deliveries,
        people: ChannelStore,
        chat: ChatStore,
        replies: Replies,
        intake: Intake,
        turns: Turns,
        eraser: Eraser,
        hub: Hub,
    ) -> None:
        self.people = people
        self._channels = channels
        self._listening = listening
        self._deliveries = deliveries
        self._chat = chat
        self._replies = replies
        self._intake = intake
        self._turns = turns
        self._eraser = eraser
        self._hub = hub
        self._farewells: set[asyncio.Task[None]] = set()
        if channels.adapters:
            hub.watch(deliveries.wake)

    def host(self, platform: str) -> Adapter | None:
        """The adapter that takes a platform's webhooks; None where it is off."""
        return self._channels.hosts.get(platform)

    def states(self) -> Mapping[str, str]:
        """Each configured channel with `ok` or its problem."""
        works = {name: lane.trouble or "ok" for name, lane in self._deliveries.lanes.items()}
        return works | dict(self._channels.problems)

    async def run(self) -> None:
        """Delivers until cancelled."""
        for name, problem in self._channels.problems.items():
            log.warning("The channel %s is off: %s", name, problem)
        if self._channels.adapters:
            await asyncio.gather(self._deliveries.run(), self._deliveries.look_after_others())

    async def stop(self) -> None:
        """Stops; undelivered messages wait in the store."""
        await self._deliveries.stop()

    async def receive(self, events: Sequence[tuple[str, Event]]) -> None:
        """Handles events: each person's in order of time, many people at once.

        Raises StoreError when something could not be stored; the platform then redelivers.
        """
        theirs: defaultdict[tuple[str, str], list[IncomingEvent]] = defaultdict(list)
        for channel, event in events:
            if isinstance(event, DeliveryFailure):
                await self._lost(channel, event)
            elif channel in self._channels.adapters:
                theirs[channel, event.address].append(event)
        await asyncio.gather(*(self._handle_all(channel, some) for (channel, _), some in theirs.items()))

    async def _handle_all(self, channel: str, some: list[IncomingEvent]) -> None:
        """Handles one person's events, in order of time where the platform gives it."""
        if all(event.at for event in some):
            some.sort(key=lambda event: event.at or NEVER)
        for event in some:
            await self._handle(channel, event)

    async def _handle(self, channel: str, event: IncomingEvent) -> None:
        async with self._listening.locked(channel, event.address):
            kept = await asyncio.to_thread(self._listening.keep, channel, event)
            if kept.deletes != "nothing" and kept.conversation_id:
                await self._delete(kept.conversation_id, bookings=kept.deletes == "both")
                await asyncio.to_thread(self._listening.note, event_name(channel, event), None)
            if kept.written and kept.conversation_id:
                await self._take_in(kept.conversation_id, kept.written)
                if event.earlier:  # a correction is kept under a name of its own
                    await asyncio.to_thread(self._listening.note, event_name(channel, event), None)
        if kept.withdraws:
            self._eraser.wake()
        if kept.farewell:
            self._last_words(channel, event.address, kept.farewell)
        if kept.conversation_id:
            self._hub.wake(kept.conversation_id)

    async def _take_in(self, conversation_id: str, written: Written) -> None:
        """Passes a message to the intake, or says why it was refused; either way the event is done."""
        name, text = written.name, written.text
        words, note = written.words, written.note
        try:
            await self._intake.receive(conversation_id, name, text, words, written.choice, note=note)
        except ChoiceError:
            await asyncio.to_thread(self._listening.tell, conversation_id, say("choice_used"), name)
        except FloodError as flood:
            await asyncio.to_thread(self._listening.tell_to_wait, conversation_id, "flood", flood.seconds)
        await asyncio.to_thread(self._listening.note, name, conversation_id, writes=True)

    async def _lost(self, channel: str, report: DeliveryFailure) -> None:
        """Records a delivery failure for the team, as if the platform had never accepted the message."""
        error = report.error
        conversation_id = await asyncio.to_thread(self.people.lost, channel, report.message_id, str(error))
        if conversation_id is None:
            return
        log.warning("Message %d by %s did not arrive after all: %s", report.message_id, channel, error)
        if error.blocked:
            await asyncio.to_thread(self.people.stop, conversation_id, None)
        self._hub.wake(conversation_id)

    async def _delete(self, conversation_id: str, *, bookings: bool) -> None:
        """Deletes the conversation, and its `bookings` too, as the chat on the website does."""
        await self._turns.stop(conversation_id)
        await self._deliveries.stop(conversation_id)
        with contextlib.suppress(GoneError):
            await asyncio.to_thread(self._chat.delete, conversation_id, bookings=bookings)
        self._eraser.wake()

    def _last_words(self, channel: str, address: str, words: str) -> None:
        """Sends last words to a person whose data was deleted."""
        draft = self._replies.own(words, "notice")
        message = Message(0, "system", "notice", now(), words, draft.body)
        task = asyncio.create_task(self._deliveries.send_last(channel, address, message))
        self._farewells.add(task)
        task.add_done_callback(self._farewells.discard)
