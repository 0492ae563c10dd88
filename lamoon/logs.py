"""Logging that never blocks a process and never holds visitors' words.

    python -m lamoon.logs rasa run ...     another program's module (Rasa, its action server) under the same rules

Two rules. A slow reader never blocks: when the reader of a pipe stalls, lines are dropped and counted, and the process
continues. The log contains no visitor's words at any level: of an exception only its type and place; of third-party
code only its INFO messages, which are about starting and stopping, and otherwise the place in the source that logged.
Rasa quotes messages, SQL parameters and whole exceptions there.
"""

from __future__ import annotations

import atexit
import errno
import gc
import io
import logging
import os
import queue
import runpy
import stat
import sys
import threading
import warnings
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from lamoon import json_lines, tracing
from lamoon.errors import LamoonError
from lamoon.json_lines import JsonLines

OURS = ("lamoon", "actions")
PROJECT = Path(__file__).resolve().parent.parent
MOST_WAITING = 2_000
"""Maximum pieces, mostly lines, buffered for a slow reader."""
LONGEST = 8_192
"""Maximum bytes of a piece; longer ones are cut."""
EXIT_SECONDS = 1.0
"""How long an ending process waits for the reader."""
MISSED = "({} lines are missing here: nobody read the log)\n"

COLLECTED_AFTER = 100_000
"""Objects made before Python looks for garbage in another program. After its usual 700 it searches the model while that
loads, again and again, for a seventh of the time that Rasa takes to start."""

PROCESSES = {"rasa_sdk": "actions"}
"""The name of a process in JSON logs, if it differs from its module's."""

log = logging.getLogger("lamoon")


class Unblocking(io.TextIOBase):
    """A text stream over a file descriptor whose `write` never blocks."""

    encoding = "utf-8"

    def __init__(self, descriptor: int, lines: JsonLines | None = None) -> None:
        """Take the descriptor, and the formatter for JSON; None writes text unchanged."""
        self._descriptor = descriptor
        self._lines = lines
        self._lock = threading.RLock()
        self._begun = ""
        self._missed = 0
        self._waiting: queue.Queue[bytes] = queue.Queue(MOST_WAITING)
        self._is_file = stat.S_ISREG(os.fstat(descriptor).st_mode)
        if not self._is_file:
            threading.Thread(target=self._write_on, name="log", daemon=True).start()
        if lines or not self._is_file:
            atexit.register(self._finish)

    def write(self, text: str) -> int:
        """Queue text; complete lines are sent."""
        with self._lock:
            lines, end, self._begun = (self._begun + text).rpartition("\n")
            if self._lines:
                for line in filter(str.strip, lines.splitlines()):
                    self._put(self._lines.of_text(line) + "\n")
            elif lines or end:
                self._put(lines + end)
        return len(text)

    def flush(self) -> None:
        """Send an unfinished line too, unless lines are JSON. Does not wait."""
        with self._lock:
            if self._begun and not self._lines:
                self._put(self._begun)
                self._begun = ""

    def fileno(self) -> int:
        """The descriptor."""
        return self._descriptor

    def isatty(self) -> bool:
        """Return whether it is a terminal."""
        return os.isatty(self._descriptor)

    def writable(self) -> bool:
        """Yes."""
        return True

    def _put(self, text: str) -> None:
        piece = text.encode(self.encoding, "backslashreplace")
        if len(piece) > LONGEST:
            piece = piece[:LONGEST] + b"...\n"
        if self._is_file:
            self._write(piece)
            return
        try:
            self._waiting.put_nowait(piece)
        except queue.Full:
            self._missed += 1

    def _write_on(self) -> None:
        while True:
            piece = self._waiting.get()
            if self._missed:
                missed, self._missed = self._missed, 0
                notice = MISSED.format(missed)
                self._write((self._lines.of_text(notice.strip()) + "\n" if self._lines else notice).encode())
            self._write(piece)
            self._waiting.task_done()

    def _write(self, piece: bytes) -> None:
        try:
            while piece:
                piece = piece[os.write(self._descriptor, piece) :]
        except OSError:
            self._missed += 1  # the disk is full, or the reader has gone: logging must not fail the process

    def _finish(self) -> None:
        self.write("\n" if self._lines and self._begun else "")
        self.flush()
        with self._waiting.all_tasks_done:
            self._waiting.all_tasks_done.wait_for(lambda: not self._waiting.unfinished_tasks, EXIT_SECONDS)


def protect(process: str = "") -> None:
    """Apply both rules to all code in this process. Call it before anything writes or logs.

    `process` is its name in JSON logs; a process without a name, whose output another program parses, writes no JSON.
    """
    lines = JsonLines(process) if process and json_lines.is_wanted() else None
    sys.stdout, sys.stderr = Unblocking(1, lines), Unblocking(2, lines)
    if lines:
        lines.take_over()
    logging.setLogRecordFactory(_record)
    logging.raiseExceptions = False  # it would print the arguments of a failed message
    warnings.showwarning = lambda *_, **__: None  # for developers, and Rasa quotes values of slots in them
    sys.excepthook = _uncaught
    threading.excepthook = lambda caught: _log_uncaught(caught.exc_value, "A thread ended")
    sys.unraisablehook = lambda caught: _log_uncaught(caught.exc_value, "Something was not tidied up")


def configure(level: str) -> None:
    """Configure logging of our own processes: our messages from `level` on, third-party ones from WARNING on."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    for name in OURS:
        logging.getLogger(name).setLevel(level)


def kind_and_place(error: BaseException) -> str:
    """Return the loggable parts of an error: its type, where it was raised, and the place in our code that led there."""
    kind = type(error).__name__
    if isinstance(error, OSError) and error.errno:
        kind += f" {errno.errorcode.get(error.errno, error.errno)}"
    places = [*_places(error.__traceback__)]
    ours = [place for place, is_ours in places if is_ours]
    shown = dict.fromkeys([*ours[-1:], *(place for place, _ in places[-1:])])
    return " ".join([kind, *(f"in {place}" for place in shown)])


def _places(trace: TracebackType | None) -> list[tuple[str, bool]]:
    found = []
    while trace:
        path = Path(trace.tb_frame.f_code.co_filename)
        is_ours = path.is_relative_to(PROJECT) and "site-packages" not in path.parts
        name = path.relative_to(PROJECT) if is_ours else Path(*path.parts[-2:])
        found.append((f"{name} line {trace.tb_lineno}", is_ours))
        trace = trace.tb_next
    return found


def _record(*arguments: Any, **named: Any) -> logging.LogRecord:
    """Return a record with only its loggable parts."""
    record = logging.LogRecord(*arguments, **named)
    error = record.exc_info[1] if record.exc_info else None
    parts = record.args if isinstance(record.args, tuple) else ()
    quoted = [part for part in (record.msg, *parts) if isinstance(part, BaseException)]
    if record.name.partition(".")[0] in OURS or (record.levelno == logging.INFO and not quoted):
        text = _text(record, parts)
    else:
        text = f"{record.filename} line {record.lineno}"
        error = error or (quoted[0] if quoted else None)
    if error is not None and not isinstance(error, LamoonError):
        text += f" ({kind_and_place(error)})"
    record.msg, record.args = text, None
    record.exc_info = record.exc_text = record.stack_info = None
    return record


def _text(record: logging.LogRecord, parts: Sequence[object]) -> str:
    if parts:
        record.args = tuple(_harmless(part) for part in parts)
    try:
        return record.getMessage()
    except (TypeError, ValueError, KeyError):
        return f"{record.filename} line {record.lineno}"


def _harmless(part: object) -> object:
    is_foreign = isinstance(part, BaseException) and not isinstance(part, LamoonError)
    return kind_and_place(part) if is_foreign and isinstance(part, BaseException) else part


def _uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if not issubclass(kind, KeyboardInterrupt):
        _log_uncaught(error, "The process ends")


def _log_uncaught(error: BaseException | None, what: str) -> None:
    print(f"{what}: {kind_and_place(error) if error else 'unknown'}", file=sys.stderr)


def run(module: str, arguments: Sequence[str]) -> None:
    """Runs another program's module as `python -m` would, under the rules of this module. Raises SettingsError."""
    from lamoon.settings import load_settings  # here, because the launcher uses this module and stays small

    level = load_settings().log_level
    os.environ["LOG_LEVEL"] = "INFO" if level == "DEBUG" else level  # Rasa's: at DEBUG it logs messages
    protect(PROCESSES.get(module, module))
    tracing.start(PROCESSES.get(module, module))
    sys.argv = [module, *arguments]
    gc.set_threshold(COLLECTED_AFTER)
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    try:
        run(sys.argv[1], sys.argv[2:])
    except LamoonError as problem:
        print(problem, file=sys.stderr)
        sys.exit(2)
