"""Which of a topic's texts answers a message: a fact, the overview, its short form, or that all was said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from lamoon.knowledge import Fact, Facts
from lamoon.knowledge.facts import SHORT
from lamoon.nlu.context import Block

OVERVIEW: Final = ""
SAID: Final = "said"
"""The name of the reply that everything was said, beside those of facts."""

AGAIN: Final = "+"
"""Behind the name of a fact that is said once more, in one sentence."""


@dataclass(frozen=True)
class Answer:
    """The text to say on a topic: its name, and the fact where it is one. The overview's own text is the response's."""

    name: str
    fact: Fact | None = None

    @property
    def is_again(self) -> bool:
        """Whether it says once more what was said last."""
        return self.name.endswith(AGAIN)


def answer_on(topic: str, asked: str, said: list[Block], facts: Facts) -> Answer:
    """The text that answers, never the one said last.

    Args:
        topic: of the answer.
        asked: the id of the fact that is asked for, or `<topic>/short` for the gist; empty for a general question.
        said: the texts on the topic that was answered last, as `blocks_in_a_row` finds them.
        facts: all of them.
    """
    before = [block.name for block in said if block.topic == topic]
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
