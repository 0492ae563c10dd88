"""Several processes as one: real ones, in a supervisor of their own that ends with the test."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lamoon.settings import PROJECT

DRIVER = """
import json, sys
from pathlib import Path
from lamoon.errors import ModelError
from lamoon.launch import supervisor
from lamoon.launch.commands import Command
given = json.loads(sys.argv[1])
supervisor.POLL_SECONDS, supervisor.RESTART_SECONDS, supervisor.STOP_SECONDS = 0.02, given["rest"], given["stop_seconds"]
supervisor.STEADY_SECONDS = given["steady"]
def again(name):
    if Path(given["ready"] + ".gone").exists():
        raise ModelError("The model is damaged.")
    return Command(name, ("sh", "-c", given["again"]), again=lambda: again(name))
commands = [
    Command(name, ("sh", "-c", script), again=(lambda name=name: again(name)) if given["again"] else None)
    for name, script in given["commands"].items()
]
group = supervisor.Supervisor(commands, restart=given["restart"])
sys.exit(group.run(Path(given["ready"]).exists, lambda: print("READY", flush=True)))
"""
SECONDS = 20.0
WAITS = "exec sleep 600"
CRASHES = "while [ ! -e $HERE/crash ]; do sleep 0.01; done; exit 3"
"""Waits until the test lets it crash."""


def until(so: Callable[[], object], seconds: float = SECONDS) -> None:
    """Waits until something is so."""
    end = time.monotonic() + seconds
    while not so():
        if time.monotonic() > end:
            pytest.fail("waited in vain")
        time.sleep(0.01)


def alive(pid: int) -> bool:
    """Whether the process runs; one that has ended and was not collected does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


class Group:
    """A supervisor in a process of its own. Its commands find `folder` in $HERE."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.process: subprocess.Popen[bytes] | None = None

    def start(
        self,
        *,
        restart: bool = False,
        stop_seconds: float = 10.0,
        ready: bool = True,
        again: str = "",
        rest: float = 0.1,
        steady: float = 30.0,
        **commands: str,
    ) -> None:
        """Starts the commands; `ready` says at once that they answer, otherwise `say_ready` does.

        A restart runs `again` instead, where it is given, and is refused while the file `ready.gone` is there.
        """
        if ready:
            self.say_ready()
        given = {
            "commands": commands,
            "again": again,
            "restart": restart,
            "stop_seconds": stop_seconds,
            "rest": rest,
            "steady": steady,
            "ready": str(self.folder / "ready"),
        }
        # Into files: a process that outlives its supervisor would keep a pipe open.
        with (self.folder / "out").open("wb") as out, (self.folder / "err").open("wb") as err:
            self.process = subprocess.Popen(
                [sys.executable, "-c", DRIVER, json.dumps(given)],
                cwd=PROJECT,
                env=os.environ | {"HERE": str(self.folder), "PYTHONPATH": str(PROJECT)},
                stdout=out,
                stderr=err,
                start_new_session=True,
            )

    def say_ready(self) -> None:
        (self.folder / "ready").touch()

    def pid(self, name: str) -> int:
        """The process id that a command has written into the file `name`."""
        path = self.folder / name
        until(lambda: path.exists() and path.read_text(encoding="utf-8").endswith("\n"))
        return int(path.read_text(encoding="utf-8").split()[-1])

    def lines(self, name: str) -> int:
        """How many lines a command has written into the file `name`."""
        path = self.folder / name
        return len(path.read_text(encoding="utf-8").splitlines()) if path.exists() else 0

    def stop(self, number: signal.Signals = signal.SIGTERM) -> tuple[int, str, str]:
        """Asks the supervisor to stop; its exit code, output and messages."""
        assert self.process is not None
        self.process.send_signal(number)
        return self.ended()

    def ended(self) -> tuple[int, str, str]:
        """Waits for its end."""
        assert self.process is not None
        code = self.process.wait(SECONDS)
        return code, self.said("out"), self.said("err")

    def said(self, stream: str) -> str:
        """What the supervisor has written to `out` or `err`."""
        return (self.folder / stream).read_text(encoding="utf-8")

    def until_ready(self) -> None:
        """Waits until the supervisor has said that all is ready."""
        until(lambda: self.said("out"))


@pytest.fixture
def group(tmp_path: Path) -> Iterator[Group]:
    made = Group(tmp_path)
    yield made
    if made.process and made.process.poll() is None:
        made.process.kill()
        made.process.wait()
    for path in tmp_path.glob("pid*"):  # what a failed test leaves behind
        for word in path.read_text(encoding="utf-8").split():
            if alive(int(word)):
                os.kill(int(word), signal.SIGKILL)


def waits(name: str) -> str:
    """A command that writes its process id into the file `name` and waits."""
    return f"echo $$ >> $HERE/{name}; {WAITS}"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_stop_ends_every_process(group: Group, number: signal.Signals) -> None:
    group.start(one=waits("pid1"), two=waits("pid2"))
    pids = [group.pid("pid1"), group.pid("pid2")]
    assert all(map(alive, pids))
    group.until_ready()
    code, out, _ = group.stop(number)
    assert code == 0
    assert out == "READY\n"
    assert not any(map(alive, pids))


def test_a_stop_ends_grandchildren_too(group: Group) -> None:
    group.start(one=f"sh -c '{waits('pid_grandchild')}' & echo $$ >> $HERE/pid_child; wait")
    pids = [group.pid("pid_child"), group.pid("pid_grandchild")]
    group.stop()
    until(lambda: not any(map(alive, pids)))


def test_who_does_not_listen_is_killed_with_its_children(group: Group) -> None:
    group.start(
        stop_seconds=0.3, one=f"trap '' TERM; sh -c '{waits('pid2')}' & echo $$ >> $HERE/pid1; while :; do wait; done"
    )
    pids = [group.pid("pid1"), group.pid("pid2")]
    assert group.stop()[0] == 0
    until(lambda: not any(map(alive, pids)))


def test_it_says_once_that_all_is_ready(group: Group) -> None:
    group.start(ready=False, one=waits("pid1"))
    group.pid("pid1")
    assert group.said("out") == ""
    group.say_ready()
    group.until_ready()
    assert group.stop()[1] == "READY\n"


def test_a_stop_before_it_is_ready_is_a_stop(group: Group) -> None:
    group.start(ready=False, one=waits("pid1"))
    pid = group.pid("pid1")
    assert group.stop()[:2] == (0, "")
    assert not alive(pid)


def test_a_crashed_process_is_started_again(group: Group) -> None:
    group.start(restart=True, one="echo $$ >> $HERE/pid1; exit 3", two=waits("pid2"))
    until(lambda: group.lines("pid1") >= 5)
    assert group.lines("pid2") == 1
    code, _, err = group.stop()
    assert code == 0
    assert "The one process ended with code 3." in err
    assert "Starting one again." in err
    assert "two" not in err


def test_a_process_that_was_killed_is_started_again(group: Group) -> None:
    group.start(restart=True, one=waits("pid1"))
    first = group.pid("pid1")
    os.kill(first, signal.SIGKILL)
    until(lambda: group.lines("pid1") == 2)
    second = group.pid("pid1")
    assert second != first
    group.stop()
    assert not alive(second)


def test_what_ran_for_long_is_started_again_without_a_rest(group: Group) -> None:
    group.start(restart=True, rest=600.0, steady=0.0, one=waits("pid1"))
    os.kill(group.pid("pid1"), signal.SIGKILL)
    until(lambda: group.lines("pid1") == 2)
    group.stop()


def test_without_restart_a_crashed_process_stays_down_and_the_others_go_on(group: Group) -> None:
    group.start(one=f"echo $$ >> $HERE/pid1; {CRASHES}", two=waits("pid2"))
    pid = group.pid("pid2")
    group.until_ready()
    (group.folder / "crash").touch()
    until(lambda: not alive(group.pid("pid1")))
    time.sleep(0.3)  # three times as long as a restart would wait
    assert group.lines("pid1") == 1
    assert alive(pid)
    code, _, err = group.stop()
    assert code == 0
    assert "The one process ended with code 3." in err
    assert "again" not in err


def test_without_restart_a_crash_at_the_start_ends_all(group: Group) -> None:
    group.start(ready=False, two=waits("pid2"), one="while [ ! -e $HERE/pid2 ]; do sleep 0.01; done; exit 7")
    code, out, err = group.ended()
    assert (code, out) == (1, "")
    assert "The one process ended with code 7." in err
    assert "Its messages above say why. Stopping." in err
    assert not alive(group.pid("pid2"))


def test_three_crashes_at_the_start_end_all(group: Group) -> None:
    group.start(ready=False, restart=True, one="echo $$ >> $HERE/pid1; exit 1", two=waits("pid2"))
    code, _, err = group.ended()
    assert code == 1
    assert group.lines("pid1") == 3
    assert err.count("Starting one again.") == 2
    assert not alive(group.pid("pid2"))


def test_a_restart_asks_what_to_start_now(group: Group) -> None:
    group.start(restart=True, one="echo $$ >> $HERE/pid1; exit 3", again=waits("pid2"))
    assert alive(group.pid("pid2"))
    group.stop()
    assert group.lines("pid1") == 1


def test_what_cannot_be_started_again_is_tried_later_while_the_others_serve(group: Group) -> None:
    group.start(restart=True, one=f"echo $$ >> $HERE/pid1; {CRASHES}", again=waits("pid2"))
    group.pid("pid1")
    group.until_ready()
    (group.folder / "ready.gone").touch()
    (group.folder / "crash").touch()
    until(lambda: group.said("err").count("The model is damaged.") >= 2)
    assert group.process is not None
    assert group.process.poll() is None
    (group.folder / "ready.gone").unlink()
    assert alive(group.pid("pid2"))
    assert group.stop()[0] == 0


def test_what_cannot_be_started_again_before_all_is_ready_ends_all(group: Group) -> None:
    (group.folder / "ready.gone").touch()
    group.start(ready=False, restart=True, one="exit 3", again=WAITS)
    code, _, err = group.ended()
    assert code == 1
    assert "The model is damaged." in err


def test_what_a_crashed_process_leaves_behind_ends_with_the_others(group: Group) -> None:
    group.start(one=f"sh -c '{waits('pid_grandchild')}' & {CRASHES}", two=waits("pid2"))
    grandchild, other = group.pid("pid_grandchild"), group.pid("pid2")
    group.until_ready()
    (group.folder / "crash").touch()
    until(lambda: "ended with code 3" in group.said("err"))
    group.stop()
    assert not alive(other)
    until(lambda: not alive(grandchild), seconds=1.0)


def test_grandchildren_that_do_not_listen_are_killed(group: Group) -> None:
    deaf = 'trap "" TERM; echo $$ >> $HERE/pid_grandchild; while :; do sleep 0.1; done'
    group.start(stop_seconds=0.3, one=f"sh -c '{deaf}' & wait")
    grandchild = group.pid("pid_grandchild")
    group.stop()
    until(lambda: not alive(grandchild), seconds=1.0)
