"""Sandbox conversations: one at a time for each member of staff, with the explanation of each answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.engine import Connection

from lamoon.chat.model import Conversation, Message
from lamoon.chat.records import find_conversation, message_of
from lamoon.chat.store import ChatStore
from lamoon.contract import REPLY_PLAN, SANDBOX
from lamoon.desk.inbox.health import THEN, reason_of
from lamoon.desk.teaching.training_phrases import title
from lamoon.desk.words import plainly
from lamoon.dialogue.reply import Plan
from lamoon.knowledge import Topics
from lamoon.storage.database import Database
from lamoon.storage.tables import messages, trials, turns

MOST_MESSAGES = 200


@dataclass(frozen=True)
class Exchange:
    """A message and its answer. `said` is None before the visitor's first message.

    `words` is the message as Rasa received it, `details` the explanation of `lamoon.nlu.explain`, `seconds` the
    response time (None while it is open).
    """

    said: Message | None
    words: str = field(default="", repr=False)
    details: Mapping[str, Any] = field(default_factory=dict, repr=False)
    seconds: float | None = None
    replies: list[Message] = field(default_factory=list, repr=False)


@dataclass(frozen=True)
class Trial:
    """A sandbox conversation with its latest exchanges, oldest first."""

    conversation: Conversation
    exchanges: Sequence[Exchange]


class Sandbox:
    """The sandbox conversations of one database."""

    def __init__(self, database: Database, chat: ChatStore) -> None:
        self._database = database
        self._chat = chat

    def current(self, staff_id: int) -> str:
        """The member of staff's current conversation; "" before their first."""
        query = select(trials.c.conversation_id).where(trials.c.staff_id == staff_id)
        with self._database.reading("look for a sandbox") as connection:
            return str(connection.execute(query).scalar() or "")

    def begin(self, staff_id: int) -> str:
        """Starts a fresh conversation, as a new visitor, and deletes the previous one with all its effects."""
        made = self._chat.open(channel=SANDBOX).id
        mine = trials.c.staff_id == staff_id
        with self._database.writing("begin a sandbox") as connection:
            before = connection.execute(select(trials.c.conversation_id).where(mine)).scalar()
            connection.execute(delete(trials).where(mine))
            connection.execute(insert(trials).values(staff_id=staff_id, conversation_id=made))
        if before:
            self._chat.delete(before, bookings=True)
        return made

    def read(self, conversation_id: str) -> Trial:
        """A conversation with its explanations. Raises GoneError."""
        with self._database.reading("read a sandbox") as connection:
            conversation = find_conversation(connection, conversation_id)
            return Trial(conversation, _exchanges(connection, conversation))

    def last_words(self, conversation_id: str) -> tuple[str, str] | None:
        """The visitor's latest visible message: as shown and as Rasa received it. Raises GoneError."""
        with self._database.reading("read a sandbox") as connection:
            last = find_conversation(connection, conversation_id).last_said
            row = connection.execute(select(messages.c.text, messages.c.words).where(messages.c.id == last)).first()
        return (row.text, row.words) if row else None


def _exchanges(connection: Connection, conversation: Conversation) -> list[Exchange]:
    query = (
        select(messages, turns.c.details, turns.c.seconds)
        .outerjoin(turns, turns.c.message_id == messages.c.id)
        .where(messages.c.conversation_id == conversation.id, messages.c.id >= conversation.shown_from)
        .order_by(messages.c.id.desc())
        .limit(MOST_MESSAGES)
    )
    found: dict[int, Exchange] = {}
    last = 0
    for row in reversed(connection.execute(query).all()):
        if row.author == "visitor":
            last = row.id
            found[last] = Exchange(message_of(row), row.words, row.details or {}, row.seconds)
        else:
            # An answer belongs to its message, even if the next message arrived first.
            at = row.reply_to if row.reply_to in found else last
            found.setdefault(at, Exchange(None)).replies.append(message_of(row))
    return list(found.values())


OUTCOMES = {
    "none": "Nothing about health",
    "inform": "A question about health; no warning needed",
    "ask_doctor": "Something to ask a doctor about first",
    "warn": "A reason not to roll: the visitor is warned",
    "emergency": "An emergency",
}
STATUSES = {
    "affirmed": "has it",
    "negated": "does not have it",
    "other_person": "another person has it",
    "resolved": "is over it",
    "hypothetical": "only asks about it",
}
POLICIES = {
    "MultiQuestionPolicy": "a rule",
    "RulePolicy": "a rule",
    "MemoizationPolicy": "a conversation it was shown, word for word",
    "TEDPolicy": "what it learned from conversations",
}


@dataclass(frozen=True)
class ScoreBar:
    """A label's title and the assistant's confidence in it, from 0 to 1 (None: not given)."""

    title: str
    sure: float | None


@dataclass(frozen=True)
class Piece:
    """A piece of the message; `marks` is what screening found in it, "" for nothing."""

    text: str
    marks: str = ""


@dataclass(frozen=True)
class ExplanationStep:
    """One step of the assistant, and what decided it."""

    action: str
    decided_by: str
    sure: float | None


@dataclass(frozen=True)
class PlanFacts:
    """The plan of a reply: what came first, what followed, and why."""

    first: Sequence[str]
    then: str
    reason: str


@dataclass(frozen=True)
class Facts:
    """The explanation of a turn, for the page."""

    understood: ScoreBar
    ranking: Sequence[ScoreBar]
    questions: Sequence[tuple[str, ScoreBar]]
    outcome: str
    heard: Sequence[Piece] = field(repr=False)
    plan: PlanFacts
    steps: Sequence[ExplanationStep]
    form: str
    slots: Mapping[str, Any] = field(repr=False)
    milliseconds: int
    sections: Sequence[str]


def facts_of(exchange: Exchange, topics: Topics) -> Facts | None:
    """The explanation of a turn; None when the assistant gave no answer of its own."""
    details = exchange.details
    if not details or exchange.seconds is None:
        return None
    safety = details.get("safety") or {}
    outcome = str(safety.get("outcome") or "none")
    slots = details.get("slots") or {}
    plan = Plan.from_slot(slots.get(REPLY_PLAN))
    return Facts(
        understood=_bar(details, topics),
        ranking=[_bar(one, topics) for one in details.get("ranking") or ()],
        questions=[(one["text"], _bar(one, topics)) for one in details.get("questions") or ()],
        outcome=OUTCOMES.get(outcome, plainly(outcome)),
        heard=list(_pieces(exchange.words, safety.get("conditions") or ())),
        plan=PlanFacts(plan.say, THEN[plan.then], reason_of(plan)),
        steps=[_step(one) for one in details.get("actions") or ()],
        form=_plain_form(details.get("form") or ""),
        slots=slots,
        milliseconds=round(exchange.seconds * 1000),
        sections=list(dict.fromkeys(reply.source["section"] for reply in exchange.replies if reply.source)),
    )


def _bar(one: Mapping[str, Any], topics: Topics) -> ScoreBar:
    return ScoreBar(title(str(one.get("label") or ""), topics), one.get("confidence"))


def _step(one: Mapping[str, Any]) -> ExplanationStep:
    policy = str(one.get("policy") or "").rpartition("_")[2]
    return ExplanationStep(str(one["name"]), POLICIES.get(policy, policy or "the open form"), one.get("confidence"))


def _plain_form(form: str) -> str:
    return {"booking_form": "A booking", "handoff_form": "A question for the team"}.get(form, plainly(form))


def _pieces(words: str, mentions: Sequence[Mapping[str, Any]]) -> Iterator[Piece]:
    """The message split at the boundaries of marked words; of overlapping mentions the first counts."""
    at = 0
    for mention in sorted(mentions, key=lambda one: (one["start"], -one["end"])):
        start, end = mention["start"], mention["end"]
        if not at <= start < end <= len(words):
            continue
        if start > at:
            yield Piece(words[at:start])
        status = str(mention.get("status"))
        yield Piece(words[start:end], f"{plainly(mention['id'])}: {STATUSES.get(status, plainly(status))}")
        at = end
    if at < len(words):
        yield Piece(words[at:])
