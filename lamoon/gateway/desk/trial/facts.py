"""Why a message was answered as it was, in words for the team."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lamoon.gateway.desk.inbox.words import plainly
from lamoon.gateway.desk.teaching.labels import title
from lamoon.gateway.desk.trial.sandbox import Exchange
from lamoon.knowledge import Topics

OUTCOMES = {
    "none": "Nothing about health",
    "inform": "A question about health; nobody need be warned",
    "ask_doctor": "Something to ask a doctor about first",
    "warn": "A reason not to roll: the visitor is warned",
    "emergency": "An emergency",
}
STATUSES = {
    "affirmed": "has it",
    "negated": "does not have it",
    "other_person": "somebody else has it",
    "resolved": "is over it",
    "hypothetical": "only asks about it",
}
POLICIES = {
    "TwoQuestionsPolicy": "a rule",
    "RulePolicy": "a rule",
    "MemoizationPolicy": "a conversation it was shown, word for word",
    "TEDPolicy": "what it learned from conversations",
}


@dataclass(frozen=True)
class Bar:
    """A label by its title, and how sure the assistant is of it, from 0 to 1 (None: it does not say)."""

    title: str
    sure: float | None


@dataclass(frozen=True)
class Piece:
    """A part of the message; `marks` says what screening saw in it, "" for nothing."""

    text: str
    marks: str = ""


@dataclass(frozen=True)
class Step:
    """One thing that the assistant did, and what decided it."""

    action: str
    decided_by: str
    sure: float | None


@dataclass(frozen=True)
class Facts:
    """All that is known of one turn."""

    understood: Bar
    ranking: Sequence[Bar]
    questions: Sequence[tuple[str, Bar]]
    outcome: str
    heard: Sequence[Piece] = field(repr=False)
    steps: Sequence[Step]
    form: str
    slots: Mapping[str, Any] = field(repr=False)
    milliseconds: int
    sections: Sequence[str]


def facts_of(exchange: Exchange, topics: Topics) -> Facts | None:
    """What is known of the turn; None where the assistant gave no answer of its own."""
    details = exchange.details
    if not details or exchange.seconds is None:
        return None
    safety = details.get("safety") or {}
    outcome = str(safety.get("outcome") or "none")
    return Facts(
        understood=_bar(details, topics),
        ranking=[_bar(one, topics) for one in details.get("ranking") or ()],
        questions=[(one["text"], _bar(one, topics)) for one in details.get("questions") or ()],
        outcome=OUTCOMES.get(outcome, plainly(outcome)),
        heard=list(_pieces(exchange.words, safety.get("conditions") or ())),
        steps=[_step(one) for one in details.get("actions") or ()],
        form=_plain_form(details.get("form") or ""),
        slots=details.get("slots") or {},
        milliseconds=round(exchange.seconds * 1000),
        sections=list(dict.fromkeys(reply.source["section"] for reply in exchange.replies if reply.source)),
    )


def _bar(one: Mapping[str, Any], topics: Topics) -> Bar:
    return Bar(title(str(one.get("label") or ""), topics), one.get("confidence"))


def _step(one: Mapping[str, Any]) -> Step:
    policy = str(one.get("policy") or "").rpartition("_")[2]
    return Step(str(one["name"]), POLICIES.get(policy, policy or "the open form"), one.get("confidence"))


def _plain_form(form: str) -> str:
    return {"booking_form": "A booking", "handoff_form": "A question for the team"}.get(form, plainly(form))


def _pieces(words: str, mentions: Sequence[Mapping[str, Any]]) -> Iterator[Piece]:
    """The message cut where the marked words begin and end; of mentions that overlap the first counts."""
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
