"""What comes from a platform: verified, kept once, in order, and answered; whatever it is."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from web.serving import EMERGENCY, until

from channels.conftest import Line
from channels.simulator.platform import Simulator
from lamoon.chat.limits import FloodError

HOURS = 3600


def heard(line: Line) -> list[str]:
    return [body["message"] for body in line.rasa.heard]


def test_a_message_is_answered_and_the_first_one_gets_the_consent_line_before(line: Line, simulator: Simulator) -> None:
    address = simulator.address(1)
    simulator.insist(simulator.text(address, "does it hurt?"))
    consent, answer = simulator.wait(address, 2)
    assert "not medical advice" in consent.text
    assert "a computer program" in consent.text
    assert answer.text == "re does it hurt?"
    assert line.rasa.heard[0]["sender"].startswith(f"{simulator.channel}-")


def test_nothing_forged_gets_in(line: Line, simulator: Simulator) -> None:
    assert simulator.deliver(simulator.text(simulator.address(1), "hi"), signed=False) == 403
    assert line.parts.store.waiting() == []
    assert line.channels.states()[simulator.channel] == "ok"
    assert heard(line) == []


def test_a_platform_that_is_not_configured_has_no_address(line: Line, simulator: Simulator) -> None:
    assert httpx.post(f"{line.url}/webhooks/nowhere", trust_env=False).status_code == 404


def test_what_is_a_day_old_is_not_answered(line: Line, simulator: Simulator) -> None:
    if not simulator.tells_time:
        pytest.skip("this platform does not say when something was written")
    address = line.acquainted()
    assert simulator.deliver(simulator.text(address, "old", at=time.time() - 25 * HOURS)) == 200
    simulator.insist(simulator.text(address, "new"))
    assert line.texts(address, 1) == ["re new"]
    assert heard(line) == ["new"]


def test_a_duplicate_is_answered_once(line: Line, simulator: Simulator) -> None:
    address = line.acquainted()
    event = simulator.text(address, "once")
    with ThreadPoolExecutor(4) as threads:
        assert set(threads.map(lambda _: simulator.deliver(event), range(8))) == {200}
    simulator.insist(event)
    assert line.texts(address, 1) == ["re once"]
    assert heard(line) == ["once"]


def test_a_duplicate_is_known_after_its_conversation_was_deleted(line: Line, simulator: Simulator) -> None:
    address = line.acquainted()
    event = simulator.text(address, "once")
    simulator.insist(event)
    simulator.wait(address, 1)
    person = line.channels.people.person(simulator.channel, address)
    assert person
    line.parts.store.delete(person.conversation.id, bookings=True)
    assert simulator.deliver(event) == 200
    assert line.channels.people.person(simulator.channel, address) is None


def test_batches_are_taken_whole(line: Line, simulator: Simulator) -> None:
    if not simulator.batches:
        pytest.skip("this platform sends one thing at a time")
    one, other = line.acquainted(1), line.acquainted(2)
    events = [simulator.text(address, f"{number}") for number in ("a", "b", "c") for address in (one, other)]
    simulator.insist(*events)
    assert line.texts(one, 3) == ["re a", "re b", "re c"]
    assert line.texts(other, 3) == ["re a", "re b", "re c"]


def test_what_comes_in_another_order_is_answered_once_each(line: Line, simulator: Simulator) -> None:
    address = line.acquainted()
    now = time.time()
    first, second = simulator.text(address, "first", at=now - 60), simulator.text(address, "second", at=now)
    if simulator.batches:
        simulator.insist(second, first)
        assert line.texts(address, 2) == ["re first", "re second"]
    else:
        simulator.insist(second)
        simulator.insist(first)
        assert sorted(line.texts(address, 2)) == ["re first", "re second"]


def test_pictures_get_an_honest_word(line: Line, simulator: Simulator) -> None:
    address = line.acquainted()
    simulator.insist(simulator.media(address))
    (answer,) = simulator.wait(address, 1)
    assert answer.text.startswith(("I can't", "I can read text only"))
    assert "911" in answer.text
    assert heard(line) == []


def test_several_pictures_get_one_answer_until_the_person_writes(line: Line, simulator: Simulator) -> None:
    address = line.acquainted()
    for _ in range(4):
        simulator.insist(simulator.media(address))
    simulator.insist(simulator.text(address, "it hurts here"))
    simulator.wait(address, 2)
    simulator.insist(simulator.media(address))
    texts = line.texts(address, 3)
    assert texts[1] == "re it hurts here"
    assert texts[0] == texts[2]


@pytest.mark.parametrize("text", ["", "   ", "\u200b\u2060"])
def test_an_empty_message_is_told_so(line: Line, simulator: Simulator, text: str) -> None:
    address = line.acquainted()
    simulator.insist(simulator.text(address, text))
    (answer,) = simulator.wait(address, 1)
    assert answer.text.startswith("There was nothing to read")
    assert heard(line) == []


def test_an_emoji_is_a_message(line: Line, simulator: Simulator) -> None:
    address = line.acquainted()
    simulator.insist(simulator.text(address, "👍🏽"))
    assert len(simulator.wait(address, 1)) == 1
    assert len(heard(line)) == 1


def test_5000_characters_are_heard_whole(line: Line, simulator: Simulator) -> None:
    address = line.acquainted()
    text = ("word " * 1000).strip()
    simulator.insist(simulator.text(address, text))
    simulator.wait(address, 1)
    assert heard(line) == [text]


def test_more_than_anybody_types_is_told_what_the_page_tells(line: Line, simulator: Simulator) -> None:
    address = line.acquainted()
    simulator.insist(simulator.text(address, "word " * 2001))
    (answer,) = simulator.wait(address, 1)
    said = line.visitor().send("word " * 2001).json()["error"]["message"]
    assert answer.text == said
    assert heard(line) == []


def test_an_unknown_kind_is_acknowledged_and_nothing_else(line: Line, simulator: Simulator) -> None:
    address = line.acquainted()
    assert simulator.deliver(simulator.unknown(address)) == 200
    simulator.insist(simulator.text(address, "still there?"))
    assert line.texts(address, 1) == ["re still there?"]


def test_a_button_says_its_sentence_once(line: Line, simulator: Simulator) -> None:
    address = line.acquainted()
    line.rasa.reply({"text": "Which?", "buttons": [{"title": "This", "payload": "the first"}, {"title": "That"}]})
    simulator.insist(simulator.text(address, "choose"))
    (question,) = simulator.wait(address, 1)
    line.rasa.reply({"text": "Fine."})
    event = simulator.press(address, question.buttons[0]) if simulator.has_buttons else simulator.text(address, "1")
    simulator.insist(event)
    simulator.insist(event)
    assert line.texts(address, 2)[1:] == ["Fine."]
    assert heard(line) == ["choose", "the first"]
    if simulator.has_buttons:
        simulator.insist(simulator.press(address, question.buttons[0]))
        assert simulator.wait(address, 3)[2].text.startswith("That choice was used already")


def test_nobody_presses_the_buttons_of_somebody_else(line: Line, simulator: Simulator) -> None:
    if not simulator.has_buttons:
        pytest.skip("this platform has no buttons")
    one, other = line.acquainted(1), line.acquainted(2)
    line.rasa.reply({"text": "Which?", "buttons": [{"title": "This", "payload": "the first"}]})
    simulator.insist(simulator.text(one, "choose"))
    (question,) = simulator.wait(one, 1)
    simulator.insist(simulator.press(other, question.buttons[0]))
    assert simulator.wait(other, 1)[0].text.startswith("That choice was used already")
    assert heard(line) == ["choose"]


def test_signed_nonsense_is_refused(line: Line, simulator: Simulator) -> None:
    assert simulator.deliver({"nonsense": True, "timestamp": 0}) in (200, 400)
    assert heard(line) == []


def test_the_time_of_the_last_message_is_kept_for_the_team(line: Line, simulator: Simulator) -> None:
    address = line.acquainted()
    person = line.channels.people.person(simulator.channel, address)
    assert person
    assert abs(person.heard_at.timestamp() - time.time()) < 120


def test_a_request_to_the_studio_names_the_channel(line: Line, simulator: Simulator) -> None:
    line.acquainted()
    address = simulator.address(1)
    simulator.insist(simulator.text(address, "book"))
    simulator.wait(address, 1)
    assert line.rasa.heard[-1]["sender"].split("-")[0] == simulator.channel


def test_a_flood_is_told_once_to_slow_down_and_whom_to_call(
    line: Line, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> float:
        raise FloodError(30)

    address = line.acquainted()
    monkeypatch.setattr(line.parts.intake._pace, "reserve", full)
    for number in range(5):
        simulator.insist(simulator.text(address, f"{number}x"))
    line.settle()
    told = simulator.inbox(address)
    assert 1 <= len(told) <= 2  # the minute may end meanwhile
    assert "30 seconds" in told[0].text
    assert "call 911" in told[0].text
    assert heard(line) == []
    simulator.insist(simulator.text(address, EMERGENCY))
    until(lambda: simulator.inbox(address)[-1].text == f"re {EMERGENCY}", "the emergency to be answered")


def test_many_pictures_are_told_once_to_slow_down(
    line: Line, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = line.acquainted()
    monkeypatch.setattr(line.parts.limits.conversation, "take", lambda key: 30)
    for _ in range(5):
        simulator.insist(simulator.media(address))
    line.settle()
    told = simulator.inbox(address)
    assert 1 <= len(told) <= 2  # the minute may end meanwhile
    assert "call 911" in told[0].text
