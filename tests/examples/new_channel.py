"""The platform of docs/extending.md; run by tests/test_extending.py in a copy of the project that serves it."""

from __future__ import annotations

import hashlib
import hmac
import json
from pathlib import Path
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from web.fixtures import FAST, settings_in
from web.serving import GatewayProcess, ScriptedRasa, Serving, until

from lamoon.channels.adapter import Outgoing
from lamoon.channels.setup import build_channels
from lamoon.chat.safe_tree import markdown_tree
from lamoon.environment import Secret
from lamoon.settings import ChannelSettings

TOKEN = "a token of the courier's"


class Platform:
    """Courier, as far as we talk to it."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        self.app = Starlette(
            routes=[Route("/messages", self._deliver, methods=["POST"]), Route("/account", self._account)]
        )

    async def _account(self, request: Request) -> Response:
        return JSONResponse({})

    async def _deliver(self, request: Request) -> Response:
        assert request.headers["authorization"] == f"Bearer {TOKEN}"
        self.sent.append(await request.json())
        return JSONResponse({})


def test_a_message_is_answered_and_a_forged_one_refused(tmp_path: Path) -> None:
    rasa, platform = ScriptedRasa(), Platform()
    with Serving(rasa.app) as behind, Serving(platform.app) as courier:
        settings = settings_in(tmp_path, behind.port)
        variables = {
            "LAMOON_DATA": str(tmp_path),
            "LAMOON_STUDIO": str(settings.studio),
            "LAMOON_RASA_PORT": str(behind.port),
            "LAMOON_ACTIONS_PORT": str(settings.actions_port),
            "LAMOON_COURIER_TOKEN": TOKEN,
            "LAMOON_COURIER_API": courier.url,
        }
        gateway = GatewayProcess(variables | FAST, tmp_path / "gateway.log")
        gateway.start()
        try:
            body = json.dumps({"id": "1", "from": "ann", "text": "hi"}).encode()
            signature = hmac.new(TOKEN.encode(), body, hashlib.sha256).hexdigest()
            address = f"{gateway.url}/webhooks/courier"
            assert httpx.post(address, content=body, headers={"x-signature": "0" * 64}).status_code == 403
            assert httpx.post(address, content=body, headers={"x-signature": signature}).status_code == 200
            until(lambda: {"to": "ann", "text": "re hi"} in platform.sent, "the answer")
        finally:
            gateway.stop()


def test_choices_are_a_numbered_list() -> None:
    channels = build_channels(ChannelSettings(courier_token=Secret(TOKEN), courier_api="http://127.0.0.1:1"))
    outgoing = Outgoing(1, "text", markdown_tree("Which one?"), (("Cost", "1.0"), ("Pain", "1.1")))
    (part,) = channels.adapters["courier"].render(outgoing)
    assert part["text"].startswith("Which one?\n\n1. Cost\n2. Pain\n")


def test_what_is_wrong_with_the_settings_is_said() -> None:
    channels = build_channels(ChannelSettings(courier_token=Secret(TOKEN), courier_api="http://example.com"))
    assert "LAMOON_COURIER_API" in channels.problems["courier"]
    assert "courier" not in build_channels(ChannelSettings()).adapters
