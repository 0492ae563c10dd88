"""The runner itself: every expectation can be green, and every one can go red."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import Any

import pytest

from lamoon.scenarios.runner import ScenarioFailure, play
from lamoon.scenarios.scenario import load_scenario
from scenarios.assistant import Assistant
from scenarios.scripted import ASK, SENT, TOPIC, Scripted, Write, write_scenario


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a scenario file (or a fragment) and return its path."""
    return write_scenario(tmp_path)


def _play(write: Write, turn: str, *replies: dict[str, Any], assistant: Scripted | None = None) -> Scripted:
    steps = textwrap.indent(textwrap.dedent(turn).strip(), "    ").replace("    user", "  - user", 1)
    path = write(f"description: One turn.\nsteps:\n{steps}\n")
    assistant = assistant or Scripted()
    assistant.turns = [list(replies)]
    play(load_scenario(path, path.parents[1]), assistant)
    return assistant


GREEN = {
    "a response": "bot: utter_faq/cost",
    "anything": "bot: anything",
    "whatever": "bot: whatever",
    "a topic": "bot: {topic: cost}",
    "words": "bot: {says: [laser], not_says: [hammer]}",
    "no buttons": "bot: {buttons: []}",
    "metadata": "bot: {metadata: {topic: faq/cost}}",
    "slots": "bot: anything\nslots: {open_conditions: [infection, blood_clot], booking_hold: true, wish: null}",
    "a form": "bot: anything\nform: booking_form",
    "nothing logged": "bot: anything\nnot_logged: [laser]",
}


@pytest.mark.parametrize("kind", GREEN)
def test_what_holds_is_green(kind: str, write: Write) -> None:
    _play(write, f"user: hi\n{GREEN[kind]}", TOPIC)


RED = {
    "another response": ("bot: utter_greet", "expected utter_greet, got utter_faq/cost"),
    "a missing message": ("bot: [utter_faq/cost, utter_ask_contact]", "expected 2 replies, got 1"),
    "another topic": ("bot: {topic: history}", "expected the topic faq/history, got faq/cost"),
    "words not said": ("bot: {says: [tangled net]}", "does not say 'tangled net'"),
    "words said": ("bot: {not_says: [LASER]}", "says 'LASER'"),
    "other buttons": ("bot: {buttons: [Stop]}", "expected the buttons ['Stop'], got []"),
    "other metadata": ("bot: {metadata: {notice: warn}}", "expected notice = 'warn'"),
    "another slot": ("bot: anything\nslots: {booking_hold: false}", "slot booking_hold: expected False, got True"),
    "a shorter list": ("bot: anything\nslots: {open_conditions: [infection]}", "slot open_conditions"),
    "another form": ("bot: anything\nform: none", "expected the form none, got booking_form"),
    "a request": ("bot: anything\nrequest: none", "expected no request, but 1 are stored"),
    "no request": ("bot: anything\nrequest: {hold: true}", "no stored request has the reference"),
    "no mail": ("bot: anything\nmail: {subject_has: [HOLD]}", "no mail about the reference"),
    "not forgotten": ("bot: anything\nforgotten: true", "not forgotten: 1 requests"),
    "no such button": ("bot: anything", "there is no button 'Send it'"),
}


@pytest.mark.parametrize("kind", RED)
def test_what_does_not_hold_is_red(kind: str, write: Write) -> None:
    turn, told = RED[kind]
    user = "user: {press: Send it}" if kind == "no such button" else "user: hi"
    with pytest.raises(ScenarioFailure) as failure:
        _play(write, f"{user}\n{turn}", TOPIC)
    assert told in str(failure.value)
    assert str(failure.value).startswith("happy_path/one.yml:3 (One turn.)")


def test_another_order_is_red(write: Write) -> None:
    with pytest.raises(ScenarioFailure, match=r"reply 1: expected utter_ask_contact, got utter_faq/cost"):
        _play(write, "user: hi\nbot: [utter_ask_contact, utter_faq/cost]", TOPIC, ASK)


def test_one_message_too_many_is_red(write: Write) -> None:
    with pytest.raises(ScenarioFailure, match="expected 1 replies, got 2"):
        _play(write, "user: hi\nbot: utter_faq/cost", TOPIC, ASK)


@pytest.mark.parametrize("replies", [[TOPIC, ASK], [TOPIC, SENT, ASK], [TOPIC, SENT, SENT, ASK]])
def test_a_gap_takes_any_number_of_replies(replies: list[dict[str, Any]], write: Write) -> None:
    _play(write, "user: hi\nbot: [utter_faq/*, ..., utter_ask_contact]", *replies)


@pytest.mark.parametrize("replies", [[ASK], [TOPIC], [ASK, TOPIC], [TOPIC, ASK, SENT]])
def test_a_gap_does_not_hide_what_is_missing(replies: list[dict[str, Any]], write: Write) -> None:
    with pytest.raises(ScenarioFailure):
        _play(write, "user: hi\nbot: [utter_faq/*, ..., utter_ask_contact]", *replies)


@pytest.mark.parametrize("expected", ["anything", "whatever"])
@pytest.mark.parametrize("silence", [[], [{"text": "  "}]])
def test_silence_is_red(expected: str, silence: list[dict[str, Any]], write: Write) -> None:
    with pytest.raises(ScenarioFailure, match=r"silen|got 0"):
        _play(write, f"user: hi\nbot: {expected}", *silence)


def test_a_request_and_its_mail_are_found_by_the_reference_told(write: Write) -> None:
    row = "request: {hold: true, conditions: [blood_clot], name: Nell, contact: nell@example.com}"
    mail = "mail: {subject_has: [HOLD], subject_has_not: [Nell], body_has: [clot]}"
    _play(write, f"user: hi\nbot: anything\n{row}\n{mail}", SENT)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("request: {hold: false}", "request: expected hold = False, got True"),
        ("request: {conditions: []}", "request: expected conditions = [], got ['blood_clot']"),
        ("request: {health_words_has: hernia}", "'hernia' is not in health_words"),
        ("mail: {subject_has: [Nell]}", "mail: the subject has not 'Nell'"),
        ("mail: {subject_has_not: [HOLD]}", "mail: the subject must not have 'HOLD'"),
        ("mail: {body_has: [hernia]}", "mail: the body has not 'hernia'"),
    ],
)
def test_another_row_or_mail_is_red(line: str, told: str, write: Write) -> None:
    with pytest.raises(ScenarioFailure) as failure:
        _play(write, f"user: hi\nbot: anything\n{line}", SENT)
    assert told in str(failure.value)


def test_words_in_a_log_are_red(write: Write) -> None:
    assistant = Scripted()
    assistant.log = "INFO Quillfeather wrote"
    with pytest.raises(ScenarioFailure, match="'quillfeather' is in the rasa log"):
        _play(write, "user: hi\nbot: anything\nnot_logged: [quillfeather]", TOPIC, assistant=assistant)


def test_an_exception_in_a_log_is_red(write: Write) -> None:
    assistant = Scripted()
    assistant.later = "Traceback (most recent call last):\n  ...\nKeyError: 'faq'"
    with pytest.raises(ScenarioFailure, match="the rasa log contains an exception"):
        _play(write, "user: hi\nbot: anything", TOPIC, assistant=assistant)


def test_an_old_exception_in_a_log_is_not_this_scenarios(write: Write) -> None:
    assistant = Scripted()
    assistant.log = "Traceback (most recent call last):\n"
    _play(write, "user: hi\nbot: anything", TOPIC, assistant=assistant)


def test_a_failure_shows_the_whole_dialogue(write: Write) -> None:
    path = write(
        """
        description: Two turns.
        steps:
          - user: first words
            bot: utter_ask_contact
          - user: {press: Stop}
            bot: utter_greet
        """
    )
    assistant = Scripted([ASK], [TOPIC])
    with pytest.raises(ScenarioFailure) as failure:
        play(load_scenario(path, path.parents[1]), assistant)
    lines = [
        "user: first words",
        "bot:  [utter_ask_contact] How can the team reach you? ['Stop']",
        "user: stop now",
        "bot:  [utter_faq/cost] Laser beam.",
    ]
    assert str(failure.value).endswith("\n".join(lines))
    assert assistant.heard == ["first words", "stop now"]


def test_a_wrong_expectation_of_the_real_assistant_is_red(write: Write, assistant: Assistant) -> None:
    path = write("description: Wrong.\nsteps:\n  - user: does it hurt?\n    bot: utter_faq/history\n")
    with pytest.raises(ScenarioFailure, match="expected utter_faq/history, got utter_faq/does_it_hurt"):
        play(load_scenario(path, path.parents[1]), assistant)
