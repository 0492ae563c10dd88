"""/start, /stop and /delete; and that a person at a platform can be forgotten."""

from __future__ import annotations

import threading
from typing import Any

import httpx
import pytest
from starlette.responses import JSONResponse, Response
from web.serving import SECONDS, until

from channels.conftest import Line
from channels.simulator.platform import Simulator
from lamoon.booking import BookingRequest, Contact, parse_contact
from lamoon.channels.store import reachability
from lamoon.chat.model import Conversation


def test_start_greets_with_the_consent_line(line: Line, simulator: Simulator) -> None:
    address = simulator.address(1)
    simulator.insist(simulator.text(address, "/start"))
    (greeting,) = line.arrived(address, 1)
    assert greeting.text.startswith("Hello, and welcome")
    assert "not medical advice" in greeting.text
    assert line.rasa.heard == []


def test_a_suggestion_of_the_greeting_can_be_chosen(line: Line, simulator: Simulator) -> None:
    address = simulator.address(1)
    simulator.insist(simulator.text(address, "/start"))
    (greeting,) = simulator.wait(address, 1)
    pressed = simulator.has_buttons and greeting.buttons
    event = simulator.press(address, greeting.buttons[1]) if pressed else simulator.text(address, "2")
    simulator.insist(event)
    assert simulator.wait(address, 2)[1].text == "re Does it hurt?"


def test_stop_is_acknowledged_once_and_ends_all_messages(line: Line, simulator: Simulator) -> None:
    address = line.acquainted()
    conversation = line.person(address).conversation.id

    stopped = threading.Event()

    def late(body: dict[str, Any]) -> Response:
        stopped.wait(SECONDS)
        return JSONResponse([{"text": "late"}])

    line.rasa.answer = late
    simulator.insist(simulator.text(address, "one"))
    simulator.insist(simulator.text(address, "/stop"))
    simulator.insist(simulator.text(address, "/stop"))
    stopped.set()
    line.settle()
    line.team_says(conversation, "Hello?")
    (last,) = line.arrived(address, 1)
    assert last.text.startswith("All right, you won't get any more messages")
    line.rasa.reply({"text": "welcome back"})
    simulator.insist(simulator.text(address, "hello again"))
    assert line.arrived(address, 2)[1].text == "welcome back"


def test_what_the_team_says_to_somebody_who_stopped_never_arrives_and_the_team_is_told(
    line: Line, simulator: Simulator
) -> None:
    address = line.acquainted()
    conversation = line.person(address).conversation.id
    simulator.insist(simulator.text(address, "/stop"))
    line.arrived(address, 1)
    line.team_says(conversation, "Are you there?")
    said = line.parts.store.history(conversation)[-1]
    told = reachability(line.channels.people, conversation)
    assert told
    assert told.stopped
    assert told.undelivered == {said.id: "they asked for no more messages"}
    simulator.insist(simulator.text(address, "hello again"))
    assert line.texts(address, 2)[1] == "re hello again"
    told = reachability(line.channels.people, conversation)
    assert told
    assert not told.stopped
    assert list(told.undelivered) == [said.id]


def sent_request(line: Line, conversation: Conversation) -> None:
    """A message for the team, which the person sent this way."""
    contact = parse_contact("maria@example.com", "US")
    assert isinstance(contact, Contact)
    line.parts.bookings.submit(
        BookingRequest(
            kind="handoff",
            conversation_id=conversation.sender(),
            run_id="1",
            name="Maria",
            contact=contact,
            wish="Please call me.",
            consent=True,
            channel=conversation.channel,
        )
    )


def has_request(line: Line, conversation: Conversation) -> bool:
    return line.parts.bookings.has_requests([conversation.sender()])


def answered(line: Line, simulator: Simulator, address: str, number: int) -> None:
    """Presses the choice of /delete with this number from 1, or writes the number where there are no buttons."""
    simulator.insist(simulator.text(address, "/delete"))
    (question,) = simulator.wait(address, 1)
    assert "can't be undone" in question.text
    pressed = simulator.has_buttons and question.buttons
    simulator.insist(
        simulator.press(address, question.buttons[number - 1]) if pressed else simulator.text(address, str(number))
    )


@pytest.mark.parametrize("answer", ["YES", "delete everything"])
def test_delete_asks_and_then_deletes_the_conversation(line: Line, simulator: Simulator, answer: str) -> None:
    address = line.acquainted()
    conversation = line.person(address).conversation
    simulator.insist(simulator.text(address, "/delete"))
    (question,) = simulator.wait(address, 1)
    assert "stays with the studio" not in question.text
    simulator.insist(simulator.text(address, answer))
    assert line.arrived(address, 2)[1].text.startswith("Done. I've deleted this conversation")
    assert line.channels.people.person(simulator.channel, address) is None
    until(lambda: conversation.sender() in line.rasa.forgotten, "Rasa to forget")


@pytest.mark.parametrize(
    ("number", "says", "stays"),
    [(1, "Your request stays with the studio", True), (2, "withdrawn your request", False)],
)
def test_delete_withdraws_a_request_only_where_that_is_chosen(
    line: Line, simulator: Simulator, number: int, says: str, stays: bool
) -> None:
    address = line.acquainted()
    conversation = line.person(address).conversation
    sent_request(line, conversation)
    answered(line, simulator, address, number)
    assert says in line.arrived(address, 2)[1].text
    assert line.channels.people.person(simulator.channel, address) is None
    until(lambda: conversation.sender() in line.rasa.forgotten, "Rasa to forget")
    assert has_request(line, conversation) is stays


def test_everything_can_be_kept(line: Line, simulator: Simulator) -> None:
    address = line.acquainted()
    conversation = line.person(address).conversation
    sent_request(line, conversation)
    answered(line, simulator, address, 3)
    assert line.arrived(address, 2)[1].text == "All right, nothing was deleted."
    assert line.person(address).conversation.id == conversation.id
    assert has_request(line, conversation)


@pytest.mark.parametrize("answer", ["no", "2", "does it hurt?"])
def test_delete_deletes_nothing_without_a_clear_yes(line: Line, simulator: Simulator, answer: str) -> None:
    address = line.acquainted()
    simulator.insist(simulator.text(address, "/delete"))
    simulator.wait(address, 1)
    simulator.insist(simulator.text(address, answer))
    expected = "re does it hurt?" if answer == "does it hurt?" else "All right, nothing was deleted."
    assert simulator.wait(address, 2)[1].text == expected
    simulator.insist(simulator.text(address, "yes"))
    assert line.arrived(address, 3)[2].text == "re yes"
    line.person(address)


def test_who_is_not_known_is_told_that_nothing_is_kept(line: Line, simulator: Simulator) -> None:
    address = simulator.address(9)
    simulator.insist(simulator.text(address, "/delete"))
    assert line.arrived(address, 1)[0].text == "There is nothing of yours to delete here."
    assert line.channels.people.person(simulator.channel, address) is None


def test_to_be_forgotten_can_be_asked_in_words_too(line: Line, simulator: Simulator) -> None:
    address = line.acquainted()
    line.rasa.reply({"text": "It is forgotten.", "metadata": {"effect": "forgets"}})
    simulator.insist(simulator.text(address, "forget me"))
    assert line.arrived(address, 1)[0].text == "It is forgotten."
    history = line.parts.store.history(line.person(address).conversation.id)
    assert [message.text for message in history] == ["It is forgotten."]


def test_health_tells_of_the_channel(line: Line, simulator: Simulator) -> None:
    told = httpx.get(f"{line.url}/health", trust_env=False, timeout=30).json()
    assert told["channels"][simulator.channel] == "ok"
