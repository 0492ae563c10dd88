"""The desk's parts, put together once."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from lamoon.booking.database import Database
from lamoon.gateway.desk.accounts import Accounts
from lamoon.gateway.desk.audit import Audit
from lamoon.gateway.desk.tries import Tries


@dataclass(frozen=True)
class Desk:
    """What the desk's pages work with. `key` signs its cookies; `tries` slows wrong passwords down."""

    key: str = field(repr=False)
    accounts: Accounts
    audit: Audit
    tries: Tries


def build_desk(database: Database, key: str, idle: timedelta) -> Desk:
    """The desk of one database. After `idle` without a click somebody has to sign in again."""
    return Desk(key, Accounts(database, idle), Audit(database), Tries())
