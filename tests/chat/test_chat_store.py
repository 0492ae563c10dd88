"""The store of conversations: kept once, answered once, in order, gone when deleted."""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from chat.team import set_mode
from lamoon.chat.choices import ChoiceError
from lamoon.chat.model import Choice, Draft
from lamoon.chat.records import GoneError
from lamoon.chat.safe_tree import plain_tree
from lamoon.chat.store import ChatStore
from lamoon.storage.database import Database
from lamoon.storage.time import now

WORDS = "zanzibar-private"


def draft(text: str = "hello", **more: object) -> Draft:
    return Draft(text, plain_tree(text), **more)  # type: ignore[arg-type]


def client_id() -> str:
    return str(uuid.uuid4())


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "lamoon.db"


@pytest.fixture
def store(place: Path) -> Iterator[ChatStore]:
    database = Database(f"sqlite:///{place}")
    yield ChatStore(database)
    database.close()


def test_the_same_client_id_is_kept_once(store: ChatStore) -> None:
    chat, name = store.open(), client_id()
    first = store.receive(chat.id, name, "hi", "hi")
    again = store.receive(chat.id, name, "something else", "x")
    assert (first.new, again.new) == (True, False)
    assert (again.id, again.at) == (first.id, first.at)
    assert [message.text for message in store.history(chat.id)] == ["hi"]


def test_the_same_client_id_at_the_same_time_is_kept_once(store: ChatStore) -> None:
    chat, name = store.open(), client_id()
    with ThreadPoolExecutor(8) as threads:
        receipts = list(threads.map(lambda _: store.receive(chat.id, name, "hi", "hi"), range(16)))
    assert len({receipt.id for receipt in receipts}) == 1
    assert sum(receipt.new for receipt in receipts) == 1


def test_messages_are_answered_in_their_order(store: ChatStore) -> None:
    chat = store.open()
    ids = [store.receive(chat.id, client_id(), text, text).id for text in "abc"]
    for expected in ids:
        turn = store.next_turn(chat.id)
        assert turn is not None
        assert turn.message_id == expected
        assert store.answer(turn, [draft(f"re {turn.words}")])
    assert store.next_turn(chat.id) is None
    assert [message.text for message in store.history(chat.id)] == ["a", "b", "c", "re a", "re b", "re c"]


def test_a_message_is_the_next_turn_unless_another_waits(store: ChatStore) -> None:
    chat = store.open()
    first = store.receive(chat.id, client_id(), "a", "a")
    assert first.turn == store.next_turn(chat.id)
    assert store.receive(chat.id, client_id(), "b", "b").turn is None
    assert store.receive(store.open().id, client_id(), "c", "c").turn is not None


def test_a_message_is_answered_once(store: ChatStore) -> None:
    chat = store.open()
    store.receive(chat.id, client_id(), "hi", "hi")
    turn = store.next_turn(chat.id)
    assert turn is not None
    with ThreadPoolExecutor(4) as threads:
        assert sorted(threads.map(lambda _: store.answer(turn, [draft()]), range(4))) == [False, False, False, True]
    assert len(store.history(chat.id)) == 2


def test_what_waits_is_found_by_the_next_process(store: ChatStore, place: Path) -> None:
    first, second = store.open(), store.open()
    store.receive(second.id, client_id(), "b", "b")
    store.receive(first.id, client_id(), "a", "a")
    later = Database(f"sqlite:///{place}")
    assert ChatStore(later).waiting() == [second.id, first.id]
    assert store.count_waiting() == 2
    later.close()


def test_ids_are_never_used_again(store: ChatStore) -> None:
    chat = store.open()
    last = store.receive(chat.id, client_id(), "hi", "hi").id
    store.delete(chat.id, bookings=True)
    assert store.receive(store.open().id, client_id(), "hi", "hi").id > last


def test_while_a_person_answers_only_what_is_vital_is_said_beside(store: ChatStore) -> None:
    chat = store.open()
    set_mode(store, chat.id, "human")
    turn = store.receive(chat.id, client_id(), "hi", "hi").turn
    assert turn is not None
    assert turn.for_team
    replies = draft("chatter"), draft("call them", kind="emergency"), draft("LM-12345", reports=True)
    assert store.answer(turn, replies)
    store.say(chat.id, "team", draft("Maria here"))
    conversation, messages = store.since(chat.id, 0)
    assert conversation.mode == "human"
    assert [message.text for message in messages] == ["hi", "call them", "LM-12345", "Maria here"]


def test_a_question_to_the_team_makes_the_conversation_wait_for_it(store: ChatStore) -> None:
    chat = store.open()
    answered(store, chat.id, draft("Passed on.", calls_team=True, reports=True))
    assert store.find(chat.id).mode == "waiting"


def test_who_is_forgotten_waits_for_nobody(store: ChatStore) -> None:
    chat = store.open()
    answered(store, chat.id, draft("Passed on.", calls_team=True, reports=True))
    answered(store, chat.id, draft("Forgotten.", forgets=True, reports=True))
    assert store.find(chat.id).mode == "bot"


def answered(store: ChatStore, chat: str, *replies: Draft) -> None:
    store.receive(chat, client_id(), "hi", "hi")
    turn = store.next_turn(chat)
    assert turn is not None
    assert store.answer(turn, replies)


YES_NO = (Choice("Yes", "yes please"), Choice("No", "no thanks"))
SOURCE = {"topic": "cost", "section": "Cost", "title": "What does it cost?"}


def test_a_choice_says_its_sentence_and_is_used_once(store: ChatStore) -> None:
    chat = store.open()
    answered(store, chat.id, draft(choices=YES_NO))
    asked = store.history(chat.id)[-1].id
    store.receive(chat.id, client_id(), "", "", (asked, 1))
    turn = store.next_turn(chat.id)
    assert turn is not None
    assert turn.words == "no thanks"
    assert store.history(chat.id)[-1].text == "No"
    assert [choice.used for choice in store.history(chat.id)[1].choices] == [False, True]
    for index in (0, 1):
        with pytest.raises(ChoiceError):
            store.receive(chat.id, client_id(), "", "", (asked, index))


def test_the_same_click_sent_twice_is_one(store: ChatStore) -> None:
    chat, name = store.open(), client_id()
    answered(store, chat.id, draft(choices=YES_NO))
    asked = store.history(chat.id)[-1].id
    first = store.receive(chat.id, name, "", "", (asked, 0))
    assert store.receive(chat.id, name, "", "", (asked, 0)).id == first.id


def test_follow_ups_of_the_guide_stay_good(store: ChatStore) -> None:
    chat = store.open()
    answered(store, chat.id, draft(choices=YES_NO, source=SOURCE))
    asked = store.history(chat.id)[-1].id
    store.receive(chat.id, client_id(), "something else", "something else")
    assert store.receive(chat.id, client_id(), "", "", (asked, 0)).new


@pytest.mark.parametrize("named", [(99999, 0), (-1, 0)])
def test_a_choice_that_is_not_there_is_refused(store: ChatStore, named: tuple[int, int]) -> None:
    with pytest.raises(ChoiceError):
        store.receive(store.open().id, client_id(), "", "", named)


def test_starting_over_uses_up_choices_and_drops_what_waits(store: ChatStore) -> None:
    chat = store.open()
    answered(store, chat.id, draft(choices=YES_NO, source=SOURCE))
    asked = store.history(chat.id)[-1].id
    store.receive(chat.id, client_id(), "never answered", "never answered")
    late = store.next_turn(chat.id)
    assert late is not None
    store.restart(chat.id, draft("We have started over."))
    assert not store.answer(late, [draft("too late")])
    with pytest.raises(ChoiceError):
        store.receive(chat.id, client_id(), "", "", (asked, 0))
    conversation, shown = store.since(chat.id, 0)
    assert [message.text for message in shown] == ["We have started over."]
    assert conversation.run == 1
    store.receive(chat.id, client_id(), "hi", "hi")
    turn = store.next_turn(chat.id)
    assert turn is not None
    assert turn.sender != late.sender
    assert store.to_erase() == [(late.sender, False)]


def test_deleting_leaves_no_words_in_the_files(store: ChatStore, place: Path) -> None:
    chat = store.open()
    store.receive(chat.id, client_id(), WORDS, WORDS)
    store.restart(chat.id, draft())
    store.receive(chat.id, client_id(), WORDS, WORDS)
    store.delete(chat.id, bookings=True)
    with pytest.raises(GoneError):
        store.find(chat.id)
    assert store.history(chat.id) == []
    assert store.to_erase() == [(f"web-{chat.id}-0", True), (f"web-{chat.id}-1", True)]
    assert not [path for path in place.parent.iterdir() if WORDS.encode() in path.read_bytes()]


def test_what_rasa_forgot_on_request_is_deleted_here_too(store: ChatStore) -> None:
    chat = store.open()
    store.receive(chat.id, client_id(), WORDS, WORDS)
    turn = store.next_turn(chat.id)
    assert turn is not None
    assert store.answer(turn, [draft("Done.", forgets=True)])
    assert [message.text for message in store.history(chat.id)] == ["Done."]
    assert store.to_erase() == [(turn.sender, False)]


def test_requests_go_with_a_conversation_where_they_were_withdrawn(store: ChatStore) -> None:
    chat = store.open()
    store.receive(chat.id, client_id(), WORDS, WORDS)
    store.restart(chat.id, draft())
    store.receive(chat.id, client_id(), WORDS, WORDS)
    turn = store.next_turn(chat.id)
    assert turn is not None
    assert store.answer(turn, [draft("Done.", forgets=True, withdraws=True)])
    assert store.to_erase() == [(f"web-{chat.id}-0", True), (f"web-{chat.id}-1", True)]


def test_an_erasure_is_done_once(store: ChatStore) -> None:
    chat = store.open()
    store.delete(chat.id, bookings=False)
    ((sender, bookings),) = store.to_erase()
    assert not bookings
    store.erased(sender)
    assert store.to_erase() == []


def test_old_conversations_are_found(store: ChatStore, place: Path) -> None:
    old, fresh = store.open(), store.open()
    moment = now() + timedelta(days=29)
    with sqlite3.connect(place) as connection:
        connection.execute("UPDATE chat_conversations SET active_at = '2020-01-01 00:00:00' WHERE id = ?", (old.id,))
    assert store.idle(timedelta(days=30), moment) == [old.id]
    assert set(store.idle(timedelta(days=30), moment + timedelta(days=2))) == {old.id, fresh.id}


def test_feedback_is_for_replies_only(store: ChatStore) -> None:
    chat = store.open()
    answered(store, chat.id, draft())
    question, reply = store.history(chat.id)
    assert not store.rate(chat.id, question.id, "up", "")
    assert not store.rate(store.open().id, reply.id, "up", "")
    assert store.rate(chat.id, reply.id, "down", "too long")
    assert store.history(chat.id)[1].feedback == "down"
    assert store.rate(chat.id, reply.id, None, "")
    assert store.history(chat.id)[1].feedback is None


def test_pages_follow_each_other(store: ChatStore) -> None:
    chat = store.open()
    for number in range(5):
        store.say(chat.id, "bot", draft(str(number)))
    _, first = store.since(chat.id, 0, 2)
    _, second = store.since(chat.id, first[-1].id, 2)
    assert [message.text for message in (*first, *second)] == ["0", "1", "2", "3"]
