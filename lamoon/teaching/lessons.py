"""Lessons and publications in the database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal, get_args

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.engine import Connection

from lamoon.errors import LamoonError
from lamoon.storage.database import Database
from lamoon.storage.desk_tables import lessons, publications
from lamoon.storage.time import now, to_naive_utc

Kind = Literal["answer", "fact", "question", "wordings"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
State = Literal["working", "ready", "live", "past", "failed", "dropped"]
"""Of a publication: being made, ready to be tried, answering now, answered before, or it never did."""
_PLANNED: Final = ("draft", "kept")
"""States of lessons that the next publication holds."""
OPEN: Final[tuple[State, ...]] = ("working", "ready")
SILENT: Final = timedelta(seconds=90)
"""After so long without a sign of the process that makes it, a publication is given up."""


class LessonError(LamoonError):
    """A lesson or publication cannot be changed like this; the message says why."""


@dataclass(frozen=True)
class Lesson:
    """One thing that the studio taught.

    Attributes:
        kind: a new text for an answer or a fact, a question of the studio's own, or more wordings of a label.
        label: the topic or kind that it belongs to ("faq/cost"); of a fact its id ("cost/paying_for").
        title: what the desk calls it.
        text: the answer; empty for wordings.
        wordings: example questions.
        stated: amounts and health claims in the text that the author states as the studio's own.
        staff: the author.
        at: when, in UTC.
    """

    kind: Kind
    label: str
    title: str
    text: str = ""
    wordings: tuple[str, ...] = ()
    stated: tuple[str, ...] = ()
    staff: str = ""
    at: datetime = field(default_factory=now)
    id: int = 0

    @property
    def replaces(self) -> tuple[str, str]:
        """Of several lessons with the same, the latest counts; wordings add to each other."""
        return (self.kind, f"{self.label} {self.id}" if self.kind == "wordings" else self.label)


@dataclass(frozen=True)
class Publication:
    """An attempt to bring lessons live.

    Attributes:
        step: what is being done, in words for the desk.
        problems: why it failed.
        report: what the checks found, a sentence each.
        lessons: the ids of all lessons in it.
        model, before: file names of its model, and of the one that answered before.
        port: where the new model can be tried while it is ready.
        wish: what the desk asks of the process that makes it: "publish" or "drop".
    """

    number: int
    staff: str
    at: datetime
    state: State
    step: str
    problems: tuple[str, ...]
    report: tuple[str, ...]
    lessons: tuple[int, ...]
    model: str
    before: str
    port: int
    wish: str
    seconds: int

    @property
    def is_open(self) -> bool:
        """Whether a process is making it, or holds it ready."""
        return self.state in OPEN


class Lessons:
    """The lessons and publications of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, lesson_id: int) -> Lesson:
        """A lesson. Raises LessonError."""
        with self._database.reading("read a lesson") as connection:
            row = connection.execute(select(lessons).where(lessons.c.id == lesson_id)).first()
        if row is None:
            raise LessonError("This change no longer exists.")
        return _lesson(row)

    def drafts(self) -> list[Lesson]:
        """Lessons that never went live, oldest first."""
        return self._where(lessons.c.state == "draft")

    def live(self) -> list[Lesson]:
        """The lessons that the assistant answers with now."""
        found = self.current()
        return self._where(lessons.c.id.in_(found.lessons)) if found and found.lessons else []

    def leaving(self) -> set[int]:
        """The ids of live lessons that the next publication leaves out."""
        return {one.id for one in self._where(lessons.c.state == "leaving")}

    def planned(self) -> list[Lesson]:
        """The lessons of the next publication: the live ones that stay, and the drafts in their place or beside them."""
        leaving = self.leaving()
        found = {one.replaces: one for one in self.live() if one.id not in leaving}
        return [*(found | {one.replaces: one for one in self.drafts()}).values()]

    def save(self, lesson: Lesson) -> int:
        """Stores a lesson as a draft, in place of an earlier draft of the same; its id. Live ones stay as they are."""
        row = {
            "kind": lesson.kind,
            "label": lesson.label,
            "title": lesson.title,
            "text": lesson.text,
            "wordings": list(lesson.wordings),
            "stated": list(lesson.stated),
            "staff": lesson.staff,
            "at": to_naive_utc(lesson.at),
            "state": "draft",
        }
        with self._database.writing("keep a lesson") as connection:
            same = (lessons.c.state == "draft") & (
                lessons.c.id == lesson.id
                if lesson.kind == "wordings"
                else (lessons.c.kind == lesson.kind) & (lessons.c.label == lesson.label)
            )
            connection.execute(delete(lessons).where(same))
            return int(connection.execute(insert(lessons).values(row)).inserted_primary_key[0])

    def drop(self, lesson_id: int) -> None:
        """Deletes a draft; a live lesson leaves with the next publication, or stays after all. The wordings of a question
        go where it goes. Raises LessonError.
        """
        current = self.current()
        with self._database.writing("drop a lesson") as connection:
            row = connection.execute(select(lessons).where(lessons.c.id == lesson_id)).first()
            if row is None:
                raise LessonError("This change no longer exists.")
            same = (lessons.c.kind == "question") & (lessons.c.label == row.label) & (lessons.c.id != row.id)
            others = connection.execute(select(lessons.c.id).where(same, lessons.c.state.in_(_PLANNED))).first()
            theirs = lessons.c.id == row.id
            if row.kind == "question" and not others:
                theirs |= (lessons.c.kind == "wordings") & (lessons.c.label == row.label)
            if row.state == "draft":
                connection.execute(delete(lessons).where(theirs, lessons.c.state == "draft"))
            elif row.state == "leaving":
                was_live = lessons.c.id.in_(current.lessons if current else ())
                back = update(lessons).where(theirs, lessons.c.state == "leaving")
                connection.execute(back.where(was_live).values(state="kept"))
                connection.execute(back.where(~was_live).values(state="draft"))
            else:
                connection.execute(update(lessons).where(theirs, lessons.c.state.in_(_PLANNED)).values(state="leaving"))

    # Publications

    def current(self) -> Publication | None:
        """The publication that answers now; None for the assistant as it came."""
        return next(iter(self._publications(publications.c.state == "live")), None)

    def latest(self) -> Publication | None:
        """The latest one, whatever became of it; one whose process gave no sign for long has failed."""
        found = next(iter(self._publications()), None)
        if found and found.is_open and not self._is_alive(found.number):
            self.note(found.number, state="failed", problems=["The work was interrupted. Nothing was changed."])
            return next(iter(self._publications()), None)
        return found

    def history(self, limit: int = 20) -> Sequence[Publication]:
        """The latest publications that went live, newest first."""
        return self._publications(publications.c.state.in_(("live", "past")))[:limit]

    def publication(self, number: int) -> Publication:
        """One of them. Raises LessonError."""
        found = next(iter(self._publications(publications.c.number == number)), None)
        if found is None:
            raise LessonError("There is no such publication.")
        return found

    def begin(self, staff: str) -> int:
        """A new publication of what is planned; its number. Raises LessonError while another is being made."""
        latest = self.latest()
        if latest and latest.is_open:
            raise LessonError("Changes are being prepared already. Please wait until that is done.")
        ids = [one.id for one in self.planned()]
        moment = to_naive_utc(now())
        row: dict[str, Any] = {"staff": staff, "at": moment, "beat_at": moment, "state": "working", "lessons": ids}
        row |= {"step": "", "problems": [], "report": [], "model": "", "before": "", "port": 0, "wish": ""}
        with self._database.writing("begin a publication") as connection:
            return int(connection.execute(insert(publications).values(row)).inserted_primary_key[0])

    def lessons_of(self, publication: Publication) -> list[Lesson]:
        """The lessons in a publication, oldest first."""
        return self._where(lessons.c.id.in_(publication.lessons)) if publication.lessons else []

    def note(self, number: int, **values: Any) -> None:
        """Writes fields of a publication, and that its process is alive."""
        with self._database.writing("note a publication") as connection:
            _note(connection, number, values)

    def went_live(self, number: int) -> None:
        """The publication answers now: its lessons are no drafts any more, and the one before is past."""
        with self._database.writing("note a publication") as connection:
            connection.execute(update(publications).where(publications.c.state == "live").values(state="past"))
            _note(connection, number, {"state": "live", "step": "", "port": 0})
            _settle(connection, number)

    def went_back(self, number: int | None) -> None:
        """An earlier publication answers again (None: the assistant as it came); what is not in it is a draft again."""
        with self._database.writing("note a publication") as connection:
            connection.execute(update(publications).where(publications.c.state == "live").values(state="past"))
            if number is not None:
                _note(connection, number, {"state": "live"})
            _settle(connection, number)

    def _is_alive(self, number: int) -> bool:
        query = select(publications.c.beat_at).where(publications.c.number == number)
        with self._database.reading("read a publication") as connection:
            beat = connection.execute(query).scalar()
        return beat is not None and abs(to_naive_utc(now()) - beat) < SILENT

    def _where(self, condition: Any) -> list[Lesson]:
        with self._database.reading("read lessons") as connection:
            return [_lesson(row) for row in connection.execute(select(lessons).where(condition).order_by(lessons.c.id))]

    def _publications(self, condition: Any = None) -> list[Publication]:
        query = select(publications).order_by(publications.c.number.desc()).limit(50)
        with self._database.reading("read publications") as connection:
            rows = connection.execute(query if condition is None else query.where(condition)).all()
        return [_publication(row) for row in rows]


def _note(connection: Connection, number: int, values: Mapping[str, Any]) -> None:
    fields = {"beat_at": to_naive_utc(now())} | dict(values)
    connection.execute(update(publications).where(publications.c.number == number).values(fields))


def _settle(connection: Connection, number: int | None) -> None:
    """The lessons of the publication that is live are kept, drafts written since stay drafts; the others are past.

    Going back makes a draft of what the publication before had more, so that nobody has to write it again.
    """
    query = select(publications.c.lessons).where(publications.c.number == number)
    inside: Iterable[int] = (connection.execute(query).scalar() or []) if number is not None else []
    connection.execute(update(lessons).where(lessons.c.id.in_([*inside])).values(state="kept"))
    newest = connection.execute(select(func.max(publications.c.number))).scalar()
    if number != newest:
        lost = update(lessons).where(lessons.c.id.not_in([*inside]), lessons.c.state.in_(("kept", "leaving")))
        later = select(publications.c.lessons).where(publications.c.number == newest)
        connection.execute(lost.where(lessons.c.id.in_(connection.execute(later).scalar() or [])).values(state="draft"))
    rest = update(lessons).where(lessons.c.id.not_in([*inside]), lessons.c.state.in_(("kept", "leaving")))
    connection.execute(rest.values(state="past"))


def _lesson(row: Any) -> Lesson:
    return Lesson(
        row.kind,
        row.label,
        row.title,
        row.text,
        tuple(row.wordings),
        tuple(row.stated),
        row.staff,
        row.at.replace(tzinfo=UTC),
        row.id,
    )


def _publication(row: Any) -> Publication:
    return Publication(
        row.number,
        row.staff,
        row.at.replace(tzinfo=UTC),
        row.state,
        row.step,
        tuple(row.problems),
        tuple(row.report),
        tuple(row.lessons),
        row.model,
        row.before,
        row.port,
        row.wish,
        max(0, round((row.beat_at - row.at).total_seconds())),
    )
