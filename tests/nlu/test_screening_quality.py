"""The screening of the trained model on messages by other pens: nothing falls behind what was reached.

These are no demands: `python -m tools.evaluation.screening --model` judges by those and exits with 1, because strangers'
contraindications and false alarms do not hold them yet (docs/screening.md has the figures).
"""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from lamoon.settings import PROJECT
from tools.evaluation.parser import Parse
from tools.evaluation.screening import Screened, false_alarms, read_messages, screen_all

DATA = PROJECT / "tests" / "data"
# By file: least share of emergencies, of contraindications, of any reaction; most false alarms.
REACHED = {
    "safety_dev": (1.0, 1.0, 1.0, 0.0),
    "safety_test": (0.88, 0.77, 0.92, 0.11),
    "safety_strangers_dev": (0.98, 0.95, 0.97, 0.08),
    "safety_calm_dev": (0.97, 0.92, 0.96, 0.09),
    "safety_strangers_test": (0.90, 0.74, 0.90, 0.15),
    "safety_ended_rounds_dev": (0.92, 0.84, 0.91, 0.17),
}


def share(screened: Sequence[Screened], expect: str) -> float:
    theirs = [one.right for one in screened if one.expect == expect]
    return sum(theirs) / len(theirs)


@pytest.mark.parametrize("name", REACHED)
def test_no_figure_falls_behind_what_was_reached(trained_parser: Parse, name: str) -> None:
    screened = screen_all(read_messages(DATA / f"{name}.jsonl"), lambda text: trained_parser(text)["safety"])
    emergencies, warned, any_reaction, alarms = REACHED[name]
    needing = [one.flagged for one in screened if one.expect in ("emergency", "warn", "ask_doctor")]
    assert share(screened, "emergency") >= emergencies
    assert share(screened, "warn") >= warned
    assert sum(needing) / len(needing) >= any_reaction
    assert false_alarms(screened).share <= alarms
