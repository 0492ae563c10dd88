"""The inbox: who waits, who has what, replies that are said once, and words that are never lost."""

from __future__ import annotations

import re
import uuid
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from web.serving import until
from web.visitor import Visitor

from desk.conftest import DeskOf, DeskVisitor

CONTACT = "rose@example.com"


def place(visitor: Visitor) -> str:
    return f"/desk/inbox/conversation/{visitor.conversation}"


def fields(page: httpx.Response) -> dict[str, str]:
    """The hidden fields of the page's reply form."""
    form = page.text.partition('class="composer"')[2]
    return {name: re.search(f'name="{name}" value="([^"]*)"', form)[1] for name in ("seen", "form")}  # type: ignore[index]


def reply(person: DeskVisitor, visitor: Visitor, text: str = "Hello there") -> httpx.Response:
    return person.post(f"{place(visitor)}/reply", text=text, **fields(person.get(place(visitor))))


def texts(visitor: Visitor, author: str) -> list[str]:
    return [str(message["body"]) for message in visitor.messages() if message["from"] == author]


def mode(visitor: Visitor) -> str:
    return str(visitor.get("messages").json()["mode"])


@pytest.fixture
def visitor(desk: DeskOf) -> Visitor:
    talk = desk.front.visitor()
    talk.ask("do you treat <b>knees</b>")
    return talk


def test_nobody_else_gets_in(desk: DeskOf, visitor: Visitor) -> None:
    with httpx.Client(base_url=desk.front.url, trust_env=False) as stranger:
        for path in ("/desk/inbox", place(visitor), "/desk/inbox/requests", "/desk/live", "/desk/live/state"):
            assert stranger.get(path).status_code == 303
        assert stranger.post(f"{place(visitor)}/take").status_code == 303
    assert desk.staff.post(f"{place(visitor)}/take", csrf="forged").status_code == 403
    assert mode(visitor) == "bot"


def test_who_asked_for_a_person_waits_at_the_top(desk: DeskOf, visitor: Visitor) -> None:
    left = visitor.post(
        "message-to-team", client_id=str(uuid.uuid4()), name="Rose", contact=CONTACT, text="call me", consent=True
    )
    assert left.status_code == 202, left.text
    assert mode(visitor) == "waiting"
    page = desk.staff.get("/desk/inbox").text
    assert "Waiting for a person (1)" in page
    assert "call me" in page
    assert "has waited for <time" in page
    assert "<strong>1</strong> waiting" in page
    assert "<title>(1) Inbox" in page
    assert "<title>(1) Learn" in desk.staff.get("/desk/learn").text
    assert "No contact left" not in page


def test_what_came_faster_than_the_limit_is_there_and_marked(desk: DeskOf, visitor: Visitor) -> None:
    desk.front.parts.store.receive(visitor.conversation, "quick", "one more thing", "one more thing", wait=600)
    page = desk.staff.get(place(visitor)).text
    assert page.count("Sent faster than the limit") == 1
    assert page.index("knees") < page.index("Sent faster than the limit") < page.index("one more thing")
    desk.front.parts.store.restart(visitor.conversation, desk.front.parts.replies.own("over", "notice"))


def test_a_conversation_of_the_sandbox_is_not_in_the_inbox(desk: DeskOf) -> None:
    store = desk.front.parts.store
    chat = store.open(channel="test")
    store.receive(chat.id, str(uuid.uuid4()), "sandbox words", "x")
    assert "sandbox words" not in desk.staff.get("/desk/inbox").text


def test_lists_by_channel_and_by_who_has_it(desk: DeskOf, visitor: Visitor) -> None:
    assert "knees" in desk.staff.get("/desk/inbox", channel="web").text
    assert "knees" not in desk.staff.get("/desk/inbox", channel="telegram").text
    desk.owner.post(f"{place(visitor)}/take", seen="")
    assert "knees" in desk.owner.get("/desk/inbox", who="me").text
    assert "knees" not in desk.staff.get("/desk/inbox", who="me").text


def test_a_reply_takes_the_conversation_and_reaches_the_visitor(desk: DeskOf, visitor: Visitor) -> None:
    with visitor.listening() as stream:
        assert reply(desk.staff, visitor, "First line\nsecond **line**").status_code == 303
        until(lambda: any(message["from"] == "team" for message in stream.messages), "the reply")
        until(lambda: stream.named("status")[-1]["mode"] == "human", "the status")
    (said,) = texts(visitor, "team")
    assert "First line" in said
    assert "{'t': 'br'}" in said
    assert any("Sam from the team is here now" in text for text in texts(visitor, "system"))
    visitor.send("are you there?")
    until(lambda: not desk.front.parts.store.waiting(), "the message to be dealt with")
    assert len(texts(visitor, "bot")) == 1  # from before


def test_while_a_person_answers_rasa_hears_for_safety_only(desk: DeskOf, visitor: Visitor) -> None:
    reply(desk.staff, visitor)
    desk.front.rasa.reply({"text": "Call 911.", "metadata": {"kind": "emergency"}}, {"text": "chatter"})
    sent = visitor.send("chest pain").json()["id"]
    assert [message["kind"] for message in visitor.replies(sent)] == ["emergency"]
    assert desk.front.rasa.heard[-1]["only_safety"] is True


def test_the_same_form_sent_twice_is_one_reply(desk: DeskOf, visitor: Visitor) -> None:
    form = fields(desk.staff.get(place(visitor)))

    def send(_: int) -> int:
        return desk.staff.post(f"{place(visitor)}/reply", text="Once", **form).status_code

    with ThreadPoolExecutor(4) as threads:
        assert set(threads.map(send, range(4))) == {303}
    assert len(texts(visitor, "team")) == 1


def test_the_second_of_two_reads_who_has_it_and_keeps_the_words(desk: DeskOf, visitor: Visitor) -> None:
    stale = fields(desk.owner.get(place(visitor)))
    reply(desk.staff, visitor)
    answer = desk.owner.post(f"{place(visitor)}/reply", text="my long <words>", **stale)
    assert answer.status_code == 409
    assert "Sam has this conversation now" in answer.text
    assert ">my long &lt;words&gt;</textarea>" in answer.text
    assert desk.owner.post(f"{place(visitor)}/take", seen="").status_code == 409
    assert len(texts(visitor, "team")) == 1


def test_a_page_from_before_it_was_given_back_says_so_and_can_send_again(desk: DeskOf, visitor: Visitor) -> None:
    reply(desk.staff, visitor)
    stale = fields(desk.staff.get(place(visitor)))
    assert desk.owner.post(f"{place(visitor)}/give-back", seen="Sam").status_code == 303
    answer = desk.staff.post(f"{place(visitor)}/reply", text="kept words", **stale)
    assert answer.status_code == 409
    assert "The assistant has this conversation again" in answer.text
    assert ">kept words</textarea>" in answer.text
    assert mode(visitor) == "bot"
    again = desk.staff.post(f"{place(visitor)}/reply", text="kept words", **fields(answer))
    assert again.status_code == 303
    assert mode(visitor) == "human"


def test_words_for_a_deleted_conversation_are_shown_again(desk: DeskOf, visitor: Visitor) -> None:
    form = fields(desk.staff.get(place(visitor)))
    visitor.http.delete("/chat/conversation", headers=visitor.headers)
    answer = desk.staff.post(f"{place(visitor)}/reply", text="kept words", **form)
    assert answer.status_code == 410
    assert ">kept words</textarea>" in answer.text
    assert desk.staff.get(place(visitor)).status_code == 410


@pytest.mark.parametrize("way", ["give-back", "close"])
def test_the_assistant_answers_again(desk: DeskOf, visitor: Visitor, way: str) -> None:
    reply(desk.staff, visitor)
    assert desk.staff.post(f"{place(visitor)}/{way}", seen="Sam").status_code == 303
    assert mode(visitor) == "bot"
    assert visitor.ask("and hips?")
    assert desk.staff.post(f"{place(visitor)}/{way}", seen="Sam").status_code == 409


@pytest.mark.parametrize(
    ("text", "says"), [("  ", "The message is empty"), ("x" * 1501, "too long"), ("\u4e16" * 1501, "too long")]
)
def test_a_reply_that_cannot_be_sent_is_told(desk: DeskOf, visitor: Visitor, text: str, says: str) -> None:
    answer = reply(desk.staff, visitor, text)
    assert answer.status_code == 422
    assert says in answer.text
    assert mode(visitor) == "bot"


def test_a_note_is_for_the_team_only(desk: DeskOf, visitor: Visitor) -> None:
    assert desk.staff.post(f"{place(visitor)}/note", text="prefers mornings").status_code == 303
    page = desk.owner.get(place(visitor)).text
    assert "prefers mornings" in page
    assert "prefers mornings" not in str(visitor.messages()) + visitor.get("transcript").text
    assert desk.staff.post(f"{place(visitor)}/note", text=" ").status_code == 422


def test_who_did_what_is_on_record_without_words(desk: DeskOf, visitor: Visitor) -> None:
    reply(desk.staff, visitor, "secret words")
    desk.staff.post(f"{place(visitor)}/note", text="secret note")
    desk.staff.post(f"{place(visitor)}/give-back", seen="Sam")
    entries = [entry for entry in desk.front.desk.audit.latest() if entry.action.startswith("inbox.")]
    assert [entry.action for entry in entries] == ["inbox.give_back", "inbox.note", "inbox.reply"]
    assert {(entry.staff, entry.subject) for entry in entries} == {("Sam", visitor.conversation)}
    assert "secret" not in str(entries)


def test_warnings_and_choices_stand_in_the_transcript(desk: DeskOf, visitor: Visitor) -> None:
    warning = {"text": "Take care.", "metadata": {"kind": "warning"}}
    desk.front.rasa.reply(warning, {"text": "Anything else?", "buttons": [{"title": "Does it hurt?", "payload": "x"}]})
    visitor.ask("i had a clot")
    page = desk.staff.get(place(visitor)).text
    assert "Warning about health" in page
    assert "<li>Does it hurt?</li>" in page.replace("<li >", "<li>")


def test_a_long_conversation_is_shown_in_parts(desk: DeskOf, visitor: Visitor) -> None:
    store = desk.front.parts.store
    note = desk.front.parts.replies.own("filler", "notice")
    for _ in range(201):
        store.say(visitor.conversation, "system", note)
    page = desk.staff.get(place(visitor)).text
    assert "knees" not in page
    before = re.search(r"\?before=(\d+)", page)
    assert before
    assert "knees" in desk.staff.get(place(visitor), before=before[1]).text


def test_markup_of_a_visitor_stays_text(desk: DeskOf) -> None:
    visitor = desk.front.visitor()
    visitor.send("<script>alert(1)</script>")
    assert "<script>alert" not in desk.staff.get("/desk/inbox").text + desk.staff.get(place(visitor)).text


@pytest.mark.parametrize("query", ["before=\u00b2", "before=99999999999999999999", "ready=-1", "ready=7"])
def test_an_address_that_makes_no_sense_is_no_trouble(desk: DeskOf, visitor: Visitor, query: str) -> None:
    for path in (place(visitor), "/desk/inbox", "/desk/inbox/requests"):
        assert desk.staff.get(f"{path}?{query}").status_code == 200
    assert desk.staff.get("/desk/inbox?before=0001-01-01T00:00%2B14:00").status_code == 200


def test_a_ready_reply_is_offered_and_put_into_the_box_without_script_too(desk: DeskOf, visitor: Visitor) -> None:
    words = "You can park behind the house. The door is &#34;around&#34; the corner."
    page = desk.staff.get(place(visitor)).text
    assert f'data-ready="{words}"' in page
    assert f">{words}</textarea>" not in page
    assert f">{words}</textarea>" in desk.staff.get(place(visitor), ready="1").text
