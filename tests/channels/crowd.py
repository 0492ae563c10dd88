"""Many people who write in pieces, on all platforms at once, before one gateway."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from web.serving import GatewayProcess, Serving
from web.visitor import letters

from channels.simulator.platform import RETRY_SECONDS, Sent, Simulator
from channels.simulator.platforms import SIMULATORS
from channels.simulator.twilio import ACCOUNT
from lamoon.channels.opt_out import is_carrier_word, wants_no_more
from lamoon.channels.rendering import plain, runs
from lamoon.channels.twilio import HELP_WORDS, START_WORDS
from lamoon.chat.model import Message

LEAST, MOST = 2, 15
"""Messages of a burst."""
REPEATED = 0.02
"""Of the webhooks come twice, as platforms repeat what they take for lost."""
HOLD_SECONDS = 30.0


@dataclass(frozen=True)
class Piece:
    """A message, and when its webhook was sent."""

    text: str
    is_emergency: bool
    at: float = 0.0


@dataclass
class Somebody:
    """A person at a platform, what they are going to write, and what they wrote."""

    simulator: Simulator
    address: str
    bursts: Sequence[Sequence[Piece]]
    wrote: list[Piece] = field(default_factory=list)


@dataclass(frozen=True)
class Pace:
    """Seconds between the messages of a burst, and between bursts: each between the first and the second."""

    within: tuple[float, float]
    between: tuple[float, float]


@contextmanager
def six_platforms(variables: Mapping[str, str], folder: Path) -> Iterator[Mapping[str, Simulator]]:
    """A gateway with all platforms in front of it."""
    simulators = {channel: kind() for channel, kind in SIMULATORS.items()}
    texts, whatsapp = simulators["sms"], simulators["twilio_whatsapp"]

    async def message(request: Request) -> Response:
        to = str((await request.form())["To"])
        receiver: Any = whatsapp if to.startswith("whatsapp:") else texts
        answer: Response = await receiver._message(request)
        return answer

    routes = [Route(f"{ACCOUNT}/Messages.json", message, methods=["POST"])]
    routes += [route for simulator in simulators.values() for route in simulator.routes()]  # type: ignore[misc]
    with Serving(Starlette(routes=routes)) as serving:
        for simulator in simulators.values():
            simulator.serving = serving
        own = {name: value for one in simulators.values() for name, value in one.variables().items()}
        process = GatewayProcess({**variables, **own}, folder / "gateway.log")
        process.start()
        for simulator in simulators.values():
            simulator.gateway = process.url
        try:
            yield simulators
        finally:
            process.stop()
    assert [problem for simulator in simulators.values() for problem in simulator.refused] == []


def crowd(
    simulators: Mapping[str, Simulator],
    people: int,
    bursts: int,
    sentences: Sequence[str],
    emergencies: Sequence[str],
    chance: random.Random,
) -> list[Somebody]:
    """So many people on all platforms, who write so many bursts in all; every other burst holds an emergency."""
    each = [bursts // people + (number < bursts % people) for number in range(people)]
    names = list(simulators)
    found = []
    for number in range(people):
        simulator = simulators[names[number % len(names)]]
        told = [_burst(sentences, emergencies, chance, urgent=at % 2 == number % 2) for at in range(each[number])]
        found.append(Somebody(simulator, simulator.address(1000 + number), told))
    return found


def _burst(sentences: Sequence[str], emergencies: Sequence[str], chance: random.Random, *, urgent: bool) -> list[Piece]:
    length = chance.randint(LEAST, MOST)
    texts: list[str] = []
    while len(texts) < length:
        words = chance.choice(sentences).split()
        while words:
            cut = chance.randint(1, 5)
            text = " ".join(words[:cut])
            words = words[cut:]
            if not _is_command(text):
                texts.append(text)
    pieces = [Piece(text, is_emergency=False) for text in texts[:length]]
    if urgent:
        pieces[chance.randrange(length)] = Piece(chance.choice(emergencies), is_emergency=True)
    return pieces


def _is_command(text: str) -> bool:
    """Whether a text message of these words is obeyed or read as a choice rather than kept: "stop", "help", "1"."""
    return (
        text.strip(" .)").isdigit()
        or is_carrier_word(text)
        or wants_no_more(text)
        or text.strip().lower() in START_WORDS | HELP_WORDS
    )


async def write_all(people: Sequence[Somebody], pace: Pace, chance: random.Random) -> None:
    """Everybody writes at their own pace, beginning at different times."""
    connections = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connections, trust_env=False) as session:
        own = [random.Random(chance.random()) for _ in people]
        await asyncio.gather(*(_write(one, pace, mine, session) for one, mine in zip(people, own, strict=True)))


async def _write(one: Somebody, pace: Pace, chance: random.Random, session: aiohttp.ClientSession) -> None:
    await asyncio.sleep(chance.uniform(0, pace.between[1]))
    for burst in one.bursts:
        for piece in burst:
            headers, body = one.simulator.request([one.simulator.text(one.address, piece.text)])
            one.wrote.append(Piece(piece.text, piece.is_emergency, time.monotonic()))
            for _ in range(2 if chance.random() < REPEATED else 1):
                await _post(session, f"{one.simulator.gateway}/webhooks/{one.simulator.platform}", headers, body)
            await asyncio.sleep(chance.uniform(*pace.within))
        await asyncio.sleep(chance.uniform(*pace.between))


async def _post(session: aiohttp.ClientSession, url: str, headers: Mapping[str, str], body: bytes) -> None:
    """Until it is taken, as platforms do: a connection that was idle may be closed in that moment."""
    timeout = aiohttp.ClientTimeout(HOLD_SECONDS)
    while True:
        try:
            async with session.post(url, headers=headers, data=body, timeout=timeout) as answer:
                if answer.status == 200:
                    return
        except (aiohttp.ClientConnectionError, TimeoutError):
            pass
        await asyncio.sleep(RETRY_SECONDS)


def arrivals(said: Sequence[Message], parts: Mapping[int, int], inbox: Sequence[Sent]) -> dict[int, float]:
    """When each of our messages arrived, by id. Everything arrived once and in the order in which it was said."""
    found: dict[int, float] = {}
    at = 0
    for message in said:
        sent = inbox[at : at + parts[message.id]]
        at += len(sent)
        assert len(sent) == parts[message.id], "lost"
        wanted = letters(plain(runs(message.body)))[:40]
        assert wanted in letters("".join(part.text for part in sent)), "out of order"
        found[message.id] = sent[0].at if sent else 0.0
    assert at == len(inbox), "doubled"
    return found
