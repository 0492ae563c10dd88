"""Rasa's REST channel with metadata in the replies, clear errors, and a reply to every message."""

from __future__ import annotations

import asyncio
import logging
import time
from asyncio import AbstractEventLoop
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import CollectingOutputChannel, InputChannel, UserMessage
from rasa.core.lock_store import LockError
from sanic import Blueprint, Sanic
from sanic.exceptions import SanicException
from sanic.request import Request
from sanic.response import HTTPResponse, empty, json

from lamoon import tracing
from lamoon.contract import SANDBOX, ConversationName
from lamoon.errors import StoreError
from lamoon.loopback import refuse_pages
from lamoon.nlu.action_calls import end_action_calls, prepare_action_calls
from lamoon.nlu.conversation_api import (
    MOST_MINUTES,
    end_emergency,
    events_kept,
    forget_conversation,
    forget_message,
    health_view,
    lift_hold,
    replies_to,
    shift_time,
)
from lamoon.nlu.conversation_store import last_saved
from lamoon.nlu.explain import explain_turn, read_label
from lamoon.nlu.graph_runner import use_planned_graphs
from lamoon.nlu.model_change import add_routes
from lamoon.nlu.rasa_constants import keep_constants
from lamoon.phrasebook import say
from lamoon.screening.quick import quick_outcome
from lamoon.settings import CHANNELS, load_settings
from lamoon.studio import Studio, live_studio

logger = logging.getLogger(__name__)


async def end_without_model(app: Sanic, _: AbstractEventLoop) -> None:
    """End a server that started without a model: exit code 1 shows the supervisor that it failed."""
    if not app.ctx.agent.is_ready():
        logger.critical("No model was loaded: the messages above say why. Expected a trained model; run: make train")
        raise SystemExit(1)  # unlike os._exit, leaves time for the log to be written


MAX_MESSAGE = 10_000
WRONG_MESSAGE = f"`message` must be a text of at most {MAX_MESSAGE} characters."
WRONG_MESSAGES = f"`messages` must be a list of texts of at most {MAX_MESSAGE} characters."
MAX_SENDER = 200
NOT_NOW = 503
HARMLESS = ("none", "inform")
"""Screening outcomes that need no warning."""
EXAMPLE = {"sender": "visitor-1", "message": "Does it hurt?"}


class RepliesWithMetadata(CollectingOutputChannel):
    """Collect one message per reply; fields outside the channel's go into `metadata`."""

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Add a reply to `messages`, unsplit."""
        fields = ("text", "buttons", "image", "attachment", "custom", "elements", "quick_replies")
        reply = {"recipient_id": recipient_id} | {name: message[name] for name in fields if message.get(name)}
        metadata = {name: value for name, value in message.items() if name not in fields}
        self.messages.append(reply | ({"metadata": metadata} if metadata else {}))


GATEWAYS_CHANNELS = frozenset(("web", SANDBOX, *CHANNELS))


def input_channel(sender: str) -> str:
    """Return Rasa's name of the channel: the one in a conversation's name if the gateway created it, otherwise "rest"."""
    known = ConversationName.read(sender)
    return known.channel if known and known.channel in GATEWAYS_CHANNELS else "rest"


def replies_for(channel: str) -> RepliesWithMetadata:
    """Collect replies in the variations of a channel, which Rasa selects by the output's name."""

    class OfChannel(RepliesWithMetadata):
        @classmethod
        def name(cls) -> str:
            return channel

    return OfChannel()


class SafeRestInput(InputChannel):
    """`POST /webhooks/rest/webhook` with `{"sender", "message"}`; answers a list of replies.

    Differs from Rasa's own: there is no shared default conversation, invalid requests get a 4xx that says what was
    expected, the channel's name comes from the conversation's (`input_channel`), and a failure is an apology with the
    studio's contact instead of `[]` (its `metadata` then holds `failed`: true and `kind`: "apology"). With status 503
    nothing of the turn was stored, because the conversation could not be read or stored, or no model is loaded: send
    the same message again later. Replies before the apology belong to the unsaved turn; only an emergency text among
    them may be shown before the turn is stored.

    A caller that names its message (`metadata.message_id`) may repeat it with `"again": true`: a message processed
    already returns its earlier replies. With `"explain": true` the `metadata` of the last reply holds `turn`, the
    explanation (see `explain_turn`). With `"only_safety": true`, for messages to staff, a message that needs no warning
    does not enter the conversation and gets `[]`.

    Other routes, below `/webhooks/rest/`:

        GET    conversations/<sender>        its events
        DELETE conversations/<sender>        deletes them
        DELETE conversations/<sender>/messages/<id> {"words"} removes the words of one message from them
        GET    conversations/<sender>/health its health record, for staff
        POST   conversations/<sender>/hold   {"hold": false} lifts the hold on bookings
        POST   conversations/<sender>/emergency  {"ended_after": 7} ends the emergency, as of the record's message 7
        POST   conversations/<sender>/later  {"minutes": 30} shifts the time of a sandbox conversation
        GET    model                         {"model"}, the name of the model in use
        PUT    model                         {"model"} changes to another one of the same folder, while it answers
        POST   reading                       {"message"} gives {"label", "confidence", "outcome"}; stores nothing
        POST   triage                        {"messages": [...]} gives {"outcomes"} by the rules alone; stores nothing
        POST   screening                     {"message"} gives {"outcome", "conditions", "text", "crisis"}; stores nothing

    Requests of web pages are refused, here and in Rasa's HTTP API (see `lamoon.loopback`).
    """

    @classmethod
    def name(cls) -> str:
        """The channel's name, also the middle of its path."""
        return "rest"

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """The routes (called by Rasa)."""
        prepare_action_calls()
        use_planned_graphs()
        keep_constants()
        webhook = Blueprint("lamoon_rest")
        webhook.listener("after_server_start")(end_without_model)
        studio = live_studio(load_settings())

        @webhook.listener("before_server_start")
        async def guard(app: Sanic, _: object) -> None:
            refuse_pages(app)  # Rasa's HTTP API too

        @webhook.listener("before_server_stop")
        async def close(app: Sanic, _: object) -> None:
            await end_action_calls(getattr(app.ctx.agent, "action_endpoint", None))

        add_routes(webhook)

        @webhook.route("/", methods=["GET"])
        async def health(request: Request) -> HTTPResponse:
            return json({"status": "ok"})

        @webhook.route("/webhook", methods=["POST"])
        async def receive(request: Request) -> HTTPResponse:
            try:
                sender, text, metadata = _read(request)
            except ValueError as problem:
                return json({"error": str(problem), "example": EXAMPLE}, status=400)
            channel = input_channel(sender)
            replies = replies_for(channel)
            message = UserMessage(text, replies, sender, input_channel=channel, metadata=metadata)
            failure = {
                "recipient_id": sender,
                "text": _apology(studio),
                "metadata": {"failed": True, "kind": "apology"},
            }
            try:
                if not request.app.ctx.agent.is_ready():
                    raise StoreError("no model is loaded")
                earlier = await _answered_already(request, sender, metadata)
                if earlier is not None:
                    return json(earlier or [failure])
                if request.json.get("only_safety") and await _outcome(request, text) in HARMLESS:
                    return json([])
                last_saved.set(None)  # requests of one connection share a context
                began = time.perf_counter()
                with tracing.span("message"):
                    await on_new_message(message)
                logger.info("%s was handled in %.3f s", _named(metadata), time.perf_counter() - began)
                if request.json.get("explain") and replies.messages:
                    replies.messages[-1].setdefault("metadata", {})["turn"] = _explained()
            except (StoreError, LockError) as error:
                logger.error("A message waits for the conversation's store: %s", type(error).__name__)
                return json([*replies.messages, failure], status=NOT_NOW)
            except (Exception, asyncio.CancelledError) as error:
                # The type only: the text of an error may hold the visitor's words.
                logger.error("A message could not be handled: %s", type(error).__name__)
                replies.messages.append(failure)
            return json(replies.messages or [failure])

        @webhook.route("/triage", methods=["POST"])
        async def triage(request: Request) -> HTTPResponse:
            texts = request.json.get("messages") if isinstance(request.json, dict) else None
            if not isinstance(texts, list) or not all(
                isinstance(one, str) and len(one) <= MAX_MESSAGE for one in texts
            ):
                return json({"error": WRONG_MESSAGES, "example": {"messages": [EXAMPLE["message"]]}}, status=400)
            return json({"outcomes": [quick_outcome(one) for one in texts]})

        @webhook.route("/screening", methods=["POST"])
        async def screen(request: Request) -> HTTPResponse:
            text = request.json.get("message") if isinstance(request.json, dict) else None
            if not isinstance(text, str) or len(text) > MAX_MESSAGE:
                return json({"error": WRONG_MESSAGE, "example": {"message": EXAMPLE["message"]}}, status=400)
            if not request.app.ctx.agent.is_ready():
                return empty(NOT_NOW)
            return json(_findings(await _safety(request, text)))

        @webhook.route("/reading", methods=["POST"])
        async def reading(request: Request) -> HTTPResponse:
            text = request.json.get("message") if isinstance(request.json, dict) else None
            if not isinstance(text, str) or len(text) > MAX_MESSAGE:
                return json({"error": WRONG_MESSAGE, "example": {"message": EXAMPLE["message"]}}, status=400)
            if not request.app.ctx.agent.is_ready():
                return empty(NOT_NOW)
            return json(read_label(await request.app.ctx.agent.parse_message(text)))

        @webhook.route("/conversations/<sender:string>", methods=["GET"])
        async def kept(request: Request, sender: str) -> HTTPResponse:
            return json(await events_kept(request.app.ctx.agent, sender))

        @webhook.route("/conversations/<sender:string>", methods=["DELETE"])
        async def forget(request: Request, sender: str) -> HTTPResponse:
            await forget_conversation(request.app.ctx.agent, sender)
            return empty()

        @webhook.route("/conversations/<sender:string>/messages/<message_id:int>", methods=["DELETE"])
        async def forget_words(request: Request, sender: str, message_id: int) -> HTTPResponse:
            words = request.json.get("words") if isinstance(request.json, dict) else None
            if not isinstance(words, str) or len(words) > MAX_MESSAGE:
                problem = f"`words` must be the text of the message, of at most {MAX_MESSAGE} characters."
                return json({"error": problem, "example": {"words": EXAMPLE["message"]}}, status=400)
            await forget_message(request.app.ctx.agent, sender, message_id, words)
            return empty()

        @webhook.route("/conversations/<sender:string>/hold", methods=["POST"])
        async def hold(request: Request, sender: str) -> HTTPResponse:
            if request.json != {"hold": False}:
                return json({"error": "A hold can be lifted only.", "example": {"hold": False}}, status=400)
            return empty(204 if await lift_hold(request.app.ctx.agent, sender) else 404)

        @webhook.route("/conversations/<sender:string>/health", methods=["GET"])
        async def health_record(request: Request, sender: str) -> HTTPResponse:
            return json(await health_view(request.app.ctx.agent, sender))

        @webhook.route("/conversations/<sender:string>/emergency", methods=["POST"])
        async def emergency(request: Request, sender: str) -> HTTPResponse:
            turn = request.json.get("ended_after") if isinstance(request.json, dict) else None
            if type(turn) is not int:
                problem = "`ended_after` must be the number of the latest message in the health record."
                return json({"error": problem, "example": {"ended_after": 7}}, status=400)
            return empty(204 if await end_emergency(request.app.ctx.agent, sender, turn) else 409)

        @webhook.route("/conversations/<sender:string>/later", methods=["POST"])
        async def later(request: Request, sender: str) -> HTTPResponse:
            minutes = request.json.get("minutes") if isinstance(request.json, dict) else None
            if type(minutes) is not int or not 0 < minutes <= MOST_MINUTES:
                problem = f"`minutes` must be a whole number from 1 to {MOST_MINUTES}."
                return json({"error": problem, "example": {"minutes": 30}}, status=400)
            return empty(204 if await shift_time(request.app.ctx.agent, sender, minutes) else 404)

        return webhook


def _named(metadata: dict[str, Any] | None) -> str:
    """Return a message's name in logs: its number in the gateway's database."""
    number = (metadata or {}).get("message_id")
    return f"Message {number}" if type(number) is int else "A message"


def _read(request: Request) -> tuple[str, str, dict[str, Any] | None]:
    try:
        body = request.json
    except SanicException:
        body = None
    if not isinstance(body, dict):
        raise ValueError("The body is not a JSON object.")
    sender, text, metadata = body.get("sender"), body.get("message"), body.get("metadata")
    if not isinstance(sender, str) or not 0 < len(sender.strip()) <= MAX_SENDER:
        raise ValueError(f"`sender` must be a text of 1 to {MAX_SENDER} characters that names the conversation.")
    if not isinstance(text, str) or len(text) > MAX_MESSAGE:
        raise ValueError(WRONG_MESSAGE)
    if metadata is not None and not isinstance(metadata, dict):
        raise ValueError("`metadata` must be an object, or left out.")
    return sender.strip(), text, metadata


async def _answered_already(
    request: Request, sender: str, metadata: dict[str, Any] | None
) -> list[dict[str, Any]] | None:
    """Return the earlier replies to a repeated message; None if it has to be processed."""
    message_id = (metadata or {}).get("message_id")
    if message_id is None or not request.json.get("again"):
        return None
    return await replies_to(request.app.ctx.agent, sender, message_id)


async def _outcome(request: Request, text: str) -> str:
    """Return the screening outcome of a message."""
    return str((await _safety(request, text)).get("outcome", "none"))


async def _safety(request: Request, text: str) -> dict[str, Any]:
    """Return the screening of a message (docs/screening.md)."""
    parsed = await request.app.ctx.agent.parse_message(text)
    return parsed.get("safety") or {}


def _findings(safety: dict[str, Any]) -> dict[str, Any]:
    """Return the part of a screening that the gateway needs; `text` is the emergency text suggested by the second
    opinion.
    """
    return {
        "outcome": safety.get("outcome", "none"),
        "conditions": [{"id": one["id"], "status": one["status"]} for one in safety.get("conditions", ())],
        "text": (safety.get("second_opinion") or {}).get("text", ""),
        "crisis": safety.get("crisis", ""),
    }


def _explained() -> dict[str, Any] | None:
    """Return the turn that this request has just stored; None if the conversation was deleted instead."""
    tracker = last_saved.get()
    return explain_turn(tracker) if tracker else None


def _apology(studio: Studio) -> str:
    return say("rest_apology", contact=studio.contact_sentence())
