from __future__ import annotations

import pytest

from lamoon.screening import Screener


@pytest.fixture(scope="session")
def screener() -> Screener:
    """The screener, whose reader knows the words of the catalogue too."""
    return Screener.load(year=2026)
