"""A demand is met on its very edge, and says what was wanted and found."""

from __future__ import annotations

import pytest

from tools.threshold import Threshold, report


def test_at_least_and_at_most() -> None:
    assert Threshold("x", 0.82, 0.82).held
    assert not Threshold("x", 0.8199, 0.82).held
    assert Threshold("x", 0.10, 0.10, at_most=True).held
    assert not Threshold("x", 0.1001, 0.10, at_most=True).held


def test_a_demand_in_words() -> None:
    assert str(Threshold("topic right", 0.8, 0.82)) == "topic right: 0.800 (at least 0.82) NOT HELD"
    assert str(Threshold("wrong", 0.05, 0.1, at_most=True)) == "wrong: 0.050 (at most 0.1) held"
    assert str(Threshold("memory, MB", 779.6, 780, at_most=True, form="{:.0f}")) == "memory, MB: 780 (at most 780) held"


@pytest.mark.parametrize(("figures", "code"), [((1, 2), 0), ((1, 4), 1), ((), 0)])
def test_one_missed_demand_is_an_exit_code(
    figures: tuple[float, ...], code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert report([Threshold("x", figure, 3, at_most=True) for figure in figures]) == code
    assert len(capsys.readouterr().out.splitlines()) == len(figures)
