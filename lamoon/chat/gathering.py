"""Messages that are read together: people write in pieces.

Only what waits behind a running turn is gathered, so that a single message is never slowed. What belongs together
(`lamoon.chat.pieces`) is read as one turn, under the id of its first message, which `read_with` keeps before the turn
begins: a repeated turn has the same pieces. A message that is to be read alone has its own id there. All methods block.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.engine import Connection

from lamoon.chat.model import Turn
from lamoon.chat.pieces import LONGEST_JOINED, belongs_together, is_cut_off
from lamoon.chat.records import GoneError, find_conversation
from lamoon.chat.store import URGENT, WAITING
from lamoon.storage.database import Database
from lamoon.storage.tables import messages, turns

MOST_SCREENED = 4
"""Waiting messages that are screened as one: signs of an emergency further apart are found when they are read."""

# Compiled once: building a statement takes longer than running it.
_THEIRS = messages.c.conversation_id == bindparam("conversation")
_WAITS = messages.c.state.in_(WAITING)
_ROWS = select(messages.c.id, messages.c.words, messages.c.state, messages.c.run, messages.c.read_with)
_BEHIND = _ROWS.where(_THEIRS, _WAITS, messages.c.id >= bindparam("first")).order_by(messages.c.id)
_BEHIND = _BEHIND.limit(bindparam("most"))
_UP_TO = _ROWS.where(_THEIRS, _WAITS, messages.c.id <= bindparam("last")).order_by(messages.c.id.desc())
_UP_TO = _UP_TO.limit(MOST_SCREENED)
_TOGETHER = _ROWS.where(_THEIRS, _WAITS, messages.c.read_with == bindparam("turn")).order_by(messages.c.id)
_LATEST = select(turns.c.form, turns.c.details).where(turns.c.conversation_id == bindparam("conversation"))
_LATEST = _LATEST.order_by(turns.c.message_id.desc()).limit(1)


@dataclass(frozen=True)
class Waiting:
    """A message that waits for its answer."""

    id: int
    words: str = field(repr=False)


class Gathering:
    """Gathers at most `most` messages for a turn; 1: every message is read by itself."""

    def __init__(self, database: Database, most: int) -> None:
        self._database = database
        self.most = most

    def gather(self, turn: Turn, harmless: Mapping[int, bool]) -> Turn:
        """The turn with the messages that belong to it. `harmless`: of those that were looked at, whether they need no
        warning by themselves. One that does belongs only to what is cut off: "i don't have" / "a blood clot".
        """
        with self._database.writing("gather messages") as connection:
            try:
                find_conversation(connection, turn.conversation_id, lock=True)
            except GoneError:
                return turn
            place = {"conversation": turn.conversation_id, "first": turn.message_id, "most": self.most}
            rows = connection.execute(_BEHIND, place).all()
            if not rows or rows[0].id != turn.message_id:
                return turn
            if rows[0].read_with is not None:
                place = {"conversation": turn.conversation_id, "turn": rows[0].read_with}
                group = connection.execute(_TOGETHER, place).all()
            elif rows[0].state == URGENT:
                return turn
            else:
                group = _pieces(rows, _asked(connection, turn.conversation_id), harmless)
            if len(group) > 1:
                _settle(connection, [row.id for row in group])  # under its first, where others were read before
        return _joined(turn, group)

    def waiting(self, conversation_id: str, message_id: int) -> Sequence[Waiting]:
        """A waiting message, after those before it that could be pieces of the same emergency; empty once it is answered."""
        place = {"conversation": conversation_id, "last": message_id}
        with self._database.reading("look for messages") as connection:
            rows = connection.execute(_UP_TO, place).all()
        if not rows or rows[0].id != message_id:
            return []
        found = [rows[0]]
        for row in rows[1:] if self.most > 1 else ():
            if not _is_free(row, rows[0]) or sum(len(one.words) for one in (*found, row)) > LONGEST_JOINED:
                break
            found.insert(0, row)
        return [Waiting(row.id, row.words) for row in (found if _is_free(rows[0], rows[0]) else found[-1:])]

    def hurry(self, conversation_id: str, ids: Sequence[int]) -> None:
        """Makes one urgent turn of waiting messages, unless one of them is gathered already."""
        with self._database.writing("gather messages") as connection:
            find_conversation(connection, conversation_id, lock=True)
            free = messages.c.id.in_(ids) & _WAITS & (messages.c.state != URGENT) & messages.c.read_with.is_(None)
            left = connection.execute(select(messages.c.id).where(free).order_by(messages.c.id)).scalars().all()
            if left:
                _settle(connection, left)
                connection.execute(update(messages).where(messages.c.id.in_(left)).values(state=URGENT))


def _is_free(row: Any, first: Any) -> bool:
    """Whether a message may be read with another one of the same run."""
    return row.read_with is None and row.state != URGENT and row.run == first.run


def _settle(connection: Connection, ids: Sequence[int]) -> None:
    connection.execute(update(messages).where(messages.c.id.in_(ids)).values(read_with=ids[0]))


def _asked(connection: Connection, conversation_id: str) -> str:
    """What the assistant asks for since its latest turn; empty outside forms."""
    latest = connection.execute(_LATEST, {"conversation": conversation_id}).first()
    return str((latest.details.get("slots") or {}).get("requested_slot") or "") if latest and latest.form else ""


def _pieces(rows: Sequence[Any], asked: str, harmless: Mapping[int, bool]) -> list[Any]:
    """The first message and those that belong to it."""
    group, words = [rows[0]], rows[0].words
    for row in rows[1:]:
        safe = row.id in harmless and (harmless[row.id] or is_cut_off(words))
        if not _is_free(row, rows[0]) or not safe or not belongs_together(words, row.words, asked):
            break
        group.append(row)
        words = f"{words} {row.words}"
    return group


def _joined(turn: Turn, rows: Sequence[Any]) -> Turn:
    if len(rows) < 2:
        return turn
    return replace(turn, words=" ".join(row.words for row in rows), pieces=tuple(row.id for row in rows[1:]))


def read_together(connection: Connection, turn_ids: Sequence[int]) -> dict[int, str]:
    """What was read in these turns, of those that had several messages."""
    query = select(messages.c.read_with, messages.c.text).where(messages.c.read_with.in_(turn_ids))
    found: dict[int, list[str]] = {}
    for row in connection.execute(query.order_by(messages.c.id)).all() if turn_ids else ():
        found.setdefault(row.read_with, []).append(row.text)
    return {turn_id: " ".join(texts) for turn_id, texts in found.items() if len(texts) > 1}
