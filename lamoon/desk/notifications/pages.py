"""The page on which a person of the team chooses how they are notified, with a test of each way."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime

from starlette.responses import JSONResponse, Response

from lamoon.desk import words
from lamoon.desk.inbox.pages import rendered
from lamoon.desk.notifications.notifier import SAID
from lamoon.desk.notifications.occasions import KINDS
from lamoon.desk.notifications.push import PushError, SubscriptionError, Subscriptions, read_subscription
from lamoon.desk.notifications.rules import WAYS, Person, RuleBook, RuleError, Rules, read_rules
from lamoon.desk.request import HEADERS, DeskRequest, action, page
from lamoon.desk.settings.first_steps import TEST_RING
from lamoon.errors import NotificationError
from lamoon.studio.model import WEEKDAYS

PLACE = "/desk/notifications"
LONGEST_DEVICE = 80


async def notifications(visit: DeskRequest) -> Response:
    """The person's rules and browsers."""
    return await _show(visit)


async def keep(visit: DeskRequest) -> Response:
    """Keeps the rules."""
    try:
        rules = _read(visit)
    except RuleError as error:
        return await _show(visit, str(error), 422)
    await asyncio.to_thread(_book(visit).keep, visit.staff.id, rules)
    await visit.audit("notifications.keep")
    return visit.redirect(PLACE, words.RULES_KEPT)


async def test(visit: DeskRequest) -> Response:
    """Sends a test by mail or by push, and says what came of it; notes one by sound."""
    rules = await asyncio.to_thread(_book(visit).of, visit.staff.id)
    person = Person(visit.staff.id, visit.staff.name, rules)
    way = visit.text("way")
    if way == "sound":  # the page has rung by itself
        await visit.audit(TEST_RING, way)
        return Response(status_code=204, headers=HEADERS)
    if way == "mail" and not (rules.email and visit.desk.notifier.has_mail):
        return await _show(visit, words.NO_MAIL, 422)
    if way == "push" and not await asyncio.to_thread(_browsers(visit).of, visit.staff.id):
        return await _show(visit, words.NO_BROWSER, 422)
    try:
        await asyncio.to_thread(visit.desk.notifier.test, person, "mail" if way == "mail" else "push")
    except (PushError, NotificationError) as error:
        return await _show(visit, words.TEST_FAILED.format(problem=error), 502)
    await visit.audit(TEST_RING, way)
    return visit.redirect(PLACE, words.TEST_MAIL if way == "mail" else words.TEST_PUSH)


async def subscribe(visit: DeskRequest) -> Response:
    """Keeps this browser as one that takes push messages."""
    services = visit.services.settings.push_services
    try:
        given = json.loads(visit.text("subscription"))
        subscription = read_subscription(given, visit.text("device")[:LONGEST_DEVICE], services)
        await asyncio.to_thread(_browsers(visit).add, visit.staff.id, subscription)
    except ValueError:
        return JSONResponse({"problem": words.NO_SUBSCRIPTION}, 422, HEADERS)
    except SubscriptionError as error:
        return JSONResponse({"problem": str(error)}, 422, HEADERS)
    await visit.audit("notifications.subscribe")
    return JSONResponse({}, 201, HEADERS)


async def unsubscribe(visit: DeskRequest) -> Response:
    """Forgets a browser."""
    if await asyncio.to_thread(_browsers(visit).remove, visit.text("id"), visit.staff.id):
        await visit.audit("notifications.unsubscribe")
    return visit.redirect(PLACE, words.BROWSER_GONE)


async def _show(visit: DeskRequest, problem: str = "", status: int = 200) -> Response:
    rules = await asyncio.to_thread(_book(visit).of, visit.staff.id)
    return rendered(
        visit,
        "notifications.html.jinja",
        status,
        rules=_typed(visit) if problem and visit.text("typed") else rules,
        browsers=await asyncio.to_thread(_browsers(visit).of, visit.staff.id),
        server_key=visit.desk.notifier.server_key.public,
        has_mail=visit.desk.notifier.has_mail,
        is_quiet=rules.is_quiet(datetime.now(visit.services.studio.zone)),
        kinds=[(kind, SAID[kind]) for kind in KINDS],
        ways=WAYS,
        weekdays=[day.capitalize() for day in WEEKDAYS],
        problem=problem,
    )


def _read(visit: DeskRequest) -> Rules:
    """The checked rules of the form. Raises RuleError."""
    typed = _typed(visit)
    hours = (typed.quiet_from, typed.quiet_until)
    return read_rules(typed.ways, typed.email, hours, typed.quiet_days, urgent_always=typed.urgent_always)


def _typed(visit: DeskRequest) -> Rules:
    """What the form holds, unchecked."""
    ways = {kind: tuple(way for way in WAYS if visit.text(f"{kind}-{way}")) for kind in KINDS}
    days = [day for day in range(7) if visit.text(f"day-{day}")]
    hours = (visit.text("quiet_from"), visit.text("quiet_until"))
    return Rules(ways, visit.text("email"), *hours, days, urgent_always=bool(visit.text("urgent_always")))


def _book(visit: DeskRequest) -> RuleBook:
    return RuleBook(visit.services.bookings.database)


def _browsers(visit: DeskRequest) -> Subscriptions:
    return Subscriptions(visit.services.bookings.database)


ROUTES = [
    page("/notifications", notifications),
    action("/notifications/keep", keep),
    action("/notifications/test", test),
    action("/notifications/subscribe", subscribe),
    action("/notifications/unsubscribe", unsubscribe),
]
