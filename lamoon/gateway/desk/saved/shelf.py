"""The scenarios on disk: those that the team saved, and the project's own. All methods block: call them in a thread."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from lamoon.errors import LamoonError, ScenarioError
from lamoon.scenarios.reading import FRAGMENTS, load_scenario
from lamoon.scenarios.scenario import Scenario, Turn
from lamoon.settings import PROJECT

TESTS = PROJECT / "tests" / "scenarios"
SENDS = ("utter_booking_sent", "utter_booking_sent_on_hold", "utter_question_sent")
"""After these a request has gone to the studio: nothing to play over and over beside real visitors."""


class TakenError(LamoonError):
    """There is a scenario with this name already."""


@dataclass(frozen=True)
class Shelved:
    """A scenario that can be played, or the `problem` of its file; `saved` by the team or the project's own."""

    name: str
    saved: bool
    scenario: Scenario | None = None
    problem: str = ""


class Shelf:
    """The scenarios in a data folder and those of the project's tests, where these are there."""

    def __init__(self, data: Path, tests: Path = TESTS) -> None:
        self._folder = data / "scenarios"
        self._tests = tests

    def all(self) -> Sequence[Shelved]:
        """Everything that the desk can play, what the team saved first."""
        return [*self._read(self._folder, saved=True), *self._read(self._tests, saved=False)]

    def save(self, name: str, text: str) -> None:
        """Keeps a new scenario. Raises TakenError."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self._folder / f"{name}.yml"
        path.touch(mode=0o600, exist_ok=True)
        if path.stat().st_size:
            raise TakenError(f"There is a test with the name “{name}” already. Please choose another name.")
        path.write_text(text, encoding="utf-8")

    def text(self, name: str) -> str | None:
        """The file of a saved scenario."""
        path = self._path(name)
        return path.read_text(encoding="utf-8") if path else None

    def remove(self, name: str) -> bool:
        """Deletes a saved scenario; False when there is none."""
        path = self._path(name)
        if path:
            path.unlink(missing_ok=True)
        return path is not None

    def _path(self, name: str) -> Path | None:
        """The file of a saved scenario; looked up among those that are there, so a name leads nowhere else."""
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
    turns = (step for step in scenario.steps if isinstance(step, Turn))
    return any(reply.response in SENDS for turn in turns for reply in turn.bot or ())
