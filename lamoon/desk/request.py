"""A request to the desk, and the guard around every route."""

from __future__ import annotations

import asyncio
import hmac
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache, partial
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from itsdangerous import BadSignature, URLSafeSerializer
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from lamoon.channels.store import ChannelStore
from lamoon.chat.services import Services
from lamoon.desk.accounts.accounts import Accounts, Audit, Role, Staff
from lamoon.desk.accounts.sign_in_limits import Tries
from lamoon.desk.inbox.pulse import NOTHING_KNOWN, Pulse, read_pulse
from lamoon.desk.notifications.notifier import Notifier, build_notifier


@dataclass(frozen=True)
class Desk:
    """What the desk's pages use. `people`: clients of messaging channels. `tries` slows down password guessing."""

    services: Services
    people: ChannelStore
    accounts: Accounts
    audit: Audit
    tries: Tries
    notifier: Notifier

    @property
    def key(self) -> str:
        """The key that signs cookies."""
        return self.services.key


def build_desk(services: Services, people: ChannelStore) -> Desk:
    """Builds the desk on the chat. Sessions end after `desk_idle_minutes` without a click."""
    database, idle = services.bookings.database, timedelta(minutes=services.settings.desk_idle_minutes)
    accounts, tries = Accounts(database, idle), Tries(services.buckets)
    return Desk(services, people, accounts, Audit(database), tries, build_notifier(services))


def desk_of(request: Request) -> Desk:
    """The desk that serves this request."""
    desk: Desk = request.app.state.desk
    return desk


COOKIE = "__Host-lamoon-desk"
"""Browsers accept such a cookie only with Secure, for one host and all of its paths."""
CSRF_FIELD, CSRF_HEADER = "csrf", "x-csrf-token"
SIGN_IN, HOME = "/desk/sign-in", "/desk/inbox"
POLICY = "; ".join((
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "manifest-src 'self'",
    "worker-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types desk-workers",
))  # fmt: skip
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",  # with no-referrer a form's Origin would be "null"
}
STALE = "This page is too old or was opened before you signed in. Please load it again; nothing was changed."
OWNER_ONLY = "Only an owner can do this. Please ask one."
UNATTENDED = "x-unattended"
"""The header of a request that a page makes by itself while nobody looks at it: it does not keep the session."""
PLACES = (
    ("/desk/inbox", "Inbox"),
    ("/desk/inbox/requests", "Requests"),
    ("/desk/try", "Try it"),
    ("/desk/review", "Review"),
    ("/desk/teach", "Teach"),
    ("/desk/tests", "Tests"),
    ("/desk/figures", "Figures"),
    ("/desk/ready-replies", "Ready replies"),
    ("/desk/notifications", "Notifications"),
    ("/desk/data", "Data"),
    ("/desk/settings", "Settings"),
)
"""The menu of every page."""
OWNERS_PLACES = ("/desk/data", "/desk/settings")
TALLIES = {"/desk/inbox": "inbox", "/desk/inbox/requests": "requests"}
"""The count beside a place of the menu."""


@dataclass(frozen=True)
class DeskRequest:
    """A request of a signed-in member of staff. `form` holds the fields of a POST."""

    request: Request
    desk: Desk
    staff: Staff
    form: FormData = field(default_factory=FormData)
    pulse: Pulse = NOTHING_KNOWN

    @property
    def services(self) -> Services:
        """The chat's services."""
        return self.desk.services

    def text(self, name: str) -> str:
        """A form field without outer spaces; "" when it is missing or a file."""
        value = self.form.get(name)
        return value.strip() if isinstance(value, str) else ""

    def render(self, template: str, status: int = 200, **values: object) -> HTMLResponse:
        """A page from a template of the desk, with `staff`, `csrf`, `places`, `current`, `tallies`, `pulse`, `done` and `problem` in
        it.
        """
        here = self.request.url.path
        around = [path for path, _ in PLACES if here == path or here.startswith(f"{path}/")]
        given = {
            "staff": self.staff,
            "studio": self.services.studio,
            "csrf": csrf_token(self.staff),
            "places": [place for place in PLACES if self.staff.role == "owner" or place[0] not in OWNERS_PLACES],
            "current": max(around, key=len, default=""),
            "tallies": TALLIES,
            "pulse": self.pulse,
            "done": self._done(),
            "problem": "",
        }
        return HTMLResponse(_templates().get_template(template).render(given | values), status, HEADERS)

    def redirect(self, place: str, done: str = "") -> RedirectResponse:
        """Redirects after a POST to a page that shows the sentence `done`."""
        joint = "&" if "?" in place else "?"
        return RedirectResponse(f"{place}{joint}done={self._sentences.dumps(done)}" if done else place, 303, HEADERS)

    @property
    def _sentences(self) -> URLSafeSerializer:
        """Signs the message shown after a POST: a link must not put words into the desk."""
        return URLSafeSerializer(self.desk.key, salt=f"lamoon desk done {self.staff.session}")

    def _done(self) -> str:
        try:
            return str(self._sentences.loads(self.request.query_params.get("done", "")))
        except BadSignature:
            return ""

    def error_page(self, problem: str, status: int = 409) -> HTMLResponse:
        """A page with one clear sentence on the error; nothing was changed."""
        return self.render("problem.html.jinja", status, problem=problem)

    async def audit(self, action: str, subject: str = "", **details: object) -> None:
        """Writes the audit record; `details` hold no visitor's words."""
        await asyncio.to_thread(self.desk.audit.note, self.staff.name, action, subject, **details)


Handler = Callable[[DeskRequest], Awaitable[Response]]


def page(path: str, handler: Handler, role: Role = "staff", *, attended: bool = True) -> Route:
    """A GET under /desk for members of staff with this role. `attended` False: it does not keep the session."""
    serve = _guarded(handler, role, writes=False, attended=attended)
    return Route(f"/desk{path}", serve, methods=["GET"], name=handler.__name__)


def action(path: str, handler: Handler, role: Role = "staff") -> Route:
    """A POST under /desk, refused without the page's CSRF token."""
    return Route(f"/desk{path}", _guarded(handler, role, writes=True), methods=["POST"], name=handler.__name__)


def _guarded(
    handler: Handler, role: Role, *, writes: bool, attended: bool = True
) -> Callable[[Request], Awaitable[Response]]:
    async def serve(request: Request) -> Response:
        staff = await _staff(request, attended=attended and UNATTENDED not in request.headers)
        if staff is None:
            return RedirectResponse(_sign_in_place(request), 303, HEADERS)
        form = await request.form() if writes else FormData()
        # Before the content is read: a page is then never older than the version it carries.
        pulse = await asyncio.to_thread(_pulse, request, staff)
        visit = DeskRequest(request, desk_of(request), staff, form, pulse)
        if writes and not (is_from_here(request) and _ours(visit)):
            return visit.error_page(STALE, 403)
        if role == "owner" and staff.role != "owner":
            return visit.error_page(OWNER_ONLY, 403)
        return await handler(visit)

    return serve


async def _staff(request: Request, *, attended: bool) -> Staff | None:
    session = session_of(request)
    if not session:
        return None
    return await asyncio.to_thread(partial(desk_of(request).accounts.signed_in, session, attended=attended))


def _pulse(request: Request, staff: Staff) -> Pulse:
    """The pulse of the page; a conversation's where the address names one."""
    database = desk_of(request).services.bookings.database
    return read_pulse(database, staff.id, str(request.path_params.get("conversation_id", "")))


def _sign_in_place(request: Request) -> str:
    """The sign-in page, from which one comes back to where one was."""
    came_from = urlsplit(request.headers.get("referer", "")) if request.method == "POST" else request.url
    query = f"?{came_from.query}" if came_from.query and "done=" not in came_from.query else ""
    place = way_back(f"{came_from.path}{query}")
    return SIGN_IN if place == HOME else f"{SIGN_IN}?{urlencode({'next': place})}"


def way_back(place: str) -> str:
    """A page of the desk to go to after signing in; the inbox for any other text."""
    is_ours = re.fullmatch(r"/desk/(?!sign-|live)[\w/?=&.%-]*", place)
    return place if is_ours else HOME


def session_of(request: Request) -> str:
    """The session id in the request's cookie, live or not; "" without a valid one."""
    try:
        return str(signer(desk_of(request)).loads(request.cookies.get(COOKIE, "")))
    except BadSignature:
        return ""


def is_from_here(request: Request) -> bool:
    """Whether a page of the desk sent the form; pages that may embed the chat may not. Programs send no origin."""
    origin = request.headers.get("origin")
    return origin is None or origin.partition("://")[2].lower() == request.headers.get("host", "").lower()


def signer(desk: Desk) -> URLSafeSerializer:
    """Signs the cookie."""
    return URLSafeSerializer(desk.key, salt="lamoon desk session")


def csrf_token(staff: Staff) -> str:
    """The token in every form of the session, unknown to other pages."""
    return hmac.new(staff.session.encode(), b"lamoon desk form", "sha256").hexdigest()


def _ours(visit: DeskRequest) -> bool:
    given = visit.text(CSRF_FIELD) or visit.request.headers.get(CSRF_HEADER, "")
    return hmac.compare_digest(given.encode(), csrf_token(visit.staff).encode())


def sign_in_page(
    request: Request, problem: str = "", status: int = 200, *, name: str = "", place: str = HOME, is_first: bool = False
) -> HTMLResponse:
    """The only page without sign-in: with the `name` that was typed, and the `place` to go to. `is_first`: there is no
    account yet.
    """
    # Browsers keep the desk's cookie on this machine and over HTTPS only; a TLS proxy may not announce itself.
    unsafe = request.url.scheme == "http" and request.url.hostname not in ("localhost", "127.0.0.1", "::1")
    values = {"problem": problem, "unsafe": unsafe, "name": name, "place": place, "is_first": is_first}
    return plain_page("sign_in.html.jinja", request, status, **values)


def trouble_page(request: Request, problem: str, status: int) -> HTMLResponse:
    """A page that needs only its sentence, for failures of the desk itself."""
    return plain_page("trouble.html.jinja", request, status, problem=problem)


def plain_page(template: str, request: Request, status: int, **values: object) -> HTMLResponse:
    """A page for visitors who are not signed in."""
    page = _templates().get_template(template).render(studio=desk_of(request).services.studio, **values)
    return HTMLResponse(page, status, HEADERS)


@cache
def _templates() -> Environment:
    folder = Path(__file__).with_name("templates")
    return Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
