"""A publication's process: what must not go live does not, and what became of it is in the database.

The refusals need no training. A real publication takes minutes: LAMOON_TEST_PUBLISH=1 runs it, and so does the benchmark
(tools/bench/publish.py), which publishes under load.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from lamoon.launch import publish
from lamoon.launch.publish import Publisher, RefusedError, check_lessons
from lamoon.project import PROJECT
from lamoon.settings import Settings, load_settings
from lamoon.storage.database import Database
from lamoon.teaching.collisions import PhraseIndex
from lamoon.teaching.lessons import Lesson, Lessons
from lamoon.teaching.phrases import TrainingPhrases
from lamoon.teaching.trial import Comparison, compare

WAYS = ("bike rack?", "where can i lock my bicycle")
BIKES = Lesson("question", "out_of_scope/bikes", "Bikes", "Yes, behind the house.", WAYS, staff="Olivia")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings({"LAMOON_DATA": str(tmp_path), "LAMOON_STUDIO": str(PROJECT / "tests/scenarios/studio.yml")})


@pytest.fixture
def lessons(settings: Settings) -> Iterator[Lessons]:
    database = Database(settings.database_url.reveal())
    yield Lessons(database)
    database.close()


@pytest.fixture(scope="module")
def phrases(tmp_path_factory: pytest.TempPathFactory) -> PhraseIndex:
    """The real encoder over one phrase."""
    known = TrainingPhrases(
        Path(), {"where do i park my car": "out_of_scope/parking"}, {"where do i park my car": "where do i park my car"}
    )
    return PhraseIndex(known, tmp_path_factory.mktemp("vectors"))


def refused(settings: Settings, phrases: PhraseIndex, *lessons: Lesson) -> list[str]:
    with pytest.raises(RefusedError) as error:
        check_lessons(lessons, settings, lambda: phrases)
    return error.value.problems


def test_a_good_lesson_passes(settings: Settings, phrases: PhraseIndex) -> None:
    check_lessons([BIKES], settings, lambda: phrases)


@pytest.mark.parametrize(
    ("lesson", "why"),
    [
        (Lesson("question", "out_of_scope/x", "Bikes", "Yes, for 40 bikes and more."), "“40” is neither in the guide"),
        (Lesson("answer", "faq/cost", "Cost", "A session costs $75."), "“$75” is neither in the guide"),
        (Lesson("question", "out_of_scope/x", "Bikes", "Ask {nobody} at the desk."), "Curly brackets"),
        (Lesson("question", "out_of_scope/x", "Bikes", ""), "needs a sentence"),
        (Lesson("question", "out_of_scope/x", "Back", "Our massage treats sciatica."), "claims something about health"),
        (Lesson("question", "out_of_scope/x", "Back", "It will cure your back."), "is a promise"),
        (
            Lesson("question", "out_of_scope/x", "Cars", "Yes, of course.", ("Where do I park my car?",)),
            "is as good as “where do i park my car”",
        ),
    ],
)
def test_what_must_not_go_live_is_refused(settings: Settings, phrases: PhraseIndex, lesson: Lesson, why: str) -> None:
    assert any(why in problem for problem in refused(settings, phrases, lesson))


def test_two_lessons_with_the_same_wording_collide(settings: Settings, phrases: PhraseIndex) -> None:
    other = Lesson("question", "out_of_scope/other", "Cycles", "No, sorry, we have none.", WAYS[:1])
    assert "“bike rack?”" in refused(settings, phrases, BIKES, other)[0]


def test_a_refused_publication_says_why_and_changes_no_model(
    settings: Settings, lessons: Lessons, phrases: PhraseIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publish, "PhraseIndex", lambda *_: phrases)
    lessons.save(Lesson("question", "out_of_scope/x", "Bikes", "Yes, for 40 bikes.", WAYS, staff="Olivia"))
    number = lessons.begin("Olivia")
    database = Database(settings.database_url.reveal())
    assert Publisher(settings, database, number).run() is False
    database.close()
    found = lessons.publication(number)
    assert (found.state, "“40”" in found.problems[0], found.model) == ("failed", True, "")
    assert [one.text for one in lessons.drafts()] == ["Yes, for 40 bikes."]


class _Read:
    """Reads as it is told."""

    def __init__(self, labels: dict[str, tuple[str, str]]) -> None:
        self.labels = labels

    async def reading(self, text: str) -> object:
        from lamoon.rasa_client import Reading

        label, outcome = self.labels.get(text, ("greet", "none"))
        return Reading(label, 0.9, outcome)


async def test_a_model_that_takes_a_question_away_does_not_go_live() -> None:
    now = _Read({"do you sell oil": ("out_of_scope/shop", "none"), "i have a fever": ("inform", "warn")})
    new = _Read({"do you sell oil": (BIKES.label, "none"), "i have a fever": ("inform", "none")})
    new.labels |= dict.fromkeys(WAYS[:1], (BIKES.label, "none"))
    what = Comparison([BIKES], [("do you sell oil", "out_of_scope/shop")], ["i have a fever"])
    await compare(what, now, new)  # type: ignore[arg-type]
    assert [problem.split("”")[0] for problem in what.problems] == [
        "“Bikes",
        "“do you sell oil",
        "The warnings would change, for example at “i have a fever",
    ]


def test_there_is_nothing_to_take_back_at_first(settings: Settings) -> None:
    env = {key: value for key, value in os.environ.items() if not key.startswith("LAMOON_")}
    words = (sys.executable, "-W", "ignore", "-m", "lamoon.launch.take_back")
    env |= {"LAMOON_DATA": str(settings.data)}
    done = subprocess.run(words, cwd=PROJECT, env=env, capture_output=True, text=True, check=False)
    assert (done.returncode, "no publication to take back" in done.stderr) == (
        1,
        True,
    )


@pytest.mark.skipif(not os.environ.get("LAMOON_TEST_PUBLISH"), reason="takes minutes: LAMOON_TEST_PUBLISH=1 runs it")
def test_a_question_goes_live_and_back_while_visitors_write() -> None:
    words = (sys.executable, "-W", "ignore", "-m", "tools.bench.publish", "--times", "1", "--visitors", "2")
    env = os.environ | {"PYTHONPATH": f"{PROJECT}:{PROJECT / 'tests'}"}
    done = subprocess.run(words, cwd=PROJECT, env=env, capture_output=True, text=True, check=False)
    assert "0 lost, 0 answered twice" in done.stdout, done.stdout + done.stderr
