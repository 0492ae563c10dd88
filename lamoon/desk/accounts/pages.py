"""Accounts at the desk: who has one, invitations and new passwords by a link, and one's own password."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass

import pyotp
import segno
from itsdangerous import BadSignature, URLSafeTimedSerializer
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from lamoon.desk.accounts.accounts import ROLES, SHORTEST_PASSWORD, AccountError, CodeError, Role
from lamoon.desk.request import (
    HEADERS,
    SIGN_IN,
    STALE,
    Desk,
    DeskRequest,
    action,
    desk_of,
    is_from_here,
    page,
    plain_page,
)
from lamoon.desk.words import day_and_time

LINK_SECONDS = 7 * 24 * 3600
WELCOME = "/desk/welcome"
VOID = "This link is no longer good. Please ask an owner of the studio’s desk for a new one."
DIFFERENT = "The two passwords are not the same. Nothing was changed."
WRONG = "That is not your present password. Nothing was changed."
CHANGED = "Your password is changed. You are signed out everywhere else."
INVITED = "Send this link to {name}: it is good for seven days and for one password."
ROLE_CHANGED, CLOSED = "{name} is {role} now.", "{name} can no longer sign in."
TAKEN = "There is an account {name} already. To give it a new password, make a new link."
NOT_SELF = "You cannot close your own account. Another owner can."


def _links(desk: Desk) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(desk.key, salt="lamoon desk welcome")


def link_for(desk: Desk, name: str, base: str) -> str:
    """A link with which `name` sets a password, once. Raises AccountError."""
    token = _links(desk).dumps([name, desk.accounts.seal(name)])
    return f"{base.rstrip('/')}{WELCOME}/{token}"


async def show(visit: DeskRequest) -> Response:
    """All accounts."""
    return await _show(visit)


async def _show(
    visit: DeskRequest, link: str = "", invited: str = "", problem: str = "", status: int = 200
) -> Response:
    accounts = await asyncio.to_thread(visit.desk.accounts.all)
    return visit.render(
        "accounts.html.jinja",
        status,
        accounts=accounts,
        roles=ROLES,
        link=link,
        invited=INVITED.format(name=invited) if invited else "",
        problem=problem,
        when=lambda at: day_and_time(at, zone=visit.services.studio.zone),
    )


async def invite(visit: DeskRequest) -> Response:
    """A new account, or a link for a new password of one that is there."""
    name, role = visit.text("name"), visit.text("role")
    accounts, again = visit.desk.accounts, visit.text("do") == "again"
    try:
        if not again and await asyncio.to_thread(accounts.known, name):
            raise AccountError(TAKEN.format(name=name))
        if not again:
            password = secrets.token_urlsafe(32)  # nobody's: the link sets another
            await asyncio.to_thread(accounts.add, name, password, "owner" if role == "owner" else "staff")
        link = await asyncio.to_thread(link_for, visit.desk, name, str(visit.request.base_url))
    except AccountError as problem:
        return await _show(visit, problem=str(problem), status=409)
    await visit.audit("accounts.link" if again else "accounts.invite", name)
    return await _show(visit, link, name)


async def change(visit: DeskRequest) -> Response:
    """Another role, or the end of an account."""
    name, role = visit.text("name"), visit.text("role")
    try:
        if visit.text("do") == "close":
            if name == visit.staff.name:
                raise AccountError(NOT_SELF)
            await asyncio.to_thread(visit.desk.accounts.close, name)
            done = CLOSED.format(name=name)
        else:
            chosen: Role = "owner" if role == "owner" else "staff"
            await asyncio.to_thread(visit.desk.accounts.change_role, name, chosen)
            done = ROLE_CHANGED.format(name=name, role="an owner" if chosen == "owner" else "staff")
    except AccountError as problem:
        return await _show(visit, problem=str(problem), status=409)
    await visit.audit("accounts.change", name, do=visit.text("do") or "role", role=role)
    return visit.redirect("/desk/settings/accounts", done)


async def mine(visit: DeskRequest) -> Response:
    """One's own password and second factor."""
    return await _mine(visit)


async def _mine(visit: DeskRequest, problem: str = "", secret: str = "", status: int = 200) -> Response:
    address = pyotp.TOTP(secret).provisioning_uri(visit.staff.name, visit.services.studio.name) if secret else ""
    return visit.render(
        "account_mine.html.jinja",
        status,
        shortest=SHORTEST_PASSWORD,
        problem=problem,
        secret=" ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        address=address,
        code=QrCode.of(address) if address else None,
        has_code=await asyncio.to_thread(visit.desk.accounts.has_second_factor, visit.staff.id),
    )


@dataclass(frozen=True)
class QrCode:
    """A QR code as the path of an inline drawing, which the strict policy lets through; `size` in modules."""

    size: int
    path: str

    @classmethod
    def of(cls, text: str) -> QrCode:
        """The code of a text."""
        rows = segno.make(text, micro=False).matrix
        dark = ((x, y) for y, row in enumerate(rows) for x, module in enumerate(row) if module)
        return cls(len(rows), "".join(f"M{x} {y}h1v1h-1z" for x, y in dark))


async def second_factor(visit: DeskRequest) -> Response:
    """Begins, confirms or ends one's own second factor; to end it needs the password."""
    accounts, do = visit.desk.accounts, visit.text("do")
    present = visit.form.get("present")
    if do == "begin":
        return await _mine(visit, secret=await asyncio.to_thread(accounts.begin_second_factor, visit.staff.id))
    if do == "end":
        password = present if isinstance(present, str) else ""
        if not await asyncio.to_thread(accounts.knows_password, visit.staff.name, password):
            return await _mine(visit, WRONG, status=422)
        await asyncio.to_thread(accounts.end_second_factor, visit.staff.id)
        await visit.audit("accounts.code", visit.staff.name, on=False)
        return visit.redirect("/desk/account", "No code is asked for any more.")
    try:
        await asyncio.to_thread(accounts.confirm_second_factor, visit.staff.id, visit.text("code"))
    except CodeError as problem:
        return await _mine(visit, str(problem), visit.text("secret").replace(" ", ""), 422)
    await visit.audit("accounts.code", visit.staff.name, on=True)
    return visit.redirect("/desk/account", "From now on a code is asked for when you sign in.")


async def change_mine(visit: DeskRequest) -> Response:
    """Sets one's own password."""
    given = [visit.form.get(name) for name in ("present", "password", "again")]
    present, password, again = (one if isinstance(one, str) else "" for one in given)
    problem = ""
    if password != again:
        problem = DIFFERENT
    elif not await asyncio.to_thread(visit.desk.accounts.knows_password, visit.staff.name, present):
        problem = WRONG
    else:
        try:
            await asyncio.to_thread(visit.desk.accounts.add, visit.staff.name, password)
        except AccountError as error:
            problem = str(error)
    if problem:
        return await _mine(visit, problem, status=422)
    await visit.audit("accounts.password", visit.staff.name)
    return RedirectResponse(SIGN_IN, 303, HEADERS)  # all sessions are over, this one too


async def welcome(request: Request) -> Response:
    """The page behind a link: a new password, for whoever was invited."""
    name = await _invited(request)
    if not name:
        return plain_page("welcome.html.jinja", request, 410, name="", problem=VOID, shortest=SHORTEST_PASSWORD)
    return plain_page("welcome.html.jinja", request, 200, name=name, problem="", shortest=SHORTEST_PASSWORD)


async def set_password(request: Request) -> Response:
    """Sets the password of whoever was invited, and goes to the sign-in."""
    name, desk = await _invited(request), desk_of(request)
    form = await request.form()
    password, again = str(form.get("password", "")), str(form.get("again", ""))
    problem = "" if name else VOID
    if not is_from_here(request):
        problem = STALE
    elif name and password != again:
        problem = DIFFERENT
    elif name:
        try:
            await asyncio.to_thread(desk.accounts.add, name, password)
        except AccountError as error:
            problem = str(error)
    if problem:
        return plain_page("welcome.html.jinja", request, 422, name=name, problem=problem, shortest=SHORTEST_PASSWORD)
    await asyncio.to_thread(desk.audit.note, name, "accounts.welcome")
    return RedirectResponse(SIGN_IN, 303, HEADERS)


async def _invited(request: Request) -> str:
    """Whom a link is for; empty when it is void."""
    desk = desk_of(request)
    try:
        name, seal = _links(desk).loads(str(request.path_params["token"]), max_age=LINK_SECONDS)
        current = await asyncio.to_thread(desk.accounts.seal, str(name))
    except (BadSignature, ValueError, AccountError):
        return ""
    return str(name) if secrets.compare_digest(str(seal), current) else ""


ROUTES = [
    page("/settings/accounts", show, "owner"),
    action("/settings/accounts/invite", invite, "owner"),
    action("/settings/accounts/change", change, "owner"),
    page("/account", mine),
    action("/account", change_mine),
    action("/account/code", second_factor),
    Route(f"{WELCOME}/{{token}}", welcome, methods=["GET"]),
    Route(f"{WELCOME}/{{token}}", set_password, methods=["POST"]),
]
