"""JSON logs: every line is an object, whatever its source, and none is cut."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from test_logs import CARELESS, SECONDS, WORDS, environment, script

from lamoon.json_lines import MOST_CHARACTERS

MIXED = """
import logging, sys
from lamoon import logs, request_id
logs.protect("gateway")
logs.configure("DEBUG")
log = logging.getLogger("lamoon.test")
log.info("outside")
with request_id.working_on("0123456789abcdef"):
    log.warning("inside %d", 1)
theirs = logging.getLogger("theirs")
handler = logging.StreamHandler()
handler.setFormatter(logging.Formatter("THEIRS %(message)s"))
theirs.addHandler(handler)
theirs.setLevel("INFO")
theirs.propagate = False
theirs.info("set up by others")
log.info("long " + "\\u00e4" * 9000)
print("printed\\n\\nin lines " + "y" * 9000)
sys.stdout.write("not ended")
sys.stdout.flush()
"""


def lines_of(text: str, folder: Path, *, to_file: bool = False) -> list[dict[str, Any]]:
    """Return what a program logs with LAMOON_LOG_FORMAT=json."""
    words = [sys.executable, str(script(folder, text))]
    variables = environment() | {"LAMOON_LOG_FORMAT": "json"}
    with (folder / "log").open("wb") as log:
        out = log if to_file else subprocess.PIPE
        done = subprocess.run(
            words, env=variables, stdout=out, stderr=out if to_file else subprocess.STDOUT, check=False, timeout=SECONDS
        )
    written = (folder / "log").read_bytes() if to_file else done.stdout
    return [json.loads(line) for line in written.decode().splitlines()]


@pytest.mark.parametrize("to_file", [False, True])
def test_every_line_is_an_object(tmp_path: Path, to_file: bool) -> None:
    found = lines_of(MIXED, tmp_path, to_file=to_file)
    by_event = {line["event"][:16]: line for line in found}
    assert {line["process"] for line in found} == {"gateway"}
    assert by_event["inside 1"]["request_id"] == "0123456789abcdef"
    assert by_event["inside 1"]["level"] == "WARNING"
    assert by_event["inside 1"]["logger"] == "lamoon.test"
    assert by_event["inside 1"]["time"].endswith("Z")
    assert "request_id" not in by_event["outside"]
    assert {"set up by others", "printed", "not ended"} <= by_event.keys()
    assert max(len(line["event"]) for line in found) == MOST_CHARACTERS + 3
    assert len(found) == 7


def test_no_failure_of_any_code_writes_words(tmp_path: Path) -> None:
    found = lines_of(CARELESS.replace("logs.protect()", 'logs.protect("gateway")'), tmp_path)
    assert len(found) > 10
    assert not any(word in str(found) for word in WORDS.split() if len(word) > 3)
    assert "RuntimeError" in str(found)
