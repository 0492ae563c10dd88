"""Wishes to get no more messages are known in words; whoever says something else is answered."""

from __future__ import annotations

import pytest

from lamoon.channels.adapter import command_or_text
from lamoon.channels.opt_out import is_carrier_word, wants_no_more

WISHES = [
    "Please stop messaging me",
    "stop texting me!",
    "Stop. Thank you",
    "unsubscribe",
    "Unsubscribe me please.",
    "can you stop writing to me",
    "pls no more texts",
    "I don't want any more messages",
    "do not contact me again",
    "take me off your list",
    "remove my number from your contacts please",
    "opt out",
    "OPT-OUT",
    "i would like to opt out",
    "quit spamming me",
    "STOP ALL",
    "arrêtez de m'écrire",
    "bitte nicht mehr schreiben",
    "no me escriban más",
    "não me mande mais mensagens",
    "退订",
    "не пишите мне больше",
    "STOP. I never signed up for this",
    "I want to opt out of these messages",
    "please remove my number",
    "I'd like to unsubscribe please",
    "Wrong number, stop texting me",
    "sorry, wrong person. Stop",
    "Not interested, please stop",
    "I didn't sign up for this, stop!",
    "quit texting me already",
    "End messages",
    "stop all messages",
    "remove me please",
]
OTHERS = [
    "stop",
    "stop it, that tickles",
    "should I stop massaging the knot?",
    "please don't stop there, tell me more",
    "when will the pain stop",
    "no more pain after one session?",
    "cancel my booking please",
    "can I cancel",
    "remove the tape",
    "my doctor said to stop the blood thinner",
    "I want to end it all",
    "stop, my chest hurts",
    "can you text me the address",
    "don't write me off, I'm 84",
    "thanks",
    "ok, stop",
    "no, please stop",
    "I'm not interested in deep tissue, stop",
    "wrong number? I meant 555 0177",
    "don't contact my doctor",
    "take me off the wait list",
    "I'd like to opt out of the oil",
    "remove my appointment",
    "I want to unsubscribe from pain",
    "",
    "  ...  ",
]


@pytest.mark.parametrize("text", WISHES)
def test_a_wish_for_silence_is_obeyed(text: str) -> None:
    assert wants_no_more(text)
    assert command_or_text(text) == "stop"


@pytest.mark.parametrize("text", OTHERS)
def test_what_says_something_else_is_answered(text: str) -> None:
    assert not wants_no_more(text)
    assert command_or_text(text) == "text"


@pytest.mark.parametrize(
    "text",
    [
        "STOP",
        " Stop. ",
        "STOP STOP STOP",
        "please stop",
        "Stop now",
        "stop, please!",
        "stop!!",
        "(stop)",
        "'Stop'",
        "Stop…".replace("…", "..."),
    ],
)
def test_punctuation_does_not_hide_a_word(text: str) -> None:
    assert is_carrier_word(text)


@pytest.mark.parametrize("text", ["", "go on", "stop it", "cancel please", "please", "stopping", "endless", "yes"])
def test_another_word_is_none_of_the_carriers(text: str) -> None:
    assert not is_carrier_word(text)
