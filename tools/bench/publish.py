"""Benchmark of publishing at the desk while visitors write: duration, and lost or repeated turns.

`PYTHONPATH=.:tests python -m tools.bench.publish [--times 20] [--visitors 4]` starts a separate assistant with a copy
of the newest model; each time it saves a new question at the desk, prepares, tries and publishes it, and finally it
rolls back the last one. Every training is real and takes a minute or more.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from desk.conftest import DeskVisitor
from scenarios.mailbox import Mailbox
from scenarios.servers import Servers, free_port, settings_of
from web.fixtures import FAST
from web.serving import GatewayProcess
from web.visitor import Visitor, text_of

from lamoon.desk.accounts.accounts import Accounts
from lamoon.desk.teaching.teaching import known_answers, label_of
from lamoon.knowledge import load_facts, load_topics
from lamoon.launch import model_file
from lamoon.launch.model_file import newest_model
from lamoon.project import PROJECT
from lamoon.storage.database import Database
from lamoon.teaching.lessons import Lessons, Publication

QUESTIONS = ("does it hurt?", "what is fascia?", "how soon will i feel better?", "what are trigger points?", "hi")
SUBJECTS = (
    "bike-rack umbrella-stand piano aquarium chess-board fireplace library balcony telescope weather-station beehive rooftop "
    "tractor lighthouse greenhouse hammock trampoline drum-kit model-railway wine-cellar"
).split()
WAYS = ("is there a {} here", "{} anywhere?", "do you guys have a {}", "can i use the {}", "where is your {}")
MORE_WAYS = ("got a {} by any chance", "i was hoping for a {}, is there one")
COLOURS = "amber blue coral grey green ivory lilac orange pink white".split()
ANSWERS = ("what_is_fascia", "history", "benefits", "what_is_smr")
PAUSE_SECONDS = 1.0
"""Between a visitor's answer and the next question: without one a few visitors are a flood."""
PATIENCE = 1500.0
PASSWORD = "correct horse battery"


def project_with(folder: Path) -> Path:
    """Create the project by links, with a copy of its newest model."""
    folder.mkdir()
    for entry in PROJECT.iterdir():
        if entry.name not in ("models", ".git", "var"):
            (folder / entry.name).symlink_to(entry)
    (folder / "models").mkdir()
    shutil.copy(newest_model(), folder / "models")
    return folder


@dataclass(frozen=True)
class Change:
    """A change at the desk: the form that keeps it, or the lesson that is to leave, and what shows that it is live."""

    kind: str
    ask: str
    says: str
    form: Mapping[str, str] = field(default_factory=dict)
    leaves: int = 0


def changes(lessons: Lessons) -> Iterator[Change]:
    """Changes of all kinds in turn: of ten, three need a training, the others change answers only."""
    answers = {(one.kind, one.label): one for one in known_answers([])}
    facts = [fact for fact in load_facts().by_id.values() if not fact.silent]
    titles = load_topics().titles
    for number in count():
        subject = SUBJECTS[number // 10 % len(SUBJECTS)].replace("-", " ")
        mark = f"So say the {COLOURS[number % len(COLOURS)]} pages."
        title, label = f"Do you have a {subject}?", label_of(f"Do you have a {subject}?", {})
        own = {"kind": "question", "title": title, "wordings": "\n".join(way.format(subject) for way in WAYS)}
        if number % 10 == 2:
            yield Change(
                "a question", f"is there a {subject}?", "Yes, we do", own | {"text": f"Yes, we do have a {subject}."}
            )
        elif number % 10 == 3:
            text = f"Of course we have a {subject}. {mark}"
            yield Change("its answer", f"is there a {subject}?", mark, own | {"label": label, "text": text})
        elif number % 10 == 5:
            ways = "\n".join(way.format(subject) for way in MORE_WAYS)
            form = {"kind": "wordings", "label": label, "title": title, "wordings": ways}
            yield Change("more wordings", f"got a {subject} by any chance", "Of course", form)
        elif number % 10 == 8:
            gone = next(one.id for one in lessons.live() if one.kind == "question" and one.label == label)
            yield Change("a question less", f"is there a {subject}?", "", leaves=gone)
        elif number % 10 in (1, 6):
            fact = facts[number % len(facts)]
            known = answers["fact", fact.id]
            form = {"kind": "fact", "label": fact.id, "text": f"{known.text} {mark}"}
            yield Change("a fact", fact.questions[0], mark, form)
        else:
            topic = ANSWERS[number % len(ANSWERS)]
            known = answers["answer", f"faq/{topic}"]
            form = {"kind": "answer", "label": known.label, "text": f"{known.text} {mark}"}
            yield Change("an answer", titles[topic], mark, form)


def publish(desk: DeskVisitor, lessons: Lessons, change: Change) -> tuple[dict[str, float], Publication]:
    """Keeps, prepares and publishes a change: seconds of each step, and what was published."""
    path, form = ("save", change.form) if change.form else (f"drop/{change.leaves}", {})
    kept = desk.post(f"/desk/teach/{path}", **form)
    assert kept.status_code == 303, kept.text
    assert desk.post("/desk/teach/prepare").status_code == 303
    seconds: dict[str, float] = {}
    made = _followed(lessons, seconds, "working")
    if made.state == "ready":
        assert desk.post("/desk/teach/decide", do="publish").status_code == 303
        made = _followed(lessons, seconds, "working", "ready")
    return seconds, made


def _followed(lessons: Lessons, seconds: dict[str, float], *busy: str) -> Publication:
    """The latest publication once it is not busy; what its steps take is added to `seconds`."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        began, latest = time.monotonic(), lessons.latest()
        if latest and latest.state not in busy:
            return latest
        time.sleep(0.25)
        step = (latest.step if latest else "") or "Beginning"
        seconds[step] = seconds.get(step, 0.0) + time.monotonic() - began
    raise SystemExit("the publication does not end")


def talk(visitor: Visitor, over: threading.Event) -> list[float]:
    """Ask one question after the other until the end; return the time of each answer."""
    seconds: list[float] = []
    while not over.wait(PAUSE_SECONDS):
        begun = time.monotonic()
        visitor.ask(QUESTIONS[len(seconds) % len(QUESTIONS)])
        seconds.append(time.monotonic() - begun)
    return seconds


def faults(visitor: Visitor) -> tuple[int, int]:
    """Return the messages of a visitor without an answer, and those with two."""
    messages: list[dict[str, object]] = []
    while page := visitor.messages(int(str(messages[-1]["id"])) if messages else 0):
        messages += page
    asked = [place for place, message in enumerate(messages) if message["from"] == "visitor"]
    counts = [after - place - 1 for place, after in zip(asked, [*asked[1:], len(messages)], strict=True)]
    return sum(count == 0 for count in counts), sum(count > 1 for count in counts)


def main() -> int:
    """Run it and print the figures; 1 when a turn was lost or doubled."""
    parser = argparse.ArgumentParser(prog="python -m tools.bench.publish", description=__doc__)
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--visitors", type=int, default=4)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as place, studio_of_its_own(Path(place)) as (url, lessons):
        return _measured(url, lessons, options.times, options.visitors)


@contextmanager
def studio_of_its_own(folder: Path) -> Iterator[tuple[str, Lessons]]:
    """An assistant with a copy of the newest model, whose publications touch nothing else: its address, and its lessons."""
    project = project_with(folder / "project")
    mailbox = Mailbox(free_port())
    mailbox.open()
    variables = settings_of(folder / "data", mailbox.port, PROJECT / "tests" / "scenarios" / "studio.yml") | FAST
    variables |= {"LAMOON_PROJECT": str(project)}
    models = model_file.MODELS
    model_file.MODELS = project / "models"  # used in the command lines of this process
    servers = Servers(variables, folder)
    gateway = GatewayProcess(variables, folder / "gateway.log")
    servers.start()
    gateway.start()
    database = Database(servers.settings.database_url.reveal())
    try:
        Accounts(database).add("Olivia", PASSWORD, "owner")
        yield gateway.url, Lessons(database)
    finally:
        model_file.MODELS = models
        gateway.stop()
        servers.stop()
        mailbox.close()
        database.close()


def _measured(url: str, lessons: Lessons, times: int, visitors: int) -> int:
    desk = DeskVisitor(url, "Olivia")
    people = [Visitor(url) for _ in range(visitors)]
    over, wrong = threading.Event(), 0
    with ThreadPoolExecutor(visitors) as threads:
        talks = [threads.submit(talk, one, over) for one in people]
        try:
            for number, change in zip(range(1, times + 1), changes(lessons), strict=False):
                seconds, live = publish(desk, lessons, change)
                answer = text_of_all(Visitor(url).ask(change.ask))
                right = live.state == "live" and (change.says in answer if change.says else "we have a" not in answer)
                wrong += not right
                steps = ", ".join(f"{step.partition(':')[0].lower()} {taken:.0f}" for step, taken in seconds.items())
                print(f"{number}: {change.kind} live: {right}, {sum(seconds.values()):.0f} s ({steps})", flush=True)
                if not right:
                    print(live.state, *live.problems, answer, flush=True)
            begun = time.monotonic()
            assert desk.post("/desk/teach/back").status_code == 303
            print(f"back in {time.monotonic() - begun:.1f} s")
        finally:
            over.set()
        taken = sorted(seconds for one in talks for seconds in one.result())
    lost, doubled = (sum(pair) for pair in zip(*(faults(one) for one in people), strict=True))
    print(f"{len(taken)} turns, median {taken[len(taken) // 2]:.2f} s, longest {taken[-1]:.2f} s")
    print(f"{lost} lost, {doubled} answered twice, {wrong} of {times} publications not seen")
    return 1 if lost or doubled or wrong else 0


def text_of_all(messages: Sequence[Mapping[str, Any]]) -> str:
    """The words of messages."""
    return "\n".join(text_of(message["body"]) for message in messages)


if __name__ == "__main__":
    sys.exit(main())
