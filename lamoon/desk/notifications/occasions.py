"""What the team is to be notified of at a moment, read from the database each time: nothing is missed by a restart."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, get_args

from sqlalchemy import select
from sqlalchemy.engine import Connection

from lamoon.contract import UNREAL
from lamoon.desk.inbox.lists import ALERT, COUNTED, LATE, OURS
from lamoon.desk.inbox.pulse import TO_DECIDE
from lamoon.storage.inbox_tables import mentions, summaries
from lamoon.storage.tables import conversations, handovers, requests, staff
from lamoon.storage.time import to_naive_utc

Kind = Literal["emergency", "person", "late", "reply", "request", "mention"]
"""emergency: or a crisis. person: a visitor asked for one. late: they have waited for too long. reply: the visitor wrote
in one's own conversation. request: a request to decide. mention: named in a note, or given a conversation."""
KINDS: tuple[Kind, ...] = get_args(Kind)
NEWS = timedelta(days=1)
"""Older requests are not news."""


@dataclass(frozen=True)
class Occasion:
    """Something to be notified of. `key` names it, the same each time; `staff_id` is whom it concerns, None for all."""

    kind: Kind
    key: str
    staff_id: int | None = None


def read_occasions(connection: Connection, moment: datetime) -> list[Occasion]:
    """All that there is at a moment (UTC), the most urgent kind first."""
    found = [*_conversations(connection, moment), *_requests(connection, moment), *_mentions(connection)]
    return sorted(found, key=lambda occasion: KINDS.index(occasion.kind))


def _conversations(connection: Connection, moment: datetime) -> list[Occasion]:
    query = (
        select(conversations.c.id, conversations.c.last_said, handovers.c.staff, handovers.c.asked_at)
        .add_columns(ALERT.label("alert"), summaries.c.alert_at, OURS.label("ours"), staff.c.id.label("staff_id"))
        .select_from(conversations)
        .outerjoin(handovers, handovers.c.conversation_id == conversations.c.id)
        .outerjoin(summaries, summaries.c.conversation_id == conversations.c.id)
        .outerjoin(staff, staff.c.name == handovers.c.staff)
        .where(COUNTED, (conversations.c.mode != "bot") | (ALERT != ""))
    )
    late = to_naive_utc(moment - LATE)
    found = []
    for row in connection.execute(query):
        if row.alert:
            found.append(Occasion("emergency", f"{row.id} {row.alert_at}"))
        if row.staff == "" and row.asked_at:
            found.append(Occasion("person", f"{row.id} {row.asked_at}"))
            if row.asked_at < late:
                found.append(Occasion("late", f"{row.id} {row.asked_at}"))
        if row.staff_id is not None and row.ours:
            found.append(Occasion("reply", f"{row.id} {row.last_said}", row.staff_id))
    return found


def _requests(connection: Connection, moment: datetime) -> list[Occasion]:
    fresh = requests.c.created_at > to_naive_utc(moment - NEWS)
    asked = requests.c.state == "change_asked"
    query = select(requests.c.reference, requests.c.state).where(
        requests.c.state.in_(TO_DECIDE), requests.c.channel.not_in(UNREAL), fresh | asked
    )
    again = {"change_asked": "change_asked"}
    return [Occasion("request", f"{row.reference} {again.get(row.state, '')}") for row in connection.execute(query)]


def _mentions(connection: Connection) -> list[Occasion]:
    query = select(mentions.c.id, mentions.c.staff_id).where(mentions.c.seen.is_(False))
    return [Occasion("mention", str(row.id), row.staff_id) for row in connection.execute(query)]
