"""The two sides: this project, and Rasa's default pipeline."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from lamoon.launch.commands import environment
from lamoon.project import PROJECT
from tools.bench.errors import BenchmarkError

DEFAULT_CONFIG = Path(__file__).with_name("rasa_default.yml")
INSTALL = Path(__file__).with_name("install_tensorflow.sh")
EPOCHS = 100


@dataclass(frozen=True)
class Side:
    """One of the two things compared.

    Attributes:
        name: `project` or `baseline`; also the name of its work folder.
        title: what a reader calls it.
        python: the interpreter of its environment.
        config: the text of its config.yml.
        whole: whether it also trains a dialogue model, which its server then loads too.
        variables: its environment variables.
        run_options: what its `rasa run` gets beside the model.
    """

    name: str
    title: str
    python: str
    config: str
    whole: bool
    variables: dict[str, str]
    run_options: tuple[str, ...]


def project(work: Path) -> Side:
    """This project in its own environment, with its own endpoints and channel. Writes only below `work`."""
    return Side(
        name="project",
        title="La Moon",
        python=sys.executable,
        config=(PROJECT / "config.yml").read_text(encoding="utf-8"),
        whole=True,
        variables=environment() | {"LAMOON_DATA": str(work / "project-data")},
        run_options=(
            *("--endpoints", str(PROJECT / "endpoints.yml")),
            *("--credentials", str(PROJECT / "credentials.yml")),
        ),
    )


def baseline(epochs: int = EPOCHS) -> Side:
    """Rasa's default pipeline in its environment with TensorFlow; without channels, endpoints or dialogue."""
    return Side(
        name="baseline",
        title="Rasa default",
        python=str(_tensorflow_environment() / "bin" / "python"),
        config=default_config(epochs),
        whole=False,
        variables={name: value for name, value in environment().items() if name != "PYTHONPATH"},
        run_options=(),
    )


def default_config(epochs: int) -> str:
    """`rasa_default.yml` with another number of epochs."""
    config: dict[str, Any] = yaml.safe_load(DEFAULT_CONFIG.read_text(encoding="utf-8"))
    for component in config["pipeline"]:
        if "epochs" in component:
            component["epochs"] = epochs
    return yaml.safe_dump(config, sort_keys=False)


def install_baseline() -> None:
    """Makes the environment with TensorFlow where it is missing.

    Raises:
        BenchmarkError: when that is not possible; the script has said why.
    """
    if subprocess.run((str(INSTALL),), check=False).returncode:
        raise BenchmarkError("The environment with TensorFlow could not be made; the lines above say why.")


def _tensorflow_environment() -> Path:
    return PROJECT / os.environ.get("VENV_TENSORFLOW", ".venv-tensorflow")
