"""Ready replies: texts that the team writes often, found by "/" and a shortcut, with variables.

Those of studio.yml come first; the desk's own are kept in the database. All methods block: call them in a thread.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, insert, select, update

from lamoon.errors import LamoonError
from lamoon.storage.database import Database
from lamoon.storage.inbox_tables import ready_replies
from lamoon.studio import Studio

MOST_CHARACTERS = 1000
MOST = 200
VARIABLES: Mapping[str, str] = {
    "name": "the client's first name, or nothing",
    "me": "your name",
    "studio": "the studio's name",
    "phone": "the studio's phone number",
    "address": "the studio's address",
    "link": "the studio's booking page",
    "hours": "the opening hours",
}
_VARIABLE = re.compile(r"\{(\w+)\}")
_SHORTCUT = re.compile(r"[\w-]{1,40}")


class ReadyReplyError(LamoonError):
    """A ready reply cannot be kept like this; the message says why."""


@dataclass(frozen=True)
class ReadyReply:
    """A text with its shortcut. `id` is None for one of studio.yml."""

    id: int | None
    shortcut: str
    text: str


class ReadyReplies:
    """The ready replies of one studio."""

    def __init__(self, database: Database, studio: Studio) -> None:
        self._database = database
        self._studio = studio

    def all(self) -> Sequence[ReadyReply]:
        """Those of studio.yml in its order, then the desk's own by shortcut."""
        query = select(ready_replies).order_by(func.lower(ready_replies.c.shortcut))
        with self._database.reading("read the ready replies") as connection:
            own = [ReadyReply(row.id, row.shortcut, row.text) for row in connection.execute(query)]
        filed = [ReadyReply(None, shortcut_of(one.title), one.text) for one in self._studio.canned_replies]
        return [*filed, *own]

    def keep(self, reply_id: int | None, shortcut: str, text: str) -> None:
        """Adds one, or changes the one with this id. Raises ReadyReplyError."""
        shortcut, text = shortcut.strip().lstrip("/").casefold(), text.strip()
        _check(shortcut, text)
        others = [one for one in self.all() if one.id != reply_id or one.id is None]
        if any(one.shortcut.casefold() == shortcut for one in others):
            raise ReadyReplyError(f"There is a ready reply /{shortcut} already. Please choose another shortcut.")
        if reply_id is None and len(others) >= MOST:
            raise ReadyReplyError(f"There are {MOST} ready replies already. Please delete one first.")
        row = {"shortcut": shortcut, "text": text}
        with self._database.writing("keep a ready reply") as connection:
            if reply_id is None:
                connection.execute(insert(ready_replies).values(row))
            elif not connection.execute(
                update(ready_replies).where(ready_replies.c.id == reply_id).values(row)
            ).rowcount:
                raise ReadyReplyError("This ready reply was deleted meanwhile. What you typed is below.")

    def remove(self, reply_id: int) -> bool:
        """Deletes one of the desk's own; False when there is none."""
        with self._database.writing("delete a ready reply") as connection:
            return bool(connection.execute(delete(ready_replies).where(ready_replies.c.id == reply_id)).rowcount)


def shortcut_of(title: str) -> str:
    """The shortcut of a title: "Where to park" becomes "where-to-park"."""
    return "-".join(re.findall(r"\w+", title.casefold()))[:40] or "reply"


def fill(text: str, studio: Studio, me: str, name: str) -> str:
    """The text with its variables filled in; what is not known is left out with the space before it."""
    known = {
        "name": name.split()[0] if name.split() else "",
        "me": me,
        "studio": studio.name,
        "phone": studio.phone,
        "address": studio.address,
        "link": studio.booking_link,
        "hours": studio.hours_sentence(),
    }
    filled = _VARIABLE.sub(lambda found: known.get(found[1], found[0]), text)
    return re.sub(r" +([,.;:!?])", r"\1", re.sub(r"(?<=\S) {2,}", " ", filled))


def _check(shortcut: str, text: str) -> None:
    if not _SHORTCUT.fullmatch(shortcut):
        raise ReadyReplyError("The shortcut has to be one word of letters, digits and hyphens, such as parking.")
    if not 1 <= len(text) <= MOST_CHARACTERS:
        raise ReadyReplyError(f"The text has to have 1 to {MOST_CHARACTERS} characters.")
    unknown = [name for name in _VARIABLE.findall(text) if name not in VARIABLES]
    if unknown:
        raise ReadyReplyError(
            f"The variable {{{unknown[0]}}} is unknown. Expected: {', '.join(f'{{{name}}}' for name in VARIABLES)}."
        )
