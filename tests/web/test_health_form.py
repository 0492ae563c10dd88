"""The health form's page over a real gateway: what it shows, what it takes, and what is wrong in plain words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from html import unescape
from pathlib import Path

import httpx
import pytest
from starlette.responses import JSONResponse, Response

from lamoon.booking import BookingRequest, BookingStore, Contact, DisclosedCondition
from lamoon.booking.health_form import LONGEST, as_fields
from lamoon.booking.health_form import Answers as Filled
from lamoon.booking.health_form_store import HealthForms
from lamoon.phrasebook import say
from lamoon.storage.encryption import Cipher
from lamoon.storage.keys import cipher_from
from lamoon.storage.tables import health_form_links, health_forms
from lamoon.storage.time import now, to_naive_utc
from web.fixtures import Front, settings_in
from web.serving import GatewayProcess, ScriptedRasa, until

GOOD = Filled(name="Rose Hill", none=True, age="adult", consent=True, signature="Rose Hill")
MINOR = Filled(
    name="Tim Hill",
    conditions=("epilepsy",),
    age="minor",
    guardian="Rose Hill",
    guardian_consent=True,
    consent=True,
    signature="rose hill",
)


class Client:
    """Somebody who got a link to the form of a request."""

    def __init__(self, front: Front, **request: object) -> None:
        self.front = front
        given: dict[str, object] = {
            "conversation_id": "web-x-0",
            "run_id": str(len(front.parts.bookings.list())),
            "name": "Rose Hill",
            "contact": Contact("rose@example.com", ""),
            "wish": "an hour",
            "consent": True,
            "screening": "no",
        }
        self.reference = front.parts.bookings.submit(BookingRequest(**given | request))  # type: ignore[arg-type]
        self.forms = HealthForms(front.parts.bookings.database, front.parts.cipher, front.parts.key)
        self.path = f"/health-form/{self.forms.link(self.reference).token}"
        self.http = httpx.Client(base_url=front.url, trust_env=False, timeout=30)

    def open(self) -> httpx.Response:
        """The page."""
        return self.http.get(self.path)

    def send(self, answers: Filled = GOOD, **more: str) -> httpx.Response:
        """The form, as a browser sends it from the page."""
        fields: dict[str, list[str]] = {}
        for name, value in as_fields(answers):
            fields.setdefault(name, []).append(value)
        return self.http.post(self.path, data=fields | more, headers={"Origin": self.front.url})

    @property
    def request(self) -> BookingRequest:
        """The request as it is stored now."""
        stored = self.front.parts.bookings.get(self.reference)
        assert stored
        return stored.request


@pytest.fixture
def client(front: Front) -> Client:
    return Client(front)


def text_of(page: httpx.Response) -> str:
    """What can be read on a page, tags apart."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page.text)).split())


def screening(outcome: str, *conditions: str, **more: object) -> Callable[[str], Response]:
    """A screening that finds these conditions in every text."""
    found = [{"id": id, "status": "affirmed"} for id in conditions]
    return lambda text: JSONResponse({"outcome": outcome, "conditions": found, "text": "", "crisis": ""} | more)


def test_the_page_asks_for_the_conditions_of_the_catalogue(client: Client) -> None:
    page = text_of(client.open())
    for words in ("A blood clot", "An open wound", "Diabetes", say("form_none"), say("form_medicines"), "call 911"):
        assert words in page
    assert "pain that is too strong" not in page, "a question that the guide answers is not a condition"


def test_what_was_told_is_filled_in_but_not_that_nothing_applies(front: Front) -> None:
    told = (DisclosedCondition("diabetes", "i'm diabetic", hold=False), DisclosedCondition("other_condition", "gout"))
    page = Client(front, conditions=told, health_words="my left <knee>", screening="details").open().text
    assert 'value="diabetes" checked' in page
    assert "my left &lt;knee&gt;\ngout</textarea>" in page
    assert 'value="Rose Hill"' in page
    assert page.count(" checked") == 1


def test_a_form_is_kept_encrypted_and_thanked_for(client: Client) -> None:
    answers = Filled(**{**vars(GOOD), "none": False, "health": "my plover is sore", "medicines": "none"})
    done = client.send(answers)
    assert done.status_code == 200
    assert say("form_done", studio=client.front.parts.studio.name) in text_of(done)
    signed = client.forms.latest(client.reference)
    assert signed
    assert (signed.answers.health, signed.answers.signature) == ("my plover is sore", "Rose Hill")
    assert signed.consent == say("form_consent", studio=client.front.parts.studio.name)
    assert signed.version in text_of(client.open())
    files = client.front.settings.data.rglob("*")
    assert not any(b"plover" in path.read_bytes() for path in files if path.is_file())
    assert not client.request.hold


def test_a_ticked_condition_holds_the_request_where_the_catalogue_says_so(client: Client) -> None:
    answers = Filled(**{**vars(GOOD), "none": False, "conditions": ("diabetes", "blood_clot")})
    done = client.send(answers)
    assert say("form_done_held") in text_of(done)
    assert [one.id for one in client.request.conditions] == ["blood_clot", "diabetes"][::-1]
    assert client.request.hold


def test_what_the_texts_name_is_added_too(client: Client) -> None:
    client.front.rasa.screening = screening("avoid", "recent_fracture")
    client.send(Filled(**{**vars(GOOD), "areas": "my broken rib"}))
    assert client.front.rasa.screened == ["my broken rib"]
    assert [(one.id, one.words, one.hold) for one in client.request.conditions] == [
        ("recent_fracture", "health form", True)
    ]


def test_a_guardian_who_writes_of_the_child_is_understood(client: Client) -> None:
    answer = {"outcome": "none", "conditions": [{"id": "fever", "status": "other_person"}]}
    client.front.rasa.screening = lambda text: JSONResponse(answer)
    client.send(Filled(**{**vars(GOOD), "health": "my son has a fever"}))
    assert client.request.conditions == ()
    assert client.send(Filled(**{**vars(MINOR), "health": "my son has a fever"})).status_code == 200
    assert [one.id for one in client.request.conditions] == ["epilepsy", "fever"]


@pytest.mark.parametrize("answers", [GOOD, Filled()], ids=["complete", "with everything missing"])
def test_an_emergency_in_the_text_comes_before_all_else(client: Client, answers: Filled) -> None:
    client.front.rasa.screening = screening("emergency", "chest_pain")
    page = client.send(Filled(**{**vars(answers), "health": "crushing pain in my chest"}))
    text = text_of(page).partition("· La Moon")[2]
    assert text.index("call 911 now") < text.index(say("form_title") if page.status_code == 422 else "Thank you")
    assert (client.forms.latest(client.reference) is not None) == (answers is GOOD)
    assert client.request.hold == (answers is GOOD)


def test_a_crisis_names_the_line_that_helps(client: Client) -> None:
    client.front.rasa.screening = screening("none", crisis="soft")
    text = text_of(client.send(Filled(**{**vars(GOOD), "health": "i see no point in anything"})))
    assert "988" in text
    assert client.request.hold


def test_a_ticked_sign_of_an_emergency_counts_as_one(client: Client) -> None:
    page = text_of(client.send(Filled(**{**vars(GOOD), "none": False, "conditions": ("cauda_equina",)})))
    assert "nearest emergency department" in page


def test_texts_that_nothing_could_screen_hold_the_request(client: Client) -> None:
    client.front.rasa.screening = lambda text: Response(status_code=503)
    page = text_of(client.send(Filled(**{**vars(GOOD), "health": "a word of mine"})))
    assert say("form_done_unread", emergency="911") in page
    assert client.request.hold


MISSING = [
    ({"name": " "}, "form_wrong_name"),
    ({"none": False}, "form_wrong_conditions"),
    ({"conditions": ("diabetes",)}, "form_wrong_none"),
    ({"age": ""}, "form_wrong_age"),
    ({"consent": False}, "form_wrong_consent"),
    ({"signature": "..."}, "form_wrong_signature"),
    ({"age": "minor", "guardian_consent": True}, "form_wrong_guardian"),
    ({"age": "minor", "guardian": "Rose Hill"}, "form_wrong_guardian_consent"),
    ({"age": "minor", "guardian": "Ann", "guardian_consent": True}, "form_wrong_guardian_signature"),
]


@pytest.mark.parametrize(("change", "notice"), MISSING, ids=[notice for _, notice in MISSING])
def test_each_mistake_is_named_and_everything_typed_stays(
    client: Client, change: dict[str, object], notice: str
) -> None:
    typed = Filled(**{**vars(GOOD), "medicines": "two\nlines <b>", "pressure": "firm", **change})
    page = client.send(typed)
    assert page.status_code == 422
    sentence = say(notice, none=say("form_none"), conditions="diabetes", guardian="Ann")
    assert text_of(page).count(sentence) == 2, "in the list and beside the field"
    for words in ("two\nlines &lt;b&gt;</textarea>", 'value="firm" checked'):
        assert words in page.text
    assert client.forms.latest(client.reference) is None


@pytest.mark.parametrize("sign", ["x", "李", "\U0001f64f"])
def test_a_text_that_is_too_long_is_kept_whole_and_measured(client: Client, sign: str) -> None:
    page = client.send(Filled(**{**vars(GOOD), "health": 20_000 * sign}))
    assert page.status_code == 422
    assert f"has 20,000 characters, and there is room for {LONGEST['health']:,}" in text_of(page)
    assert 20_000 * sign in page.text


def test_a_form_that_is_sent_twice_is_kept_once(client: Client) -> None:
    assert [client.send().status_code for _ in range(2)] == [200, 200]
    assert len(client.forms.state(client.reference).versions) == 1


def test_a_changed_form_keeps_the_earlier_version(client: Client) -> None:
    client.send(Filled(**{**vars(GOOD), "medicines": "aspirin"}))
    page = client.open().text
    assert "aspirin</textarea>" in page
    assert " checked" in page
    assert 'name="signature" value=""' in page.replace('id="signature" ', ""), "each version is signed anew"
    client.send(Filled(**{**vars(GOOD), "medicines": "none"}))
    assert [version.number for version in client.forms.state(client.reference).versions] == [1, 2]
    first = client.forms.get(client.reference, 1)
    assert first
    assert first.answers.medicines == "aspirin"


@pytest.mark.parametrize("change", [lambda t: t[:-2], lambda t: t + "x", lambda t: "x" + t, lambda t: "nothing"])
def test_a_token_that_was_tampered_with_opens_nothing(client: Client, change: Callable[[str], str]) -> None:
    start, _, token = client.path.rpartition("/")
    client.path = f"{start}/{change(token)}"
    for page in (client.open(), client.send()):
        assert page.status_code == 404
        assert "Please open it again from the message" in text_of(page)
        assert "Rose" not in page.text


def test_a_token_of_another_installation_opens_nothing(client: Client) -> None:
    database = client.front.parts.bookings.database
    theirs = HealthForms(database, Cipher(["k" * 32]), "k" * 32).link(client.reference)
    client.path = f"/health-form/{theirs.token}"
    assert client.open().status_code == 404


def test_a_conversation_token_opens_no_form(client: Client) -> None:
    client.path = f"/health-form/{client.front.visitor().token}"
    assert client.open().status_code == 404


def test_an_expired_link_says_so_and_how_to_reach_the_studio(client: Client) -> None:
    with client.front.parts.bookings.database.writing("expire") as connection:
        connection.execute(health_form_links.update().values(expires_at=to_naive_utc(now() - timedelta(seconds=1))))
    for page in (client.open(), client.send()):
        assert page.status_code == 410
        assert "has expired" in text_of(page)
        assert client.front.parts.studio.phone in text_of(page)


def test_a_newer_link_makes_the_earlier_one_invalid(client: Client) -> None:
    client.forms.link(client.reference, replace=True)
    assert client.open().status_code == 410
    assert "newer link" in text_of(client.send())


def test_a_deleted_request_has_no_form_any_more(client: Client) -> None:
    client.send()
    client.front.parts.bookings.forget("web-x-0")
    assert client.open().status_code == 404
    with client.front.parts.bookings.database.reading("look") as connection:
        assert connection.execute(health_forms.select()).all() == []


@contextmanager
def locked(front: Front) -> Iterator[None]:
    """The database, which another program writes to and does not let go of."""
    with front.parts.bookings.database._engine.begin():
        yield


def test_while_the_database_is_locked_nothing_typed_is_lost(client: Client) -> None:
    with locked(client.front):
        page = client.send(Filled(**{**vars(GOOD), "health": "kept words"}))
    assert page.status_code == 503
    assert "kept words</textarea>" in page.text
    assert "was not sent" in text_of(page)
    assert client.send(Filled(**{**vars(GOOD), "health": "kept words"})).status_code == 200


def test_an_earlier_form_that_cannot_be_opened_stays_and_a_new_one_is_taken(client: Client) -> None:
    client.send(Filled(**{**vars(GOOD), "medicines": "aspirin"}))
    with client.front.parts.bookings.database.writing("damage") as connection:
        connection.execute(health_forms.update().values(content="lm1:00000000:AAAA"))
    page = client.open()
    assert page.status_code == 200
    assert "aspirin" not in page.text
    assert client.send().status_code == 200
    assert len(client.forms.state(client.reference).versions) == 2


def test_sending_too_often_is_slowed_down_and_keeps_what_was_typed(client: Client) -> None:
    pages = [client.send(Filled(**{**vars(GOOD), "health": f"try {n}"})) for n in range(8)]
    assert [page.status_code for page in pages[:6]] == [200] * 6
    assert pages[-1].status_code == 429
    assert "try 7</textarea>" in pages[-1].text


def test_the_address_goes_nowhere_and_the_page_is_kept_nowhere(client: Client) -> None:
    for page in (client.open(), client.send()):
        assert page.headers["referrer-policy"] == "strict-origin"
        assert page.headers["cache-control"] == "no-store"
        assert "noindex" in page.headers["x-robots-tag"]
        policy = page.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "require-trusted-types-for 'script'" in policy
        assert "script-src" not in policy
        assert "form-action 'self'" in policy
        assert "<script" not in page.text
        assert "set-cookie" not in page.headers
        assert set(re.findall(r'(?:href|src)="([^"#][^"]*)"', page.text)) == {
            "/pages/moon.svg",
            "/pages/health-form.css",
        }


def test_pages_of_others_cannot_send_it(client: Client) -> None:
    answer = client.http.post(client.path, data=dict(as_fields(GOOD)), headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403
    assert client.forms.latest(client.reference) is None


@pytest.fixture
def process(behind: tuple[ScriptedRasa, int], tmp_path: Path) -> Iterator[Callable[..., GatewayProcess]]:
    """Starts a gateway process with these settings, over one data folder."""
    started: list[GatewayProcess] = []

    def start(**variables: str) -> GatewayProcess:
        studio = str(Path(__file__).parents[1] / "scenarios" / "studio.yml")
        fixed = {"LAMOON_DATA": str(tmp_path / "data"), "LAMOON_STUDIO": studio, "LAMOON_RASA_PORT": str(behind[1])}
        gateway = GatewayProcess(fixed | variables, tmp_path / f"log{len(started)}")
        gateway.start()
        started.append(gateway)
        return gateway

    yield start
    for gateway in started:
        gateway.stop()


def test_the_start_says_which_key_encrypts_and_which_is_missing(
    process: Callable[..., GatewayProcess], behind: tuple[ScriptedRasa, int], tmp_path: Path
) -> None:
    behind[0].reset()
    first = process(LAMOON_SECRET_KEY="s" * 32)
    assert "LAMOON_ENCRYPTION_KEYS is not set" in first.log()
    settings = settings_in(tmp_path / "data", behind[1], LAMOON_SECRET_KEY="s" * 32)
    with closing(BookingStore(settings.database_url.reveal(), cipher=cipher_from(settings))) as store:
        contact = Contact("rose@example.com", "")
        reference = store.submit(BookingRequest("x", "1", "Rose", contact, "an hour", consent=True, screening="no"))
        token = HealthForms(store.database, cipher_from(settings), "s" * 32).link(reference).token
    fields = dict(as_fields(GOOD))
    assert httpx.post(f"{first.url}/health-form/{token}", data=fields, trust_env=False).status_code == 200
    first.stop()
    second = process(LAMOON_SECRET_KEY="t" * 32, LAMOON_ENCRYPTION_KEYS="n" * 32)
    until(lambda: "encrypted fields cannot be read" in second.log(), "the missing key in the log")
    assert Cipher(["s" * 32]).current in second.log()
    third = process(LAMOON_SECRET_KEY="t" * 32, LAMOON_ENCRYPTION_KEYS=f"{'n' * 32},{'s' * 32}")
    assert "LAMOON_ENCRYPTION_KEYS" not in third.log()
    assert token not in first.log() + second.log() + third.log()
