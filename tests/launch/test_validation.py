"""Rasa's own validation stops what it finds; a real `rasa data validate` on a tiny assistant."""

from __future__ import annotations

from pathlib import Path

import pytest

from lamoon.launch.rasa_commands import validate
from lamoon.launch.readiness import PreflightError
from launch.test_main import TINY_CONFIG, TINY_DATA, TINY_DOMAIN


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A tiny assistant without faults."""
    (tmp_path / "data").mkdir()
    for name, text in (("config.yml", TINY_CONFIG), ("domain.yml", TINY_DOMAIN), ("data/nlu.yml", TINY_DATA)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_a_sound_project_passes(project: Path) -> None:
    validate(project)


def test_an_action_that_no_domain_names_is_found(project: Path) -> None:
    faulty = TINY_DATA.replace("action: utter_greet", "action: action_of_nobody")
    (project / "data" / "nlu.yml").write_text(faulty, encoding="utf-8")
    with pytest.raises(PreflightError, match="action_of_nobody"):
        validate(project)
