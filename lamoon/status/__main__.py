"""The connected parts, and whether they work.

    lamoon status           a table
    lamoon status --json    the same for programs: {"status": "ok" or "wrong", "parts": [{name, state, text, ...}]}

A part is ok, off (not configured, which is a choice) or wrong. The command changes nothing and shows no secrets.
Exit codes: 0 all is well, 1 something is wrong, 2 the settings or studio.yml have to be corrected first.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from lamoon.errors import LamoonError
from lamoon.settings import Settings, load_settings
from lamoon.status import outside, servers, storage
from lamoon.status.part import Part
from lamoon.studio import Studio, studio_now

WELL, SOMETHING_WRONG, BROKEN = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Check everything and return the exit code."""
    parser = argparse.ArgumentParser(
        prog="lamoon status", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true", help="for programs")
    asked = parser.parse_args(arguments)
    try:
        settings = load_settings()
        studio = studio_now(settings)
    except LamoonError as problem:
        print(problem, file=sys.stderr)
        return BROKEN
    parts = look(settings, studio)
    wrong = any(part.state == "wrong" for part in parts)
    print(as_json(parts) if asked.json else table(parts))
    return SOMETHING_WRONG if wrong else WELL


def look(settings: Settings, studio: Studio) -> Sequence[Part]:
    """Check all parts concurrently: a part that does not answer does not delay the others."""
    looks: dict[str, Callable[[], Sequence[Part]]] = {
        "database": lambda: storage.storage(settings),
        "gateway": lambda: servers.gateway(settings),
        "rasa": lambda: servers.rasa(settings),
        "actions": lambda: servers.actions(settings),
        "model": lambda: servers.model(settings),
        "broker": outside.broker,
        "calendar": lambda: outside.calendar(settings, studio),
        "mail": lambda: outside.mail(settings, studio),
    }
    with ThreadPoolExecutor(len(looks)) as pool:
        found = {name: pool.submit(look) for name, look in looks.items()}
        return [part for name, future in found.items() for part in _parts(name, future.result)]


def _parts(name: str, result: Callable[[], Sequence[Part]]) -> Sequence[Part]:
    try:
        return result()
    except Exception as error:  # by type: its text may quote a secret
        return [Part(name, "wrong", f"could not be looked at: {type(error).__name__}")]


def table(parts: Sequence[Part]) -> str:
    """Return a table with one line per part."""
    return "\n".join(f"{part.name:9} {part.state:6} {part.text}" for part in parts)


def as_json(parts: Sequence[Part]) -> str:
    """Return the parts as one JSON object."""
    status = "wrong" if any(part.state == "wrong" for part in parts) else "ok"
    rows = [{"name": part.name, "state": part.state, "text": part.text, **part.details} for part in parts]
    return json.dumps({"status": status, "parts": rows}, indent=2)


if __name__ == "__main__":
    sys.exit(main())
