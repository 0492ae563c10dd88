"""What the gateway's parts hand to each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, get_args

from lamoon.contract import SAFETY, ConversationName, Kind
from lamoon.knowledge.topics import SURE

Author = Literal["visitor", "bot", "team", "system"]
Mode = Literal["bot", "waiting", "human"]
"""bot: the assistant answers. waiting: it does, and a person was asked for. human: only the team answers."""
MODES: tuple[Mode, ...] = get_args(Mode)
Node = dict[str, Any]
"""A node of a safe tree: {t, c?, v?, href?}; `lamoon.chat.safe_tree` makes them."""


@dataclass(frozen=True)
class Choice:
    """A button: what it shows, the sentence that it stands for, and whether it was clicked."""

    title: str
    payload: str = field(repr=False)
    used: bool = False


@dataclass(frozen=True)
class Draft:
    """Something to say that has no id yet. `text` is markdown, `body` the same as a safe tree."""

    text: str = field(repr=False)
    body: Sequence[Node] = field(repr=False)
    kind: Kind = "text"
    choices: tuple[Choice, ...] = ()
    source: dict[str, str] | None = None
    forgets: bool = False
    """The visitor asked to be forgotten, and this says that it was done."""
    calls_team: bool = False
    """A question went to the team, and this says so."""
    reports: bool = False
    """It says what was done: that a request was sent, or that everything is forgotten."""

    @property
    def is_vital(self) -> bool:
        """Whether it is said whoever answers, a person or the assistant."""
        return self.kind in SAFETY or self.reports


@dataclass(frozen=True)
class Conversation:
    """A conversation. `run` counts how often it was started over."""

    id: str
    mode: Mode
    run: int
    shown_from: int
    last_said: int
    channel: str = "web"
    address: str | None = field(default=None, repr=False)

    def sender(self, run: int | None = None) -> str:
        """Its name in Rasa and in the booking store: each run is a conversation of its own there."""
        return str(ConversationName(self.channel, self.id, self.run if run is None else run))


@dataclass(frozen=True)
class Message:
    """A stored message."""

    id: int
    author: Author
    kind: Kind
    at: datetime
    text: str = field(repr=False)
    body: Sequence[Node] = field(repr=False)
    client_id: str | None = None
    choices: tuple[Choice, ...] = ()
    source: dict[str, str] | None = None
    feedback: str | None = None
    over_limit: bool = False
    """It came faster than the limit of pace, and had to wait for its answer."""


@dataclass(frozen=True)
class Turn:
    """A message that waits for its answer."""

    message_id: int
    conversation_id: str
    sender: str
    words: str = field(repr=False)
    for_team: bool = False
    """A person answers it; it is only looked through for what concerns the visitor's safety."""
    wait: float = 0.0
    """Seconds until its turn, as the limit of pace has it."""


@dataclass(frozen=True)
class TurnExplanation:
    """Why a message was answered as it was: `details` is what Rasa's side tells of it, {} where it gave no answer."""

    seconds: float
    details: dict[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Receipt:
    """What became of a message that was sent in: `new` is False when it was here already.

    `turn` is there when it is the next to be answered.
    """

    id: int
    client_id: str
    at: datetime
    new: bool
    turn: Turn | None = None


THUMBS_DOWN, NO_ANSWER, FALLBACK, UNSURE, HANDOFF, WARNING = (
    "thumbs_down",
    "no_answer",
    "fallback",
    "unsure",
    "handoff",
    "warning",
)
REASONS = (THUMBS_DOWN, NO_ANSWER, FALLBACK, UNSURE, HANDOFF, WARNING)


def reason_to_look(details: Mapping[str, Any]) -> str:
    """The most telling reason, by what Rasa told of a turn; "" where nothing stands out.

    A thumb pointing down comes later and goes before all others.
    """
    label = details.get("label", "")
    if not label:
        return NO_ANSWER
    if (details.get("safety") or {}).get("outcome") in ("warn", "emergency", "ask_doctor"):
        return WARNING
    if label == "nlu_fallback":
        return FALLBACK
    if label == "handoff_to_human":
        return HANDOFF
    confidence = details.get("confidence")
    return UNSURE if confidence is not None and confidence < SURE else ""
