"""Rules and stories that contradict each other, as RulePolicy finds them in memory."""

from __future__ import annotations

import re
import warnings

from lamoon.gates.problem import Problem
from lamoon.gates.project import Project
from lamoon.yaml_file import Value

CONFIG = "config.yml"
_FLOWS = re.compile(r"^(rules|stories):", re.MULTILINE)
_QUOTED = re.compile(r"'([^'\n]+)'")


def check(project: Project) -> list[Problem]:
    """One problem for each contradiction that Rasa names, at the rule or story that it names first."""
    # Only this gate needs Rasa, which takes seconds to import, resets the filters and warns of its age.
    with warnings.catch_warnings(record=True):
        from lamoon.nlu.dialogue_check import contradictions

    flows = {path: text for path, text in project.under("data/", ".yml") if _FLOWS.search(text)}
    retrieval = sorted({phrase.intent for phrase in project.assistant.phrases if "/" in phrase.label})
    fallback, max_history = _policies(project.yaml(CONFIG))
    found = contradictions(project.text("domain.yml"), flows.values(), retrieval, fallback, max_history)
    return [_located(message, project) for message in found]


def _policies(config: Value) -> tuple[str | None, int | None]:
    """The fallback action and the number of turns that stories are told apart by."""
    fallback = max_history = None
    for policy in config["policies"].items():
        if "core_fallback_action_name" in policy:
            fallback = policy["core_fallback_action_name"].text()
        if "max_history" in policy:
            max_history = policy["max_history"].whole_number()
    return fallback, max_history


def _located(message: str, project: Project) -> Problem:
    flows = {flow.name: flow for flow in project.assistant.flows}
    named = next((flows[name] for name in _QUOTED.findall(message) if name in flows), None)
    expected = "rules and stories that agree on the next action"
    return Problem(named.file if named else "data/rules.yml", named.line if named else None, message, expected)
