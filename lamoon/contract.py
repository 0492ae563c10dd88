"""Values passed between Rasa, the actions and the gateway: labels, names, slots, the health record, replies.

Only this module writes and parses them. Invalid values raise ContractError; nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final, Literal, cast, get_args

from lamoon.errors import ContractError

TOPIC_INTENT: Final = "faq"
RESPONSE_PREFIX: Final = "utter_"

SANDBOX: Final = "test"
"""The channel of sandbox conversations: left out of figures and queues."""

HEALTH_RECORD: Final = "health_ledger"
HEALTH_NOTICE: Final = "health_notice"
OPEN_CONDITIONS: Final = "open_conditions"
CONDITIONS_TOLD: Final = "conditions_told"
CONDITIONS_TEXT: Final = "conditions_text"
BOOKING_HOLD: Final = "booking_hold"
EMERGENCY_TEXT: Final = "emergency_text"
DELETION_QUESTION: Final = "deletion_question"
FORGET_CONVERSATION: Final = "forget_conversation"
HEALTH_RECORD_VERSION: Final = 1
UNREADABLE_RECORD: Final = "What was said about health in the conversation could not be read. Please ask."
"""In a request, replaces a record that cannot be read. For the team."""

Kind = Literal["text", "warning", "emergency", "crisis", "apology", "notice"]
"""How a reply is shown. notice: from the gateway itself."""
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
EMERGENCIES: Final[tuple[Kind, ...]] = ("emergency", "crisis")
SAFETY: Final[tuple[Kind, ...]] = ("warning", *EMERGENCIES)
Effect = Literal["forgets", "withdraws", "calls_team", "reports"]
"""What was done along with a reply. forgets: the conversation is deleted; requests that were sent stay. withdraws: requests
are deleted too. calls_team: a question went to the team. reports: a request was sent. All are shown even while a person
answers.
"""
EFFECTS: Final[tuple[Effect, ...]] = get_args(Effect)


@dataclass(frozen=True)
class Label:
    """What a message asks: an intent, with its kind if it has kinds ("faq/cost", "out_of_scope/parking", "greet")."""

    intent: str
    kind: str = ""

    @classmethod
    def parse(cls, text: str) -> Label:
        """The label in a text. Raises ContractError."""
        intent, slash, kind = text.partition("/")
        if not intent or (slash and not kind) or "/" in kind:
            raise ContractError(f"{text!r} is no label: expected an intent, or intent/kind such as faq/cost")
        return cls(intent, kind)

    @classmethod
    def of_topic(cls, topic_id: str) -> Label:
        """The label of a topic of the guide."""
        return cls(TOPIC_INTENT, topic_id)

    @property
    def topic_id(self) -> str:
        """The topic of the guide; empty for other labels."""
        return self.kind if self.intent == TOPIC_INTENT else ""

    @property
    def response(self) -> str:
        """The name of its response."""
        return RESPONSE_PREFIX + str(self)

    def __str__(self) -> str:
        return f"{self.intent}/{self.kind}" if self.kind else self.intent


def topic_of(text: object) -> str:
    """The topic that a label names ("cost" of "faq/cost"); empty for other labels."""
    try:
        return Label.parse(str(text or "")).topic_id
    except ContractError:
        return ""


def topic_of_response(name: str) -> str:
    """The topic that a response answers ("cost" of "utter_faq/cost"); empty for other responses."""
    return topic_of(name.removeprefix(RESPONSE_PREFIX)) if name.startswith(RESPONSE_PREFIX) else ""


@dataclass(frozen=True)
class ConversationName:
    """The name of a conversation in Rasa and in the booking store: "<channel>-<id>-<run>".

    Each `run` (counted up by a restart) is a separate conversation there.
    """

    channel: str
    id: str
    run: int

    @classmethod
    def read(cls, name: str) -> ConversationName | None:
        """The parts of the name; None when another program named the conversation."""
        found = _CONVERSATION.fullmatch(name)
        return cls(found["channel"], found["id"], int(found["run"])) if found else None

    @property
    def is_sandbox(self) -> bool:
        """Whether it is a sandbox conversation, without a visitor."""
        return self.channel == SANDBOX

    @property
    def runs(self) -> Sequence[str]:
        """The names of this run and all earlier ones."""
        return [str(ConversationName(self.channel, self.id, run)) for run in range(self.run + 1)]

    def __str__(self) -> str:
        return f"{self.channel}-{self.id}-{self.run}"


def all_runs(name: str) -> Sequence[str]:
    """The names of a conversation before and after it was started over; another program's name stands for itself."""
    known = ConversationName.read(name)
    return known.runs if known else [name]


_CONVERSATION = re.compile(r"(?P<channel>[a-z_]+)-(?P<id>[0-9a-f]{32})-(?P<run>\d+)")


@dataclass(frozen=True)
class Disclosure:
    """A disclosed condition: its id in the screening catalogue, and the visitor's words."""

    id: str
    words: str = field(default="", repr=False)


@dataclass(frozen=True)
class HealthRecord:
    """Health disclosures in a conversation.

    Attributes:
        open: conditions the visitor has, oldest first.
        retracted: conditions that were retracted; they stay on record.
        cleared: conditions that staff have reviewed.
        warned: ids of the open conditions that the visitor was warned about.
        notes: the visitor's words that name no condition of the catalogue.
        asked: whether the question about health was asked outside of forms.
        reminders: how often a reminder of an emergency preceded an answer.
    """

    open: tuple[Disclosure, ...] = ()
    retracted: tuple[Disclosure, ...] = ()
    cleared: tuple[Disclosure, ...] = ()
    warned: tuple[str, ...] = ()
    notes: tuple[str, ...] = field(default=(), repr=False)
    asked: bool = False
    reminders: int = 0

    @classmethod
    def from_slot(cls, value: object) -> HealthRecord:
        """The record in a slot's value; empty when nothing was disclosed.

        Raises:
            ContractError: when it cannot be read. Its text holds no visitor's words.
        """
        if value is None:
            return cls()
        if not isinstance(value, Mapping):
            raise _unreadable(f"it is a {type(value).__name__}", "a mapping")
        version = value.get("version", HEALTH_RECORD_VERSION)
        if version != HEALTH_RECORD_VERSION:
            raise _unreadable("its version is another", f"version {HEALTH_RECORD_VERSION}")
        asked, reminders = value.get("asked", False), value.get("reminders", 0)
        if type(asked) is not bool or type(reminders) is not int or reminders < 0:
            raise _unreadable("`asked` or `reminders` is of another kind", "true or false, and a number from 0")
        return cls(
            open=_disclosures(value, "open"),
            retracted=_disclosures(value, "retracted"),
            cleared=_disclosures(value, "cleared"),
            warned=_texts(value, "warned"),
            notes=_texts(value, "notes"),
            asked=asked,
            reminders=reminders,
        )

    def to_slot(self) -> dict[str, Any]:
        """The slot's value: JSON, with a version."""
        lists = {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}
        return {"version": HEALTH_RECORD_VERSION, **lists}


@dataclass(frozen=True)
class ReplyMetadata:
    """A reply's metadata.

    Attributes:
        kind: how it is shown.
        topic: the topic of the guide that it answers, empty for none; `section` is where the guide says it.
        block: which of the topic's texts it is: the name of a fact, or of a later form; empty for the overview.
        reference: of the request that it reports.
        effect: what was done along with it; None for nothing.
    """

    kind: Kind = "text"
    topic: str = ""
    section: str = ""
    block: str = ""
    reference: str = ""
    effect: Effect | None = None

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> ReplyMetadata:
        """Reads these fields from a reply's `metadata` and ignores the others. Raises ContractError."""
        kind, effect = value.get("kind", "text"), value.get("effect")
        if kind not in KINDS:
            raise ContractError(f"a reply is of the kind {kind!r}: expected one of {', '.join(KINDS)}")
        if effect is not None and effect not in EFFECTS:
            raise ContractError(f"a reply has the effect {effect!r}: expected one of {', '.join(EFFECTS)}, or none")
        return cls(
            kind=cast("Kind", kind),
            topic=topic_of(value.get("topic")),
            section=str(value.get("section") or ""),
            block=str(value.get("block") or ""),
            reference=str(value.get("reference") or ""),
            effect=cast("Effect | None", effect),
        )

    def to_dict(self) -> dict[str, str]:
        """The fields for a reply; empty ones are left out."""
        topic = str(Label.of_topic(self.topic)) if self.topic else ""
        values = {
            "kind": "" if self.kind == "text" else self.kind,
            "topic": topic,
            "section": self.section,
            "block": self.block,
        }
        values |= {"reference": self.reference, "effect": self.effect or ""}
        return {name: value for name, value in values.items() if value}


def _disclosures(value: Mapping[str, Any], name: str) -> tuple[Disclosure, ...]:
    entries = value.get(name, [])
    if not isinstance(entries, list) or not all(_is_disclosure(entry) for entry in entries):
        raise _unreadable(f"`{name}` is of another kind", "a list of {id, words}")
    return tuple(Disclosure(entry["id"], entry.get("words", "")) for entry in entries)


def _is_disclosure(entry: object) -> bool:
    if not isinstance(entry, Mapping):
        return False
    known = entry.get("id")
    return isinstance(known, str) and bool(known) and isinstance(entry.get("words", ""), str)


def _texts(value: Mapping[str, Any], name: str) -> tuple[str, ...]:
    texts = value.get(name, [])
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise _unreadable(f"`{name}` is of another kind", "a list of texts")
    return tuple(texts)


def _unreadable(problem: str, expected: str) -> ContractError:
    return ContractError(f"the slot {HEALTH_RECORD} cannot be read: {problem} (expected {expected})")
