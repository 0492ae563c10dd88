"""Colleagues named in notes with "@", and conversations assigned to a colleague. All methods block: call them in a thread."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from sqlalchemy import insert, select, update

from lamoon.storage.database import Database
from lamoon.storage.inbox_tables import mentions
from lamoon.storage.tables import staff
from lamoon.storage.time import now, to_naive_utc

_NAMED = re.compile(r"(?<!\w)@(\w[\w'-]*(?: [A-Z][\w'-]*)?)")


def named_in(text: str) -> Sequence[str]:
    """What stands behind each "@": one word, and with a second one that begins with a capital. Most are one name."""
    found = [match[1] for match in _NAMED.finditer(text)]
    return list(dict.fromkeys([*found, *(name.split()[0] for name in found)]))


class Mentions:
    """All of them in one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, conversation_id: str, by: str, names: Sequence[str]) -> None:
        """Keeps that a note names these colleagues; names without an account are not mentions."""
        wanted = {name.casefold() for name in names}
        with self._database.writing("keep a mention") as connection:
            people = connection.execute(select(staff.c.id, staff.c.name).where(staff.c.active)).all()
            rows = [
                {
                    "conversation_id": conversation_id,
                    "staff_id": person.id,
                    "by": by,
                    "at": to_naive_utc(now()),
                    "seen": False,
                }
                for person in people
                if person.name.casefold() in wanted and person.name != by
            ]
            if rows:
                connection.execute(insert(mentions), rows)

    def unseen(self, staff_id: int) -> Mapping[str, str]:
        """By conversation, who named this person last there, and was not seen."""
        query = select(mentions).where(mentions.c.staff_id == staff_id, mentions.c.seen.is_(False))
        with self._database.reading("read mentions") as connection:
            return {row.conversation_id: row.by for row in connection.execute(query.order_by(mentions.c.id))}

    def see(self, conversation_id: str, staff_id: int) -> None:
        """Marks those of one conversation as seen."""
        theirs = (mentions.c.conversation_id == conversation_id) & (mentions.c.staff_id == staff_id)
        unseen = theirs & mentions.c.seen.is_(False)
        with self._database.reading("read mentions") as connection:
            if not connection.execute(select(mentions.c.id).where(unseen)).first():
                return
        with self._database.writing("see a mention") as connection:
            connection.execute(update(mentions).where(unseen).values(seen=True))
