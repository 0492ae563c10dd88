"""Random walks through the real form: nothing is silent, and nobody slips through without a hold."""

from __future__ import annotations

import time
from typing import Any

from scenarios.assistant import Assistant
from scenarios.random_walks import DISCLOSURES, EMERGENCIES, Walk, walk

SECONDS = 30.0
MOST, FEWEST = 30, 8


def test_no_walk_gets_past_the_hold(assistant: Assistant) -> None:
    end = time.monotonic() + SECONDS
    walks: list[Walk] = []
    for seed in range(MOST):
        if len(walks) >= FEWEST and time.monotonic() > end:
            break
        walks.append(walk(assistant, seed))
    wrong = [path.report() for path in walks if path.problems]
    assert not wrong, f"{len(wrong)} of {len(walks)} walks went wrong:\n" + "\n\n".join(wrong)
    assert sum(path.rows for path in walks) > 0, "no walk came to the end of the form"
    assert sum(path.held for path in walks) > 0, "no walk came to the end with a hold"


def test_the_walks_disclosures_are_understood(assistant: Assistant) -> None:
    """Otherwise the walks would show nothing."""
    for text, outcome in [*((text, "warn") for text in DISCLOSURES), *((text, "emergency") for text in EMERGENCIES)]:
        parsed: dict[str, Any] = assistant.http.post("/model/parse", json={"text": text}).json()
        assert parsed["safety"]["outcome"] == outcome, text


class Careless:
    """An assistant that stores without hold, or falls silent: the walks must notice."""

    def __init__(self, assistant: Assistant, *, silent: bool) -> None:
        self._assistant = assistant
        self._silent = silent

    def say(self, sender: str, text: str) -> list[dict[str, Any]]:
        return [] if self._silent else self._assistant.say(sender, text)

    def requests(self, sender: str) -> list[Any]:
        found = self._assistant.requests(sender)
        for request in found:
            object.__setattr__(request, "hold", False)
        return found

    def __getattr__(self, name: str) -> Any:
        return getattr(self._assistant, name)


def test_walks_notice_silence(assistant: Assistant) -> None:
    assert walk(Careless(assistant, silent=True), 0).problems == ["the assistant was silent"]


def test_walks_notice_a_missing_hold(assistant: Assistant) -> None:
    walks = (walk(Careless(assistant, silent=False), seed) for seed in range(MOST))
    assert any("without hold" in problem for path in walks for problem in path.problems)
