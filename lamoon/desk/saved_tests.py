"""Saved tests: good conversations recorded as scenarios, stored, and played against the running assistant."""

from __future__ import annotations

import asyncio
import io
import logging
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from lamoon.booking import BookingStore
from lamoon.booking.request import BookingRequest
from lamoon.contract import topic_of
from lamoon.errors import LamoonError, ScenarioError
from lamoon.project import PROJECT
from lamoon.rasa_client import RasaClient, RasaError
from lamoon.scenarios.runner import ScenarioFailure, ScenarioRun
from lamoon.scenarios.scenario import ANYTHING, FRAGMENTS, Scenario, ScenarioTurn, load_scenario

SECOND_QUESTION = "second_question"
"""Metadata key of a message that the visitor did not send separately."""
WIDTH = 120


@dataclass(frozen=True)
class Recorded:
    """One turn: the `user` and `bot` of a scenario's step, and both sides' words for reading."""

    user: str | dict[str, str]
    bot: list[Any]
    said: str = field(repr=False)
    replies: Sequence[str] = field(repr=False)


def record(events: Iterable[Mapping[str, Any]], mask: Callable[[str], str]) -> list[Recorded]:
    """The turns since the conversation's last pause. `mask` removes personal data from what is stored."""
    turns: list[Recorded] = []
    payloads: dict[str, str] = {}
    for said, replies in _turns(events):
        text = str(said.get("text") or "")
        # A button's payload may change; its title is what the visitor pressed.
        user: str | dict[str, str] = {"press": payloads[text]} if text in payloads else mask(text)
        bot = [_expected(reply) for reply in replies]
        turns.append(Recorded(user, bot, mask(text), [mask(str(reply.get("text") or "")) for reply in replies]))
        payloads = {button["payload"]: button["title"] for reply in replies for button in _buttons(reply)}
    return turns


def as_yaml(description: str, tags: Sequence[str], turns: Sequence[Recorded]) -> str:
    """The scenario as YAML."""
    steps = [{"user": turn.user, "bot": turn.bot[0] if len(turn.bot) == 1 else turn.bot} for turn in turns]
    text = io.StringIO()
    yaml = YAML()
    yaml.width = WIDTH  # type: ignore[assignment]
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.dump({"description": description, **({"tags": list(tags)} if tags else {}), "steps": steps}, text)
    return text.getvalue()


def file_name(title: str) -> str:
    """The name of a scenario's file, without extension; "" where the title has no letter or digit."""
    return "_".join(re.findall(r"[a-z0-9]+", title.lower()))[:60].strip("_")


def _turns(events: Iterable[Mapping[str, Any]]) -> Iterator[tuple[Mapping[str, Any], list[Mapping[str, Any]]]]:
    found: list[tuple[Mapping[str, Any], list[Mapping[str, Any]]]] = []
    for event in events:
        if event["event"] == "session_started":
            found = []
        elif event["event"] == "user" and not (event.get("metadata") or {}).get(SECOND_QUESTION):
            found.append((event, []))
        elif event["event"] == "bot" and found:
            found[-1][1].append(event)
    # A message without an answer cannot be expected again.
    yield from (turn for turn in found if turn[1])


def _expected(reply: Mapping[str, Any]) -> Any:
    """What a scenario expects: the response and, from the guide, its topic; an action's words may vary."""
    metadata = reply.get("metadata") or {}
    response = str(metadata.get("utter_action") or "")
    topic = topic_of(metadata.get("topic"))
    if topic:
        return {"topic": topic} if not response else {"response": response, "topic": topic}
    return response or ANYTHING


def _buttons(reply: Mapping[str, Any]) -> Sequence[Mapping[str, str]]:
    return (reply.get("data") or {}).get("buttons") or ()


TESTS = PROJECT / "tests" / "scenarios"
SENDS = ("utter_booking_sent", "utter_booking_sent_on_hold", "utter_question_sent")
"""Responses after which a request has gone to the studio: not to be replayed among real visitors."""


class TakenError(LamoonError):
    """A scenario of this name exists already."""


@dataclass(frozen=True)
class Shelved:
    """A scenario, or the `problem` of its file; `saved` by the team or the project's own."""

    name: str
    saved: bool
    scenario: Scenario | None = None
    problem: str = ""


class Shelf:
    """The scenarios in a data folder and, where present, those of the project's tests."""

    def __init__(self, data: Path, tests: Path = TESTS) -> None:
        self._folder = data / "scenarios"
        self._tests = tests

    def all(self) -> Sequence[Shelved]:
        """All scenarios, the team's first."""
        return [*self._read(self._folder, saved=True), *self._read(self._tests, saved=False)]

    def save(self, name: str, text: str) -> None:
        """Saves a new scenario. Raises TakenError."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self._folder / f"{name}.yml"
        path.touch(mode=0o600, exist_ok=True)
        if path.stat().st_size:
            raise TakenError(f"A test named “{name}” already exists. Please choose another name.")
        path.write_text(text, encoding="utf-8")

    def text(self, name: str) -> str | None:
        """The file of a saved scenario."""
        path = self._path(name)
        return path.read_text(encoding="utf-8") if path else None

    def remove(self, name: str) -> bool:
        """Deletes a saved scenario; False when it does not exist."""
        path = self._path(name)
        if path:
            path.unlink(missing_ok=True)
        return path is not None

    def _path(self, name: str) -> Path | None:
        """The file of a saved scenario, looked up among existing ones, so that no name leads elsewhere."""
        return next((path for path in self._folder.glob("*.yml") if path.stem == name), None)

    def _read(self, folder: Path, *, saved: bool) -> Iterator[Shelved]:
        for path in sorted(folder.glob("**/*.yml")):
            inside = path.relative_to(folder)
            if not saved and (len(inside.parts) == 1 or inside.parts[0] == FRAGMENTS):
                continue
            name = inside.with_suffix("").as_posix()
            try:
                scenario = load_scenario(path, folder)
            except ScenarioError as problem:
                yield Shelved(name, saved, problem=str(problem))
                continue
            if saved or not (scenario.needs_servers or _sends(scenario)):
                yield Shelved(name, saved, scenario)


def _sends(scenario: Scenario) -> bool:
    turns = (step for step in scenario.steps if isinstance(step, ScenarioTurn))
    return any(reply.response in SENDS for turn in turns for reply in turn.bot or ())


log = logging.getLogger("lamoon.desk")

PREFIX = "test-scenario"
"""Prefix of the conversations' names: those of a sandbox, which count nowhere."""
PAUSE_SECONDS = 0.1
"""Pause between scenarios, so that visitors have their turn."""


@dataclass
class Runs:
    """The current run and its `results` by name, "" for a pass."""

    results: dict[str, str] = field(default_factory=dict)
    left: list[str] = field(default_factory=list)
    _task: asyncio.Task[None] | None = None

    @property
    def busy(self) -> bool:
        """Whether a run is in progress."""
        return self._task is not None and not self._task.done()

    def start(self, shelved: Sequence[Shelved], rasa: RasaClient, bookings: BookingStore) -> bool:
        """Starts a run. False, without effect, while another is in progress."""
        if self.busy:
            return False
        playing = {one.name: one.scenario for one in shelved if one.scenario}
        for name in playing:
            self.results.pop(name, None)
        self.left = list(playing)
        self._task = asyncio.create_task(self._play(playing, rasa, bookings))
        return True

    def stop(self) -> None:
        """Stops after the current scenario; results stay."""
        self.left = []

    async def _play(self, playing: Mapping[str, Scenario], rasa: RasaClient, bookings: BookingStore) -> None:
        for name, scenario in playing.items():
            if not self.left:
                return
            try:
                self.results[name] = await played(scenario, rasa, bookings)
            except RasaError:
                self.results[name] = "The assistant gave no answer: it is not running, or very busy."
            except Exception as error:  # an error in one scenario must not end the others
                log.error("A scenario could not be played: %s", type(error).__name__)
                self.results[name] = "This test could not be played."
            self.left = self.left[1:]
            await asyncio.sleep(PAUSE_SECONDS)


async def played(scenario: Scenario, rasa: RasaClient, bookings: BookingStore | None = None) -> str:
    """The failure, "" for a pass. Deletes the conversation afterwards, and what it left among the bookings."""
    play = ScenarioRun(scenario, _Running(rasa, asyncio.get_running_loop()), PREFIX)
    try:
        await asyncio.to_thread(play.run)
    except ScenarioFailure as failure:
        return str(failure)
    finally:
        if bookings:
            await asyncio.to_thread(bookings.forget, play.sender)
        await rasa.forget(play.sender)
    return ""


class _Running:
    """The running assistant behind the scenario player's interface. Called in a thread; Rasa is called in the event
    loop.
    """

    def __init__(self, rasa: RasaClient, loop: asyncio.AbstractEventLoop) -> None:
        self._rasa = rasa
        self._loop = loop
        self._said = 0

    def say(self, sender: str, text: str) -> list[dict[str, Any]]:
        """Rasa's replies. Raises RasaError."""
        self._said += 1
        asked = self._rasa.ask(sender, text, self._said, again=False)
        answered: Future[Sequence[dict[str, Any]]] = asyncio.run_coroutine_threadsafe(asked, self._loop)
        return list(answered.result())

    def tracker(self, sender: str) -> dict[str, Any]:
        """The slots and the open form, from Rasa's events."""
        events = asyncio.run_coroutine_threadsafe(self._rasa.kept(sender), self._loop).result()
        forms = [event["name"] for event in events if event["event"] == "active_loop"]
        slots = {event["name"]: event["value"] for event in events if event["event"] == "slot"}
        return {"slots": slots, "active_loop": {"name": forms[-1] if forms else None}}

    # Known to a test's own servers only: the desk plays no scenario that asks for it.
    def requests(self, sender: str) -> list[BookingRequest]:
        """None."""
        return []

    def mail(self, reference: str) -> EmailMessage | None:
        """None."""
        return None

    def events_kept(self, sender: str) -> int:
        """None."""
        return 0

    def switch_actions(self, up: bool) -> None:
        """Stays as it is."""

    def logs(self) -> Mapping[str, str]:
        """None."""
        return {}
