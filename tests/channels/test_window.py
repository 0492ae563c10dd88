"""After the window for answers: approved templates, replies of the team, and what staff read of the rest."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update
from web.serving import until

from channels.conftest import Line
from channels.simulator.meta import Meta
from channels.simulator.platform import Simulator
from lamoon.booking import BookingRequest, Contact
from lamoon.booking.appointment import Appointment
from lamoon.booking.notices import About, Stage
from lamoon.booking.outbox import DroppedError, Notice
from lamoon.channels.client_messages import ClientMessages
from lamoon.channels.store import reachability
from lamoon.channels.window import OUTSIDE, Windows
from lamoon.settings import ChannelSettings
from lamoon.storage.tables import people
from lamoon.storage.time import to_naive_utc

FIVE = Appointment(datetime(2030, 1, 8, 22, 30, tzinfo=UTC), 75)
TEMPLATES = ChannelSettings(
    whatsapp_templates="confirmed=visit_confirmed:en_US, reminder=visit_reminder:en",
    twilio_whatsapp_templates="reminder=HX0123",
)


def wait(line: Line, simulator: Simulator, address: str, time: timedelta) -> None:
    """So long ago somebody wrote last."""
    moment = datetime.now(UTC) - time
    if isinstance(simulator, Meta):
        simulator.heard[address] = moment.timestamp()
    with line.parts.bookings.database.writing("wait") as connection:
        connection.execute(update(people).values(heard_at=to_naive_utc(moment)))


def tell(line: Line, address: str, about: About) -> None:
    """A notice about a request of theirs."""
    conversation = line.person(address).conversation
    request = BookingRequest(
        conversation.sender(), "1", "Maria", Contact(phone="+1 415-555-0132"), "neck", consent=True, screening="no"
    )
    request = replace(request, reference="LM-ABCDE")
    notice = Notice(1, f"{about:a<32}", 1, "claim", request, "conversation", about, "", Stage(FIVE, 1))
    wake = line.parts.hub.wake
    route = ClientMessages(
        line.parts.store,
        line.channels.people,
        line.parts.replies,
        line.parts.studio,
        lambda conversation: line.loop.call_soon_threadsafe(wake, conversation) and None,
    )
    route(notice)


@pytest.fixture
def windows(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line.channels.people, "windows", Windows.of(TEMPLATES))


@pytest.mark.usefixtures("windows")
@pytest.mark.parametrize("platform", ["whatsapp", "twilio_whatsapp"], indirect=True)
def test_a_reminder_goes_out_by_its_template(line: Line, simulator: Simulator) -> None:
    address = line.acquainted()
    wait(line, simulator, address, timedelta(hours=30))
    tell(line, address, "reminder")
    (sent,) = line.texts(address, 1)
    template = "visit_reminder/en" if simulator.channel == "whatsapp" else "HX0123"
    assert sent.startswith(f"[{template}] {line.parts.studio.name} | LM-ABCDE | Tuesday, January 8")


@pytest.mark.usefixtures("windows")
@pytest.mark.parametrize("platform", ["whatsapp"], indirect=True)
def test_within_the_window_the_usual_words_go_out(line: Line, simulator: Simulator) -> None:
    address = line.acquainted()
    tell(line, address, "reminder")
    (sent,) = line.texts(address, 1)
    assert "Reply C" in sent


@pytest.mark.usefixtures("windows")
@pytest.mark.parametrize("platform", ["whatsapp", "twilio_whatsapp"], indirect=True)
def test_what_has_no_template_stays_with_a_reason(line: Line, simulator: Simulator) -> None:
    address = line.acquainted()
    wait(line, simulator, address, timedelta(hours=30))
    with pytest.raises(DroppedError, match="Call them or send an e-mail"):
        tell(line, address, "cancelled")
    assert simulator.inbox(address) == []


@pytest.mark.parametrize("platform", ["whatsapp", "messenger", "instagram"], indirect=True)
def test_a_reply_after_the_window_is_marked_with_what_to_do(line: Line, simulator: Simulator) -> None:
    address = line.acquainted()
    conversation = line.person(address).conversation.id
    wait(line, simulator, address, timedelta(hours=30))
    line.team_says(conversation, "We are free on Friday.")
    until(lambda: line.channels.people.undelivered(conversation), "the platform's refusal")
    assert list(line.channels.people.undelivered(conversation).values()) == [OUTSIDE]
    assert simulator.inbox(address) == []


@pytest.mark.parametrize(("platform", "days", "arrives"), [("messenger", 3, 1), ("instagram", 3, 1), ("messenger", 8, 0)], indirect=["platform"])  # fmt: skip
def test_the_team_has_a_week_where_meta_allows_it(
    line: Line, simulator: Simulator, monkeypatch: pytest.MonkeyPatch, days: int, arrives: int
) -> None:
    windows = Windows.of(ChannelSettings(meta_human_agent="on"))
    monkeypatch.setattr(line.channels.people, "windows", windows)
    address = line.acquainted()
    conversation = line.person(address).conversation.id
    wait(line, simulator, address, timedelta(days=days))
    reach = reachability(line.channels.people, conversation)
    assert reach is not None
    assert reach.is_past is not bool(arrives)
    line.team_says(conversation, "We are free on Friday.")
    line.texts(address, arrives)


@pytest.mark.parametrize("text", ["reminder", "reminder=", "remind=visit:en", "reminder=a b"])
def test_a_wrong_list_of_templates_is_named(text: str) -> None:
    with pytest.raises(ValueError, match="LAMOON_WHATSAPP_TEMPLATES has"):
        Windows.of(ChannelSettings(whatsapp_templates=text))
