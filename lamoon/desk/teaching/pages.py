"""The pages for teaching: what the studio changed, one change, trying the new version, and going live."""

from __future__ import annotations

import asyncio
import io
import secrets
import zipfile
from collections.abc import Sequence
from typing import Any

from starlette.responses import PlainTextResponse, Response

from lamoon.contract import SANDBOX
from lamoon.desk.request import HEADERS, DeskRequest, action, page
from lamoon.desk.teaching.reviews import Reviews, training_phrases
from lamoon.desk.teaching.teaching import Known, Look, Teaching, known_answers, label_of, wordings_of
from lamoon.desk.teaching.training_phrases import title, topics
from lamoon.desk.words import day_and_time
from lamoon.rasa_client import RasaClient, RasaError
from lamoon.storage.time import now
from lamoon.teaching.lessons import KINDS, Lesson, LessonError, Lessons
from lamoon.teaching.overlay import as_patch, changed_files
from lamoon.teaching.phrases import KnownError, PhraseError

MOST_SHOWN = 12
KEPT = "Kept. Visitors get it once you publish."
DROPPED, LEAVING = "Removed.", "Noted. It changes when you publish."
NO_SUCH = "This answer no longer exists."
NOTHING = "Nothing has changed since the last publication."
BEGUN = "Your changes are being prepared. Visitors are answered as before meanwhile."
PUBLISHED, STOPPED = "Changing over. This takes some seconds.", "Stopped. Visitors are answered as before."
NOT_READY = "There is no new version to try. Please prepare your changes first."
BACK = "The version before answers again. Your changes are kept below."
TAKEN = "{count} reviewed phrases were taken over."
NONE_TAKEN = "There are no reviewed phrases to take over."
DOWN = "The assistant did not answer. Please try again in a minute."
_TEACHING = "desk_teaching"


def teaching_of(visit: DeskRequest) -> Teaching:
    """This gateway's teaching."""
    state = visit.request.app.state
    if not hasattr(state, _TEACHING):
        data = visit.services.settings.data
        setattr(state, _TEACHING, Teaching(Lessons(visit.services.bookings.database), data))
    found: Teaching = getattr(state, _TEACHING)
    return found


async def show(visit: DeskRequest) -> Response:
    """All changes, what is live, and answers to edit."""
    return await _overview(visit)


async def _overview(visit: DeskRequest, tried: Any = None, question: str = "", problem: str = "") -> Response:
    lessons = teaching_of(visit).lessons
    live = await asyncio.to_thread(lessons.live)
    drafts = await asyncio.to_thread(lessons.drafts)
    leaving = await asyncio.to_thread(lessons.leaving)
    latest = await asyncio.to_thread(lessons.latest)
    words = visit.request.query_params.get("find", "")[:100]
    found = _matching(known_answers(live), words)
    reviewed = await asyncio.to_thread(_reviewed, visit)
    return visit.render(
        "teach.html.jinja",
        drafts=drafts,
        live=live,
        leaving=leaving,
        latest=latest,
        current=await asyncio.to_thread(lessons.current),
        history=await asyncio.to_thread(lessons.history),
        find=words,
        found=found[:MOST_SHOWN],
        more=max(0, len(found) - MOST_SHOWN),
        reviewed=len(reviewed),
        tried=tried,
        question=question,
        problem=problem,
        when=lambda at: day_and_time(at, zone=visit.services.studio.zone),
    )


async def edit(visit: DeskRequest) -> Response:
    """One change: a new question, or an answer, a fact or wordings as they are."""
    asked = visit.request.query_params
    try:
        lesson = await asyncio.to_thread(_wanted, visit, asked)
    except LessonError as problem:
        return visit.error_page(str(problem), 404)
    look = await teaching_of(visit).look(lesson, visit.services.studio) if lesson.id else None
    return _form(visit, lesson, look)


async def look(visit: DeskRequest) -> Response:
    """What the form holds, looked at while it is typed."""
    lesson = await _typed(visit)
    found = await teaching_of(visit).look(lesson, visit.services.studio)
    return visit.render("teach_look.html.jinja", lesson=lesson, look=found, early=True)


async def save(visit: DeskRequest) -> Response:
    """Keeps a change as a draft, when nothing is wrong with it."""
    lesson = await _typed(visit)
    found = await teaching_of(visit).look(lesson, visit.services.studio)
    if not found.is_good:
        return _form(visit, lesson, found, 422)
    await asyncio.to_thread(teaching_of(visit).lessons.save, lesson)
    await visit.audit("teach.save", lesson.label, kind=lesson.kind, stated=len(lesson.stated))
    return visit.redirect("/desk/teach", KEPT)


async def drop(visit: DeskRequest) -> Response:
    """Deletes a draft, or takes a live lesson out with the next publication."""
    lesson_id = int(visit.request.path_params["lesson"])
    lessons = teaching_of(visit).lessons
    try:
        lesson = await asyncio.to_thread(lessons.get, lesson_id)
        drafts = {one.id for one in await asyncio.to_thread(lessons.drafts)}
        await asyncio.to_thread(lessons.drop, lesson_id)
    except LessonError as problem:
        return visit.error_page(str(problem))
    await visit.audit("teach.drop", lesson.label)
    return visit.redirect("/desk/teach", DROPPED if lesson_id in drafts else LEAVING)


async def take_reviewed(visit: DeskRequest) -> Response:
    """Makes lessons of the phrases that were reviewed."""
    lessons = teaching_of(visit).lessons
    reviewed = await asyncio.to_thread(_reviewed, visit)
    by_label: dict[str, list[str]] = {}
    for _, phrase, label in reviewed:
        by_label.setdefault(label, []).append(phrase)
    for label, wordings in by_label.items():
        name = title(label, topics())
        lesson = Lesson("wordings", label, name, wordings=tuple(wordings), staff=visit.staff.name)
        await asyncio.to_thread(lessons.save, lesson)
    reviews = Reviews(visit.services.bookings.database)
    for message_id, _, _ in reviewed:
        await asyncio.to_thread(reviews.rephrase, message_id, "")
    if not reviewed:
        return visit.error_page(NONE_TAKEN)
    await visit.audit("teach.reviewed", phrases=len(reviewed))
    return visit.redirect("/desk/teach", TAKEN.format(count=len(reviewed)))


async def prepare(visit: DeskRequest) -> Response:
    """Begins to make a new version."""
    teaching = teaching_of(visit)
    if not await asyncio.to_thread(lambda: teaching.lessons.drafts() or teaching.lessons.leaving()):
        return visit.error_page(NOTHING)
    try:
        number = await asyncio.to_thread(teaching.publish, visit.staff.name)
    except LessonError as problem:
        return visit.error_page(str(problem))
    await visit.audit("teach.prepare", str(number))
    return visit.redirect("/desk/teach", BEGUN)


async def decide(visit: DeskRequest) -> Response:
    """Publishes the version that is ready, or drops it; stops one that is being made."""
    lessons = teaching_of(visit).lessons
    latest = await asyncio.to_thread(lessons.latest)
    wish = "publish" if visit.text("do") == "publish" else "drop"
    if latest is None or not latest.is_open or (wish == "publish" and latest.state != "ready"):
        return visit.error_page(NOT_READY)
    await asyncio.to_thread(lambda: lessons.note(latest.number, wish=wish))
    await visit.audit(f"teach.{wish}", str(latest.number))
    return visit.redirect("/desk/teach", PUBLISHED if wish == "publish" else STOPPED)


async def back(visit: DeskRequest) -> Response:
    """Has the version before answer again."""
    problem = await asyncio.to_thread(teaching_of(visit).back)
    if problem:
        return visit.error_page(problem)
    await visit.audit("teach.back")
    return visit.redirect("/desk/teach", BACK)


async def try_both(visit: DeskRequest) -> Response:
    """One question to the version that answers now and to the new one."""
    latest = await asyncio.to_thread(teaching_of(visit).lessons.latest)
    question = visit.text("question")[:1000]
    if latest is None or latest.state != "ready" or not question:
        return visit.error_page(NOT_READY)
    new = RasaClient((f"http://127.0.0.1:{latest.port}",), visit.services.settings.answer_seconds, lambda up: None)
    try:
        tried = [await _answered(visit, one, question) for one in (visit.services.rasa, new)]
    except RasaError:
        return await _overview(visit, question=question, problem=DOWN)
    finally:
        await new.close()
    return await _overview(visit, tried=tried, question=question)


async def export(visit: DeskRequest) -> Response:
    """The changes as files or as a patch, for an engineer."""
    lessons = await asyncio.to_thread(teaching_of(visit).lessons.planned)
    name = f"lessons-{now():%Y-%m-%d}"
    if visit.text("as") == "patch":
        text = await asyncio.to_thread(as_patch, lessons)
        return PlainTextResponse(text, media_type="text/x-diff", headers=HEADERS | _attached(f"{name}.patch"))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, text in (await asyncio.to_thread(changed_files, lessons)).items():
            archive.writestr(path, text)
    await visit.audit("teach.export")
    return Response(packed.getvalue(), media_type="application/zip", headers=HEADERS | _attached(f"{name}.zip"))


def _attached(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"'}


def _form(visit: DeskRequest, lesson: Lesson, look: Look | None, status: int = 200) -> Response:
    now_said = next((one for one in known_answers([]) if (one.kind, one.label) == (lesson.kind, lesson.label)), None)
    return visit.render("teach_edit.html.jinja", status, lesson=lesson, look=look, base=now_said, early=False)


def _wanted(visit: DeskRequest, asked: Any) -> Lesson:
    lessons = teaching_of(visit).lessons
    if asked.get("lesson", "").isdecimal():
        return lessons.get(int(asked["lesson"]))
    kind, label = asked.get("kind", "question"), asked.get("label", "")
    if kind == "question" and not label:
        return Lesson("question", "", "", staff=visit.staff.name)
    planned = next((one for one in lessons.planned() if (one.kind, one.label) == (kind, label)), None)
    known = next((one for one in known_answers(lessons.live()) if (one.kind, one.label) == (kind, label)), None)
    if planned:
        return planned
    if known is None or kind not in KINDS:
        raise LessonError(NO_SUCH)
    return Lesson(known.kind, known.label, known.title, known.text, staff=visit.staff.name)


async def _typed(visit: DeskRequest) -> Lesson:
    """The lesson in the form. Its kind and label are those of the page, or a new question's."""
    lessons = teaching_of(visit).lessons
    kind = visit.text("kind")
    label = visit.text("label")[:100]
    name = " ".join(visit.text("title").split())[:120]
    kind = kind if kind in KINDS else "question"
    if kind == "question" and not label:
        planned = await asyncio.to_thread(lessons.planned)
        label = label_of(name, dict.fromkeys([*training_phrases().blocks, *(one.label for one in planned)]))
    if kind in ("answer", "fact"):
        name = next((one.title for one in known_answers([]) if (one.kind, one.label) == (kind, label)), name)
    stated = tuple(str(one) for one in visit.form.getlist("stated") if isinstance(one, str))
    lesson_id = int(visit.text("lesson")) if visit.text("lesson").isdecimal() else 0
    text = " ".join(visit.text("text").split())
    wordings = wordings_of(visit.text("wordings"))
    return Lesson(kind, label, name, text, wordings, stated, visit.staff.name, now(), lesson_id)


def _matching(known: Sequence[Known], words: str) -> list[Known]:
    needed = words.casefold().split()
    return [one for one in known if all(word in f"{one.title} {one.text}".casefold() for word in needed)]


def _reviewed(visit: DeskRequest) -> list[tuple[int, str, str]]:
    """The reviewed phrases that can be learned: (message, phrase, label)."""
    phrases, found = training_phrases(), []
    for learned in Reviews(visit.services.bookings.database).learned():
        try:
            found.append((learned.message_id, phrases.check(learned.phrase, learned.right), learned.right))
        except (KnownError, PhraseError):
            continue
    return found


async def _answered(visit: DeskRequest, rasa: RasaClient, question: str) -> Sequence[Any]:
    sender = f"{SANDBOX}-{secrets.token_hex(16)}-0"
    replies = await rasa.ask(sender, question, 1, again=False)
    await rasa.forget(sender)
    return visit.services.replies.drafts(replies)


ROUTES = [
    page("/teach", show),
    page("/teach/edit", edit),
    action("/teach/look", look),
    action("/teach/save", save),
    action("/teach/drop/{lesson:int}", drop),
    action("/teach/reviewed", take_reviewed),
    action("/teach/prepare", prepare, "owner"),
    action("/teach/decide", decide, "owner"),
    action("/teach/back", back, "owner"),
    action("/teach/try", try_both),
    action("/teach/export", export),
]
