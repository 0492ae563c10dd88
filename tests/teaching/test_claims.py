"""What an answer may say: the guide's, studio.yml's, or what its author states."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from lamoon.knowledge import load_facts
from lamoon.knowledge.article_index import load_index
from lamoon.knowledge.provenance import load_provenance, load_responses
from lamoon.project import PROJECT
from lamoon.studio import Studio, load_studio
from lamoon.teaching.claims import Finding, read_answer, support_of, unanswered
from lamoon.teaching.lessons import Lesson

PROVENANCE = load_provenance(PROJECT / "data" / "provenance.yml")
INDEX, FACTS = load_index(), load_facts()


@pytest.fixture
def studio(settings_of_test: Path) -> Studio:
    return load_studio(settings_of_test.parent / "studio.yml")


def findings(studio: Studio, text: str, kind: str = "question", label: str = "out_of_scope/bikes") -> list[Finding]:
    lesson = Lesson(kind, label, "Bikes", text)  # type: ignore[arg-type]
    return read_answer(lesson, support_of(lesson, PROVENANCE, FACTS, INDEX, studio), studio.facts())


def kinds(found: list[Finding]) -> list[tuple[str, str]]:
    return [(one.kind, one.said) for one in found]


def test_an_invented_number_is_found(studio: Studio) -> None:
    assert kinds(findings(studio, "You can cancel up to 24 hours before.")) == [("amount", "24 hours")]
    assert kinds(findings(studio, "It costs $95 for everyone.")) == [("amount", "$95")]
    assert kinds(findings(studio, "Bring two towels and be there early.")) == [("amount", "two")]


def test_numbers_of_the_settings_and_of_the_guide_are_backed(studio: Studio) -> None:
    assert findings(studio, "A session takes 60 minutes and costs from $110.") == []
    guide = "The pressure is held for 3 to 5 minutes or longer, until the tissue softens."
    assert findings(studio, guide, "answer", "faq/how_it_works") == []
    assert kinds(findings(studio, guide)) == [("amount", "5 minutes")] or findings(studio, guide)


def test_what_the_author_states_is_answered_for_and_only_that(studio: Studio) -> None:
    found = findings(studio, "You can cancel up to 24 hours before, later we charge $40.")
    lesson = Lesson("question", "out_of_scope/cancel", "Cancel", "", stated=("24 hours",))
    assert kinds(unanswered(lesson, found)) == [("amount", "$40")]


def test_a_medical_claim_raises_a_question(studio: Studio) -> None:
    (found,) = findings(studio, "Come by bike. Our massage treats arthritis and sciatica.")
    assert (found.kind, found.said) == ("health", "Our massage treats arthritis and sciatica.")


@pytest.mark.parametrize(
    "text",
    ["", "Yes", "We {promise} it to you all.", "It costs {prices now.", "First part here.\n\nSecond part here."],
)
def test_a_broken_answer_is_wrong(studio: Studio, text: str) -> None:
    assert "wrong" in {one.kind for one in findings(studio, text)}


def test_a_promise_is_wrong_and_cannot_be_stated(studio: Studio) -> None:
    found = findings(studio, "This will cure your back, we promise it.")
    lesson = Lesson("question", "out_of_scope/x", "x", "", stated=tuple(one.said for one in found))
    assert {one.kind for one in unanswered(lesson, found)} == {"wrong"}


def test_every_answer_of_the_guide_passes_as_it_is(studio: Studio) -> None:
    for response in load_responses(PROJECT / "data" / "responses" / "faq.yml"):
        label = response.key.removeprefix("utter_")
        filled = dataclasses.replace(studio)
        assert findings(filled, response.texts[0], "answer", label) == [], label
