"""What these tests share; tests/web/fixtures.py has the rest."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _quick(quick_passwords: None) -> None:
    """Passwords cost little in these tests."""
