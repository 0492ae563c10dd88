"""What waits behind a running turn and belongs together is read as one turn; an emergency waits for nothing."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from starlette.responses import JSONResponse, Response
from web.fixtures import Front
from web.serving import EMERGENCY, until
from web.visitor import Visitor

from lamoon.chat.gathering import Gathering
from lamoon.chat.model import Draft, TurnExplanation
from lamoon.chat.safe_tree import plain_tree
from lamoon.chat.withdrawals import Withdrawals
from lamoon.desk.teaching.reviews import Reviews, Wanted

Say = Callable[..., list[str]]


@pytest.fixture
def say(front: Front) -> Iterator[Say]:
    """Sends messages while the first is being answered, and gives what Rasa was asked after it."""
    free = threading.Event()
    echo = front.rasa.answer

    def answer(body: dict[str, Any]) -> Response:
        if body["message"] == "first":
            assert free.wait(10)
        return echo(body)

    def said(*texts: str, by: Visitor | None = None) -> list[str]:
        visitor = by or front.visitor()
        free.clear()
        visitor.send("first")
        until(lambda: [body["message"] for body in front.rasa.heard] == ["first"], "the first turn to begin")
        for text in texts:
            assert visitor.send(text).status_code == 202
        free.set()
        until(lambda: front.parts.store.count_waiting() == 0, "all answers")
        return [body["message"] for body in front.rasa.heard[1:]]

    front.rasa.answer = answer
    yield said
    free.set()


def test_pieces_are_read_as_one_in_order(say: Say) -> None:
    assert say("so", "I have a question about", "prices") == ["so I have a question about prices"]


def test_whole_messages_are_read_one_by_one(say: Say) -> None:
    assert say("where are you", "how much is it", "yes", "no") == ["where are you", "how much is it", "yes", "no"]


def test_a_single_message_waits_for_nothing(front: Front) -> None:
    front.visitor().ask("I have a question about")
    assert [body["message"] for body in front.rasa.heard] == ["I have a question about"]
    assert front.rasa.screened == []


def test_pieces_get_one_answer_and_one_explanation(front: Front, say: Say) -> None:
    visitor = front.visitor()
    say("can I come", "on Thursday", by=visitor)
    kept = front.parts.store.history(visitor.conversation)
    assert [message.text for message in kept if message.author == "visitor"] == ["first", "can I come", "on Thursday"]
    assert [message.text for message in kept if message.author == "bot"] == ["re first", "re can I come on Thursday"]


@pytest.mark.parametrize(("most", "words"), [(1, "my neck and"), (2, "my neck and shoulders and")])
def test_at_most_so_many_are_joined(front: Front, most: int, words: str) -> None:
    store, gathering = front.parts.store, Gathering(front.parts.bookings.database, most)
    conversation = store.open()
    texts = ("my neck and", "shoulders and", "back")
    ids = [store.receive(conversation.id, str(uuid.uuid4()), text, text).id for text in texts]
    turn = store.next_turn(conversation.id)
    assert turn is not None
    assert gathering.gather(turn, dict.fromkeys(ids, True)).words == words
    store.restart(conversation.id, Draft("over", plain_tree("over")))


def test_what_was_not_looked_at_is_read_by_itself(front: Front) -> None:
    store, gathering = front.parts.store, Gathering(front.parts.bookings.database, 8)
    conversation = store.open()
    for text in ("my neck and", "shoulders"):
        store.receive(conversation.id, str(uuid.uuid4()), text, text)
    turn = store.next_turn(conversation.id)
    assert turn is not None
    assert gathering.gather(turn, {}).words == "my neck and"
    store.restart(conversation.id, Draft("over", plain_tree("over")))


def test_an_emergency_among_pieces_is_read_by_itself_and_first(say: Say) -> None:
    assert say("I have a question about", EMERGENCY, "prices")[0] == EMERGENCY


def test_an_emergency_in_two_pieces_goes_before_what_waits(front: Front, say: Say) -> None:
    """Each piece is harmless by itself."""
    half, rest = EMERGENCY.rsplit(maxsplit=1)
    heard = say("where are you", half, rest)
    assert heard[0].endswith(EMERGENCY)


def test_what_needs_a_warning_belongs_only_to_what_breaks_off(front: Front, say: Say) -> None:
    front.rasa.screening = lambda text: JSONResponse({"outcome": "warn" if text == "with a blood clot" else "none"})
    assert say("my leg", "with a blood clot") == ["my leg", "with a blood clot"]
    front.rasa.reset()


def test_a_denial_in_two_pieces_is_one(front: Front, say: Say) -> None:
    front.rasa.screening = lambda text: JSONResponse({"outcome": "warn" if text == "a blood clot" else "none"})
    assert say("I don't have", "a blood clot") == ["I don't have a blood clot"]


def test_a_correction_is_read_by_itself(front: Front) -> None:
    store, gathering = front.parts.store, Gathering(front.parts.bookings.database, 8)
    conversation = store.open()
    store.receive(conversation.id, str(uuid.uuid4()), "my neck and", "my neck and")
    late = store.receive(conversation.id, str(uuid.uuid4()), "my back", "I meant: my back", note="corrected")
    turn = store.next_turn(conversation.id)
    assert turn is not None
    assert gathering.gather(turn, {turn.message_id: True, late.id: True}).words == "my neck and"
    store.restart(conversation.id, Draft("over", plain_tree("over")))


def test_a_repeated_turn_has_the_same_pieces(front: Front) -> None:
    """A gateway that ends in the middle of a turn leaves what it had joined."""
    store, gathering = front.parts.store, Gathering(front.parts.bookings.database, 8)
    conversation = store.open()
    for text in ("my neck and", "shoulders"):
        store.receive(conversation.id, str(uuid.uuid4()), text, text)
    turn = store.next_turn(conversation.id)
    assert turn is not None
    harmless = dict.fromkeys(range(turn.message_id, turn.message_id + 10), True)
    first = gathering.gather(turn, harmless)
    store.receive(conversation.id, str(uuid.uuid4()), "and arms", "and arms")
    again = store.next_turn(conversation.id)
    assert again is not None
    assert gathering.gather(again, harmless).words == first.words == "my neck and shoulders"
    assert store.answer(first, [], TurnExplanation(0.1, {}))
    left = store.next_turn(conversation.id)
    assert left is not None
    assert left.words == "and arms"
    store.restart(conversation.id, Draft("over", plain_tree("over")))


def test_a_deleted_piece_is_taken_out_of_the_whole_turn(front: Front, say: Say) -> None:
    visitor, store = front.visitor(), front.parts.store
    say("can I come", "on Thursday", by=visitor)
    first, second = [one for one in store.history(visitor.conversation) if one.author == "visitor"][1:]
    withdrawals = Withdrawals(front.parts.bookings.database)
    assert second.client_id is not None
    withdrawals.add(visitor.conversation, second.client_id)
    front.parts.eraser.wake()
    until(lambda: not withdrawals.pending(), "the words to be taken out")
    assert {message for _, message in front.rasa.withdrawn} == {first.id}, "Rasa knows the turn by its first message"
    assert "Thursday" not in str([one.text for one in store.history(visitor.conversation)])


def test_the_desk_shows_what_was_read_together(front: Front, say: Say) -> None:
    explained = {"label": "nlu_fallback", "confidence": 0.2}
    visitor = front.visitor()
    front.rasa.answer = _explained(front.rasa.answer, explained)
    say("can I come", "on Thursday", by=visitor)
    found = Reviews(front.parts.bookings.database).to_look_at(Wanted())
    assert "can I come on Thursday" in [one.text for one in found if one.conversation_id == visitor.conversation]


def _explained(answer: Callable[[dict[str, Any]], Response], turn: dict[str, Any]) -> Any:
    def explained(body: dict[str, Any]) -> Response:
        answer(body)
        return JSONResponse([{"text": f"re {body['message']}", "metadata": {"turn": turn}}])

    return explained
