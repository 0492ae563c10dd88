"""The signed webhook: events of requests, posted as JSON to the studio's own program.

The receiver verifies the signature over time stamp and body, refuses old time stamps, and remembers the idempotency
keys that it has handled, so that calls cannot be forged or counted twice. `verify` does the first two. The schema of
the body is docs/webhook.schema.json.
"""

from __future__ import annotations

import hmac
import json
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

import httpx

from lamoon.booking.outbox import Notice
from lamoon.environment import Secret
from lamoon.errors import LamoonError, NotificationError
from lamoon.storage.time import isoformat_utc

TIMESTAMP, SIGNATURE, KEY = "Lamoon-Timestamp", "Lamoon-Signature", "Idempotency-Key"
SCHEME: Final = "v1="
TOLERANCE_SECONDS: Final = 300
SECONDS: Final = 10.0


class SignatureError(LamoonError):
    """A call that the receiver must not act on. The text says why."""


@dataclass(frozen=True)
class Webhook:
    """Post notices to `url`, signed with `secret`. `clock` gives the seconds since 1970."""

    url: str
    secret: Secret = field(repr=False)
    seconds: float = SECONDS
    clock: Callable[[], float] = time.time

    def __call__(self, notice: Notice) -> None:
        """Post the notice; any 2xx status counts as accepted. Raises NotificationError otherwise."""
        body = json.dumps(payload(notice), ensure_ascii=False, separators=(",", ":")).encode()
        timestamp = str(int(self.clock()))
        headers = {
            "Content-Type": "application/json",
            TIMESTAMP: timestamp,
            SIGNATURE: SCHEME + _digest(self.secret, timestamp, body),
            KEY: notice.key,
        }
        try:
            with httpx.Client(
                verify=_trusted(), timeout=self.seconds, trust_env=False, follow_redirects=False
            ) as client:
                status = client.post(self.url, content=body, headers=headers).status_code
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise NotificationError(f"the webhook cannot be reached ({type(error).__name__})") from None
        if not 200 <= status < 300:
            raise NotificationError(f"the webhook answered {status}", code=status, permanent=400 <= status < 500)


def payload(notice: Notice) -> dict[str, Any]:
    """Return the body. About health it contains only whether the request waits for a review: the details stay at the
    desk.
    """
    request, agreed = notice.request, notice.stage.appointment
    return {
        "schema": 1,
        "event": f"request.{notice.about}" if notice.about != "request" else "request.received",
        "key": notice.key,
        "request": {
            "reference": request.reference,
            "kind": request.kind,
            "received_at": isoformat_utc(request.created_at),
            "channel": request.channel,
            "name": request.name,
            "email": request.contact.email,
            "phone": request.contact.phone,
            "wish": request.wish,
            "wished": request.wished.as_value() if request.wished else None,
            "review_needed": request.waits_for_review,
        },
        "appointment": {"starts_at": isoformat_utc(agreed.starts_at), "minutes": agreed.minutes} if agreed else None,
    }


def verify(
    headers: Mapping[str, str], body: bytes, secret: Secret, *, at: float, tolerance: float = TOLERANCE_SECONDS
) -> str:
    """Verify a call and return its idempotency key; the receiver then acts once for each key.

    Args:
        headers: of the call, by any spelling of their names.
        body: exactly as received.
        secret: LAMOON_WEBHOOK_SECRET.
        at: the time now, in seconds since 1970.
        tolerance: how far the time stamp may be off, in seconds.

    Raises:
        SignatureError: when a header is missing, the time stamp is too old or ahead, the signature is not that of this
            body, or the key in the header is not the one in the body, which is signed.
    """
    given = {name.lower(): value for name, value in headers.items()}
    timestamp, signature = given.get(TIMESTAMP.lower(), ""), given.get(SIGNATURE.lower(), "")
    if not (timestamp.isascii() and timestamp.isdigit() and signature):
        raise SignatureError(f"the headers {TIMESTAMP} and {SIGNATURE} are needed")
    if abs(at - int(timestamp[:18])) > tolerance:
        raise SignatureError(
            f"the time stamp is more than {tolerance:.0f} seconds off: the call is old, or a clock wrong"
        )
    if not hmac.compare_digest(signature.encode(), (SCHEME + _digest(secret, timestamp, body)).encode()):
        raise SignatureError("the signature is not that of this body: another secret, or the body was changed")
    key = given.get(KEY.lower(), "")
    if not key or json.loads(body).get("key") != key:
        raise SignatureError(f"the header {KEY} is not the key in the signed body")
    return key


@cache
def _trusted() -> ssl.SSLContext:
    """Return the system's certificate authorities, loaded once because that takes longer than a call."""
    return ssl.create_default_context()


def _digest(secret: Secret, timestamp: str, body: bytes) -> str:
    return hmac.new(secret.reveal().encode(), timestamp.encode() + b"." + body, "sha256").hexdigest()
