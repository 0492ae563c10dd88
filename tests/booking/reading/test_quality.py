"""Own messages of many voices, written before what they measure: round 1 before the grammar, round 2 after it.

Misses were looked at in the odd lines of round 1, and in round 2 after its first pass; the even lines of round 1 are scored only.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from booking.reading.conftest import Read
from booking.reading.scoring import score

DATA = Path(__file__).parents[2] / "data"


@pytest.mark.parametrize(("number", "part"), [(1, slice(0, None, 2)), (1, slice(1, None, 2)), (2, slice(None))])
def test_what_messages_say_is_read(read: Read, number: int, part: slice) -> None:
    lines = (DATA / f"booking_messages_round{number}.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines][part]

    def answer(row: Mapping[str, Any]) -> Mapping[str, Any]:
        return read(row["text"], row.get("asked")).as_json()

    total = score(rows, answer)
    assert total.lines >= 43
    assert total.f1() >= 0.96
    assert total.whole >= 0.90 * total.lines
    assert total.f1("when") >= 0.95
    assert total.f1("email", "phone") >= 0.97
    assert total.f1("name") >= 0.95
    assert total.wrong["name"] <= 1
