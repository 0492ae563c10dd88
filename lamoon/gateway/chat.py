"""The routes of the chat; openapi.yml describes them."""

from __future__ import annotations

import asyncio

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from lamoon.booking import BookingRequest, Refusal, parse_contact
from lamoon.booking.answer import clean
from lamoon.gateway.errors import ApiError
from lamoon.gateway.interface import read_body, whole_number
from lamoon.gateway.limits import FloodError, RateLimit, network_of
from lamoon.gateway.model import stamp
from lamoon.gateway.parts import Gateway, gateway_of
from lamoon.gateway.signing import TokenError
from lamoon.gateway.store import ChoiceError
from lamoon.gateway.stream import stream
from lamoon.gateway.texts import FLOOD, LEFT, NO_TEXT, STARTED_OVER, TOO_MANY
from lamoon.gateway.view import SUGGESTIONS, message_view, status_view, studio_view, transcript
from lamoon.understanding.text import plain_text

MOST_STREAMS = 10
NO_NAME = "(no name given)"
NOT_SIGNED_IN = "This conversation cannot be opened. Please start a new one."


async def studio(request: Request) -> Response:
    """What the chat shows before the first message."""
    gateway = gateway_of(request)
    return JSONResponse(studio_view(gateway.studio, gateway.choices), headers={"Cache-Control": "max-age=60"})


async def begin(request: Request) -> Response:
    """A new conversation and its token."""
    gateway = gateway_of(request)
    _limit(gateway, "beginnings", gateway.limits.beginnings, address(request))
    body = await read_body(request, "Begin")
    conversation = await asyncio.to_thread(gateway.store.open, body.get("language") or "")
    token, expires = gateway.tokens.make(conversation.id)
    return JSONResponse(
        {"token": token, "conversation": conversation.id, "expires_at": stamp(expires)}, 201, headers=PRIVATE
    )


async def send(request: Request) -> Response:
    """Keeps a message, has it answered, and says that it is kept."""
    gateway = gateway_of(request)
    conversation_id = _signed_in(request)
    body = await read_body(request, "Send")
    text, words, choice = _said(gateway, conversation_id, body)
    name = body["client_id"].lower()
    try:
        receipt = await gateway.intake.receive(conversation_id, name, text, words, choice, address=address(request))
    except FloodError as flood:
        raise _told_to_wait(gateway, FLOOD, flood.seconds) from None
    answer = {"id": receipt.id, "client_id": receipt.client_id, "at": stamp(receipt.at)}
    return JSONResponse(answer, 202 if receipt.new else 200, headers=PRIVATE)


async def messages(request: Request) -> Response:
    """A page of messages."""
    gateway = gateway_of(request)
    conversation_id = _signed_in(request)
    _limit(gateway, "reading", gateway.limits.reading, conversation_id)
    after = whole_number(request.query_params.get("after"), "after")
    limit = whole_number(request.query_params.get("limit"), "limit", least=1, most=200, default=200)
    conversation, found = await asyncio.to_thread(gateway.store.since, conversation_id, after, limit)
    views = [message_view(message, conversation, gateway.choices) for message in found]
    status = status_view(conversation, bot_up=gateway.rasa.up)
    return JSONResponse(
        {
            "messages": views,
            "mode": status["mode"],
            "shown_from": status["shown_from"],
            "last_id": found[-1].id if found else after,
        },
        headers=PRIVATE,
    )


async def listen(request: Request) -> Response:
    """The stream."""
    gateway = gateway_of(request)
    conversation_id = _signed_in(request)
    _limit(gateway, "reading", gateway.limits.reading, conversation_id)
    resume = request.headers.get("last-event-id") or request.query_params.get("after")
    after = whole_number(resume, "Last-Event-ID")
    if gateway.hub.count(conversation_id) >= MOST_STREAMS:
        raise _too_many(gateway, "streams", 60)
    conversation = await asyncio.to_thread(gateway.store.find, conversation_id)
    return stream(gateway, conversation, after)


async def feedback(request: Request) -> Response:
    """Keeps what the visitor thinks of a reply."""
    gateway = gateway_of(request)
    conversation_id = _signed_in(request)
    _limit_deeds(request, conversation_id)
    body = await read_body(request, "Feedback")
    word = clean(body.get("word") or "")
    message_id = int(body["message"])
    if not await asyncio.to_thread(gateway.store.rate, conversation_id, message_id, body["value"], word):
        await asyncio.to_thread(gateway.store.find, conversation_id)
        raise ApiError(404, "no_such_reply", "That answer is not there any more.")
    return Response(status_code=204)


async def message_to_team(request: Request) -> Response:
    """Leaves a message for the studio, through the store of requests and its outbox."""
    gateway = gateway_of(request)
    conversation_id = _signed_in(request)
    _limit_deeds(request, conversation_id)
    body = await read_body(request, "MessageToTeam")
    contact = parse_contact(body["contact"], gateway.studio.country)
    if isinstance(contact, Refusal):
        raise ApiError(422, contact.code, contact.reason)
    if not clean(body["text"]):
        raise ApiError(400, "empty", NO_TEXT)
    conversation = await asyncio.to_thread(gateway.store.find, conversation_id)
    left = BookingRequest(
        kind="handoff",
        conversation_id=conversation.sender(),
        run_id=f"left-{body['client_id'].lower()}",
        name=clean(body["name"]) or NO_NAME,
        contact=contact,
        wish=body["text"],
        consent=body["consent"],
        channel="web",
    )
    reference = await asyncio.to_thread(gateway.bookings.submit, left)
    if reference == left.reference:  # not one that was left before
        note = gateway.replies.own(LEFT.format(reference=reference, contact=contact), "notice")
        await asyncio.to_thread(gateway.handovers.ask, conversation_id, note)
        gateway.hub.wake(conversation_id)
    return JSONResponse({"reference": reference}, 202, headers=PRIVATE)


async def restart(request: Request) -> Response:
    """Starts over."""
    gateway = gateway_of(request)
    conversation_id = _signed_in(request)
    _limit_deeds(request, conversation_id)
    await gateway.turns.stop(conversation_id)
    await asyncio.to_thread(gateway.store.restart, conversation_id, gateway.replies.own(STARTED_OVER, "notice"))
    gateway.eraser.wake()
    gateway.hub.wake(conversation_id)
    return Response(status_code=204)


async def download(request: Request) -> Response:
    """The transcript."""
    gateway = gateway_of(request)
    conversation_id = _signed_in(request)
    _limit(gateway, "reading", gateway.limits.reading, conversation_id)
    await asyncio.to_thread(gateway.store.find, conversation_id)
    found = await asyncio.to_thread(gateway.store.history, conversation_id)
    name = {"Content-Disposition": 'attachment; filename="conversation.txt"'}
    return PlainTextResponse("\n".join(transcript(gateway.studio, list(found))) + "\n", headers=PRIVATE | name)


async def delete(request: Request) -> Response:
    """Deletes everything."""
    gateway = gateway_of(request)
    conversation_id = _signed_in(request)
    await gateway.turns.stop(conversation_id)
    await asyncio.to_thread(gateway.store.delete, conversation_id, bookings=True)
    gateway.eraser.wake()
    gateway.hub.wake(conversation_id)
    return Response(status_code=204)


PRIVATE = {"Cache-Control": "no-store"}
ROUTES = [
    Route("/chat/studio", studio, methods=["GET"]),
    Route("/chat/conversations", begin, methods=["POST"]),
    Route("/chat/messages", send, methods=["POST"]),
    Route("/chat/messages", messages, methods=["GET"]),
    Route("/chat/stream", listen, methods=["GET"]),
    Route("/chat/feedback", feedback, methods=["POST"]),
    Route("/chat/message-to-team", message_to_team, methods=["POST"]),
    Route("/chat/restart", restart, methods=["POST"]),
    Route("/chat/transcript", download, methods=["GET"]),
    Route("/chat/conversation", delete, methods=["DELETE"]),
]


def address(request: Request) -> str:
    """Who asks, as far as an address tells."""
    return network_of(request.client.host if request.client else "")


def _signed_in(request: Request) -> str:
    """The conversation that the request's token names. Whether it still is there, the store knows."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise ApiError(401, "token_missing", NOT_SIGNED_IN)
    try:
        return gateway_of(request).tokens.read(token.strip())
    except TokenError as error:
        raise ApiError(401, "token_expired" if error.expired else "token_invalid", NOT_SIGNED_IN) from None


def _said(gateway: Gateway, conversation_id: str, body: dict[str, str]) -> tuple[str, str, tuple[int, int] | None]:
    """What is shown, what Rasa hears, and the choice where it is one of a message."""
    if "choice" not in body:
        text = clean(body["text"])
        if not text:
            raise ApiError(400, "empty", NO_TEXT)
        return text, plain_text(text), None
    try:
        theirs, message_id, index = gateway.choices.read(body["choice"])
    except TokenError:
        raise ApiError(400, "choice_invalid", "That choice is not one of ours.") from None
    if not theirs:
        return *SUGGESTIONS[index], None
    if theirs != conversation_id:
        raise ChoiceError("this choice belongs to another conversation")
    return "", "", (message_id, index)


def _limit_deeds(request: Request, conversation_id: str) -> None:
    """For all but messages, which are never refused for their pace alone."""
    limits = gateway_of(request).limits
    _limit(gateway_of(request), "conversation", limits.conversation, conversation_id)
    _limit(gateway_of(request), "address", limits.address, address(request))


def _limit(gateway: Gateway, name: str, limit: RateLimit, key: str) -> None:
    seconds = limit.take(key)
    if seconds:
        raise _too_many(gateway, name, seconds)


def _too_many(gateway: Gateway, name: str, seconds: int) -> ApiError:
    gateway.metrics.refused.labels(name).inc()
    return _told_to_wait(gateway, TOO_MANY, seconds)


def _told_to_wait(gateway: Gateway, text: str, seconds: int) -> ApiError:
    text = text.format(seconds=seconds, emergency=gateway.studio.numbers.emergency)
    return ApiError(429, "too_many", text, retry_after=seconds)
