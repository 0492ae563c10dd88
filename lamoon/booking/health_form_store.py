"""Stored health forms: the link to each, and every submitted version, encrypted.

All methods block, and raise StoreError when the database fails. Deleting a request deletes its form.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import func, insert, select, update
from sqlalchemy.engine import Connection

from lamoon.booking.changes import add
from lamoon.booking.health_form import Catalogue, Signed, disclosed
from lamoon.booking.notices import NoticeSettings
from lamoon.booking.request import BookingRequest
from lamoon.booking.store import request_of
from lamoon.errors import LamoonError
from lamoon.storage.database import Database
from lamoon.storage.encryption import Cipher, EncryptionError, place_of
from lamoon.storage.tables import health_form_links as links
from lamoon.storage.tables import health_forms as forms
from lamoon.storage.tables import requests
from lamoon.storage.time import from_naive_utc, now, to_naive_utc

LIFE = timedelta(days=30)
PATH = "/health-form/"
"""The gateway's path for forms; the link's token follows."""
Reason = Literal["invalid", "expired", "replaced", "gone"]


class LinkError(LamoonError):
    """A link that opens no form. `reason` is one of Reason."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(f"the link to the health form cannot be used: {reason}")
        self.reason = reason


@dataclass(frozen=True)
class Link:
    """A valid link; `token` is its secret part, `expires_at` and `sent_at` are UTC."""

    reference: str
    token: str = field(repr=False)
    expires_at: datetime
    sent_at: datetime | None

    @property
    def has_expired(self) -> bool:
        """Return whether the link has expired."""
        return self.expires_at <= now()


@dataclass(frozen=True)
class Version:
    """A submitted form: its `number` counts from 1, `filled_at` is UTC, `hold`: a person has to review it."""

    number: int
    filled_at: datetime
    hold: bool


@dataclass(frozen=True)
class FormState:
    """The state of a request's form without decrypting it; `versions` oldest first."""

    link: Link | None
    versions: Sequence[Version]


class HealthForms:
    """The health forms of one database. `key` signs links, `cipher` encrypts forms."""

    def __init__(
        self, database: Database, cipher: Cipher, key: str, notice_settings: NoticeSettings | None = None
    ) -> None:
        self._database = database
        self._notice_settings = notice_settings or NoticeSettings()
        self._cipher = cipher
        self._signer = URLSafeSerializer(key, salt="lamoon health form")

    def link(self, reference: str, visit_at: datetime | None = None, *, replace: bool = False) -> Link:
        """Return the request's link, created if there is none: valid until the visit, at most LIFE from now.

        Args:
            reference: of the request.
            visit_at: when the visit begins; None if unknown: a valid link then keeps its expiry.
            replace: create a new link, which invalidates all earlier ones.

        Raises:
            LinkError: "gone" when there is no such request; "expired" when the visit has begun.
        """
        latest = to_naive_utc(now() + LIFE)
        expires_at = min(latest, to_naive_utc(visit_at)) if visit_at else latest
        if expires_at <= to_naive_utc(now()):
            raise LinkError("expired")
        with self._database.writing("make a link to a health form") as connection:
            _request(connection, reference)
            row = connection.execute(select(links).where(links.c.reference == reference)).first()
            if row is None:
                fresh = {"reference": reference, "version": _version(), "expires_at": expires_at}
                connection.execute(insert(links).values(fresh))
            else:
                kept = visit_at is None and not self._link(row).has_expired
                values = {"expires_at": row.expires_at if kept else expires_at} | (
                    {"version": _version(), "sent_at": None} if replace else {}
                )
                connection.execute(update(links).where(links.c.reference == reference).values(values))
            return self._link(connection.execute(select(links).where(links.c.reference == reference)).one())

    def note_sent(self, reference: str) -> None:
        """Record that the link was sent, or copied by the team."""
        with self._database.writing("note that a link was sent") as connection:
            sent = update(links).where(links.c.reference == reference).values(sent_at=to_naive_utc(now()))
            connection.execute(sent)

    def state(self, reference: str) -> FormState:
        """Return the state of the form: link sent, versions submitted."""
        with self._database.reading("look for a health form") as connection:
            link = connection.execute(select(links).where(links.c.reference == reference)).first()
            query = select(forms.c.number, forms.c.filled_at, forms.c.hold).where(forms.c.reference == reference)
            rows = connection.execute(query.order_by(forms.c.number)).all()
        found = [Version(row.number, from_naive_utc(row.filled_at), row.hold) for row in rows]
        return FormState(self._link(link) if link else None, found)

    def follow(self, token: str) -> tuple[Link, BookingRequest]:
        """Return the link of a token. Raises LinkError."""
        with self._database.reading("open a health form") as connection:
            return self._follow(connection, token)

    def latest(self, reference: str) -> Signed | None:
        """Return the latest version; None if there is none. Raises EncryptionError."""
        with self._database.reading("read a health form") as connection:
            row = self._latest(connection, reference)
        return self._opened(row) if row else None

    def get(self, reference: str, number: int) -> Signed | None:
        """Return a version by its number; None if there is none. Raises EncryptionError."""
        query = select(forms).where(forms.c.reference == reference, forms.c.number == number)
        with self._database.reading("read a health form") as connection:
            row = connection.execute(query).mappings().first()
        return self._opened(row) if row else None

    def submit(self, token: str, signed: Signed, catalogue: Catalogue) -> bool:
        """Store a form as the newest version and add its conditions to the request, both or neither.

        Returns:
            Whether a person has to review it before the visit is confirmed. A form equal to the latest version, such as
            one submitted twice, is not stored again.

        Raises:
            LinkError: when the link has become invalid meanwhile.
        """
        with self._database.writing("store a health form") as connection:
            link, request = self._follow(connection, token, lock=True)
            latest = self._latest(connection, link.reference)
            if latest and self._equals(latest, signed):
                return bool(latest["hold"])
            known = {condition.id for condition in request.conditions}
            added = [condition for condition in disclosed(signed, catalogue) if condition.id not in known]
            hold = signed.needs_review or any(condition.hold for condition in added)
            row = {"reference": link.reference, "number": latest["number"] + 1 if latest else 1, "hold": hold}
            content = self._cipher.seal(signed.to_json(), place_of(forms.c.content, row))
            connection.execute(insert(forms).values(**row, content=content, filled_at=to_naive_utc(now())))
            if added or hold:
                add(
                    connection,
                    self._notice_settings,
                    link.reference,
                    added,
                    f"health form, version {row['number']}",
                    hold=hold,
                )
            return hold

    def _follow(self, connection: Connection, token: str, *, lock: bool = False) -> tuple[Link, BookingRequest]:
        try:
            reference, version = self._signer.loads(token)
        except (BadSignature, ValueError, TypeError):
            raise LinkError("invalid") from None
        row = connection.execute(select(links).where(links.c.reference == reference)).first()
        if row is None:
            raise LinkError("gone")
        if row.version != version:
            raise LinkError("replaced")
        link = self._link(row)
        if link.has_expired:
            raise LinkError("expired")
        return link, _request(connection, reference, lock=lock)

    def _link(self, row: Any) -> Link:
        token = str(self._signer.dumps([row.reference, row.version]))
        sent_at = from_naive_utc(row.sent_at) if row.sent_at else None
        return Link(row.reference, token, from_naive_utc(row.expires_at), sent_at)

    @staticmethod
    def _latest(connection: Connection, reference: str) -> Mapping[str, Any] | None:
        query = select(forms).where(forms.c.reference == reference).order_by(forms.c.number.desc()).limit(1)
        found: Mapping[str, Any] | None = connection.execute(query).mappings().first()
        return found

    def _opened(self, row: Mapping[str, Any]) -> Signed:
        return Signed.from_json(self._cipher.open(row["content"], place_of(forms.c.content, row)))

    def _equals(self, row: Mapping[str, Any], signed: Signed) -> bool:
        try:
            return self._opened(row) == signed
        except EncryptionError:
            return False  # the new one is readable, at least


def held_since(connection: Connection, references: Iterable[str]) -> dict[str, datetime]:
    """Return the time (UTC) of the latest form that needs review, by reference of the request."""
    mine = forms.c.reference.in_(list(references))
    query = select(forms.c.reference, func.max(forms.c.filled_at).label("at")).where(mine, forms.c.hold)
    rows = connection.execute(query.group_by(forms.c.reference)).all()
    return {row.reference: from_naive_utc(row.at) for row in rows}


def _version() -> str:
    """Return a random version, so that links of a deleted request do not open a later one with the same reference."""
    return secrets.token_urlsafe(16)


def _request(connection: Connection, reference: str, *, lock: bool = False) -> BookingRequest:
    query = select(requests).where(requests.c.reference == reference)
    row = connection.execute(query.with_for_update() if lock else query).first()
    if row is None:
        raise LinkError("gone")
    return request_of(row)
