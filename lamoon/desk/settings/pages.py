"""The pages of the settings: one a section of studio.yml, with a preview, a history and a way back."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from starlette.responses import Response

from lamoon.chat.replies import consent, greeting
from lamoon.desk.request import DeskRequest, action, page
from lamoon.desk.settings.first_steps import steps_of
from lamoon.desk.settings.studio_settings import settings_of
from lamoon.desk.words import day_and_time
from lamoon.errors import StudioError
from lamoon.storage.documents import DocumentError, version_of
from lamoon.studio import look_again
from lamoon.studio.edit import REPLIES, SECTIONS, Given, Section
from lamoon.studio.file import CALENDAR_NUMBERS
from lamoon.studio.model import SOURCES, WEEKDAYS, Studio

SAVED = "Saved. It is in use at once."
SAME = "Nothing was different, so nothing was changed."
UNDONE = "Taken back. The settings are as they were before."
NO_SUCH = "There is no such page of settings."
COUNTRIES = {
    "US": "United States", "CA": "Canada", "UK": "United Kingdom", "IE": "Ireland", "AU": "Australia",
    "NZ": "New Zealand",
}  # fmt: skip
NUMBER_LABELS = {
    "emergency": "Police and ambulance",
    "crisis": "Line for people in despair",
    "crisis_name": "Its name",
    "crisis_text": "Number that takes text messages",
    "crisis_chat": "Page with a chat",
    "violence": "Helpline on violence at home",
    "violence_name": "Its name",
}
CALENDAR_LABELS = {
    "buffer_minutes": "Minutes kept free between two appointments",
    "notice_hours": "Hours before the first time that is offered",
    "days_ahead": "Days ahead",
    "step_minutes": "Minutes between two starting times",
    "session_minutes": "Minutes of an appointment whose service has none",
}
SOURCE_LABELS = {
    "": "Nowhere: visitors say what they wish",
    "caldav": "A CalDAV calendar",
    "feed": "A calendar’s iCalendar address",
    "page": "Your own booking page",
}
SPARE_ROWS = 2


async def overview(visit: DeskRequest) -> Response:
    """All sections with what they say now, and the latest changes."""
    settings = settings_of(visit)
    try:
        studio = await asyncio.to_thread(lambda: settings.studio(settings.text()))
        wrong, sections = "", [(section, _said(section.id, studio)) for section in SECTIONS.values()]
    except (StudioError, DocumentError) as problem:
        wrong, sections = str(problem), []
    steps = await steps_of(visit)
    return visit.render(
        "settings.html.jinja",
        left=sum(not step.done for step in steps),
        sections=sections,
        wrong=wrong,
        titles={section.id: section.title for section in (*SECTIONS.values(), REPLIES)},
        history=await asyncio.to_thread(settings.history),
        when=lambda at: day_and_time(at, zone=visit.services.studio.zone),
    )


async def show(visit: DeskRequest) -> Response:
    """The form of one section."""
    section = SECTIONS.get(str(visit.request.path_params["section"]))
    if section is None:
        return visit.error_page(NO_SUCH, 404)
    try:
        text = await asyncio.to_thread(settings_of(visit).text)
        studio = settings_of(visit).studio(text)
    except (StudioError, DocumentError) as problem:
        return visit.error_page(str(problem))
    return _form(visit, section, _given_of(studio), version_of(text), _said(section.id, studio))


async def look(visit: DeskRequest) -> Response:
    """What visitors would read with what the form holds."""
    section = SECTIONS.get(str(visit.request.path_params["section"]))
    if section is None:
        return visit.error_page(NO_SUCH, 404)
    problem, said = "", []
    try:
        text = await asyncio.to_thread(settings_of(visit).preview, section, _given(visit))
        said = _said(section.id, settings_of(visit).studio(text))
    except (StudioError, DocumentError) as error:
        problem = _plain(error)
    return visit.render("settings_look.html.jinja", said=said, wrong=problem)


async def save(visit: DeskRequest) -> Response:
    """Keeps one section."""
    section = SECTIONS.get(str(visit.request.path_params["section"]))
    if section is None:
        return visit.error_page(NO_SUCH, 404)
    given, seen = _given(visit), visit.text("seen")
    try:
        changed = await asyncio.to_thread(settings_of(visit).save, section, given, seen, visit.staff.name)
    except (StudioError, DocumentError) as problem:
        filled = {name: [*values] for name, values in given.items()}
        return _form(visit, section, filled, seen, [], _plain(problem), 422)
    if changed:
        await asyncio.to_thread(look_again, visit.services.studio)
        await visit.audit("settings.save", section.id)
    return visit.redirect(f"/desk/settings/{section.id}", SAVED if changed else SAME)


async def undo(visit: DeskRequest) -> Response:
    """Takes a change back."""
    number = int(visit.request.path_params["number"])
    try:
        await asyncio.to_thread(settings_of(visit).undo, number, visit.staff.name)
    except DocumentError as problem:
        return visit.error_page(str(problem))
    await asyncio.to_thread(look_again, visit.services.studio)
    await visit.audit("settings.undo", str(number))
    return visit.redirect("/desk/settings", UNDONE)


def _form(
    visit: DeskRequest,
    section: Section,
    given: Mapping[str, Sequence[str]],
    seen: str,
    said: Sequence[tuple[str, str]],
    wrong: str = "",
    status: int = 200,
) -> Response:
    def rows(*names: str) -> list[tuple[str, ...]]:
        found = [*zip(*(given.get(name, ()) for name in names), strict=False)]
        return [*found, *[("",) * len(names)] * SPARE_ROWS]

    return visit.render(
        "settings_section.html.jinja",
        status,
        section=section,
        given={name: (values[0] if values else "") for name, values in given.items()},
        services=rows("service_name", "service_minutes", "service_price"),
        weekdays=WEEKDAYS,
        countries=COUNTRIES,
        numbers=NUMBER_LABELS,
        sources={source: SOURCE_LABELS[source] for source in SOURCES},
        calendar=CALENDAR_LABELS,
        seen=seen,
        said=said,
        wrong=wrong,
    )


def _given(visit: DeskRequest) -> Given:
    """The fields of the form, each with all its values."""
    return {
        name: [value for value in visit.form.getlist(name) if isinstance(value, str)]
        for name in visit.form
        if name not in ("csrf", "seen")
    }


def _plain(error: Exception) -> str:
    """A mistake for the owner: without the name of the file and the line, which the form has not."""
    if isinstance(error, StudioError):
        return f"{error.problem}. Expected: {error.expected}. For example: {error.example}"
    return str(error)


def _given_of(studio: Studio) -> dict[str, list[str]]:
    """The fields of all forms as the studio is now."""
    found = {name: [str(getattr(studio, name) or "")] for name in SECTIONS["contact"].keys + SECTIONS["chat"].keys}
    found |= {name: [str(getattr(studio, name) or "")] for name in SECTIONS["times"].keys}
    found |= {day: [studio.hours[day].text if day in studio.hours else ""] for day in WEEKDAYS}
    found["closed_days"] = ["\n".join(day.isoformat() for day in studio.closed_days)]
    found["service_name"] = [service.name for service in studio.services]
    found["service_minutes"] = [str(service.minutes or "") for service in studio.services]
    found["service_price"] = [service.price for service in studio.services]
    found["country"] = ["UK" if studio.country == "GB" else studio.country]
    found |= {name: [getattr(studio.numbers, name)] for name in NUMBER_LABELS}
    found["source"] = [studio.calendar.source]
    return found | {name: [str(getattr(studio.calendar, name))] for name in CALENDAR_NUMBERS}


def _said(section: str, studio: Studio) -> list[tuple[str, str]]:
    """What a section means: what is asked or shown, and what visitors (or you) then read."""
    if section == "contact":
        where = [("Where are you?", studio.location_sentence()), ("How do I reach you?", studio.contact_sentence())]
        return [*where, ("Requests go to", studio.notify_email or "nobody: they are kept, and no mail is sent")]
    if section in ("hours", "closed"):
        return [("When are you open?", studio.hours_sentence())]
    if section == "services":
        return [
            ("What does it cost?", studio.prices_sentence()),
            ("What do you offer?", studio.services_sentence()),
        ]
    if section == "times":
        hours = studio.reminder_hours
        before = f"{hours} {'hour' if hours == 1 else 'hours'} before" if hours else "none is sent"
        return [("When will I hear back?", studio.team_answers_sentence()), ("Reminder", before)]
    if section == "chat":
        return [("The chat begins with", greeting(studio)), ("Visitors agree to", consent(studio))]
    if section == "emergency":
        numbers = studio.numbers
        return [("In an emergency", numbers.emergency), ("In despair", numbers.crisis_ways())]
    return [("Free times come from", SOURCE_LABELS[studio.calendar.source])]


ROUTES = [
    page("/settings", overview, "owner"),
    action("/settings/undo/{number:int}", undo, "owner"),
    page("/settings/{section:str}", show, "owner"),
    action("/settings/{section:str}", save, "owner"),
    action("/settings/{section:str}/look", look, "owner"),
]
