"""One screener for all tests: loading it is the slow part. The year is fixed, for the tests of "long ago"."""

from __future__ import annotations

import pytest

from lamoon.screening import Screener

YEAR = 2026


@pytest.fixture(scope="session")
def screener() -> Screener:
    return Screener.load(year=YEAR)
