"""`python -m lamoon.booking`: signals, kill -9 and two workers as processes; exit codes and errors in this one."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lamoon.booking import BookingRequest, BookingStore, DisclosedCondition
from lamoon.booking.__main__ import main
from lamoon.booking.outbox import Outbox
from lamoon.settings import NAMES

Build = Callable[..., BookingRequest]
Command = Callable[..., subprocess.Popen[str]]
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def mail(server: Any) -> dict[str, str]:
    """Settings of a worker that uses the mail server."""
    return {
        "LAMOON_SMTP_HOST": "127.0.0.1",
        "LAMOON_SMTP_PORT": str(server.port),
        "LAMOON_SMTP_SECURITY": "none",
        "LAMOON_SMTP_FROM": "assistant@example.com",
        "LAMOON_NOTIFY_EMAIL": "studio@example.com",
    }


def ended(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    """Exit code, output and errors of a process that ends by itself."""
    out, err = process.communicate(timeout=20)
    return process.returncode, out, err


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command in this process with LAMOON_ settings as keyword arguments: exit code, output, errors."""

    def command(*arguments: str, **settings: str) -> tuple[int, str, str]:
        for name in set(NAMES) - {"LAMOON_SECRET_KEY"}:  # this process writes what that one reads
            monkeypatch.delenv(name, raising=False)
        for name, value in {"LAMOON_DATA": str(tmp_path / "state"), **settings}.items():
            monkeypatch.setenv(name, value)
        try:
            code = main(arguments)
        except SystemExit as ending:  # from argparse
            code = int(ending.code or 0)
        return code, *capsys.readouterr()

    return command


@pytest.mark.parametrize("moment", ["before the answer", "after the mail was taken"])
def test_kill_9_loses_nothing(
    moment: str, url: str, server: Any, mail: dict[str, str], command: Command, request_of: Build, until: Any
) -> None:
    store = BookingStore(url)
    reference = store.submit(request_of())
    settings = {**mail, "LAMOON_DATABASE_URL": url}
    worker = command("worker", "--lease", "0.3", **settings)

    def kill() -> None:
        if moment == "before the answer":
            server.mails.clear()
        worker.send_signal(signal.SIGKILL)
        worker.wait(10)
        server.during = None

    server.during = kill
    assert until(lambda: worker.poll() is not None)
    stored = store.get(reference)
    assert stored is not None
    assert stored.status == "queued", "nobody has noted it as sent"
    first = server.keys()
    second = command("worker", "--poll", "0.05", **settings)
    assert until(lambda: store.list("sent"))
    second.send_signal(signal.SIGTERM)
    code, _, errors = ended(second)
    assert code == 0, errors
    assert len(server.keys()) == len(first) + 1
    assert len(set(server.keys())) == 1, "a repeated mail has the same key"
    store.close()


def test_two_workers_send_each_mail_once(
    url: str, server: Any, mail: dict[str, str], command: Command, request_of: Build, until: Any
) -> None:
    store = BookingStore(url)
    workers = [command("worker", "--poll", "0.02", **mail, LAMOON_DATABASE_URL=url) for _ in range(2)]
    for worker in workers:  # Ctrl-C before it is ready ends it the hard way
        assert any("ready" in line for line in iter(worker.stderr.readline, "")), worker.stderr
    for _ in range(15):
        store.submit(request_of())
    assert until(lambda: len(store.list("sent")) == 15)
    for worker in workers:
        worker.send_signal(signal.SIGINT)
        assert ended(worker)[0] == 0
    assert len(server.mails) == len(set(server.keys())) == 15
    store.close()


def test_without_mail_settings_the_worker_says_so_once_and_keeps_everything(
    sqlite_url: str, command: Command, request_of: Build, until: Any
) -> None:
    store = BookingStore(sqlite_url)
    store.submit(request_of(name="Zebulon"))
    worker = command("worker", "--poll", "0.01")
    assert worker.stderr is not None
    said = worker.stderr.readline()
    os.set_blocking(worker.stderr.fileno(), False)
    worker.send_signal(signal.SIGTERM)
    code, out, more = ended(worker)
    assert code == 0
    assert "Mail is not set up" in said
    assert "1 now" in said
    assert "LAMOON_SMTP_HOST and LAMOON_SMTP_FROM" in said
    assert "notify_email in studio.yml (or LAMOON_NOTIFY_EMAIL)" in said
    assert more == out == ""
    assert [stored.status for stored in store.list()] == ["queued"]


def test_once_without_mail_settings_ends(command: Command) -> None:
    code, _, errors = ended(command("worker", "--once"))
    assert code == 0
    assert errors.count("Mail is not set up") == 1


def test_the_log_holds_no_words_of_a_visitor(
    sqlite_url: str, server: Any, mail: dict[str, str], command: Command, request_of: Build
) -> None:
    reference = BookingStore(sqlite_url).submit(request_of(name="Zebulon", wish="zzwish"))
    server.answers = ["451 Zebulon, later"]
    code, out, errors = ended(command("worker", "--once", **mail, LAMOON_LOG_LEVEL="DEBUG"))
    assert (code, out) == (0, "")
    assert (
        f"{reference}: the request not delivered by studio_email in attempt 1: the mail server answered 451" in errors
    )
    for words in ("Zebulon", "zzwish", "maria"):
        assert words not in errors


def test_list_and_show_and_retry(sqlite_url: str, run: Run, request_of: Build) -> None:
    store = BookingStore(sqlite_url)
    held = store.submit(request_of(name="Zebulon", conditions=(DisclosedCondition("blood_clot", "an old clot"),)))
    free = store.submit(request_of())
    code, out, _ = run("list")
    assert code == 0
    assert [re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d", "TIME", line).split() for line in out.splitlines()] == [
        [held, "TIME", "booking", "HOLD", "held", "queued"],
        [free, "TIME", "booking", "-", "requested", "queued"],
    ]
    code, out, _ = run("show", held.removeprefix("LM-").lower())
    assert code == 0
    for words in (
        held,
        "Name: Zebulon",
        "- blood clot (holds the booking)",
        "  > an old clot",
        "State: held",
        "Mail to the studio: queued, attempts: 0",
        "visitor  sent",
    ):
        assert words in out
    code, out, _ = run("list", "--status", "failed")
    assert (code, out) == (0, "")
    code, out, _ = run("retry")
    assert (code, out) == (0, "0 put back in the queue\n")


def test_what_was_given_up_is_told_at_the_next_start_and_can_be_sent(
    sqlite_url: str, server: Any, mail: dict[str, str], command: Command, request_of: Build
) -> None:
    store = BookingStore(sqlite_url)
    reference = store.submit(request_of())
    outbox = Outbox(store.database, ["studio_email"])
    notice = outbox.claim()
    assert notice is not None
    outbox.mark_failed(notice, "no answer")
    assert "1 given up earlier" in ended(command("worker", "--once", **mail))[2]
    assert ended(command("retry", reference))[:2] == (0, "1 put back in the queue\n")
    assert "given up" not in ended(command("worker", "--once", **mail))[2]
    assert server.keys() == [notice.key]


@pytest.mark.parametrize("arguments", [("show", "LM-XXXXX"), ("retry", "LM-XXXXX")])
def test_an_unknown_reference(arguments: tuple[str, ...], run: Run) -> None:
    code, out, errors = run(*arguments)
    assert (code, out) == (1, "")
    assert "There is no request 'LM-XXXXX'" in errors


@pytest.mark.parametrize(
    ("arguments", "settings", "code", "says"),
    [
        ((), {}, 2, "required"),
        (("worker", "--poll", "0"), {}, 2, "expected seconds"),
        (("list", "--status", "lost"), {}, 2, "invalid choice"),
        (("list", "--limit", "-1"), {}, 2, "expected a whole number"),
        (("list",), {"LAMOON_RASA_PORT": "x", "LAMOON_LOG_LEVEL": "y"}, 2, "LAMOON_LOG_LEVEL (is: y)"),
        (("list",), {"LAMOON_DATABASE_URL": "postgresql://u:hush@127.0.0.1:1/x"}, 1, "the database could not prepare"),
    ],
)
def test_errors_are_clear(arguments: tuple[str, ...], settings: dict[str, str], code: int, says: str, run: Run) -> None:
    found, _, errors = run(*arguments, **settings)
    assert found == code
    assert says in errors
    assert "Traceback" not in errors
    assert "hush" not in errors


def test_a_wrong_studio_file(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "studio.yml"
    path.write_text("name: La Moon\nphone: 1\n")
    code, _, errors = run("worker", LAMOON_STUDIO=str(path))
    assert code == 2
    assert f"{path}, line 1: emergency.country: is missing" in errors
    assert "Traceback" not in errors
