"""Rasa's REST channel, made safe to depend on: metadata in the replies, clear errors, never silence."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import CollectingOutputChannel, InputChannel, UserMessage
from sanic import Blueprint
from sanic.exceptions import SanicException
from sanic.request import Request
from sanic.response import HTTPResponse, json

from lamoon.settings import load_settings
from lamoon.studio import load_studio

logger = logging.getLogger(__name__)

MAX_MESSAGE = 10_000
MAX_SENDER = 200
EXAMPLE = {"sender": "visitor-1", "message": "Does it hurt?"}


class RepliesWithMetadata(CollectingOutputChannel):
    """Collects one message per reply; what belongs to no channel field goes into `metadata`."""

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Adds a reply of Rasa's to `messages`, unsplit."""
        fields = ("text", "buttons", "image", "attachment", "custom", "elements", "quick_replies")
        reply = {"recipient_id": recipient_id} | {name: message[name] for name in fields if message.get(name)}
        metadata = {name: value for name, value in message.items() if name not in fields}
        self.messages.append(reply | ({"metadata": metadata} if metadata else {}))


class SafeRestInput(InputChannel):
    """`POST /webhooks/rest/webhook` with `{"sender", "message"}`; answers a list of replies.

    Differs from Rasa's own: no shared default conversation, wrong requests get a 4xx that says what was expected, the
    caller cannot choose the channel's name, and a failure is an apology with the studio's contact instead of `[]`.
    """

    @classmethod
    def name(cls) -> str:
        """The channel's name and the middle of its address."""
        return "rest"

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """The routes (called by Rasa)."""
        webhook = Blueprint("lamoon_rest")
        apology = _apology()

        @webhook.route("/", methods=["GET"])
        async def health(request: Request) -> HTTPResponse:
            return json({"status": "ok"})

        @webhook.route("/webhook", methods=["POST"])
        async def receive(request: Request) -> HTTPResponse:
            try:
                sender, text, metadata = _read(request)
            except ValueError as problem:
                return json({"error": str(problem), "example": EXAMPLE}, status=400)
            replies = RepliesWithMetadata()
            message = UserMessage(text, replies, sender, input_channel=self.name(), metadata=metadata)
            try:
                await on_new_message(message)
            except (Exception, asyncio.CancelledError) as error:
                # The type only: the text of an error may hold what the visitor wrote.
                logger.error("A message could not be handled: %s", type(error).__name__)
                replies.messages.append({"recipient_id": sender, "text": apology})
            return json(replies.messages or [{"recipient_id": sender, "text": apology}])

        return webhook


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
        raise ValueError(f"`message` must be a text of at most {MAX_MESSAGE} characters.")
    if metadata is not None and not isinstance(metadata, dict):
        raise ValueError("`metadata` must be an object, or left out.")
    return sender.strip(), text, metadata


def _apology() -> str:
    contact = load_studio(load_settings().studio).contact_sentence()
    return f"I'm sorry, something went wrong on my side and I couldn't answer that. Please try again. {contact}"
