"""Figures of a run in which every bar is held."""

from __future__ import annotations

import pytest

from tools.bench.results import Figures, Results

QUESTIONS = 200


def _signs(right: int) -> str:
    return "1" * right + "0" * (QUESTIONS - right)


@pytest.fixture
def project() -> Figures:
    return Figures(
        train_nlu_seconds=20.0,
        train_all_seconds=25.0,
        model_mb=5.0,
        ready_seconds=2.0,
        memory_mb=350.0,
        parse_p50_ms=10.0,
        parse_p95_ms=15.0,
        served=_signs(170),
        guessed=_signs(186),
    )


@pytest.fixture
def baseline() -> Figures:
    return Figures(
        train_nlu_seconds=300.0,
        train_all_seconds=None,
        model_mb=300.0,
        ready_seconds=14.0,
        memory_mb=1000.0,
        parse_p50_ms=22.3,
        parse_p95_ms=30.0,
        served=_signs(140),
        guessed=_signs(166),
    )


@pytest.fixture
def results(project: Figures, baseline: Figures) -> Results:
    data = {"phrases": "5000", "labels": "68", "sha256": "0123456789abcdef"}
    return Results(
        date="2030-01-02 03:04",
        epochs=100,
        machine={"processor": "an abacus", "cores": "2"},
        data=data,
        versions={"La Moon": {"Python": "3.11.7"}, "Rasa default": {"Python": "3.10.13", "tensorflow": "2.12.0"}},
        project=project,
        baseline=baseline,
        baseline_date="2030-01-02 03:04",
        baseline_data=data,
    )
