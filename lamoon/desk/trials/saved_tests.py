"""Saved tests: good conversations recorded as scenarios, stored, and changed to what the assistant says now."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from lamoon.contract import topic_of
from lamoon.errors import LamoonError, ScenarioError
from lamoon.project import PROJECT
from lamoon.scenarios.scenario import ANYTHING, FRAGMENTS, Scenario, ScenarioTurn, load_scenario, scenario_of
from lamoon.storage.database import Database
from lamoon.storage.documents import Document, DocumentError, Documents, Version, version_of

SECOND_QUESTION = "second_question"
"""Metadata key of a message that the visitor did not send separately."""
WIDTH = 120
BY_HAND = "This test was written by hand, so please change its file: download it, and save it again."


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
        bot = [expected_of(reply) for reply in replies]
        turns.append(Recorded(user, bot, mask(text), [mask(str(reply.get("text") or "")) for reply in replies]))
        payloads = {button["payload"]: button["title"] for reply in replies for button in _buttons(reply)}
    return turns


def as_yaml(description: str, tags: Sequence[str], turns: Sequence[Recorded]) -> str:
    """The scenario as YAML."""
    steps = [{"user": turn.user, "bot": _one_or_all(turn.bot), "words": _readable(turn.replies)} for turn in turns]
    return _dumped({"description": description, **({"tags": list(tags)} if tags else {}), "steps": steps})


def with_answer(text: str, number: int, bot: Sequence[Any], words: Sequence[str]) -> str:
    """The scenario with another answer expected in its turn `number`, from 0. Raises ScenarioError."""
    root = _yaml().load(text)
    steps = root.get("steps") or []
    if "include" in root or not all("user" in step for step in steps) or number >= len(steps):
        raise DocumentError(BY_HAND)
    steps[number]["bot"] = _one_or_all(bot)
    steps[number]["words"] = _readable(words)
    return _dumped(root)


def expected_of(reply: Mapping[str, Any]) -> Any:
    """What a scenario expects: the response and, from the guide, its topic; an action's words may vary."""
    metadata = reply.get("metadata") or {}
    response = str(metadata.get("utter_action") or "")
    topic = topic_of(metadata.get("topic"))
    if topic:
        return {"topic": topic} if not response else {"response": response, "topic": topic}
    return response or ANYTHING


def file_name(title: str) -> str:
    """The name of a scenario's file, without extension; "" where the title has no letter or digit."""
    return "_".join(re.findall(r"[a-z0-9]+", title.lower()))[:60].strip("_")


def _readable(words: Sequence[str]) -> list[str]:
    return [one for one in words if one.strip()]


def _one_or_all(bot: Sequence[Any]) -> Any:
    return bot[0] if len(bot) == 1 else list(bot)


def _yaml() -> Any:
    yaml: Any = YAML()
    yaml.width = WIDTH
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml


def _dumped(root: Any) -> str:
    text = io.StringIO()
    _yaml().dump(root, text)
    return text.getvalue()


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


def _buttons(reply: Mapping[str, Any]) -> Sequence[Mapping[str, str]]:
    return (reply.get("data") or {}).get("buttons") or ()


TESTS = PROJECT / "tests" / "scenarios"
SENDS = ("utter_booking_sent", "utter_booking_sent_on_hold", "utter_question_sent")
"""Responses after which a request has gone to the studio: not to be replayed among real visitors."""
SAVED = "scenarios"
"""The folder of the saved tests, and what their documents' names begin with."""


class TakenError(LamoonError):
    """A scenario of this name exists already."""


@dataclass(frozen=True)
class Shelved:
    """A scenario, or the `problem` of its text; `saved` by the team or the project's own. `changed`: its latest change."""

    name: str
    saved: bool
    scenario: Scenario | None = None
    problem: str = ""
    version: str = ""
    changed: Version | None = None


class Shelf:
    """The scenarios that the team saved and, where present, those of the project's tests."""

    def __init__(self, data: Path, database: Database, tests: Path = TESTS) -> None:
        self._documents = Documents(database)
        self._folder = data / SAVED
        self._tests = tests

    def all(self) -> Sequence[Shelved]:
        """All scenarios, the team's first."""
        return [*self.saved(), *_own(self._tests)]

    def saved(self) -> Sequence[Shelved]:
        """The team's scenarios."""
        names = {path.relative_to(self._folder).with_suffix("").as_posix() for path in self._folder.glob("**/*.yml")}
        for name in names:
            self._documents.adopt(self._document(name))
        names |= {name.removeprefix(f"{SAVED}/") for name in self._documents.names(SAVED)}
        return [self._shelved(name) for name in sorted(names)]

    def save(self, name: str, text: str, staff: str) -> None:
        """Saves a new scenario. Raises TakenError."""
        try:
            self._documents.keep(self._document(name), text, seen=version_of(""), staff=staff)
        except DocumentError:
            raise TakenError(f"A test named “{name}” already exists. Please choose another name.") from None

    def accept(
        self, name: str, number: int, seen: str, answer: tuple[Sequence[Any], Sequence[str]], staff: str
    ) -> None:
        """Expects another answer, as (`bot`, its words), in a turn. Raises DocumentError."""
        text = with_answer(self.text(name) or "", number, *answer)
        self._documents.keep(self._document(name), text, seen=seen, staff=staff, part="answer")

    def take_back(self, name: str, number: int, staff: str) -> None:
        """Undoes the latest change of a scenario. Raises DocumentError."""
        self._documents.take_back(self._document(name), number, staff)

    def text(self, name: str) -> str | None:
        """A saved scenario."""
        return self._documents.text(self._document(name)) or None

    def remove(self, name: str) -> bool:
        """Deletes a saved scenario; False when it does not exist."""
        return self._documents.delete(self._document(name))

    def _document(self, name: str) -> Document:
        """The document of a test. Raises DocumentError for a name that leads elsewhere."""
        if not re.fullmatch(r"[\w-]+(/[\w-]+)*", name):
            raise DocumentError("This test no longer exists.")
        return Document(f"{SAVED}/{name}", self._folder / f"{name}.yml")

    def _shelved(self, name: str) -> Shelved:
        document = self._document(name)
        text = self._documents.text(document)
        changes = self._documents.history(document, 2)
        changed = changes[0] if changes and changes[0].part else None
        try:
            found = scenario_of(text, document.file, self._folder)
        except ScenarioError as problem:
            return Shelved(name, saved=True, problem=str(problem), version=version_of(text), changed=changed)
        return Shelved(name, saved=True, scenario=found, version=version_of(text), changed=changed)


@cache  # they are the project's, and hundreds
def _own(folder: Path) -> Sequence[Shelved]:
    found = []
    for path in sorted(folder.glob("**/*.yml")):
        inside = path.relative_to(folder)
        if len(inside.parts) == 1 or inside.parts[0] == FRAGMENTS:
            continue
        name = inside.with_suffix("").as_posix()
        try:
            scenario = load_scenario(path, folder)
        except ScenarioError as problem:
            found.append(Shelved(name, saved=False, problem=str(problem)))
            continue
        if not (scenario.needs_servers or _sends(scenario)):
            found.append(Shelved(name, saved=False, scenario=scenario))
    return found


def _sends(scenario: Scenario) -> bool:
    turns = (step for step in scenario.steps if isinstance(step, ScenarioTurn))
    return any(reply.response in SENDS for turn in turns for reply in turn.bot or ())
