"""Notifies the team outside of the desk, by push and by mail: what waits, by each person's rules, each thing once.

It looks at what is the case, not at events, so that a restart or a failure in between loses nothing. What was sent to
whom is kept by a digest; gateways that share a database take turns.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import delete, insert, select, update

from lamoon.booking.smtp import SmtpMailer, mailer_from, new_mail
from lamoon.chat.hub import Hub
from lamoon.chat.services import Services
from lamoon.desk.notifications.occasions import Kind, Occasion, read_occasions
from lamoon.desk.notifications.push import PushError, ServerKey, Subscriptions
from lamoon.desk.notifications.rules import Person, Way, everybody
from lamoon.errors import LamoonError, NotificationError, StoreError
from lamoon.retry import backoff
from lamoon.storage.database import Database
from lamoon.storage.inbox_tables import notifications, subscriptions
from lamoon.storage.leases import Leases
from lamoon.storage.time import now, to_naive_utc
from lamoon.studio import Studio

log = logging.getLogger("lamoon.desk.notifications")

LOOK_SECONDS = 5.0
PAUSE_SECONDS = 0.5
MOST_ATTEMPTS = 5
MEMORY = timedelta(days=31)
"""Longer than a conversation is kept, so that one that waits is notified once."""
LEASE = "notifications of the desk"
TAG = 16
"""Characters of a tag."""
OUTSIDE: tuple[Way, ...] = ("push", "mail")
TEST = "test"
SAID: dict[str, str] = {
    "emergency": "An emergency or a crisis in a conversation",
    "person": "A visitor asks for a person",
    "late": "A visitor has waited for a person for 5 minutes",
    "reply": "A visitor wrote in your conversation",
    "request": "A request waits for an answer",
    "mention": "A colleague named you",
    TEST: "This is a test: notifications reach you",
}
"""All that a notification says: never whom it is about, or what was written."""
PLACES: dict[str, str] = {"request": "/desk/inbox/requests", TEST: "/desk/notifications"}
"""Where a click on it leads, by kind; the inbox for all others."""


@dataclass(frozen=True)
class Due:
    """A notification to send. `key` is a digest of the occasion, the person and the way."""

    key: str
    kind: Kind
    way: Way
    person: Person


class Notifier:
    """Sends the notifications of one database. `address` is the desk's, for mails; `mailer` None: there are no mails."""

    def __init__(
        self, database: Database, studio: Studio, server_key: ServerKey, mailer: SmtpMailer | None, address: str
    ) -> None:
        self._database = database
        self._studio = studio
        self._browsers = Subscriptions(database)
        self.server_key = server_key
        self._mailer = mailer
        self._address = address

    @property
    def has_mail(self) -> bool:
        """Whether mails can be sent."""
        return self._mailer is not None

    def look(self, moment: datetime) -> None:
        """Sends all that is due at a moment (UTC). Raises StoreError."""
        for due in self._due(moment):
            if not self._claim(due, moment):
                continue
            try:
                self._send(due.person, due.kind, due.way, due.key)
                state = "sent"
            except (PushError, NotificationError) as error:
                log.warning("A notification by %s was not accepted: %s", due.way, error)
                state = ""
            self._close(due, state)

    def test(self, person: Person, way: Way) -> None:
        """Sends a test. Raises PushError or NotificationError, which says what is wrong."""
        self._send(person, TEST, way, sha256(f"{person.id} {now()}".encode()).hexdigest())

    def forget_old(self, moment: datetime) -> None:
        """Deletes what was sent long ago."""
        with self._database.writing("forget old notifications") as connection:
            connection.execute(delete(notifications).where(notifications.c.at < to_naive_utc(moment - MEMORY)))

    def _due(self, moment: datetime) -> Sequence[Due]:
        """What is wanted and was not sent."""
        local = moment.astimezone(self._studio.zone)
        with self._database.reading("look for notifications") as connection:
            occasions = read_occasions(connection, moment)
            if not occasions:
                return []
            people = everybody(connection)
            with_browser = set(connection.execute(select(subscriptions.c.staff_id).distinct()).scalars())
            wanted = [
                Due(_digest(occasion, person, way), occasion.kind, way, person)
                for occasion in occasions
                for person in people
                for way in OUTSIDE
                if person.rules.want(occasion, way, person.id, local)
                and (person.id in with_browser if way == "push" else self._mailer and person.rules.email)
            ]
            known = select(notifications).where(notifications.c.key.in_([due.key for due in wanted]))
            rows = {row.key: row for row in connection.execute(known)}
        return [
            due
            for due in wanted
            if due.key not in rows or (rows[due.key].state == "due" and rows[due.key].due_at <= to_naive_utc(moment))
        ]

    def _claim(self, due: Due, moment: datetime) -> bool:
        """Takes the next attempt; what a killed process began is tried again later."""
        same = notifications.c.key == due.key
        later = moment + timedelta(minutes=1)
        with self._database.writing("claim a notification") as connection:
            known = connection.execute(select(notifications).where(same)).first()
            if known is None:
                fixed = {"key": due.key, "at": to_naive_utc(moment), "due_at": to_naive_utc(later)}
                connection.execute(insert(notifications).values(attempts=1, state="due", **fixed))
                return True
            again = {"attempts": known.attempts + 1, "due_at": to_naive_utc(later)}
            free = same & (notifications.c.state == "due") & (notifications.c.attempts == known.attempts)
            return bool(connection.execute(update(notifications).where(free).values(again)).rowcount)

    def _close(self, due: Due, state: str) -> None:
        """Notes that it was sent, or when to try again."""
        same = notifications.c.key == due.key
        with self._database.writing("note a notification") as connection:
            attempts = int(connection.execute(select(notifications.c.attempts).where(same)).scalar() or 0)
            failed = "failed" if attempts >= MOST_ATTEMPTS else "due"
            wait = timedelta(seconds=backoff(attempts))
            values = {"state": state or failed, "due_at": to_naive_utc(now() + wait)}
            connection.execute(update(notifications).where(same).values(values))

    def _send(self, person: Person, kind: str, way: Way, key: str) -> None:
        if way == "mail":
            self._mail(person, kind, key)
        else:
            self._push(person, kind, key)

    def _push(self, person: Person, kind: str, key: str) -> None:
        """To all browsers of the person; fails only when none took it."""
        message: dict[str, str | int] = {
            "title": SAID[kind],
            "body": f"{self._studio.name}: open the desk to read more.",
            "tag": key[:TAG],
            "place": PLACES.get(kind, "/desk/inbox"),
        }
        problem, took = None, False
        for browser in self._browsers.of(person.id):
            try:
                self.server_key.send(browser, message, urgent=kind in ("emergency", "person", "late"))
                took = True
            except PushError as error:
                problem = error
                if error.is_over:
                    self._browsers.remove(browser.id)
        if problem and not took and not problem.is_over:
            raise problem

    def _mail(self, person: Person, kind: str, key: str) -> None:
        if self._mailer is None or not person.rules.email:
            raise NotificationError("there is no mail server, or no address to write to", permanent=True)
        text = (
            f"{SAID[kind]}.\n\n{self._address}{PLACES.get(kind, '/desk/inbox')}\n\nThis mail holds no client's words.\n"
        )
        mail = new_mail(
            f"{self._studio.name}: {SAID[kind]}",
            text,
            key=key,
            sender=self._mailer.sender,
            recipient=person.rules.email,
        )
        self._mailer.send(mail, person.rules.email)


def build_notifier(services: Services) -> Notifier:
    """The notifier on the chat's services."""
    settings, studio = services.settings, services.studio
    address = settings.channels.public_url or f"http://{settings.gateway_host}:{settings.gateway_port}"
    writer = settings.notify_email or studio.notify_email or settings.smtp_from
    contact = f"mailto:{writer}" if writer or not address.startswith("https:") else address
    key = ServerKey(services.key, contact if contact != "mailto:" else "mailto:desk@example.com")
    return Notifier(services.bookings.database, studio, key, mailer_from(settings), address.rstrip("/"))


async def notify(notifier: Notifier, hub: Hub, leases: Leases, clock: Callable[[], datetime] = now) -> None:
    """Sends notifications until cancelled: whenever something happens, and every few seconds."""
    happened = asyncio.Event()
    hub.watch(lambda _: happened.set())
    looks = 0
    while True:
        happened.clear()
        try:
            async with leases.hold(LEASE) as lease:
                if lease:
                    await asyncio.to_thread(notifier.look, clock())
                    if looks % 1000 == 0:
                        await asyncio.to_thread(notifier.forget_old, clock())
                    looks += 1
        except StoreError as error:
            log.warning("Notifications wait: %s", error)
        except LamoonError as error:
            log.error("A notification failed: %s", error)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(happened.wait(), LOOK_SECONDS)
        await asyncio.sleep(PAUSE_SECONDS)


def _digest(occasion: Occasion, person: Person, way: Way) -> str:
    return sha256(f"{occasion.kind} {occasion.key} {person.id} {way}".encode()).hexdigest()


def tag_of(occasion: Occasion, person: Person) -> str:
    """What marks the notification of an occasion on a device: the open desk and a push message show it once."""
    return _digest(occasion, person, "push")[:TAG]
