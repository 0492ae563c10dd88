"""Rasa's own commands: validation of domain and training data, and success markers."""

from __future__ import annotations

import csv
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from lamoon.launch.commands import Addresses, endpoints_file, environment
from lamoon.launch.readiness import PreflightError
from lamoon.project import PROJECT

# Rasa reports responses that our policy, forms and actions utter as unused; `make check` finds the truly unused ones.
NOISE = ("is not used in any story or rule", "raise_warning(", "Processed ")


def validate(project: Path) -> None:
    """Runs Rasa's search for undefined names in rules, stories, forms and slots; takes about 20 seconds.

    Raises:
        PreflightError: with Rasa's messages, when it found a fault.
    """
    files = ("--domain", "domain.yml", "--config", "config.yml", "--data", "data")
    words = (sys.executable, "-m", "rasa", "data", "validate", *files)
    done = subprocess.run(words, cwd=project, env=environment(), capture_output=True, text=True, check=False)
    if done.returncode:
        lines = [line for line in (done.stdout + done.stderr).splitlines() if not any(part in line for part in NOISE)]
        raise PreflightError("\n".join([*lines, f"Rasa found faults in {project}: the messages above say which."]))


SESSIONS = "total_number_of_sessions"
REACHED = "number_of_sessions_where_marker_applied_at_least_once"


def count_markers(settings: Addresses) -> Path:
    """Counts them again. Returns the folder with Rasa's tables; prints a line for each marker.

    Raises:
        PreflightError: when Rasa counted nothing; its messages say why.
    """
    folder = settings.data / "markers"
    shutil.rmtree(folder, ignore_errors=True)  # Rasa refuses to overwrite a table
    folder.mkdir(mode=0o700, parents=True)
    words = (sys.executable, "-m", "rasa", "evaluate", "markers", "all", str(folder / "markers.csv"), "--quiet")
    files = ("--config", str(PROJECT / "markers.yml"), "--endpoints", str(endpoints_file(settings)))
    domain = ("--domain", str(_whole_domain(folder / "domain")))
    done = subprocess.run(
        (*words, *files, *domain, "--stats-file-prefix", str(folder / "stats")), env=environment(), check=False
    )
    overall = folder / "stats-overall.csv"
    if done.returncode or not overall.is_file():
        raise PreflightError("Nothing was counted: Rasa's messages above say why. Expected a table of markers.yml.")
    for line in _lines(overall):
        print(line)
    return folder


def _whole_domain(folder: Path) -> Path:
    """The domain with its responses: Rasa's counting reads one file or one folder, and responses are in
    data/responses/.
    """
    folder.mkdir()
    for file in (PROJECT / "domain.yml", *(PROJECT / "data" / "responses").glob("*.yml")):
        if file.is_file():
            shutil.copy(file, folder)
    return folder


def _lines(overall: Path) -> Iterator[str]:
    """A line for each marker: in how many conversations it was reached, of how many."""
    with overall.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    sessions = next(int(row["value"]) for row in rows if row["statistic"] == SESSIONS)
    yield f"{sessions} conversations"
    for row in rows:
        if row["statistic"] == REACHED:
            yield f"{int(row['value']):7} {row['marker'].replace('_', ' ')}"
