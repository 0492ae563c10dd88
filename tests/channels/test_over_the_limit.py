"""By phone, at the pace that is set in earnest: what comes too fast or is very long is kept, looked through and answered."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass

import pytest
from scenarios.assistant import Assistant
from web.serving import GatewayProcess, until
from web.stories import CLOT, EMERGENCY, QUICK, long_message

from channels.simulator.platform import Simulator
from channels.simulator.platforms import SIMULATORS
from lamoon.booking import BookingStore
from lamoon.channels.store import ChannelStore
from lamoon.chat.model import Message
from lamoon.chat.store import ChatStore
from lamoon.storage.keys import cipher_from

CHANNELS = ("telegram", "whatsapp", "sms")
LONGEST = {"telegram": 4096, "whatsapp": 4096, "sms": 1600}
"""Characters that a person can send in one message there."""
PEOPLE = itertools.count(1)
AT_ONCE = 9.0
"""Seconds; by the limit of pace it would be its turn after 12."""


@dataclass
class Phone:
    """Somebody at a platform, and what the gateway keeps of the conversation."""

    simulator: Simulator
    address: str
    chat: ChatStore
    people: ChannelStore

    def write(self, *texts: str) -> None:
        """Sends messages as fast as it goes."""
        for text in texts:
            self.simulator.insist(self.simulator.text(self.address, text))

    def screen(self) -> str:
        """All that arrived."""
        return "\n".join(sent.text for sent in self.simulator.inbox(self.address))

    def shows(self, words: str, seconds: float = 30) -> None:
        """Waits until the words are on the screen."""
        until(lambda: words in self.screen(), f"{words!r} on {self.simulator.channel}", seconds)

    def kept(self) -> list[Message]:
        """Every message of the conversation, when all are answered."""
        person = self.people.person(self.simulator.channel, self.address)
        assert person is not None
        until(lambda: self.chat.next_turn(person.conversation.id) is None, "everything to be answered", 60)
        return list(self.chat.history(person.conversation.id))


@pytest.fixture(scope="module")
def platforms(
    running: Assistant, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[dict[str, Simulator], ChatStore, ChannelStore]]:
    """A gateway over the real assistant that three platforms reach."""
    folder = tmp_path_factory.mktemp("pace")
    variables = dict(running.servers.variables)
    with ExitStack() as stack:
        simulators = {name: SIMULATORS[name]() for name in CHANNELS}
        for simulator in simulators.values():
            stack.enter_context(simulator.serving)
            variables |= simulator.variables()
        process = GatewayProcess(variables, folder / "gateway.log")
        process.start()
        stack.callback(process.stop)
        for simulator in simulators.values():
            simulator.gateway = process.url
        bookings = BookingStore(
            running.servers.settings.database_url.reveal(), cipher=cipher_from(running.servers.settings)
        )
        stack.callback(bookings.close)
        yield simulators, ChatStore(bookings.database), ChannelStore(bookings.database)


Meet = Callable[[], Phone]


@pytest.fixture(params=CHANNELS)
def meet(
    request: pytest.FixtureRequest,
    platforms: tuple[dict[str, Simulator], ChatStore, ChannelStore],
    assistant: Assistant,
) -> Meet:
    """Gives somebody who has not written yet."""
    simulators, chat, people = platforms
    simulator = simulators[request.param]
    return lambda: Phone(simulator, simulator.address(500 + next(PEOPLE)), chat, people)


def test_what_is_told_too_fast_is_heard(meet: Meet) -> None:
    """By the limit of pace each of them takes a quarter of a minute."""
    with ThreadPoolExecutor(3) as threads:
        waits = [threads.submit(_emergency_is_answered_at_once, meet(), place) for place in (10, 13)]
        waits.append(threads.submit(_clot_is_warned_about, meet()))
    for one in waits:
        one.result()


def _emergency_is_answered_at_once(phone: Phone, place: int) -> None:
    said = [*QUICK[:place], EMERGENCY, *QUICK[place:]]
    phone.write(*said)
    phone.shows("This could be an emergency", AT_ONCE)
    kept = phone.kept()
    assert [message.text for message in kept if message.author == "visitor"] == said
    assert [message.kind for message in kept].count("emergency") == 1
    assert phone.screen().count("faster than I can answer") <= 2  # once a minute, which may end meanwhile


def _clot_is_warned_about(phone: Phone) -> None:
    said = [*QUICK, CLOT]
    phone.write(*said)
    kept = phone.kept()
    assert [message.text for message in kept if message.author == "visitor"] == said
    assert [message.kind for message in kept].count("warning") == 1


@pytest.mark.parametrize("told", [EMERGENCY, CLOT])
@pytest.mark.parametrize("length", [1124, 4096])
@pytest.mark.parametrize("place", ["middle", "end"])
def test_a_long_message_is_read_to_its_end(meet: Meet, told: str, length: int, place: str) -> None:
    phone = meet()
    text = long_message(told, min(length, LONGEST[phone.simulator.channel]), place)
    phone.write(text)
    phone.shows("This could be an emergency" if told == EMERGENCY else "blood clot")
    kept = phone.kept()
    assert [message.text for message in kept if message.author == "visitor"] == [text]
    assert ("emergency" if told == EMERGENCY else "warning") in [message.kind for message in kept]
