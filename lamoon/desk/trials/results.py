"""The results of tests that were played, shared by all gateways: conversations with what is not as expected."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from difflib import SequenceMatcher
from typing import Any, Final, Literal

from sqlalchemy import delete, insert, select, update

from lamoon.desk.trials.saved_tests import expected_of
from lamoon.scenarios.runner import PlayedTurn
from lamoon.scenarios.scenario import Expected
from lamoon.storage.database import Database
from lamoon.storage.desk_tables import test_results
from lamoon.storage.time import now, to_naive_utc

SILENT: Final = timedelta(minutes=3)
"""After so long without a result the gateway that played is gone."""
_WORD: Final = re.compile(r"\s+|[^\s]+")


@dataclass(frozen=True)
class Piece:
    """Words of an answer: in both answers, or in one of them only."""

    kind: Literal["same", "gone", "new"]
    words: str


@dataclass(frozen=True)
class Turn:
    """A turn of a played test.

    Attributes:
        said: by the visitor.
        expected: the replies' words when the test was saved; empty for tests older than these.
        wanted: labels of what is expected, for tests without words.
        replies: the words now.
        bot: what a scenario expects of these replies.
        problems: why they are not as expected; none for other words of the same answer.
    """

    said: str
    expected: Sequence[str]
    wanted: Sequence[str]
    replies: Sequence[str]
    bot: Sequence[Any]
    problems: Sequence[str]

    @property
    def differs(self) -> bool:
        """Whether there is something to look at."""
        return bool(self.problems)

    @property
    def before(self) -> Sequence[Piece]:
        """The expected words, those that are gone marked."""
        return [one for one in self._pieces if one.kind != "new"]

    @property
    def after(self) -> Sequence[Piece]:
        """The words now, new ones marked."""
        return [one for one in self._pieces if one.kind != "gone"]

    @property
    def _pieces(self) -> Sequence[Piece]:
        return pieces("\n".join(self.expected), "\n".join(self.replies))


@dataclass(frozen=True)
class Result:
    """A test's: `turns` are empty while it waits; a `problem` is that it could not be played."""

    state: Literal["waiting", "played"]
    turns: Sequence[Turn] = ()
    problem: str = ""

    @property
    def passed(self) -> bool:
        """Whether all was as expected."""
        return self.state == "played" and not self.problem and not any(turn.differs for turn in self.turns)


def turns_of(played: Sequence[PlayedTurn]) -> list[Turn]:
    """What was played, for the page."""
    return [
        Turn(
            one.said,
            one.turn.words,
            [_wanted(expected) for expected in one.turn.bot or ()],
            [str(reply.get("text") or "") for reply in one.replies],
            [expected_of(reply) for reply in one.replies],
            one.problems,
        )
        for one in played
    ]


def pieces(before: str, after: str) -> list[Piece]:
    """Two texts as one row of pieces, compared word by word."""
    old, new = _WORD.findall(before), _WORD.findall(after)
    found: list[Piece] = []
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            found.append(Piece("same", "".join(old[a:b])))
            continue
        found += [Piece("gone", "".join(old[a:b]))] if a < b else []
        found += [Piece("new", "".join(new[c:d]))] if c < d else []
    return found


class Results:
    """The results in one database. All methods block."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> Mapping[str, Result]:
        """By the tests' names. What waits behind a gateway that is gone was not played."""
        with self._database.reading("read results") as connection:
            rows = connection.execute(select(test_results)).all()
        is_over = not rows or to_naive_utc(now()) - max(row.at for row in rows) > SILENT
        return {row.name: _result(row) for row in rows if not (is_over and row.state == "waiting")}

    def begin(self, names: Iterable[str]) -> bool:
        """Has these tests wait; False, without effect, while others do."""
        if any(one.state == "waiting" for one in self.all().values()):
            return False
        wanted = [*dict.fromkeys(names)]
        rows = [{"name": name, "at": to_naive_utc(now()), "state": "waiting", "turns": {}} for name in wanted]
        with self._database.writing("begin tests") as connection:
            old = test_results.c.name.in_(wanted) | (test_results.c.state == "waiting")
            connection.execute(delete(test_results).where(old))
            if rows:
                connection.execute(insert(test_results), rows)
        return True

    def waits(self, name: str) -> bool:
        """Whether a test is still to be played."""
        query = select(test_results.c.state).where(test_results.c.name == name)
        with self._database.reading("read a result") as connection:
            return bool(connection.execute(query).scalar() == "waiting")

    def note(self, name: str, result: Result) -> None:
        """The result of a test that waited or was played."""
        values = {"at": to_naive_utc(now()), "state": "played", "turns": _as_json(result)}
        with self._database.writing("note a result") as connection:
            connection.execute(update(test_results).where(test_results.c.name == name).values(values))

    def stop(self) -> None:
        """Plays no more; results stay."""
        with self._database.writing("stop tests") as connection:
            connection.execute(delete(test_results).where(test_results.c.state == "waiting"))

    def forget(self, name: str) -> None:
        """Deletes a result."""
        with self._database.writing("delete a result") as connection:
            connection.execute(delete(test_results).where(test_results.c.name == name))


def _wanted(expected: Expected) -> str:
    return f"faq/{expected.topic}" if expected.topic else (expected.response or "").removeprefix("utter_")


def _as_json(result: Result) -> dict[str, Any]:
    return {
        "problem": result.problem,
        "turns": [{name: _plain(turn, name) for name in _FIELDS} for turn in result.turns],
    }


_FIELDS: Final = ("said", "expected", "wanted", "replies", "bot", "problems")


def _plain(turn: Turn, name: str) -> Any:
    value = getattr(turn, name)
    return value if isinstance(value, str) else list(value)


def _result(row: Any) -> Result:
    turns = [Turn(**turn) for turn in row.turns.get("turns", ())]
    return Result(row.state, turns, row.turns.get("problem", ""))
