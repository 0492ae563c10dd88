from __future__ import annotations

import pytest

from lamoon.screening import Screener
from lamoon.screening.screener import shared_screener


@pytest.fixture(scope="session")
def screener() -> Screener:
    """The screener with the whole catalogue, whose words the repairs lead to."""
    return shared_screener()
