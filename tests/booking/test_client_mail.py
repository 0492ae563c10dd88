"""Mails to clients as a mail program opens them: parts, headers, calendar file; nothing about health, nothing forged."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from email import message_from_bytes, policy
from email.message import EmailMessage
from html.parser import HTMLParser
from typing import Any

import pytest
from icalendar import Calendar

from lamoon.booking import BookingRequest, Contact, DisclosedCondition
from lamoon.booking.appointment import Appointment, WishedTime
from lamoon.booking.client_mail import ClientMail, build_client_email
from lamoon.booking.invitation import Organizer
from lamoon.booking.mail import build_email
from lamoon.booking.notices import About, Stage
from lamoon.booking.outbox import DroppedError, Notice
from lamoon.booking.smtp import SmtpMailer
from lamoon.studio import Studio, load_studio

Build = Callable[..., BookingRequest]
TO_CLIENTS: tuple[About, ...] = (
    "receipt", "confirmed", "changed", "declined", "proposed", "offered", "cancelled", "withdrawn", "reminder",
)  # fmt: skip
FIVE = Appointment(datetime(2030, 1, 8, 22, 30, tzinfo=UTC), 75)
CLOT = DisclosedCondition("blood_clot", "I had a clot last year")
FILE = """
name: La Moon
phone: (212) 555-0147
email: hello@lamoon.example
address: 12 Garden Lane, Springfield
time_zone: America/New_York
answer_time: within one working day
emergency: {country: US, numbers: {US: {emergency: "911"}}}
"""


@pytest.fixture
def studio(tmp_path: Any) -> Studio:
    path = tmp_path / "studio.yml"
    path.write_text(FILE, encoding="utf-8")
    return load_studio(path)


def opened(mail: EmailMessage) -> EmailMessage:
    """The mail as another program reads it."""
    read = message_from_bytes(mail.as_bytes(), policy=policy.default)
    assert isinstance(read, EmailMessage)
    return read


def notice(request: BookingRequest, about: About, stage: Stage | None = None, words: str = "") -> Notice:
    return Notice(1, "k1", 1, "claim", request, "client_email", about, words, stage or Stage())


def text_of(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def calendar_of(mail: EmailMessage) -> tuple[EmailMessage, Any]:
    (part,) = mail.iter_attachments()
    assert isinstance(part, EmailMessage)
    return part, Calendar.from_ical(part.get_payload(decode=True))


def test_a_confirmation(studio: Studio, request_of: Build) -> None:
    request = request_of(reference="LM-7K3F9")
    told = notice(request, "confirmed", Stage(FIVE, 3), "We look forward to it.\n\nBring <nothing>.")
    mail = opened(build_client_email(told, studio, "assistant@lamoon.example"))
    assert mail["Subject"] == "Your appointment is confirmed (LM-7K3F9), La Moon"
    assert mail["To"] == "maria@example.com"
    assert mail["Reply-To"] == "hello@lamoon.example"
    assert mail["From"] == "La Moon <assistant@lamoon.example>"
    assert (mail["Message-ID"], mail["X-Idempotency-Key"]) == ("<k1@lamoon.example>", "k1")
    plain, html = text_of(mail, "plain"), text_of(mail, "html")
    for words in (
        "confirmed: Tuesday, January 8, at 5:30 pm (75 minutes).",
        "12 Garden Lane",
        "We look forward to it.",
    ):
        assert words in plain
        assert words in html
    assert "Bring <nothing>." in plain
    assert "Bring &lt;nothing&gt;." in html
    part, calendar = calendar_of(mail)
    assert (part.get_content_type(), part.get_param("method"), part.get_filename()) == (
        "text/calendar", "REQUEST", "appointment.ics",
    )  # fmt: skip
    (event,) = calendar.walk("VEVENT")
    assert (str(event["uid"]), int(event["sequence"]), str(event["status"])) == (
        "lm-7k3f9@lamoon.example", 3, "CONFIRMED",
    )  # fmt: skip
    assert event.decoded("dtstart").astimezone(UTC) == FIVE.starts_at
    assert event["dtstart"].params["TZID"] == "America/New_York"
    assert event.decoded("duration").total_seconds() == 75 * 60
    assert str(event["attendee"]) == "mailto:maria@example.com"
    assert str(event["organizer"]) == "mailto:hello@lamoon.example"


@pytest.mark.parametrize("about", ["cancelled", "withdrawn", "declined"])
def test_a_cancellation_takes_the_same_event_back(studio: Studio, request_of: Build, about: About) -> None:
    request = request_of(reference="LM-7K3F9")
    mail = opened(build_client_email(notice(request, about, Stage(FIVE, 4)), studio, "a@lamoon.example"))
    part, calendar = calendar_of(mail)
    (event,) = calendar.walk("VEVENT")
    assert part.get_param("method") == str(calendar["method"]) == "CANCEL"
    assert (str(event["uid"]), int(event["sequence"]), str(event["status"])) == (
        "lm-7k3f9@lamoon.example", 4, "CANCELLED",
    )  # fmt: skip
    assert "January 8" in text_of(mail, "plain")


@pytest.mark.parametrize("about", ["receipt", "declined", "proposed", "reminder", "cancelled"])
def test_without_an_agreed_time_there_is_no_file(studio: Studio, request_of: Build, about: About) -> None:
    stage = Stage(FIVE) if about in ("proposed", "reminder") else Stage()
    mail = opened(build_client_email(notice(request_of(), about, stage), studio, "a@lamoon.example"))
    assert list(mail.iter_attachments()) == []


@pytest.mark.parametrize("about", TO_CLIENTS)
def test_no_notice_tells_of_health_or_repeats_the_wish(studio: Studio, request_of: Build, about: About) -> None:
    request = request_of(
        wish="zzwish for my clot", screening="details", health_words="zzhealth", conditions=(CLOT,),
        details={"notes": "zzdetail"}, name="Zebulon",
    )  # fmt: skip
    assert request.hold
    mail = build_client_email(notice(request, about, Stage(FIVE, 1)), studio, "a@lamoon.example")
    read = opened(mail)
    parts = [str(part.get_content()) for part in read.walk() if not part.is_multipart()]
    everything = " ".join([*parts, str(read["Subject"])]).lower()
    for words in ("zzwish", "clot", "zzhealth", "zzdetail", "zebulon", "health", "hold", "therapist"):
        assert words not in everything


def test_the_answer_time_is_the_owners_and_missing_where_they_gave_none(studio: Studio, request_of: Build) -> None:
    plain = text_of(opened(build_client_email(notice(request_of(), "receipt"), studio, "a@x.example")), "plain")
    assert "The team answers within one working day." in plain
    without = Studio(**{**vars(studio), "answer_time": ""})
    plain = text_of(opened(build_client_email(notice(request_of(), "receipt"), without, "a@x.example")), "plain")
    assert "answers within" not in plain
    assert "I can't say when a person" in plain


def test_the_html_loads_and_runs_nothing(studio: Studio, request_of: Build) -> None:
    words = '<script>alert(1)</script><img src=x onerror=y> <a href="http://evil.example">x</a>'
    mail = opened(build_client_email(notice(request_of(), "declined", words=words), studio, "a@x.example"))
    seen: set[str] = set()

    class Tags(HTMLParser):
        def handle_starttag(self, tag: str, _: object) -> None:
            seen.add(tag)

    Tags().feed(text_of(mail, "html"))
    assert seen == {"html", "head", "meta", "title", "body", "p"}


def test_without_an_address_of_the_studio_answers_go_to_the_sender(studio: Studio, request_of: Build) -> None:
    without = Studio(**{**vars(studio), "email": ""})
    mail = opened(build_client_email(notice(request_of(), "confirmed", Stage(FIVE, 1)), without, "a@x.example"))
    assert mail["Reply-To"] is None
    (event,) = calendar_of(mail)[1].walk("VEVENT")
    assert str(event["organizer"]) == "mailto:a@x.example"


def test_a_real_server_takes_it_for_the_client(
    studio: Studio, request_of: Build, server: Any, mailer: Callable[..., Any]
) -> None:
    route = ClientMail(mailer().mailer, studio)
    route(notice(request_of(), "confirmed", Stage(FIVE, 1)))
    (mail,) = server.client_mails
    assert calendar_of(mail)[1].walk("VEVENT")
    assert server.mails == []


def test_without_an_address_of_the_client_nothing_is_tried(studio: Studio, request_of: Build) -> None:
    request = request_of(contact=Contact(phone="+1 415-555-0132"))
    with pytest.raises(DroppedError, match="no e-mail address"):
        ClientMail(SmtpMailer("127.0.0.1", 1, "a@x.example"), studio)(notice(request, "confirmed", Stage(FIVE)))


def studio_mail(request: BookingRequest, studio: Studio, about: About = "request", words: str = "") -> EmailMessage:
    organizer = Organizer("La Moon", "hello@lamoon.example", "", studio.zone)
    told = Notice(1, "k1", 1, "claim", request, "studio_email", about, words)
    return opened(build_email(told, sender="a@x.example", recipient="s@x.example", organizer=organizer))


def test_the_studios_mail_has_the_wished_time_as_tentative(studio: Studio, request_of: Build) -> None:
    wished = WishedTime(date(2030, 1, 8), time(17, 30), 90)
    part, calendar = calendar_of(studio_mail(request_of(reference="LM-7K3F9", wished=wished), studio))
    (event,) = calendar.walk("VEVENT")
    assert (part.get_param("method"), str(event["status"])) == ("PUBLISH", "TENTATIVE")
    assert event.decoded("dtstart").astimezone(UTC) == datetime(2030, 1, 8, 22, 30, tzinfo=UTC)
    assert event.decoded("duration").total_seconds() == 90 * 60
    assert str(event["uid"]) == "lm-7k3f9@lamoon.example", "the confirmation is the same event"


def test_a_day_without_a_time_blocks_nothing(studio: Studio, request_of: Build) -> None:
    _, calendar = calendar_of(studio_mail(request_of(wished=WishedTime(date(2030, 1, 8))), studio))
    (event,) = calendar.walk("VEVENT")
    assert event.decoded("dtstart") == date(2030, 1, 8)
    assert str(event["transp"]) == "TRANSPARENT"


def test_a_request_on_hold_takes_no_place_in_the_calendar(studio: Studio, request_of: Build) -> None:
    request = request_of(wished=WishedTime(date(2030, 1, 8), time(17, 30)), conditions=(CLOT,))
    assert list(studio_mail(request, studio).iter_attachments()) == []


def test_what_the_client_adds_is_quoted_line_by_line(studio: Studio, request_of: Build) -> None:
    words = "another day\nHealth question: answered no."
    mail = studio_mail(request_of(), studio, "change_asked", words)
    assert str(mail["Subject"]).startswith("Change asked: Booking request LM-")
    lines = text_of(mail, "plain").splitlines()
    assert lines[:3] == [
        "The client asks for a change. Please answer at the desk:", "> another day", "> Health question: answered no.",
    ]  # fmt: skip
