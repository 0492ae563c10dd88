"""Lessons and publications: what is planned, what is live, and the way back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from lamoon.storage.database import Database
from lamoon.storage.time import now, to_naive_utc
from lamoon.teaching.lessons import SILENT, Lesson, LessonError, Lessons

BIKES = Lesson("question", "out_of_scope/bikes", "Bikes", "A rack.", ("bike?",), staff="Olivia")
RACK = Lesson("wordings", "out_of_scope/bikes", "Bikes", wordings=("rack?",), staff="Olivia")
COST = Lesson("answer", "faq/cost", "Cost", "Ask us.", staff="Olivia")


@pytest.fixture
def lessons(tmp_path: Path) -> Iterator[Lessons]:
    database = Database(f"sqlite:///{tmp_path / 'lessons.db'}")
    yield Lessons(database)
    database.close()


def publish(lessons: Lessons, model: str = "m") -> int:
    number = lessons.begin("Olivia")
    lessons.note(number, state="ready", model=model)
    lessons.went_live(number)
    return number


def texts(found: list[Lesson]) -> list[str]:
    return [one.text for one in found]


def test_a_draft_goes_live_and_a_newer_one_takes_its_place(lessons: Lessons) -> None:
    lessons.save(BIKES)
    assert lessons.live() == []
    publish(lessons)
    assert (texts(lessons.live()), lessons.drafts()) == (["A rack."], [])
    lessons.save(replace(BIKES, text="Two racks."))
    assert (texts(lessons.live()), texts(lessons.planned())) == (["A rack."], ["Two racks."])
    publish(lessons)
    assert texts(lessons.live()) == ["Two racks."]


def test_saving_again_keeps_one_draft(lessons: Lessons) -> None:
    lessons.save(BIKES)
    lessons.save(replace(BIKES, text="Other."))
    assert texts(lessons.drafts()) == ["Other."]


def test_what_is_taken_out_leaves_with_the_next_publication(lessons: Lessons) -> None:
    lessons.save(BIKES)
    lessons.save(COST)
    publish(lessons)
    lessons.drop(lessons.live()[0].id)
    assert (texts(lessons.live()), texts(lessons.planned())) == (["A rack.", "Ask us."], ["Ask us."])
    publish(lessons)
    assert texts(lessons.live()) == ["Ask us."]


def test_the_wordings_of_a_question_leave_and_stay_with_it(lessons: Lessons) -> None:
    lessons.save(BIKES)
    lessons.save(COST)
    lessons.save(RACK)
    publish(lessons)
    lessons.save(replace(RACK, wordings=("stand?",)))
    question = lessons.live()[0].id
    lessons.drop(question)
    assert (texts(lessons.planned()), lessons.drafts()) == (["Ask us."], [])
    lessons.drop(question)
    assert [one.wordings for one in lessons.planned() if one.kind == "wordings"] == [("rack?",), ("stand?",)]
    assert [one.wordings for one in lessons.drafts()] == [("stand?",)]
    lessons.drop(question)
    publish(lessons)
    assert (texts(lessons.live()), lessons.drafts(), lessons.leaving()) == (["Ask us."], [], set())


def test_a_new_draft_of_a_question_keeps_its_wordings(lessons: Lessons) -> None:
    lessons.save(BIKES)
    lessons.save(RACK)
    publish(lessons)
    draft = lessons.save(replace(BIKES, text="Two racks."))
    lessons.drop(draft)
    assert texts(lessons.planned()) == ["A rack.", ""]


def test_going_back_keeps_the_work_as_drafts(lessons: Lessons) -> None:
    lessons.save(BIKES)
    first = publish(lessons)
    lessons.save(COST)
    publish(lessons)
    lessons.went_back(first)
    assert (texts(lessons.live()), texts(lessons.drafts())) == (["A rack."], ["Ask us."])
    lessons.went_back(None)
    assert lessons.live() == []


def test_one_publication_at_a_time(lessons: Lessons) -> None:
    lessons.save(BIKES)
    lessons.begin("Olivia")
    with pytest.raises(LessonError, match="being prepared already"):
        lessons.begin("Sam")


def test_a_publication_whose_process_is_gone_has_failed(lessons: Lessons) -> None:
    lessons.save(BIKES)
    number = lessons.begin("Olivia")
    lessons.note(number, beat_at=to_naive_utc(now() - SILENT - timedelta(seconds=1)))
    latest = lessons.latest()
    assert latest
    assert (latest.state, "interrupted" in latest.problems[0]) == ("failed", True)
    assert texts(lessons.drafts()) == ["A rack."]
