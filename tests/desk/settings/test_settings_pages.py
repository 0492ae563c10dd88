"""Settings over HTTP: a change is checked, in use at once, on record, and taken back."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest

from desk.conftest import DeskOf
from lamoon.studio import live as live_module


@pytest.fixture(autouse=True)
def _seen_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_module, "LOOK_SECONDS", 0.0)


def file_of(desk: DeskOf) -> Path:
    return desk.front.settings.studio


def seen(desk: DeskOf, section: str) -> str:
    found = re.search(r'name="seen" value="(\w+)"', desk.owner.get(f"/desk/settings/{section}").text)
    assert found
    return found[1]


def test_a_price_is_changed_in_use_recorded_and_taken_back(desk: DeskOf) -> None:
    before = file_of(desk).read_text(encoding="utf-8")
    fields = {"service_name": "Myofascial release", "service_minutes": "60", "service_price": "from $125"}
    done = desk.owner.post("/desk/settings/services", seen=seen(desk, "services"), **fields)
    assert done.status_code == 303
    assert desk.front.parts.studio.prices_sentence().count("from $125") == 1
    shown = desk.owner.get(done.headers["location"]).text
    assert "in use at once" in shown
    assert "from $125" in shown
    overview = desk.owner.get("/desk/settings").text
    number = re.search(r"/desk/settings/undo/(\d+)", overview)
    assert number
    assert desk.owner.post(f"/desk/settings/undo/{number[1]}").status_code == 303
    assert file_of(desk).read_text(encoding="utf-8") == before
    actions = [entry.action for entry in desk.front.desk.audit.latest(10)]
    assert "settings.save" in actions
    assert "settings.undo" in actions


def test_a_mistake_keeps_what_was_typed_and_says_what_is_expected(desk: DeskOf) -> None:
    before = file_of(desk).read_text(encoding="utf-8")
    refused = desk.owner.post("/desk/settings/hours", seen=seen(desk, "hours"), monday="9-5")
    assert refused.status_code == 422
    assert "leaves open which half of the day it is" in refused.text
    assert "line" not in re.findall(r'role="alert">([^<]*)<', refused.text)[0]
    assert 'value="9-5"' in refused.text
    assert file_of(desk).read_text(encoding="utf-8") == before


def test_a_page_that_is_old_changes_nothing(desk: DeskOf) -> None:
    version = seen(desk, "contact")
    desk.owner.post("/desk/settings/contact", seen=version, name="First")
    late = desk.owner.post("/desk/settings/contact", seen=version, name="Second")
    assert (late.status_code, "changed meanwhile" in late.text) == (422, True)
    assert desk.front.parts.studio.name == "First"


def test_what_visitors_would_read_is_shown_before(desk: DeskOf) -> None:
    fields = {"service_name": "Facial", "service_minutes": "", "service_price": "$90"}
    assert "Facial: $90" in desk.owner.post("/desk/settings/services/look", **fields).text
    assert "$90" not in desk.front.parts.studio.prices_sentence()


def test_settings_are_an_owners(desk: DeskOf) -> None:
    assert desk.staff.get("/desk/settings").status_code == 403
    assert desk.staff.post("/desk/settings/contact", name="x").status_code == 403
    assert "/desk/settings" not in desk.staff.get("/desk/review").text


def test_a_file_that_cannot_be_written_says_so(desk: DeskOf, monkeypatch: pytest.MonkeyPatch) -> None:
    version = seen(desk, "contact")

    def refuse(path: Path, text: str) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("lamoon.storage.documents.write_text", refuse)
    refused = desk.owner.post("/desk/settings/contact", seen=version, name="Other")
    assert (refused.status_code, "may not write studio.yml" in refused.text) == (422, True)
    assert "Nothing was changed here yet" in desk.owner.get("/desk/settings").text


@pytest.mark.parametrize(
    "section", ["contact", "hours", "closed", "services", "times", "chat", "emergency", "calendar"]
)
def test_saving_a_section_as_it_is_changes_nothing(desk: DeskOf, section: str) -> None:
    before = file_of(desk).read_text(encoding="utf-8")
    page = desk.owner.get(f"/desk/settings/{section}").text
    form = page[page.index('id="section"') :]
    fields: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input [^>]*name="(\w+)" value="([^"]*)"', form):
        fields.setdefault(name, []).append(value)
    for name, value in re.findall(r'<textarea [^>]*name="(\w+)"[^>]*>([^<]*)</textarea>', form):
        fields.setdefault(name, []).append(value)
    for name, options in re.findall(r'<select [^>]*name="(\w+)">(.*?)</select>', form, re.DOTALL):
        fields[name] = re.findall(r'value="(\w*)" selected', options)
    plain = {name: [*map(html.unescape, values)] for name, values in fields.items()}
    done = desk.owner.http.post(f"/desk/settings/{section}", data=plain)
    assert done.status_code == 303, done.text
    assert file_of(desk).read_text(encoding="utf-8") == before
