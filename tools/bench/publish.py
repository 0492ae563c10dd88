"""Publishing at the desk while visitors write: how long it takes, and whether a turn is lost or answered twice.

`PYTHONPATH=.:tests python -m tools.bench.publish [--times 20] [--visitors 4]` starts an assistant of its own with a copy
of the newest model, keeps a new question at the desk each time, prepares, tries and publishes it, and takes the last one
back. Every training is real: one takes a minute or more.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from desk.conftest import DeskVisitor
from scenarios.mailbox import Mailbox
from scenarios.servers import Servers, free_port, settings_of
from web.fixtures import FAST
from web.serving import GatewayProcess, until
from web.visitor import Visitor

from lamoon.desk.accounts import Accounts
from lamoon.launch import model_file
from lamoon.launch.model_file import newest_model
from lamoon.project import PROJECT
from lamoon.storage.database import Database
from lamoon.teaching.lessons import Lessons, Publication

QUESTIONS = ("does it hurt?", "what is fascia?", "how soon will i feel better?", "what are trigger points?", "hi")
SUBJECTS = (
    *(
        "bike rack",
        "umbrella stand",
        "piano",
        "aquarium",
        "chess board",
        "fireplace",
        "library",
        "balcony",
        "telescope",
    ),
    *(
        "weather station",
        "beehive",
        "rooftop",
        "tractor",
        "lighthouse",
        "greenhouse",
        "hammock",
        "trampoline",
        "drum kit",
    ),
    *("model railway", "wine cellar"),
)
WAYS = ("is there a {} here", "{} anywhere?", "do you guys have a {}", "can i use the {}", "where is your {}")
PATIENCE = 1500.0
PASSWORD = "correct horse battery"


def project_with(folder: Path) -> Path:
    """The project by links, with a copy of its newest model."""
    folder.mkdir()
    for entry in PROJECT.iterdir():
        if entry.name not in ("models", ".git", "var"):
            (folder / entry.name).symlink_to(entry)
    (folder / "models").mkdir()
    shutil.copy(newest_model(), folder / "models")
    return folder


def publish(desk: DeskVisitor, lessons: Lessons, subject: str) -> tuple[float, float, Publication]:
    """Keeps, prepares and publishes a question: seconds until it is ready, seconds of the change, what was published."""
    kept = desk.post(
        "/desk/teach/save",
        kind="question",
        title=f"Do you have a {subject}?",
        text=f"Yes, we do have a {subject}.",
        wordings="\n".join(way.format(subject) for way in WAYS),
    )
    assert kept.status_code == 303, kept.text
    begun = time.monotonic()
    assert desk.post("/desk/teach/prepare").status_code == 303
    made = until(lambda: _settled(lessons, "working"), "a version that is ready", PATIENCE)
    if made.state != "ready":
        raise SystemExit(f"not published: {made.problems}")
    ready = time.monotonic()
    assert desk.post("/desk/teach/decide", do="publish").status_code == 303
    live = until(lambda: _settled(lessons, "working", "ready"), "a version that is live", PATIENCE)
    return ready - begun, time.monotonic() - ready, live


def _settled(lessons: Lessons, *busy: str) -> Publication | None:
    latest = lessons.latest()
    return latest if latest and latest.state not in busy else None


def talk(visitor: Visitor, over: threading.Event) -> list[float]:
    """Asks one question after the other until it is over; how long each answer took."""
    seconds: list[float] = []
    while not over.is_set():
        begun = time.monotonic()
        visitor.ask(QUESTIONS[len(seconds) % len(QUESTIONS)])
        seconds.append(time.monotonic() - begun)
    return seconds


def faults(visitor: Visitor) -> tuple[int, int]:
    """The messages of a visitor that have no answer, and those with two."""
    messages: list[dict[str, object]] = []
    while page := visitor.messages(int(str(messages[-1]["id"])) if messages else 0):
        messages += page
    asked = [place for place, message in enumerate(messages) if message["from"] == "visitor"]
    counts = [after - place - 1 for place, after in zip(asked, [*asked[1:], len(messages)], strict=True)]
    return sum(count == 0 for count in counts), sum(count > 1 for count in counts)


def main() -> int:
    """Runs it and prints the figures; 1 when a turn was lost or doubled."""
    parser = argparse.ArgumentParser(prog="python -m tools.bench.publish", description=__doc__)
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--visitors", type=int, default=4)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        return _run(Path(place), options.times, options.visitors)


def _run(folder: Path, times: int, visitors: int) -> int:
    project = project_with(folder / "project")
    mailbox = Mailbox(free_port())
    mailbox.open()
    variables = settings_of(folder / "data", mailbox.port, PROJECT / "tests" / "scenarios" / "studio.yml") | FAST
    variables |= {"LAMOON_PROJECT": str(project)}
    model_file.MODELS = project / "models"  # which the command lines name that this process makes
    servers = Servers(variables, folder)
    gateway = GatewayProcess(variables, folder / "gateway.log")
    servers.start()
    gateway.start()
    database = Database(servers.settings.database_url.reveal())
    try:
        Accounts(database).add("Olivia", PASSWORD, "owner")
        return _measured(gateway.url, Lessons(database), times, visitors)
    finally:
        gateway.stop()
        servers.stop()
        mailbox.close()
        database.close()


def _measured(url: str, lessons: Lessons, times: int, visitors: int) -> int:
    desk = DeskVisitor(url, "Olivia")
    people = [Visitor(url) for _ in range(visitors)]
    over = threading.Event()
    with ThreadPoolExecutor(visitors) as threads:
        talks = [threads.submit(talk, one, over) for one in people]
        try:
            for number in range(times):
                subject = SUBJECTS[number % len(SUBJECTS)]
                made, changed, live = publish(desk, lessons, subject)
                answer = json.dumps(Visitor(url).ask(f"do you have a {subject}?"))
                right = f"we do have a {subject}" in answer
                print(
                    f"{number + 1}: ready in {made:.0f} s, live in {changed:.1f} s more, answered: {right}", flush=True
                )
                if live.state != "live" or not right:
                    print(live.problems, answer)
                    return 1
            begun = time.monotonic()
            assert desk.post("/desk/teach/back").status_code == 303
            print(f"back in {time.monotonic() - begun:.1f} s")
        finally:
            over.set()
        seconds = sorted(taken for one in talks for taken in one.result())
    lost, doubled = (sum(pair) for pair in zip(*(faults(one) for one in people), strict=True))
    print(f"{len(seconds)} turns, median {seconds[len(seconds) // 2]:.2f} s, longest {seconds[-1]:.2f} s")
    print(f"{lost} lost, {doubled} answered twice")
    return 1 if lost or doubled else 0


if __name__ == "__main__":
    sys.exit(main())
