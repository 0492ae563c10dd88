"""`lamoon run | api | rasa | actions | shell | train | validate | markers`: what `make` calls.

run       everything with the public web server, until Ctrl-C
api       the same with Rasa's HTTP API; what crashes stays down
rasa      the Rasa server alone, for machines and containers of its own
actions   the action server alone, likewise
shell     a conversation in the terminal
train     train the model
validate  Rasa's own validation of domain and training data
markers   how often conversations reached what markers.yml names

Exit codes: 0 well, 1 a process failed, 2 something has to be corrected first (the message says what).
"""

from __future__ import annotations

import http.client
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http import HTTPStatus
from pathlib import Path
from tempfile import TemporaryDirectory

from lamoon import logs
from lamoon.data_folder import close_new_files
from lamoon.errors import LamoonError
from lamoon.launch.commands import (
    LOOPBACK,
    Command,
    action_server,
    endpoints_file,
    environment,
    gateway,
    gateway_host,
    notification_worker,
    page_address,
    rasa_server,
    serving_environment,
)
from lamoon.launch.model_file import after_training, damage_of, model_in_use, models
from lamoon.launch.rasa_commands import count_markers, run_without_noise, validate
from lamoon.launch.readiness import Checked, PreflightError, check, check_ports
from lamoon.launch.supervisor import Supervisor
from lamoon.project import PROJECT

ANSWER_SECONDS = 3.0
"""Startup timeouts; the gateway counts as ready when it has answered a real message."""


def main(arguments: list[str]) -> int:
    """Runs one verb; returns the exit code."""
    verbs = {
        "run": _run,
        "api": _api,
        "rasa": lambda: _alone(partial(rasa_server, with_api=False)),
        "actions": lambda: _alone(action_server),
        "shell": _shell,
        "train": _train,
        "validate": _validate,
        "markers": _markers,
    }
    if len(arguments) != 1 or arguments[0] not in verbs:
        print(f"Expected one of: {', '.join(verbs)}. Example: lamoon run", file=sys.stderr)
        return 2
    os.chdir(PROJECT)
    close_new_files()
    try:
        return verbs[arguments[0]]()
    except (LamoonError, FileNotFoundError) as problem:
        print(problem, file=sys.stderr)
        return 2


def _run() -> int:
    settings = check()
    commands = [
        action_server(settings),
        rasa_server(settings, with_api=False),
        notification_worker(),
        gateway(settings),
    ]
    page = page_address(settings)
    check_ports(commands)
    for note in settings.notes:
        print(f"Note: {note}", flush=True)
    ready = f"Ready. Ctrl-C stops it all.\nThe page with the chat: {page}\nThe desk of the team:  {page}desk"
    answers = partial(_is_up, gateway_host(settings), settings.gateway_port, "/health")
    return Supervisor(commands, restart=True).run(answers, lambda: print(ready, flush=True))


def _api() -> int:
    settings = check()
    commands = [action_server(settings), rasa_server(settings, with_api=True), notification_worker()]
    check_ports(commands)

    def answers() -> bool:
        rasa_answers = _is_up(LOOPBACK, settings.rasa_port, "/webhooks/rest/")
        return rasa_answers and _is_up(LOOPBACK, settings.actions_port, "/health")

    rasa = f"http://{LOOPBACK}:{settings.rasa_port}"
    ready = f"Ready. Talk to it at {rasa}/webhooks/rest/webhook, or with `make shell`. Ctrl-C stops it."
    return Supervisor(commands, restart=False).run(answers, lambda: print(ready, flush=True))


def _alone(server: Callable[[Checked], Command]) -> int:
    """Becomes the server, so that signals reach it and its exit code is ours."""
    command = server(check())
    check_ports([command])
    sys.stdout.flush()
    os.execve(command.words[0], command.words, serving_environment(command.host))  # noqa: S606  its words are ours


def _is_up(host: str, port: int, path: str) -> bool:
    connection = http.client.HTTPConnection(host, port, timeout=ANSWER_SECONDS)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _shell() -> int:
    settings = check()
    actions = action_server(settings)
    rasa = (sys.executable, "-m", "rasa", "shell", "--model", str(model_in_use()), "--port", str(settings.rasa_port))
    words = (*rasa, "-i", LOOPBACK, "--endpoints", str(endpoints_file(settings)))
    running_already = _is_up(LOOPBACK, settings.actions_port, "/health")
    if not running_already:
        check_ports([actions])
    helper = None if running_already else subprocess.Popen(actions.words, env=environment(), start_new_session=True)
    try:
        return subprocess.run(words, env=environment(), check=False).returncode
    except KeyboardInterrupt:
        return 0
    finally:
        if helper:
            helper.terminate()


def _train() -> int:
    check()
    before = set(models())
    used = model_in_use() if any(not damage_of(model) for model in before) else None
    with _taught() as (project, env):
        words = (sys.executable, "-m", "rasa", "train", "--quiet", "--out", str(PROJECT / "models"))
        failed = run_without_noise(words, project, env)
    made = [model for model in models() if model not in before]
    # Rasa exits with 0 in many cases in which it trained nothing.
    if failed or (not before and not made):
        raise PreflightError("Training failed: Rasa's messages above say why. Expected a new model in models/.")
    if damage := next(filter(None, map(damage_of, made)), ""):
        raise PreflightError(f"Training wrote a model that cannot be used: {damage}. Is the disk full?")
    if made:
        after_training(used, made[0])
    return 0


@contextmanager
def _taught() -> Iterator[tuple[Path, dict[str, str]]]:
    """The folder to train in and its environment: a copy with what the studio taught at the desk laid over it, if anything.

    All phrases are embedded afresh, so that a training depends on nothing that was kept.
    """
    # 100 MB, which a supervisor does without
    from lamoon.settings import load_settings
    from lamoon.storage.database import Database, has_tables
    from lamoon.teaching.lessons import Lessons
    from lamoon.teaching.overlay import lay, training_environment
    from lamoon.understanding.vector_file import FOLDER, VectorFile

    VectorFile(FOLDER).forget()
    settings = load_settings()
    address = settings.database_url.reveal()
    lessons = Lessons(Database(address)).live() if has_tables(address) else []
    if not lessons:
        yield PROJECT, environment() | training_environment(PROJECT)
        return
    print(f"With {len(lessons)} changes of the desk (docs/desk.md).", flush=True)
    with TemporaryDirectory() as folder:
        project = Path(folder) / "project"
        lay(lessons, project)
        yield project, environment() | training_environment(project)


def _validate() -> int:
    validate(PROJECT)
    print("Rasa found no fault in domain and training data.")
    return 0


def _markers() -> int:
    settings = check()
    print(f"Rasa's tables: {count_markers(settings)}")
    return 0


if __name__ == "__main__":
    logs.protect("launcher")
    sys.exit(main(sys.argv[1:]))
