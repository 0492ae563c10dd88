"""Teaching over HTTP: what may be kept, who may publish, and what an engineer gets."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest

from desk.conftest import DeskOf
from lamoon.desk.teaching.teaching import Teaching
from lamoon.teaching.collisions import PhraseIndex
from lamoon.teaching.lessons import Lessons
from lamoon.teaching.phrases import TrainingPhrases
from lamoon.text.clean import phrase_key

PHRASES = {"where do i leave my car": "out_of_scope/parking", "does it hurt?": "faq/does_it_hurt"}
WAYS = "bike rack?\nwhere can i lock my bicycle\nspace for bikes\nis there a stand for cycles\ncycling to you, where to put it"
BIKES = {
    "kind": "question",
    "title": "Do you have a rack for bikes?",
    "text": "Yes, behind the house.",
    "wordings": WAYS,
}


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> PhraseIndex:
    """The real encoder over two phrases."""
    texts = {phrase_key(text): text for text in PHRASES}
    labels = {phrase_key(text): label for text, label in PHRASES.items()}
    return PhraseIndex(TrainingPhrases(Path(), labels, texts), tmp_path_factory.mktemp("vectors"))


@pytest.fixture(autouse=True)
def _small_index(index: PhraseIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Teaching, "index", lambda self: index)


def lessons(desk: DeskOf) -> Lessons:
    return Lessons(desk.front.parts.bookings.database)


def keep(desk: DeskOf, **fields: Any) -> Any:
    return desk.staff.post("/desk/teach/save", **(BIKES | fields))


def test_a_question_of_the_studio_is_kept_with_its_author(desk: DeskOf) -> None:
    assert keep(desk).status_code == 303
    (draft,) = lessons(desk).drafts()
    assert (draft.label, draft.staff, len(draft.wordings)) == ("out_of_scope/do_you_have_a_rack_for_bikes", "Sam", 5)
    shown = desk.staff.get("/desk/teach").text
    assert "Do you have a rack for bikes?" in shown
    assert "Stated by the studio: Sam" in " ".join(shown.split())


def test_an_invented_number_is_not_kept_unless_it_is_stated(desk: DeskOf) -> None:
    refused = keep(desk, text="Yes, a rack for 40 bikes.")
    assert (refused.status_code, "“40” is neither in the guide" in refused.text) == (422, True)
    assert lessons(desk).drafts() == []
    assert keep(desk, text="Yes, a rack for 40 bikes.", stated="40").status_code == 303
    assert lessons(desk).drafts()[0].stated == ("40",)


def test_a_medical_claim_asks_who_answers_for_it(desk: DeskOf) -> None:
    refused = keep(desk, text="Yes, and cycling treats sciatica.")
    assert (refused.status_code, "medically right" in refused.text) == (422, True)


def test_a_wording_of_another_topic_is_refused_by_name(desk: DeskOf) -> None:
    refused = keep(desk, wordings=f"{WAYS}\nWhere do I leave my car?")
    assert refused.status_code == 422
    assert "asks for another answer already: Not in the guide: parking" in refused.text


def test_what_is_typed_is_looked_at_at_once(desk: DeskOf) -> None:
    seen = desk.staff.post("/desk/teach/look", **(BIKES | {"wordings": "where do i leave my car"}))
    assert seen.status_code == 200
    assert re.search(r"another answer already.*parking", seen.text)
    assert "Please add 4 more ways" in seen.text


def test_an_answer_of_the_guide_is_edited(desk: DeskOf) -> None:
    form = desk.staff.get("/desk/teach/edit", kind="answer", label="faq/cost")
    assert "a tool" in form.text
    done = desk.staff.post(
        "/desk/teach/save", kind="answer", label="faq/cost", text="A session costs more than a tool."
    )
    assert done.status_code == 303
    assert lessons(desk).drafts()[0].title == "How does the cost compare?" or lessons(desk).drafts()[0].title


def test_only_an_owner_prepares_and_publishes(desk: DeskOf) -> None:
    keep(desk)
    for path in ("prepare", "decide", "back"):
        assert desk.staff.post(f"/desk/teach/{path}").status_code == 403
    assert desk.owner.post("/desk/teach/decide", do="publish").status_code == 409


def test_nothing_changed_is_nothing_to_publish(desk: DeskOf) -> None:
    assert "Nothing has changed" in desk.owner.post("/desk/teach/prepare").text


def test_an_engineer_gets_files_and_a_patch(desk: DeskOf) -> None:
    keep(desk)
    packed = zipfile.ZipFile(io.BytesIO(desk.staff.post("/desk/teach/export", **{"as": "files"}).content))
    assert packed.namelist() == ["data/responses/studio.yml", "data/nlu/studio.yml"]
    assert "+    - bike rack?" in desk.staff.post("/desk/teach/export", **{"as": "patch"}).text


def test_a_search_finds_answers_by_word(desk: DeskOf) -> None:
    shown = desk.staff.get("/desk/teach", find="towel zanzibar").text
    assert "No answer has these words" in shown
    assert "paying for" in desk.staff.get("/desk/teach", find="expertise").text
