"""`lamoon VERB [ARGUMENT ...]`: one command for all programs of the assistant, also used by `make`.

A verb runs a module as `python -m` would. Nothing is imported here, so that the launcher stays small.
"""

from __future__ import annotations

import os
import runpy
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from lamoon import __version__
from lamoon.project import PROJECT, missing


@dataclass(frozen=True)
class Verb:
    """A verb: its description, module and first arguments."""

    help: str
    module: str
    arguments: tuple[str, ...] = ()


VERBS = {
    "run": Verb("start everything; Ctrl-C stops it all", "lamoon.launch", ("run",)),
    "api": Verb("start Rasa with its HTTP API and the action server", "lamoon.launch", ("api",)),
    "rasa": Verb("start the Rasa server alone", "lamoon.launch", ("rasa",)),
    "actions": Verb("start the action server alone", "lamoon.launch", ("actions",)),
    "shell": Verb("talk to the assistant in the terminal", "lamoon.launch", ("shell",)),
    "train": Verb("train the model", "lamoon.launch", ("train",)),
    "model": Verb("list the trained models, use another one, take the change back", "lamoon.launch.models"),
    "validate": Verb("have Rasa validate domain and training data", "lamoon.launch", ("validate",)),
    "markers": Verb("count how often conversations reached what markers.yml names", "lamoon.launch", ("markers",)),
    "gateway": Verb("start the public web server alone", "lamoon.web"),
    "status": Verb("show what is connected, and whether it works", "lamoon.status"),
    "requests": Verb("list, show and retry booking requests; deliver their notices", "lamoon.booking"),
    "events": Verb("count Rasa's events from RabbitMQ for the desk's figures", "lamoon.desk.event_counter"),
    "database": Verb("the revision of the database, and the keys that encrypt in it", "lamoon.storage"),
    "migrate": Verb(
        "move the SQLite data into an empty PostgreSQL database", "lamoon.storage.operations", ("migrate",)
    ),
    "backup": Verb("write everything stored into one file", "lamoon.storage.operations", ("backup",)),
    "restore": Verb("put a backup into the database", "lamoon.storage.operations", ("restore",)),
    "staff": Verb("list, add and deactivate accounts of the desk", "lamoon.desk"),
    "channel-check": Verb("ask each messaging platform whether the account works", "lamoon.channels", ("check",)),
    "check": Verb("check data, answers, code and documentation", "tools.checks"),
    "guide": Verb("show what a line of the guide says that data/provenance.yml cites", "tools.guide"),
    "evaluate": Verb("measure understanding and screening", "tools.evaluation"),
    "tune": Verb("tune the sentence encoder on the training phrases", "tools.tuning"),
    "bench": Verb("compare speed and memory with Rasa's default pipeline", "tools.bench"),
    "bench-load": Verb("measure the whole assistant under load", "tools.bench.load"),
}


def main(words: Sequence[str] | None = None) -> int:
    """Run one verb. Returns its exit code; 2 when the verb or the project's folder is wrong."""
    verb, *arguments = (sys.argv[1:] if words is None else words) or ["--help"]
    if verb in ("--help", "-h", "help"):
        print(_help())
        return 0
    if verb in ("--version", "-V"):
        print(f"lamoon {__version__}")
        return 0
    if verb not in VERBS:
        print(f"{verb!r} is not a verb. Expected one of: {', '.join(VERBS)}", file=sys.stderr)
        return 2
    if problem := missing(PROJECT):
        print(problem, file=sys.stderr)
        return 2
    _run(VERBS[verb], arguments)
    return 0


def _run(verb: Verb, arguments: Sequence[str]) -> None:
    """Run the module, which ends the process with its own exit code."""
    os.chdir(PROJECT)
    if str(PROJECT) not in sys.path:  # as with `python -m`: the project's own actions and tools
        sys.path.insert(0, str(PROJECT))
    sys.argv = [verb.module, *verb.arguments, *arguments]
    runpy.run_module(verb.module, run_name="__main__", alter_sys=True)


def _help() -> str:
    lines = [f"  {name:14} {verb.help}" for name, verb in VERBS.items()]
    return "\n".join([f"lamoon {__version__}: lamoon VERB [ARGUMENT ...]", "", *lines, "", f"Project: {PROJECT}"])
