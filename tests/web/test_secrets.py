"""No secret of the settings is in a log at DEBUG, on a page, in the metrics, or in what `lamoon status` prints."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass

import httpx
import pytest
from scenarios.servers import free_port

from lamoon.booking import BookingRequest, BookingStore, Contact
from lamoon.booking.notices import NoticeSettings
from lamoon.project import PROJECT
from lamoon.settings import Secret, load_settings
from lamoon.storage.keys import cipher_from
from web.serving import GatewayProcess, ScriptedRasa, until

STUDIO = PROJECT / "tests" / "scenarios" / "studio.yml"
MARK = "quolpwexmsecret"


@dataclass(frozen=True)
class Shown:
    """Where text comes out, by name."""

    texts: dict[str, str]
    variables: dict[str, str]


def secrets_of(port: int) -> dict[str, str]:
    """Every secret setting, each with the mark and a number; servers are on a port where nobody answers."""
    long = [f"{MARK}{number}{'x' * 32}" for number in range(12)]
    return {
        "LAMOON_SECRET_KEY": long[0],
        "LAMOON_ENCRYPTION_KEYS": f"{long[1]},{long[2]}",
        "LAMOON_SMTP_HOST": "127.0.0.1",
        "LAMOON_SMTP_PORT": str(port),
        "LAMOON_SMTP_USER": "studio",
        "LAMOON_SMTP_PASSWORD": long[3],
        "LAMOON_SMTP_FROM": "assistant@studio.example",
        "LAMOON_NOTIFY_EMAIL": "studio@studio.example",
        "LAMOON_WEBHOOK_URL": f"http://127.0.0.1:{port}/hook",
        "LAMOON_WEBHOOK_SECRET": long[4],
        "LAMOON_CALENDAR_FEED": f"http://127.0.0.1:{port}/{long[5]}.ics",
        "LAMOON_PUBLIC_URL": "https://chat.example.com",
        "LAMOON_TELEGRAM_TOKEN": f"1234567:{long[6]}",
        "LAMOON_TELEGRAM_SECRET": long[7],
        "LAMOON_META_APP_SECRET": long[8],
        "LAMOON_META_VERIFY_TOKEN": long[9],
        "LAMOON_TWILIO_SID": f"AC{'0' * 32}",
        "LAMOON_TWILIO_TOKEN": long[10],
    }


@pytest.fixture(scope="module")
def shown(behind: tuple[ScriptedRasa, int], tmp_path_factory: pytest.TempPathFactory) -> Shown:
    """A gateway and a worker that fail at all that they reach out for, and `lamoon status`."""
    behind[0].reset()
    folder = tmp_path_factory.mktemp("secrets")
    variables = secrets_of(free_port()) | {
        "LAMOON_DATA": str(folder / "data"),
        "LAMOON_STUDIO": str(STUDIO),
        "LAMOON_RASA_PORT": str(behind[1]),
        "LAMOON_LOG_LEVEL": "DEBUG",
    }
    settings = load_settings(variables)
    gateway = GatewayProcess(variables, folder / "gateway.log")
    gateway.start()
    clean = {name: value for name, value in os.environ.items() if not name.startswith("LAMOON_")}
    environment = clean | variables | {"PYTHONPATH": str(PROJECT)}

    def run(*words: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-W", "ignore", "-m", *words]
        out = subprocess.PIPE
        return subprocess.Popen(command, env=environment, stdout=out, stderr=subprocess.STDOUT, text=True)

    try:
        texts = {}
        for path in (
            "/",
            "/nowhere",
            "/metrics",
            "/health",
            "/openapi.json",
            "/desk",
            "/health-form/x",
            "/webhooks/telegram",
        ):
            texts[path] = httpx.get(gateway.url + path, trust_env=False).text
        texts["a refused webhook"] = httpx.post(f"{gateway.url}/webhooks/telegram", json={}, trust_env=False).text
        worker, status = run("lamoon.booking", "worker", "--poll", "0.05"), run("lamoon.status")
        texts["status"] = status.communicate(timeout=60)[0]
        with closing(
            BookingStore(settings.database_url.reveal(), NoticeSettings(webhook=True), cipher=cipher_from(settings))
        ) as store:
            contact = Contact("rose@example.com", "")
            reference = store.submit(BookingRequest("x", "1", "Rose", contact, "an hour", consent=True))
            until(lambda: bool(getattr(store.get(reference), "last_problem", "")), "a mail that cannot be sent", 30)
        worker.send_signal(signal.SIGTERM)
        texts["worker"] = worker.communicate(timeout=30)[0]
    finally:
        gateway.stop()
    texts["gateway"] = gateway.log()
    return Shown(texts, variables)


def test_every_secret_setting_has_the_mark(shown: Shown) -> None:
    """Else a new one would not be looked for; CalDAV excludes the feed, and each platform has fields of the same kind."""
    settings = load_settings(shown.variables)
    found = {**vars(settings), **vars(settings.channels)}
    unmarked = {name for name, value in found.items() if isinstance(value, Secret) and MARK not in value.reveal()}
    assert unmarked <= {"database_url", "caldav_password", "whatsapp_token", "messenger_token", "instagram_token"}


def test_nothing_that_is_shown_has_a_secret(shown: Shown) -> None:
    assert {"gateway", "worker", "status"} <= {name for name, text in shown.texts.items() if text}
    assert [name for name, text in shown.texts.items() if MARK in text] == []


def test_settings_show_no_secret(shown: Shown) -> None:
    assert MARK not in repr(load_settings(shown.variables))
