"""The assistant as somebody at a platform has it: for scenarios to be played through phone, platform and gateway."""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from email.message import EmailMessage
from typing import Any

import httpx
from scenarios.assistant import ANSWER_SECONDS, Assistant
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from web.serving import until

from channels.simulator.platform import Event, Simulator
from lamoon.booking import BookingStore
from lamoon.booking.request import BookingRequest
from lamoon.channels.rendering import plain, runs
from lamoon.channels.store import ChannelStore
from lamoon.chat.safe_tree import markdown_tree
from lamoon.chat.store import ChatStore
from lamoon.storage.keys import cipher_from

Reply = dict[str, Any]
LATEST = 5
"""Messages among which a button is looked for."""
PEOPLE = itertools.count(1)
PASSED_ON = ("content-type", "content-length")


class Overheard:
    """Stands between gateway and Rasa, passes everything on, and keeps what Rasa replied to whom.

    `replies` is for several that keep it in one place. When Rasa goes away, so does the answer.
    """

    def __init__(self, rasa: str, replies: defaultdict[str, list[list[Reply]]] | None = None) -> None:
        self.replies = defaultdict(list) if replies is None else replies
        self._http = httpx.AsyncClient(base_url=rasa, timeout=ANSWER_SECONDS, trust_env=False)
        self.app = Starlette(routes=[Route("/{path:path}", self._pass_on, methods=["GET", "POST", "DELETE"])])

    async def _pass_on(self, request: Request) -> Response:
        headers = {name: value for name, value in request.headers.items() if name in PASSED_ON}
        body = await request.body()
        try:
            answer = await self._http.request(request.method, request.url.path, content=body, headers=headers)
        except httpx.TransportError:
            return Response(headers={"content-length": "1"})  # cut off: the connection ends before that
        if request.method == "POST" and answer.status_code == httpx.codes.OK:
            self.replies[(await request.json())["sender"]].append(answer.json())
        return Response(answer.content, answer.status_code, media_type=answer.headers.get("content-type"))


class ChannelTalk:
    """What the runner of scenarios needs of an assistant, reached through a platform."""

    def __init__(self, assistant: Assistant, simulator: Simulator, overheard: Overheard) -> None:
        self._assistant = assistant
        self._simulator = simulator
        self._overheard = overheard
        self._addresses: dict[str, str] = {}
        self._latest: list[Reply] = []
        self._read = 0
        self._bookings = BookingStore(
            assistant.servers.settings.database_url.reveal(), cipher=cipher_from(assistant.servers.settings)
        )
        self._people = ChannelStore(self._bookings.database)
        self._chat = ChatStore(self._bookings.database)

    def close(self) -> None:
        """Gives its connections back."""
        self._bookings.close()

    def say(self, sender: str, text: str) -> list[Reply]:
        """Writes, or presses the button that stands for this text, and waits for what arrives on the phone."""
        return self._do(sender, self._event(self._address(sender), text))

    def said(self, sender: str, text: str) -> Event:
        """Writes and waits for the answer; gives the platform's event of the message."""
        event = self._simulator.text(self._address(sender), text)
        self._do(sender, event)
        return event

    def do(self, sender: str, does: Callable[[Simulator, str], Event]) -> list[Reply]:
        """Does anything that is answered."""
        return self._do(sender, does(self._simulator, self._address(sender)))

    def delivers(self, sender: str, does: Callable[[Simulator, str], Event]) -> None:
        """Does anything that is not answered."""
        self._simulator.insist(does(self._simulator, self._address(sender)))

    def _do(self, sender: str, event: Event) -> list[Reply]:
        address, name = self._address(sender), self._name(sender)
        before = len(self._overheard.replies[name])
        self._simulator.insist(event)
        until(lambda: len(self._overheard.replies[name]) > before, "Rasa's answer", ANSWER_SECONDS)
        self._latest = self._overheard.replies[name][-1]
        until(lambda: self._shows(address), f"the phone to show {words(self._latest)!r}", ANSWER_SECONDS)
        self._read = len(self._simulator.inbox(address))
        return self._latest

    def tracker(self, sender: str) -> dict[str, Any]:
        """What Rasa remembers."""
        return self._assistant.tracker(self._name(sender))

    def everything_kept(self, sender: str) -> tuple[object, ...]:
        """What the chat, the tracker and the booking store hold of the conversation."""
        person = self._people.person(self._simulator.channel, self._address(sender))
        assert person is not None
        told = self._assistant.http.get(f"/conversations/{self._name(sender)}/tracker").json()
        return (self._chat.history(person.conversation.id), told, self.requests(sender))

    def files_with(self, word: str) -> list[str]:
        """The files of the data folder in which a word can be read, whatever they are."""
        found = []
        for path in self._assistant.servers.settings.data.rglob("*"):
            with suppress(OSError):
                found += [path.name] if path.is_file() and word.encode() in path.read_bytes() else []
        return found

    def requests(self, sender: str) -> list[BookingRequest]:
        """Rows in the booking store; each names the channel, where the scenarios expect REST."""
        found = self._assistant.requests(self._name(sender))
        assert {request.channel for request in found} <= {self._simulator.channel}
        return [replace(request, channel="rest") for request in found]

    def events_kept(self, sender: str) -> int:
        """Rows of this conversation in Rasa's database."""
        return self._assistant.events_kept(self._name(sender))

    def mail(self, reference: str) -> EmailMessage | None:
        """The mail about this request."""
        return self._assistant.mail(reference)

    def switch_actions(self, up: bool) -> None:
        """Kills or starts the action server."""
        self._assistant.switch_actions(up)

    def logs(self) -> Mapping[str, str]:
        """What each process has written so far."""
        return self._assistant.logs()

    def _address(self, sender: str) -> str:
        """A phone for each conversation, on which /start was read."""
        if sender not in self._addresses:
            address = self._addresses[sender] = self._simulator.address(next(PEOPLE))
            self._read = 0
            self._simulator.insist(self._simulator.text(address, "/start"))
            until(lambda: "notmedicaladvice" in self._arrived(address), "the greeting")
            self._read = len(self._simulator.inbox(address))
            self._latest = []
        return self._addresses[sender]

    def _name(self, sender: str) -> str:
        """The conversation's name in Rasa."""
        person = self._people.person(self._simulator.channel, self._address(sender))
        assert person is not None
        return person.conversation.sender()

    def _event(self, address: str, text: str) -> dict[str, Any]:
        """A press where the phone shows a button that stands for this text; its number where it is a line of a list."""
        buttons = [button for reply in self._latest for button in reply.get("buttons") or []]
        titles = {button["title"] for button in buttons if button["payload"] == text}
        latest = self._simulator.inbox(address)[-LATEST:]
        pressable = [button for sent in latest for button in sent.buttons if button[0] in titles]
        if pressable:
            return self._simulator.press(address, pressable[-1])
        lines = [line.partition(". ") for sent in latest for line in sent.text.splitlines()]
        numbers = [number for number, _, title in lines if title in titles]
        return self._simulator.text(address, numbers[-1] if numbers else text)

    def _shows(self, address: str) -> bool:
        """Whether the words of all replies arrived, one after the other."""
        arrived, place = self._arrived(address), 0
        for said in words(self._latest):
            found = arrived.find(said, place)
            if found < 0:
                return False
            place = found + len(said)
        return True

    def _arrived(self, address: str) -> str:
        return letters(" ".join(sent.text for sent in self._simulator.inbox(address)[self._read :]))


def words(replies: Sequence[Reply]) -> list[str]:
    """What the replies say, without mark-up."""
    return [letters(plain(runs(markdown_tree(str(reply.get("text") or ""))))) for reply in replies]


def letters(text: str) -> str:
    """A text without what platforms show differently: spaces, stars, the marks of a list, and addresses behind the words of a link."""
    return re.sub(r"\(https?://[^)\s]*\)|^\s*[-•] |[\s*_]", "", text, flags=re.MULTILINE)
