"""Figures of the screening over a file of labelled messages: recall, false alarms, intervals, the worst misses.

A line of the file is a JSON object: `text`, `expect` (no_warn, inform, ask_doctor, warn, emergency), `conditions`
(ids), `style`, and optionally `accept` (further right answers). Pure functions; nothing is printed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from lamoon.errors import ConfigurationError

Expected = Literal["no_warn", "inform", "ask_doctor", "warn", "emergency"]
EXPECTED: Final = ("no_warn", "inform", "ask_doctor", "warn", "emergency")
ALARMS: Final = frozenset({"ask_doctor", "warn", "emergency"})
# How bad a miss is: the distance on this scale, counted double where too little was said.
_URGENCY: Final = {"none": 0, "no_warn": 0, "inform": 0, "ask_doctor": 1, "warn": 2, "emergency": 4}
_Z: Final = 1.959964  # 95 %


@dataclass(frozen=True)
class Item:
    """A labelled message. `accept` holds every outcome that is right, `expect` included."""

    text: str
    expect: Expected
    conditions: tuple[str, ...]
    style: str
    accept: frozenset[str]


@dataclass(frozen=True)
class Judged:
    """An item and the outcome that the screening gave it."""

    item: Item
    outcome: str

    @property
    def right(self) -> bool:
        """Whether the outcome is one of the right ones; silence and information are the same to "no_warn"."""
        return self.outcome in self.item.accept or (
            "no_warn" in self.item.accept and self.outcome in ("none", "inform")
        )

    @property
    def badness(self) -> int:
        """0 for right; the more, the worse: too little said counts double."""
        if self.right:
            return 0
        short = _URGENCY[self.item.expect] - _URGENCY[self.outcome]
        return 2 * short if short > 0 else 1 - short


@dataclass(frozen=True)
class Share:
    """`hits` of `total`."""

    hits: int
    total: int

    @property
    def value(self) -> float:
        """From 0 to 1; 1 for nothing of nothing."""
        return self.hits / self.total if self.total else 1.0

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of Wilson (1927), from 0 to 1."""
        if not self.total:
            return (0.0, 1.0)
        share, n = self.value, self.total
        middle = (share + _Z**2 / (2 * n)) / (1 + _Z**2 / n)
        reach = _Z / (1 + _Z**2 / n) * (share * (1 - share) / n + _Z**2 / (4 * n**2)) ** 0.5
        return (max(0.0, middle - reach), min(1.0, middle + reach))


def read_items(path: Path) -> list[Item]:
    """The items of a file.

    Raises:
        ConfigurationError: a line that is no such object; names file and line.
    """
    items = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line.strip():
            try:
                items.append(_item(json.loads(line)))
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                example = '{"text": "I have a clot", "expect": "warn", "conditions": ["blood_clot"], "style": "plain"}'
                expected = "a JSON object with text, expect, conditions and style"
                raise ConfigurationError(
                    str(path), number, f"no labelled message ({error})", expected, example
                ) from None
    return items


def _item(data: Mapping[str, Any]) -> Item:
    expect = data["expect"]
    if expect not in EXPECTED:
        raise ValueError(f"expect is {expect!r}, not one of {', '.join(EXPECTED)}")
    accept = frozenset({expect, *(data.get("accept") or ())})
    return Item(str(data["text"]), expect, tuple(data["conditions"]), str(data["style"]), accept)


def judge(items: Iterable[Item], screen: Callable[[str], Mapping[str, Any]]) -> list[Judged]:
    """Screen every item; `screen` is `Screener.screen` or anything of its form."""
    return [Judged(item, screen(item.text)["outcome"]) for item in items]


def recall(judged: Sequence[Judged], by: Literal["expect", "style", "condition"] = "expect") -> dict[str, Share]:
    """The share of right outcomes, by what was expected, by style, or by condition (without no_warn items)."""
    groups: dict[str, list[Judged]] = {}
    for entry in judged:
        for key in _keys(entry.item, by):
            groups.setdefault(key, []).append(entry)
    return {key: Share(sum(entry.right for entry in group), len(group)) for key, group in sorted(groups.items())}


def _keys(item: Item, by: str) -> tuple[str, ...]:
    if by == "condition":
        return () if item.expect in ("no_warn", "inform") else item.conditions
    return (item.style,) if by == "style" else (item.expect,)


def any_flag(judged: Sequence[Judged]) -> Share:
    """The share of items that need any reaction (ask, warn, emergency) and got one."""
    needing = [entry for entry in judged if entry.item.expect in ALARMS]
    return Share(sum(entry.outcome in ALARMS for entry in needing), len(needing))


def false_alarms(judged: Sequence[Judged]) -> Share:
    """The share of no_warn items that got a warning, an emergency or a request to ask a doctor."""
    calm = [entry for entry in judged if entry.item.expect == "no_warn"]
    return Share(sum(entry.outcome in ALARMS and not entry.right for entry in calm), len(calm))


def worst_misses(judged: Sequence[Judged], count: int = 20) -> list[Judged]:
    """The worst wrong outcomes, worst first; those in which too little was said before false alarms."""
    wrong = [entry for entry in judged if not entry.right]
    return sorted(wrong, key=lambda entry: (-entry.badness, entry.item.text))[:count]
