"""The page of the health form: one page behind a signed link, which needs no script.

The link's token is a secret in the address. So the page sends no referrer but its origin, links nowhere, is not kept by
browsers or found by search engines; the gateway logs no addresses.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from lamoon.booking.health_form import (
    AGES,
    LONGEST,
    PRESSURES,
    SCREENED,
    UNREAD,
    Answers,
    Signed,
    cleaned,
    counted,
    form_catalogue,
    groups,
    label,
    prefilled,
    problems,
    read_answers,
    text_version,
)
from lamoon.booking.health_form_store import PATH, HealthForms, Link, LinkError
from lamoon.chat.limits import RateLimit
from lamoon.chat.services import Services
from lamoon.errors import StoreError
from lamoon.phrasebook import NOTICES, say
from lamoon.rasa_client import RasaError, Screened
from lamoon.storage.encryption import EncryptionError
from lamoon.storage.time import now
from lamoon.studio.model import spoken

log = logging.getLogger("lamoon.web.health_form")

POLICY = "; ".join((
    "default-src 'none'",
    "style-src 'self'",
    "img-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
))  # fmt: skip
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cache-Control": "no-store",
    "Referrer-Policy": "strict-origin",  # with no-referrer a form's Origin would be "null"
    "X-Robots-Tag": "noindex, nofollow, noarchive",
}
GONE, NOT_FOUND, UNAVAILABLE = 410, 404, 503
STATUS = {"invalid": NOT_FOUND, "gone": NOT_FOUND, "expired": GONE, "replaced": GONE}
PER_MINUTE, BURST = 6, 6
"""How often a form may be sent: each time its texts are screened."""
CRISIS = "suicidal"
SCREENED_CHARACTERS = 10_000


class HealthFormPages:
    """The form's routes."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._forms = HealthForms(
            services.bookings.database, services.cipher, services.key, services.bookings.notice_settings
        )
        self._limit = RateLimit(PER_MINUTE, BURST, name="health form", buckets=services.buckets)

    @property
    def routes(self) -> list[Route]:
        """One address: GET shows the form, POST sends it."""
        path = PATH + "{token}"
        return [Route(path, self.show, methods=["GET"]), Route(path, self.send, methods=["POST"])]

    async def show(self, request: Request) -> Response:
        """The form, filled in with what is known."""
        try:
            link, asked = await asyncio.to_thread(self._forms.follow, request.path_params["token"])
            earlier = await asyncio.to_thread(self._earlier, link.reference)
        except LinkError as error:
            return self._no_form(f"form_link_{error.reason}", STATUS[error.reason])
        except StoreError as error:
            log.error("A health form could not be opened: %s", error)
            return self._no_form("form_link_unavailable", UNAVAILABLE)
        answers = earlier.answers if earlier else prefilled(asked, form_catalogue())
        notes = [self._sent_before(earlier)] if earlier else [say("form_prefilled")]
        return self._form(_unsigned(answers), notes=notes)

    async def send(self, request: Request) -> Response:
        """Takes the form. Whatever is wrong with it, an emergency in its texts is answered first."""
        token = request.path_params["token"]
        try:
            link, _ = await asyncio.to_thread(self._forms.follow, token)
        except LinkError as error:
            return self._no_form(f"form_link_{error.reason}", STATUS[error.reason])
        except StoreError as error:
            answers = read_answers((await request.form(max_files=0)).multi_items(), form_catalogue())
            return await self._not_stored(answers, await self._screened(answers), error)
        answers = read_answers((await request.form(max_files=0)).multi_items(), form_catalogue())
        if seconds := await asyncio.to_thread(self._limit.take, link.reference):
            wrong = {"": say("form_too_many", seconds=seconds)}
            return self._form(answers, wrong=wrong, urgent=self._urgent(answers, ()), status=429)
        screened = await self._screened(answers)
        wrong = problems(answers, form_catalogue())
        if wrong:
            return self._form(answers, wrong=wrong, urgent=self._urgent(answers, screened), status=422)
        return await self._store(token, link, answers, screened)

    async def _store(
        self, token: str, link: Link, answers: Answers, screened: Sequence[Screened | None]
    ) -> HTMLResponse:
        signed = self._sign(answers, screened)
        try:
            hold = await asyncio.to_thread(self._forms.submit, token, signed, form_catalogue())
        except LinkError as error:
            return self._no_form(f"form_link_{error.reason}", STATUS[error.reason])
        except StoreError as error:
            return await self._not_stored(answers, screened, error)
        studio = self._services.studio
        notes = [say("form_done", studio=studio.name)]
        notes += [say("form_done_held")] if hold else []
        notes += [say("form_done_unread", emergency=studio.numbers.emergency)] if signed.outcome == UNREAD else []
        notes += [say("form_done_change", date=self._day(link.expires_at))]
        return self._page("done", say("form_done_title"), notes=notes, urgent=self._urgent(answers, screened))

    async def _not_stored(
        self, answers: Answers, screened: Sequence[Screened | None], error: StoreError
    ) -> HTMLResponse:
        log.error("A health form could not be stored: %s", error)
        wrong = {"": say("form_not_stored", contact=self._contact)}
        return self._form(answers, wrong=wrong, urgent=self._urgent(answers, screened), status=UNAVAILABLE)

    async def _screened(self, answers: Answers) -> Sequence[Screened | None]:
        """What screening says of each text; None for one that it could not read."""
        texts = [text for name in SCREENED if (text := getattr(cleaned(answers), name))]

        async def screen(text: str) -> Screened | None:
            try:
                return await self._services.rasa.screening(text[:SCREENED_CHARACTERS])
            except RasaError as error:
                log.warning("A text of a health form could not be screened: %s", error)
                return None

        return await asyncio.gather(*map(screen, texts))

    def _sign(self, answers: Answers, screened: Sequence[Screened | None]) -> Signed:
        mentions = [mention for one in screened if one for mention in one.conditions]
        outcomes = {one.outcome for one in screened if one}
        is_crisis = any(one and one.crisis in ("acute", "soft") for one in screened)
        is_urgent = "emergency" in outcomes or is_crisis or bool(_ticked_emergencies(answers))
        outcome = "emergency" if is_urgent else UNREAD if None in screened else "none"
        return Signed(
            answers=cleaned(answers),
            signed_on=now().astimezone(self._services.studio.zone).date(),
            version=text_version(form_catalogue()),
            consent=say("form_consent", studio=self._services.studio.name),
            declaration=say("form_declaration"),
            found=counted(mentions, of_child=answers.is_minor),
            outcome=outcome,
        )

    def _urgent(self, answers: Answers, screened: Iterable[Screened | None]) -> Sequence[str]:
        """What has to be read above everything else: a paragraph for each kind of emergency."""
        names = _ticked_emergencies(answers)
        for one in filter(None, screened):
            names += [CRISIS] if one.crisis in ("acute", "soft") else []
            if one.outcome == "emergency":
                found = _emergency_texts(id for id, status in one.conditions if status == "affirmed")
                names += found or [one.text or "general"]
        numbers = self._services.studio.numbers
        said = []
        for name in sorted(dict.fromkeys(names), key=lambda name: name != CRISIS):
            if name == CRISIS:
                said.append(say("form_crisis", ways=numbers.crisis_ways(), emergency=numbers.emergency))
            else:
                notice = f"urgent_{name}" if f"urgent_{name}" in NOTICES else "urgent_general"
                said.append(say("form_emergency", urgent=say(notice, emergency_number=numbers.emergency)))
        return said

    def _earlier(self, reference: str) -> Signed | None:
        try:
            return self._forms.latest(reference)
        except EncryptionError as error:
            log.error("An earlier health form cannot be shown: %s", error)
            return None

    def _sent_before(self, earlier: Signed) -> str:
        return say("form_sent_before", date=spoken(earlier.signed_on))

    def _day(self, moment: datetime) -> str:
        return spoken(moment.astimezone(self._services.studio.zone).date())

    @property
    def _contact(self) -> str:
        return self._services.studio.contact_sentence(can_take_message=False)

    def _form(
        self,
        answers: Answers,
        *,
        wrong: dict[str, str] | None = None,
        urgent: Sequence[str] = (),
        notes: Sequence[str] = (),
        status: int = 200,
    ) -> HTMLResponse:
        today = spoken(now().astimezone(self._services.studio.zone).date())
        shown = {
            "groups": groups(form_catalogue()),
            "label": label,
            "ages": AGES,
            "pressures": PRESSURES,
            "today": today,
        }
        words = {"answers": answers, "wrong": wrong or {}, "most": LONGEST, "version": text_version(form_catalogue())}
        return self._page("form", say("form_title"), status, notes=notes, urgent=urgent, **shown, **words)

    def _no_form(self, notice: str, status: int) -> HTMLResponse:
        return self._page("note", say("form_link_title"), status, notes=[say(notice, contact=self._contact)], urgent=())

    def _page(self, kind: str, title: str, status: int = 200, **values: object) -> HTMLResponse:
        page = _templates().get_template("health_form.html.jinja")
        studio = self._services.studio
        given = {"kind": kind, "title": title, "studio": studio, "say": say}
        return HTMLResponse(page.render(given | values), status, HEADERS)


def _unsigned(answers: Answers) -> Answers:
    """Answers to be signed again: consent and signature are for what is sent now."""
    return Answers(**{**vars(answers), "consent": False, "signature": "", "guardian_consent": False})


def _ticked_emergencies(answers: Answers) -> list[str]:
    return _emergency_texts(answers.conditions)


def _emergency_texts(ids: Iterable[str]) -> list[str]:
    """The names of the emergency texts of conditions."""
    known = (form_catalogue()[id] for id in ids if id in form_catalogue())
    return [one.emergency_text or "general" for one in known if one.severity == "emergency"]


@cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
