"""A condition of the catalogue, as replies, forms and documents use it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, Protocol

Severity = Literal["avoid", "avoid_locally", "ask_doctor", "emergency", "inform"]
SEVERITIES: Final = ("avoid", "avoid_locally", "ask_doctor", "emergency", "inform")
EMERGENCY_TEXTS: Final = ("general", "suspected_dvt", "suicidal", "cauda_equina")


@dataclass(frozen=True)
class Rule:
    """All signs of `all`, none of `unless`, at most `reach` sentences and `near` words apart."""

    all: tuple[str, ...]
    unless: tuple[str, ...] = ()
    reach: int = 1
    near: int = 30


@dataclass(frozen=True)
class Condition:
    """A condition that the screening knows.

    Attributes:
        title: what replies call it, with its article: "a blood clot".
        severity: avoid, avoid_locally, ask_doctor, emergency, or inform (a question answered from the guide).
        article: whether the guide names it; then `article_says` tells in own words what it says.
        hold: whether a booking goes to a person first.
        resolves: whether "healed" or "years ago" closes it.
        becomes: the condition that a past one turns into, such as a past cancer into a history of cancer.
        emergency_text: which text is said; empty for all others.
        patterns, actions, look_alikes: see patterns.py; actions are verbs ("broke my arm"), look-alikes never count.
    """

    id: str
    title: str
    severity: Severity
    article: bool
    hold: bool
    resolves: bool
    source: str
    article_says: str = ""
    becomes: str = ""
    emergency_text: str = ""
    patterns: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    rules: tuple[Rule, ...] = ()
    look_alikes: tuple[str, ...] = ()


class Conditions(Protocol):
    """Whatever knows the conditions: the whole catalogue, or only the facts of it."""

    @property
    def conditions(self) -> Mapping[str, Condition]:
        """By id."""
