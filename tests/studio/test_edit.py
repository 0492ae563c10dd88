"""Changes of studio.yml at the desk: only the section changes, comments stay, and mistakes name themselves."""

from __future__ import annotations

import difflib
import os
from pathlib import Path

import pytest

from lamoon.errors import StudioError
from lamoon.project import PROJECT
from lamoon.settings import load_settings
from lamoon.storage.documents import write_text
from lamoon.studio import live as live_module
from lamoon.studio import live_studio
from lamoon.studio.edit import REPLIES, SECTIONS, changed_text
from lamoon.studio.file import studio_of

TEXT = (PROJECT / "studio.yml").read_text(encoding="utf-8")


def changes(before: str, after: str) -> list[str]:
    lines = difflib.ndiff(before.splitlines(), after.splitlines())
    return [line for line in lines if line[0] in "+-"]


def edited(section: str, text: str = TEXT, **given: list[str]) -> str:
    return changed_text(text, (SECTIONS | {"replies": REPLIES})[section], given)


def test_contact_changes_its_lines_and_no_other() -> None:
    after = edited("contact", name=["La Moon: Soho"], phone=["(212) 555-0147"])
    assert changes(TEXT, after) == [
        "- name: La Moon Massage and Facial",
        "+ name: 'La Moon: Soho'",
        "- phone:",
        "+ phone: (212) 555-0147",
    ]
    assert studio_of(after, "studio.yml").name == "La Moon: Soho"


def test_services_come_change_and_go_with_all_comments_in_place() -> None:
    two = edited(
        "services",
        service_name=["MFR", "Facial", ""],
        service_minutes=["60", "", ""],
        service_price=["from $110", "90", ""],
    )
    assert [service.price for service in studio_of(two, "s").services] == ["from $110", "90"]
    one = edited("services", two, service_name=["MFR"], service_minutes=["60"], service_price=["from $120"])
    assert changes(two, one) == [
        "-     price: from $110",
        "+     price: from $120",
        "-   - name: Facial",
        "-     price: '90'",
    ]
    assert edited("services", one, service_name=[""], service_minutes=[""], service_price=[""]) == TEXT


def test_hours_closed_days_and_replies_are_written() -> None:
    hours = studio_of(edited("hours", monday=["9:00 am - 5:00 pm"], sunday=["closed"]), "s").hours
    assert (hours["monday"].text, hours["sunday"].spans) == ("9:00 am - 5:00 pm", ())
    days = studio_of(edited("closed", closed_days=["2030-12-25\n2030-12-26"]), "s").closed_days
    assert [day.isoformat() for day in days] == ["2030-12-25", "2030-12-26"]
    replies = studio_of(edited("replies", reply_title=["Parking"], reply_text=["Park: behind #1"]), "s").canned_replies
    assert (replies[0].title, replies[0].text) == ("Parking", "Park: behind #1")


def test_emergency_numbers_keep_their_zeros() -> None:
    after = edited("emergency", country=["AU"], of=["AU"], emergency=["000"], crisis=["13 11 14"])
    assert studio_of(after, "s").numbers.emergency == "000"


@pytest.mark.parametrize(
    ("section", "given", "problem"),
    [
        ("hours", {"monday": ["9-5"]}, "leaves open which half of the day"),
        ("contact", {"name": [""]}, "name: is missing"),
        ("contact", {"name": ["x"], "email": ["no mail"]}, "email"),
        ("closed", {"closed_days": ["2030-02-31"]}, "is not a day of the calendar"),
        (
            "services",
            {"service_name": [""], "service_minutes": ["60"], "service_price": [""]},
            "name",
        ),
        ("services", {"service_name": ["A"], "service_minutes": ["an hour"], "service_price": [""]}, "minutes"),
        ("calendar", {"source": ["page"]}, "booking_link"),
    ],
)
def test_a_mistake_names_the_field(section: str, given: dict[str, list[str]], problem: str) -> None:
    with pytest.raises(StudioError, match=problem):
        studio_of(edited(section, **given), "studio.yml")


def test_a_running_process_takes_a_change_up_and_keeps_the_last_good_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_module, "LOOK_SECONDS", 0.0)
    path = tmp_path / "studio.yml"
    path.write_text(TEXT, encoding="utf-8")
    path.chmod(0o640)
    studio = live_studio(load_settings({"LAMOON_STUDIO": str(path), "LAMOON_DATA": str(tmp_path)}))
    write_text(path, edited("contact", name=["New name"]))
    assert (studio.name, studio.facts()["studio_name"]) == ("New name", "New name")
    assert os.stat(path).st_mode & 0o777 == 0o640
    write_text(path, "name: [broken\n")
    assert studio.name == "New name"
    write_text(path, TEXT)
    assert studio.name == "La Moon Massage and Facial"
