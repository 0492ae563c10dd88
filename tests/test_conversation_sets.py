"""The conversations of a round can be played: each is well formed and asserts something that can be matched."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from lamoon.project import PROJECT
from lamoon.yaml_file import Value, read

FILES = sorted((PROJECT / "tests" / "data").glob("conversation_*_round*.yml"))
ASSERTIONS = ("must", "any", "must_not", "first")
MOST_TURNS = 10
FEWEST_VOICES = 12


@pytest.fixture(params=FILES, ids=lambda path: path.stem)
def dialogues(request: pytest.FixtureRequest) -> list[Value]:
    dialogues: list[Value] = read(request.param)["dialogues"].items()
    return [dialogue.only("id", "kind", "voice", "turns") for dialogue in dialogues]


def patterns(turn: Value) -> list[str]:
    """Every regex of a turn; a repeated field or another than these is an error of the file."""
    fields = turn.only("user", *ASSERTIONS)
    return [pattern.text() for name in ASSERTIONS for pattern in fields.get(name).items()]


def test_both_sets_exist() -> None:
    assert {path.stem for path in FILES} >= {
        "conversation_safety_round1",
        "conversation_booking_round1",
        "conversation_booking_round2",
    }


def test_ids_are_unique(dialogues: list[Value]) -> None:
    assert [name for name, times in Counter(d["id"].text() for d in dialogues).items() if times > 1] == []


def test_many_voices_speak(dialogues: list[Value]) -> None:
    """The rounds by authors who knew neither code nor data name no voices; they have as many as conversations."""
    voices = [dialogue.get("voice").text(default=dialogue["id"].text()) for dialogue in dialogues]
    assert len(set(voices)) >= FEWEST_VOICES


def test_no_kind_rests_on_one_conversation(dialogues: list[Value]) -> None:
    assert min(Counter(dialogue["kind"].text() for dialogue in dialogues).values()) > 1


def test_each_conversation_has_turns_and_something_to_assert(dialogues: list[Value]) -> None:
    for dialogue in dialogues:
        turns = dialogue["turns"].items()
        assert 2 <= len(turns) <= MOST_TURNS, dialogue["id"].text()
        assert all(turn["user"].text() for turn in turns)
        assert any(patterns(turn) for turn in turns), dialogue["id"].text()


def test_every_pattern_compiles(dialogues: list[Value]) -> None:
    for dialogue in dialogues:
        for turn in dialogue["turns"].items():
            for pattern in patterns(turn):
                re.compile(pattern, re.IGNORECASE | re.DOTALL)
