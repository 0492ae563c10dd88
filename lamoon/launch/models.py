"""`lamoon model list | use NAME | back`: which trained model answers, changed while it answers.

    lamoon model list        the models, the one in use, and the one before it
    lamoon model use NAME    try it in a process of its own, choose it, and have each running Rasa server load it
    lamoon model back        the same with the model before

Rasa servers load one after the other, each beside its old model: no message fails or waits. A server that is not
running takes the chosen model at its next start. Where one cannot load it, all go back. A change of words, topics,
studio.yml or code needs a restart instead: they are not in the model. Exit codes: 0 done, 1 not changed, 2 wrong usage.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlsplit

from lamoon.errors import LamoonError, ModelError
from lamoon.launch.commands import serving_environment
from lamoon.launch.model_file import choose, chosen, damage_of, model_in_use, models
from lamoon.project import PROJECT
from lamoon.settings import load_settings

LOAD_SECONDS = 300.0
PATH = "/webhooks/rest/model"


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="lamoon model", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="{list,use,back}")
    commands.add_parser("list", help="the models, newest first")
    commands.add_parser("use", help="change to this model").add_argument("name", help="its file name")
    commands.add_parser("back", help="change to the model before")
    asked = parser.parse_args(arguments)
    os.chdir(PROJECT)
    try:
        if asked.command == "list":
            print("\n".join(_listed()))
        elif asked.command == "use":
            use(asked.name)
        else:
            use(_before())
    except (LamoonError, FileNotFoundError) as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


def use(name: str, *, tried: bool = False) -> None:
    """Changes to a model of the models' folder, which a process of its own tries before unless it was `tried`.

    Raises:
        ModelError: when it does not exist, does not work with this code, or a server cannot load it; then all servers
            and the pointer file are as before.
    """
    model = _named(name)
    if not tried:
        _try(model)
    old, before = model_in_use(), chosen()
    choose([model.name, *(other for other in [old.name, *before] if other != model.name)])
    changed: list[str] = []
    try:
        for address in load_settings().rasa_addresses:
            _load(address, model.name, changed)
    except ModelError as problem:
        choose(before or [old.name])
        for address in changed:
            try:
                _load(address, old.name, [])
            except ModelError as lost:
                print(f"{lost} Restart it: it takes {old.name} then.", file=sys.stderr)
        raise ModelError(f"{problem} Nothing was changed: {old.name} goes on.") from None
    print(f"In use: {model.name}. Back to {old.name} with: lamoon model back")


def _listed() -> list[str]:
    names = chosen() or [model_in_use().name]
    marks = dict(zip(names, ("in use", "before"), strict=False))
    return [f"{model.name}  {marks.get(model.name, '')}".rstrip() for model in models()]


def _before() -> str:
    names = chosen()
    if len(names) < 2:
        raise ModelError("There is no model to go back to. `lamoon model list` shows those that there are.")
    return names[1]


def _named(name: str) -> Path:
    """The model of this name. Raises ModelError."""
    found = {model.name: model for model in models()}
    model = found.get(name) or found.get(f"{name}.tar.gz")
    if model is None:
        raise ModelError(f"There is no model {name}. Expected one of: {', '.join(found) or '(none; run: make train)'}")
    return model


def _try(model: Path) -> None:
    """Loads it with this code in a process of its own. Raises ModelError when that fails."""
    if damage := damage_of(model):
        raise ModelError(f"The model {model.name} is damaged: {damage}.")
    words = (sys.executable, "-m", "lamoon.nlu.model_change", str(model))
    done = subprocess.run(words, env=serving_environment(), capture_output=True, text=True, check=False)
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise ModelError(f"The model {model.name} does not work with this version: {reason}")


def _load(address: str, name: str, changed: list[str]) -> None:
    """Has the Rasa server at `address` load a model, and adds it to `changed`; one that is not running is left alone.

    Raises:
        ModelError: when it cannot; it goes on with its old one.
    """
    place = urlsplit(address)
    connection = http.client.HTTPConnection(place.hostname or "", place.port or 80, timeout=LOAD_SECONDS)
    try:
        connection.connect()
    except OSError:
        print(f"{address} is not running: it takes {name} at its next start.")
        return
    try:
        connection.request("PUT", PATH, json.dumps({"model": name}), {"Content-Type": "application/json"})
        answer = connection.getresponse()
        said = answer.read().decode(errors="replace")
    except (OSError, http.client.HTTPException) as error:
        raise ModelError(f"{address} was lost while it loaded {name} ({type(error).__name__}).") from None
    finally:
        connection.close()
    if answer.status != HTTPStatus.OK:
        raise ModelError(f"{address} did not load {name}: {said}")
    changed.append(address)
    print(f"{address} answers with {name}.")


if __name__ == "__main__":
    sys.exit(main())
