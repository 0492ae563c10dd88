"""The screening of the trained model on messages by other authors: no figure falls below the one reached before.

These are no demands: `python -m tools.evaluation.screening --model` judges by those and exits with 1, because strangers'
contraindications and false alarms do not hold them yet (docs/screening.md has the figures).

Every emergency, and of each other outcome every third message; with LAMOON_TEST_FULL=1 all of them.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from lamoon.settings import PROJECT
from tools.evaluation.parser import Parse
from tools.evaluation.screening import LabelledMessage, Screened, false_alarms, read_messages, screen_all

DATA = PROJECT / "tests" / "data"
STEP = 1 if os.environ.get("LAMOON_TEST_FULL") else 3
# By file: least share of emergencies, of contraindications, of any reaction; most false alarms.
REACHED = {
    "safety_dev": (1.0, 1.0, 1.0, 0.0),
    "safety_test": (0.88, 0.77, 0.92, 0.11),
    "safety_strangers_dev": (0.98, 0.95, 0.97, 0.08),
    "safety_calm_dev": (0.97, 0.92, 0.96, 0.09),
    "safety_strangers_test": (0.90, 0.74, 0.90, 0.15),
    "safety_ended_rounds_dev": (0.92, 0.84, 0.91, 0.17),
}


def sample(file: Path) -> Iterator[LabelledMessage]:
    """Every emergency, and every so many of the rest."""
    seen: Counter[str] = Counter()
    for message in read_messages(file):
        expect = message.accepted[0]
        if expect == "emergency" or seen[expect] % STEP == 0:
            yield message
        seen[expect] += 1


def share(screened: Sequence[Screened], expect: str) -> float:
    theirs = [one.right for one in screened if one.expect == expect]
    return sum(theirs) / len(theirs)


@pytest.mark.parametrize("name", REACHED)
def test_no_figure_falls_behind_what_was_reached(trained_parser: Parse, name: str) -> None:
    screened = screen_all([*sample(DATA / f"{name}.jsonl")], lambda text: trained_parser(text)["safety"])
    emergencies, warned, any_reaction, alarms = REACHED[name]
    needing = [one.flagged for one in screened if one.expect in ("emergency", "warn", "ask_doctor")]
    assert share(screened, "emergency") >= emergencies
    assert share(screened, "warn") >= warned
    assert sum(needing) / len(needing) >= any_reaction
    assert false_alarms(screened).share <= alarms
