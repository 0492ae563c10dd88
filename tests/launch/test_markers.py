"""Success markers over real conversations, counted by Rasa itself."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from scenarios.assistant import Assistant

from lamoon.launch.rasa_commands import count_markers
from lamoon.launch.readiness import PreflightError
from lamoon.settings import PROJECT, load_settings


def test_they_are_counted_over_every_conversation(assistant: Assistant) -> None:
    assistant.say("markers-1", "does it hurt?")
    assistant.say("markers-1", "i had a blood clot")
    variables = assistant.servers.variables
    old = assistant.servers.settings.data / "markers"
    old.mkdir(exist_ok=True)
    for name in ("markers.csv", "stats-overall.csv", "stats-per-session.csv"):
        (old / name).write_text("an earlier count\n", encoding="utf-8")  # which Rasa refuses to overwrite
    done = subprocess.run(
        [sys.executable, "-m", "lamoon.launch", "markers"],
        env={**os.environ, **variables, "PYTHONPATH": str(PROJECT)},
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    said = {
        line.strip().partition(" ")[2]: int(line.split()[0]) for line in done.stdout.splitlines() if line[:1] == " "
    }
    assert said["question of the guide"] >= 1
    assert said["warned"] >= 1
    assert "markers-1" in (assistant.servers.settings.data / "markers" / "markers.csv").read_text(encoding="utf-8")


def test_nothing_counted_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lamoon.launch.rasa_commands.PROJECT", tmp_path)  # where no markers.yml is
    with pytest.raises(PreflightError, match="Nothing was counted"):
        count_markers(load_settings({"LAMOON_DATA": str(tmp_path)}))
