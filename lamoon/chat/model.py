"""Value types of the chat."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from lamoon.contract import SAFETY, ConversationName, Kind
from lamoon.knowledge.topics import SURE

Author = Literal["visitor", "bot", "team", "system"]
Mode = Literal["bot", "waiting", "human"]
"""bot: the assistant answers. waiting: the assistant answers, and a person was asked for. human: only the team answers.
"""
Node = dict[str, Any]
"""A node of a safe tree: {t, c?, v?, href?}, made by `lamoon.chat.safe_tree`."""


@dataclass(frozen=True)
class Choice:
    """A button: its title, the sentence it sends, whether it was clicked, and whether it is what most people press."""

    title: str
    payload: str = field(repr=False)
    used: bool = False
    main: bool = False


@dataclass(frozen=True)
class Draft:
    """A message not stored yet. `text` is Markdown, `body` the same as a safe tree."""

    text: str = field(repr=False)
    body: Sequence[Node] = field(repr=False)
    kind: Kind = "text"
    choices: tuple[Choice, ...] = ()
    source: dict[str, str] | None = None
    forgets: bool = False
    """Confirms that the conversation was deleted, as the visitor asked."""
    withdraws: bool = False
    """Confirms that the visitor's requests were deleted with it."""
    calls_team: bool = False
    """Confirms that a question went to the team."""
    reports: bool = False
    """Reports something done: a request sent, or data deleted."""

    @property
    def is_vital(self) -> bool:
        """Whether it must be shown even while a person answers."""
        return self.kind in SAFETY or self.reports


@dataclass(frozen=True)
class Conversation:
    """A conversation. `run` counts its restarts."""

    id: str
    mode: Mode
    run: int
    shown_from: int
    last_said: int
    channel: str = "web"
    address: str | None = field(default=None, repr=False)

    def sender(self, run: int | None = None) -> str:
        """Its name in Rasa and in the booking store: each run is a separate conversation there."""
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
    """It exceeded the rate limit and had to wait for its answer."""
    staff: str = ""
    """Who of the team wrote it."""


@dataclass(frozen=True)
class Turn:
    """A message that waits for its answer."""

    message_id: int
    conversation_id: str
    sender: str
    words: str = field(repr=False)
    for_team: bool = False
    """A person answers it; it is only screened for safety."""
    wait: float = 0.0
    """Seconds until its turn under the rate limit."""
    urgent: bool = False
    """It reports an emergency."""
    more: bool = False
    """Other messages wait behind it."""
    pieces: tuple[int, ...] = ()
    """Further messages that are read with it; `words` are those of all."""


@dataclass(frozen=True)
class TurnExplanation:
    """Why a message was answered as it was: `details` come from Rasa, {} when it gave no answer."""

    seconds: float
    details: dict[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Receipt:
    """What became of an incoming message: `new` is False when it was stored already.

    `turn` is set when it is the next to be answered.
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
    """The strongest reason to review a turn, from its details; "" when nothing stands out.

    A thumbs-down, which arrives later, outranks all others.
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


def turns_lease(conversation_id: str) -> str:
    """The name of the lease of the gateway that answers in a conversation, or erases it."""
    return f"turns of {conversation_id}"
