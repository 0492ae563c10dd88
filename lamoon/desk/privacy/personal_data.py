"""All data stored about one person: found by reference or contact, exported, and deleted."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from phonenumbers import national_significant_number, parse
from sqlalchemy import Table, and_, delete, func, insert, or_, select
from sqlalchemy.engine import Connection, Row
from sqlalchemy.sql.elements import ColumnElement

from lamoon.booking import Contact, Invalid, parse_contact
from lamoon.booking.request import LENGTH, PREFIX, SIGNS, read_reference
from lamoon.chat.records import GoneError
from lamoon.chat.services import Services
from lamoon.contract import SAMPLE, ConversationName
from lamoon.rasa_client import RasaError
from lamoon.storage.encryption import is_marked
from lamoon.storage.tables import conversations, erasures, messages, metadata, requests

REFERENCE = re.compile(rf"{PREFIX}[{SIGNS}]{{{LENGTH}}}")
ROUNDS = 5
BETWEEN_DIGITS = " -().+/"
ASKED_FOR, REQUEST, ADDRESS, WRITTEN = "the reference", "a request", "their address", "written in a message"


@dataclass
class PersonRecords:
    """A conversation with its requests, which can be included in an export or deletion, or left out.

    `id` is the conversation's; for one opened by another program, its name in Rasa and the booking store.
    """

    id: str
    conversation: Row | None = None
    requests: list[Row] = field(default_factory=list)
    why: set[str] = field(default_factory=set)

    @property
    def senders(self) -> Sequence[str]:
        """Its names in Rasa and in the booking store."""
        known = {row.conversation_id for row in self.requests}
        if self.conversation:
            known |= {*ConversationName(self.conversation.channel, self.id, self.conversation.run).runs}
        return sorted(known)

    @property
    def latest(self) -> datetime:
        """Time of the last activity, UTC without a zone."""
        moments: list[datetime] = [row.created_at for row in self.requests]
        return max([*moments, self.conversation.active_at] if self.conversation else moments)


def asked_for(text: str, region: str) -> str | Contact | Invalid:
    """A reference ("LM-7K3F9") or a contact in the search text, or why it is neither."""
    reference = read_reference(text)
    return reference if REFERENCE.fullmatch(reference) else parse_contact(text, region)


def find_parts(connection: Connection, wanted: str | Contact) -> Sequence[PersonRecords]:
    """All parts that belong to the person, latest conversation first."""
    search = _Search(connection)
    if isinstance(wanted, Contact):
        search.add_contact(wanted.email, wanted.phone)
    else:
        search.add_requests(requests.c.reference == wanted, ASKED_FOR)
    for _ in range(ROUNDS):
        if not search.widen():
            break
    parts = load_parts(connection, search.parts)  # with other requests of the same conversations
    for part in parts:
        part.why = search.parts[part.id].why
    return sorted(parts, key=lambda part: part.latest, reverse=True)


def load_parts(connection: Connection, ids: Iterable[str]) -> Sequence[PersonRecords]:
    """Those of the parts that still exist."""
    search = _Search(connection)
    wanted = list(dict.fromkeys(ids))
    search.add_conversations(conversations.c.id.in_(wanted), "")
    search.add_requests(or_(requests.c.conversation_id.in_(wanted), requests.c.chat_id.in_(wanted)), "")
    return [search.parts[part] for part in wanted if part in search.parts]


class _Search:
    """The matches so far."""

    def __init__(self, connection: Connection) -> None:
        self.parts: dict[str, PersonRecords] = {}
        self._connection = connection
        self._emails: set[str] = set()
        self._phones: set[str] = set()
        self._seen: set[str] = set()

    def add_contact(self, email: str, phone: str) -> None:
        self._emails |= {email.lower()} - {""}
        self._phones |= {phone} - {""}

    def widen(self) -> bool:
        """Searches for matches of new contacts; whether there were any."""
        emails, phones = self._emails - self._seen, self._phones - self._seen
        self._seen |= emails | phones
        if not (emails or phones):
            return False
        with_email = is_marked(self._connection, requests.c.email_mark, emails)
        self.add_requests(or_(with_email, is_marked(self._connection, requests.c.phone_mark, phones)), REQUEST)
        self.add_conversations(conversations.c.address.in_(_addresses(phones)), ADDRESS)
        written = select(messages.c.conversation_id).where(messages.c.author == "visitor", _mentions(emails, phones))
        self.add_conversations(conversations.c.id.in_(written.distinct()), WRITTEN)
        return True

    def add_requests(self, which: ColumnElement[bool], why: str) -> None:
        for row in self._connection.execute(
            select(requests).where(which, requests.c.channel != SAMPLE).order_by(requests.c.id)
        ):
            part = self._part(row.chat_id or row.conversation_id, why)
            if row.id not in {known.id for known in part.requests}:
                part.requests.append(row)
            self.add_contact(row.email, row.phone)
        alone = [part.id for part in self.parts.values() if part.conversation is None]
        self.add_conversations(conversations.c.id.in_(alone), "")

    def add_conversations(self, which: ColumnElement[bool], why: str) -> None:
        for row in self._connection.execute(select(conversations).where(which, conversations.c.channel != SAMPLE)):
            self._part(row.id, why).conversation = row

    def _part(self, part_id: str, why: str) -> PersonRecords:
        part = self.parts.setdefault(part_id, PersonRecords(part_id))
        part.why |= {why} - {""}
        return part


def _addresses(phones: Iterable[str]) -> list[str]:
    """A number as messaging platforms write it."""
    digits = ["".join(filter(str.isdigit, phone)) for phone in phones]
    return [*digits, *(f"+{number}" for number in digits)]


def _mentions(emails: Iterable[str], phones: Iterable[str]) -> ColumnElement[bool]:
    """Messages that mention one of them, however the number is grouped. The cheap test comes first."""
    text: Any = messages.c.text
    plain = text
    for sign in BETWEEN_DIGITS:
        plain = func.replace(plain, sign, "")
    numbers = [national_significant_number(parse(phone, None)) for phone in phones]
    with_email = (and_(text.contains("@"), func.lower(text).contains(email, autoescape=True)) for email in emails)
    with_phone = (and_(text.contains(number[-2:]), plain.contains(number)) for number in numbers)
    return or_(*with_email, *with_phone, False)


Rows = Sequence[dict[str, Any]]


def belongings(connection: Connection, parts: Iterable[PersonRecords]) -> dict[str, Rows]:
    """The rows of each table by its name, without empty tables."""
    parts = list(parts)
    found: dict[Table, Rows] = {
        conversations: [dict(part.conversation._mapping) for part in parts if part.conversation],
        requests: [dict(row._mapping) for part in parts for row in part.requests],
    }
    for table in metadata.sorted_tables:
        if table not in found:
            found[table] = _rows_under(connection, table, found)
    return {table.name: rows for table, rows in found.items() if rows}


def _rows_under(connection: Connection, table: Table, found: dict[Table, Rows]) -> Rows:
    """Rows of a table that refer to found rows."""
    refers = [
        key.parent.in_([row[key.column.name] for row in found[key.column.table]])
        for key in table.foreign_keys
        if found.get(key.column.table)
    ]
    if not refers:
        return []
    query = select(table).where(or_(*refers)).order_by(*table.primary_key)
    return [dict(row._mapping) for row in connection.execute(query)]


def as_json(value: object) -> str:
    """Values that JSON lacks, as text."""
    return f"{value.isoformat()}Z" if isinstance(value, datetime) else str(value)


async def erase(services: Services, parts: Sequence[PersonRecords]) -> bool:
    """Deletes the parts permanently; False when Rasa could not delete them yet: that stays queued.

    Raises StoreError when the database fails: what was queued is deleted later all the same.
    """
    for part in parts:
        await services.turns.stop(part.id)
        await asyncio.to_thread(_delete, services, part)
        services.hub.wake(part.id)
    try:
        await services.eraser.erase_all()
    except RasaError:
        return False
    finally:
        services.eraser.wake()
    await asyncio.to_thread(services.bookings.database.scrub)
    return True


def _delete(services: Services, part: PersonRecords) -> None:
    """Queues the erasure before deleting, so that a crash in between loses none."""
    with services.bookings.database.writing("queue an erasure") as connection:
        for sender in part.senders:
            connection.execute(delete(erasures).where(erasures.c.sender == sender))
            connection.execute(insert(erasures).values(sender=sender, bookings=True))
    for sender in part.senders:
        services.bookings.forget(sender)  # at once, whether or not Rasa answers
    if part.conversation:
        try:
            services.store.delete(part.id, bookings=True)
        except GoneError:
            return
