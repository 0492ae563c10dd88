"""The first steps of a new studio, until each is done or not needed."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Final

from starlette.responses import Response

from lamoon.desk.request import DeskRequest, action, page
from lamoon.desk.settings.samples import add_samples, count_samples, remove_samples
from lamoon.desk.trials.sandbox import Sandbox

TEST_MAIL, TEST_RING, SKIP = "settings.mail", "notifications.test", "start.skip"
"""Actions in the record that a step is done by."""
MOST_SKIPPED = 50
SAMPLES_ADDED = "The conversations marked Sample are made up. Remove them under First steps whenever you like."
SAMPLES_GONE = "All samples are gone."
STEPS: Final = {
    "contact": ("Name and contact", "How visitors reach you.", "Fill it in", "/desk/settings/contact"),
    "hours": (
        *("Opening hours", "What the assistant says, and when a person can answer."),
        *("Fill them in", "/desk/settings/hours"),
    ),
    "mail": (
        *("Mail", "Booking requests come to you by mail: send a test letter."),
        *("Send a test letter", "/desk/settings/mail"),
    ),
    "site": (
        *("The line on your site", "One line shows the chat on your pages; done when it was seen there."),
        *("Get the line", "/desk/settings/widget"),
    ),
    "try": ("Try it", "Ask what your clients ask.", "Ask something", "/desk/try"),
    "ring": (
        *("Try that it rings", "By sound, by a push to your phone or by e-mail: nobody should wait unnoticed."),
        *("Ring now", "/desk/notifications"),
    ),
    "colleague": (
        *("A colleague", "Somebody who answers when you cannot."),
        *("Add a colleague", "/desk/settings/accounts"),
    ),
}
"""The first steps by id: title, why, what the button says, and where it leads."""


@dataclass(frozen=True)
class Step:
    """A first step: what to do, why, what the button says, where it leads, and whether it is done or not needed."""

    id: str
    title: str
    why: str
    button: str
    place: str
    done: bool


async def steps_of(visit: DeskRequest) -> list[Step]:
    """The first steps of a studio, in the order that helps most."""
    studio, services, audit = visit.services.studio, visit.services, visit.desk.audit
    tried = await asyncio.to_thread(Sandbox(services.bookings.database, services.store).current, visit.staff.id)
    mailed = await asyncio.to_thread(audit.latest, 1, None, "", TEST_MAIL)
    rung = await asyncio.to_thread(audit.latest, 1, None, visit.staff.name, TEST_RING)
    skipped = {entry.subject for entry in await asyncio.to_thread(audit.latest, MOST_SKIPPED, None, "", SKIP)}
    people = [one for one in await asyncio.to_thread(visit.desk.accounts.all) if one.active]
    seen = await asyncio.to_thread(services.sites.all)
    done = {
        "contact": bool(studio.phone or studio.email),
        "hours": bool(studio.hours),
        "mail": bool(mailed),
        "site": bool(seen),
        "try": bool(tried),
        "ring": bool(rung),
        "colleague": len(people) > 1,
    }
    return [Step(id_, *said, done=done[id_] or id_ in skipped) for id_, said in STEPS.items()]


async def start(visit: DeskRequest) -> Response:
    """The first steps."""
    samples = await asyncio.to_thread(count_samples, visit.services.bookings.database)
    return visit.render("start.html.jinja", steps=await steps_of(visit), samples=samples)


async def skip(visit: DeskRequest) -> Response:
    """Leaves out a step that this studio does not need."""
    step = visit.text("step")
    if step in STEPS:
        await visit.audit(SKIP, step)
    return visit.redirect("/desk/start")


async def change_samples(visit: DeskRequest) -> Response:
    """Adds sample conversations, or removes them all."""
    adds = visit.text("do") == "add"
    await asyncio.to_thread(add_samples if adds else remove_samples, visit.services)
    if not adds:
        visit.services.eraser.wake()
    await visit.audit("samples.add" if adds else "samples.remove")
    return visit.redirect("/desk/inbox" if adds else "/desk/start", SAMPLES_ADDED if adds else SAMPLES_GONE)


ROUTES = [
    page("/start", start, "owner"),
    action("/start/skip", skip, "owner"),
    action("/start/samples", change_samples, "owner"),
]
