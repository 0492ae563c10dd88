"""Hand-over between assistant and team: who owns a conversation, who waits for a person, and what the visitor reads of
it.

Ownership is optimistic: the request names the owner the page showed (`seen`, empty for none). If that has changed,
nothing happens and ChangedError names the new owner, so two people never answer past each other. All methods block:
call them in a thread. They raise StoreError when the database fails, GoneError when the conversation was deleted.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.engine import Connection
from sqlalchemy.sql import ColumnElement

from lamoon.chat import summary
from lamoon.chat.hub import Hub
from lamoon.chat.model import Conversation, Draft
from lamoon.chat.records import GoneError, add_message, change_mode, find_conversation, message_row
from lamoon.chat.replies import Replies, left_waiting, nobody_came
from lamoon.chat.retention import SecondLook
from lamoon.errors import LamoonError, StoreError
from lamoon.phrasebook import say
from lamoon.storage.database import Database
from lamoon.storage.inbox_tables import summaries
from lamoon.storage.tables import handovers, messages
from lamoon.storage.time import now, to_naive_utc
from lamoon.studio import Studio

log = logging.getLogger("lamoon.chat.handover")

LOOK_SECONDS = 10.0
GRACE_SECONDS = 60.0
"""How long the silence must have lasted beyond the limit, so that a clock that is briefly wrong ends nothing."""


class ChangedError(LamoonError):
    """Another member of staff owns the conversation by now: `staff`, empty when the assistant has it again."""

    def __init__(self, staff: str) -> None:
        super().__init__("another member of the team has this conversation by now")
        self.staff = staff


class Handovers:
    """All hand-overs of one database. `patience` is how long the team may be silent."""

    def __init__(self, database: Database, replies: Replies, studio: Studio, patience: timedelta) -> None:
        self._database = database
        self._replies = replies
        self._studio = studio
        self._patience = patience

    def ask(self, conversation_id: str, draft: Draft) -> None:
        """Records that the visitor asked for a person, and shows them `draft`."""
        with self._database.writing("ask for a person") as connection:
            conversation = find_conversation(connection, conversation_id, lock=True)
            if conversation.mode == "bot":
                change_mode(connection, conversation, "waiting")
            add_message(connection, conversation, message_row(conversation, "system", draft))

    def take(self, conversation_id: str, staff: str, seen: str) -> bool:
        """Assigns the conversation to a member of staff; False when they own it already. Raises ChangedError."""
        with self._database.writing("take a conversation over") as connection:
            conversation = find_conversation(connection, conversation_id, lock=True)
            return self._take(connection, conversation, staff, seen)

    def reply(self, conversation_id: str, staff: str, seen: str, draft: Draft, name: str) -> bool:
        """Sends a staff reply and makes its author the owner.

        `name` is the client's id of the reply, up to 36 characters: repeating it changes nothing and returns False.

        Raises:
            ChangedError: when another member of staff owns the conversation.
        """
        with self._database.writing("keep a reply") as connection:
            conversation = find_conversation(connection, conversation_id, lock=True)
            same = (messages.c.conversation_id == conversation_id) & (messages.c.client_id == name)
            if connection.execute(select(messages.c.id).where(same)).first():
                return False
            if not self._take(connection, conversation, staff, seen):
                change_mode(connection, conversation, "human", staff)
            row = message_row(conversation, "team", draft) | {"client_id": name, "staff": staff}
            add_message(connection, conversation, row)
            summary.note_reading(connection, conversation_id, "team", conversation.last_said)
            return True

    def assign(self, conversation_id: str, assignee: str) -> bool:
        """Says who of the team is to answer, empty for nobody; False when it says so already. Nothing else changes."""
        with self._database.writing("assign a conversation") as connection:
            find_conversation(connection, conversation_id, lock=True)
            same = select(summaries.c.assignee).where(summaries.c.conversation_id == conversation_id)
            if (connection.execute(same).scalar() or "") == assignee:
                return False
            summary.note(connection, conversation_id, assignee=assignee)
            return True

    def read(self, conversation_id: str, reader: Literal["team", "visitor"], up_to: int | None = None) -> bool:
        """Keeps that a person has read the conversation, or `up_to` a message; False when nothing changes."""
        latest = select(func.max(messages.c.id)).where(messages.c.conversation_id == conversation_id)
        with self._database.writing("note what was read") as connection:
            find_conversation(connection, conversation_id, lock=True)
            last = int(connection.execute(latest).scalar() or 0)
            return summary.note_reading(connection, conversation_id, reader, min(up_to or last, last))

    def see_to(self, conversation_id: str) -> None:
        """Ends the mark of an emergency or a crisis: the team has seen to it."""
        with self._database.writing("end an alert") as connection:
            find_conversation(connection, conversation_id, lock=True)
            summary.end_alert(connection, conversation_id)

    def give_back(self, conversation_id: str, seen: str, *, closed: bool) -> None:
        """Returns the conversation to the assistant; `closed` marks the matter as done. Raises ChangedError."""
        with self._database.writing("give a conversation back") as connection:
            conversation = find_conversation(connection, conversation_id, lock=True)
            owner = _owner(connection, conversation)
            if owner != seen or conversation.mode == "bot":
                raise ChangedError(owner)
            if closed:
                summary.note(connection, conversation_id, alert="", alert_at=None, assignee="")
                summary.note_reading(connection, conversation_id, "team", conversation.last_said)
            self._end(connection, conversation, say("closed" if closed else "back"))

    def owner(self, conversation_id: str) -> str:
        """The member of staff who owns the conversation, empty for none."""
        with self._database.reading("read who has a conversation") as connection:
            return _owner(connection, find_conversation(connection, conversation_id))

    def late(self, moment: datetime) -> Sequence[str]:
        """Conversations in which the team had been silent for too long at a moment (UTC)."""
        query = select(handovers.c.conversation_id).where(self._is_late(moment))
        with self._database.reading("look for silent conversations") as connection:
            return list(connection.execute(query).scalars())

    def expire(self, conversation_id: str, moment: datetime) -> bool:
        """Ends an overdue hand-over; False when it is no longer overdue at this moment (UTC)."""
        theirs = and_(handovers.c.conversation_id == conversation_id, self._is_late(moment))
        with self._database.writing("end a silent conversation") as connection:
            try:
                conversation = find_conversation(connection, conversation_id, lock=True)
            except GoneError:
                return False
            row = connection.execute(select(handovers).where(theirs)).first()
            if row is None:
                return False
            if conversation.mode == "human":
                self._end(connection, conversation, left_waiting(self._studio))
            else:
                connection.execute(update(handovers).where(theirs).values(told=True))
                self._tell(connection, conversation, nobody_came(self._studio))
        return True

    def _is_late(self, moment: datetime) -> ColumnElement[bool]:
        late = handovers.c.team_at < to_naive_utc(moment - self._patience)
        return and_(late, or_(handovers.c.staff != "", handovers.c.told.is_(False)))

    def _take(self, connection: Connection, conversation: Conversation, staff: str, seen: str) -> bool:
        owner = _owner(connection, conversation)
        if owner == staff:
            return False
        if owner != seen:
            raise ChangedError(owner)
        change_mode(connection, conversation, "human", staff)
        name = self._studio.staff_names
        self._tell(connection, conversation, say("joined", name=staff) if name else say("joined_unnamed"))
        return True

    def _end(self, connection: Connection, conversation: Conversation, text: str) -> None:
        change_mode(connection, conversation, "bot")
        self._tell(connection, conversation, text)

    def _tell(self, connection: Connection, conversation: Conversation, text: str) -> None:
        add_message(connection, conversation, message_row(conversation, "system", self._replies.own(text, "notice")))


def _owner(connection: Connection, conversation: Conversation) -> str:
    query = select(handovers.c.staff).where(handovers.c.conversation_id == conversation.id)
    return str(connection.execute(query).scalar() or "")


async def watch(handovers: Handovers, hub: Hub, clock: Callable[[], datetime] = now) -> None:
    """Ends overdue hand-overs until cancelled."""
    looks = SecondLook[str](GRACE_SECONDS)
    while True:
        try:
            moment = clock()
            for conversation_id in looks.ripe(await asyncio.to_thread(handovers.late, moment)):
                if await asyncio.to_thread(handovers.expire, conversation_id, moment):
                    hub.wake(conversation_id)
        except StoreError as error:
            log.warning("Looking for silent conversations goes on later: %s", error)
        await asyncio.sleep(LOOK_SECONDS)
