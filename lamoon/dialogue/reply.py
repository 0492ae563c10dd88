"""The plan of a reply as a value, its place in the conversation, and intents that several modules use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final, Literal

from lamoon.dialogue.health_record import LIST_TOPIC

BOOK: Final = "book_appointment"
HANDOFF_FORM: Final = "handoff_form"
WARN: Final = "action_warn_contraindication"
Then = Literal["rules", "listen", "wait"]
Notice = Literal["", "warn", "ask_doctor", "understood", "retracted", "ask", "which", "noted", "again", "boundary"]
CERTAIN: Final = 0.8
"""Confidence from which a visitor in a crisis or an emergency is assumed to want something else."""
SURE: Final = 0.6
"""Confidence from which a question about another topic is not assigned to an open condition."""
# Intents that are served during an open emergency, after a word about it. All others get only that word.
GO_ON: Final = frozenset(
    "book_appointment about_request cancel_or_change_booking handoff_to_human ask_hours ask_location ask_prices ask_services "
    "forget_me".split()
)
TO_TEAM: Final = frozenset("cancel_or_change_booking handoff_to_human".split())
# Intents that are also served in a crisis: a question is answered after a word about it.
GO_ON_IN_CRISIS: Final = GO_ON | frozenset("faq".split())
FAREWELLS: Final = frozenset("goodbye thank greet feedback_positive".split())
# Never about a condition unless the message says so.
ELSEWHERE: Final = GO_ON | FAREWELLS | frozenset("stop bot_challenge help feedback_negative emergency".split())
UNCLEAR: Final = frozenset("report_condition nlu_fallback deny affirm inform".split())
SELF_CARE: Final = frozenset(
    "faq/daily_smr faq/smr_tools faq/what_is_smr faq/professional_vs_smr faq/direct_vs_indirect".split()
)
HEALTH_TOPICS: Final = frozenset((LIST_TOPIC, "faq/when_to_see_pro"))


@dataclass(frozen=True)
class Plan:
    """The plan of a reply, kept in a slot so that the reason for a reply can be looked up.

    Attributes:
        say: responses or actions that come first, in order.
        then: `rules` if the rules continue as usual, `listen` if the reply is complete and an open form repeats its
            question, `wait` if that question waits too.
        notice: the subject of a warning, a question or a note.
    """

    say: tuple[str, ...] = ()
    then: Then = "rules"
    notice: Notice = ""

    @classmethod
    def from_slot(cls, value: object) -> Plan:
        """Return the plan in a slot; an empty one if there is none."""
        found = value if isinstance(value, Mapping) else {}
        return cls(tuple(found.get("say") or ()), found.get("then") or "rules", found.get("notice") or "")

    def to_slot(self) -> dict[str, Any]:
        """The slot's value."""
        return {**asdict(self), "say": list(self.say)}


@dataclass(frozen=True)
class Place:
    """The position in the conversation: the open form, whether the message may answer it, the plan of the previous
    reply, and whether the form's open question is about health.
    """

    form: str
    answers: bool
    before: Plan
    asks_health: bool = False

    @property
    def was_warned(self) -> bool:
        """Whether the previous reply was a warning."""
        return WARN in self.before.say

    @property
    def was_about_health(self) -> bool:
        """Whether the previous reply was about a condition."""
        return any(name == WARN or name.startswith(("utter_condition_", "utter_other_")) for name in self.before.say)
