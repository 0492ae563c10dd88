"""What the inbox shows of a conversation: name and contact, topic, alert, who is to answer, and who has read how far.

Kept as the conversation goes, in the transaction of each change. For use inside a transaction; a conversation whose row
is missing is one without any of this.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.engine import Connection

from lamoon.booking import Contact, parse_contact
from lamoon.contract import BOOKING_HOLD, EMERGENCIES, SENT_REQUEST, TOPIC_INTENT
from lamoon.storage.inbox_tables import summaries
from lamoon.storage.time import now, to_naive_utc

_MATTERS: Final = ("book_appointment", "cancel_or_change_booking", "about_request", "report_condition", "emergency")
_MATTERS_BEGIN: Final = (f"{TOPIC_INTENT}/", "out_of_scope/", "ask_")
_THEIRS = summaries.c.conversation_id == bindparam("conversation")


def note_answer(connection: Connection, conversation_id: str, details: Mapping[str, Any], region: str) -> None:
    """Keeps what a turn says of the visitor. Phone numbers without a country code are those of `region`."""
    slots = details.get("slots") or {}
    sent = slots.get(SENT_REQUEST) or {}
    found: dict[str, Any] = {"held": bool(slots.get(BOOKING_HOLD))}
    if name := slots.get("visitor_name") or sent.get("name"):
        found["name"] = str(name)
    contact = parse_contact(str(slots.get("contact") or sent.get("contact") or ""), region)
    if isinstance(contact, Contact):
        found |= {way: value for way, value in (("email", contact.email), ("phone", contact.phone)) if value}
    label = str(details.get("label") or "")
    if label in _MATTERS or label.startswith(_MATTERS_BEGIN):
        found["topic"] = label
    note(connection, conversation_id, **found)


def note_message(connection: Connection, conversation_id: str, message_id: int, author: str, kind: str) -> None:
    """Keeps that the team wrote, or that the visitor was shown an emergency or a crisis."""
    if author == "team":
        note(connection, conversation_id, team_said=message_id)
    elif kind in EMERGENCIES:
        alert = select(summaries.c.alert).where(_THEIRS)
        before = connection.execute(alert, {"conversation": conversation_id}).scalar()
        if before != "emergency" and before != kind:
            note(connection, conversation_id, alert=kind, alert_at=to_naive_utc(now()))


def end_alert(connection: Connection, conversation_id: str) -> None:
    """Marks an emergency or a crisis as seen to."""
    note(connection, conversation_id, alert="", alert_at=None)


def note_reading(connection: Connection, conversation_id: str, reader: str, message_id: int) -> bool:
    """Keeps up to which message a `reader`, "team" or "visitor", has read; False when they had read so far before."""
    column = summaries.c.team_read if reader == "team" else summaries.c.visitor_read
    further = update(summaries).where(_THEIRS, column < message_id).values({column.name: message_id})
    if connection.execute(further, {"conversation": conversation_id}).rowcount:
        return True
    if _is_there(connection, conversation_id):
        return False
    note(connection, conversation_id, **{column.name: message_id})
    return True


def note(connection: Connection, conversation_id: str, **values: object) -> None:
    """Writes some columns; the conversation's row is locked, or only this process knows it."""
    change = update(summaries).where(_THEIRS).values(values)
    if not connection.execute(change, {"conversation": conversation_id}).rowcount:
        connection.execute(insert(summaries).values(conversation_id=conversation_id, **values))


def forget(connection: Connection, conversation_id: str) -> None:
    """Deletes it."""
    connection.execute(delete(summaries).where(_THEIRS), {"conversation": conversation_id})


def _is_there(connection: Connection, conversation_id: str) -> bool:
    query = select(summaries.c.conversation_id).where(_THEIRS)
    return connection.execute(query, {"conversation": conversation_id}).first() is not None
