"""Finds people in the inbox: by reference, name, e-mail address, phone number in any spelling, or words that were said.

Blocks: call it in a thread.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import phonenumbers
from sqlalchemy import String, func, or_, select, type_coerce
from sqlalchemy.engine import Connection
from sqlalchemy.sql.elements import ColumnElement

from lamoon.booking.request import read_reference
from lamoon.contract import SANDBOX
from lamoon.desk.inbox.lists import Row, rows_of
from lamoon.desk.privacy.personal_data import REFERENCE
from lamoon.storage.database import Database
from lamoon.storage.inbox_tables import summaries
from lamoon.storage.tables import conversations, messages, requests
from lamoon.storage.time import from_naive_utc

SHORTEST, LONGEST = 2, 100
LEAST_DIGITS: Final = 4
MOST: Final = 30
MOST_READ: Final = 5000
"""Names and contacts that are opened for a search: some hundred milliseconds at most."""
AROUND: Final = 40
"""Characters that are shown on both sides of words that were found."""


@dataclass(frozen=True)
class Hit:
    """Something found. `why` says where; `row` is None for a request whose conversation was deleted."""

    why: str
    name: str = field(repr=False)
    at: datetime
    reference: str
    row: Row | None
    words: str = field(default="", repr=False)


def search(database: Database, text: str, region: str) -> Sequence[Hit]:
    """What fits the text, people before words; at most MOST. Phone numbers are read as in `region`."""
    wanted = " ".join(text.split())[:LONGEST]
    if len(wanted) < SHORTEST:
        return []
    with database.reading("search the inbox") as connection:
        found = _Search(connection)
        reference = read_reference(wanted)
        if REFERENCE.fullmatch(reference):
            found.add_requests(requests.c.reference == reference, "reference")
        digits = _digits(wanted, region)
        found.add_people(lambda name, email, phone: _why(wanted.lower(), digits, name, email, phone))
        if digits:
            found.add_conversations(conversations.c.address.contains(digits), "phone number")
        found.add_words(wanted)
        return found.hits()


def _digits(text: str, region: str) -> str:
    """The digits of a phone number as stored, or of a part of one; empty for any other text."""
    if not re.fullmatch(r"[\d\s()+./-]+(?:(?:ext|x)\W*\d+)?", text, re.I):
        return ""
    try:
        number = phonenumbers.parse(text, region)
        if phonenumbers.is_possible_number(number):
            return str(phonenumbers.national_significant_number(number))
    except phonenumbers.NumberParseException:
        pass
    digits = "".join(filter(str.isdigit, text))
    return digits.lstrip("0") if len(digits) >= LEAST_DIGITS else ""


def _why(wanted: str, digits: str, name: str, email: str, phone: str) -> str:
    """What of a person fits; empty for nothing."""
    if wanted in name.lower():
        return "name"
    if "@" in wanted and wanted in email.lower():
        return "e-mail address"
    return "phone number" if digits and digits in "".join(filter(str.isdigit, phone)) else ""


def _has(column: Any, text: str) -> ColumnElement[bool]:
    return func.lower(column).contains(text.lower(), autoescape=True)


class _Search:
    """The matches so far, by conversation; each is shown once, for the first reason."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._why: dict[str, tuple[str, str]] = {}
        self._alone: dict[str, Hit] = {}

    def add_requests(self, which: ColumnElement[bool], why: str) -> None:
        query = select(requests).where(which, requests.c.channel != SANDBOX).order_by(requests.c.id.desc()).limit(MOST)
        for row in self._connection.execute(query):
            if row.chat_id:
                self._why.setdefault(row.chat_id, (why, ""))
            hit = Hit(why, row.name, from_naive_utc(row.created_at), row.reference, None)
            self._alone.setdefault(row.chat_id or row.reference, hit)

    def add_people(self, why: Callable[[str, str, str], str]) -> None:
        """Names and contacts are encrypted, so the latest MOST_READ of them are opened and looked at."""
        contact = (requests.c.name, requests.c.email, requests.c.phone)
        sent = select(requests.c.reference, *contact).where(requests.c.channel != SANDBOX)
        fitting: dict[str, str] = {}
        for row in self._connection.execute(sent.order_by(requests.c.id.desc()).limit(MOST_READ)):
            if len(fitting) < MOST and (reason := why(row.name, row.email, row.phone)):
                fitting[row.reference] = reason
        for reference, reason in fitting.items():
            self.add_requests(requests.c.reference == reference, reason)
        named = type_coerce(summaries.c.name, String) + type_coerce(summaries.c.email, String)
        named = (named + type_coerce(summaries.c.phone, String)) != ""
        for row in self._connection.execute(select(summaries).where(named).limit(MOST_READ)):
            if reason := why(row.name, row.email, row.phone):
                self._why.setdefault(row.conversation_id, (reason, ""))

    def add_conversations(self, which: ColumnElement[bool], why: str) -> None:
        for conversation_id in self._connection.execute(select(conversations.c.id).where(which).limit(MOST)).scalars():
            self._why.setdefault(conversation_id, (why, ""))

    def add_words(self, text: str) -> None:
        latest = (
            select(messages.c.conversation_id, func.max(messages.c.id).label("id"))
            .where(_has(messages.c.text, text), or_(*(messages.c.author == one for one in ("visitor", "team", "bot"))))
            .group_by(messages.c.conversation_id)
            .order_by(func.max(messages.c.id).desc())
            .limit(MOST)
            .subquery()
        )
        query = select(messages.c.conversation_id, messages.c.text).join(latest, latest.c.id == messages.c.id)
        for row in self._connection.execute(query.order_by(messages.c.id.desc())):
            self._why.setdefault(row.conversation_id, ("words", _around(row.text, text)))

    def hits(self) -> Sequence[Hit]:
        rows = {row.id: row for row in rows_of(self._connection, self._why)}
        found = []
        for conversation_id, (why, words) in self._why.items():
            row = rows.get(conversation_id)
            if row:
                found.append(Hit(why, row.name, row.active_at, row.reference, row, words))
        found += [hit for key, hit in self._alone.items() if key not in rows]
        return found[:MOST]


def _around(text: str, wanted: str) -> str:
    at = max(text.lower().find(wanted.lower()), 0)
    begin, end = max(at - AROUND, 0), at + len(wanted) + AROUND
    return f"{'…' if begin else ''}{text[begin:end]}{'…' if end < len(text) else ''}"
