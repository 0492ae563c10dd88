"""Rasa's own validation stops what it finds; a real `rasa data validate` on a tiny assistant."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from lamoon.launch.rasa_commands import run_without_noise, validate, without_noise
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


def test_of_rasas_messages_only_those_that_a_change_would_end_are_passed_on() -> None:
    color, end = "\x1b[93m", "\x1b[0m"
    lines = [
        f"{color}io.py:100: UserWarning: The utterance 'utter_crisis' is not used in any story or rule.\n",
        f"{end}{color}io.py:100: UserWarning: Default intents such as 'restart' and 'back' will not trigger actions\n",
        "  More info at https://rasa.com/docs/rasa/default-actions\n",
        f"{end}{color}io.py:100: UserWarning: Issue found in 'data/rules.yml': Found intent 'nobody' in stories\n",
        "  More info at https://rasa.com/docs/rasa/stories\n",
        f"{end}{color}io.py:100: UserWarning: Your training data contains an example 'a cat' for the 'out_of_scope/pets' "
        "intent. You either need to add a response phrase or correct the intent\n",
        f"{end}\x1b[92mYour Rasa model is trained and saved at 'models/a.tar.gz'.{end}\n",
    ]
    assert list(without_noise(lines)) == [
        "io.py:100: UserWarning: Issue found in 'data/rules.yml': Found intent 'nobody' in stories",
        "  More info at https://rasa.com/docs/rasa/stories",
        "Your Rasa model is trained and saved at 'models/a.tar.gz'.",
    ]


def test_a_command_without_noise_keeps_its_exit_code(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    code = "import sys; print('Processed 3 rules', file=sys.stderr); print('domain.yml: why', file=sys.stderr); sys.exit(3)"
    assert run_without_noise((sys.executable, "-c", code), tmp_path, {}) == 3
    assert capfd.readouterr().err == "domain.yml: why\n"
