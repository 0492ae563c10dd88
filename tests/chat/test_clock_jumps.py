"""A clock that is wrong for a while: nothing is deleted for it, and nobody loses a conversation."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from web.fixtures import FAST, Front
from web.serving import GatewayProcess, ScriptedRasa, until
from web.visitor import Visitor

from lamoon.chat.retention import GRACE_SECONDS, Retention

MONTH = 31 * 24 * 3600
Made = Callable[..., GatewayProcess]


def shift(offset: Path, seconds: str) -> None:
    """Sets the clock at once: the gateway never reads a file that is half written."""
    draft = offset.with_suffix(".draft")
    draft.write_text(seconds, encoding="ascii")
    draft.replace(offset)


@pytest.fixture
def offset(tmp_path: Path) -> Path:
    """The file that says by how many seconds the gateway's clock is off."""
    path = tmp_path / "offset"
    path.write_text("0", encoding="ascii")
    return path


@pytest.fixture
def gateway(behind: tuple[ScriptedRasa, int], offset: Path, tmp_path: Path) -> Iterator[Made]:
    """Starts a gateway process with such a clock; `SHIFT_GRACE` seconds after something is old it is deleted."""
    behind[0].reset()
    made: list[GatewayProcess] = []

    def make(**variables: str) -> GatewayProcess:
        fixed = {"LAMOON_DATA": str(tmp_path / "data"), "LAMOON_RASA_PORT": str(behind[1])}
        studio = {"LAMOON_STUDIO": str(Path(__file__).parents[1] / "scenarios" / "studio.yml")}
        variables = fixed | studio | FAST | {"SHIFT_FILE": str(offset)} | variables
        process = GatewayProcess(variables, tmp_path / "log", "web.shifted")
        process.start()
        made.append(process)
        return process

    yield make
    for process in made:
        process.stop()


def test_a_month_ahead_for_a_while_deletes_nothing(gateway: Made, offset: Path) -> None:
    process = gateway()
    visitors = [Visitor(process.url) for _ in range(5)]
    for visitor in visitors:
        visitor.ask("hi")
    shift(offset, str(MONTH))
    until(lambda: "clock moved by +26784" in process.log(), "a look")
    time.sleep(0.5)  # dozens of looks
    process.kill()
    process.start()  # a process that knows nothing of the jump
    time.sleep(0.5)
    shift(offset, "0")
    for visitor in visitors:
        assert [message["from"] for message in visitor.messages()] == ["visitor", "bot"]
        visitor.ask("are you still there?")


def test_what_is_old_for_good_is_deleted_after_the_grace(gateway: Made, offset: Path) -> None:
    """The counterpart: this would see a deletion."""
    process = gateway(SHIFT_GRACE="0.5")
    visitor = Visitor(process.url)
    visitor.ask("hi")
    shift(offset, str(MONTH))
    until(lambda: not kept(offset.parent / "data"), "its end")


@pytest.mark.parametrize("seconds", [30, 3600])
def test_a_clock_set_back_ends_no_conversation(gateway: Made, offset: Path, seconds: int) -> None:
    process = gateway(SHIFT_GRACE="0")
    visitor = Visitor(process.url)
    visitor.ask("hi")
    shift(offset, str(-seconds))
    visitor.ask("and now?")
    assert len(visitor.messages()) == 4


def test_who_wrote_while_the_clock_was_far_behind_is_not_deleted_when_it_is_right_again(
    gateway: Made, offset: Path
) -> None:
    shift(offset, str(-40 * 24 * 3600))
    process = gateway(SHIFT_GRACE="5")
    visitor = Visitor(process.url)
    visitor.ask("hi")
    shift(offset, "0")
    until(lambda: "clock moved by +34560" in process.log(), "a look")
    assert kept(offset.parent / "data") == 1, "old by its date, but not for long"


def kept(data: Path) -> int:
    """How many conversations there are."""
    with closing(sqlite3.connect(data / "lamoon.db")) as connection:
        return int(connection.execute("SELECT count(*) FROM chat_conversations").fetchone()[0])


def test_a_machine_that_was_off_for_long_deletes_after_half_a_day(front: Front) -> None:
    parts, running = front.parts, [0.0]
    old, fresh = parts.store.open().id, parts.store.open().id
    rules = (timedelta(days=30), timedelta(days=365), parts.studio.zone)
    later = datetime.now(UTC) + timedelta(days=40)
    with closing(sqlite3.connect(front.settings.data / "lamoon.db")) as connection, connection:
        change = "UPDATE chat_conversations SET active_at = ? WHERE id = ?"
        connection.execute(change, ((later - timedelta(days=1)).replace(tzinfo=None).isoformat(" "), fresh))
    retention = Retention(parts.bookings.database, parts.store, *rules, lambda: later, lambda: running[0])
    for _ in range(3):
        retention.apply()
        running[0] += GRACE_SECONDS / 2 - 1
    assert parts.store.find(old)
    retention.apply()
    assert parts.store.idle(timedelta(days=30), later) == []
    assert parts.store.find(fresh)
    assert sum(purge.conversations for purge in retention.latest()) == 1
