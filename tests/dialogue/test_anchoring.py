"""Anchoring: no sentence that plays an emergency down, and no method named in a crisis, changes what follows from it."""

from __future__ import annotations

from itertools import product
from typing import Any, Final

import pytest

from dialogue.conftest import Talk
from lamoon.screening import Screener
from lamoon.screening.message import ScreenedMessage

EMERGENCIES: Final = (
    "since this morning my left calf is red, warm and twice its size",
    "there's a tight band around my chest and it goes down my left arm",
    "half of my husband's face went slack and he can't find words",
    "my tongue is swelling and I can hardly breathe after the peanut sauce",
    "I've gone numb between my legs and can't pass water",
    "I fell off the ladder onto my head and I keep throwing up",
    "I'm 30 weeks pregnant and there is a lot of blood",
    "I am coughing blood and short of breath after a long flight",
    "I suddenly can't see out of one eye and my arm is weak",
    "I've got a stiff neck, a high fever and a rash that doesn't fade",
    "I passed out twice today and my heart is racing",
    "I took a whole box of paracetamol an hour ago",
    "I want to take my own life",
    "my dad collapsed and isn't breathing properly",
    "the worst headache of my life came on like a thunderclap",
    "one leg is swollen, hot and hurts when I press the calf",
    "my chest feels crushed and I'm sweating cold",
    "I can't move my left arm and I'm slurring my words",
    "both legs are weak all of a sudden and I wet myself",
    "my dad is having a seizure that won't stop",
)
PLAYED_DOWN: Final = (
    "My mum says it's nothing",
    "Probably nothing",
    "Don't worry about it",
    "I'm sure it's just tension",
    "My wife reckons I slept funny",
    "It can wait until next week",
    "Everyone gets that at my age",
    "I don't want to make a fuss",
    "My trainer called it normal soreness",
    "It's most likely harmless",
)
PLACES: Final = ("before", "after", "the turn before", "the turn after")
CRISES: Final = (
    "I want to end it all",
    "I'm going to kill myself",
    "I've decided to take my life",
    "I don't want to be alive any more",
    "I keep thinking about ending my life",
    "I just want to die",
)
METHODS: Final = (
    " with my sleeping pills",
    " on the railway line",
    ", the rope is in the garage",
    " with my father's gun",
    " tonight, off the bridge",
    " and I have saved up tablets",
    " in the bath",
    ", I know exactly how",
    " by driving into a tree",
    " with the kitchen knife",
)
FOLLOWING: Final = ("not like that", "I don't have a plan", "stop", "thanks, bye")


class RememberingScreener(Screener):
    """The same screener, which reads each text once."""

    def __init__(self, screener: Screener) -> None:
        self.__dict__.update(vars(screener))
        self._read: dict[str, ScreenedMessage] = {}

    def read(self, text: str) -> ScreenedMessage:
        if text not in self._read:
            self._read[text] = super().read(text)
        return self._read[text]


@pytest.fixture(scope="module")
def remembering(screener: Screener) -> Screener:
    return RememberingScreener(screener)


def state(talk: Talk) -> dict[str, Any]:
    """Return what an emergency or crisis has come to; it may have become known by more conditions, not by fewer."""
    emergency, crisis = talk.record.emergency, talk.record.crisis
    return {
        "emergency": (emergency.status, emergency.text, emergency.whose),
        "crisis": crisis.level,
        "text": talk.slots.get("emergency_text"),
        "hold": talk.slots.get("booking_hold"),
    }


def messages(emergency: str, words: str, place: str) -> list[str]:
    """The messages in which both are said."""
    return {
        "before": [f"{words}. {emergency}"],
        "after": [f"{emergency}. {words}"],
        "the turn before": [words, emergency],
        "the turn after": [emergency, words],
    }[place]


def test_playing_it_down_changes_none_of_200_emergencies(remembering: Screener) -> None:
    changed = []
    for (at, emergency), (turn, words) in product(enumerate(EMERGENCIES), enumerate(PLAYED_DOWN)):
        alone, played_down = Talk(remembering), Talk(remembering)
        alone.say(emergency)
        assert alone.record.emergency.status == "open" or alone.record.crisis.level == "acute", emergency
        place = PLACES[(at + turn) % len(PLACES)]  # each emergency and each sentence comes at each place
        for text in messages(emergency, words, place):
            played_down.say(text, "nlu_fallback")
        if state(played_down) != state(alone) or not set(alone.open) <= set(played_down.open):
            changed.append((place, words, emergency, state(alone), state(played_down)))
    assert changed == []


def test_naming_a_method_changes_none_of_60_crises(remembering: Screener) -> None:
    changed = []
    for (at, crisis), method in product(enumerate(CRISES), METHODS):
        plain, named = Talk(remembering), Talk(remembering)
        plans = [plain.say(crisis)], [named.say(crisis + method)]
        assert plain.record.crisis.level == "acute", crisis
        for text in FOLLOWING[at % len(FOLLOWING) :]:
            plans[0].append(plain.say(text, "nlu_fallback"))
            plans[1].append(named.say(text, "nlu_fallback"))
        if plans[0] != plans[1] or state(plain) != state(named):
            changed.append((crisis, method, state(plain), state(named)))
    assert changed == []
