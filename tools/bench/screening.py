"""`python -m tools.bench.screening`: the screening compared with published context classifiers, on the same messages.

Writes tools/bench/screening.md. The first run makes `.venv-screening` (VENV_SCREENING=... for another location, 300 MB)
from requirements/screening.lock with a Python 3.11 (PYTHON311=... if it is not found). Exit codes: 0 written, 2
something has to be corrected first (the message says what).
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lamoon.errors import LamoonError
from lamoon.project import PROJECT
from tools.bench.results import percentile
from tools.bench.sides import BenchmarkError, machine, say
from tools.evaluation.scores import Figure
from tools.evaluation.screening import Screened, any_flag, false_alarms, read_messages, recall
from tools.markdown import table

FILES = (PROJECT / "tests" / "data" / "safety_test.jsonl", PROJECT / "tests" / "data" / "safety_dev.jsonl")
LOCK = PROJECT / "requirements" / "screening.lock"
STARTS = 3
BUSY = 0.5
PAGE = Path(__file__).with_name("screening.md")
TITLES = {
    "no_context": "the words alone",
    "negspacy": "negspacy {negspacy}",
    "context": "medspaCy {medspacy} ConText",
    "ours": "La Moon",
}
HEAD = ("", "warn", "emergency", "any reaction", "ask your doctor", "false alarms", "personal warning for a question")


@dataclass(frozen=True)
class Measured:
    """One classifier.

    Attributes:
        title: its name on the page.
        screened: its outcomes by file name.
        p50_ms, p95_ms: a message, on one core.
        load_seconds: from the import of spaCy to ready.
        memory_mb: resident, over a bare interpreter with spaCy.
    """

    title: str
    screened: dict[str, list[Screened]]
    p50_ms: float
    p95_ms: float
    load_seconds: float
    memory_mb: float


def main() -> int:
    """Measure and write; return the exit code."""
    try:
        python = install()
        about = machine()
        runs = [{reader: _run(python, reader) for reader in TITLES} for _ in range(STARTS)]
        readers = [measured(title, [run[reader] for run in runs], FILES) for reader, title in TITLES.items()]
        PAGE.write_text(page(readers, about, runs[0]["context"]["versions"]), encoding="utf-8")
    except (BenchmarkError, LamoonError, OSError) as problem:
        print(problem, file=sys.stderr)
        return 2
    print(PAGE.read_text(encoding="utf-8"))
    say(f"Written: {PAGE}")
    return 0


def install() -> Path:
    """Return the interpreter of the environment, which is created if it is missing or stale.

    Raises:
        BenchmarkError: when there is no Python 3.11, or the packages cannot be installed.
    """
    venv = PROJECT / os.environ.get("VENV_SCREENING", ".venv-screening")
    python, installed = venv / "bin" / "python", venv / ".installed"
    if installed.is_file() and installed.read_bytes() == LOCK.read_bytes():
        return python
    if venv.exists() and not (venv / "pyvenv.cfg").is_file():
        raise BenchmarkError(f"VENV_SCREENING={venv} exists and is not a Python environment. Name another folder.")
    say(f"Installing {LOCK.name} into {venv} (a minute, 300 MB) ...")
    pip = (python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--require-hashes")
    for words in ((_python311(), "-m", "venv", "--clear", venv), (*pip, "-r", LOCK)):
        if subprocess.run(words, check=False).returncode:
            raise BenchmarkError(
                f"The environment of the comparison could not be made in {venv}; the lines above say why."
            )
    shutil.copyfile(LOCK, installed)
    return python


def _python311() -> str:
    named = os.environ.get("PYTHON311") or (sys.executable if sys.version_info[:2] == (3, 11) else "python3.11")
    found = shutil.which(named)
    ask = "import sys; sys.exit(sys.version_info[:2] != (3, 11))"
    if not found or subprocess.run((found, "-c", ask), check=False, capture_output=True).returncode:
        raise BenchmarkError(
            f"{named} is not Python 3.11, which medspaCy needs. Name one: PYTHON311=/usr/bin/python3.11"
        )
    return found


def _run(python: Path, reader: str) -> dict[str, Any]:
    say(f"{reader} ...")
    words = (python, "-m", "tools.bench.screening_side", reader, *FILES)
    variables = os.environ | {"PYTHONPATH": str(PROJECT), "OMP_NUM_THREADS": "1", "PYTHONWARNINGS": "ignore"}
    answer = subprocess.run(words, env=variables, capture_output=True, text=True, check=False)
    if answer.returncode:
        raise BenchmarkError(f"{reader} could not be measured:\n{answer.stderr[-2000:]}")
    side: dict[str, Any] = json.loads(answer.stdout.splitlines()[-1])
    return side


def measured(title: str, runs: Sequence[dict[str, Any]], files: Sequence[Path]) -> Measured:
    """Return the output of `screening_side` with the expected outcomes; medians of the starts count.

    Raises:
        EvaluationError: a file cannot be read.
    """
    screened = {
        file.name: [
            Screened(message, got)
            for message, got in zip(read_messages(file), runs[0]["outcomes"][str(file)], strict=True)
        ]
        for file in files
    }
    return Measured(
        title.format(**runs[0]["versions"]),
        screened,
        p50_ms=statistics.median(percentile(run["milliseconds"], 0.5) for run in runs),
        p95_ms=statistics.median(percentile(run["milliseconds"], 0.95) for run in runs),
        load_seconds=statistics.median(run["load_seconds"] for run in runs),
        memory_mb=statistics.median(run["memory_mb"] for run in runs),
    )


def page(readers: Sequence[Measured], about: dict[str, str], versions: dict[str, str]) -> str:
    """Return the text of screening.md."""
    tables = [f"## {name}\n\n{table(HEAD, [_row(one, name) for one in readers])}" for name in readers[0].screened]
    costs = [
        (one.title, f"{one.p50_ms:.2f}", f"{one.p95_ms:.2f}", f"{one.load_seconds:.2f}", f"{one.memory_mb:.0f}")
        for one in readers
    ]
    machine_rows = {"date": time.strftime("%Y-%m-%d"), **about, "versions": _joined(versions)}
    load = about.get("load before", "0")
    busy = (
        f"**The machine was busy (load {load}): times are too long, for all four.**\n\n" if float(load) > BUSY else ""
    )
    return f"""<!-- Written by `python -m tools.bench.screening`; do not edit. -->

# The screening beside published readers of context

Who decides whether "no", "my mum has" or "years ago" belongs to a mention? All four get the same words, the same spelling
repair, the same mentions from the catalogue, the same rules for emergencies and for general questions (hence one figure for
emergencies); only the reading of context differs. Development messages were used to write our patterns and our grammar, test messages
were not. In brackets the 95 % interval (Wilson).

{chr(10).join(tables)}
## Cost

A message on one core, over both files; load and memory over a bare interpreter with spaCy, the catalogue included. Medians of {STARTS} starts.

{busy}{table(("", "ms, median", "ms, p95", "load, s", "memory, MB"), costs)}
{table(("measured", ""), machine_rows.items())}"""


def _row(one: Measured, name: str) -> tuple[str, ...]:
    screened = one.screened[name]
    questions = [s.outcome in ("warn", "emergency") and not s.right for s in screened if s.expect == "inform"]
    figures = (
        recall(screened, "warn"),
        recall(screened, "emergency"),
        any_flag(screened),
        recall(screened, "ask_doctor"),
        false_alarms(screened),
        Figure(sum(questions), len(questions)),
    )
    return one.title, *(str(figure) for figure in figures)


def _joined(found: dict[str, str]) -> str:
    return ", ".join(f"{name} {version}" for name, version in found.items())


if __name__ == "__main__":
    sys.exit(main())
