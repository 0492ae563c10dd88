"""The sandbox over HTTP, with a scripted Rasa behind it."""

from __future__ import annotations

import re

import pytest

from desk.conftest import DeskOf, DeskVisitor
from lamoon.desk.trials.sandbox_pages import ELSEWHERE, FRESH, NOT_YET, NOTHING_SAID, TOO_LONG, USED

FACTS = {
    "label": "faq/does_it_hurt",
    "confidence": 0.92,
    "ranking": [{"label": "greet", "confidence": 0.92}, {"label": "thank", "confidence": 0.05}],
    "questions": [],
    "context": None,
    "safety": {
        "outcome": "warn",
        "conditions": [{"id": "blood_clot", "status": "affirmed", "text": "blood clot", "start": 9, "end": 19}],
    },
    "actions": [{"name": "action_answer", "policy": "policy_0_MultiQuestionPolicy", "confidence": 1.0}],
    "form": "booking_form",
    "slots": {"visitor_name": "Dana"},
}
LONG_TITLE = "A title that no button of WhatsApp can hold"


def hidden(page: str, name: str) -> str:
    """A hidden field of the page's first form that has it."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found
    return found[1]


def say(who: DeskVisitor, text: str = "", look: str = "web", **more: str) -> str:
    """Sends something from a page that was just loaded; the page that follows."""
    page = who.get("/desk/try").text
    fields = {"conversation": hidden(page, "conversation"), "as": look, "text": text} | more
    answer = who.post("/desk/try/send", **fields)
    assert answer.status_code == 303, answer.text
    return who.get(answer.headers["location"].partition("#")[0]).text


def refused(who: DeskVisitor, path: str, **fields: str) -> tuple[int, str]:
    """What a form that cannot be served gets."""
    page = who.get("/desk/try").text
    answer = who.post(path, **({"conversation": hidden(page, "conversation"), "as": "web"} | fields))
    return answer.status_code, answer.text


def test_a_message_is_answered_and_explained(desk: DeskOf) -> None:
    desk.front.rasa.reply({"text": "Hello", "metadata": {"turn": FACTS}})
    page = say(desk.staff, "I have a blood clot")
    assert "Hello" in page
    assert "92 % sure" in page
    assert '<mark title="blood clot: has it">blood clot</mark>' in page
    assert "A reason not to roll" in page
    assert "a rule, 100 %" in page
    assert "A booking" in page
    assert "Dana" in page
    assert re.search(r"answered in \d+ ms", page)
    assert desk.front.rasa.heard[-1]["sender"].startswith("test-")


def test_each_of_the_team_has_their_own_sandbox(desk: DeskOf) -> None:
    say(desk.staff, "only Sam said this")
    assert "only Sam said this" not in desk.owner.get("/desk/try").text
    assert "only Sam said this" not in desk.staff.get("/desk/inbox").text


@pytest.mark.parametrize("look", ["telegram", "whatsapp"])
def test_long_choices_become_what_the_platform_can_show(desk: DeskOf, look: str) -> None:
    buttons = [{"title": title, "payload": title} for title in ("Yes", LONG_TITLE)]
    desk.front.rasa.reply({"text": "Shall I **book** it?", "buttons": buttons})
    page = say(desk.staff, "hi", look)
    assert "<b>book</b>" in page
    if look == "telegram":
        assert f"2. {LONG_TITLE}" in page
    else:
        assert "<summary>Choose</summary>" in page


def test_a_number_chooses_as_on_a_platform(desk: DeskOf) -> None:
    desk.front.rasa.reply({"text": "Which?", "buttons": [{"title": "Yes", "payload": "yes please"}]})
    say(desk.staff, "hi", "whatsapp")
    say(desk.staff, "1", "whatsapp")
    assert desk.front.rasa.heard[-1]["message"] == "yes please"


def test_markup_of_a_visitor_stays_words(desk: DeskOf) -> None:
    desk.front.rasa.reply({"text": "You said <script>alert(1)</script>"})
    for look in ("web", "telegram", "whatsapp"):
        page = say(desk.staff, "<img src=x>", look)
        assert "<script>alert" not in page
        assert "<img" not in page


def test_a_button_is_pressed_once(desk: DeskOf) -> None:
    desk.front.rasa.reply({"text": "Which?", "buttons": [{"title": "Yes", "payload": "yes please"}]})
    page = say(desk.staff, "hi")
    key = re.search(r'name="choice" value="([\d.]+)"', page)
    assert key
    say(desk.staff, choice=key[1])
    assert desk.front.rasa.heard[-1]["message"] == "yes please"
    status, page = refused(desk.staff, "/desk/try/send", choice=key[1])
    assert (status, USED in page) == (409, True)


def test_the_same_form_sent_twice_says_it_once(desk: DeskOf) -> None:
    for _ in range(2):
        say(desk.staff, "hello there", form="8b0c")
    assert [body["message"] for body in desk.front.rasa.heard] == ["hello there"]


def test_the_last_message_is_repeated(desk: DeskOf) -> None:
    page = say(desk.staff, "hello there")
    answer = desk.staff.post("/desk/try/repeat", conversation=hidden(page, "conversation"))
    assert answer.status_code == 303
    assert [body["message"] for body in desk.front.rasa.heard] == ["hello there"] * 2


def test_time_passes(desk: DeskOf) -> None:
    page = say(desk.staff, "hello there")
    sender = desk.front.rasa.heard[-1]["sender"]
    answer = desk.staff.post("/desk/try/later", conversation=hidden(page, "conversation"), minutes="120")
    assert answer.status_code == 303
    assert desk.front.rasa.passed == [(sender, 120)]
    assert "2 hours later." in desk.staff.get("/desk/try").text


def test_no_time_passes_before_the_first_word(desk: DeskOf) -> None:
    desk.staff.get("/desk/try")
    status, page = refused(desk.staff, "/desk/try/later", minutes="30")
    assert (status, NOT_YET in page) == (409, True)


def test_a_new_person_finds_nothing_of_the_one_before(desk: DeskOf) -> None:
    old = hidden(say(desk.staff, "hello there"), "conversation")
    answer = desk.staff.post("/desk/try/begin")
    page = desk.staff.get(answer.headers["location"].partition("#")[0]).text
    assert FRESH in page
    assert "hello there" not in page
    assert hidden(page, "conversation") != old
    status, page = refused(desk.staff, "/desk/try/send", conversation=old, text="late")
    assert (status, ELSEWHERE in page, 'value="late"' in page) == (409, True, True)


@pytest.mark.parametrize(("text", "problem"), [("  ", NOTHING_SAID), ("x" * 10_001, TOO_LONG)])
def test_what_cannot_be_sent_is_refused(desk: DeskOf, text: str, problem: str) -> None:
    status, page = refused(desk.staff, "/desk/try/send", text=text)
    assert (status, problem in page) == (422, True)
    assert not desk.front.rasa.heard


def test_an_apology_is_shown_where_rasa_fails(desk: DeskOf) -> None:
    desk.front.rasa.reply({"text": "x", "metadata": {"failed": True}})
    assert "gave no answer of its own" in say(desk.staff, "hi")
