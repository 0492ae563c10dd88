"""Requests at the desk: their status, the e-mail that failed, and the hold that only a person lifts, with a reason."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import update
from web.visitor import Visitor

from desk.conftest import DeskOf
from lamoon.booking import BookingRequest, Contact, DisclosedCondition
from lamoon.chat.model import TurnExplanation
from lamoon.desk.requests import MissingError, Requests
from lamoon.storage.tables import outbox

LIST = "/desk/inbox/requests"
Make = Callable[..., str]


@pytest.fixture
def make(desk: DeskOf) -> Make:
    """Stores a request of a conversation and gives its reference."""

    def make(sender: str = "web-x-0", **values: object) -> str:
        given: dict[str, object] = {
            "conversation_id": sender,
            "run_id": str(len(desk.front.parts.bookings.list())),
            "name": "Rose Hill",
            "contact": Contact("rose@example.com", ""),
            "wish": "an hour on <Thursday>",
            "consent": True,
            "screening": "no",
        }
        return desk.front.parts.bookings.submit(BookingRequest(**given | values))  # type: ignore[arg-type]

    return make


def held(make: Make, sender: str = "web-x-0") -> str:
    condition = DisclosedCondition("blood_clot", "i had a clot last year")
    return make(sender, screening="details", health_words="my leg, you know", conditions=(condition,))


def test_a_request_is_new_until_somebody_says_what_became_of_it(desk: DeskOf, make: Make) -> None:
    reference = make()
    assert "New" in desk.staff.get(LIST, status="new").text.partition("data-live")[2]
    assert desk.staff.post(f"{LIST}/{reference}/status", status="confirmed").status_code == 303
    assert reference not in desk.staff.get(LIST, status="new").text
    page = desk.owner.get(f"{LIST}/{reference}").text
    assert "Set by Sam" in page
    assert "an hour on &lt;Thursday&gt;" in page
    assert "rose@example.com" in page
    (entry, *_) = desk.front.desk.audit.latest()
    assert (entry.action, entry.subject, entry.details) == ("request.status", reference, {"status": "confirmed"})


def test_a_status_that_is_none_is_refused(desk: DeskOf, make: Make) -> None:
    assert desk.staff.post(f"{LIST}/{make()}/status", status="eaten").status_code == 422


def test_a_request_of_the_sandbox_is_not_listed(desk: DeskOf, make: Make) -> None:
    assert make("test-x-0", channel="test") not in desk.staff.get(LIST).text


def test_why_a_request_is_on_hold_can_be_read(desk: DeskOf, make: Make) -> None:
    page = desk.staff.get(f"{LIST}/{held(make)}").text
    for words in ("On hold", "blood clot", "i had a clot last year", "my leg, you know"):
        assert words in page


def test_a_request_on_hold_cannot_be_confirmed_before_it_is_lifted_with_a_reason(desk: DeskOf, make: Make) -> None:
    reference = held(make)
    refused = desk.staff.post(f"{LIST}/{reference}/status", status="confirmed")
    assert refused.status_code == 409
    assert "Lift the hold first" in refused.text
    assert desk.staff.post(f"{LIST}/{reference}/lift-hold", reason=" ").status_code == 422
    assert desk.staff.post(f"{LIST}/{reference}/lift-hold", reason="her doctor agrees").status_code == 303
    assert desk.front.rasa.lifted == ["web-x-0"]
    page = desk.owner.get(f"{LIST}/{reference}").text
    assert "Sam lifted the hold" in page
    assert "her doctor agrees" in page
    assert desk.staff.post(f"{LIST}/{reference}/status", status="confirmed").status_code == 303
    assert "doctor" not in str(desk.front.desk.audit.latest())


def test_a_hold_comes_back_when_the_visitor_tells_of_their_health_again(desk: DeskOf, make: Make) -> None:
    visitor: Visitor = desk.front.visitor()
    reference = held(make, f"web-{visitor.conversation}-0")
    desk.staff.post(f"{LIST}/{reference}/lift-hold", reason="looked at")
    tell(desk, visitor, hold=False)
    assert "the hold is back" not in desk.staff.get(f"{LIST}/{reference}").text
    tell(desk, visitor, hold=True)
    assert "the hold is back" in desk.staff.get(f"{LIST}/{reference}").text
    assert "On hold" in desk.staff.get(f"/desk/inbox/conversation/{visitor.conversation}").text
    assert desk.staff.post(f"{LIST}/{reference}/status", status="confirmed").status_code == 409


def tell(desk: DeskOf, visitor: Visitor, *, hold: bool) -> None:
    """A turn after which the assistant does or does not hold bookings."""
    store = desk.front.parts.store
    turn = store.receive(visitor.conversation, str(hold), "words", "words").turn
    assert turn
    store.answer(turn, [], TurnExplanation(0.1, {"slots": {"booking_hold": True} if hold else {}}))


def test_nothing_is_lifted_while_the_assistant_is_away(desk: DeskOf, make: Make) -> None:
    reference = held(make)
    desk.front.parts.rasa._address = "http://127.0.0.1:1"
    answer = desk.staff.post(f"{LIST}/{reference}/lift-hold", reason="kept reason")
    assert answer.status_code == 503
    assert "kept reason</textarea>" in answer.text
    assert Requests(desk.front.parts.bookings.database).get(reference).is_held


def test_an_e_mail_that_failed_is_shown_and_sent_again(desk: DeskOf, make: Make) -> None:
    reference = make()
    with desk.front.parts.bookings.database.writing("fail") as connection:
        connection.execute(update(outbox).values(status="failed", attempts=9))
    assert "The e-mail failed" in desk.staff.get(LIST).text
    assert "after 9 attempts" in desk.staff.get(f"{LIST}/{reference}").text
    assert desk.staff.post(f"{LIST}/{reference}/send-again").status_code == 303
    assert "The e-mail failed" not in desk.staff.get(LIST).text


def test_what_the_team_noted_goes_with_the_request(desk: DeskOf, make: Make) -> None:
    reference = held(make)
    desk.staff.post(f"{LIST}/{reference}/lift-hold", reason="secret reason")
    desk.front.parts.bookings.forget("web-x-0")
    assert desk.staff.get(f"{LIST}/{reference}").status_code == 404
    assert desk.staff.post(f"{LIST}/{reference}/status", status="seen").status_code == 404
    with pytest.raises(MissingError):
        Requests(desk.front.parts.bookings.database).get(reference)
    assert b"secret reason" not in (desk.front.settings.data / "lamoon.db").read_bytes()
