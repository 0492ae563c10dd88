"""Validates the project's files before anything starts; every problem comes with a solution.

`python -m lamoon.launch.preflight` prints its result as JSON (see `checked`), or the problem with exit code 2. The
launcher runs it as a separate process: reading and checking everything takes 100 MB, which is freed when it ends.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping

from lamoon import logs
from lamoon.data_folder import open_data_folder
from lamoon.errors import LamoonError, SettingProblem, SettingsError
from lamoon.knowledge import load_topics
from lamoon.screening import load_catalogue
from lamoon.settings import Settings, load_settings
from lamoon.studio import Studio, studio_now

WORKER_VARIABLES = ("SANIC_WORKERS", "ACTION_SERVER_SANIC_WORKERS")


def check_workers(env: Mapping[str, str]) -> None:
    """Refuses several workers in one server: Rasa would fall back to one in silence, or answer out of order.

    Raises:
        SettingsError: naming the variable.
    """
    wrong = [(name, env[name]) for name in WORKER_VARIABLES if env.get(name, "1").strip() not in ("", "1")]
    problem = "is not supported: every worker needs an address of its own"
    expected = "1, and more servers: see LAMOON_RASA_URL and LAMOON_ACTIONS_URL in docs/settings.md"
    if wrong:
        raise SettingsError([SettingProblem(name, value, problem, expected, f"{name}=1") for name, value in wrong])


def check_files() -> tuple[Settings, Studio]:
    """Reads settings, studio.yml, the topics and the screening catalogue.

    Raises:
        LamoonError: naming file and line of the first mistake.
    """
    check_workers(os.environ)
    settings = load_settings()
    studio = studio_now(settings)
    load_topics()
    load_catalogue()
    return settings, studio


def prepare() -> tuple[Settings, Studio]:
    """`check_files`, then the data folder, before anything is stored there.

    Raises:
        LamoonError: naming what has to be corrected.
    """
    settings, studio = check_files()
    open_data_folder(settings)
    return settings, studio


def unfilled(settings: Settings, studio: Studio) -> list[str]:
    """What the owner should still fill in, a sentence each."""
    notes = []
    if not (settings.notify_email or studio.notify_email):
        notes.append("studio.yml has no notify_email: booking requests are kept, but no e-mail is sent.")
    if not settings.smtp_host:
        notes.append(
            "No mail server is set (LAMOON_SMTP_HOST): booking requests wait in the outbox. See docs/settings.md."
        )
    if studio.calendar.is_read:
        from lamoon.booking.calendar.adapter import missing_setting

        if missing := missing_setting(settings, studio):
            notes.append(f"studio.yml names a calendar, and {missing} is not set: visitors are offered no free times.")
    if not (studio.phone or studio.email):
        notes.append("studio.yml has no phone and no e-mail: visitors are not given a way to reach you.")
    return notes


def main() -> int:
    """Prints the addresses and the notes for the owner; returns the exit code."""
    try:
        settings, studio = prepare()
    except LamoonError as problem:
        print(problem, file=sys.stderr)
        return 2
    names = ("rasa_port", "actions_port", "actions_address", "internal_host", "gateway_port", "gateway_host")
    found = {name: getattr(settings, name) for name in names}
    print(json.dumps({**found, "data": str(settings.data), "notes": unfilled(settings, studio)}))
    return 0


if __name__ == "__main__":
    logs.protect()
    sys.exit(main())
