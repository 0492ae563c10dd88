"""Compare what was read with what was expected, field by field, as the contract of booking messages says."""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

FIELDS = (
    "name", "email", "phone", "when", "service", "body", "minutes", "for_whom", "therapist_preference", "invalid", "intent",
)  # fmt: skip
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
TODAY = date(2026, 11, 30)


@dataclass
class Score:
    """Counts by field, and the number of entirely right lines."""

    right: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    lines: int = 0
    whole: int = 0

    def f1(self, *fields: str) -> float:
        """The micro-average of these fields, all without any."""
        right, wrong, missed = (sum(c[f] for f in fields or FIELDS) for c in (self.right, self.wrong, self.missed))
        return 2 * right / (2 * right + wrong + missed) if right else 0.0


def score(rows: Iterable[Mapping[str, Any]], answer: Callable[[Mapping[str, Any]], Mapping[str, Any]]) -> Score:
    """The score of all rows."""
    total = Score()
    for row in rows:
        got, want = json.loads(json.dumps(answer(row))), row["expect"]
        faults = 0
        for name in FIELDS:
            left = _listed(got.get(name))
            for wanted in _listed(want.get(name)):
                hit = next((one for one in left if _same(name, wanted, one, want)), None)
                if hit is None:
                    total.missed[name] += 1
                    faults += 1
                else:
                    left.remove(hit)
                    total.right[name] += 1
            total.wrong[name] += len(left)
            faults += len(left)
        total.lines += 1
        total.whole += not faults
    return total


def _listed(value: Any) -> list[Any]:
    return [] if value in (None, False) else list(value) if isinstance(value, list) else [value]


def _same(name: str, want: Any, got: Any, expect: Mapping[str, Any]) -> bool:
    if name == "when":
        readings = [want, *({**want, "day": day} for day in want.get("or", []))]
        return any(
            _days(reading["day"]) & _days(got["day"])
            and all(reading.get(key) == got.get(key) for key in ("from", "to"))
            and sorted(reading.get("except") or []) == sorted(got.get("except") or [])
            for reading in readings
        )
    if name == "name":
        return _name(got) in {_name(want), *map(_name, expect.get("name_or", []))}
    return str(want).lower() == str(got).lower()


def _name(value: str) -> str:
    plain = unicodedata.normalize("NFC", value).lower().replace(".", "")
    return re.sub(r"^(mr|mrs|ms|miss|dr|prof|professor) ", "", " ".join(plain.split()))


def _days(day: str | None) -> set[str | None]:
    if day in WEEKDAYS:
        return {day, (TODAY + timedelta((WEEKDAYS.index(day) - TODAY.weekday() - 1) % 7 + 1)).isoformat()}
    if day in (None, "any"):
        return {None, "any"}
    found: set[str | None] = {day}
    if day and re.fullmatch(r"\d{4}-\d\d-\d\d", day) and 0 < (date.fromisoformat(day) - TODAY).days <= 7:
        found.add(WEEKDAYS[date.fromisoformat(day).weekday()])
    return found
