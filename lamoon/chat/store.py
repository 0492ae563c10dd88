"""Conversations and messages on disk. A message for which `receive` returned a receipt survives any crash and gets its
answer.

A visitor's message waits in one of three states: `received`; `unscreened`, when it has to wait and its urgency is not
yet known; `urgent`, when it reports an emergency and comes before all others. Then it is `answered`.

An answer and the note that its message is answered are one transaction, so no message is answered twice and none is
lost. Every change of a conversation locks its row first, so ids grow in the order in which messages appear. All methods
block: call them in a thread. They raise StoreError when the database fails, GoneError when the conversation was
deleted.
"""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, case, delete, func, insert, select, update
from sqlalchemy.engine import Connection

from lamoon.chat import calls, summary
from lamoon.chat.choices import use_choice
from lamoon.chat.model import (
    THUMBS_DOWN,
    Author,
    Conversation,
    Draft,
    Message,
    Receipt,
    Turn,
    TurnExplanation,
    reason_to_look,
)
from lamoon.chat.records import (
    GoneError,
    add_message,
    change_mode,
    find_conversation,
    message_of,
    message_row,
    say,
    touch,
)
from lamoon.chat.safe_tree import plain_tree
from lamoon.storage.database import Database
from lamoon.storage.inbox_tables import mentions
from lamoon.storage.tables import conversations, erasures, messages, notes, probes, turns
from lamoon.storage.time import from_naive_utc, now, to_naive_utc

PROBE_CHARACTERS = 16_384
"""A long message, a long answer and its explanation."""
UNSCREENED, RECEIVED, URGENT, ANSWERED = "unscreened", "received", "urgent", "answered"
WAITING = (UNSCREENED, RECEIVED, URGENT)

# Compiled once: building a statement takes longer than running it.
_THEIRS = messages.c.conversation_id == bindparam("conversation")
_KNOWN = select(messages.c.id, messages.c.at).where(_THEIRS, messages.c.client_id == bindparam("name"))
_WAITS = messages.c.state.in_(WAITING)
_URGENT_FIRST = case((messages.c.state == URGENT, 0), else_=1)
_WAITING = select(messages).where(_THEIRS, _WAITS).order_by(_URGENT_FIRST, messages.c.id).limit(2)
_UNSCREENED = select(messages.c.id, messages.c.words).where(_THEIRS, messages.c.state == UNSCREENED)
_UNSCREENED = _UNSCREENED.order_by(messages.c.id).limit(1)
_SEEN = select(messages).where(_THEIRS, messages.c.id > bindparam("after")).order_by(messages.c.id)
_SEEN = _SEEN.limit(bindparam("most"))
_ADD_TURN = insert(turns)
_ANSWERED = update(messages).where(messages.c.id == bindparam("message"), _WAITS).values(state=ANSWERED)
_READ_WITH_IT = update(messages).where(messages.c.read_with == bindparam("message"), _WAITS).values(state=ANSWERED)


class ChatStore:
    """The gateway's part of a database.

    Args:
        database: the database.
        region: the country of phone numbers without a country code, two letters.
        asked: makes what a visitor reads when a person was asked for: when a person can come.
    """

    def __init__(self, database: Database, region: str = "US", asked: Callable[[], Draft] | None = None) -> None:
        self._database = database
        self._region = region
        self._asked = asked

    def open(self, language: str = "", channel: str = "web", address: str | None = None) -> Conversation:
        """Opens a conversation. A person has one `address` on a messaging channel, and one conversation there."""
        made = Conversation(uuid.uuid4().hex, "bot", 0, 0, 0, channel, address)
        row = {
            **asdict(made),
            "language": language,
            "created_at": to_naive_utc(now()),
            "active_at": to_naive_utc(now()),
        }
        with self._database.writing("begin a conversation") as connection:
            connection.execute(insert(conversations).values(row))
        return made

    def find(self, conversation_id: str) -> Conversation:
        """The conversation. Raises GoneError when it does not exist."""
        with self._database.reading("read a conversation") as connection:
            return find_conversation(connection, conversation_id)

    def receive(
        self,
        conversation_id: str,
        client_id: str,
        text: str,
        words: str,
        choice: tuple[int, int] | None = None,
        *,
        wait: float = 0.0,
        urgent: bool = False,
        note: str = "",
    ) -> Receipt:
        """Stores a visitor's message: `text` as shown, `words` for Rasa; or a `choice` (message id, index). A `note` of
        ours is shown below it. Choices and messages with a note are read alone.

        Repeating `client_id` changes nothing and returns the same receipt. `wait`: the seconds until its turn, when it
        exceeded the rate limit. `urgent`: it is known to report an emergency.

        Raises:
            ChoiceError: when the choice is no longer available.
        """
        with self._database.writing("keep a message") as connection:
            conversation = find_conversation(connection, conversation_id, lock=True)
            known = connection.execute(_KNOWN, {"conversation": conversation_id, "name": client_id}).first()
            if known:
                return Receipt(known.id, client_id, from_naive_utc(known.at), new=False)
            if choice:
                text, words = use_choice(connection, conversation, *choice)
            is_next = connection.execute(_WAITING, {"conversation": conversation_id}).first() is None
            state = URGENT if urgent else RECEIVED if is_next and not wait else UNSCREENED
            row = message_row(conversation, "visitor", Draft(text, plain_tree(text, note)))
            due_at = to_naive_utc(now() + timedelta(seconds=wait)) if wait else None
            row |= {"client_id": client_id, "words": words, "state": state, "due_at": due_at}
            message_id = add_message(connection, conversation, row)
            if choice or note:
                connection.execute(update(messages).where(messages.c.id == message_id).values(read_with=message_id))
            touch(connection, conversation_id, last_said=message_id)
            if conversation.mode == "human":  # they have what they answer before them
                summary.note_reading(connection, conversation_id, "visitor", message_id)
        turn = _turn(conversation, message_id, conversation.run, words, wait) if is_next else None
        return Receipt(message_id, client_id, from_naive_utc(row["at"]), new=True, turn=turn)

    def since(self, conversation_id: str, after: int, limit: int = 200) -> tuple[Conversation, Sequence[Message]]:
        """The conversation, and its messages with an id greater than `after` that the visitor still sees."""
        with self._database.reading("read messages") as connection:
            conversation = find_conversation(connection, conversation_id)
            after = max(after, conversation.shown_from - 1)
            place = {"conversation": conversation_id, "after": after, "most": limit}
            rows = connection.execute(_SEEN, place).all()
        return conversation, [message_of(row) for row in rows]

    def history(self, conversation_id: str) -> Sequence[Message]:
        """All stored messages of the conversation."""
        with self._database.reading("read messages") as connection:
            rows = connection.execute(
                select(messages).where(messages.c.conversation_id == conversation_id).order_by(messages.c.id)
            ).all()
        return [message_of(row) for row in rows]

    def said(self, conversation_id: str, client_id: str) -> Message | None:
        """The message that has this `client_id`; None when there is none."""
        query = select(messages).where(_THEIRS, messages.c.client_id == bindparam("name"))
        with self._database.reading("read a message") as connection:
            row = connection.execute(query, {"conversation": conversation_id, "name": client_id}).first()
        return message_of(row) if row else None

    def waiting(self) -> Sequence[str]:
        """Conversations with a message waiting for its answer, longest first."""
        first = func.min(messages.c.id)
        query = select(messages.c.conversation_id).where(_WAITS)
        with self._database.reading("look for messages") as connection:
            return list(connection.execute(query.group_by(messages.c.conversation_id).order_by(first)).scalars())

    def next_turn(self, conversation_id: str) -> Turn | None:
        """The conversation's next message to answer: the first urgent one, or the first waiting."""
        with self._database.reading("look for messages") as connection:
            rows = connection.execute(_WAITING, {"conversation": conversation_id}).all()
            conversation = find_conversation(connection, conversation_id) if rows else None
        if conversation is None:
            return None
        row, urgent = rows[0], rows[0].state == URGENT
        wait = _seconds_until(row.due_at) if row.due_at and not urgent else 0.0
        longest = (row.due_at - row.at).total_seconds() if wait else 0.0  # when the clock was set back meanwhile
        turn = _turn(conversation, row.id, row.run, row.words, min(wait, longest))
        return replace(turn, urgent=urgent, more=len(rows) > 1)

    def begun(self) -> Sequence[int]:
        """For each conversation, the messages that may have been in progress when the process ended: the first ones
        waiting.
        """
        first = func.min(messages.c.id)
        query = select(first).where(_WAITS).group_by(messages.c.conversation_id, messages.c.state)
        with self._database.reading("look for messages") as connection:
            return list(connection.execute(query).scalars())

    def backlog(self, conversation_id: str) -> tuple[int, float]:
        """How many messages exceeded the rate limit and still wait, and the seconds until the last one's turn."""
        late = select(func.count(), func.max(messages.c.due_at)).where(
            messages.c.conversation_id == conversation_id, _WAITS, messages.c.due_at.is_not(None)
        )
        with self._database.reading("count messages") as connection:
            count, last = connection.execute(late).one()
        return int(count), _seconds_until(last) if last else 0.0

    def unscreened(self, conversation_id: str) -> tuple[int, str] | None:
        """The conversation's first unscreened message: its id and words."""
        with self._database.reading("look for messages") as connection:
            row = connection.execute(_UNSCREENED, {"conversation": conversation_id}).first()
        return (row.id, row.words) if row else None

    def screened(self, message_id: int, *, urgent: bool) -> None:
        """Marks the message as screened; an `urgent` one comes before all others."""
        same = (messages.c.id == message_id) & (messages.c.state == UNSCREENED)
        with self._database.writing("note a screening") as connection:
            connection.execute(update(messages).where(same).values(state=URGENT if urgent else RECEIVED))

    def answer(self, turn: Turn, replies: Sequence[Draft], facts: TurnExplanation | None = None) -> bool:
        """Stores the replies and their explanation and marks the message as answered, atomically. False when it was
        answered already.

        While a person owns the conversation, only vital replies are stored.
        """
        with self._database.writing("keep an answer") as connection:
            try:
                conversation = find_conversation(connection, turn.conversation_id, lock=True)
            except GoneError:
                return False
            if not connection.execute(_ANSWERED, {"message": turn.message_id}).rowcount:
                return False
            if turn.pieces:
                connection.execute(_READ_WITH_IT, {"message": turn.message_id})
            if conversation.mode == "human":
                replies = [reply for reply in replies if reply.is_vital]
            forgets = any(reply.forgets for reply in replies)
            if forgets:
                _forget(connection, conversation, bookings=any(reply.withdraws for reply in replies))
            elif calls.reach_the_team(conversation, replies):
                change_mode(connection, conversation, "waiting")
            called = facts is not None and not forgets and calls.follow(connection, conversation, facts.details)
            notice = self._asked() if called and self._asked else None
            ids = _add_replies(connection, conversation, turn, replies, notice)
            if forgets:
                touch(connection, conversation.id, shown_from=ids[0], last_said=0)
            elif facts:
                connection.execute(_ADD_TURN, _turn_row(turn, facts))
                summary.note_answer(connection, conversation.id, facts.details, self._region)
        return True

    def say(self, conversation_id: str, author: Author, draft: Draft, name: str | None = None) -> int:
        """Stores a message that answers none and returns its id; repeating `name` changes nothing."""
        with self._database.writing("keep a message") as connection:
            return say(connection, conversation_id, author, draft, name)

    def restart(self, conversation_id: str, notice: Draft) -> None:
        """Starts a new run with a notice: waiting messages get no answer, older choices are used up."""
        with self._database.writing("start over") as connection:
            conversation = find_conversation(connection, conversation_id, lock=True)
            theirs = (messages.c.conversation_id == conversation_id) & _WAITS
            connection.execute(update(messages).where(theirs).values(state=ANSWERED))
            first = add_message(connection, conversation, message_row(conversation, "system", notice))
            touch(connection, conversation_id, run=conversation.run + 1, shown_from=first)
            _queue_erasure(connection, conversation, bookings=False)

    def rate(self, conversation_id: str, message_id: int, value: str | None, word: str) -> bool:
        """Stores the visitor's rating of a reply; False when the reply does not exist."""
        reply = (messages.c.conversation_id == conversation_id) & (messages.c.id == message_id)
        said_by_us = messages.c.author.in_(("bot", "team"))
        with self._database.writing("keep feedback") as connection:
            change = update(messages).where(reply, said_by_us).values(feedback=value, feedback_word=word)
            if value == "down":
                asked = select(messages.c.reply_to).where(reply).scalar_subquery()
                look = update(turns).where(turns.c.message_id == asked)
                connection.execute(look.values(reason=THUMBS_DOWN, reviewed=False))
            return bool(connection.execute(change).rowcount)

    def delete(self, conversation_id: str, *, bookings: bool) -> None:
        """Deletes the conversation and queues its erasure in Rasa; with `bookings`, of its requests too."""
        with self._database.writing("delete a conversation") as connection:
            conversation = find_conversation(connection, conversation_id, lock=True)
            _queue_erasure(connection, conversation, bookings=bookings)
            connection.execute(delete(messages).where(messages.c.conversation_id == conversation_id))
            connection.execute(delete(conversations).where(conversations.c.id == conversation_id))
        self._database.scrub()

    def idle(self, age: timedelta, moment: datetime) -> Sequence[str]:
        """Conversations without activity for so long at a moment (UTC)."""
        query = select(conversations.c.id).where(conversations.c.active_at < to_naive_utc(moment - age))
        with self._database.reading("look for old conversations") as connection:
            return list(connection.execute(query).scalars())

    def to_erase(self) -> Sequence[tuple[str, bool]]:
        """Names of conversations that Rasa still has to forget, and whether their bookings go too."""
        query = select(erasures.c.sender, erasures.c.bookings).order_by(erasures.c.id)
        with self._database.reading("look for erasures") as connection:
            return [(row.sender, row.bookings) for row in connection.execute(query).all()]

    def erased(self, sender: str) -> None:
        """Marks one as erased in Rasa."""
        with self._database.writing("note an erasure") as connection:
            connection.execute(delete(erasures).where(erasures.c.sender == sender))

    def check(self) -> None:
        """Stores as much as a message with its answer takes, and deletes it. Raises StoreError when messages cannot be
        stored.

        In two transactions, because a full disk shows when new pages are committed.
        """
        with self._database.writing("be written to") as connection:
            connection.execute(insert(probes).values(filler=secrets.token_hex(PROBE_CHARACTERS // 2)))
        with self._database.writing("be written to") as connection:
            connection.execute(delete(probes))

    def count_waiting(self) -> int:
        """Number of messages waiting for their answer."""
        query = select(func.count()).select_from(messages).where(_WAITS)
        with self._database.reading("count messages") as connection:
            return int(connection.execute(query).scalar_one())


def _turn(conversation: Conversation, message_id: int, run: int, words: str, wait: float) -> Turn:
    for_team = conversation.mode == "human"
    return Turn(message_id, conversation.id, conversation.sender(run), words, for_team, wait)


def _seconds_until(moment: datetime) -> float:
    return max(0.0, (from_naive_utc(moment) - now()).total_seconds())


def _add_replies(
    connection: Connection, conversation: Conversation, turn: Turn, replies: Sequence[Draft], notice: Draft | None
) -> Sequence[int]:
    """Stores the replies; a `notice` goes before the last one, which may be a question."""
    ids = []
    for position, reply in enumerate(replies):
        if notice and position == len(replies) - 1:
            add_message(connection, conversation, message_row(conversation, "system", notice))
        place = {"reply_to": turn.message_id, "position": position}
        ids.append(add_message(connection, conversation, message_row(conversation, "bot", reply) | place))
    return ids


def _forget(connection: Connection, conversation: Conversation, *, bookings: bool) -> None:
    """Deletes everything said and recorded, and the `bookings` too; the conversation itself stays open."""
    _queue_erasure(connection, conversation, bookings=bookings)
    for table in (messages, notes, mentions):
        connection.execute(delete(table).where(table.c.conversation_id == conversation.id))
    summary.forget(connection, conversation.id)
    if conversation.mode == "waiting":
        change_mode(connection, conversation, "bot")


def _turn_row(turn: Turn, facts: TurnExplanation) -> dict[str, Any]:
    details = facts.details
    return {
        "message_id": turn.message_id,
        "conversation_id": turn.conversation_id,
        "at": to_naive_utc(now()),
        "label": details.get("label", ""),
        "confidence": details.get("confidence"),
        "outcome": (details.get("safety") or {}).get("outcome", ""),
        "form": details.get("form") or "",
        "seconds": round(facts.seconds, 4),
        "reason": reason_to_look(details),
        "reviewed": False,
        "details": details,
    }


def _queue_erasure(connection: Connection, conversation: Conversation, *, bookings: bool) -> None:
    """Queues erasure in Rasa: with the bookings for every run, otherwise for the current one only."""
    for run in range(0 if bookings else conversation.run, conversation.run + 1):
        sender = conversation.sender(run)
        connection.execute(delete(erasures).where(erasures.c.sender == sender))
        connection.execute(insert(erasures).values(sender=sender, bookings=bookings))
