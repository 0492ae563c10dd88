"""Requests at the desk: what the team decides, what the client is told, and the hold that only a person lifts, with a reason."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select, update
from web.serving import until
from web.visitor import Visitor

from desk.conftest import DeskOf, DeskVisitor
from lamoon.booking import BookingRequest, Contact, DisclosedCondition
from lamoon.booking.appointment import Appointment
from lamoon.booking.changes import MissingError
from lamoon.booking.client_words import usual_text
from lamoon.booking.consent import given
from lamoon.booking.request import NO_NAME
from lamoon.chat.model import TurnExplanation
from lamoon.desk.inbox.requests import Requests
from lamoon.storage.tables import outbox, requests

AGREED = Appointment((datetime.now(UTC) + timedelta(days=30)).replace(hour=17, minute=30, second=0, microsecond=0), 75)
LIST = "/desk/inbox/requests"
Make = Callable[..., str]


@pytest.fixture
def make(desk: DeskOf) -> Make:
    """Stores a request of a conversation and gives its reference."""

    def make(sender: str = "web-x-0", **values: object) -> str:
        fields: dict[str, object] = {
            "conversation_id": sender,
            "run_id": str(len(desk.front.parts.bookings.list())),
            "name": "Rose Hill",
            "contact": Contact("rose@example.com", ""),
            "wish": "an hour on <Thursday>",
            "consent": True,
            "screening": "no",
        }
        return desk.front.parts.bookings.submit(BookingRequest(**fields | values))  # type: ignore[arg-type]

    return make


def held(make: Make, sender: str = "web-x-0") -> str:
    condition = DisclosedCondition("blood_clot", "i had a clot last year")
    return make(sender, screening="details", health_words="my leg, you know", conditions=(condition,))


def shown(visitor: DeskVisitor, reference: str) -> int:
    """The version that the request's page carries; 1 where there is no page."""
    found = re.search(r'name="version" value="(\d+)"', visitor.get(f"{LIST}/{reference}").text)
    return int(found[1]) if found else 1


def decide(
    visitor: DeskVisitor, reference: str, event: str, *, version: int | None = None, **fields: str
) -> httpx.Response:
    """What the form of a decision sends; a day and time belong to those that agree on one. Without a `version` the page
    is opened before.
    """
    version = shown(visitor, reference) if version is None else version
    timed = (
        {"day": f"{AGREED.starts_at:%Y-%m-%d}", "time": "17:30", "minutes": "75"}
        if event in ("confirmed", "changed", "proposed")
        else {}
    )
    given = {"event": event, "version": str(version), "text": "See you then"} | timed | fields
    return visitor.post(f"{LIST}/{reference}/decide", **given)


def told(desk: DeskOf) -> list[tuple[str, str, str]]:
    with desk.front.parts.bookings.database.reading("look") as connection:
        rows = connection.execute(select(outbox.c.about, outbox.c.route, outbox.c.words).order_by(outbox.c.id)).all()
    return [tuple(row) for row in rows]


def test_a_request_shows_what_was_agreed_to(desk: DeskOf, make: Make) -> None:
    reference = make(consents=tuple(given("May I send it, including anything about health?", 1_900_000_000.0)))
    page = desk.staff.get(f"{LIST}/{reference}").text
    assert "contact and health" in page
    assert "May I send it, including anything about health?" in page
    assert "Agreed to" not in desk.staff.get(f"{LIST}/{make()}").text


def test_a_request_is_new_until_somebody_decides(desk: DeskOf, make: Make) -> None:
    reference = make()
    assert "New" in desk.staff.get(LIST, status="requested").text.partition("data-live")[2]
    assert decide(desk.staff, reference, "confirmed").status_code == 303
    assert reference not in desk.staff.get(LIST, status="requested").text
    page = desk.owner.get(f"{LIST}/{reference}").text
    assert "Sam confirmed it: “See you then”" in page
    assert AGREED.said(UTC) in page
    assert "an hour on &lt;Thursday&gt;" in page
    assert "rose@example.com" in page
    assert ("confirmed", "client_email", "See you then") in told(desk)
    (entry, *_) = desk.front.desk.audit.latest()
    assert (entry.action, entry.subject, entry.details) == ("request.decide", reference, {"event": "confirmed"})


def test_a_request_that_was_opened_is_seen_by_whom(desk: DeskOf, make: Make) -> None:
    reference, on_hold = make(), held(make, "web-y-0")
    for one in (reference, on_hold):
        desk.staff.get(f"{LIST}/{one}")
    assert "Sam has seen it" in desk.owner.get(f"{LIST}/{reference}").text
    assert "has seen it" not in desk.owner.get(f"{LIST}/{on_hold}").text
    assert {about for about, *_ in told(desk)} == {"request", "receipt"}  # nobody is written to


def test_what_the_client_reads_is_proposed_and_can_be_edited(desk: DeskOf, make: Make) -> None:
    reference = make()
    page = desk.staff.get(f"{LIST}/{reference}").text
    for event in ("confirmed", "declined", "proposed"):
        assert f'id="{event}-text"' in page
        assert usual_text(event) in html.unescape(page)  # type: ignore[arg-type]
    assert decide(desk.staff, reference, "declined", text="Sorry, we are away").status_code == 303
    assert ("declined", "client_email", "Sorry, we are away") in told(desk)


def test_an_agreed_appointment_is_moved_or_cancelled(desk: DeskOf, make: Make) -> None:
    reference = make()
    assert 'id="cancelled-text"' not in desk.staff.get(f"{LIST}/{reference}").text
    decide(desk.staff, reference, "confirmed")
    page = desk.staff.get(f"{LIST}/{reference}").text
    assert all(f'id="{event}-text"' in page for event in ("changed", "cancelled"))
    assert 'id="declined-text"' not in page


def test_a_time_that_was_proposed_shows_until_something_is_decided(desk: DeskOf, make: Make) -> None:
    reference = make()
    assert decide(desk.staff, reference, "proposed").status_code == 303
    assert f"You proposed {AGREED.said(UTC)}" in desk.staff.get(f"{LIST}/{reference}").text
    decide(desk.staff, reference, "confirmed")
    assert "You proposed" not in desk.staff.get(f"{LIST}/{reference}").text


def test_a_refusal_without_words_is_not_sent(desk: DeskOf, make: Make) -> None:
    assert decide(desk.staff, make(), "declined", text=" ").status_code == 422


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"day": "2030-02-31"}, "year-month-day"),
        ({"time": "25:00"}, "17:30"),
        ({"day": "2020-01-08"}, "past"),
        ({"minutes": "9999"}, "5 to 600"),
    ],
)
def test_a_time_that_is_none_is_refused_and_everything_typed_stays(
    desk: DeskOf, make: Make, changed: dict[str, str], problem: str
) -> None:
    answer = decide(desk.staff, make(), "confirmed", text="my own words", **changed)
    assert answer.status_code == 422
    assert problem in answer.text
    assert "my own words</textarea>" in answer.text
    for value in changed.values():
        assert f'value="{value}"' in answer.text


def test_a_page_that_is_stale_says_changed_meanwhile(desk: DeskOf, make: Make) -> None:
    reference = make()
    opened = shown(desk.staff, reference)
    assert decide(desk.owner, reference, "seen").status_code == 303
    answer = decide(desk.staff, reference, "confirmed", version=opened, text="my own words")
    assert answer.status_code == 409
    assert "changed meanwhile" in answer.text
    assert "my own words</textarea>" in answer.text
    assert f'name="version" value="{opened + 1}"' in answer.text
    assert [about for about, _, _ in told(desk)] == ["request", "receipt"]


def test_what_a_state_does_not_allow_is_not_offered_and_refused(desk: DeskOf, make: Make) -> None:
    reference = make()
    decide(desk.staff, reference, "declined")
    page = desk.staff.get(f"{LIST}/{reference}").text
    assert "/decide" not in page
    answer = decide(desk.staff, reference, "confirmed", version=3, text="my own words")
    assert answer.status_code == 409
    assert "no longer possible" in answer.text
    assert "my own words</textarea>" in answer.text


def test_a_decision_that_is_none_is_refused(desk: DeskOf, make: Make) -> None:
    for event in ("eaten", "withdrawn", "sent", "lifted"):
        assert decide(desk.staff, make(), event).status_code == 422


def test_the_conversation_shows_what_the_team_wrote(desk: DeskOf, make: Make) -> None:
    visitor: Visitor = desk.front.visitor()
    reference = make(f"web-{visitor.conversation}-0")
    decide(desk.staff, reference, "confirmed", text="Bring a towel")

    def shown() -> list[dict[str, Any]]:
        return [one for one in visitor.get("messages").json()["messages"] if "Bring a towel" in str(one["body"])]

    (message,) = until(shown, "the message", 20)
    assert message["from"] == "team"
    assert AGREED.said(UTC) in str(message["body"])
    said = "Message in the conversation: the confirmation, delivered"
    until(lambda: said in desk.staff.get(f"{LIST}/{reference}").text, said, 20)


def test_a_request_of_the_sandbox_is_not_listed(desk: DeskOf, make: Make) -> None:
    assert make("test-x-0", channel="test") not in desk.staff.get(LIST).text


def test_why_a_request_is_on_hold_can_be_read(desk: DeskOf, make: Make) -> None:
    page = desk.staff.get(f"{LIST}/{held(make)}").text
    for words in ("On hold", "blood clot", "i had a clot last year", "my leg, you know"):
        assert words in page


def test_a_request_on_hold_cannot_be_confirmed_before_it_is_lifted_with_a_reason(desk: DeskOf, make: Make) -> None:
    reference = held(make)
    assert 'id="confirmed"' not in desk.staff.get(f"{LIST}/{reference}").text
    refused = decide(desk.staff, reference, "confirmed")
    assert refused.status_code == 409
    assert "Lift the hold first" in refused.text
    lift = f"{LIST}/{reference}/lift-hold"
    assert desk.staff.post(lift, version="1", reason=" ").status_code == 422
    assert desk.staff.post(lift, version="1", reason="her doctor agrees").status_code == 303
    assert desk.front.rasa.lifted == ["web-x-0"]
    page = desk.owner.get(f"{LIST}/{reference}").text
    assert "Sam lifted the hold" in page
    assert "her doctor agrees" in page
    assert decide(desk.staff, reference, "confirmed", version=2).status_code == 303
    assert "doctor" not in str(desk.front.desk.audit.latest())
    assert "doctor" not in str(told(desk)), "the reason is for the team"


def test_a_hold_comes_back_when_the_visitor_tells_of_their_health_again(desk: DeskOf, make: Make) -> None:
    visitor: Visitor = desk.front.visitor()
    reference = held(make, f"web-{visitor.conversation}-0")
    desk.staff.post(f"{LIST}/{reference}/lift-hold", version="1", reason="looked at")
    tell(desk, visitor, hold=False)
    assert "the hold is back" not in desk.staff.get(f"{LIST}/{reference}").text
    tell(desk, visitor, hold=True)
    assert "the hold is back" in desk.staff.get(f"{LIST}/{reference}").text
    assert "On hold" in desk.staff.get(f"/desk/inbox/conversation/{visitor.conversation}").text
    assert decide(desk.staff, reference, "confirmed", version=2).status_code == 409
    entry = Requests(desk.front.parts.bookings.database).get(reference)
    assert (entry.state, entry.version) == ("held", 3), "the state says so from then on"
    assert desk.staff.post(f"{LIST}/{reference}/lift-hold", version="3", reason="again").status_code == 303
    assert decide(desk.staff, reference, "confirmed", version=4).status_code == 303


def tell(desk: DeskOf, visitor: Visitor, *, hold: bool) -> None:
    """A turn after which the assistant does or does not hold bookings."""
    store = desk.front.parts.store
    turn = store.receive(visitor.conversation, str(hold), "words", "words").turn
    assert turn
    store.answer(turn, [], TurnExplanation(0.1, {"slots": {"booking_hold": True} if hold else {}}))


def test_nothing_is_lifted_while_the_assistant_is_away(desk: DeskOf, make: Make) -> None:
    reference = held(make)
    desk.front.parts.rasa._addresses = ["http://127.0.0.1:1"]
    answer = desk.staff.post(f"{LIST}/{reference}/lift-hold", version="1", reason="kept reason")
    assert answer.status_code == 503
    assert "kept reason</textarea>" in answer.text
    assert Requests(desk.front.parts.bookings.database).get(reference).is_held


def test_a_notice_that_was_given_up_is_shown_and_sent_again(desk: DeskOf, make: Make) -> None:
    reference, other = make(), make()
    with desk.front.parts.bookings.database.writing("fail") as connection:
        mine = select(requests.c.id).where(requests.c.reference == reference).scalar_subquery()
        theirs = outbox.c.request_id == mine
        connection.execute(update(outbox).where(theirs).values(status="failed", attempts=9, last_problem="no answer"))
        (first, second) = connection.execute(select(outbox.c.id).where(theirs).order_by(outbox.c.id)).scalars()
    listed = desk.staff.get(LIST, status="undelivered").text
    assert reference in listed
    assert other not in listed
    assert "Not delivered" in listed
    page = desk.staff.get(f"{LIST}/{reference}").text
    assert page.count("no answer, after 9 attempts") == 2
    assert desk.staff.post(f"{LIST}/{other}/send-again", notice=str(first)).status_code == 303
    assert desk.staff.post(f"{LIST}/{reference}/send-again", notice=str(first)).status_code == 303
    assert desk.staff.get(f"{LIST}/{reference}").text.count("no answer, after 9 attempts") == 1
    assert desk.staff.post(f"{LIST}/{reference}/send-again", notice=str(second)).status_code == 303
    assert "Not delivered" not in desk.staff.get(LIST).text


def test_what_the_team_noted_goes_with_the_request(desk: DeskOf, make: Make) -> None:
    reference = held(make)
    desk.staff.post(f"{LIST}/{reference}/lift-hold", version="1", reason="secret reason")
    desk.front.parts.bookings.forget("web-x-0")
    assert desk.staff.get(f"{LIST}/{reference}").status_code == 404
    assert decide(desk.staff, reference, "seen").status_code == 404
    with pytest.raises(MissingError):
        Requests(desk.front.parts.bookings.database).get(reference)
    assert b"secret reason" not in (desk.front.settings.data / "lamoon.db").read_bytes()


def test_who_gave_no_name_is_a_visitor(desk: DeskOf, make: Make) -> None:
    visitor: Visitor = desk.front.visitor()
    visitor.ask("hello")
    make(f"web-{visitor.conversation}-0", name=NO_NAME, kind="handoff")
    for place in (
        "/desk/inbox",
        f"/desk/inbox/conversation/{visitor.conversation}",
        f"/desk/people/{visitor.conversation}",
    ):
        page = desk.staff.get(place).text.partition("<main")[2]
        assert "Visitor" in page
        assert NO_NAME not in page.partition("aside")[0], place
