"""/start, /stop and /delete; and that a person at a platform can be forgotten."""

from __future__ import annotations

import time
from typing import Any

import httpx
import pytest
from starlette.responses import JSONResponse, Response

from gateway.channels.conftest import Line
from gateway.channels.simulator.platform import Simulator
from gateway.channels.test_delivering import acquainted, nothing_more, person
from gateway.serving import until


def test_start_greets_with_the_consent_line(line: Line, simulator: Simulator) -> None:
    address = simulator.address(1)
    simulator.insist(simulator.text(address, "/start"))
    (greeting,) = nothing_more(simulator, address, 1)
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
    address = acquainted(line, simulator)
    conversation = person(line, simulator, address).conversation.id

    def late(body: dict[str, Any]) -> Response:
        time.sleep(0.5)
        return JSONResponse([{"text": "late"}])

    line.rasa.answer = late
    simulator.insist(simulator.text(address, "one"))
    simulator.insist(simulator.text(address, "/stop"))
    simulator.insist(simulator.text(address, "/stop"))
    until(lambda: not line.parts.store.waiting(), "the answer to be kept")
    line.team_says(conversation, "Hello?")
    (last,) = nothing_more(simulator, address, 1)
    assert last.text.startswith("All right, you won't get any more messages")
    line.rasa.reply({"text": "welcome back"})
    simulator.insist(simulator.text(address, "hello again"))
    assert nothing_more(simulator, address, 2)[1].text == "welcome back"


@pytest.mark.parametrize("answer", ["YES", "button"])
def test_delete_asks_and_then_deletes_everything(line: Line, simulator: Simulator, answer: str) -> None:
    address = acquainted(line, simulator)
    conversation = person(line, simulator, address).conversation
    simulator.insist(simulator.text(address, "/delete"))
    (question,) = simulator.wait(address, 1)
    assert "can't be undone" in question.text
    pressed = answer == "button" and question.buttons
    simulator.insist(simulator.press(address, question.buttons[0]) if pressed else simulator.text(address, "YES"))
    assert nothing_more(simulator, address, 2)[1].text == "Everything that you wrote here is deleted."
    assert line.parts.channels.people.person(simulator.channel, address) is None
    until(lambda: conversation.sender() in line.rasa.forgotten, "Rasa to forget")


@pytest.mark.parametrize("answer", ["no", "button", "does it hurt?"])
def test_delete_deletes_nothing_without_a_clear_yes(line: Line, simulator: Simulator, answer: str) -> None:
    address = acquainted(line, simulator)
    simulator.insist(simulator.text(address, "/delete"))
    (question,) = simulator.wait(address, 1)
    pressed = answer == "button" and question.buttons
    said = simulator.press(address, question.buttons[1]) if pressed else simulator.text(address, answer)
    simulator.insist(simulator.text(address, "no") if answer == "button" and not question.buttons else said)
    expected = "re does it hurt?" if answer == "does it hurt?" else "All right, nothing was deleted."
    assert simulator.wait(address, 2)[1].text == expected
    simulator.insist(simulator.text(address, "yes"))
    assert nothing_more(simulator, address, 3)[2].text == "re yes"
    person(line, simulator, address)


def test_who_is_not_known_is_told_that_nothing_is_kept(line: Line, simulator: Simulator) -> None:
    address = simulator.address(9)
    simulator.insist(simulator.text(address, "/delete"))
    assert nothing_more(simulator, address, 1)[0].text == "There is nothing of yours to delete here."
    assert line.parts.channels.people.person(simulator.channel, address) is None


def test_to_be_forgotten_can_be_asked_in_words_too(line: Line, simulator: Simulator) -> None:
    address = acquainted(line, simulator)
    line.rasa.reply({"text": "It is forgotten.", "metadata": {"utter_action": "utter_forgotten"}})
    simulator.insist(simulator.text(address, "forget me"))
    assert nothing_more(simulator, address, 1)[0].text == "It is forgotten."
    history = line.parts.store.history(person(line, simulator, address).conversation.id)
    assert [message.text for message in history] == ["It is forgotten."]


def test_health_tells_of_the_channel(line: Line, simulator: Simulator) -> None:
    told = httpx.get(f"{line.url}/health", trust_env=False, timeout=30).json()
    assert told["channels"][simulator.channel] == "ok"
