"""The health form at the desk: its link is made, sent and replaced, and what was filled in is read by signed-in staff."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from html import unescape

import httpx
import pytest
from scenarios.mailbox import Mailbox
from scenarios.servers import free_port
from web.test_health_form import GOOD, Client, Filled

from desk.conftest import DeskOf
from lamoon.booking import DisclosedCondition
from lamoon.storage.tables import health_forms

Page = Callable[[], str]


@pytest.fixture
def client(desk: DeskOf) -> Client:
    return Client(desk.front)


@pytest.fixture
def place(client: Client) -> str:
    return f"/desk/inbox/requests/{client.reference}"


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    box = Mailbox(free_port())
    box.open()
    yield box
    box.close()


def address_in(page: str) -> str:
    (found,) = re.findall(r'value="(http[^"]+/health-form/[^"]+)"', page)
    return unescape(found)


def last_action(desk: DeskOf) -> tuple[str, str]:
    (entry, *_) = desk.front.desk.audit.latest()
    return entry.action, entry.subject


def test_the_request_says_where_its_form_stands(desk: DeskOf, client: Client, place: str) -> None:
    with client.front.parts.bookings.database.writing("no link yet") as connection:
        connection.exec_driver_sql("DELETE FROM health_form_links")
    assert "Not sent." in desk.staff.get(place).text
    assert desk.staff.post(f"{place}/health-form/link").status_code == 303
    assert last_action(desk) == ("request.health_form_link", client.reference)
    client.path = address_in(desk.staff.get(place).text).removeprefix(desk.front.url)
    desk.staff.post(f"{place}/health-form/mark-sent")
    assert "not filled in yet" in desk.staff.get(place).text
    assert client.send().status_code == 200
    assert "Filled in on" in desk.staff.get(place).text


def test_a_message_to_the_team_has_no_form(desk: DeskOf) -> None:
    other = Client(desk.front, kind="handoff", screening="not_asked")
    assert "Health form" not in desk.staff.get(f"/desk/inbox/requests/{other.reference}").text


def test_the_link_is_sent_by_e_mail(desk: DeskOf, client: Client, place: str, mailbox: Mailbox) -> None:
    assert "No mail server is set" in desk.staff.get(place).text
    settings = desk.front.parts.settings
    there = {"smtp_host": "127.0.0.1", "smtp_port": mailbox.port, "smtp_security": "none"}
    object.__setattr__(desk.front.parts, "settings", replace(settings, **there, smtp_from="desk@lamoon.example"))
    assert desk.staff.post(f"{place}/health-form/send").status_code == 303
    (mail,) = mailbox.client_mails
    assert mail["To"] == "rose@example.com"
    text = mail.get_content()
    (link,) = re.findall(r"http\S+/health-form/\S+", text)
    assert link == address_in(desk.staff.get(place).text)
    assert "911" in text
    assert "not filled in yet" in desk.staff.get(place).text
    assert last_action(desk) == ("request.send_health_form", client.reference)


def test_an_e_mail_that_is_not_accepted_is_said_and_the_link_is_not_called_sent(
    desk: DeskOf, client: Client, place: str
) -> None:
    settings = desk.front.parts.settings
    there = {"smtp_host": "127.0.0.1", "smtp_port": free_port(), "smtp_security": "none"}
    object.__setattr__(desk.front.parts, "settings", replace(settings, **there, smtp_from="desk@lamoon.example"))
    answer = desk.staff.post(f"{place}/health-form/send")
    assert answer.status_code == 503
    assert "copy it and send it yourself" in answer.text
    assert "Not sent." in desk.staff.get(place).text


@pytest.mark.parametrize(("visit_at", "said"), [("soon", "not a date and time"), ("2020-01-01T10:00", "has passed")])
def test_a_wrong_visit_is_said_and_kept(desk: DeskOf, client: Client, place: str, visit_at: str, said: str) -> None:
    answer = desk.staff.post(f"{place}/health-form/link", visit_at=visit_at)
    assert answer.status_code == 422
    assert said in answer.text
    assert f'value="{visit_at}"' in answer.text


def test_a_replaced_link_opens_nothing(desk: DeskOf, client: Client, place: str) -> None:
    assert desk.staff.post(f"{place}/health-form/replace-link").status_code == 303
    assert client.open().status_code == 410
    client.path = address_in(desk.staff.get(place).text).removeprefix(desk.front.url)
    assert client.open().status_code == 200


def test_the_form_is_read_by_signed_in_staff_only_and_each_time_is_recorded(
    desk: DeskOf, client: Client, place: str
) -> None:
    answers = Filled(**{**vars(GOOD), "none": False, "conditions": ("blood_clot",), "medicines": "warfarin\naspirin"})
    client.send(answers)
    page = desk.staff.get(f"{place}/health-form").text
    for words in ("A blood clot", "holds the booking", "warfarin\naspirin", "Signed as <strong>Rose Hill</strong>"):
        assert words in page
    assert last_action(desk) == ("request.read_health_form", client.reference)
    stranger = httpx.get(f"{desk.front.url}{place}/health-form", trust_env=False)
    assert stranger.status_code == 303
    assert "warfarin" not in stranger.text
    assert "warfarin" not in str(desk.front.desk.audit.latest())


def test_earlier_versions_stay_readable(desk: DeskOf, client: Client, place: str) -> None:
    for medicines in ("warfarin", "none"):
        client.send(Filled(**{**vars(GOOD), "medicines": medicines}))
    assert f"{place}/health-form?version=1" in desk.staff.get(place).text
    page = desk.staff.get(f"{place}/health-form", version="1").text
    assert "warfarin" in page
    assert "earlier version" in page
    assert desk.staff.get(f"{place}/health-form", version="3").status_code == 404
    assert desk.staff.get(f"{place}/health-form", version="x").status_code == 200


def test_a_hold_comes_back_when_the_form_names_something_new(desk: DeskOf) -> None:
    known = DisclosedCondition("blood_clot", "years ago")
    client = Client(desk.front, conditions=(known,), screening="details", health_words="a clot")
    place = f"/desk/inbox/requests/{client.reference}"
    desk.staff.post(f"{place}/lift-hold", reason="looked at", version=version(client))
    clot = Filled(**{**vars(GOOD), "none": False, "conditions": ("blood_clot",)})
    client.send(clot)
    assert "the hold is back" not in desk.staff.get(place).text, "it was looked at already"
    client.send(replace(clot, conditions=("blood_clot", "open_wound")))
    assert "the hold is back" in desk.staff.get(place).text
    soon = date.today() + timedelta(days=7)
    at = {"day": soon.isoformat(), "time": "10:00", "minutes": "60", "version": version(client)}
    assert desk.staff.post(f"{place}/decide", event="confirmed", **at).status_code == 409


def version(client: Client) -> str:
    stored = client.front.parts.bookings.get(client.reference)
    assert stored
    return str(stored.version)


def test_a_form_whose_key_is_missing_names_the_key_and_stays(desk: DeskOf, client: Client, place: str) -> None:
    client.send()
    with client.front.parts.bookings.database.writing("another key") as connection:
        connection.execute(health_forms.update().values(content="lm1:0badf00d:AAAA"))
    page = desk.staff.get(f"{place}/health-form")
    assert page.status_code == 503
    assert "0badf00d" in page.text
    assert "Filled in on" in desk.staff.get(place).text


def test_an_export_has_the_form_in_the_clear_and_erasing_takes_it(desk: DeskOf) -> None:
    visitor = desk.front.visitor()
    client = Client(desk.front, conversation_id=f"web-{visitor.conversation}-0")
    client.send(Filled(**{**vars(GOOD), "medicines": "warfarin"}))
    answer = desk.owner.http.post("/desk/data/export", data={"csrf": desk.owner.csrf, "part": [visitor.conversation]})
    (form,) = json.loads(answer.text)["kept"]["health_forms"]
    assert form["content"]["answers"]["medicines"] == "warfarin"
    desk.owner.http.post("/desk/data/erase", data={"csrf": desk.owner.csrf, "part": [visitor.conversation]})
    assert client.open().status_code == 404
    with desk.front.parts.bookings.database.reading("look") as connection:
        assert connection.execute(health_forms.select()).all() == []
