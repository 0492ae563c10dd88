"""When, how and about what a person of the team is notified: their own rules. All methods block: call them in a thread."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any, Literal, get_args

from sqlalchemy import insert, select, update
from sqlalchemy.engine import Connection

from lamoon.checks import check_email
from lamoon.desk.notifications.occasions import KINDS, Kind, Occasion
from lamoon.errors import LamoonError
from lamoon.storage.database import Database
from lamoon.storage.inbox_tables import notification_rules
from lamoon.storage.tables import staff

Way = Literal["sound", "push", "mail"]
WAYS: tuple[Way, ...] = get_args(Way)
USUAL: Mapping[Kind, Sequence[Way]] = MappingProxyType(
    {
        "emergency": ("sound", "push", "mail"),
        "person": ("sound", "push", "mail"),
        "late": ("sound", "push"),
        "reply": ("sound", "push"),
        "request": ("sound",),
        "mention": ("sound", "push"),
    }
)
CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
URGENT: tuple[Kind, ...] = ("emergency",)


class RuleError(LamoonError):
    """The rules cannot be kept like this; the message says why."""


@dataclass(frozen=True)
class Rules:
    """The rules of one person.

    Attributes:
        ways: how each kind of occasion is notified; missing kinds are not.
        email: where mails go; without it there are none.
        quiet_from, quiet_until: "22:00" at the studio; equal or empty means that no hours are quiet.
        quiet_days: weekdays from 0, Monday, on which nothing comes.
        urgent_always: emergencies come in quiet hours and on quiet days, too.
    """

    ways: Mapping[Kind, Sequence[Way]] = field(default_factory=lambda: USUAL)
    email: str = field(default="", repr=False)
    quiet_from: str = ""
    quiet_until: str = ""
    quiet_days: Sequence[int] = ()
    urgent_always: bool = True

    def want(self, occasion: Occasion, way: Way, staff_id: int, local: datetime) -> bool:
        """Whether this person is to be notified of it in this way at a `local` moment of the studio."""
        if way not in self.ways.get(occasion.kind, ()) or occasion.staff_id not in (None, staff_id):
            return False
        return (self.urgent_always and occasion.kind in URGENT) or not self.is_quiet(local)

    def is_quiet(self, local: datetime) -> bool:
        """Whether nothing but emergencies comes at a local moment."""
        if local.weekday() in self.quiet_days:
            return True
        begin, end, clock = self.quiet_from, self.quiet_until, f"{local:%H:%M}"
        if not begin or not end or begin == end:
            return False
        return begin <= clock < end if begin < end else clock >= begin or clock < end


@dataclass(frozen=True)
class Person:
    """Somebody of the team with their rules."""

    id: int
    name: str
    rules: Rules


class RuleBook:
    """The rules in one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, staff_id: int) -> Rules:
        """The rules of one person; the usual ones where they have changed nothing."""
        query = select(notification_rules).where(notification_rules.c.staff_id == staff_id)
        with self._database.reading("read the rules of notifications") as connection:
            row = connection.execute(query).first()
        return _rules(row) if row else Rules()

    def keep(self, staff_id: int, rules: Rules) -> None:
        """Keeps the rules of one person."""
        row = {
            "email": rules.email,
            "ways": {kind: list(ways) for kind, ways in rules.ways.items()},
            "quiet_from": rules.quiet_from,
            "quiet_until": rules.quiet_until,
            "quiet_days": list(rules.quiet_days),
            "urgent_always": rules.urgent_always,
        }
        with self._database.writing("keep the rules of notifications") as connection:
            change = update(notification_rules).where(notification_rules.c.staff_id == staff_id).values(row)
            if not connection.execute(change).rowcount:
                connection.execute(insert(notification_rules).values(staff_id=staff_id, **row))


def everybody(connection: Connection) -> Sequence[Person]:
    """All active members of staff with their rules."""
    joined = staff.outerjoin(notification_rules, notification_rules.c.staff_id == staff.c.id)
    query = select(staff.c.id, staff.c.name, notification_rules).select_from(joined).where(staff.c.active)
    return [
        Person(row.id, row.name, _rules(row) if row.staff_id is not None else Rules())
        for row in connection.execute(query)
    ]


def read_rules(
    ways: Mapping[Kind, Sequence[Way]], email: str, hours: tuple[str, str], days: Sequence[int], *, urgent_always: bool
) -> Rules:
    """Checked rules. Raises RuleError."""
    try:
        address = check_email(email) if email else ""
    except ValueError:
        raise RuleError(
            "The e-mail address is not one. Expected: one such as olivia@example.com, or nothing."
        ) from None
    begin, end = hours
    if bool(begin) != bool(end) or not all(CLOCK.fullmatch(clock) for clock in hours if clock):
        raise RuleError("Quiet hours need a beginning and an end, such as 21:00 and 07:00, or neither.")
    if not 0 <= len(days) < 7:
        raise RuleError("All seven days are quiet, so nothing but emergencies would ever come. Please leave one out.")
    return Rules(ways, address, begin, end, tuple(days), urgent_always)


def _rules(row: Any) -> Rules:
    ways = {kind: tuple(way for way in WAYS if way in row.ways.get(kind, ())) for kind in KINDS}
    return Rules(ways, row.email, row.quiet_from, row.quiet_until, tuple(row.quiet_days), row.urgent_always)
