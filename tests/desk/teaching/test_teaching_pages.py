"""Review, learn and figures over HTTP: what stands out is shown, what was meant becomes a patch, everything is counted."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from web.visitor import Visitor

from desk.conftest import DeskOf
from lamoon.desk.teaching.learn import heat_map
from lamoon.storage.tables import turns


def turn(label: str, confidence: float | None = 0.95, outcome: str = "none", **more: Any) -> dict[str, Any]:
    return {"label": label, "confidence": confidence, "safety": {"outcome": outcome}, "form": None, **more}


def ask(desk: DeskOf, text: str, facts: dict[str, Any], visitor: Visitor | None = None) -> int:
    """A visitor's message that Rasa answers with these facts; its id."""
    desk.front.rasa.reply({"text": f"about {text}", "metadata": {"turn": facts}})
    visitor = visitor or desk.front.visitor()
    visitor.ask(text)
    return max(message["id"] for message in visitor.messages() if message["from"] == "visitor")


def test_only_what_stands_out_is_shown_newest_first(desk: DeskOf) -> None:
    ask(desk, "a sure one", turn("faq/cost"))
    ask(desk, "an unsure one", turn("faq/cost", 0.6))
    ask(desk, "a warning", turn("faq/cost", outcome="warn"))
    shown = desk.staff.get("/desk/review").text
    assert "a sure one" not in shown
    assert shown.index("a warning") < shown.index("an unsure one")
    assert "Unsure" in shown
    only = desk.staff.get("/desk/review", reason="warning").text
    assert ">a warning<" in only
    assert ">an unsure one<" not in only


def test_the_sandbox_is_neither_shown_nor_counted(desk: DeskOf) -> None:
    store = desk.front.parts.store
    sandbox = store.open(channel="test")
    receipt = store.receive(sandbox.id, "00000000-0000-4000-8000-000000000000", "only a try", "only a try")
    assert receipt.turn
    from lamoon.chat.model import TurnExplanation

    store.answer(receipt.turn, [], TurnExplanation(0.1, turn("nlu_fallback", 0.2)))
    assert "only a try" not in desk.staff.get("/desk/review").text
    assert "Not understood,1" not in desk.staff.get("/desk/figures/topics.csv").text


def test_a_thumb_down_brings_an_answer_to_review_with_its_word(desk: DeskOf) -> None:
    visitor = desk.front.visitor()
    ask(desk, "a fine question", turn("faq/cost"), visitor)
    reply = visitor.messages()[-1]["id"]
    assert visitor.post("feedback", message=reply, value="down", word="not what I asked").status_code == 204
    shown = desk.staff.get("/desk/review").text
    assert "a fine question" in shown
    assert "not what I asked" in shown
    assert "1" in dict(csv.reader(io.StringIO(desk.staff.get("/desk/figures/thumbs.csv").text)))["Not helpful"]


def test_right_is_noted_and_gone_from_the_list(desk: DeskOf) -> None:
    message = ask(desk, "zanzibar hurts?", turn("faq/does_it_hurt", 0.6))
    answer = desk.staff.post(f"/desk/review/{message}", verdict="right", query="reason=unsure")
    assert answer.headers["location"].startswith("/desk/review?reason=unsure&days=30&done=")
    assert "zanzibar" not in desk.staff.get("/desk/review").text
    assert "zanzibar" in desk.staff.get("/desk/review", reviewed="yes").text


def test_what_was_meant_becomes_a_masked_patch(desk: DeskOf) -> None:
    message = ask(desk, "zanzibar for Ann, call 415 555 0132", turn("faq/cost", 0.5, slots={"visitor_name": "Ann"}))
    desk.staff.post(f"/desk/review/{message}", verdict="wrong", label="faq/does_it_hurt")
    assert "zanzibar for Sam, call my number" in desk.staff.get("/desk/learn").text
    patch = desk.staff.post("/desk/learn/download")
    assert patch.headers["content-disposition"].startswith("attachment")
    assert [line for line in patch.text.splitlines() if re.match(r"[+-][^+-]", line)] == [
        "+    - zanzibar for Sam, call my number"
    ]
    desk.staff.post("/desk/learn/write")
    (written,) = (desk.front.settings.data / "learned").iterdir()
    assert written.read_text(encoding="utf-8") == patch.text


def test_a_phrase_can_be_changed_or_dropped_before(desk: DeskOf) -> None:
    message = ask(desk, "zanzibar one", turn("faq/cost", 0.5))
    desk.staff.post(f"/desk/review/{message}", verdict="right")
    desk.staff.post(f"/desk/learn/{message}", do="keep", phrase="zanzibar two")
    assert "+    - zanzibar two" in desk.staff.post("/desk/learn/download").text
    desk.staff.post(f"/desk/learn/{message}", do="drop", phrase="zanzibar two")
    assert "zanzibar" not in desk.staff.get("/desk/learn").text
    assert desk.staff.post("/desk/learn/download").status_code == 409


def test_a_phrase_of_another_topic_is_told_and_kept_aside(desk: DeskOf) -> None:
    message = ask(desk, "what's mfr", turn("faq/what_is_mfr", 0.5))
    desk.staff.post(f"/desk/review/{message}", verdict="wrong", label="faq/cost")
    assert "is already under “What is myofascial release therapy?”" in desk.staff.get("/desk/learn").text
    assert desk.staff.post("/desk/learn/download").status_code == 409


def test_a_topic_that_is_none_and_a_message_that_is_gone_are_told(desk: DeskOf) -> None:
    visitor = desk.front.visitor()
    message = ask(desk, "zanzibar", turn("faq/cost", 0.5), visitor)
    assert desk.staff.post(f"/desk/review/{message}", verdict="wrong", label="").status_code == 400
    visitor.http.delete("/chat/conversation", headers=visitor.headers)
    gone = desk.staff.post(f"/desk/review/{message}", verdict="right")
    assert (gone.status_code, "deleted in the meantime" in gone.text) == (409, True)


def test_pages_of_older_answers_leave_none_out(desk: DeskOf) -> None:
    visitor = desk.front.visitor()
    for number in range(30):
        ask(desk, f"number {number:02} here", turn("faq/cost", 0.5), visitor)
    first = desk.staff.get("/desk/review").text
    older = re.search(r'href="(/desk/review\?[^"]*before=\d+)"', first)
    assert older
    second = desk.staff.get(older[1].replace("&amp;", "&")).text
    shown = re.findall(r">number \d\d here<", first + second)
    assert sorted(shown) == [f">number {n:02} here<" for n in range(30)]


def test_figures_count_by_day_topic_and_booking(desk: DeskOf) -> None:
    ask(desk, "one", turn("faq/cost"))
    ask(desk, "two", turn("out_of_scope/parking"))
    ask(desk, "three", turn("faq/cost", outcome="emergency"))
    ask(desk, "four", turn("book_appointment") | {"form": "booking_form"})
    rows = list(csv.reader(io.StringIO(desk.staff.get("/desk/figures/days.csv", days="7").text)))
    assert len(rows) == 1 + 7
    assert rows[1][1:6] == ["4", "25.0", "0.0", "0", "1"]
    assert ["Began", "1"] in list(csv.reader(io.StringIO(desk.staff.get("/desk/figures/bookings.csv").text)))
    page = desk.staff.get("/desk/figures").text
    assert "What does a session cost?" in page or "cost" in page.lower()
    assert desk.staff.get("/desk/figures/nonsense.csv").status_code == 404


def test_days_begin_at_midnight_at_the_studio(desk: DeskOf) -> None:
    message = ask(desk, "late on Saturday evening", turn("faq/cost"))
    there = datetime.now(ZoneInfo("America/New_York")).date()
    late = datetime.combine(there - timedelta(days=2), time(23, 30), ZoneInfo("America/New_York"))
    with desk.front.parts.bookings.database.writing("move a turn") as connection:
        moved = turns.update().where(turns.c.message_id == message)
        connection.execute(moved.values(at=late.astimezone(UTC).replace(tzinfo=None)))
    rows = list(csv.reader(io.StringIO(desk.staff.get("/desk/figures/days.csv", days="7").text)))
    assert [row[0] for row in rows[1:] if row[1] == "1"] == [late.date().isoformat()]


def test_five_numbers_come_first(desk: DeskOf) -> None:
    ask(desk, "one", turn("faq/cost"))
    ask(desk, "two", turn("handoff_to_human"))
    ask(desk, "three", turn("faq/cost", outcome="warn"))
    page = " ".join(desk.staff.get("/desk/figures").text.split())
    for title, value in (
        ("Answered without a person", "67 %"),
        ("Asked for a person", "1"),
        ("Wait for a person", "none yet"),
        ("Requests sent", "0"),
        ("Emergencies and warnings", "0 and 1"),
    ):
        assert f"<dt>{title}</dt><dd><strong>{value}</strong>" in page


def test_what_was_not_understood_is_grouped_by_meaning(desk: DeskOf) -> None:
    for text in ("do you sell candles", "can i buy a candle from you", "is there a swimming pool"):
        ask(desk, text, turn("nlu_fallback", 0.2))
    rows = list(csv.reader(io.StringIO(desk.staff.get("/desk/figures/not-understood.csv").text)))
    assert rows[1:] == [["can i buy a candle from you", "2"], ["is there a swimming pool", "1"]]


def test_a_spreadsheet_takes_no_message_for_a_formula(desk: DeskOf) -> None:
    ask(desk, "=HYPERLINK(1)", turn("nlu_fallback", 0.2))
    assert "'=HYPERLINK(1)" in desk.staff.get("/desk/figures/not-understood.csv").text


def test_the_heat_map_shades_by_the_most_frequent() -> None:
    heat = heat_map({("a", "b"): 10, ("a", "a"): 3, ("b", "a"): 1, ("c", "c"): 50})
    assert heat.labels == ["a", "b"]
    assert heat.rows == [("a", [(3, 2), (10, 5)]), ("b", [(1, 1), (0, 0)])]
