"""Rate limits on signing in: guesses are slowed down without locking the account's owner out.

Each address has a few tries a minute. After more wrong passwords for a name than its owner would type, each address has
a single try for that name in ten minutes: many addresses help little, and an address without failures still gets in
with the right password. A browser that signed in before carries a device cookie and has its own tries for that name
(OWASP's "device cookies"), whatever its address does. Passwords are checked a few at a time, because each check takes
memory and a core; browsers with a device cookie do not queue behind the others.

Counts are kept in the chat's buckets, which several gateways share.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from itsdangerous import BadSignature, URLSafeSerializer
from starlette.requests import Request
from starlette.responses import Response

from lamoon.chat.limits import Buckets, RateLimit

TRIES_PER_MINUTE = 5
GUESSED_PER_MINUTE = 0.1
"""Tries of an address for a name under attack."""
STRANGERS, KNOWN = 2, 1
"""Concurrent password checks, for browsers without a device cookie and with one."""
COOKIE = "__Host-lamoon-desk-device"
COOKIE_SECONDS = 365 * 24 * 3600
MOST_NAMES = 10


@dataclass(frozen=True)
class Device:
    """A browser, and the names that signed in there."""

    id: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class Try:
    """An attempt to sign in from an address. `device` is set when this name signed in there before."""

    name: str
    address: str
    device: str = ""


class Tries:
    """The counts. `take`, `failed` and `succeeded` block, and raise StoreError when a shared database fails."""

    def __init__(self, buckets: Buckets) -> None:
        def limit(name: str, per_minute: float, burst: int) -> RateLimit:
            return RateLimit(per_minute, burst, name=f"sign-in {name}", buckets=buckets)

        self._addresses = limit("address", TRIES_PER_MINUTE, TRIES_PER_MINUTE)
        self._names = limit("name", TRIES_PER_MINUTE, TRIES_PER_MINUTE)
        self._guesses = limit("guess", GUESSED_PER_MINUTE, 1)
        self._devices = limit("device", TRIES_PER_MINUTE, TRIES_PER_MINUTE)
        self._strangers, self._known = asyncio.Semaphore(STRANGERS), asyncio.Semaphore(KNOWN)

    def take(self, one: Try) -> int:
        """Seconds to wait; 0 when the attempt may proceed."""
        if one.device:
            return self._devices.take(f"{one.device} {one.name}")
        if wait := self._addresses.take(one.address):
            return wait
        return self._guesses.take(f"{one.address} {one.name}") if self._names.wait(one.name) else 0

    @asynccontextmanager
    async def turn(self, one: Try) -> AsyncIterator[None]:
        """Held while the password is checked."""
        async with self._known if one.device else self._strangers:
            yield

    def failed(self, one: Try) -> None:
        """Records a wrong password."""
        if not one.device:
            self._names.take(one.name)

    def succeeded(self, one: Try) -> None:
        """Returns the try after the right password, so that colleagues may share an address."""
        if one.device:
            self._devices.give_back(f"{one.device} {one.name}")
        else:
            self._addresses.give_back(one.address)
            self._guesses.give_back(f"{one.address} {one.name}")


def device_of(request: Request, key: str) -> Device:
    """The browser's device; a new one, without names, when it sends no cookie of ours."""
    try:
        found, *names = _signer(key).loads(request.cookies.get(COOKIE, ""))
    except BadSignature:
        return Device(secrets.token_urlsafe(16), ())
    return Device(found, tuple(names))


def remember_device(answer: Response, key: str, device: Device, name: str) -> None:
    """Adds this name to the browser's device cookie."""
    names = [name, *(known for known in device.names if known != name)][:MOST_NAMES]
    value = _signer(key).dumps([device.id, *names])
    answer.set_cookie(
        COOKIE, str(value), max_age=COOKIE_SECONDS, path="/", secure=True, httponly=True, samesite="strict"
    )


def _signer(key: str) -> URLSafeSerializer:
    return URLSafeSerializer(key, salt="lamoon desk device")
