"""The conditions of the catalogue for replies, forms and documents, without the patterns that find them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import Any, Final, Literal, Protocol

import yaml

from lamoon.phrasebook import say

Severity = Literal["avoid", "avoid_locally", "ask_doctor", "emergency", "inform"]
SEVERITIES: Final = ("avoid", "avoid_locally", "ask_doctor", "emergency", "inform")
EMERGENCY_TEXTS: Final = ("general", "suspected_dvt", "suicidal", "cauda_equina", "doctor_today")
CARING_TEXTS: Final = ("despair", "violence")
"""Further topics that only the second opinion finds. They raise no emergency: the reply asks, and says who can help."""


TERMS: Final = ("names", "abbreviations", "in_capitals", "medicines", "procedures")


@dataclass(frozen=True)
class Rule:
    """All signs of `all`, none of `unless`, at most `reach` sentences and `near` words apart."""

    all: tuple[str, ...]
    unless: tuple[str, ...] = ()
    reach: int = 1
    near: int = 30

    @cached_property
    def needs(self) -> frozenset[str]:
        """The signs of `all`, for a quick test of whether a message can match."""
        return frozenset(self.all)


@dataclass(frozen=True)
class Condition:
    """A condition of the catalogue.

    Attributes:
        title: its name in replies, with an article: "a blood clot".
        severity: avoid, avoid_locally, ask_doctor, emergency, or inform (a question answered from the guide).
        article: whether the guide names it; `article_says` paraphrases the guide.
        hold: whether a booking goes to a person first.
        resolves: whether "healed" or "years ago" closes it.
        heals: whether "healed" alone closes it; feeling "fine" after three drinks does not.
        becomes: the condition that a past one turns into, such as a past cancer into a history of cancer.
        emergency_text: name of the text to show; empty for all others.
        advice: a sentence that the warning adds for this condition.
        names, abbreviations, in_capitals, medicines, procedures: clinical terms, in plain words. An abbreviation is
            written in capitals and found in any case; one that is also a word is found in capitals only ("PE").
        patterns, actions, rules: everyday wordings; see patterns.py. Actions are verbs ("broke my arm").
        look_alikes: phrases in which the words mean something else.
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
    heals: bool = True
    emergency_text: str = ""
    advice: str = ""
    names: tuple[str, ...] = ()
    abbreviations: tuple[str, ...] = ()
    in_capitals: tuple[str, ...] = ()
    medicines: tuple[str, ...] = ()
    procedures: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    rules: tuple[Rule, ...] = ()
    look_alikes: tuple[str, ...] = ()

    @property
    def is_named(self) -> bool:
        """Whether a phrase alone discloses it, without a rule."""
        return bool(self.patterns or any(getattr(self, kind) for kind in TERMS))


class Conditions(Protocol):
    """Provider of the conditions: the whole catalogue, or only its facts."""

    @property
    def conditions(self) -> Mapping[str, Condition]:
        """By id."""


PATTERNS = (*TERMS, "patterns", "actions", "look_alikes", "rules")
DEFAULTS = {"article": False, "hold": False, "resolves": False}
DEFAULT_PATH: Final = Path(__file__).with_name("catalogue")
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Facts:
    """All conditions by id, without the patterns that find them."""

    conditions: Mapping[str, Condition]


def load_facts(path: Path = DEFAULT_PATH) -> Facts:
    """The conditions of all files below the folder `path`."""
    known = {field.name for field in fields(Condition)} - set(PATTERNS)
    found: dict[str, Condition] = {}
    for file in sorted(path.rglob("*.yml")):
        document: dict[str, Any] = yaml.load(file.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506  a safe one
        for name, entry in document.get("conditions", {}).items():
            texts = {key: _text(value) for key, value in entry.items() if key in known}
            found[name] = Condition(**{"id": name, **DEFAULTS, **texts})
    return Facts(found)


def _text(value: Any) -> Any:
    """Return a text on one line; flags unchanged."""
    return value if isinstance(value, bool) else " ".join(str(value).split())


ARTICLE_SEVERITIES = ("avoid", "avoid_locally")


def titles(ids: Sequence[str], catalogue: Conditions, joint: str = "and") -> str:
    """The conditions in words: "a blood clot and an open wound". Unknown ids are left out."""
    names = list(dict.fromkeys(catalogue.conditions[id].title for id in ids if id in catalogue.conditions))
    if len(names) < 2:
        return names[0] if names else say("warning_your_health")
    return say(joint, first=", ".join(names[:-1]), last=names[-1])


def warning_text(ids: Sequence[str], catalogue: Conditions, guessed: bool = False) -> str:
    """The warning for conditions disclosed in one message.

    The guide asks to avoid the therapy directly over certain areas. It never says that a person cannot come, and
    neither does this text.

    Args:
        ids: of the catalogue, in the order of disclosure.
        catalogue: supplies the wording.
        guessed: whether the visitor described only signs, which fit each of the conditions.
    """
    known = [id for id in ids if id in catalogue.conditions]
    listed = [id for id in known if catalogue.conditions[id].severity in ARTICLE_SEVERITIES]
    others = [id for id in known if id not in listed]
    held = any(catalogue.conditions[id].hold for id in known)
    conditions = say("warning_may_be", conditions=titles(ids, catalogue, "or")) if guessed else titles(ids, catalogue)
    parts = [say("warning_told", conditions=conditions)]
    if listed:
        says = dict.fromkeys(catalogue.conditions[id].article_says.rstrip(".") for id in listed)
        parts.append(say("warning_guide", areas="; ".join(says)))
    if others:
        about = titles(others, catalogue) if listed else say("warning_that")
        parts.append(say("warning_not_listed", conditions=about))
    parts += dict.fromkeys(catalogue.conditions[id].advice for id in known if catalogue.conditions[id].advice)
    ends = ("warning_doctor", "warning_held" if held else "warning_noted", "warning_no_advice")
    return " ".join([*parts, *map(say, ends)])
