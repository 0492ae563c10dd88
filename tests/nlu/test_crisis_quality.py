"""Crisis and violence in messages by other authors, classified by the trained model: no figure falls below the one
reached before.

Written before the phrases; docs/screening.md has the figures.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from lamoon.settings import PROJECT
from tools.evaluation.parser import Parse

FILE = PROJECT / "tests" / "data" / "crisis_dev.jsonl"
INDIRECT = PROJECT / "tests" / "data" / "crisis_indirect_test.jsonl"
MESSAGES = [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def read(trained_parser: Parse) -> Mapping[str, dict[str, Any]]:
    return {message["text"]: trained_parser(message["text"])["safety"] for message in MESSAGES}


def share(read: Mapping[str, dict[str, Any]], expect: str, *levels: str) -> float:
    theirs = [read[message["text"]] for message in MESSAGES if message["expect"] == expect]
    return sum(safety["crisis"] in levels for safety in theirs) / len(theirs)


def test_crises_are_noticed(read: Mapping[str, dict[str, Any]]) -> None:
    assert share(read, "acute", "acute") >= 0.55
    assert share(read, "acute", "acute", "soft") >= 0.7
    assert share(read, "soft", "acute", "soft") >= 0.75
    assert share(read, "past", "past") >= 0.5


def test_calm_messages_stay_calm(read: Mapping[str, dict[str, Any]]) -> None:
    assert share(read, "calm", "soft", "acute") <= 0.08
    assert share(read, "violence", "acute") <= 0.06


def test_violence_is_noticed(read: Mapping[str, dict[str, Any]]) -> None:
    of = {
        expect: [read[message["text"]]["violence"] for message in MESSAGES if message["expect"] == expect]
        for expect in ("violence", "calm")
    }
    assert sum(of["violence"]) / len(of["violence"]) >= 0.75
    assert sum(of["calm"]) / len(of["calm"]) <= 0.06


def test_despair_alone_is_no_emergency(trained_parser: Parse) -> None:
    safety = trained_parser("there isn't anything ahead of me")["safety"]
    assert (safety["crisis"], safety["outcome"]) == ("soft", "none")


@pytest.fixture(scope="module")
def indirect(trained_parser: Parse) -> Mapping[str, list[bool]]:
    """Whether each message of a kind is taken for a crisis, an emergency or violence."""
    found: dict[str, list[bool]] = {}
    for line in INDIRECT.read_text(encoding="utf-8").splitlines():
        message = json.loads(line)
        safety = trained_parser(message["text"])["safety"]
        alarmed = safety["crisis"] in ("soft", "acute") or safety["outcome"] == "emergency" or safety["violence"]
        found.setdefault(message["expect"], []).append(alarmed)
    return found


@pytest.mark.parametrize(
    ("expect", "least", "most"), [("despair", 0.5, 1.0), ("calm", 0.0, 0.2), ("remark", 0.0, 0.05)]
)
def test_despair_between_the_lines_is_told_from_everyday_remarks(
    indirect: Mapping[str, list[bool]], expect: str, least: float, most: float
) -> None:
    """By voices that wrote no training phrase; docs/screening.md has the figures."""
    assert least <= sum(indirect[expect]) / len(indirect[expect]) <= most
