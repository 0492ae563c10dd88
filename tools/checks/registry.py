"""All gates by name, in the order in which they report."""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType

from tools.checks import (
    answers,
    buttons,
    conditions,
    documentation,
    form_questions,
    hygiene,
    intents,
    kinds,
    leaks,
    near_duplicates,
    phrases,
    provenance,
    rule_contradictions,
)
from tools.checks.project import Problem, Project

Gate = Callable[[Project], list[Problem]]

GATES = MappingProxyType[str, Gate](
    {
        "rule_contradictions": rule_contradictions.check,
        "intents": intents.check,
        "answers": answers.check,
        "kinds": kinds.check,
        "near_duplicates": near_duplicates.check,
        "leaks": leaks.check,
        "phrases": phrases.check,
        "form_questions": form_questions.check,
        "buttons": buttons.check,
        "conditions": conditions.check,
        "documentation": documentation.check,
        "provenance": provenance.check,
        "hygiene": hygiene.check,
    }
)
