"""Selection of a topic's text for a message: a fact, the overview, its short form, or that everything was said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from lamoon.knowledge import Fact, Facts
from lamoon.knowledge.facts import SHORT
from lamoon.nlu.context import Block

OVERVIEW: Final = ""
SAID: Final = "said"
"""The name of the reply that everything was said, in addition to those of facts."""

AGAIN: Final = "+"
"""Suffix of the name of a fact that is repeated in one sentence."""


@dataclass(frozen=True)
class Answer:
    """The text to send on a topic: its name, and the fact if it is one. The overview's text is that of the response."""

    name: str
    fact: Fact | None = None

    @property
    def is_again(self) -> bool:
        """Whether it repeats the last text."""
        return self.name.endswith(AGAIN)


def answer_on(topic: str, asked: str, sent: list[Block], facts: Facts) -> Answer:
    """Return the text that answers, never the last one sent.

    Args:
        topic: of the answer.
        asked: the id of the requested fact, or `<topic>/short` for the gist; empty for a general question.
        said: the texts on the last topic answered, from `blocks_in_a_row`.
        facts: all facts.
    """
    before = [block.name for block in sent if block.topic == topic]
    known = facts.by_topic.get(topic)
    if known and asked == f"{topic}/{SHORT}":
        return Answer(SAID) if SHORT in before else Answer(SHORT, known.short)
    fact = facts.by_id.get(asked)
    if fact and fact.topic == topic and fact.name not in before:
        return Answer(fact.name, fact)
    if fact and fact.topic == topic and fact.name == before[-1]:
        return Answer(f"{fact.name}{AGAIN}", fact)
    if OVERVIEW not in before:
        return Answer(OVERVIEW)
    if before[-1] == SHORT or known is None:
        return Answer(SAID)
    return Answer(SHORT, known.short)
