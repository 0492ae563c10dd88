"""Nothing happens at the first look, and nothing that was not so all the time."""

from __future__ import annotations

import pytest

from lamoon.chat.retention import SecondLook


@pytest.fixture
def running() -> list[float]:
    return [1000.0]


def test_what_is_overdue_long_enough_is_ripe(running: list[float]) -> None:
    looks = SecondLook[str](60.0, lambda: running[0])
    assert looks.ripe(["a"]) == []
    running[0] += 59
    assert looks.ripe(["a", "b"]) == []
    running[0] += 1
    assert looks.ripe(["a", "b"]) == ["a"]
    running[0] += 59
    assert looks.ripe(["b"]) == ["b"]


def test_what_was_not_overdue_in_between_waits_again(running: list[float]) -> None:
    looks = SecondLook[str](60.0, lambda: running[0])
    looks.ripe(["a"])
    running[0] += 30
    looks.ripe([])
    running[0] += 30
    assert looks.ripe(["a"]) == []


def test_another_process_begins_again(running: list[float]) -> None:
    SecondLook[str](60.0, lambda: running[0]).ripe(["a"])
    running[0] += 60
    assert SecondLook[str](60.0, lambda: running[0]).ripe(["a"]) == []
