"""The cost of a turn by part: what is charged to which part, and what is printed."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from tools.bench import parts, turn
from tools.bench.parts import HTTP, TURN, Clock, charged
from tools.bench.turn import FIRST, LATER, MESSAGES, Turn


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The processor's seconds, which a test moves on."""
    seconds = [0.0]
    monkeypatch.setattr(parts.time, "process_time", lambda: seconds[0])
    return seconds


def test_time_is_charged_to_the_innermost_part_and_a_line_is_a_turn(now: list[float], tmp_path: Path) -> None:
    clock = Clock(tmp_path / "turns.jsonl")

    def works() -> None:
        now[0] += 0.002

    async def handles() -> None:
        now[0] += 0.003
        charged(clock, "screening", works)()
        now[0] += 0.001

    handle = charged(clock, TURN, handles)
    for _ in range(3):
        now[0] += 0.005
        asyncio.run(handle())
    lines = [json.loads(line) for line in (tmp_path / "turns.jsonl").read_text().splitlines()]
    assert len(lines) == 2
    for line in lines:
        assert line == pytest.approx({HTTP: 5.0, TURN: 4.0, "screening": 2.0})


def test_a_part_that_fails_ends_too(now: list[float], tmp_path: Path) -> None:
    clock = Clock(tmp_path / "turns.jsonl")

    def fails() -> None:
        raise ValueError

    with pytest.raises(ValueError, match=""):
        charged(clock, "screening", fails)()
    assert clock._running == [HTTP]


def test_every_part_is_there_under_its_name() -> None:
    for _, owner, name in parts.parts():
        assert callable(vars(owner)[name])


@pytest.mark.parametrize(("later", "code"), [(9.0, 0), (9.9, 0), (10.9, 1)])
def test_a_long_conversation_may_be_a_fifth_slower(later: float, code: int, capsys: pytest.CaptureFixture[str]) -> None:
    turns = [Turn(kind, place, wall) for kind in MESSAGES for place, wall in ((FIRST, 9.0), (LATER, later))]
    assert turn._report(turns, [{TURN: 4.0, HTTP: 1.0} for _ in turns], 6.0) == code
    printed = capsys.readouterr().out
    assert "| together " in printed
    assert "own process: 3.0 ms a call" in printed


def test_a_slow_first_turn_is_red() -> None:
    turns = [Turn(kind, place, 9.1) for kind in MESSAGES for place in (FIRST, LATER)]
    assert turn._report(turns, [{TURN: 4.0} for _ in turns], 0.0) == 1
