"""The health record at the desk: what a member of staff reads of it, and ending an emergency."""

from __future__ import annotations

import html
import re
from contextlib import closing
from datetime import UTC, datetime

import pytest
from scenarios.assistant import Assistant
from web.serving import GatewayProcess
from web.visitor import Visitor

from desk.conftest import PASSWORD, DeskOf, DeskVisitor
from lamoon.booking import BookingStore
from lamoon.chat.model import TurnExplanation
from lamoon.contract import Crisis, Disclosure, Emergency, HealthRecord
from lamoon.desk import words
from lamoon.desk.accounts.accounts import Accounts
from lamoon.storage.keys import cipher_from

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC).timestamp()
RECORD = HealthRecord(
    open=(
        Disclosure("blood_clot", "I had a <b>clot</b>", turn=1),
        Disclosure("open_wound", "she cut her shin", whose="other", certain=False, turn=2),
    ),
    retracted=(Disclosure("infection", "my skin is infected", turn=1),),
    cleared=(Disclosure("recent_fracture", "I broke a toe"),),
    mentioned=(
        Disclosure("tumor_cancer", "my aunt has cancer", whose="other", turn=2),
        Disclosure("hernia", whose="list"),
    ),
    notes=("something with my spleen",),
    emergency=Emergency("suspected_dvt", "open", "visitor", turn=2),
    crisis=Crisis("soft", turn=3),
    turn=3,
)
MINUTES = (0, 10, 25)


@pytest.fixture
def visitor(desk: DeskOf) -> Visitor:
    """A conversation whose health record is RECORD."""
    talk = desk.front.visitor()
    talk.ask("hello")
    desk.front.rasa.health = {
        "record": RECORD.to_slot(),
        "said_at": [NOON + 60 * minute for minute in MINUTES],
        "signs": ["my calf aches", "and it feels hot"],
    }
    return talk


def place(visitor: Visitor) -> str:
    return f"/desk/inbox/conversation/{visitor.conversation}"


def card(desk: DeskOf, visitor: Visitor) -> str:
    """The health record on the page of the conversation, without tags."""
    page = desk.staff.get(place(visitor)).text
    found = re.search(r'<section[^>]* id="health".*?</section>', page, re.DOTALL)
    assert found
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", found[0].replace("&lt;", "‹").replace("&gt;", "›"))).split())


def test_staff_read_each_condition_with_status_owner_words_and_time(desk: DeskOf, visitor: Visitor) -> None:
    shown = card(desk, visitor)
    zone = desk.front.parts.studio.zone
    times = [words.day_and_time(datetime.fromtimestamp(NOON + 60 * minute, UTC), zone) for minute in MINUTES]
    assert f"blood clot : open · the visitor · {times[0]} “I had a ‹b›clot‹/b›”" in shown
    assert f"open wound : open · another person · understood from a reference · {times[1]} “she cut her shin”" in shown
    assert "infection : taken back by the visitor" in shown
    assert "recent fracture : reviewed · the visitor “I broke a toe”" in shown
    assert "tumor cancer : mentioned · another person" in shown
    assert "hernia" not in shown, "what the visitor only read in our list says nothing about them"
    assert "something with my spleen" in shown
    assert "my calf aches" in shown


def test_staff_read_since_when_there_is_an_emergency_or_a_crisis(desk: DeskOf, visitor: Visitor) -> None:
    shown = card(desk, visitor)
    zone = desk.front.parts.studio.zone
    second, third = (
        words.day_and_time(datetime.fromtimestamp(NOON + 60 * minute, UTC), zone) for minute in MINUTES[1:]
    )
    assert f"Emergency: possible blood clot in a leg (the visitor), since {second}. Open" in shown
    assert f"Crisis: Despair , since {third}" in shown


def test_a_conversation_without_health_has_no_record(desk: DeskOf) -> None:
    talk = desk.front.visitor()
    talk.ask("hello")
    assert card(desk, talk) == ""


def test_staff_end_an_emergency_and_it_is_on_record(desk: DeskOf, visitor: Visitor) -> None:
    answer = desk.staff.post(f"{place(visitor)}/end-emergency", turn="3")
    assert answer.status_code == 303
    assert desk.front.rasa.ended == [(f"web-{visitor.conversation}-0", 3)]
    (entry, *_) = desk.front.desk.audit.latest()
    assert (entry.staff, entry.action, entry.subject) == ("Sam", "inbox.end_emergency", visitor.conversation)


@pytest.mark.parametrize("turn", ["2", "", "x"])
def test_what_the_visitor_wrote_since_has_to_be_read_first(desk: DeskOf, visitor: Visitor, turn: str) -> None:
    answer = desk.staff.post(f"{place(visitor)}/end-emergency", turn=turn)
    assert answer.status_code == 409
    assert words.WROTE_SINCE in html.unescape(answer.text)
    assert desk.front.rasa.ended == []
    assert all(entry.action != "inbox.end_emergency" for entry in desk.front.desk.audit.latest())


def test_while_the_assistant_is_away_the_record_after_its_latest_answer_is_shown(
    desk: DeskOf, visitor: Visitor
) -> None:
    store = desk.front.parts.store
    turn = store.receive(visitor.conversation, "told", "words", "words").turn
    assert turn
    store.answer(turn, [], TurnExplanation(0.1, {"slots": {"health_ledger": RECORD.to_slot()}}))
    desk.front.parts.rasa._addresses = ["http://127.0.0.1:1"]
    desk.front.parts.rasa._session = None
    shown = card(desk, visitor)
    assert "cannot be reached" in shown
    assert "I had a ‹b›clot‹/b›" in shown
    assert "cleared by staff" not in shown
    assert desk.staff.post(f"{place(visitor)}/end-emergency", turn="3").status_code == 503


def test_a_broken_record_says_to_ask(desk: DeskOf, visitor: Visitor) -> None:
    desk.front.rasa.health = {"record": {"open": "secret"}, "said_at": [], "signs": []}
    shown = card(desk, visitor)
    assert "cannot be read. Please ask the visitor" in shown
    assert "secret" not in shown


def test_an_emergency_that_staff_ended_no_longer_governs_the_real_assistant(
    assistant: Assistant, gateway_of_assistant: GatewayProcess, talk: Visitor
) -> None:
    talk.ask("my left calf is hot, swollen and sore since the flight")
    with closing(
        BookingStore(assistant.servers.settings.database_url.reveal(), cipher=cipher_from(assistant.servers.settings))
    ) as store:
        Accounts(store.database).add("Nina", PASSWORD, "staff")
    nina = DeskVisitor(gateway_of_assistant.url, "Nina")
    before = nina.get(place(talk)).text
    assert "Emergency: possible blood clot in a leg" in before
    turn = re.search(r'name="turn" value="(\d+)"', before)
    assert turn
    assert nina.post(f"{place(talk)}/end-emergency", turn=turn[1]).status_code == 303
    after = nina.get(place(talk)).text
    assert "Over: cleared by staff" in after
    assert "swollen" in after, "what was told stays on record"
    governed = [said["kind"] for said in talk.ask("what are your prices?") if said["from"] == "bot"]
    assert "emergency" not in governed
    assert nina.post(f"{place(talk)}/end-emergency", turn="2").status_code == 409, "nothing is open any more"
    nina.http.close()
