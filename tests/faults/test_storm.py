"""Two machines under load while processes die and connections break: nothing is lost or doubled, nobody is left waiting.

LAMOON_TEST_FAULTS=24 in front of pytest has so many random faults strike, as `python -m tools.bench.faults` does.
"""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from faults.conftest import FAULTS
from faults.postgres import programs
from faults.storm import Storm


@pytest.mark.usefixtures("model")
def test_a_storm_loses_nothing(tmp_path: Path) -> None:
    if programs() is None:
        pytest.skip("PostgreSQL's own programs (initdb, pg_ctl) are not installed")
    runs = [None] * FAULTS if FAULTS else [["SIGKILL gateway", "connections cut"]]
    dice = random.Random(1)
    with Storm(tmp_path / "storm") as storm:
        for names in runs:
            outcome = storm.run(dice, names)
            print(outcome)
            assert outcome.problems == []
