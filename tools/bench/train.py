"""Training: how long it takes from the first to the last moment of the command, and what it leaves."""

from __future__ import annotations

import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from tools.bench.errors import BenchmarkError
from tools.bench.progress import say
from tools.bench.sides import Side
from tools.bench.snapshot import PHRASES, empty_folder

LONGEST_SECONDS = 3 * 3600
HEARTBEAT_SECONDS = 60
MODEL = "model"


@dataclass(frozen=True)
class Training:
    """One training.

    Attributes:
        seconds: wall time of the command.
        model: what it made.
    """

    seconds: float
    model: Path

    @property
    def megabytes(self) -> float:
        """The size of the model file."""
        return self.model.stat().st_size / 1e6


def train_nlu(side: Side, snapshot: Path, work: Path) -> Training:
    """`rasa train nlu` on the phrases and answers, in a folder without a cache."""
    folder = empty_folder(work / f"{side.name}-nlu")
    (folder / "data").mkdir()
    for name in PHRASES:
        _copy(snapshot / "data" / name, folder / "data" / name)
    return _train(side, folder, ("train", "nlu", "--nlu", "data"))


def train_all(side: Side, snapshot: Path, work: Path) -> Training:
    """`rasa train` with rules and stories, in a folder without a cache."""
    folder = empty_folder(work / f"{side.name}-all")
    for name in ("data", "domain.yml"):
        _copy(snapshot / name, folder / name)
    return _train(side, folder, ("train",))


def _train(side: Side, folder: Path, verb: tuple[str, ...]) -> Training:
    (folder / "config.yml").write_text(side.config, encoding="utf-8")
    model = folder / "models" / f"{MODEL}.tar.gz"
    words = (side.python, "-m", "rasa", *verb, "--config", "config.yml", "--fixed-model-name", MODEL)
    log = folder / "train.log"
    say(f"{side.title}: rasa {' '.join(verb[:2])} (log: {log})")
    started = time.monotonic()
    with log.open("wb") as output:
        variables = side.variables | {"RASA_CACHE_DIRECTORY": str(folder / ".rasa" / "cache")}
        process = subprocess.Popen(words, cwd=folder, env=variables, stdout=output, stderr=subprocess.STDOUT)
        code = _wait(process, started)
    seconds = time.monotonic() - started
    # Rasa exits with 0 in many cases in which it trained nothing.
    if code or not model.is_file():
        raise BenchmarkError(f"Training of {side.title} failed with code {code} and made no model. See {log}")
    say(f"{side.title}: trained in {seconds:.1f} s, {model.stat().st_size / 1e6:.1f} MB")
    return Training(seconds, model)


def _wait(process: subprocess.Popen[bytes], started: float) -> int:
    while True:
        try:
            return process.wait(HEARTBEAT_SECONDS)
        except subprocess.TimeoutExpired:
            minutes = (time.monotonic() - started) / 60
            say(f"  still training after {minutes:.0f} min")
            if minutes * 60 > LONGEST_SECONDS:
                process.kill()
                return process.wait()
        except BaseException:
            process.kill()
            raise


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target)
    else:
        shutil.copyfile(source, target)
