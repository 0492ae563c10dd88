"""Drink, drugs and sedatives before a session."""

from __future__ import annotations

import pytest

from lamoon.screening.catalogue import load_catalogue
from lamoon.screening.conditions import warning_text
from lamoon.screening.screener import Screener


def statuses(screener: Screener, text: str) -> set[str]:
    return {mention["status"] for mention in screener.screen(text)["conditions"] if mention["id"] == "substances"}


@pytest.mark.parametrize(
    "text",
    [
        "I'm a bit tipsy",
        "I'm perfectly fine, I hold my wine well",
        "is a glass of wine before a massage ok?",
        "if I down 3 oxys beforehand you can go deeper",
        "took two of my wife's sleeping pills",
        "had four beers with lunch",
        "we've been drinking since noon",
        "I am stoned",
        "smoked some weed before breakfast",
        "took two gummies to relax",
        "popped a xanax",
        "I'm on methadone",
        "pregaming right now",
        "a sleeping pill last night, still dopey",
        "I did some coke at the party",
        "hungover as hell",
        "three glasses of prosecco in me",
    ],
)
def test_it_is_found_and_held(screener: Screener, text: str) -> None:
    assert "affirmed" in statuses(screener, text)
    assert screener.screen(text)["outcome"] == "ask_doctor"


@pytest.mark.parametrize(
    "text",
    [
        "I quit drinking in 2019",
        "sober for two years",
        "drink lots of water after",
        "is high pressure used",
        "there's a drug store next door",
        "stoned cherries",
        "my knee joint hurts",
        "hammered nails into the fence all day",
        "I've wasted an hour on this",
        "I don't drink alcohol",
        "do you serve wine",
        "are you drunk",
        "ginger beer",
        "can I have wine afterwards",
    ],
)
def test_look_alikes_and_denials_are_not(screener: Screener, text: str) -> None:
    assert "affirmed" not in statuses(screener, text)
    assert screener.screen(text)["outcome"] in ("none", "inform")


def test_the_warning_asks_for_a_clear_head() -> None:
    catalogue = load_catalogue()
    text = warning_text(["substances"], catalogue)
    assert "clear head" in text
    assert "another day" in text
    assert "therapist" in text
    assert "clear head" not in warning_text(["pregnancy"], catalogue)
    assert warning_text(["substances", "substances"], catalogue).count("clear head") == 1


@pytest.mark.parametrize(
    "text",
    [
        "ate 3 gummies at lunchtime, can I keep my 4pm slot",
        "had an edible maybe 45 minutes ago",
        "popped half an edible an hour back, do I still turn up",
        "did a couple of shots, be there at six",
    ],
)
def test_a_dose_taken_shortly_before_is_found(screener: Screener, text: str) -> None:
    assert "affirmed" in statuses(screener, text)


@pytest.mark.parametrize(
    "text",
    [
        "does the massage oil contain any alcohol?",
        "is there cannabis in your balm",
        "do your creams have alcohol, my skin is dry",
        "took 2 vitamin gummies an hour ago",
    ],
)
def test_an_ingredient_of_a_product_is_no_drink(screener: Screener, text: str) -> None:
    assert "affirmed" not in statuses(screener, text)
