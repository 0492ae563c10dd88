"""A Rasa server without a model ends, so that its supervisor sees a crash."""

from __future__ import annotations

import subprocess
from pathlib import Path

from scenarios.servers import free_port

from lamoon.launch.commands import rasa_server, serving_environment
from lamoon.settings import PROJECT, load_settings

SECONDS = 90.0


def test_rasa_ends_where_its_model_cannot_be_loaded(model: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.tar.gz"
    cut.write_bytes(model.read_bytes()[:1_000_000])
    variables = {"LAMOON_DATA": str(tmp_path / "data"), "LAMOON_RASA_PORT": str(free_port())}
    words = rasa_server(load_settings(variables), with_api=False).words
    clean = {name: value for name, value in serving_environment().items() if not name.startswith("LAMOON_")}
    done = subprocess.run(
        [str(cut) if word == str(model) else word for word in words],
        cwd=PROJECT,
        env=clean | variables,
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
    )
    assert done.returncode == 1, done.stderr
    assert "No model was loaded" in done.stdout + done.stderr
    assert "run: make train" in done.stdout + done.stderr
