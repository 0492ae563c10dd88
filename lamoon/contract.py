"""Values passed between Rasa, the actions and the gateway: labels, names, slots, the health record, replies.

Only this module writes and parses them. Invalid values raise ContractError; nothing is guessed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, is_dataclass
from functools import cache
from typing import Any, Final, Literal, cast, get_args, get_origin, get_type_hints

from lamoon.errors import ContractError

TOPIC_INTENT: Final = "faq"
RESPONSE_PREFIX: Final = "utter_"

SANDBOX: Final = "test"  # the channel of sandbox conversations
SAMPLE: Final = "sample"  # the channel of the sample conversations for a new studio
UNREAL: Final = (SANDBOX, SAMPLE)
"""Channels without a visitor: left out of figures, queues and notifications."""

HEALTH_RECORD: Final = "health_ledger"
OPEN_CONDITIONS: Final = "open_conditions"
CONDITIONS_TOLD: Final = "conditions_told"
CONDITIONS_TEXT: Final = "conditions_text"
BOOKING_HOLD: Final = "booking_hold"
EMERGENCY_TEXT: Final = "emergency_text"
HARM_DONE: Final = "harm_done"
"""In the `safety` of a parse result: a person has already harmed themselves, a crisis and a medical emergency. Also the
value of EMERGENCY_TEXT for its reply, which names the emergency number before the crisis line."""
REPLY_PLAN: Final = "reply_plan"
DELETION_QUESTION: Final = "deletion_question"
FORGET_CONVERSATION: Final = "forget_conversation"
LANGUAGE: Final = "language"
"""The slot and entity of the visitor's language, and in a parse result that of the message: a code such as "es"."""
SAYS: Final = "says"
"""In a parse result, the non-health acts of a message in another language or of emoji, such as ["yes"]."""
BOOKING: Final = "booking"
"""In a parse result, the booking data of the message: fields of BookingMessage, and `move`."""
ANSWER_BESIDE: Final = "answer_beside"
"""Marks an answer to the form that had a question beside it; Rasa extracts no slots from it."""
BOOKING_PARTS: Final = "booking_parts"
"""The slot for the form's data other than answers: `wish` in parts, `local_phone`, `turn`."""
SENT_REQUEST: Final = "sent_request"
"""The slot for the latest request that was sent: `reference`, `name`, `contact`, `wish`, `hold`."""
REQUEST_LOOKUP: Final = "request_lookup"
"""The slot for a request that was named by its reference, until its contact is given: `reference`, `move`, `message`."""
HEALTH_RECORD_VERSION: Final = 2
UNREADABLE_RECORD: Final = "What was said about health in the conversation could not be read. Please ask."
"""In a request, replaces a record that cannot be read. For the team."""

Kind = Literal["text", "warning", "emergency", "crisis", "apology", "notice"]
"""How a reply is shown. notice: from the gateway itself."""
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
EMERGENCIES: Final[tuple[Kind, ...]] = ("emergency", "crisis")
SAFETY: Final[tuple[Kind, ...]] = ("warning", *EMERGENCIES)
Effect = Literal["forgets", "withdraws", "calls_team", "reports"]
"""The side effect of a reply. forgets: the conversation is deleted; requests that were sent stay. withdraws: requests
are deleted too. calls_team: a question went to the team. reports: a request was sent. All are shown even while a person
answers.
"""
EFFECTS: Final[tuple[Effect, ...]] = get_args(Effect)


@dataclass(frozen=True)
class Label:
    """The label of a message: an intent, with its kind if it has kinds ("faq/cost", "out_of_scope/parking",
    "greet").
    """

    intent: str
    kind: str = ""

    @classmethod
    def parse(cls, text: str) -> Label:
        """Parse a label. Raises ContractError."""
        intent, slash, kind = text.partition("/")
        if not intent or (slash and not kind) or "/" in kind:
            raise ContractError(f"{text!r} is not a label: expected an intent, or intent/kind such as faq/cost")
        return cls(intent, kind)

    @classmethod
    def of_topic(cls, topic_id: str) -> Label:
        """Return the label of a topic of the guide."""
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
    """Return the topic of a label ("cost" of "faq/cost"); empty for other labels."""
    try:
        return Label.parse(str(text or "")).topic_id
    except ContractError:
        return ""


def topic_of_response(name: str) -> str:
    """Return the topic of a response ("cost" of "utter_faq/cost"); empty for other responses."""
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
        """Parse the name; None if another program named the conversation."""
        found = _CONVERSATION.fullmatch(name)
        return cls(found["channel"], found["id"], int(found["run"])) if found else None

    @property
    def is_sandbox(self) -> bool:
        """Whether it is a sandbox conversation, without a visitor."""
        return self.channel == SANDBOX

    @property
    def runs(self) -> Sequence[str]:
        """Return the names of this run and all earlier ones."""
        return [str(ConversationName(self.channel, self.id, run)) for run in range(self.run + 1)]

    def __str__(self) -> str:
        return f"{self.channel}-{self.id}-{self.run}"


def all_runs(name: str) -> Sequence[str]:
    """Return the names of all runs of a conversation; another program's name is returned alone."""
    known = ConversationName.read(name)
    return known.runs if known else [name]


def conversation_of(name: str) -> str:
    """Return the id of the conversation with this name; empty if another program named it."""
    known = ConversationName.read(name)
    return known.id if known else ""


_CONVERSATION = re.compile(r"(?P<channel>[a-z_]+)-(?P<id>[0-9a-f]{32})-(?P<run>\d+)")


Whose = Literal["visitor", "other", "people", "list"]
"""The experiencer of a condition: the visitor or the client, another person, people at large, or a line of our own
list.
"""
EmergencyStatus = Literal["none", "open", "attended", "cleared_by_visitor", "cleared_by_staff"]
"""attended: help is there or on its way."""
CrisisLevel = Literal["none", "past", "soft", "acute"]
"""soft: despair without suicidal words. past: an attempt or thoughts of long ago."""


@dataclass(frozen=True)
class Disclosure:
    """A condition in a conversation.

    Attributes:
        id: in the screening catalogue.
        words: the visitor's.
        whose: see `Whose`.
        certain: false if it was inferred from a reference ("same here").
        turn: number of the message in the conversation; 0 when unknown.
    """

    id: str
    words: str = field(default="", repr=False)
    whose: Whose = "visitor"
    certain: bool = True
    turn: int = 0


@dataclass(frozen=True)
class Emergency:
    """The latest emergency; a crisis is kept apart from it.

    Attributes:
        text: name of its reply: general, suspected_dvt, cauda_equina, doctor_today.
        status: see `EmergencyStatus`.
        whose: the visitor's or another person's.
        turn: number of the message that opened it; 0 when unknown.
    """

    text: str = ""
    status: EmergencyStatus = "none"
    whose: Whose = "visitor"
    turn: int = 0

    @property
    def is_open(self) -> bool:
        """Whether it governs the replies."""
        return self.status in ("open", "attended")


@dataclass(frozen=True)
class Crisis:
    """Thoughts of suicide or despair. The level never falls within a conversation.

    Attributes:
        level: see `CrisisLevel`.
        replies: number of replies that began with it since.
        turn: number of the message that raised it to this level; 0 when unknown.
        harm: whether the visitor has already harmed themselves and has not said that somebody takes care of it.
    """

    level: CrisisLevel = "none"
    replies: int = 0
    turn: int = 0
    harm: bool = False


@dataclass(frozen=True)
class HealthRecord:
    """A conversation's information about health, which decides instead of the latest message.

    Attributes:
        open: conditions of the visitor or client, oldest first.
        retracted: conditions that were retracted; they stay on record.
        cleared: conditions that staff have reviewed.
        mentioned: conditions of others, of people at large or of our list, possible antecedents of a reference; latest
            last.
        warned: ids of the open conditions that the visitor was warned about.
        notes: the visitor's words that name no condition of the catalogue.
        emergency: the latest one.
        crisis: of the whole conversation.
        violence: whether the visitor mentioned violence or threats at home.
        asked: whether the question about health was asked outside of forms.
        acknowledged: feelings that were already acknowledged.
        pending: id of the condition that the latest reply asked to confirm as a mistake, or empty.
        turn: number of the latest message, counted from the first one that the record is about.
    """

    open: tuple[Disclosure, ...] = ()
    retracted: tuple[Disclosure, ...] = ()
    cleared: tuple[Disclosure, ...] = ()
    mentioned: tuple[Disclosure, ...] = ()
    warned: tuple[str, ...] = ()
    notes: tuple[str, ...] = field(default=(), repr=False)
    emergency: Emergency = Emergency()
    crisis: Crisis = Crisis()
    violence: bool = False
    asked: bool = False
    acknowledged: tuple[str, ...] = ()
    pending: str = ""
    turn: int = 0

    @classmethod
    def from_slot(cls, value: object) -> HealthRecord:
        """Parse the record in a slot's value; empty if nothing was disclosed. Supports version 1 too.

        Raises:
            ContractError: when it cannot be parsed. Its text contains no visitor's words.
        """
        if value is None:
            return cls()
        if not isinstance(value, Mapping):
            raise _unreadable(f"it is a {type(value).__name__}", "a mapping")
        version = value.get("version", 1)
        if version not in (1, HEALTH_RECORD_VERSION):
            raise _unreadable("its version is another", f"version {HEALTH_RECORD_VERSION}")
        fields = {name: entry for name, entry in value.items() if name not in ("version", "reminders")}
        record = _typed(cls, fields, "the record")
        assert isinstance(record, HealthRecord)
        return record

    def to_slot(self) -> dict[str, Any]:
        """Return the slot's value: JSON, with a version."""
        return {"version": HEALTH_RECORD_VERSION, **json.loads(json.dumps(asdict(self)))}


@dataclass(frozen=True)
class HealthView:
    """The health record as staff see it.

    Attributes:
        record: None when it cannot be read.
        said_at: when the visitor's messages came, oldest first, in seconds since the epoch.
        signs: the latest messages with signs of illness, oldest first, in the visitor's words.
    """

    record: HealthRecord | None
    said_at: tuple[float, ...] = ()
    signs: tuple[str, ...] = field(default=(), repr=False)

    def time_of(self, turn: int) -> float | None:
        """Return the time of the message with this number in the record; None if unknown."""
        at = len(self.said_at) - 1 - (self.record.turn - turn) if self.record else -1
        return self.said_at[at] if turn and 0 <= at < len(self.said_at) else None

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> HealthView:
        """Read what `to_json` wrote; a record that cannot be read becomes None."""
        try:
            record = HealthRecord.from_slot(value.get("record"))
        except ContractError:
            return cls(None, tuple(value.get("said_at") or ()), tuple(value.get("signs") or ()))
        return cls(record, tuple(value.get("said_at") or ()), tuple(value.get("signs") or ()))


@dataclass(frozen=True)
class ReplyMetadata:
    """A reply's metadata.

    Attributes:
        kind: how it is shown.
        topic: the topic of the guide that it answers, or empty; `section` is the guide's section.
        block: the name of the topic's text: of a fact, or of a later form; empty for the overview.
        reference: of the request that it reports.
        effect: its side effect, or None.
    """

    kind: Kind = "text"
    topic: str = ""
    section: str = ""
    block: str = ""
    reference: str = ""
    effect: Effect | None = None

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> ReplyMetadata:
        """Read these fields from a reply's `metadata` and ignore the others. Raises ContractError."""
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
        """Return the fields for a reply; empty ones are left out."""
        topic = str(Label.of_topic(self.topic)) if self.topic else ""
        values = {
            "kind": "" if self.kind == "text" else self.kind,
            "topic": topic,
            "section": self.section,
            "block": self.block,
        }
        values |= {"reference": self.reference, "effect": self.effect or ""}
        return {name: value for name, value in values.items() if value}


@cache  # needed in every turn
def _types(of: Any) -> dict[str, Any]:
    return get_type_hints(of)


def _typed(expected: Any, value: object, name: str) -> Any:
    """Convert a JSON value to its annotated type. Raises ContractError, which names the field, not its content."""
    if is_dataclass(expected):
        if not isinstance(value, Mapping):
            raise _unreadable(f"`{name}` is of another kind", "a mapping")
        types = _types(cast("Hashable", expected))
        unknown = sorted(set(value) - set(types))
        if unknown:
            raise _unreadable(f"`{name}` has a field that is not known", ", ".join(types))
        try:
            return cast("Any", expected)(**{key: _typed(types[key], entry, key) for key, entry in value.items()})
        except TypeError:
            raise _unreadable(f"`{name}` lacks a field", ", ".join(types)) from None
    if get_origin(expected) is tuple:
        if not isinstance(value, list):
            raise _unreadable(f"`{name}` is of another kind", "a list")
        return tuple(_typed(get_args(expected)[0], entry, name) for entry in value)
    if get_origin(expected) is Literal:
        if value not in get_args(expected):
            raise _unreadable(f"`{name}` is of another kind", " or ".join(get_args(expected)))
        return value
    if type(value) is not expected or (name == "id" and not value):
        raise _unreadable(f"`{name}` is of another kind", f"a {expected.__name__}")
    return value


def _unreadable(problem: str, expected: str) -> ContractError:
    return ContractError(f"the slot {HEALTH_RECORD} cannot be read: {problem} (expected {expected})")
