"""The "Tests" page: saved conversations, whether they still pass, and saving one."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from sqlalchemy import select
from starlette.responses import PlainTextResponse, Response

from lamoon.chat.model import Conversation
from lamoon.chat.records import GoneError
from lamoon.checks import parse_int
from lamoon.contract import SANDBOX
from lamoon.desk.request import HEADERS, DeskRequest, action, page
from lamoon.desk.teaching.reviews import training_phrases
from lamoon.desk.teaching.training_phrases import masked, title, topics
from lamoon.desk.trials.playing import Runs
from lamoon.desk.trials.results import Results
from lamoon.desk.trials.sandbox import Sandbox
from lamoon.desk.trials.saved_tests import SENDS, Recorded, Shelf, TakenError, as_yaml, file_name, record
from lamoon.desk.words import day_and_time
from lamoon.rasa_client import RasaError
from lamoon.storage.database import Database
from lamoon.storage.documents import DocumentError
from lamoon.storage.tables import requests
from lamoon.text.clean import phrase_key

SHORT = 3
"""A message of so few words may be in the training data too."""
GONE = "This conversation no longer exists, so it cannot be saved."
RASA_DOWN = "The assistant is not running. Please try again in a minute."
NOTHING = "Nothing was said in this conversation since the last pause, so there is nothing to save."
NOT_ALL = "Please tick every answer: a test says that all of them are right. Nothing was saved."
NO_NAME = "Please give the test a name, with letters or digits. Nothing was saved."
SENT = "A request was sent to the studio here. Tests are replayed, so please save a conversation that ends before that."
KNOWN = "The assistant was trained with “{text}”, so a test with it would prove little. Say it in other words."
SAVED = "Saved. Play it whenever something has changed."
BUSY = "Tests are already running. Please wait until they are done."
STARTED, STOPPED = "Started.", "Stopped."
ACCEPTED = "From now on this answer is expected."
TAKEN_BACK = "Taken back: the test expects what it did before. Play it again."
NOT_PLAYED = "This test was not played since it was changed. Please play it first."
REMOVED, NO_SUCH = "Deleted.", "This test no longer exists."
_RUNS = "desk_runs"


def runs_of(visit: DeskRequest) -> Runs:
    """The runs of this gateway."""
    state = visit.request.app.state
    if not hasattr(state, _RUNS):
        setattr(state, _RUNS, Runs(_results(visit)))
    found: Runs = getattr(state, _RUNS)
    return found


async def show(visit: DeskRequest) -> Response:
    """All tests with their results, as conversations."""
    shelved = await asyncio.to_thread(_shelf(visit).all)
    results = await asyncio.to_thread(_results(visit).all)
    mine = await asyncio.to_thread(_sandbox(visit).current, visit.staff.id)
    return visit.render(
        "tests.html.jinja",
        shelved=shelved,
        results=results,
        waiting=sum(one.state == "waiting" for one in results.values()),
        played=sum(one.state == "played" for one in results.values()),
        failed=sum(one.state == "played" and not one.passed for one in results.values()),
        mine=mine,
        named=lambda label: title(label, topics()),
        when=lambda at: day_and_time(at, zone=visit.services.studio.zone),
    )


async def confirm(visit: DeskRequest) -> Response:
    """One conversation, to confirm that every answer was right."""
    return await _confirm(visit)


async def save(visit: DeskRequest) -> Response:
    """Saves a conversation as a test."""
    found = await _recorded(visit)
    if isinstance(found, str):
        return visit.error_page(found)
    name = file_name(visit.text("name"))
    problem = _problem(visit, found, name)
    if not problem:
        tags = [tag for tag in map(file_name, visit.text("tags").split(",")) if tag]
        text = as_yaml(" ".join(visit.text("name").split()), tags, found)
        try:
            await asyncio.to_thread(_shelf(visit).save, name, text, visit.staff.name)
        except TakenError as taken:
            problem = str(taken)
    if problem:
        return await _confirm(visit, problem, 409)
    await visit.audit("tests.save", name)
    return visit.redirect("/desk/tests", SAVED)


async def play(visit: DeskRequest) -> Response:
    """Plays the team's tests, or all."""
    shelf = _shelf(visit)
    chosen = await asyncio.to_thread(shelf.all if visit.text("which") == "all" else shelf.saved)
    if not await runs_of(visit).start(chosen, visit.services.rasa, visit.services.bookings):
        return visit.error_page(BUSY)
    await visit.audit("tests.play", visit.text("which"), tests=len(chosen))
    return visit.redirect("/desk/tests", STARTED)


async def stop(visit: DeskRequest) -> Response:
    """Stops the run."""
    await asyncio.to_thread(_results(visit).stop)
    await visit.audit("tests.stop")
    return visit.redirect("/desk/tests", STOPPED)


async def accept(visit: DeskRequest) -> Response:
    """Expects from now on what the assistant answered in one turn."""
    name, number = visit.request.path_params["name"], parse_int(visit.text("turn")) or 0
    result = (await asyncio.to_thread(_results(visit).all)).get(name)
    if result is None or not 0 <= number < len(result.turns) or not result.turns[number].replies:
        return visit.error_page(NOT_PLAYED)
    turn = result.turns[number]
    try:
        await asyncio.to_thread(
            _shelf(visit).accept, name, number, visit.text("seen"), (turn.bot, turn.replies), visit.staff.name
        )
    except DocumentError as problem:
        return visit.error_page(str(problem))
    turns = [replace(one, expected=one.replies, problems=()) if one is turn else one for one in result.turns]
    await asyncio.to_thread(_results(visit).note, name, replace(result, turns=turns))
    await visit.audit("tests.accept", name, turn=number + 1)
    return visit.redirect("/desk/tests", ACCEPTED)


async def take_back(visit: DeskRequest) -> Response:
    """Expects again what was expected before."""
    name, number = visit.request.path_params["name"], parse_int(visit.text("number")) or 0
    try:
        await asyncio.to_thread(_shelf(visit).take_back, name, number, visit.staff.name)
    except DocumentError as problem:
        return visit.error_page(str(problem))
    await asyncio.to_thread(_results(visit).forget, name)
    await visit.audit("tests.back", name)
    return visit.redirect("/desk/tests", TAKEN_BACK)


async def download(visit: DeskRequest) -> Response:
    """Downloads a saved test."""
    name = visit.request.path_params["name"]
    try:
        text = await asyncio.to_thread(_shelf(visit).text, name)
    except DocumentError:
        text = None
    if text is None:
        return visit.error_page(NO_SUCH, 404)
    given = {"Content-Disposition": f'attachment; filename="{name}.yml"'}
    return PlainTextResponse(text, media_type="application/yaml", headers={**HEADERS, **given})


async def remove(visit: DeskRequest) -> Response:
    """Deletes a saved test."""
    name = visit.request.path_params["name"]
    try:
        gone = await asyncio.to_thread(_shelf(visit).remove, name)
    except DocumentError:
        gone = False
    if not gone:
        return visit.error_page(NO_SUCH, 404)
    await asyncio.to_thread(_results(visit).forget, name)
    await visit.audit("tests.remove", name)
    return visit.redirect("/desk/tests", REMOVED)


async def _confirm(visit: DeskRequest, problem: str = "", status: int = 200) -> Response:
    found = await _recorded(visit)
    if isinstance(found, str):
        return visit.error_page(found)
    ticked = {name for name in visit.form if name.startswith("right-")}
    place = visit.request.path_params["conversation_id"]
    typed = {"name": visit.text("name"), "tags": visit.text("tags")}
    return visit.render(
        "tests_save.html.jinja", status, turns=found, ticked=ticked, place=place, problem=problem, typed=typed
    )


def _problem(visit: DeskRequest, turns: Sequence[Recorded], name: str) -> str:
    """Why this cannot be saved, "" where it can."""
    if not all(visit.text(f"right-{number}") for number in range(1, len(turns) + 1)):
        return NOT_ALL
    if not name:
        return NO_NAME
    if any(reply in SENDS for turn in turns for reply in turn.bot):
        return SENT
    known = training_phrases().labels
    said = (turn.user for turn in turns if isinstance(turn.user, str) and len(turn.user.split()) > SHORT)
    trained = next((text for text in said if phrase_key(text) in known), "")
    return KNOWN.format(text=trained) if trained else ""


async def _recorded(visit: DeskRequest) -> list[Recorded] | str:
    """The conversation's turns, or why there are none. Personal data of a real one is masked."""
    services = visit.services
    try:
        conversation = await asyncio.to_thread(services.store.find, visit.request.path_params["conversation_id"])
        events = await services.rasa.kept(conversation.sender())
    except GoneError:
        return GONE
    except RasaError:
        return RASA_DOWN
    names = await asyncio.to_thread(_names, services.bookings.database, conversation)
    mask = partial(masked, names=names, country=services.studio.country)
    return record(events, str if conversation.channel == SANDBOX else mask) or NOTHING


def _names(database: Database, conversation: Conversation) -> Sequence[str]:
    """The names that the visitor gave in requests."""
    theirs = requests.c.conversation_id == conversation.sender()
    with database.reading("read names") as connection:
        return list(connection.execute(select(requests.c.name).where(theirs)).scalars())


def _sandbox(visit: DeskRequest) -> Sandbox:
    return Sandbox(visit.services.bookings.database, visit.services.store)


def _shelf(visit: DeskRequest) -> Shelf:
    return Shelf(visit.services.settings.data, visit.services.bookings.database)


def _results(visit: DeskRequest) -> Results:
    return Results(visit.services.bookings.database)


ROUTES = [
    page("/tests", show),
    page("/tests/from/{conversation_id}", confirm),
    action("/tests/from/{conversation_id}", save),
    action("/tests/play", play),
    action("/tests/stop", stop),
    page("/tests/{name}.yml", download),
    action("/tests/{name}/accept", accept),
    action("/tests/{name}/back", take_back),
    action("/tests/{name}/remove", remove),
]
