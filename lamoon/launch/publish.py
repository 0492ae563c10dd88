"""Brings the studio's lessons live: `python -m lamoon.launch.publish NUMBER`, which the desk starts.

NUMBER is a publication that the desk has begun (lamoon.teaching.lessons). Its lessons are checked, laid over a copy of the
project's files and trained; a server of its own with the new model, on loopback, is compared with the assistant that
answers now. Then it waits, ready to be tried, until the desk asks it to publish or to drop it. Each step, and why it
failed, is in the database, in words for the studio.

Exit codes: 0 done, dropped or given up; 1 failed: the database says why.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Final

from lamoon import logs
from lamoon.data_folder import open_data_folder
from lamoon.desk.settings.studio_settings import StudioSettings
from lamoon.desk.trials.playing import played
from lamoon.desk.trials.saved_tests import Shelf
from lamoon.errors import LamoonError, ModelError, StoreError
from lamoon.knowledge import load_facts, load_topics
from lamoon.knowledge.article_index import load_index
from lamoon.knowledge.provenance import load_provenance
from lamoon.launch.commands import LOOPBACK, endpoints_file, environment, serving_environment
from lamoon.launch.model_file import MODELS, choose, chosen, damage_of, keep_latest, model_in_use, open_to_servers
from lamoon.launch.models import use
from lamoon.project import PROJECT, VARIABLE
from lamoon.rasa_client import RasaClient, RasaError
from lamoon.screening.conditions import load_facts as load_conditions
from lamoon.settings import Settings, load_settings
from lamoon.storage.database import Database
from lamoon.studio import studio_now
from lamoon.teaching.claims import read_answer, support_of, unanswered
from lamoon.teaching.collisions import PhraseIndex
from lamoon.teaching.lessons import Lesson, Lessons
from lamoon.teaching.overlay import CODE, lay, training_environment
from lamoon.teaching.phrases import read_phrases
from lamoon.teaching.trial import Comparison, compare

FOLDER: Final = "teaching"
"""In the data folder: the files of the publication that is being made, and embeddings."""
READY_SECONDS: Final = 1800.0
"""How long a new model waits to be tried; it takes 400 MB meanwhile."""
START_SECONDS: Final = 120.0
TRAIN_SECONDS: Final = 1200.0
BEAT_SECONDS: Final = 2.0
AT_RISK: Final = 60
"""Phrases of other topics, the nearest to what is new, of which each must be read as before."""
NICE: Final = 10


class RefusedError(LamoonError):
    """The publication must not go live; `problems` say why, a sentence each for the studio."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__(problems[0])
        self.problems = list(problems)


class Publisher:
    """Makes one publication."""

    def __init__(self, settings: Settings, database: Database, number: int) -> None:
        self._settings = settings
        self._database = database
        self._lessons = Lessons(database)
        self._number = number
        self._folder = settings.data / FOLDER

    def run(self) -> bool:
        """From the lessons to the model that answers, or not; whether all went well."""
        over = threading.Event()
        threading.Thread(target=self._beat, args=(over,), daemon=True).start()
        try:
            model = self._made()
            with self._server(model) as port:
                report = self._checked(port)
                self._say("", state="ready", report=report, port=port, model=model.name)
                wish = self._wish()
            if wish == "publish":
                self._go_live(model)
            else:
                self._say("", state="dropped", port=0)
        except RefusedError as refused:
            self._failed(refused.problems)
            return False
        except LamoonError as problem:
            self._failed([str(problem)])
            return False
        except Exception as error:
            self._failed(["Something went wrong on our side; nothing was changed. Please try again."])
            _log(error)
            return False
        finally:
            over.set()
            shutil.rmtree(self._folder / "project", ignore_errors=True)
            self._drop_unused()
        return True

    def _drop_unused(self) -> None:
        """Deletes the model of a publication that did not go live."""
        found = self._lessons.publication(self._number)
        if found.state != "live":
            for model in MODELS.glob(f"*-desk-{self._number}.tar.gz"):
                if model.name not in chosen():
                    model.unlink(missing_ok=True)

    def _beat(self, over: threading.Event) -> None:
        """Tells the database that we are alive, whatever the work is waiting for."""
        while not over.wait(BEAT_SECONDS):
            with contextlib.suppress(StoreError):
                self._lessons.note(self._number)

    @cached_property
    def _index(self) -> PhraseIndex:
        return PhraseIndex(read_phrases())

    def _say(self, step: str, **more: object) -> None:
        self._lessons.note(self._number, step=step, **more)

    def _failed(self, problems: Sequence[str]) -> None:
        self._lessons.note(self._number, state="failed", step="", problems=[*problems], port=0)

    # Making the model

    def _made(self) -> Path:
        self._say("Reading your changes")
        lessons = self._lessons.lessons_of(self._lessons.publication(self._number))
        check_lessons(lessons, self._settings, lambda: self._index)
        project = self._folder / "project"
        lay(lessons, project)
        self._say("Learning: this takes the longest")
        if not chosen():  # or a server that restarts would take the new model, untried
            choose([model_in_use().name])
        name = f"{time.strftime('%Y%m%d-%H%M%S')}-desk-{self._number}.tar.gz"
        # The project's own files were validated when its model was trained, and the lessons are checked here.
        options = ("--quiet", "--skip-validation", "--out", str(MODELS), "--fixed-model-name", name)
        words = (sys.executable, "-m", "rasa", "train", *options)
        env = environment() | training_environment(project)
        log = self._folder / "training.log"
        with log.open("wb") as out:
            done = self._waited(
                subprocess.Popen(words, cwd=project, env=env, stdout=out, stderr=out, start_new_session=True)
            )
        model = MODELS / name
        if done or not model.is_file() or damage_of(model):
            raise RefusedError([f"The assistant could not learn this. What it printed is in {log}."])
        open_to_servers(model)
        return model

    def _waited(self, process: subprocess.Popen[bytes]) -> int:
        """The exit code of a process; meanwhile the database reads that we are alive."""
        end = time.monotonic() + TRAIN_SECONDS
        while True:
            try:
                return process.wait(BEAT_SECONDS)
            except subprocess.TimeoutExpired:
                if time.monotonic() > end or self._lessons.publication(self._number).wish == "drop":
                    os.killpg(process.pid, signal.SIGKILL)
                    process.wait()
                    raise RefusedError(["It was stopped. Nothing was changed."]) from None

    @contextmanager
    def _server(self, model: Path) -> Iterator[int]:
        """A Rasa server with the model, which keeps its conversations in a folder that is deleted afterwards; its port."""
        self._say("Starting the new version")
        place, port = self._folder / "trial", free_port()
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(mode=0o700, parents=True)
        studio = place / "studio.yml"  # a copy: the trial has no part in a database that others share
        studio.write_text(StudioSettings(self._settings.studio, self._database).text(), encoding="utf-8")
        words = (sys.executable, "-m", "lamoon.logs", "rasa", "run", "-i", LOOPBACK, "-p", str(port))
        files = ("--endpoints", str(endpoints_file(self._settings)), "--credentials", str(PROJECT / "credentials.yml"))
        env = serving_environment() | {
            VARIABLE: str(self._folder / "project"),
            "PYTHONPATH": str(CODE),
            "LAMOON_DATA": str(place),
            "LAMOON_DATABASE_URL": "",
            "LAMOON_STUDIO": str(studio),
        }
        with (self._folder / "trial.log").open("wb") as out:
            process = subprocess.Popen(
                (*words, "--model", str(model), *files),
                cwd=PROJECT,
                env=env,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )
        try:
            end = time.monotonic() + START_SECONDS
            while not _listens(port):
                if process.poll() is not None or time.monotonic() > end:
                    raise RefusedError(["The new version does not start, so the present one goes on."])
                time.sleep(0.2)
            yield port
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
            shutil.rmtree(place, ignore_errors=True)

    # Comparing it with the one that answers now

    def _checked(self, port: int) -> list[str]:
        self._say("Comparing it with the present version")
        lessons = self._lessons.lessons_of(self._lessons.publication(self._number))
        wordings = [wording for one in lessons for wording in one.wordings]
        at_risk = self._index.at_risk("", wordings, AT_RISK) if wordings else []
        titles = [(topic.title, f"faq/{topic.id}") for topic in load_topics().all]
        health = [f"i have {condition.title}" for condition in load_conditions().conditions.values()]
        found = asyncio.run(self._compared(port, Comparison(lessons, [*titles, *at_risk], health)))
        if found.problems:
            raise RefusedError(found.problems)
        return found.report

    async def _compared(self, port: int, what: Comparison) -> Comparison:
        present = RasaClient(self._settings.rasa_addresses, 60, lambda up: None)
        new = RasaClient((f"http://{LOOPBACK}:{port}",), 60, lambda up: None)
        try:
            await compare(what, present, new)
            self._say("Playing your saved tests")
            await self._played(what, present, new)
        except RasaError:
            raise RefusedError(
                ["The assistant that answers now is not running, so there is nothing to compare with."]
            ) from None
        finally:
            await present.close()
            await new.close()
        return what

    async def _played(self, what: Comparison, present: RasaClient, new: RasaClient) -> None:
        shelved = [one for one in Shelf(self._settings.data, self._database).saved() if one.scenario]
        failed = []
        for one in shelved:
            assert one.scenario is not None
            if not (await played(one.scenario, new)).passed and (await played(one.scenario, present)).passed:
                failed.append(one.scenario.description)
        what.problems += [
            f"The saved test “{one}” passes now and would fail afterwards: play it under Try it." for one in failed
        ]
        if shelved:
            what.report.append(f"{len(shelved)} saved tests were played.")

    # The end

    def _wish(self) -> str:
        end = time.monotonic() + READY_SECONDS
        while time.monotonic() < end:
            found = self._lessons.publication(self._number)
            if found.wish or found.state != "ready":
                return found.wish or "drop"
            time.sleep(0.3)
        return "drop"

    def _go_live(self, model: Path) -> None:
        self._say("Changing over", state="working")
        before = model_in_use()
        try:
            use(model.name, tried=True)
        except ModelError as problem:
            raise RefusedError([str(problem)]) from None
        self._lessons.note(self._number, before=before.name)
        self._lessons.went_live(self._number)
        keep_latest([model, before])


def check_lessons(lessons: Sequence[Lesson], settings: Settings, phrases: Callable[[], PhraseIndex]) -> None:
    """Checks all that can be checked before a training. Raises RefusedError."""
    studio, facts, provenance = studio_now(settings), load_facts(), load_provenance(PROVENANCE)
    index, problems = load_index(), []
    for one in (one for one in lessons if one.kind != "wordings"):
        findings = read_answer(one, support_of(one, provenance, facts, index, studio), studio.facts())
        problems += [f"“{one.title}”: {finding.why}" for finding in unanswered(one, findings)]
    asking = [one for one in lessons if one.wordings]
    if asking:
        for one in asking:
            others = {other.label: other.wordings for other in asking if other.label != one.label}
            for found in phrases().nearest(one.label, one.wordings, others):
                if found.collides:
                    problems.append(
                        f"“{one.title}”: “{found.wording}” is as good as “{found.phrase}” of another topic."
                    )
    if problems:
        raise RefusedError(problems)


PROVENANCE: Final = PROJECT / "data" / "provenance.yml"


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((LOOPBACK, port)) == 0


def _log(error: Exception) -> None:
    """Writes the kind of an error, which may hold a visitor's words, into the log."""
    print(f"The publication failed: {type(error).__name__}", file=sys.stderr, flush=True)


def main(arguments: Sequence[str]) -> int:
    """Makes a publication."""
    os.chdir(PROJECT)
    settings = load_settings()
    open_data_folder(settings)
    database = Database(settings.database_url.reveal())
    os.nice(NICE)
    return 0 if Publisher(settings, database, int(arguments[0])).run() else 1


if __name__ == "__main__":
    logs.protect("publisher")
    sys.exit(main(sys.argv[1:]))
