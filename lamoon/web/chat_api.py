"""The routes of the chat and its event stream; openapi.yml describes them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from functools import partial
from typing import Any

from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from lamoon.booking import BookingRequest, Invalid, parse_contact
from lamoon.booking.request import NO_NAME
from lamoon.chat.choices import ChoiceError
from lamoon.chat.corrections import corrected_words
from lamoon.chat.errors import ApiError
from lamoon.chat.hub import CHANGED, VISITOR_TYPING
from lamoon.chat.limits import FloodError, RateLimit, address_of
from lamoon.chat.model import Conversation
from lamoon.chat.records import GoneError
from lamoon.chat.services import Services
from lamoon.chat.signing import TokenError
from lamoon.chat.view import message_view, status_view, studio_view, suggestions, transcript
from lamoon.errors import StoreError
from lamoon.phrasebook import phrase, say
from lamoon.storage.time import isoformat_utc
from lamoon.text.clean import clean, plain_text
from lamoon.web.openapi import one_of, read_body, whole_number

PING_SECONDS = 4
"""How often an open stream shows that it is alive: a reader takes two missed signs for its end."""
SEND_SECONDS = 30
"""A reader that accepts nothing for so long is disconnected; it reconnects and resumes."""
RECONNECT_MILLISECONDS = 2000
PAGE = 200


MOST_STREAMS = 10
PRIVATE = {"Cache-Control": "no-store"}


class ChatApi:
    """Handlers of the chat."""

    def __init__(self, services: Services) -> None:
        self._services = services

    @property
    def routes(self) -> list[Route]:
        """Paths and methods of openapi.yml."""
        return [
            Route("/chat/studio", self.studio, methods=["GET"]),
            Route("/chat/conversations", self.begin, methods=["POST"]),
            Route("/chat/messages", self.send, methods=["POST"]),
            Route("/chat/messages", self.messages, methods=["GET"]),
            Route("/chat/messages/{client_id}", self.withdraw, methods=["DELETE"]),
            Route("/chat/stream", self.listen, methods=["GET"]),
            Route("/chat/feedback", self.feedback, methods=["POST"]),
            Route("/chat/presence", self.presence, methods=["POST"]),
            Route("/chat/message-to-team", self.message_to_team, methods=["POST"]),
            Route("/chat/restart", self.restart, methods=["POST"]),
            Route("/chat/transcript", self.download, methods=["GET"]),
            Route("/chat/conversation", self.delete, methods=["DELETE"]),
        ]

    async def studio(self, request: Request) -> Response:
        """What the chat shows before the first message. The page that asks is noted, for the owner."""
        origin = request.headers.get("origin", "")
        if origin in self._services.settings.allowed_origins and not self._services.sites.is_fresh(origin):
            await asyncio.to_thread(self._services.sites.note, origin)
        return JSONResponse(
            studio_view(self._services.studio, self._services.choices), headers={"Cache-Control": "max-age=60"}
        )

    async def begin(self, request: Request) -> Response:
        """Starts a conversation and returns its token."""
        await self._limit("beginnings", self._services.limits.beginnings, address_of(request))
        body = await read_body(request, "Begin", self._services.studio.numbers.emergency)
        conversation = await asyncio.to_thread(self._services.store.open, body.get("language") or "")
        token, expires = self._services.tokens.make(conversation.id)
        return JSONResponse(
            {"token": token, "conversation": conversation.id, "expires_at": isoformat_utc(expires)},
            201,
            headers=PRIVATE,
        )

    async def send(self, request: Request) -> Response:
        """Stores a message, schedules its answer, and acknowledges it."""
        conversation_id = self._signed_in(request)
        body = await read_body(request, "Send", self._services.studio.numbers.emergency)
        text, words, choice = self._said(conversation_id, body)
        name, note = body["client_id"].lower(), ""
        if "corrects" in body:
            await self._find_own(conversation_id, body["corrects"])
            words, note = corrected_words(text), say("message_corrected")
        try:
            receipt = await self._services.intake.receive(
                conversation_id, name, text, words, choice, address=address_of(request), note=note
            )
        except FloodError as flood:
            raise self._told_to_wait("flood", flood.seconds) from None
        answer = {"id": receipt.id, "client_id": receipt.client_id, "at": isoformat_utc(receipt.at)}
        return JSONResponse(answer, 202 if receipt.new else 200, headers=PRIVATE)

    async def messages(self, request: Request) -> Response:
        """A page of messages."""
        conversation_id = self._signed_in(request)
        await self._limit("reading", self._services.limits.reading, conversation_id)
        after = whole_number(request.query_params.get("after"), "after")
        limit = whole_number(request.query_params.get("limit"), "limit", least=1, most=200, default=200)
        conversation, found = await asyncio.to_thread(self._services.store.since, conversation_id, after, limit)
        choices, names = self._services.choices, self._services.studio.staff_names
        views = [message_view(message, conversation, choices, names=names) for message in found]
        status = status_view(conversation, bot_up=self._services.rasa.up)
        return JSONResponse(
            {
                "messages": views,
                "mode": status["mode"],
                "shown_from": status["shown_from"],
                "last_id": found[-1].id if found else after,
            },
            headers=PRIVATE,
        )

    async def withdraw(self, request: Request) -> Response:
        """Deletes a message of the visitor's: its words go, here and wherever they are quoted."""
        conversation_id = self._signed_in(request)
        await self._limit_deeds(request, conversation_id)
        name = request.path_params["client_id"].lower()
        await self._find_own(conversation_id, name)
        await asyncio.to_thread(self._services.withdrawals.add, conversation_id, name)
        self._services.eraser.wake()
        self._services.hub.wake(conversation_id)
        self._services.hub.wake(conversation_id, CHANGED)
        return Response(status_code=204)

    async def listen(self, request: Request) -> Response:
        """The event stream."""
        conversation_id = self._signed_in(request)
        await self._limit("reading", self._services.limits.reading, conversation_id)
        resume = request.headers.get("last-event-id") or request.query_params.get("after")
        after = whole_number(resume, "Last-Event-ID")
        if self._services.hub.count(conversation_id) >= MOST_STREAMS:
            raise self._too_many("streams", 60)
        conversation = await asyncio.to_thread(self._services.store.find, conversation_id)
        return stream(self._services, conversation, after)

    async def feedback(self, request: Request) -> Response:
        """Stores the visitor's rating of a reply."""
        conversation_id = self._signed_in(request)
        await self._limit_deeds(request, conversation_id)
        body = await read_body(request, "Feedback", self._services.studio.numbers.emergency)
        word = clean(body.get("word") or "")
        message_id = int(body["message"])
        if not await asyncio.to_thread(self._services.store.rate, conversation_id, message_id, body["value"], word):
            await asyncio.to_thread(self._services.store.find, conversation_id)
            raise ApiError(404, "no_such_reply", say("no_such_reply"))
        return Response(status_code=204)

    async def presence(self, request: Request) -> Response:
        """Tells the team that the visitor types, or up to which message they have read."""
        conversation_id = self._signed_in(request)
        await self._limit("reading", self._services.limits.reading, conversation_id)
        body = await read_body(request, "Presence", self._services.studio.numbers.emergency)
        typing, read = bool(body.get("typing")), int(body.get("read") or 0)
        if typing:
            self._services.hub.wake(conversation_id, (VISITOR_TYPING, {}))
        # Whoever types has the end of the conversation before them.
        note = partial(self._services.handovers.read, conversation_id, "visitor", None if typing else read)
        if (typing or read) and await asyncio.to_thread(note):
            self._services.hub.wake(conversation_id)
        return Response(status_code=204)

    async def message_to_team(self, request: Request) -> Response:
        """Leaves a message for the studio, in the store of requests with its outbox."""
        conversation_id = self._signed_in(request)
        await self._limit_deeds(request, conversation_id)
        body = await read_body(request, "MessageToTeam", self._services.studio.numbers.emergency)
        contact = parse_contact(body["contact"], self._services.studio.country)
        if isinstance(contact, Invalid):
            raise ApiError(422, contact.code, phrase(f"utter_invalid_{contact.code}", **contact.details))
        if not clean(body["text"]):
            raise ApiError(400, "empty", say("no_text"))
        conversation = await asyncio.to_thread(self._services.store.find, conversation_id)
        left = BookingRequest(
            kind="handoff",
            conversation_id=conversation.sender(),
            run_id=f"left-{body['client_id'].lower()}",
            name=clean(body["name"]) or NO_NAME,
            contact=contact,
            wish=body["text"],
            consent=body["consent"],
            channel=conversation.channel,
        )
        reference = await asyncio.to_thread(self._services.bookings.submit, left)
        if reference == left.reference:  # not one left before
            note = self._services.replies.own(say("left", reference=reference, contact=contact), "notice")
            await asyncio.to_thread(self._services.handovers.ask, conversation_id, note)
            self._services.hub.wake(conversation_id)
        return JSONResponse({"reference": reference}, 202, headers=PRIVATE)

    async def restart(self, request: Request) -> Response:
        """Starts over."""
        conversation_id = self._signed_in(request)
        await self._limit_deeds(request, conversation_id)
        await self._services.turns.stop(conversation_id)
        await asyncio.to_thread(
            self._services.store.restart, conversation_id, self._services.replies.own(say("started_over"), "notice")
        )
        self._services.eraser.wake()
        self._services.hub.wake(conversation_id)
        return Response(status_code=204)

    async def download(self, request: Request) -> Response:
        """The transcript."""
        conversation_id = self._signed_in(request)
        await self._limit("reading", self._services.limits.reading, conversation_id)
        await asyncio.to_thread(self._services.store.find, conversation_id)
        found = await asyncio.to_thread(self._services.store.history, conversation_id)
        name = {"Content-Disposition": 'attachment; filename="conversation.txt"'}
        return PlainTextResponse(
            "\n".join(transcript(self._services.studio, list(found))) + "\n", headers=PRIVATE | name
        )

    async def delete(self, request: Request) -> Response:
        """Deletes the conversation, and its requests where they are withdrawn."""
        conversation_id = self._signed_in(request)
        withdrawn = one_of(request.query_params.get("requests"), "requests", ("keep", "withdraw")) == "withdraw"
        await self._services.turns.stop(conversation_id)
        await asyncio.to_thread(self._services.store.delete, conversation_id, bookings=withdrawn)
        self._services.eraser.wake()
        self._services.hub.wake(conversation_id)
        return Response(status_code=204)

    def _signed_in(self, request: Request) -> str:
        """The conversation that the request's token names. The store knows whether it still exists."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise ApiError(401, "token_missing", say("conversation_closed"))
        try:
            return self._services.tokens.read(token.strip())
        except TokenError as error:
            raise ApiError(
                401, "token_expired" if error.expired else "token_invalid", say("conversation_closed")
            ) from None

    def _said(self, conversation_id: str, body: dict[str, str]) -> tuple[str, str, tuple[int, int] | None]:
        """The text shown, the text for Rasa, and the choice where the message is one."""
        if "choice" not in body:
            text = clean(body["text"])
            if not text:
                raise ApiError(400, "empty", say("no_text"))
            return text, plain_text(text), None
        try:
            theirs, message_id, index = self._services.choices.read(body["choice"])
        except TokenError:
            raise ApiError(400, "choice_invalid", say("choice_invalid")) from None
        if not theirs:
            suggestion = suggestions()[index]
            return suggestion.title, suggestion.payload, None
        if theirs != conversation_id:
            raise ChoiceError("this choice belongs to another conversation")
        return "", "", (message_id, index)

    async def _find_own(self, conversation_id: str, client_id: str) -> None:
        """Raises ApiError when the visitor has no such message."""
        known = await asyncio.to_thread(self._services.store.said, conversation_id, client_id.lower())
        if known is None or known.author != "visitor":
            await asyncio.to_thread(self._services.store.find, conversation_id)
            raise ApiError(404, "no_such_message", say("no_such_message"))

    async def _limit_deeds(self, request: Request, conversation_id: str) -> None:
        """Rate limit of everything but messages, which are delayed instead of refused."""
        limits = self._services.limits
        await self._limit("conversation", limits.conversation, conversation_id)
        await self._limit("address", limits.address, address_of(request))

    async def _limit(self, name: str, limit: RateLimit, key: str) -> None:
        seconds = await asyncio.to_thread(limit.take, key)
        if seconds:
            raise self._too_many(name, seconds)

    def _too_many(self, name: str, seconds: int) -> ApiError:
        self._services.metrics.refused.labels(name).inc()
        return self._told_to_wait("too_many", seconds)

    def _told_to_wait(self, notice: str, seconds: int) -> ApiError:
        text = say(notice, seconds=seconds, emergency=self._services.studio.numbers.emergency)
        return ApiError(429, "too_many", text, retry_after=seconds)


def stream(services: Services, conversation: Conversation, after: int) -> EventSourceResponse:
    """A response that goes on until the reader leaves or the conversation is deleted."""
    return EventSourceResponse(
        _events(services, conversation, after), ping=PING_SECONDS, send_timeout=SEND_SECONDS, sep="\n"
    )


async def _events(services: Services, conversation: Conversation, after: int) -> AsyncIterator[ServerSentEvent]:
    """Every message is read from the store after its listener is in place: none is missed, none comes twice."""
    with services.hub.listening(conversation.id) as listener:
        yield ServerSentEvent(retry=RECONNECT_MILLISECONDS, comment="welcome")
        sent_status: dict[str, Any] = {}
        if services.turns.is_answering(conversation.id):
            listener.wake(("typing", {"on": True}))
        listener.wake()
        while True:
            to_read, events = await listener.news()
            if to_read:
                try:
                    conversation, messages = await asyncio.to_thread(services.store.since, conversation.id, after, PAGE)
                except GoneError:
                    yield _event("deleted", {})
                    return
                except StoreError:
                    return  # the reader reconnects and resumes
                status = status_view(conversation, bot_up=services.rasa.up)
                if status != sent_status:
                    sent_status = status
                    yield _event("status", status)
                for message in messages:
                    after = message.id
                    view = message_view(message, conversation, services.choices, names=services.studio.staff_names)
                    yield _event("message", view, message.id)
                if len(messages) == PAGE:
                    listener.wake()
            for name, data in events:
                if (name, data) == CHANGED:
                    after = 0
                    listener.wake()
                elif name != VISITOR_TYPING:
                    yield _event(name, data)


def _event(name: str, data: dict[str, Any], event_id: int | None = None) -> ServerSentEvent:
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return ServerSentEvent(text, event=name, id=None if event_id is None else str(event_id))
