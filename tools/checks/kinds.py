"""Replies about emergencies, warnings, apologies and sent requests that do not say so in their metadata.

The gateway shows a reply by its `metadata` alone. What a reply is about is seen here by what it fills in, and by the rule
that says it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from types import MappingProxyType

from lamoon.contract import EMERGENCIES, ReplyMetadata
from lamoon.errors import ContractError
from tools.checks.assistant import Assistant, DomainResponse
from tools.checks.project import Problem, Project

EMERGENCY_INTENT = "emergency"
# A text with this placeholder is of one of these kinds.
KINDS = MappingProxyType[str, Collection[str]](
    {
        "{emergency_number}": EMERGENCIES,
        "{crisis_line}": ("crisis",),
        "{conditions_text}": ("warning",),
        "{contact_sentence_when_down}": ("apology",),
    }
)
REFERENCE = "{reference}"


def check(project: Project) -> list[Problem]:
    """Looks at every text of every response."""
    spoken_in_emergencies = set(_after_emergencies(project.assistant))
    return [
        problem
        for response in project.assistant.responses
        for problem in _response(response, is_emergency=response.name in spoken_in_emergencies)
    ]


def _response(response: DomainResponse, *, is_emergency: bool) -> Iterator[Problem]:
    for (text, line), given in zip(response.texts, response.metadata, strict=True):
        try:
            metadata = ReplyMetadata.from_dict(given)
        except ContractError as error:
            yield Problem(response.file, line, f"{response.name}: {error}", "metadata as lamoon/contract.py has it")
            continue
        # The narrowest table entry comes last: a crisis text names the emergency number too.
        wanted = [kinds for placeholder, kinds in KINDS.items() if placeholder in text]
        wanted += [EMERGENCIES] if is_emergency and not wanted else []
        if wanted and metadata.kind not in wanted[-1]:
            what = f"{response.name} is of the kind {metadata.kind}"
            yield Problem(response.file, line, what, f"`metadata: {{kind: {' or '.join(wanted[-1])}}}`")
        if REFERENCE in text and metadata.effect is None:
            expected = "`metadata: {effect: reports or calls_team}`"
            yield Problem(response.file, line, f"{response.name} reports a request without saying so", expected)


def _after_emergencies(assistant: Assistant) -> Iterator[str]:
    """The responses that a rule speaks right after the intent of emergencies."""
    for step, following in zip(assistant.steps, assistant.steps[1:], strict=False):
        if (step.kind, step.name, following.kind) == ("intent", EMERGENCY_INTENT, "action"):
            yield following.name
