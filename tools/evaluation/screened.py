"""Messages about health with what is expected of them, what the screening made of them, and the figures of that."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from tools.evaluation.questions import Question, read_entries
from tools.evaluation.scores import Figure

EXPECTED: Final = ("emergency", "warn", "ask_doctor", "inform", "no_warn")
ALARMS: Final = frozenset({"emergency", "warn", "ask_doctor"})
WORDINGS: Final = ("ordinary", "stranger")
EXAMPLE: Final = '{"text": "I have DVT", "expect": "warn", "conditions": ["blood_clot"], "style": "plain"}'
# Questions that may rightly be taken for a disclosure: "can I come with a clot", "if I am pregnant", "is it safe for me".
TOUCHING_HEALTH: Final = frozenset({"emergency", "report_condition", "faq/contraindications", "handoff_to_human"})
# How bad a miss is: the distance on this scale, doubled where too little was said.
_URGENCY: Final = {"none": 0, "no_warn": 0, "inform": 0, "ask_doctor": 1, "warn": 2, "emergency": 4}

Screen = Callable[[str], Mapping[str, Any]]
"""From a message to what a parse result holds as `safety`."""


@dataclass(frozen=True)
class LabelledMessage:
    """A labelled message.

    Attributes:
        text: what the visitor writes.
        accepted: every outcome that is right; the first is the first choice.
        conditions: ids that it is about.
        style: the voice it is written in, such as "curt".
        stranger: whether nobody who writes patterns has written it.
    """

    text: str
    accepted: tuple[str, ...]
    conditions: tuple[str, ...] = ()
    style: str = ""
    stranger: bool = False


@dataclass(frozen=True)
class Screened:
    """A message and what the screening made of it; `asked`: the second opinion asks about the visitor's health."""

    told: LabelledMessage
    outcome: str
    asked: bool = False

    @property
    def expect(self) -> str:
        """The first choice: emergency, warn, ask_doctor, inform or no_warn."""
        return self.told.accepted[0]

    @property
    def right(self) -> bool:
        """Whether the outcome is an accepted one. Where silence is right, so is information, and the other way round."""
        quiet = "no_warn" in self.told.accepted or self.expect == "inform"
        return self.outcome in self.told.accepted or (quiet and self.outcome not in ALARMS)

    @property
    def flagged(self) -> bool:
        """Whether anything at all was said or asked about the visitor's own health."""
        return self.outcome in ALARMS or self.asked

    @property
    def badness(self) -> int:
        """0 for right; the more, the worse. Too little said counts double."""
        if self.right:
            return 0
        short = _URGENCY[self.expect] - _URGENCY[self.outcome]
        return 2 * short if short > 0 else 1 - short


def read_told(path: Path) -> list[LabelledMessage]:
    """Reads a file of labelled messages, one JSON object a line.

    A line has `text` and `expect`, and may have `accept` (further right outcomes), `conditions`, `style`, and `wording`
    ("ordinary" or "stranger"). In a file whose name holds "stranger" all wording is a stranger's unless it says else.

    Raises:
        EvaluationError: naming the file and line that cannot be read, and what was expected.
    """
    wording = WORDINGS["stranger" in path.name]
    return read_entries(path, lambda entry: _told(entry, wording), "message", EXAMPLE)


def _told(entry: dict[str, Any], wording: str) -> LabelledMessage:
    accepted = (_choice(entry["expect"], "expect", EXPECTED), *_texts(entry, "accept"))
    for outcome in accepted:
        _choice(outcome, "accept", EXPECTED)
    wording = _choice(entry.get("wording", wording), "wording", WORDINGS)
    text, style = _text(entry["text"], "text"), _text(entry.get("style", ""), "style")
    return LabelledMessage(text, accepted, _texts(entry, "conditions"), style, wording == "stranger")


def _text(value: object, key: str) -> str:
    if not isinstance(value, str):
        raise TypeError(f"`{key}` is not a text")
    return value


def _texts(entry: Mapping[str, Any], key: str) -> tuple[str, ...]:
    value = entry.get(key) or []
    if not isinstance(value, list):
        raise TypeError(f"`{key}` is not a list")
    return tuple(_text(item, key) for item in value)


def _choice(value: object, key: str, choices: Sequence[str]) -> str:
    if value not in choices:
        raise ValueError(f"`{key}` is {value!r}, not one of {', '.join(choices)}")
    return str(value)


def ordinary_messages(questions: Sequence[Question]) -> list[LabelledMessage]:
    """The questions about the guide, the studio and bookings that have nothing to do with the visitor's health."""
    inside = (question for question in questions if question.group not in ("near", "far"))
    return [
        LabelledMessage(question.text, ("no_warn",))
        for question in inside
        if not TOUCHING_HEALTH & set(question.labels)
    ]


def screen_all(told: Sequence[LabelledMessage], screen: Screen) -> list[Screened]:
    """What `screen` makes of each message."""
    found = [(message, screen(message.text)) for message in told]
    return [Screened(message, safety["outcome"], bool(safety.get("question"))) for message, safety in found]


def recall(screened: Sequence[Screened], expect: str) -> Figure:
    """The share of right outcomes where `expect` was the first choice."""
    return _figure([s.right for s in screened if s.expect == expect])


def any_flag(screened: Sequence[Screened]) -> Figure:
    """The share of messages that need a reaction and got one of any kind, a question about health included."""
    return _figure([s.flagged for s in screened if s.expect in ALARMS])


def false_alarms(screened: Sequence[Screened]) -> Figure:
    """The share of messages that need nothing and got a warning, an emergency text or the advice to ask a doctor."""
    return _figure([s.outcome in ALARMS and not s.right for s in screened if s.expect == "no_warn"])


def needless_questions(screened: Sequence[Screened]) -> Figure:
    """The share of messages that need nothing and made the second opinion ask about health."""
    return _figure([s.asked for s in screened if s.expect == "no_warn"])


def right_by(screened: Sequence[Screened], by: Literal["expect", "style", "condition"]) -> dict[str, Figure]:
    """The share of right outcomes by what was expected, by style, or by condition (where a reaction is needed)."""
    groups: dict[str, list[bool]] = {}
    for one in screened:
        for key in _keys(one, by):
            groups.setdefault(key, []).append(one.right)
    return {key: _figure(groups[key]) for key in sorted(groups)}


def _keys(one: Screened, by: str) -> Iterator[str]:
    if by == "condition":
        yield from one.told.conditions if one.expect in ALARMS else ()
    else:
        yield one.told.style if by == "style" else one.expect


def worst_misses(screened: Sequence[Screened], count: int | None = None) -> list[Screened]:
    """The wrong outcomes, worst first; None: all of them."""
    wrong = [one for one in screened if not one.right]
    return sorted(wrong, key=lambda one: (-one.badness, one.told.text))[:count]


def _figure(hits: Sequence[bool]) -> Figure:
    return Figure(sum(hits), len(hits))
