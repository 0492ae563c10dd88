"""One person of the studio's clients: all conversations and requests under the same contact, and the health that was mentioned.

Blocks: call it in a thread.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.engine import Connection

from lamoon.booking import Contact
from lamoon.booking.request import NO_NAME
from lamoon.contract import HealthView
from lamoon.desk.inbox.lists import Row, latest_health, rows_of
from lamoon.desk.privacy.personal_data import find_parts
from lamoon.storage.database import Database
from lamoon.storage.inbox_tables import summaries
from lamoon.storage.tables import requests


@dataclass(frozen=True)
class PersonPage:
    """What the desk has of a person.

    `references` are of their requests, latest first. `health` holds the record of each conversation that has one.
    """

    conversations: Sequence[Row]
    references: Sequence[str]
    health: Sequence[tuple[Row, HealthView]]
    name: str = field(default="", repr=False)
    emails: Sequence[str] = field(default=(), repr=False)
    phones: Sequence[str] = field(default=(), repr=False)


def contact_of(connection: Connection, conversation_id: str) -> Contact:
    """The latest contact that was left in a conversation; empty without one."""
    ways = (requests.c.email, requests.c.phone)
    left = select(*ways).where(requests.c.chat_id == conversation_id).order_by(requests.c.id.desc()).limit(1)
    typed = select(summaries.c.email, summaries.c.phone).where(summaries.c.conversation_id == conversation_id)
    for query in (typed, left):
        row = connection.execute(query).first()
        if row and (row.email or row.phone):
            return Contact(row.email, row.phone)
    return Contact("", "")


def read_person(database: Database, conversation_id: str) -> PersonPage:
    """The person of a conversation. Without a contact that is this conversation alone."""
    with database.reading("read a person") as connection:
        contact = contact_of(connection, conversation_id)
        parts = find_parts(connection, contact) if contact.email or contact.phone else ()
        ids = {part.id for part in parts} | {conversation_id}
        rows = rows_of(connection, ids)
        theirs = select(requests).where(requests.c.chat_id.in_(ids)).order_by(requests.c.id.desc())
        sent = connection.execute(theirs).all()
        known = [(row, latest_health(connection, row.id)) for row in rows]
    named = [row.name for row in rows if row.name] + [row.name for row in sent if row.name != NO_NAME]
    return PersonPage(
        rows,
        [row.reference for row in sent],
        [(row, health) for row, health in known if health.record],
        next(iter(named), ""),
        sorted({contact.email, *(row.email for row in sent)} - {""}),
        sorted({contact.phone, *(row.phone for row in sent)} - {""}),
    )
