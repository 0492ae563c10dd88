"""Form questions that would swallow a question, a warning or a stop as their answer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from types import MappingProxyType

from lamoon.gates.assistant import DOMAIN, Filling, Slot
from lamoon.gates.problem import Problem
from lamoon.gates.project import Project

POLICY_FILE = "lamoon/gates/not_intent.py"


@dataclass(frozen=True)
class Policy:
    """What a message of each intent is to a form question: an interruption (`not_intent`), or its answer."""

    interruptions: frozenset[str]
    answers: frozenset[str]


_ANSWERS = frozenset("inform affirm deny nlu_fallback".split())
_INTERRUPTIONS = frozenset(
    "faq out_of_scope greet goodbye thank bot_challenge help book_appointment cancel_or_change_booking "
    "handoff_to_human report_condition emergency ask_hours ask_location ask_prices ask_services feedback_positive "
    "feedback_negative forget_me stop".split()
)
_TOLD = frozenset({"report_condition"})
_NOTHING_TO_PASS_ON = frozenset("greet goodbye thank emergency forget_me stop".split())

QUESTION = Policy(_INTERRUPTIONS, _ANSWERS)
ABOUT_HEALTH = Policy(_INTERRUPTIONS - _TOLD, _ANSWERS | _TOLD)
ANYTHING_TO_PASS_ON = Policy(_NOTHING_TO_PASS_ON, (_INTERRUPTIONS | _ANSWERS) - _NOTHING_TO_PASS_ON)

POLICIES = MappingProxyType(
    {
        "visitor_name": QUESTION,
        "contact": QUESTION,
        "wish": QUESTION,
        "health_screening": ABOUT_HEALTH,
        "health_details": ABOUT_HEALTH,
        "consent": QUESTION,
        "handoff_consent": QUESTION,
        "send_booking": QUESTION,
        "handoff_question": ANYTHING_TO_PASS_ON,
    }
)


def check(project: Project) -> list[Problem]:
    """Each `from_text` slot has a policy, each intent a place in it, and each `not_intent` list is the policy's."""
    intents = {intent.name for intent in project.assistant.intents}
    return [
        problem
        for slot in project.assistant.slots
        for filling in slot.fillings
        if filling.kind == "from_text"
        for problem in _compare(slot, filling, intents)
    ]


def _compare(slot: Slot, filling: Filling, intents: set[str]) -> Iterator[Problem]:
    policy = POLICIES.get(slot.name)
    if policy is None:
        yield Problem(DOMAIN, slot.line, f"{slot.name} takes any text and has no policy", f"an entry in {POLICY_FILE}")
        return
    for intent in sorted(intents - policy.interruptions - policy.answers):
        what = f"nothing says whether {intent} interrupts the question for {slot.name}"
        yield Problem(DOMAIN, slot.line, what, f"{intent} in {POLICY_FILE}, as interruption or answer")
    for intent in sorted((policy.interruptions & intents) - filling.refused):
        what = f"{slot.name} would take a message of {intent} as its answer"
        yield Problem(DOMAIN, filling.line, what, f"{intent} in its not_intent list")
    for intent in sorted(filling.refused - policy.interruptions):
        what = f"{slot.name} refuses {intent}"
        yield Problem(
            DOMAIN, filling.line, what, f"only interruptions in its not_intent list, or another {POLICY_FILE}"
        )
