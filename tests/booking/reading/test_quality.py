"""Own messages of ten voices, written before the grammar: odd lines were looked at, even lines are scored only."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from booking.reading.conftest import Read
from booking.reading.scoring import score

ROUND = Path(__file__).parents[2] / "data" / "booking_messages_round1.jsonl"


@pytest.mark.parametrize("half", [0, 1])
def test_what_messages_say_is_read(read: Read, half: int) -> None:
    rows = [json.loads(line) for line in ROUND.read_text(encoding="utf-8").splitlines()][half::2]

    def answer(row: Mapping[str, Any]) -> Mapping[str, Any]:
        return read(row["text"], row.get("asked")).as_json()

    total = score(rows, answer)
    assert total.lines == 60
    assert total.f1() >= 0.95
    assert total.whole >= 0.85 * total.lines
    assert total.f1("when") >= 0.92
    assert total.f1("email", "phone") >= 0.97
    assert total.f1("name") >= 0.90
    assert total.wrong["name"] <= 2
