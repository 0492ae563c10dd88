"""The hammock of docs/extending.md; run by tests/test_extending.py in a copy of the project that has a fact on it."""

from __future__ import annotations

from lamoon.knowledge import load_facts

FACT = "session_experience/hammock"


def test_the_fact_is_there() -> None:
    fact = load_facts().by_id[FACT]
    assert fact.silent
    assert fact.team
    assert len(fact.questions) >= 5
