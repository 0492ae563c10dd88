"""The calibration of confidence on phrases unseen in training."""

from __future__ import annotations

from pathlib import Path

import pytest

from lamoon.errors import EvaluationError
from lamoon.understanding.classifier import ClassifierSettings, confidence_of, log_odds
from lamoon.understanding.tuned import DELTA
from tools.evaluation import calibration
from tools.evaluation.calibration import Reading, figures, fitted, promises

SETTINGS = ClassifierSettings()
UNSURE = log_odds(SETTINGS.least_share) - 0.1
READINGS = [
    Reading("faq/cost", "faq/cost", 5.0),
    Reading("faq/cost", "faq/history", 1.0),
    Reading("greet", "greet", UNSURE),
    Reading("greet", "out_of_scope", 3.0),
    Reading("out_of_scope", "out_of_scope", 3.0),
    Reading("out_of_scope", "greet", 3.0),
]


def test_asking_back_and_refusing_turn_away() -> None:
    assert figures(READINGS, SETTINGS) == pytest.approx(
        {"in scope right": 0.25, "turned away": 0.5, "wrong": 0.25, "out of scope refused": 0.5}
    )


def read_by(voice: str, right: int, wrong: int) -> list[Reading]:
    readings = [Reading("greet", "greet", 10.0, voice)] * right + [Reading("greet", "thank", 10.0, voice)] * wrong
    return [*readings, Reading("greet", "greet", -10.0, voice)]


def test_a_band_promises_what_other_voices_bear_out() -> None:
    found = [one for one in promises(read_by("sailor", 590, 10) + read_by("pilot", 540, 60), SETTINGS) if one.low > 0.9]
    by_voice = {one.voices: one for one in found}
    assert by_voice["pilot"].promised == pytest.approx(1 - 11 / 601)
    assert not by_voice["pilot"].kept
    assert by_voice["sailor"].kept
    assert by_voice["sailor"].found.total == 600


def test_voices_of_few_phrases_are_one_group() -> None:
    readings = read_by("sailor", 600, 0) + read_by("cook", 9, 1) + read_by("pilot", 9, 1)
    assert {one.voices for one in promises(readings, SETTINGS)} == {"sailor", "the others"}
    with pytest.raises(EvaluationError, match="two voices or more"):
        promises(read_by("sailor", 600, 0), SETTINGS)


@pytest.mark.parametrize(("wrong", "code"), [(0, 0), (80, 1)])
def test_a_broken_promise_is_an_exit_code(monkeypatch: pytest.MonkeyPatch, wrong: int, code: int) -> None:
    readings = read_by("sailor", 600, 1) + read_by("pilot", 600, wrong)
    monkeypatch.setattr(calibration, "read_left_out", lambda *_: readings)
    assert calibration.main([str(DELTA)]) == code


def test_weights_that_fit_give_the_share_right() -> None:
    leads = [lead / 10 for lead in range(-20, 30)]
    readings = [Reading("a", "a" if (7 * i) % 10 / 10 < 0.1 + i / 60 else "b", lead) for i, lead in enumerate(leads)]
    weight, bias = fitted(readings)
    assert weight > 0.3
    fit = ClassifierSettings(lead_weight=weight, confidence_bias=bias)
    promised = sum(confidence_of(lead, fit) for lead in leads)
    assert promised == pytest.approx(sum(one.right for one in readings), abs=0.5)


def test_a_tuning_that_has_seen_everything_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert calibration.main([str(DELTA)]) == 2
    assert "has seen all phrases" in capsys.readouterr().err


def test_a_missing_file_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert calibration.main([str(tmp_path / "gone.npz")]) == 2
    assert "does not exist" in capsys.readouterr().err
    assert calibration.main([]) == 2
