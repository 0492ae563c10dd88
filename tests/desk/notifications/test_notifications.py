"""The team is notified: by push on a real push service's protocol, by mail, by each person's rules, and each thing once."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from scenarios.mailbox import Mailbox
from scenarios.servers import free_port
from starlette.applications import Starlette
from web.fixtures import FAST, Front, settings_in
from web.serving import LOOPBACK, ScriptedRasa, Serving, until

from desk.conftest import DeskOf, DeskVisitor, signed_in
from desk.notifications.push_service import Browser, PushService, is_signed
from lamoon.desk.notifications.notifier import Notifier
from lamoon.desk.notifications.occasions import Occasion
from lamoon.desk.notifications.rules import RuleError, Rules, read_rules
from lamoon.storage.time import now
from lamoon.web.app import make_app

WORDS = "please ask Maria about my rash"
PAGE = "/desk/notifications"


@pytest.fixture(scope="module")
def service() -> Iterator[tuple[PushService, str]]:
    push = PushService()
    with Serving(push.app) as serving:
        yield push, serving.url


@pytest.fixture(scope="module")
def mailbox() -> Iterator[Mailbox]:
    box = Mailbox(free_port())
    box.open()
    yield box
    box.close()


@pytest.fixture
def desk(
    behind: tuple[ScriptedRasa, int], tmp_path: Path, service: tuple[PushService, str], mailbox: Mailbox,
    quick_passwords: None,
) -> Iterator[DeskOf]:  # fmt: skip
    """A desk that can send mails and push messages."""
    rasa, port = behind
    rasa.reset()
    push, _ = service
    push.taken.clear()
    push.status = 201
    mailbox.mails.clear()
    mailbox.client_mails.clear()
    mail = {"LAMOON_SMTP_HOST": LOOPBACK, "LAMOON_SMTP_PORT": str(mailbox.port), "LAMOON_SMTP_SECURITY": "none"}
    own = {"LAMOON_SMTP_FROM": "desk@studio.example", "LAMOON_PUSH_SERVICES": LOOPBACK} | mail
    settings = settings_in(tmp_path, port, **FAST, **own)
    app: Starlette = make_app(settings)
    with Serving(app) as serving:
        front = Front(serving.url, app.state.services, app.state.channels, app.state.desk, rasa, settings)
        yield DeskOf(front, signed_in(front, "Olivia", "owner"), signed_in(front, "Sam", "staff"))


def notifier(desk: DeskOf) -> Notifier:
    return desk.front.desk.notifier


def subscribe(person: DeskVisitor, service: tuple[PushService, str], device: str = "Chrome on Android") -> Browser:
    browser = Browser()
    given = json.dumps(browser.subscription(service[1]))
    answer = person.post(f"{PAGE}/subscribe", subscription=given, device=device)
    assert answer.status_code == 201, answer.text
    return browser


def keep(person: DeskVisitor, **fields: str) -> Any:
    usual = {"typed": "yes", "urgent_always": "yes", "person-push": "yes", "emergency-push": "yes"}
    return person.post(f"{PAGE}/keep", **usual | fields)


def asks_for_a_person(desk: DeskOf, words: str = WORDS) -> None:
    left = {"name": "Rose", "contact": "rose@example.com", "text": words}
    visitor = desk.front.visitor()
    visitor.post("message-to-team", client_id=str(uuid.uuid4()), **left, consent=True)


def test_a_push_says_that_somebody_waits_and_nothing_else(desk: DeskOf, service: tuple[PushService, str]) -> None:
    browser = subscribe(desk.staff, service)
    asks_for_a_person(desk)
    (message,) = until(lambda: service[0].of(browser), "the push")
    assert message["title"] == "A visitor asks for a person"
    assert message["place"] == "/desk/inbox"
    said = json.dumps(message)
    for word in (*WORDS.split(), "Rose", "rose@example.com"):
        assert word not in said.split()
    (_, headers, body) = service[0].taken[0]
    assert b"person" not in body  # encrypted on its way
    assert is_signed(headers, notifier(desk).server_key.public)
    assert int(headers["ttl"]) > 0


def test_each_thing_is_told_once_also_after_a_restart(desk: DeskOf, service: tuple[PushService, str]) -> None:
    browser = subscribe(desk.staff, service)
    asks_for_a_person(desk)
    until(lambda: service[0].of(browser), "the push")
    for _ in range(3):
        notifier(desk).look(now())
    assert len(service[0].of(browser)) == 1


def test_who_has_waited_for_too_long_is_told_again(desk: DeskOf, service: tuple[PushService, str]) -> None:
    browser = subscribe(desk.staff, service)
    asks_for_a_person(desk)
    until(lambda: service[0].of(browser), "the push")
    notifier(desk).look(now() + timedelta(minutes=6))
    assert [message["title"] for message in service[0].of(browser)][1:] == [
        "A visitor has waited for a person for 5 minutes"
    ]


def test_a_push_service_that_fails_is_asked_again_and_one_that_forgot_us_is_forgotten(
    desk: DeskOf, service: tuple[PushService, str]
) -> None:
    browser = subscribe(desk.staff, service)
    push, _ = service
    push.status = 500
    asks_for_a_person(desk)
    until(lambda: push.taken, "the attempt")
    push.status = 201
    until(lambda: push.of(browser)[1:], "another attempt")
    push.status = 410
    assert "Chrome on Android" in desk.staff.get(PAGE).text
    assert desk.staff.post(f"{PAGE}/test", way="push").status_code in (303, 502)
    assert "Chrome on Android" not in desk.staff.get(PAGE).text


def test_mail_goes_to_whom_the_rules_name_and_holds_no_words(desk: DeskOf, mailbox: Mailbox) -> None:
    assert keep(desk.staff, email="sam@home.example", **{"person-mail": "yes"}).status_code == 303
    keep(desk.owner, email="olivia@home.example")  # no mails about this
    asks_for_a_person(desk)
    (mail,) = until(lambda: mailbox.client_mails, "the mail")
    assert mail["To"] == "sam@home.example"
    assert "A visitor asks for a person" in str(mail["Subject"])
    text = mail.get_content()
    assert "/desk/inbox" in text
    for word in ("rash", "Rose", "Maria"):
        assert word not in text


def test_a_test_comes_by_each_way(desk: DeskOf, service: tuple[PushService, str], mailbox: Mailbox) -> None:
    assert desk.staff.post(f"{PAGE}/test", way="mail").status_code == 422
    assert desk.staff.post(f"{PAGE}/test", way="push").status_code == 422
    keep(desk.staff, email="sam@home.example")
    assert desk.staff.post(f"{PAGE}/test", way="mail").status_code == 303
    (mail,) = until(lambda: mailbox.client_mails, "the mail")
    assert "This is a test" in str(mail["Subject"])
    browser = subscribe(desk.staff, service)
    assert desk.staff.post(f"{PAGE}/test", way="push").status_code == 303
    assert service[0].of(browser)[0]["title"].startswith("This is a test")


@pytest.mark.parametrize(
    ("endpoint", "problem"),
    [("https://10.0.0.7/internal", "LAMOON_PUSH_SERVICES"), ("http://fcm.googleapis.com/x", "LAMOON_PUSH_SERVICES")],
)
def test_nothing_is_sent_to_an_address_that_is_no_push_service(desk: DeskOf, endpoint: str, problem: str) -> None:
    given = Browser().subscription("https://x") | {"endpoint": endpoint}
    answer = desk.staff.post(f"{PAGE}/subscribe", subscription=json.dumps(given), device="x")
    assert answer.status_code == 422
    assert problem in answer.json()["problem"]
    assert desk.staff.post(f"{PAGE}/subscribe", subscription="{", device="x").status_code == 422


def test_a_browser_is_removed_only_by_whose_it_is(desk: DeskOf, service: tuple[PushService, str]) -> None:
    subscribe(desk.staff, service, "Firefox on Mac")
    (browser,) = desk.front.desk.notifier._browsers.of(2)
    desk.owner.post(f"{PAGE}/unsubscribe", id=browser.id)
    assert "Firefox on Mac" in desk.staff.get(PAGE).text
    desk.staff.post(f"{PAGE}/unsubscribe", id=browser.id)
    assert "Firefox on Mac" not in desk.staff.get(PAGE).text


def test_rules_that_make_no_sense_are_refused_and_what_was_typed_stays(desk: DeskOf) -> None:
    answer = keep(desk.staff, email="nobody", quiet_from="22:00")
    assert answer.status_code == 422
    assert "olivia@example.com" in answer.text
    assert 'value="22:00"' in answer.text
    with pytest.raises(RuleError, match="beginning and an end"):
        read_rules({}, "", ("22:00", ""), (), urgent_always=True)
    with pytest.raises(RuleError, match="All seven days"):
        read_rules({}, "", ("", ""), range(7), urgent_always=True)


def test_in_quiet_times_only_emergencies_come() -> None:
    rules = Rules(quiet_from="22:00", quiet_until="07:00", quiet_days=(6,))
    person, emergency = Occasion("person", "a"), Occasion("emergency", "b")
    day, night = datetime(2030, 1, 7, 12, tzinfo=UTC), datetime(2030, 1, 7, 23, tzinfo=UTC)
    early, sunday = datetime(2030, 1, 8, 6, 59, tzinfo=UTC), datetime(2030, 1, 6, 12, tzinfo=UTC)
    assert rules.want(person, "push", 1, day)
    for moment in (night, early, sunday):
        assert not rules.want(person, "push", 1, moment)
        assert rules.want(emergency, "push", 1, moment)
    strict = Rules(quiet_from="22:00", quiet_until="07:00", urgent_always=False)
    assert not strict.want(emergency, "push", 1, night)
    assert not rules.want(Occasion("reply", "c", staff_id=2), "push", 1, day)
