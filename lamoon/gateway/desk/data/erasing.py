"""Deletes everything of a person: at once what is ours, and by the queue of erasures what others keep."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from sqlalchemy import delete, insert

from lamoon.gateway.desk.data.people import Part
from lamoon.gateway.parts import Gateway
from lamoon.gateway.rasa import RasaError
from lamoon.gateway.records import GoneError
from lamoon.gateway.tables import erasures


async def erase(gateway: Gateway, parts: Sequence[Part]) -> bool:
    """Deletes the parts for good; False when Rasa could not forget them yet, which then stays queued.

    Raises StoreError when the database fails: what was queued is deleted later all the same.
    """
    for part in parts:
        await gateway.turns.stop(part.id)
        await asyncio.to_thread(_delete, gateway, part)
        gateway.hub.wake(part.id)
    try:
        await gateway.eraser.erase_all()
    except RasaError:
        return False
    finally:
        gateway.eraser.wake()
    await asyncio.to_thread(gateway.bookings.database.scrub)
    return True


def _delete(gateway: Gateway, part: Part) -> None:
    """Queued first, so that a crash in between loses no erasure."""
    with gateway.bookings.database.writing("queue an erasure") as connection:
        for sender in part.senders:
            connection.execute(delete(erasures).where(erasures.c.sender == sender))
            connection.execute(insert(erasures).values(sender=sender, bookings=True))
    for sender in part.senders:
        gateway.bookings.forget(sender)  # at once, whatever Rasa does
    if part.conversation:
        try:
            gateway.store.delete(part.id, bookings=True)
        except GoneError:
            return
