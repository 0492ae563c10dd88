"""Rules and stories that contradict each other, as RulePolicy finds them in memory."""

from __future__ import annotations

import io
import logging
import re
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, redirect_stderr
from typing import Any

import structlog
from rasa.core.policies.rule_policy import InvalidRule, RulePolicy
from rasa.core.training.story_conflict import find_story_conflicts
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.resource import Resource
from rasa.shared.core.domain import Domain
from rasa.shared.core.generator import TrackerWithCachedStates, TrainingDataGenerator
from rasa.shared.core.training_data.story_reader.yaml_story_reader import YAMLStoryReader
from rasa.shared.core.training_data.structures import StoryGraph
from rasa.shared.exceptions import RasaException

from lamoon.yaml_file import Value
from tools.checks.project import Problem, Project

_TERMINAL_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_ITEM = re.compile(r"^- ", re.MULTILINE)


class _InMemory(RulePolicy):
    """RulePolicy that writes nothing."""

    def persist(self) -> None:
        """Store nothing."""


def contradictions(
    domain_text: str,
    flows: Iterable[str],
    responses: Iterable[str] = (),
    fallback: str | None = None,
    max_history: int | None = None,
) -> list[str]:
    """Return Rasa's objections to rules and stories, one sentence each; empty if they agree.

    Args:
        domain_text: `domain.yml`.
        flows: texts of files with rules or stories.
        responses: names of actions that are not in `domain.yml`: the responses, and `utter_faq` of an intent with kinds.
        fallback: RulePolicy's fallback action.
        max_history: the number of turns that distinguish stories; None for all.
    """
    try:
        with _quiet():
            domain = Domain.from_yaml(domain_text)
            domain = domain.merge(Domain.from_dict({"actions": list(responses)}))
            reader = YAMLStoryReader(domain)
            steps = [step for text in flows for step in reader.read_from_string(text)]
            trackers = TrainingDataGenerator(StoryGraph(steps), domain, augmentation_factor=0).generate()
            _train(trackers, domain, fallback)
            stories = [tracker for tracker in trackers if not tracker.is_rule_tracker]
            return [_flat(str(conflict)) for conflict in find_story_conflicts(stories, domain, max_history)]
    except InvalidRule as error:
        return _messages(error.message)
    except RasaException as error:
        return [_flat(str(error))]


def _train(trackers: list[TrackerWithCachedStates], domain: Domain, fallback: str | None) -> None:
    config: dict[str, Any] = RulePolicy.get_default_config()
    if fallback:
        config["core_fallback_action_name"] = fallback
    context = ExecutionContext(GraphSchema({}))
    _InMemory(config, None, Resource("rules"), context).train(trackers, domain)


@contextmanager
def _quiet() -> Iterator[None]:
    """Silence Rasa's debug lines, progress bars and warnings."""
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    try:
        with warnings.catch_warnings(), redirect_stderr(io.StringIO()):
            warnings.simplefilter("ignore")
            yield
    finally:
        structlog.configure(**before)


def _messages(text: str) -> list[str]:
    """Return one message for each item of Rasa's list, whose first line is a heading and whose last lines are
    advice.
    """
    plain = _TERMINAL_COLOUR.sub("", text).split("\nPlease update")[0]
    return [_flat(item) for item in _ITEM.split(plain)[1:]] or [_flat(plain)]


def _flat(text: str) -> str:
    return " ".join(text.split()).rstrip(".")


CONFIG = "config.yml"
_FLOWS = re.compile(r"^(rules|stories):", re.MULTILINE)
_QUOTED = re.compile(r"'([^'\n]+)'")


def check_rule_contradictions(project: Project) -> list[Problem]:
    """Rules and stories that contradict each other, as RulePolicy finds them in memory."""
    flows = {path: text for path, text in project.under("data/", ".yml") if _FLOWS.search(text)}
    assistant = project.assistant
    retrieval = {f"utter_{phrase.intent}" for phrase in assistant.phrases if "/" in phrase.label}
    spoken = sorted({response.name for response in assistant.responses if "/" not in response.name} | retrieval)
    fallback, max_history = _policies(project.yaml(CONFIG))
    found = contradictions(project.text("domain.yml"), flows.values(), spoken, fallback, max_history)
    return [_located(message, project) for message in found]


def _policies(config: Value) -> tuple[str | None, int | None]:
    """Return the fallback action and the number of turns that distinguish stories."""
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
