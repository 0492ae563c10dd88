"""The mail to the studio: complete, honest, and not to be forged by what a visitor writes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from email import message_from_bytes, policy
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lamoon.booking import BookingRequest, Contact, DisclosedCondition
from lamoon.booking.invitation import Organizer
from lamoon.booking.mail import body, build_email
from lamoon.booking.outbox import Notice
from lamoon.errors import RequestError

Build = Callable[..., BookingRequest]
CLOT = DisclosedCondition("blood_clot", "I had a clot last year")


def built(request: BookingRequest) -> tuple[dict[str, str], str]:
    """Headers and text as the studio's mail program reads them."""
    notice = Notice(1, "k1", 1, "claim", request)
    organizer = Organizer("La Moon", "hello@lamoon.example", "", UTC)
    mail = build_email(notice, sender="assistant@lamoon.example", recipient="studio@example.com", organizer=organizer)
    read = message_from_bytes(mail.as_bytes(), policy=policy.default)
    text = read.get_content()
    return dict(read.items()), text.replace("\r\n", "\n")


def test_a_plain_booking(request_of: Build) -> None:
    request = request_of(reference="LM-7K3F9", created_at=datetime(2030, 1, 2, 22, 30, tzinfo=UTC))
    headers, text = built(request)
    assert headers["Subject"] == "Booking request LM-7K3F9, Maria Lopez"
    assert headers["To"] == "studio@example.com"
    assert headers["Reply-To"] == "maria@example.com"
    assert headers["Message-ID"] == "<k1@lamoon.example>"
    assert headers["X-Idempotency-Key"] == "k1"
    assert "HOLD" not in text
    for line in (
        "Booking request LM-7K3F9",
        "Received 2030-01-02 22:30 (UTC)",
        "Nothing is confirmed: the assistant has promised no time and no price.",
        "Name: Maria Lopez",
        "E-mail: maria@example.com",
        "> A neck session, Tuesday after five",
        "Health question: answered no.",
    ):
        assert line in text.splitlines()


def test_a_hold_is_told_first(request_of: Build) -> None:
    request = request_of(
        screening="details",
        health_words="it is healed",
        conditions=(CLOT, DisclosedCondition("pregnancy", "12 weeks", hold=False)),
        retracted=(DisclosedCondition("tumor_cancer", "that was my sister"),),
    )
    headers, text = built(request)
    assert headers["Subject"].startswith("HOLD: Booking request LM-")
    lines = text.splitlines()
    assert lines[0].startswith("HOLD: a person has to look")
    at = lines.index
    assert lines[at("- blood clot (holds the booking)") + 1] == "  > I had a clot last year"
    assert lines[at("- pregnancy") + 1] == "  > 12 weeks"
    assert "> it is healed" in lines
    assert at("Mentioned and taken back, for the record:") < at("  > that was my sister")


@pytest.mark.parametrize(("screening", "says"), [("yes", "answered YES"), ("not_asked", "not asked yet")])
def test_an_open_screening_answer_is_told(request_of: Build, screening: str, says: str) -> None:
    headers, text = built(request_of(screening=screening))
    assert headers["Subject"].startswith("HOLD")
    assert says in text


def test_a_message_for_the_team(request_of: Build) -> None:
    request = request_of(kind="handoff", screening="not_asked", wish="Do you take insurance?")
    headers, text = built(request)
    assert request.hold
    assert headers["Subject"].startswith("Message for the team LM-")
    assert "> Do you take insurance?" in text
    assert "please ask it before you book anything" in text


def test_a_message_with_a_condition_is_marked(request_of: Build) -> None:
    headers, _ = built(request_of(kind="handoff", screening="not_asked", conditions=(CLOT,)))
    assert headers["Subject"].startswith("HOLD: Message")


def test_a_phone_alone(request_of: Build) -> None:
    headers, text = built(request_of(contact=Contact(phone="+1 555-123-4567")))
    assert "Reply-To" not in headers
    assert "Phone: +1 555-123-4567 (in no range known to be in use: please check it)" in text


def test_an_address_that_mail_servers_may_refuse_is_only_in_the_text(request_of: Build) -> None:
    headers, text = built(request_of(contact=Contact(email="m\u00e1ria@ex\u00e4mple.de")))
    assert "Reply-To" not in headers
    assert "E-mail: m\u00e1ria@ex\u00e4mple.de" in text


def test_times_are_the_studios(request_of: Build) -> None:
    request = request_of(created_at=datetime(2030, 1, 2, 2, 30, tzinfo=UTC))
    assert "Received 2030-01-01 21:30 (America/New_York)" in body(request, ZoneInfo("America/New_York"))


def test_any_script_arrives(request_of: Build) -> None:
    words = "\u660e\u5929 \u00e4\u00f6\u00fc \U0001f64f " + "long " * 150
    headers, text = built(request_of(name="\u674e\u5c0f\u9f99", wish=words))
    assert headers["Subject"].endswith("\u674e\u5c0f\u9f99")
    assert f"> {words.strip()}" in text


HOSTILE = st.text(st.characters() | st.sampled_from('\r\n\t:<>,;"\u2028\u0085\u202e'), min_size=1, max_size=60)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=HOSTILE | st.just("x\r\nBcc: evil@example.com"), wish=HOSTILE | st.just("x\n\nHealth question: answered no.")
)
def test_no_words_can_forge_a_header_or_a_line(request_of: Build, name: str, wish: str) -> None:
    try:
        request = request_of(
            name=name, wish=wish, health_words=wish, conditions=(DisclosedCondition("blood_clot", wish),)
        )
    except RequestError:
        return
    plain, _ = built(request_of(conditions=(CLOT,)))
    headers, text = built(request)
    assert headers.keys() == plain.keys()
    ours = [line for line in text.split("\n") if not line.lstrip().startswith(">")]
    assert len(ours) == len(
        [line for line in body(request_of(conditions=(CLOT,))).split("\n") if not line.lstrip().startswith(">")]
    )
    assert ours[0].startswith("HOLD")
