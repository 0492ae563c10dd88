from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from lamoon.errors import ConfigurationError
from lamoon.screening.evaluate import Share, any_flag, false_alarms, judge, read_items, recall, worst_misses

ROWS: list[dict[str, Any]] = [
    {"text": "a", "expect": "emergency", "conditions": ["stroke"], "style": "lay"},
    {"text": "b", "expect": "warn", "conditions": ["blood_clot"], "style": "lay"},
    {"text": "c", "expect": "warn", "conditions": ["blood_clot"], "style": "typo", "accept": ["ask_doctor"]},
    {"text": "d", "expect": "no_warn", "conditions": [], "style": "plain"},
    {"text": "e", "expect": "no_warn", "conditions": [], "style": "plain", "accept": None},
]
OUTCOMES = {"a": "none", "b": "warn", "c": "ask_doctor", "d": "inform", "e": "warn"}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "set.jsonl"
    path.write_text("\n".join(map(json.dumps, ROWS)) + "\n", encoding="utf-8")
    return path


def test_the_figures(file: Path) -> None:
    judged = judge(read_items(file), lambda text: {"outcome": OUTCOMES[text]})
    assert recall(judged) == {"emergency": Share(0, 1), "no_warn": Share(1, 2), "warn": Share(2, 2)}
    assert recall(judged, "condition") == {"blood_clot": Share(2, 2), "stroke": Share(0, 1)}
    assert recall(judged, "style")["lay"] == Share(1, 2)
    assert any_flag(judged) == Share(2, 3)
    assert false_alarms(judged) == Share(1, 2)
    assert [entry.item.text for entry in worst_misses(judged)] == ["a", "e"]


def test_wilson_intervals() -> None:
    low, high = Share(95, 100).interval
    assert (round(low, 3), round(high, 3)) == (0.888, 0.978)
    assert Share(0, 0).interval == (0.0, 1.0)


@pytest.mark.parametrize(
    "line", ["{", "[]", '{"text": "x"}', '{"text": "x", "expect": "panic", "conditions": [], "style": ""}']
)
def test_a_broken_line_is_named(file: Path, line: str) -> None:
    file.write_text(file.read_text(encoding="utf-8") + line + "\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="line 6"):
        read_items(file)
