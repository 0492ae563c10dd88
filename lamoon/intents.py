"""Properties of intents from `data/intents.yml`, so that no module keeps its own list of intents."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final, Literal, cast, get_args

from lamoon.errors import KnowledgeError
from lamoon.project import PROJECT
from lamoon.yaml_file import Value, parse, read

DEFAULT_PATH: Final = PROJECT / "data" / "intents.yml"
Takes = Literal["answers", "health", "messages"]
"""What a form question accepts: answers only; disclosures of health too; anything that can be passed on to the team."""
Answers = Literal["nothing", "questions", "health"]
Needs = Literal["maybe", "rarely", "never"]
ANSWERS: Final[tuple[Answers, ...]] = get_args(Answers)
NEEDS: Final[tuple[Needs, ...]] = get_args(Needs)
FLAGS: Final = tuple(
    "question acts always_interrupts for_team asks opens_form gives_context unsure names_condition".split()
)


@dataclass(frozen=True)
class Intent:
    """One intent; the fields are explained at the head of `data/intents.yml`."""

    name: str
    meaning: str
    question: bool = False
    answers: Answers = "nothing"
    acts: bool = False
    always_interrupts: bool = False
    for_team: bool = True
    asks: bool = True
    opens_form: bool = False
    gives_context: bool = True
    needs_context: Needs = "maybe"
    rarely_need_context: tuple[str, ...] = ()
    unsure: bool = False
    names_condition: bool = False


@dataclass(frozen=True)
class Intents:
    """All intents by name, and the sets of names that modules use."""

    by_name: Mapping[str, Intent]

    def taken_by(self, takes: Takes) -> frozenset[str]:
        """The intents whose messages may answer a form question; all others interrupt it."""
        if takes == "messages":
            return self._where(lambda intent: intent.for_team)
        answers = ("questions", "health") if takes == "health" else ("questions",)
        return self._where(lambda intent: intent.answers in answers)

    @cached_property
    def questions(self) -> frozenset[str]:
        """Intents that ask for something of the guide, the studio or the assistant."""
        return self._where(lambda intent: intent.question)

    @cached_property
    def always_interrupting(self) -> frozenset[str]:
        """Intents that never answer a form question, however much a message looks like an answer."""
        return self._where(lambda intent: intent.always_interrupts)

    @cached_property
    def acting(self) -> frozenset[str]:
        """Intents that act instead of answering, and so need more confidence."""
        return self._where(lambda intent: intent.acts)

    @cached_property
    def beside_questions(self) -> frozenset[str]:
        """Intents that need no reply next to a question, or have one from the screening."""
        return self._where(lambda intent: not intent.asks)

    @cached_property
    def opening_forms(self) -> frozenset[str]:
        """Intents that ask questions back."""
        return self._where(lambda intent: intent.opens_form)

    @cached_property
    def without_context(self) -> frozenset[str]:
        """Intents that give a follow-up no context."""
        return self._where(lambda intent: not intent.gives_context)

    @cached_property
    def never_needing_context(self) -> frozenset[str]:
        """Intents whose meaning does not depend on the previous turn."""
        return self._where(lambda intent: intent.needs_context == "never")

    @cached_property
    def rarely_needing_context(self) -> frozenset[str]:
        """Labels (intents, and kinds such as "out_of_scope/abuse") that need no context when predicted with some
        confidence.
        """
        kinds = {f"{intent.name}/{kind}" for intent in self.by_name.values() for kind in intent.rarely_need_context}
        return self._where(lambda intent: intent.needs_context == "rarely") | kinds

    @cached_property
    def unsure(self) -> frozenset[str]:
        """Intents that are ignored next to a disclosure of health."""
        return self._where(lambda intent: intent.unsure)

    @cached_property
    def naming_conditions(self) -> frozenset[str]:
        """Intents that answer "which condition is it?"."""
        return self._where(lambda intent: intent.names_condition)

    def _where(self, holds: Callable[[Intent], bool]) -> frozenset[str]:
        return frozenset(name for name, intent in self.by_name.items() if holds(intent))


@lru_cache(maxsize=1)
def shared_intents() -> Intents:
    """The intents of `data/intents.yml`, loaded once. Raises KnowledgeError, which names file and line."""
    return _intents(read(DEFAULT_PATH, KnowledgeError))


def parse_intents(text: str, file: str) -> Intents:
    """The intents of a file's text. Raises KnowledgeError, which names file and line."""
    return _intents(parse(text, file, KnowledgeError))


def _intents(document: Value) -> Intents:
    entries = document.only("intents")["intents"].fields()
    return Intents({name: _intent(name, value) for name, value in entries.items()})


def _intent(name: str, value: Value) -> Intent:
    value.only("meaning", "answers", "needs_context", "rarely_need_context", *FLAGS)
    return Intent(
        name,
        value["meaning"].text(),
        answers=cast(Answers, value.get("answers").one_of(ANSWERS, "nothing")),
        needs_context=cast(Needs, value.get("needs_context").one_of(NEEDS, "maybe")),
        rarely_need_context=value.get("rarely_need_context").texts(),
        **{flag: value[flag].flag() for flag in FLAGS if flag in value},
    )
