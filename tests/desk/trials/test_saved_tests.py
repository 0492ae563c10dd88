"""Saving conversations as tests, and playing them, over HTTP with a scripted Rasa behind it."""

from __future__ import annotations

import re

import httpx
from starlette.responses import JSONResponse
from web.serving import until

from desk.conftest import DeskOf
from desk.trials.test_trial import hidden, say
from lamoon.desk.teaching.reviews import training_phrases
from lamoon.desk.trials.saved_tests import as_yaml, file_name, record
from lamoon.desk.trials.saved_tests_pages import BUSY, KNOWN, NO_NAME, NOT_ALL, NOTHING, SAVED

SAID = "zappy words about my hamstring please"


def talked(desk: DeskOf, said: str = SAID) -> str:
    """A sandbox conversation of one turn; where it is saved."""
    desk.staff.post("/desk/try/begin")
    desk.front.rasa.reply({"text": "Hello there", "metadata": {"utter_action": "utter_greet"}})
    return f"/desk/tests/from/{hidden(say(desk.staff, said), 'conversation')}"


def saved(desk: DeskOf, name: str = "Hello: the first") -> httpx.Response:
    """A conversation that was saved."""
    return desk.staff.post(talked(desk), **{"right-1": "yes", "name": name, "tags": "Hello, new"})


def played(desk: DeskOf) -> str:
    """The page after the saved tests were played."""
    assert desk.staff.post("/desk/tests/play", which="saved").status_code == 303
    until(lambda: "data-busy" not in page_of(desk), "the end")
    return page_of(desk)


def page_of(desk: DeskOf) -> str:
    """The tests page."""
    return desk.staff.get("/desk/tests").text


def test_a_conversation_is_saved_and_passes(desk: DeskOf) -> None:
    assert SAVED in desk.staff.get(saved(desk).headers["location"]).text
    file = desk.staff.get("/desk/tests/hello_the_first.yml")
    assert file.text.splitlines() == [
        "description: 'Hello: the first'",
        "tags:",
        "  - hello",
        "  - new",
        "steps:",
        f"  - user: {SAID}",
        "    bot: utter_greet",
        "    words:",
        "      - Hello there",
    ]
    page = played(desk)
    assert "Passed" in page
    assert "1 played, 0 not as before" in page
    assert desk.front.rasa.heard[-1]["sender"].startswith("test-")
    assert desk.front.rasa.heard[-1]["sender"] in desk.front.rasa.forgotten


def test_what_is_answered_differently_is_told(desk: DeskOf) -> None:
    saved(desk)
    desk.front.rasa.reply({"text": "Bye", "metadata": {"utter_action": "utter_goodbye"}})
    page = " ".join(played(desk).split())
    assert "Not as before" in page
    assert "expected utter_greet, got utter_goodbye" in page
    assert '<del><span class="unseen">[gone: </span>Hello there<span class="unseen">]</span></del>' in page
    assert '<ins><span class="unseen">[new: </span>Bye<span class="unseen">]</span></ins>' in page


def accept(desk: DeskOf, page: str) -> httpx.Response:
    """The new answer of the first turn that differs, accepted from a page that was just loaded."""
    return desk.staff.post("/desk/tests/hello_the_first/accept", turn="0", seen=hidden(page, "seen"))


def test_a_new_answer_is_accepted_with_one_click_and_taken_back_with_one(desk: DeskOf) -> None:
    saved(desk)
    desk.front.rasa.reply({"text": "Bye", "metadata": {"utter_action": "utter_goodbye"}})
    page = played(desk)
    assert accept(desk, page).status_code == 303
    assert "1 played, 0 not as before" in page_of(desk)
    text = desk.staff.get("/desk/tests/hello_the_first.yml").text
    assert "    bot: utter_goodbye\n    words:\n      - Bye\n" in text
    assert "1 played, 0 not as before" in played(desk)
    late = accept(desk, page)
    assert (late.status_code, "changed meanwhile" in late.text) == (409, True)
    number = hidden(page_of(desk), "number")
    assert desk.staff.post("/desk/tests/hello_the_first/back", number=number).status_code == 303
    assert "bot: utter_greet" in desk.staff.get("/desk/tests/hello_the_first.yml").text
    gone = desk.staff.post("/desk/tests/hello_the_first/accept", turn="0", seen="0")
    assert (gone.status_code, "play it first" in gone.text) == (409, True)


def test_other_words_of_the_same_answer_pass(desk: DeskOf) -> None:
    saved(desk)
    desk.front.rasa.reply({"text": "Hello, you", "metadata": {"utter_action": "utter_greet"}})
    assert "1 played, 0 not as before" in played(desk)


def test_a_turn_that_fails_does_not_hide_the_rest(desk: DeskOf) -> None:
    place = talked(desk)
    say(desk.staff, "some more zappy words of mine")
    desk.staff.post(place, **{"right-1": "yes", "right-2": "yes", "name": "Two"})
    desk.front.rasa.reply({"text": "Bye", "metadata": {"utter_action": "utter_goodbye"}})
    page = played(desk)
    assert page.count('class="turn differs"') == 2


def test_a_file_edited_into_nonsense_says_where(desk: DeskOf) -> None:
    saved(desk)
    path = desk.front.settings.data / "scenarios" / "hello_the_first.yml"
    path.write_text(path.read_text(encoding="utf-8").replace("    bot:", "    robot:"), encoding="utf-8")
    page = played(desk)
    assert "hello_the_first.yml, line 7" in page
    assert "expected: one of user, bot" in page


def test_every_answer_must_be_ticked(desk: DeskOf) -> None:
    answer = desk.staff.post(talked(desk), name="Hello")
    assert (answer.status_code, NOT_ALL in answer.text, 'value="Hello"' in answer.text) == (409, True, True)


def test_a_name_is_needed_and_taken_once(desk: DeskOf) -> None:
    assert NO_NAME in saved(desk, "!?").text
    saved(desk)
    again = saved(desk, "hello - the FIRST")
    assert again.status_code == 409
    assert "A test named" in again.text


def test_trained_words_prove_nothing(desk: DeskOf) -> None:
    known = next(text for text in training_phrases().labels if len(text.split()) > 4)
    answer = desk.staff.post(talked(desk, known), **{"right-1": "yes", "name": "Known"})
    assert KNOWN.partition("{")[0] in answer.text


def test_personal_data_of_a_real_conversation_is_masked(desk: DeskOf) -> None:
    visitor = desk.front.visitor()
    visitor.ask("call me on (212) 555-0188 please")
    page = desk.staff.get(f"/desk/tests/from/{visitor.conversation}").text
    assert "call me on my number please" in page
    assert "555-0188" not in page


def test_an_empty_conversation_is_none(desk: DeskOf) -> None:
    place = hidden(desk.staff.get("/desk/try").text, "conversation")
    assert NOTHING in desk.staff.get(f"/desk/tests/from/{place}").text


def test_two_runs_at_once_are_refused(desk: DeskOf) -> None:
    saved(desk)
    gate: list[bool] = []

    def wait(body: object) -> JSONResponse:
        until(lambda: gate, "the gate")
        return JSONResponse([{"text": "Hello", "metadata": {"utter_action": "utter_greet"}}])

    desk.front.rasa.answer = wait
    assert desk.staff.post("/desk/tests/play", which="saved").status_code == 303
    second = desk.owner.post("/desk/tests/play", which="saved")
    gate.append(True)
    assert (second.status_code, BUSY in second.text) == (409, True)
    until(lambda: "data-busy" not in page_of(desk), "the end")


def test_a_test_is_deleted_and_no_other_file_is_reached(desk: DeskOf) -> None:
    saved(desk)
    assert desk.staff.post("/desk/tests/hello_the_first/remove").status_code == 303
    assert desk.staff.get("/desk/tests/hello_the_first.yml").status_code == 404
    assert desk.staff.get("/desk/tests/..%2F..%2Fstudio.yml").status_code == 404


def test_the_tests_of_the_project_are_listed(desk: DeskOf) -> None:
    assert re.search(r"All \d{2,}", page_of(desk))


def test_buttons_pauses_and_second_questions_in_a_recording() -> None:
    button = {"title": "Yes", "payload": "yes please"}
    answer = {"event": "bot", "text": "It costs", "metadata": {"utter_action": "utter_faq/cost", "topic": "faq/cost"}}
    turns = record(
        [
            {"event": "user", "text": "before the pause"},
            answer,
            {"event": "session_started"},
            {"event": "user", "text": "call Dana"},
            {"event": "bot", "text": "Dana?", "data": {"buttons": [button]}, "metadata": {}},
            {"event": "user", "text": "yes please"},
            {"event": "user", "text": "second", "metadata": {"second_question": True}},
            answer,
            {"event": "user", "text": "no answer"},
        ],
        lambda text: text.replace("Dana", "Sam"),
    )
    assert [turn.user for turn in turns] == ["call Sam", {"press": "Yes"}]
    assert [turn.bot for turn in turns] == [["anything"], [{"response": "utter_faq/cost", "topic": "cost"}]]
    assert "Dana" not in as_yaml("x", [], turns) + repr([turn.replies for turn in turns])


def test_names_of_files_are_plain() -> None:
    assert file_name("../É Clots & more!") == "clots_more"
