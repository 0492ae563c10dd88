"""What every page of the desk has to know at any moment: how many need attention, and whether the page is still true.

A page carries the version that was read before its content. The live stream sends the present one every few seconds; a
page with another one reads itself again. So nothing depends on an event that may get lost on its way.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Any

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.engine import Connection

from lamoon.contract import UNREAL
from lamoon.desk.inbox.lists import ALERT, COUNTED, LATE, OURS, read_lists
from lamoon.storage.database import Database
from lamoon.storage.inbox_tables import mentions, summaries
from lamoon.storage.tables import conversations, deliveries, handovers, messages, notes, outbox, requests
from lamoon.storage.time import now, to_naive_utc

TO_DECIDE = ("requested", "change_asked", "held")
"""Requests that wait for a decision of the team."""


@dataclass(frozen=True)
class Counts:
    """How many need attention.

    Attributes:
        alerts: emergencies and crises that nobody has seen to.
        waiting: visitors who asked for a person and wait; `late` of them for too long.
        turn: conversations of the team in which the visitor wrote last.
        requests: requests to decide; `held` of them on hold.
        mentions: notes that name the person who looks, or conversations given to them, not seen yet.
    """

    alerts: int = 0
    waiting: int = 0
    late: int = 0
    turn: int = 0
    requests: int = 0
    held: int = 0
    mentions: int = 0

    @property
    def inbox(self) -> int:
        """Conversations that need attention: the number in the title."""
        return self.alerts + self.waiting + self.turn


@dataclass(frozen=True)
class Pulse:
    """The counts, and the version of what a page shows."""

    counts: Counts
    version: str

    @property
    def as_json(self) -> dict[str, Any]:
        """For the live stream."""
        return {"version": self.version, "counts": asdict(self.counts) | {"inbox": self.counts.inbox}}


NOTHING_KNOWN = Pulse(Counts(), "")


def read_pulse(database: Database, staff_id: int, conversation_id: str = "") -> Pulse:
    """The pulse for a member of staff, on the page of one conversation or any other. Blocks. Raises StoreError."""
    with database.reading("count what needs attention") as connection:
        counts = _counts(connection, staff_id)
        shown = _conversation(connection, conversation_id) if conversation_id else _lists(connection)
    return Pulse(counts, sha256(repr((counts, shown)).encode()).hexdigest()[:16])


def _counts(connection: Connection, staff_id: int) -> Counts:
    calm = ALERT == ""
    waits = and_(calm, handovers.c.staff == "")
    late = and_(waits, handovers.c.asked_at < to_naive_utc(now() - LATE))
    turn = and_(calm, handovers.c.staff != "", OURS)
    sums = (func.sum(case((which, 1), else_=0)) for which in (ALERT != "", waits, late, turn))
    joined = conversations.outerjoin(handovers, handovers.c.conversation_id == conversations.c.id)
    joined = joined.outerjoin(summaries, summaries.c.conversation_id == conversations.c.id)
    query = select(*sums).select_from(joined).where(COUNTED, or_(conversations.c.mode != "bot", ALERT != ""))
    found = connection.execute(query).one()
    open_ones = and_(requests.c.state.in_(TO_DECIDE), requests.c.channel.not_in(UNREAL))
    held = func.sum(case((requests.c.state == "held", 1), else_=0))
    to_decide = connection.execute(select(func.count(), held).select_from(requests).where(open_ones)).one()
    named = (
        select(func.count()).select_from(mentions).where(mentions.c.staff_id == staff_id, mentions.c.seen.is_(False))
    )
    return Counts(*(int(number or 0) for number in (*found, *to_decide, connection.execute(named).scalar())))


def _lists(connection: Connection) -> Any:
    """What the lists show."""
    changes = select(func.count(), func.max(requests.c.id), func.sum(requests.c.version))
    failed = select(func.count()).select_from(outbox).where(outbox.c.status == "failed")
    lists = read_lists(connection)
    shown = [
        (row, row.name, row.words) for rows in (lists.alerts, lists.waiting, lists.team, lists.recent) for row in rows
    ]
    return shown, tuple(connection.execute(changes).one()), connection.execute(failed).scalar()


def _conversation(connection: Connection, conversation_id: str) -> Any:
    """What the page of a conversation shows; the health record changes with its messages."""
    theirs = messages.c.conversation_id == conversation_id
    delivered = deliveries.c.conversation_id == conversation_id
    queries = (
        select(conversations).where(conversations.c.id == conversation_id),
        select(handovers).where(handovers.c.conversation_id == conversation_id),
        select(summaries).where(summaries.c.conversation_id == conversation_id),
        select(func.max(messages.c.id), func.count(messages.c.feedback)).where(theirs),
        select(func.max(notes.c.id)).where(notes.c.conversation_id == conversation_id),
        select(deliveries.c.state, func.count()).where(delivered).group_by(deliveries.c.state),
        select(requests.c.id, requests.c.version).where(requests.c.chat_id == conversation_id),
    )
    return [sorted(map(repr, connection.execute(query))) for query in queries]
