"""Random walks through the real form: nothing is silent, and nobody slips through without a hold."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

from lamoon.booking.request import new_reference
from scenarios.assistant import Assistant
from scenarios.random_walks import DISCLOSURES, EMERGENCIES, Walk, walk
from scenarios.scripted import ASK, HELD, Scripted

SECONDS = 12.0
MOST, FEWEST = 30, 5
ONCE_WRONG = (52, 74, 80)
"""Seeds of walks that found a booking that could not be sent after a warning: taken first."""


def test_no_walk_gets_past_the_hold(assistant: Assistant) -> None:
    end = time.monotonic() + SECONDS
    walks: list[Walk] = []
    for seed in (*ONCE_WRONG, *range(MOST)):
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


class Careless(Scripted):
    """An assistant that falls silent, or stores without hold."""

    def __init__(self, *replies: dict[str, Any]) -> None:
        super().__init__()
        self._replies = list(replies)
        self.rows = []

    def say(self, sender: str, text: str) -> list[dict[str, Any]]:
        self.rows = [replace(HELD, conditions=(), hold=False, reference=new_reference())]
        return self._replies


def test_walks_notice_silence() -> None:
    assert walk(Careless(), 0).problems == ["the assistant was silent"]
    assert walk(Careless({"text": " "}), 0).problems == ["reply 1 is silent"]


def test_walks_notice_a_failed_action() -> None:
    unavailable = {"text": "Sorry.", "metadata": {"utter_action": "utter_unavailable"}}
    assert walk(Careless(unavailable), 0).problems == ["an action failed, though the action server is up"]


def test_walks_notice_a_missing_hold() -> None:
    problems = [problem for seed in range(MOST) for problem in walk(Careless(ASK), seed).problems]
    assert len(problems) > MOST // 2
    assert all("without hold" in problem for problem in problems)
