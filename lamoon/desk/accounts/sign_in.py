"""Signing in and out."""

from __future__ import annotations

import asyncio

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from lamoon.chat.limits import address_of
from lamoon.desk.accounts.accounts import LONGEST_NAME, CodeError
from lamoon.desk.accounts.sign_in_limits import Try, device_of, remember_device
from lamoon.desk.request import (
    COOKIE,
    HEADERS,
    SIGN_IN,
    STALE,
    Desk,
    DeskRequest,
    action,
    desk_of,
    is_from_here,
    page,
    session_of,
    sign_in_page,
    signer,
    way_back,
)
from lamoon.desk.settings.first_steps import steps_of

WRONG = "That name and password do not match. Please try again."
SLOWLY = "Too many attempts. Please wait {seconds} seconds, then try again."
ENDED = (
    "You are signed out: no page of the desk was in view for {minutes} minutes, or you had been signed in for twelve "
    "hours. What you typed is kept in this tab."
)
UNKNOWN = "(unknown)"


async def show(request: Request) -> Response:
    """The form; after a session that has ended with the reason."""
    desk = desk_of(request)
    is_first = not await asyncio.to_thread(desk.accounts.all)
    minutes = desk.services.settings.desk_idle_minutes
    problem = ENDED.format(minutes=minutes) if session_of(request) else ""
    return sign_in_page(request, problem, place=way_back(request.query_params.get("next", "")), is_first=is_first)


async def sign_in(request: Request) -> Response:
    """Starts a new session, whatever the browser had before."""
    desk = desk_of(request)
    if not is_from_here(request):
        return sign_in_page(request, STALE, 403)
    form = await request.form()
    name, password = str(form.get("name", "")).strip()[: LONGEST_NAME + 1], str(form.get("password", ""))
    place = way_back(str(form.get("next", "")))
    device, tries = device_of(request, desk.key), desk.tries
    known = name.casefold()
    one = Try(known, address_of(request), device.id if known in device.names else "")
    if wait := await asyncio.to_thread(tries.take, one):
        return sign_in_page(request, SLOWLY.format(seconds=wait), 429, name=name, place=place)
    async with tries.turn(one):
        try:
            staff = await asyncio.to_thread(desk.accounts.sign_in, name, password, str(form.get("code", "")))
        except CodeError as problem:
            tries.failed(one)
            await asyncio.to_thread(_note_refusal, desk, name)
            return sign_in_page(request, str(problem), 403, name=name, place=place)
    if staff is None:
        await asyncio.to_thread(tries.failed, one)
        await asyncio.to_thread(_note_refusal, desk, name)
        return sign_in_page(request, WRONG, 403, name=name, place=place)
    await asyncio.to_thread(tries.succeeded, one)
    if before := session_of(request):
        await asyncio.to_thread(desk.accounts.sign_out, before)
    await asyncio.to_thread(desk.audit.note, staff.name, "sign_in")
    answer = RedirectResponse(place, 303, HEADERS)
    answer.set_cookie(
        COOKIE, signer(desk).dumps(staff.session), path="/", secure=True, httponly=True, samesite="strict"
    )
    remember_device(answer, desk.key, device, known)
    return answer


async def home(visit: DeskRequest) -> Response:
    """Redirects to the inbox; an owner whose studio is not set up yet, to the first steps."""
    if visit.staff.role == "owner" and any(not step.done for step in await steps_of(visit)):
        return visit.redirect("/desk/start")
    return visit.redirect("/desk/inbox")


async def sign_out(visit: DeskRequest) -> Response:
    """Ends the session."""
    await asyncio.to_thread(visit.desk.accounts.sign_out, visit.staff.session)
    await visit.audit("sign_out")
    answer = RedirectResponse(SIGN_IN, 303, HEADERS)
    answer.delete_cookie(COOKIE, path="/", secure=True, httponly=True, samesite="strict")
    return answer


def _note_refusal(desk: Desk, name: str) -> None:
    """Records names of existing accounts only: people type passwords into the wrong field."""
    desk.audit.note(name if desk.accounts.known(name) else UNKNOWN, "sign_in.refused")


ROUTES = [
    Route(SIGN_IN, show, methods=["GET"]),
    Route(SIGN_IN, sign_in, methods=["POST"]),
    page("", home),
    action("/sign-out", sign_out),
]
