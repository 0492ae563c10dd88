"""Logs of processes: never a visitor's words, and never blocked by a slow reader."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from lamoon.logs import MISSED, kind_and_place
from lamoon.settings import PROJECT

SECONDS = 30
WORDS = "a blood clot in my leg"
NOISY = """
import logging, sys
from lamoon import logs
logs.protect()
logs.configure("DEBUG")
for number in range(100_000):
    logging.getLogger("lamoon.test").info("line %d", number)
    print("printed", number)
print("the end", file=sys.stderr)
with open(sys.argv[1], "w") as done:
    done.write("done")
"""
CARELESS = f"""
import asyncio, logging, sys, threading, warnings
from lamoon import logs
logs.protect()
logs.configure("DEBUG")
logging.getLogger().setLevel(logging.DEBUG)
words = {WORDS!r}
foreign, ours = logging.getLogger("rasa.core"), logging.getLogger("lamoon.test")
try:
    raise ValueError(words)
except ValueError as error:
    foreign.error(f"Investigate the following error: {{error}}.")
    foreign.error("Investigate: %s", error)
    foreign.error(error)
    foreign.info("Investigate: %s", error)
    foreign.exception("An exception")
    foreign.warning(f"a slot has the value {{words}}")
    foreign.debug(f"received {{words}}")
    foreign.error("does not fit %d", words)
    ours.error("It failed: %s", error)
    ours.exception("It failed")
    ours.error("does not fit %d", words)
warnings.warn(f"The slot was set to {{words}}")

async def fail(text):
    raise ValueError(text)

async def main():
    asyncio.get_running_loop().call_soon(lambda text: 1 / 0, words)
    task = asyncio.create_task(fail(words))
    await asyncio.sleep(0.01)
    del task

asyncio.run(main(), debug=True)

class Untidy:
    def __del__(self):
        raise ValueError(words)

Untidy()
thread = threading.Thread(target=lambda: [][words])
thread.start()
thread.join()
foreign.info("Starting")
raise RuntimeError(words)
"""


def script(folder: Path, text: str) -> Path:
    path = folder / "script.py"
    path.write_text(text, encoding="utf-8")
    return path


def environment() -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "PYTHONPATH": str(PROJECT)}


def test_an_unread_pipe_stops_nobody(tmp_path: Path) -> None:
    done = tmp_path / "done"
    words = [sys.executable, str(script(tmp_path, NOISY)), str(done)]
    process = subprocess.Popen(words, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        assert process.wait(SECONDS) == 0
        assert done.read_text() == "done"
    finally:
        process.kill()
        process.communicate()


def test_what_was_dropped_is_counted_for_a_reader_who_comes_late(tmp_path: Path) -> None:
    done = tmp_path / "done"
    text = NOISY + "\nimport time\ntime.sleep(2)\nprint('later', file=sys.stderr)"
    words = [sys.executable, str(script(tmp_path, text)), str(done)]
    with subprocess.Popen(words, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        end = time.monotonic() + SECONDS
        while not done.exists():
            assert time.monotonic() < end
            time.sleep(0.05)
        assert process.stderr is not None
        lines = process.stderr.read().decode().splitlines()
    assert lines[-1] == "later"
    before, after = MISSED.strip().split("{}")
    missed = [int(line.removeprefix(before).removesuffix(after)) for line in lines if line.startswith(before)]
    kept = sum("lamoon.test" in line for line in lines)
    assert sum(missed) + kept == pytest.approx(100_001, abs=1)


def test_a_reader_who_goes_away_stops_nobody(tmp_path: Path) -> None:
    done = tmp_path / "done"
    words = [sys.executable, str(script(tmp_path, NOISY)), str(done)]
    process = subprocess.Popen(words, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    process.stderr.close()
    assert process.wait(SECONDS) == 0
    assert done.exists()


def test_a_file_gets_every_line(tmp_path: Path) -> None:
    with (tmp_path / "log").open("wb") as log:
        words = [sys.executable, str(script(tmp_path, NOISY)), str(tmp_path / "done")]
        subprocess.run(words, env=environment(), stdout=log, stderr=log, check=True, timeout=SECONDS)
    text = (tmp_path / "log").read_text(encoding="utf-8")
    assert text.count("lamoon.test: line") == 100_000
    assert text.count("printed") == 100_000


def test_no_failure_of_any_code_writes_words(tmp_path: Path) -> None:
    words = [sys.executable, str(script(tmp_path, CARELESS))]
    done = subprocess.run(words, env=environment(), capture_output=True, text=True, check=False, timeout=SECONDS)
    written = done.stdout + done.stderr
    assert done.returncode == 1
    assert "blood" not in written
    assert "Traceback" not in written
    for kind in ("ValueError", "ZeroDivisionError", "TypeError", "RuntimeError"):
        assert kind in written
    assert "script.py line" in written
    assert "INFO rasa.core: Starting" in written


def test_another_program_s_module_runs_under_the_same_rules(tmp_path: Path) -> None:
    program = "import logging, os, sys\nlogging.basicConfig()\nprint(sys.argv, os.environ['LOG_LEVEL'])\n"
    program += f"try:\n    raise ValueError({WORDS!r})\nexcept ValueError:\n    logging.exception('with words')\n"
    (tmp_path / "their_program.py").write_text(program, encoding="utf-8")
    words = [sys.executable, "-m", "lamoon.logs", "their_program", "run", "-p", "1"]
    variables = environment() | {"LAMOON_LOG_LEVEL": "DEBUG", "LOG_LEVEL": "DEBUG", "LAMOON_DATA": str(tmp_path)}
    variables["PYTHONPATH"] += f"{os.pathsep}{tmp_path}"
    done = subprocess.run(
        words, env=variables, cwd=PROJECT, capture_output=True, text=True, check=True, timeout=SECONDS
    )
    assert done.stdout.endswith(".py', 'run', '-p', '1'] INFO\n")
    assert "ValueError" in done.stderr
    assert "blood" not in done.stderr


def test_an_error_is_told_by_its_kind_and_place() -> None:
    try:
        open("/nowhere/at/all")  # noqa: SIM115
    except OSError as error:
        told = kind_and_place(error)
    assert told.startswith("FileNotFoundError ENOENT in tests/test_logs.py line ")
