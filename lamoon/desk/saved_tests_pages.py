"""The "Tests" page: saved conversations, whether they still pass, and saving one."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial

from sqlalchemy import select
from starlette.responses import PlainTextResponse, Response

from lamoon.chat.model import Conversation
from lamoon.chat.records import GoneError
from lamoon.contract import SANDBOX
from lamoon.desk.request import HEADERS, DeskRequest, action, page
from lamoon.desk.reviews import training_phrases
from lamoon.desk.sandbox import Sandbox
from lamoon.desk.saved_tests import SENDS, Recorded, Runs, Shelf, TakenError, as_yaml, file_name, record
from lamoon.desk.training_phrases import masked
from lamoon.rasa_client import RasaError
from lamoon.storage.database import Database
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
REMOVED, NO_SUCH = "Deleted.", "This test no longer exists."
_RUNS = "desk_runs"


def runs_of(visit: DeskRequest) -> Runs:
    """This gateway's run; results last until it restarts."""
    state = visit.request.app.state
    if not hasattr(state, _RUNS):
        setattr(state, _RUNS, Runs())
    found: Runs = getattr(state, _RUNS)
    return found


async def show(visit: DeskRequest) -> Response:
    """All tests with their results."""
    shelved = await asyncio.to_thread(_shelf(visit).all)
    mine = await asyncio.to_thread(_sandbox(visit).current, visit.staff.id)
    return visit.render("tests.html.jinja", shelved=shelved, runs=runs_of(visit), mine=mine)


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
            await asyncio.to_thread(_shelf(visit).save, name, text)
        except TakenError as taken:
            problem = str(taken)
    if problem:
        return await _confirm(visit, problem, 409)
    await visit.audit("tests.save", name)
    return visit.redirect("/desk/tests", SAVED)


async def play(visit: DeskRequest) -> Response:
    """Plays the team's tests, or all."""
    shelved = await asyncio.to_thread(_shelf(visit).all)
    chosen = [one for one in shelved if one.saved or visit.text("which") == "all"]
    if not runs_of(visit).start(chosen, visit.services.rasa, visit.services.bookings):
        return visit.error_page(BUSY)
    await visit.audit("tests.play", visit.text("which"), tests=len(chosen))
    return visit.redirect("/desk/tests", STARTED)


async def stop(visit: DeskRequest) -> Response:
    """Stops the run."""
    runs_of(visit).stop()
    await visit.audit("tests.stop")
    return visit.redirect("/desk/tests", STOPPED)


async def download(visit: DeskRequest) -> Response:
    """Downloads a saved test."""
    name = visit.request.path_params["name"]
    text = await asyncio.to_thread(_shelf(visit).text, name)
    if text is None:
        return visit.error_page(NO_SUCH, 404)
    given = {"Content-Disposition": f'attachment; filename="{name}.yml"'}
    return PlainTextResponse(text, media_type="application/yaml", headers={**HEADERS, **given})


async def remove(visit: DeskRequest) -> Response:
    """Deletes a saved test."""
    name = visit.request.path_params["name"]
    if not await asyncio.to_thread(_shelf(visit).remove, name):
        return visit.error_page(NO_SUCH, 404)
    runs_of(visit).results.pop(name, None)
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
    return Shelf(visit.services.settings.data)


ROUTES = [
    page("/tests", show),
    page("/tests/from/{conversation_id}", confirm),
    action("/tests/from/{conversation_id}", save),
    action("/tests/play", play),
    action("/tests/stop", stop),
    page("/tests/{name}.yml", download),
    action("/tests/{name}/remove", remove),
]
