"""The health page says what would become of a real message, also where the disk is full."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import event
from web.fixtures import FAST, Front, settings_in
from web.serving import ScriptedRasa, Serving

from lamoon.web.app import make_app

DISK = 8 << 20


@pytest.fixture(autouse=True)
def always_fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every look at the page looks at the parts."""
    monkeypatch.setattr("lamoon.chat.monitoring.FRESH_SECONDS", 0.0)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 8 MB, where this user may mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    words = ["mount", "-t", "tmpfs", "-o", f"size={DISK}", "tmpfs", str(folder)]
    if not shutil.which("mount") or subprocess.run(words, capture_output=True, check=False).returncode:
        pytest.skip("a small file system can be mounted by root only")
    yield folder
    # Lazily: a thread that ends may still hold a file when the test is over.
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.fixture
def cramped(behind: tuple[ScriptedRasa, int], small_disk: Path) -> Iterator[Front]:
    """A gateway whose data lies on the small disk."""
    rasa, port = behind
    rasa.reset()
    settings = settings_in(small_disk / "data", port, **FAST)
    app = make_app(settings)
    with Serving(app) as serving:
        yield Front(serving.url, app.state.services, app.state.channels, app.state.desk, rasa, settings)


def health(front: Front) -> tuple[int, dict[str, Any]]:
    answer = httpx.get(f"{front.url}/health", trust_env=False, timeout=20)
    return answer.status_code, answer.json()


def leave_free(disk: Path, free: int) -> None:
    """Fills the disk up, so that so many bytes are left."""
    filler = disk / "filler"
    filler.unlink(missing_ok=True)
    with filler.open("wb") as file:
        file.write(bytes(max(0, shutil.disk_usage(disk).free - free)))


@pytest.mark.parametrize("kilobytes", [0, 4, 8, 16, 24, 40, 64])
def test_a_full_disk_is_said_while_messages_cannot_be_kept(cramped: Front, small_disk: Path, kilobytes: int) -> None:
    visitor = cramped.visitor()
    visitor.ask("hi")
    leave_free(small_disk, kilobytes * 1024)
    status, found = health(cramped)
    assert (status, found["status"], found["parts"]["disk"]) == (503, "down", "full")
    leave_free(small_disk, DISK // 2)
    status, found = health(cramped)
    assert (status, found["status"], found["parts"]["disk"], found["parts"]["store"]) == (200, "degraded", "low", "ok")
    visitor.ask("are you well again?")


def test_the_write_alone_shows_a_full_disk(cramped: Front, small_disk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A quota, for one, does not show in the space that is free."""
    monkeypatch.setattr("lamoon.chat.monitoring.FULL_BYTES", 0)
    visitor = cramped.visitor()
    visitor.ask("hi")
    leave_free(small_disk, 0)
    assert visitor.send("hi").status_code == 503
    assert health(cramped)[1]["parts"] | {"actions": "", "rasa": ""} == {
        "store": "down", "disk": "low", "actions": "", "rasa": ""
    }  # fmt: skip


def test_a_database_that_cannot_grow_is_down(front: Front) -> None:
    """The same without a file system of its own: SQLite may not add a page."""
    visitor = front.visitor()
    visitor.ask("hi")
    assert health(front)[1]["parts"]["store"] == "ok"
    engine = front.parts.bookings.database._engine

    def limit(connection: Any, _: Any) -> None:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages}")

    event.listen(engine, "connect", limit)
    engine.dispose()
    while visitor.send("x" * 900).status_code != 503:
        continue
    status, found = health(front)
    assert (status, found["parts"]["store"]) == (503, "down")
    event.remove(engine, "connect", limit)
    engine.dispose()
    assert health(front)[1]["parts"]["store"] == "ok"


def test_the_check_leaves_nothing_behind(front: Front) -> None:
    for _ in range(3):
        health(front)
    with front.parts.bookings.database.reading("look for probes") as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM chat_probes").scalar() == 0
