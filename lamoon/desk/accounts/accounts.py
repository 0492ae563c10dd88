"""Accounts, passwords and sessions of the desk, and the record of who did what."""

from __future__ import annotations

import secrets
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import sha256
from hmac import compare_digest
from typing import Any, Literal, get_args

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from sqlalchemy import Column, bindparam, delete, func, insert, select, update
from sqlalchemy.engine import Connection

from lamoon.errors import LamoonError
from lamoon.storage.database import Database
from lamoon.storage.desk_tables import second_factors
from lamoon.storage.tables import audit, sessions, staff
from lamoon.storage.time import now, to_naive_utc

Role = Literal["staff", "owner"]
ROLES: tuple[Role, ...] = get_args(Role)
LONGEST_NAME = 80
SHORTEST_PASSWORD = 12
IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
STEP_SECONDS = 30
"""How long a code of an app is shown (RFC 6238)."""
TOUCH = timedelta(minutes=1)
"""Resolution of when a person was last active: not every click writes."""

HASHER = PasswordHasher()
"""argon2id with the library's defaults: a guess takes a tenth of a second and 64 MB."""


class CodeError(LamoonError):
    """The code of a second factor is missing, wrong or used; the message says what to do."""


class AccountError(LamoonError):
    """An account cannot be created or changed like this; the message says why."""


@dataclass(frozen=True)
class Staff:
    """A signed-in member of staff. `session` is the session's id."""

    id: int
    name: str
    role: Role
    session: str = field(repr=False)


@dataclass(frozen=True)
class Account:
    """An account as listed. `seen_at` (UTC) is the latest click of a live session."""

    name: str
    role: Role
    active: bool
    seen_at: datetime | None


class Accounts:
    """The accounts of one database. Sessions end after `idle` without a click, and without a page in view."""

    def __init__(self, database: Database, idle: timedelta = IDLE) -> None:
        self._database = database
        self._idle = idle

    def add(self, name: str, password: str, role: Role | None = None) -> None:
        """Creates an account, or sets a new password and ends its sessions.

        Without a `role` an account keeps the one it has; a new one is staff. Raises AccountError.
        """
        name = name.strip()
        if not 1 <= len(name) <= LONGEST_NAME:
            raise AccountError(f"The name must have 1 to {LONGEST_NAME} characters.")
        if len(password) < SHORTEST_PASSWORD:
            raise AccountError(f"The password must have at least {SHORTEST_PASSWORD} characters.")
        row: dict[str, object] = {"password": HASHER.hash(_typed(password)), "active": True}
        row |= {"role": role} if role else {}
        with self._database.writing("keep an account") as connection:
            known = connection.execute(select(staff.c.id).where(staff.c.name == name)).scalar()
            if known is None:
                connection.execute(
                    insert(staff).values({"name": name, "role": "staff", "created_at": to_naive_utc(now())} | row)
                )
            else:
                connection.execute(update(staff).where(staff.c.id == known).values(row))
                connection.execute(delete(sessions).where(sessions.c.staff_id == known))

    def deactivate(self, name: str) -> None:
        """Closes the account and ends its sessions; its name stays in the audit record. Raises AccountError."""
        with self._database.writing("close an account") as connection:
            known = connection.execute(select(staff.c.id).where(staff.c.name == name.strip())).scalar()
            if known is None:
                raise AccountError(f"There is no account {name.strip()!r}.")
            connection.execute(update(staff).where(staff.c.id == known).values(active=False))
            connection.execute(delete(sessions).where(sessions.c.staff_id == known))

    def change_role(self, name: str, role: Role) -> None:
        """Gives an account another role. Raises AccountError for one that is not there, and for the last owner."""
        with self._database.writing("change an account") as connection:
            self._keep_an_owner(connection, name, leaves=role != "owner")
            connection.execute(update(staff).where(staff.c.name == name).values(role=role))

    def close(self, name: str) -> None:
        """`deactivate`, but never the last owner. Raises AccountError."""
        with self._database.reading("read an account") as connection:
            self._keep_an_owner(connection, name, leaves=True)
        self.deactivate(name)

    def seal(self, name: str) -> str:
        """What changes with the password of an account: an invitation holds it, and is void afterwards. Raises
        AccountError.
        """
        with self._database.reading("read an account") as connection:
            kept = connection.execute(select(staff.c.password).where(staff.c.name == name)).scalar()
        if kept is None:
            raise AccountError(f"There is no account {name!r}.")
        return sha256(str(kept).encode()).hexdigest()[:16]

    def knows_password(self, name: str, password: str) -> bool:
        """Whether this is the password of an account."""
        with self._database.reading("read an account") as connection:
            kept = connection.execute(select(staff.c.password).where(staff.c.name == name)).scalar()
        return kept is not None and self._matches(str(kept), password)

    def _keep_an_owner(self, connection: Connection, name: str, *, leaves: bool) -> None:
        rows = connection.execute(select(staff.c.name, staff.c.role).where(staff.c.active)).all()
        roles = {row.name: row.role for row in rows}
        if name not in roles:
            raise AccountError(f"There is no account {name!r}.")
        if leaves and [one for one, role in roles.items() if role == "owner"] == [name]:
            raise AccountError(f"{name} is the only owner. Please make another person an owner first.")

    def all(self) -> Sequence[Account]:
        """Every account, by name."""
        with self._database.reading("read the accounts") as connection:
            rows = connection.execute(select(staff.c.id, staff.c.name, staff.c.role, staff.c.active)).all()
            seen = dict(
                connection.execute(select(sessions.c.staff_id, sessions.c.seen_at).order_by(sessions.c.seen_at)).all()
            )
        found = [Account(row.name, row.role, row.active, _utc(seen.get(row.id))) for row in rows]
        return sorted(found, key=lambda account: account.name.casefold())

    def known(self, name: str) -> bool:
        """Whether the account exists."""
        with self._database.reading("read an account") as connection:
            return connection.execute(select(staff.c.id).where(staff.c.name == name.strip())).first() is not None

    def sign_in(self, name: str, password: str, code: str = "") -> Staff | None:
        """A new session for the right password, otherwise None; takes the same time whether or not the name exists.

        Raises CodeError when the password is right and the account asks for a code that is missing, wrong or used.
        """
        with self._database.reading("read an account") as connection:
            row = connection.execute(select(staff).where(staff.c.name == name.strip(), staff.c.active)).first()
        if not self._matches(row.password if row else _nobody(), password) or row is None:
            return None
        if not self._has_right_code(row.id, code):
            raise CodeError("Please type the code that your app shows now as well.")
        session = secrets.token_urlsafe(32)
        moment = to_naive_utc(now())
        with self._database.writing("begin a session") as connection:
            connection.execute(delete(sessions).where(sessions.c.seen_at < moment - LONGEST))
            connection.execute(insert(sessions).values(id=session, staff_id=row.id, begun_at=moment, seen_at=moment))
        return Staff(row.id, row.name, row.role, session)

    def signed_in(self, session: str, *, attended: bool = True) -> Staff | None:
        """The owner of a session; None when it has ended. `attended`: a person is there, so the session goes on."""
        moment = to_naive_utc(now())
        query = select(staff, sessions.c.seen_at, sessions.c.begun_at).join(sessions).where(sessions.c.id == session)
        with self._database.reading("read a session") as connection:
            row = connection.execute(query).first()
        # A clock that was set back must not prolong a session.
        if row is None or not row.active or moment - row.seen_at > self._idle or abs(moment - row.begun_at) > LONGEST:
            return None
        if attended and abs(moment - row.seen_at) > TOUCH:
            with self._database.writing("keep a session") as connection:
                connection.execute(update(sessions).where(sessions.c.id == session).values(seen_at=moment))
        return Staff(row.id, row.name, row.role, session)

    def begin_second_factor(self, staff_id: int) -> str:
        """A new key for a code app, which `confirm_second_factor` brings into force; one in force stays until then."""
        secret = str(pyotp.random_base32())
        with self._database.writing("keep a second factor") as connection:
            connection.execute(delete(second_factors).where(second_factors.c.staff_id == staff_id))
            connection.execute(insert(second_factors).values(staff_id=staff_id, secret=secret, confirmed=False, used=0))
        return secret

    def confirm_second_factor(self, staff_id: int, code: str) -> None:
        """From now on the account asks for a code. Raises CodeError for a wrong one."""
        if not self._takes(staff_id, code):
            raise CodeError("This code is not the one that your app shows now. Please try again.")
        with self._database.writing("keep a second factor") as connection:
            mine = second_factors.c.staff_id == staff_id
            connection.execute(update(second_factors).where(mine).values(confirmed=True))

    def end_second_factor(self, staff_id: int) -> None:
        """The account asks for no code any more."""
        with self._database.writing("end a second factor") as connection:
            connection.execute(delete(second_factors).where(second_factors.c.staff_id == staff_id))

    def forget_second_factor(self, name: str) -> None:
        """The same by name, for a person who lost the app."""
        with self._database.writing("end a second factor") as connection:
            theirs = select(staff.c.id).where(staff.c.name == name.strip()).scalar_subquery()
            connection.execute(delete(second_factors).where(second_factors.c.staff_id == theirs))

    def has_second_factor(self, staff_id: int) -> bool:
        """Whether the account asks for a code."""
        query = select(second_factors.c.confirmed).where(second_factors.c.staff_id == staff_id)
        with self._database.reading("read a second factor") as connection:
            return bool(connection.execute(query).scalar())

    def _has_right_code(self, staff_id: int, code: str) -> bool:
        return not self.has_second_factor(staff_id) or self._takes(staff_id, code)

    def _takes(self, staff_id: int, code: str) -> bool:
        """Whether a code is that of now, or of half a minute before or after, and was not used yet; it is then."""
        mine = second_factors.c.staff_id == staff_id
        typed, step = "".join(filter(str.isdigit, code)), int(now().timestamp()) // STEP_SECONDS
        with self._database.writing("use a code") as connection:
            row = connection.execute(select(second_factors).where(mine)).first()
            if row is None:
                return False
            app = pyotp.TOTP(row.secret)
            good = (one for one in (step - 1, step, step + 1) if compare_digest(app.at(one * STEP_SECONDS), typed))
            found = next(good, 0)
            if found <= row.used:
                return False
            connection.execute(update(second_factors).where(mine).values(used=found))
        return True

    def sign_out(self, session: str) -> None:
        """Ends a session."""
        with self._database.writing("end a session") as connection:
            connection.execute(delete(sessions).where(sessions.c.id == session))

    def _matches(self, kept: str, password: str) -> bool:
        try:
            return HASHER.verify(kept, _typed(password))
        except (Argon2Error, InvalidHashError):
            return False


def _typed(password: str) -> str:
    """The same string for the same keys, on any system."""
    return unicodedata.normalize("NFKC", password)


def _utc(moment: datetime | None) -> datetime | None:
    return moment.replace(tzinfo=UTC) if moment else None


@cache
def _nobody() -> str:
    """The hash of a random password: an unknown name takes as long as a known one."""
    return HASHER.hash(secrets.token_hex())


@dataclass(frozen=True)
class Entry:
    """One action of a member of staff. `at` is UTC."""

    id: int
    at: datetime
    staff: str
    action: str
    subject: str
    details: dict[str, Any]


class Audit:
    """The record in one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def note(self, staff: str, action: str, subject: str = "", **details: object) -> None:
        """Appends an entry. `details` hold no visitor's words: the record outlives an erasure."""
        row = {"at": to_naive_utc(now()), "staff": staff, "action": action, "subject": subject, "details": details}
        with self._database.writing("keep the record") as connection:
            connection.execute(insert(audit).values(row))

    def latest(self, limit: int = 200, before: int | None = None, staff: str = "", action: str = "") -> Sequence[Entry]:
        """The latest entries, newest first: older than the one `before`, of one person, of one kind of action."""
        query = select(audit).order_by(audit.c.id.desc()).limit(limit)
        query = query if before is None else query.where(audit.c.id < before)
        query = query.where(audit.c.staff == staff) if staff else query
        query = query.where(audit.c.action == action) if action else query
        with self._database.reading("read the record") as connection:
            rows = connection.execute(query).all()
        return [
            Entry(row.id, row.at.replace(tzinfo=UTC), row.staff, row.action, row.subject, row.details) for row in rows
        ]

    def people(self) -> Sequence[str]:
        """All people in the record."""
        return self._values(audit.c.staff)

    def actions(self) -> Sequence[str]:
        """All kinds of action in the record."""
        return self._values(audit.c.action)

    def _values(self, column: Column[str]) -> Sequence[str]:
        """Distinct values by index hops, because the record may be long."""
        found: list[str] = []
        with self._database.reading("read the record") as connection:
            query = select(func.min(column)).where(column > bindparam("last"))
            while (value := connection.execute(query, {"last": found[-1] if found else ""}).scalar()) is not None:
                found.append(value)
        return found
