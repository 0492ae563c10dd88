"""Figures of speech: words of illness that tell of none; and the same words where they do."""

from __future__ import annotations

import pytest

from lamoon.screening import Screener


@pytest.mark.parametrize(
    "message",
    [
        "nearly had a heart attack when I saw the price",
        "i'm paralysed by choice, which one",
        "my wallet is haemorrhaging",
        "can we cut our booking by half an hour",
        "bitten by the running bug",
        "so hungry I could collapse",
    ],
)
def test_a_figure_of_speech_is_no_illness(screener: Screener, message: str) -> None:
    assert screener.screen(message)["outcome"] == "none"


@pytest.mark.parametrize(
    "message",
    [
        "nearly had a heart attack at the price and now my chest really hurts and I'm sweating",
        "my phone died and my mum has collapsed, she won't wake up",
    ],
)
def test_an_emergency_beside_a_figure_is_heard(screener: Screener, message: str) -> None:
    assert screener.screen(message)["outcome"] == "emergency"


@pytest.mark.parametrize(
    "message", ["cancel all this, I don't want to go on", "I don't want to go on with this booking, sorry"]
)
def test_giving_a_booking_up_is_no_cry_for_help(screener: Screener, message: str) -> None:
    screening = screener.screen(message)
    assert (screening["outcome"], screening["figurative"]) == ("none", True)


@pytest.mark.parametrize(
    "message",
    [
        "I don't want to go on",
        "cancel everything, I don't want to go on",
        "cancel all this, I don't want to go on living",
        "cancel all this, I don't want to go on any more",
        "cancel it all, I don't want to live any more",
    ],
)
def test_despair_is_heard_while_cancelling(screener: Screener, message: str) -> None:
    assert screener.screen(message)["outcome"] == "emergency"


@pytest.mark.parametrize(
    "text",
    [
        "my laptop is about to die, so quickly",
        "our roster is bleeding out",
        "it's on 2%, gonna be dead any minute",
        "the router had a stroke again",
        "my tennis coach wants to correct my stroke",
        "lmao i'm deceased",
        "that roller saved my life",
    ],
)
def test_what_things_suffer_is_no_sign(screener: Screener, text: str) -> None:
    screening = screener.screen(text)
    assert (screening["outcome"], screening["figurative"]) == ("none", True)


@pytest.mark.parametrize(
    "text",
    [
        "my uncle is bleeding out",
        "phone at 2%, he is not breathing",
        "my laptop died and I want to die",
        "I play golf and just had a stroke, my face is drooping now",
        "I want to be dead lol",
    ],
)
def test_a_figure_beside_it_hides_no_emergency(screener: Screener, text: str) -> None:
    assert screener.screen(text)["outcome"] == "emergency"


@pytest.mark.parametrize("message", ["I yelled my lungs out at the derby", "we were slaughtered 5-1 on Sunday"])
def test_a_lost_match_is_a_figure_of_speech(screener: Screener, message: str) -> None:
    assert screener.screen(message)["figurative"]
