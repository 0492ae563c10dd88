"""Rasa's own commands: training, validation of domain and training data, and success markers."""

from __future__ import annotations

import csv
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from lamoon.launch.commands import Addresses, endpoints_file, environment
from lamoon.launch.readiness import PreflightError
from lamoon.project import PROJECT

NOISE = (
    # Our policy, forms and actions utter these; `make check` finds the truly unused ones.
    "is not used in any story or rule",
    "Default intents such as 'restart'",
    # One for each example of a subtopic: our selector and actions answer those, not Rasa's response selector.
    "You either need to add a response phrase",
    "training a response selector",
    "duplicated intents have been found across multiple domain files: faq, out_of_scope",
    # No message is an example of it: a rule of the classifier sets it.
    "The intent 'about_request' is listed in the domain file",
    "DeprecationWarning",
    "Implementing implicit namespace packages",
    "raise_warning(",
    "Processed ",
)
"""What Rasa prints that no change of this project's files would end, 13,000 lines in a training."""
COLORS = re.compile(r"\x1b\[\d*m")


def run_without_noise(words: Sequence[str], cwd: Path, env: Mapping[str, str]) -> int:
    """Run one of Rasa's commands, pass on at once what it prints but for NOISE, and return its exit code."""
    with subprocess.Popen(words, cwd=cwd, env=env, stderr=subprocess.PIPE, text=True, errors="replace") as process:
        assert process.stderr is not None
        for line in without_noise(process.stderr):
            print(line, file=sys.stderr, flush=True)
    return process.returncode


def without_noise(lines: Iterable[str]) -> Iterator[str]:
    """The lines of Rasa's messages, uncoloured, without NOISE and the indented lines that belong to it."""
    is_noise = False
    for colored in lines:
        line = COLORS.sub("", colored).rstrip()
        is_noise = any(part in line for part in NOISE) or (is_noise and line.startswith("  "))
        if line and not is_noise:
            yield line


def validate(project: Path) -> None:
    """Runs Rasa's search for undefined names in rules, stories, forms and slots; takes about 20 seconds.

    Raises:
        PreflightError: with Rasa's messages, when it found a fault.
    """
    files = ("--domain", "domain.yml", "--config", "config.yml", "--data", "data")
    words = (sys.executable, "-m", "rasa", "data", "validate", *files)
    done = subprocess.run(words, cwd=project, env=environment(), capture_output=True, text=True, check=False)
    if done.returncode:
        lines = without_noise((done.stdout + done.stderr).splitlines())
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
