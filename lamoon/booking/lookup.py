"""Find a request by its reference and the contact that was given with it, from any conversation or channel.

A wrong contact and an unknown reference give the same result after the same work. Attempts are limited per conversation
and per reference, in the database, so neither a new conversation nor a restart allows more.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import delete, func, insert, select
from sqlalchemy.engine import Connection

from lamoon.booking.contact import Contact
from lamoon.errors import LamoonError
from lamoon.storage.database import Database
from lamoon.storage.tables import requests, tries
from lamoon.storage.time import now, to_naive_utc

MOST_BY_CONVERSATION: Final = 5
MOST_FOR_REFERENCE: Final = 10
WINDOW: Final = timedelta(hours=1)
MEMORY: Final = timedelta(days=1)


class TriesError(LamoonError):
    """Too many attempts failed: lookups are refused for an hour, even with the right contact."""


class Lookup:
    """Requests of one database. `clock` returns the time in UTC."""

    def __init__(self, database: Database, clock: Callable[[], datetime] = now) -> None:
        self._database = database
        self._clock = clock

    def matches(self, conversation_id: str, reference: str, contact: Contact) -> bool:
        """Return whether there is a request with this reference and contact; a failure is counted.

        Args:
            conversation_id: as Rasa names it.
            reference: in its stored form.
            contact: with the e-mail address or the phone number of the request.

        Raises:
            TriesError: when too many attempts failed within the last hour.
            StoreError: when the database fails.
        """
        with self._database.writing("look a request up") as connection:
            who = sha256(conversation_id.encode()).hexdigest()
            self._refuse_many(connection, who, reference)
            row = connection.execute(select(requests).where(requests.c.reference == reference)).first()
            right = _is_theirs(row, contact)
            if not right:
                entry = {"at": to_naive_utc(self._clock()), "who": who, "reference": reference}
                connection.execute(insert(tries).values(entry))
        return right

    def _refuse_many(self, connection: Connection, who: str, reference: str) -> None:
        moment = self._clock()
        connection.execute(delete(tries).where(tries.c.at < to_naive_utc(moment - MEMORY)))
        recent = tries.c.at >= to_naive_utc(moment - WINDOW)
        for same, most in (
            (tries.c.who == who, MOST_BY_CONVERSATION),
            (tries.c.reference == reference, MOST_FOR_REFERENCE),
        ):
            if connection.execute(select(func.count()).select_from(tries).where(same, recent)).scalar_one() >= most:
                raise TriesError("too many tries to find a request: wait an hour")


def _is_theirs(row: Any, contact: Contact) -> bool:
    """Compare with an empty contact where there is no request, so that both take the same time."""
    email, phone = (row.email, row.phone) if row else ("", "")
    same_email = hmac.compare_digest(contact.email.casefold().encode(), email.casefold().encode())
    same_phone = hmac.compare_digest(contact.phone.encode(), phone.encode())
    return row is not None and ((bool(email) & same_email) | (bool(phone) & same_phone))
