"""An action server that takes requests and never answers: safety is spoken, and nobody waits for minutes."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from scenarios.assistant import Assistant


@pytest.fixture
def hung(assistant: Assistant) -> Iterator[Assistant]:
    """The assistant with its action server hung in the middle of a booking of each conversation."""
    for sender in ("hung-warning", "hung-form"):
        assistant.say(sender, "I'd like to book a session")
    assistant.servers.hang_actions()
    try:
        yield assistant
    finally:
        assistant.servers.wake_actions()


def test_warnings_and_apologies_come_from_a_hung_action_server(hung: Assistant) -> None:
    with ThreadPoolExecutor(2) as threads:  # each waits until Rasa gives up
        warning = threads.submit(hung.say, "hung-warning", "i have a blood clot in my leg")
        apology = threads.submit(hung.say, "hung-form", "Maria")
    assert "check with your doctor" in " ".join(reply["text"] for reply in warning.result())
    assert "(212) 555-0147" in " ".join(reply["text"] for reply in apology.result())
    assert "911" in hung.say("hung-form", "crushing chest pain, can't breathe")[0]["text"]
