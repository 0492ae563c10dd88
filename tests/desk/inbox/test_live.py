"""The inbox's live state, what its rows tell, its search, and what colleagues do for each other."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from web.serving import until
from web.visitor import Visitor

from desk.conftest import DeskOf
from desk.inbox.test_pages import mode, place, reply, texts


@pytest.fixture
def visitor(desk: DeskOf) -> Visitor:
    talk = desk.front.visitor()
    talk.ask("do you treat <b>knees</b>")
    return talk


def version(page: httpx.Response) -> str:
    """The version that a page carries."""
    found = re.search(r'data-version="(\w+)"', page.text)
    assert found
    return found[1]


def states(answer: httpx.Response) -> Iterator[dict[str, Any]]:
    """What the live stream says is the case."""
    return (json.loads(line.removeprefix("data: ")) for line in answer.iter_lines() if line.startswith('data: {"v'))


def test_an_open_page_learns_at_once_that_something_changed(desk: DeskOf, visitor: Visitor) -> None:
    shown = version(desk.staff.get("/desk/inbox"))
    with desk.staff.http.stream("GET", "/desk/live") as answer:
        found = states(answer)
        assert next(found)["version"] == shown
        visitor.send("news")
        changed = until(lambda: next(found)["version"] != shown, "the news")
    assert changed
    assert version(desk.staff.get("/desk/inbox")) == desk.staff.get("/desk/live/state").json()["version"]


def test_a_page_of_one_conversation_carries_its_own_version(desk: DeskOf, visitor: Visitor) -> None:
    of_this = {"conversation": visitor.conversation}
    shown = version(desk.staff.get(place(visitor)))
    assert desk.staff.get("/desk/live/state", **of_this).json()["version"] == shown
    desk.owner.post(f"{place(visitor)}/note", text="a note")
    assert desk.staff.get("/desk/live/state", **of_this).json()["version"] != shown


def test_a_stream_says_that_the_session_is_over_and_ends(desk: DeskOf) -> None:
    with desk.staff.http.stream("GET", "/desk/live") as answer:
        lines = answer.iter_lines()
        until(lambda: next(lines) == "event: state", "the state")
        desk.front.desk.accounts.deactivate("Sam")
        until(lambda: next(lines) == "event: signed-out", "the end")


def asks_for_a_person(desk: DeskOf, visitor: Visitor, words: str = "can I talk to a person") -> None:
    """The visitor asks, and the assistant begins to ask for the message."""
    actions = [{"name": "utter_handoff_intro"}, {"name": "handoff_form"}]
    details = {"label": "handoff_to_human", "actions": actions, "form": "handoff_form"}
    question = {"text": "What would you like me to tell them?", "metadata": {"turn": details}}
    desk.front.rasa.reply({"text": "Of course."}, question)
    visitor.ask(words)


def test_who_asks_for_a_person_waits_at_once_and_reads_when_somebody_can_come(desk: DeskOf, visitor: Visitor) -> None:
    asks_for_a_person(desk, visitor)
    assert mode(visitor) == "waiting"
    page = desk.staff.get("/desk/inbox").text
    assert "Waiting for a person (1)" in page
    assert "No contact left" in page
    (told,) = texts(visitor, "system")
    assert "asked for a person" in told
    authors = [message["from"] for message in visitor.messages()][-3:]
    assert authors == ["bot", "system", "bot"]  # the question comes last


def test_who_thinks_better_of_it_waits_no_longer(desk: DeskOf, visitor: Visitor) -> None:
    asks_for_a_person(desk, visitor)
    desk.front.rasa.reply({"text": "All right.", "metadata": {"turn": {"label": "stop"}}})
    visitor.ask("never mind")
    assert mode(visitor) == "bot"


def test_an_emergency_comes_first_and_is_counted_until_somebody_has_seen_to_it(desk: DeskOf, visitor: Visitor) -> None:
    asks_for_a_person(desk, desk.front.visitor())
    desk.front.rasa.reply({"text": "Call 911.", "metadata": {"kind": "emergency"}})
    visitor.ask("chest pain")
    page = desk.staff.get("/desk/inbox").text
    assert "<title>(2) Inbox" in page
    assert page.index("Emergencies and crises (1)") < page.index("chest pain") < page.index("Waiting for a person (1)")
    assert '<span class="mark alarm">Emergency</span>' in page
    desk.staff.post(f"{place(visitor)}/see-to")
    assert "Emergencies and crises" not in desk.staff.get("/desk/inbox").text


def test_rows_have_the_name_and_the_topic_and_whose_turn_it_is(desk: DeskOf, visitor: Visitor) -> None:
    slots = {"visitor_name": "Tom Bell", "contact": "(212) 555-0143", "booking_hold": True}
    turn = {"label": "faq/cost", "slots": slots}
    desk.front.rasa.reply({"text": "It depends.", "metadata": {"turn": turn}})
    visitor.ask("what does it cost")
    page = desk.staff.get("/desk/inbox").text
    assert "<strong>Tom Bell</strong>" in page
    assert "How much does it cost" in page or "cost" in page.partition("Tom Bell")[2][:200]
    assert '<span class="mark">On hold</span>' in page
    assert '<span class="new">New</span>' in page
    one = desk.staff.get(place(visitor)).text
    assert "<h1>Tom Bell</h1>" in one
    assert 'href="tel:+1 212-555-0143"' in one
    reply(desk.staff, visitor)
    assert "Their turn" in desk.staff.get("/desk/inbox").text
    visitor.send("thank you")
    until(lambda: "Your turn" in desk.staff.get("/desk/inbox").text, "the turn")
    assert (
        "The team&#39;s turn" in desk.owner.get("/desk/inbox").text
        or "The team's turn" in desk.owner.get("/desk/inbox").text
    )


@pytest.mark.parametrize(
    "words", ["tom", "Bell", "(212) 555-0143", "212.555.0143", "+1 212 555 0143", "5550143", "KNEES", "tom@example.com"]
)
def test_a_person_is_found_however_they_are_looked_for(desk: DeskOf, visitor: Visitor, words: str) -> None:
    left = {"name": "Tom Bell", "contact": "tom@example.com, (212) 555-0143", "text": "call me"}
    visitor.post("message-to-team", client_id=str(uuid.uuid4()), **left, consent=True)
    page = desk.staff.get("/desk/inbox", q=words).text
    assert f'href="/desk/people/{visitor.conversation}"' in page
    assert "Tom Bell" in page
    assert "0 results" in desk.staff.get("/desk/inbox", q="nobody of that name").text


def test_one_page_has_all_of_a_person(desk: DeskOf, visitor: Visitor) -> None:
    other = desk.front.visitor()
    other.ask("something else")
    for talk, contact in ((visitor, "tom@example.com, (212) 555-0143"), (other, "+1 212 555 0143")):
        left = {"name": "Tom Bell", "contact": contact, "text": "call me"}
        talk.post("message-to-team", client_id=str(uuid.uuid4()), **left, consent=True)
    page = desk.staff.get(f"/desk/people/{visitor.conversation}").text
    assert "Conversations (2)" in page
    assert "Requests (2)" in page
    assert "tom@example.com" in page
    assert desk.staff.get("/desk/people/nobody").status_code == 404


def test_a_note_tells_a_colleague_and_a_conversation_is_given_to_one(desk: DeskOf, visitor: Visitor) -> None:
    desk.staff.post(f"{place(visitor)}/note", text="please have a look, @Olivia")
    assert "Sam named you" in desk.owner.get("/desk/inbox").text
    assert "named you" not in desk.staff.get("/desk/inbox").text
    desk.owner.post(f"{place(visitor)}/read", message="1")
    assert "named you" not in desk.owner.get("/desk/inbox").text
    assert desk.staff.post(f"{place(visitor)}/assign", assignee="Olivia").status_code == 303
    assert "for you" in desk.owner.get("/desk/inbox").text
    assert "for Olivia" in desk.staff.get("/desk/inbox").text
    assert desk.staff.post(f"{place(visitor)}/assign", assignee="Nobody").status_code == 422


def test_both_sides_see_who_types_and_who_has_read(desk: DeskOf, visitor: Visitor) -> None:
    reply(desk.staff, visitor, "Hello")
    with (
        visitor.listening() as stream,
        desk.staff.http.stream("GET", "/desk/live", params={"conversation": visitor.conversation}) as answer,
    ):
        lines = answer.iter_lines()
        until(lambda: next(lines) == "event: state", "the stream")
        until(lambda: stream.named("status"), "the stream")
        assert "Seen by the visitor" not in desk.staff.get(place(visitor)).text
        desk.staff.post(f"{place(visitor)}/typing", on="yes")
        until(lambda: {"on": True} in stream.named("typing"), "the team's typing")
        assert visitor.post("presence", typing=True).status_code == 204
        until(lambda: next(lines) == "event: typing", "the visitor's typing")
        assert not stream.named("visitor_typing")
    assert "Seen by the visitor" in desk.staff.get(place(visitor)).text  # who types has the reply before them
    reply(desk.staff, visitor, "And?")
    assert "Seen by the visitor" not in desk.staff.get(place(visitor)).text
    assert visitor.post("presence", read=visitor.messages()[-1]["id"]).status_code == 204
    assert "Seen by the visitor" in desk.staff.get(place(visitor)).text
    reply(desk.staff, visitor, "One more thing")
    visitor.send("I read it all")
    assert "Seen by the visitor" in desk.staff.get(place(visitor)).text


def test_who_answered_is_named(desk: DeskOf, visitor: Visitor) -> None:
    reply(desk.staff, visitor, "Hello")
    assert [message.get("by") for message in visitor.messages() if message["from"] == "team"] == ["Sam"]
    assert "<strong>Sam</strong>" in desk.owner.get(place(visitor)).text


def test_ready_replies_are_edited_at_the_desk_and_filled_in(desk: DeskOf, visitor: Visitor) -> None:
    kept = desk.staff.post("/desk/ready-replies/keep", shortcut="/Hello", text="Hi {name}, {me} here. Call {phone}.")
    assert kept.status_code == 303
    assert 'data-ready="Hi, Sam here. Call (212) 555-0147."' in desk.staff.get(place(visitor)).text
    again = desk.staff.post("/desk/ready-replies/keep", shortcut="hello", text="another")
    assert again.status_code == 422
    assert "already" in again.text
    assert "another</textarea>" in again.text
    wrong = desk.staff.post("/desk/ready-replies/keep", shortcut="two", text="{nobody}")
    assert "{nobody} is unknown" in wrong.text
    desk.staff.post("/desk/ready-replies/delete", id="hello")
    assert "/hello" not in desk.staff.get("/desk/ready-replies").text
