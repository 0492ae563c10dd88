"""What goes out: whole, once, in order, with patience, and to nobody who wants no more."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from datetime import timedelta

import pytest
from chat.team import set_mode
from web.serving import until

from channels.conftest import Line
from channels.simulator.platform import Fault, Simulator
from lamoon.chat.model import Draft
from lamoon.chat.safe_tree import markdown_tree


@pytest.mark.parametrize("status", [500, 502, 503])
def test_a_platform_in_trouble_is_tried_again(line: Line, simulator: Simulator, status: int) -> None:
    address = line.acquainted()
    simulator.faults.extend([Fault(status), Fault(status), Fault(status)])
    simulator.insist(simulator.text(address, "one"))
    simulator.insist(simulator.text(address, "two"))
    assert line.texts(address, 2) == ["re one", "re two"]
    assert line.channels.states()[simulator.channel] == "ok"


def test_what_failed_is_tried_again_after_a_pause(
    line: Line, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lamoon.channels.deliveries.FIRST_PAUSE_SECONDS", 0.5)
    address = line.acquainted()
    simulator.faults.append(Fault(500))
    began = time.monotonic()
    simulator.insist(simulator.text(address, "one"))
    (sent,) = line.arrived(address, 1)
    assert sent.at - began >= 0.25


def test_a_message_is_not_given_up_over_a_clock_that_is_wrong_for_a_moment(
    line: Line, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By it every message is more than a day old."""
    monkeypatch.setattr("lamoon.channels.deliveries.GIVE_UP", -timedelta(days=31))
    address = line.acquainted()
    simulator.faults.extend([Fault(500), Fault(500), Fault(500)])
    simulator.insist(simulator.text(address, "one"))
    assert line.texts(address, 1) == ["re one"]


def test_what_cannot_be_sent_for_a_day_is_given_up(
    line: Line, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lamoon.channels.deliveries.GIVE_UP", -timedelta(days=31))
    monkeypatch.setattr("lamoon.channels.deliveries.LEAST_TRIES", 2)
    address = line.acquainted()
    simulator.faults.extend([Fault(500), Fault(500)])
    simulator.insist(simulator.text(address, "one"))
    until(lambda: not simulator.faults and line.channels.people.due() == [], "its end")
    assert simulator.inbox(address) == []


def test_a_message_does_not_wait_for_a_day_that_a_wrong_clock_named(
    line: Line, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was put off while the clock was a month ahead."""
    monkeypatch.setattr("lamoon.channels.deliveries.LONGEST_PAUSE_SECONDS", 0.1)
    address = line.acquainted()
    put_off = line.channels.people.put_off
    month = 31 * 24 * 3600
    monkeypatch.setattr(
        line.channels.people,
        "put_off",
        lambda message, attempts, _, reason: put_off(message, attempts, month, reason),
    )
    simulator.faults.append(Fault(500))
    simulator.insist(simulator.text(address, "one"))
    assert line.texts(address, 1) == ["re one"]


def test_a_platform_that_asks_to_wait_is_waited_for(line: Line, simulator: Simulator) -> None:
    address = line.acquainted()
    simulator.faults.append(Fault(429, retry_after=1))
    simulator.insist(simulator.text(address, "one"))
    until(lambda: not simulator.faults, "the first try")
    other = simulator.address(2)
    simulator.insist(simulator.text(other, "and me"))
    simulator.wait(other, 2)
    assert line.texts(address, 1) == ["re one"]
    assert simulator.early == 0


def test_no_answer_in_time_is_tried_again(line: Line, simulator: Simulator) -> None:
    address = line.acquainted()
    simulator.faults.append(Fault(0, seconds=1.5))
    simulator.insist(simulator.text(address, "one"))
    assert line.texts(address, 1) == ["re one"]


def test_one_whom_the_platform_hangs_on_keeps_nobody_else_waiting(line: Line, simulator: Simulator) -> None:
    address, other = line.acquainted(1), line.acquainted(2)
    simulator.faults.append(Fault(0, seconds=1.5))
    simulator.insist(simulator.text(address, "one"))
    until(lambda: not simulator.faults, "the first try")
    simulator.insist(simulator.text(other, "two"))
    simulator.wait(other, 1)
    assert simulator.inbox(address) == []
    simulator.wait(address, 1)


def test_who_blocked_us_gets_nothing_more_until_they_write(line: Line, simulator: Simulator) -> None:
    address = line.acquainted()
    simulator.faults.append(Fault(blocked=True))
    simulator.insist(simulator.text(address, "one"))
    until(lambda: line.person(address).stopped, "the note of it")
    conversation = line.person(address).conversation.id
    line.team_says(conversation, "Are you there?")
    assert len(line.channels.people.undelivered(conversation)) >= 1
    simulator.insist(simulator.text(address, "two"))
    assert line.texts(address, 1) == ["re two"]
    assert not line.person(address).stopped


def test_a_message_that_the_platform_refuses_holds_up_no_other(line: Line, simulator: Simulator) -> None:
    address = line.acquainted()
    simulator.faults.append(Fault(400))
    simulator.insist(simulator.text(address, "one"))
    simulator.insist(simulator.text(address, "two"))
    assert line.texts(address, 1) == ["re two"]
    conversation = line.person(address).conversation.id
    (reason,) = line.channels.people.undelivered(conversation).values()
    assert "400" in reason
    assert "one" not in reason


def test_what_the_platform_loses_later_is_told_to_the_team(line: Line, simulator: Simulator) -> None:
    if not simulator.gone_code:
        pytest.skip("this platform says at once what does not arrive")
    address = line.acquainted()
    simulator.insist(simulator.text(address, "one"))
    (answer,) = line.arrived(address, 1)
    conversation = line.person(address).conversation.id
    assert line.channels.people.undelivered(conversation) == {}
    assert simulator.lose(answer, 30005) == 200
    (reason,) = line.channels.people.undelivered(conversation).values()
    assert "30005" in reason
    assert "one" not in reason
    simulator.insist(simulator.text(address, "two"))
    assert line.texts(address, 2) == ["re one", "re two"]
    assert len(line.channels.people.undelivered(conversation)) == 1


def test_who_turns_out_later_to_want_no_more_messages_gets_none(line: Line, simulator: Simulator) -> None:
    if not simulator.gone_code:
        pytest.skip("this platform says at once what does not arrive")
    address = line.acquainted()
    simulator.insist(simulator.text(address, "one"))
    (answer,) = line.arrived(address, 1)
    assert simulator.lose(answer, simulator.gone_code) == 200
    assert line.person(address).stopped
    line.team_says(line.person(address).conversation.id, "Are you there?")
    assert len(line.arrived(address, 1)) == 1


def test_a_report_on_a_message_that_is_gone_or_another_channel_s_changes_nothing(
    line: Line, simulator: Simulator
) -> None:
    if not simulator.gone_code:
        pytest.skip("this platform says at once what does not arrive")
    address = line.acquainted()
    simulator.insist(simulator.text(address, "one"))
    (answer,) = line.arrived(address, 1)
    number = re.search(r"\d+$", answer.report)
    assert number
    gone = replace(answer, report=answer.report.replace(number[0], "999999999"))
    assert simulator.lose(gone, 30005) == 200
    assert line.channels.people.lost("another", int(number[0]), "lost") is None
    assert line.channels.people.undelivered(line.person(address).conversation.id) == {}


def test_a_part_that_was_lost_is_not_forgotten_over_those_that_arrive_after_it(line: Line) -> None:
    people, store = line.channels.people, line.parts.store
    conversation = store.open(channel="elsewhere", address="1").id
    message = store.say(conversation, "team", Draft("long", markdown_tree("long")))
    people.part_sent(message, 1, last=False)
    assert people.lost("elsewhere", message, "it was lost") == conversation
    people.part_sent(message, 2, last=True)
    assert people.undelivered(conversation) == {message: "it was lost"}


def test_long_answers_arrive_whole_and_in_order(line: Line, simulator: Simulator) -> None:
    address = line.acquainted()
    words = [f"word{number}" for number in range(2500)]
    text = "".join(f"{word}{'.' if index % 9 == 8 else ''} " for index, word in enumerate(words)).strip()
    line.rasa.reply({"text": text})
    simulator.faults.extend([Fault(500), Fault(429)])
    simulator.insist(simulator.text(address, "tell me all"))
    until(lambda: words[-1] in "".join(sent.text for sent in simulator.inbox(address)), "the last word")
    arrived = simulator.inbox(address)
    assert len(arrived) > 1
    assert " ".join(" ".join(sent.text for sent in arrived).split()) == text


EMERGENCY = {
    "text": "**Call 911 now**, please.\n\n" + "This is *not* something to wait with. " * 150 + "\n\nDo not drive.",
    "metadata": {"kind": "emergency"},
}


def test_safety_texts_arrive_first_plain_and_whole(line: Line, simulator: Simulator) -> None:
    address = line.acquainted()
    line.rasa.reply(EMERGENCY, {"text": "And else?"})
    simulator.insist(simulator.text(address, "my chest hurts"))
    until(lambda: simulator.inbox(address) and simulator.inbox(address)[-1].text == "And else?", "the last message")
    *safety, _ = simulator.inbox(address)
    text = " ".join(sent.text for sent in safety)
    assert text.startswith("Call 911 now, please.")
    assert text.endswith("Do not drive.")
    assert text.count("This is not something to wait with.") == 150


@pytest.mark.parametrize(
    "title", ["Yes", "Something longer than any button of any platform can ever hold, at least whole"]
)
def test_every_choice_can_be_made_whatever_its_length(line: Line, simulator: Simulator, title: str) -> None:
    address = line.acquainted()
    buttons = [{"title": f"{title} {number}", "payload": f"choice {number}"} for number in range(1, 11)]
    line.rasa.reply({"text": "Which?", "buttons": buttons})
    simulator.insist(simulator.text(address, "choose"))
    simulator.wait(address, 1)
    until(lambda: f"{title} 10" in _shown(simulator, address), "the last choice")
    shown = _shown(simulator, address)
    assert all(button["title"] in shown for button in buttons)
    line.rasa.reply({"text": "Fine."})
    simulator.insist(simulator.text(address, "2"))
    until(lambda: simulator.inbox(address)[-1].text == "Fine.", "the answer")
    assert line.rasa.heard[-1]["message"] == "choice 2"


def _shown(simulator: Simulator, address: str) -> str:
    """All that stands on the phone, buttons too."""
    lines = [line for sent in simulator.inbox(address) for line in (sent.text, *(title for title, _ in sent.buttons))]
    return "\n".join(lines)


def test_the_team_takes_over_and_hands_back(line: Line, simulator: Simulator) -> None:
    address = line.acquainted()
    conversation = line.person(address).conversation.id
    set_mode(line.parts.store, conversation, "human")
    line.team_says(conversation, "I'm Eva.")
    assert simulator.wait(address, 1)[0].text == "I'm Eva."
    simulator.insist(simulator.text(address, "hello Eva"))
    until(lambda: line.parts.store.history(conversation)[-1].text == "hello Eva", "the message on record")
    assert len(line.arrived(address, 1)) == 1
    set_mode(line.parts.store, conversation, "bot")
    simulator.insist(simulator.text(address, "bye"))
    assert line.arrived(address, 2)[1].text == "re bye"


def test_a_wrong_token_is_told_by_health_and_loses_nothing(line: Line, simulator: Simulator) -> None:
    address = line.acquainted()
    simulator.faults.extend([Fault(401)] * 8)
    simulator.insist(simulator.text(address, "one"))
    until(lambda: line.channels.states()[simulator.channel] != "ok", "the trouble to be known")
    simulator.faults.clear()
    assert line.texts(address, 1) == ["re one"]
    assert line.channels.states()[simulator.channel] == "ok"


def test_a_visitor_of_the_page_causes_no_deliveries(line: Line, simulator: Simulator) -> None:
    line.visitor().send("hi")
    until(lambda: line.rasa.heard, "the message")
    until(lambda: not line.parts.store.waiting(), "the answer")
    assert line.channels.people.due() == []
    assert simulator.sent == []
