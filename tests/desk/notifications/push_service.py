"""A push service on loopback, and a browser's keys: takes messages as those of Chrome or Firefox do, and decrypts them."""

from __future__ import annotations

import base64
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid02
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@dataclass
class Browser:
    """A browser's end of a subscription."""

    private: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    auth: bytes = field(default_factory=lambda: secrets.token_bytes(16))
    name: str = field(default_factory=lambda: secrets.token_hex(8))

    def subscription(self, service: str) -> dict[str, Any]:
        """What `PushSubscription.toJSON()` gives."""
        public = self.private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return {
            "endpoint": f"{service}/push/{self.name}",
            "expirationTime": None,
            "keys": {"p256dh": base64url(public), "auth": base64url(self.auth)},
        }

    def decrypt(self, body: bytes) -> dict[str, Any]:
        """The message."""
        plain = http_ece.decrypt(body, private_key=self.private, auth_secret=self.auth, version="aes128gcm")
        message: dict[str, Any] = json.loads(plain)
        return message


class PushService:
    """What came: (browser's name, headers, body). `status` is its answer."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, dict[str, str], bytes]] = []
        self.status = 201
        self.app = Starlette(routes=[Route("/push/{name}", self._take, methods=["POST"])])

    async def _take(self, request: Request) -> Response:
        self.taken.append((request.path_params["name"], dict(request.headers), await request.body()))
        return Response(status_code=self.status)

    def of(self, browser: Browser) -> list[dict[str, Any]]:
        """The messages to a browser, decrypted."""
        return [browser.decrypt(body) for name, _, body in self.taken if name == browser.name]


def is_signed(headers: dict[str, str], public: str) -> bool:
    """Whether the request has a token of the server with this public key."""
    scheme, _, rest = headers["authorization"].partition(" ")
    parts = dict(part.strip().split("=", 1) for part in rest.split(","))
    return scheme == "vapid" and parts["k"].rstrip("=") == public and bool(Vapid02.verify(headers["authorization"]))
