"""Web Push (RFC 8030, 8291, 8292): the browsers that take messages of the desk, and sending one.

A message has no content: it says what kind of thing waits, never whose or what was written, although it is encrypted for
the browser alone. All methods block: call them in a thread.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final
from urllib.parse import urlsplit

import requests
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid02
from pywebpush import WebPushException, webpush
from sqlalchemy import delete, insert, select, update

from lamoon.checks import is_loopback
from lamoon.errors import LamoonError
from lamoon.storage.database import Database
from lamoon.storage.inbox_tables import subscriptions
from lamoon.storage.time import now, to_naive_utc

CURVE: Final = ec.SECP256R1()
ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""Of the curve's group, FIPS 186-5."""
SECONDS: Final = 10.0
LIVES_SECONDS: Final = 1800
"""How long a push service keeps a message for a browser that is off: later the news is old."""
GONE: Final = (401, 403, 404, 410)
"""The subscription is over, or belongs to an earlier key: the browser subscribes again when its desk is opened."""
LONGEST_ENDPOINT: Final = 2000
MOST_DEVICES: Final = 20
PUBLIC_BYTES, AUTH_BYTES = 65, 16


class PushError(LamoonError):
    """A message was not accepted. `is_over`: the subscription will never work again."""

    def __init__(self, problem: str, *, is_over: bool = False) -> None:
        super().__init__(problem)
        self.is_over = is_over


class SubscriptionError(LamoonError):
    """A browser's subscription cannot be kept; the message says why."""


@dataclass(frozen=True)
class Subscription:
    """A browser that takes messages: `endpoint` at its push service, and its keys in base64url."""

    endpoint: str = field(repr=False)
    p256dh: str = field(repr=False)
    auth: str = field(repr=False)
    device: str = ""

    @property
    def id(self) -> str:
        """Its name here."""
        return sha256(self.endpoint.encode()).hexdigest()


class ServerKey:
    """The key by which push services know this installation, derived from its secret key: nothing else to keep.

    `contact` is whom a push service may write to: an address with mailto: or https://.
    """

    def __init__(self, secret: str, contact: str) -> None:
        derived = HKDF(SHA256(), 48, salt=None, info=b"lamoon web push").derive(secret.encode())
        self._private = ec.derive_private_key(int.from_bytes(derived, "big") % (ORDER - 1) + 1, CURVE)
        self._contact = contact

    @property
    def public(self) -> str:
        """The public key as browsers take it, base64url."""
        point = self._private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return base64.urlsafe_b64encode(point).rstrip(b"=").decode()

    def send(self, subscription: Subscription, message: dict[str, str | int], *, urgent: bool) -> None:
        """Sends a message to one browser. Raises PushError."""
        with requests.Session() as session:
            session.trust_env = False
            session.max_redirects = 0
            try:
                webpush(
                    {
                        "endpoint": subscription.endpoint,
                        "keys": {"p256dh": subscription.p256dh, "auth": subscription.auth},
                    },
                    json.dumps(message),
                    vapid_private_key=Vapid02(self._private),
                    vapid_claims={"sub": self._contact},
                    ttl=LIVES_SECONDS,
                    timeout=SECONDS,
                    headers={"Urgency": "high" if urgent else "normal"},
                    requests_session=session,
                )
            except WebPushException as error:
                status = getattr(error.response, "status_code", 0)
                raise PushError(f"the push service answered {status}", is_over=status in GONE) from None
            except requests.RequestException as error:
                raise PushError(f"the push service cannot be reached ({type(error).__name__})") from None


def read_subscription(given: object, device: str, services: Collection[str]) -> Subscription:
    """A subscription as a browser gives it, for one of the push `services`. Raises SubscriptionError."""
    keys = given.get("keys") if isinstance(given, dict) else None
    endpoint = given.get("endpoint") if isinstance(given, dict) else None
    if not isinstance(keys, dict) or not isinstance(endpoint, str) or len(endpoint) > LONGEST_ENDPOINT:
        raise SubscriptionError("This is not a subscription: expected an endpoint and keys, as browsers make them.")
    address = urlsplit(endpoint)
    host = address.hostname or ""
    known = any(host == service or host.endswith(f".{service}") for service in services)
    if not known or not (address.scheme == "https" or (address.scheme == "http" and is_loopback(host))):
        raise SubscriptionError(
            "This browser's push service is not among LAMOON_PUSH_SERVICES, so nothing is sent there."
        )
    p256dh, auth = (_key(keys.get(name), size) for name, size in (("p256dh", PUBLIC_BYTES), ("auth", AUTH_BYTES)))
    return Subscription(endpoint, p256dh, auth, device)


class Subscriptions:
    """The browsers of the team in one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, staff_id: int, subscription: Subscription) -> None:
        """Keeps a browser for a member of staff, whoever used it before. Raises SubscriptionError."""
        row = {"staff_id": staff_id, "p256dh": subscription.p256dh, "auth": subscription.auth}
        same = subscriptions.c.id == subscription.id
        with self._database.writing("keep a subscription") as connection:
            theirs = select(subscriptions.c.id).where(subscriptions.c.staff_id == staff_id, ~same)
            if len(connection.execute(theirs).all()) >= MOST_DEVICES:
                raise SubscriptionError(f"There are {MOST_DEVICES} browsers already. Please remove one first.")
            if not connection.execute(update(subscriptions).where(same).values(row)).rowcount:
                new = {"id": subscription.id, "endpoint": subscription.endpoint, "device": subscription.device}
                connection.execute(insert(subscriptions).values(created_at=to_naive_utc(now()), **new, **row))

    def of(self, staff_id: int) -> Sequence[Subscription]:
        """The browsers of a member of staff, oldest first."""
        query = select(subscriptions).where(subscriptions.c.staff_id == staff_id).order_by(subscriptions.c.created_at)
        with self._database.reading("read subscriptions") as connection:
            rows = connection.execute(query).all()
        return [Subscription(row.endpoint, row.p256dh, row.auth, row.device) for row in rows]

    def remove(self, subscription_id: str, staff_id: int | None = None) -> bool:
        """Removes a browser, with `staff_id` only if it is theirs; False when there is none."""
        change = delete(subscriptions).where(subscriptions.c.id == subscription_id)
        change = change if staff_id is None else change.where(subscriptions.c.staff_id == staff_id)
        with self._database.writing("remove a subscription") as connection:
            return bool(connection.execute(change).rowcount)


def _key(text: object, size: int) -> str:
    """A browser's key of so many bytes, without padding."""
    try:
        plain = str(text).rstrip("=")
        if len(base64.b64decode(plain + "=" * (-len(plain) % 4), altchars=b"-_", validate=True)) == size:
            return plain
    except (ValueError, binascii.Error):
        pass
    raise SubscriptionError("A key of this subscription is not one: expected base64url, as browsers make it.")
