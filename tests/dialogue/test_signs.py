"""Signs of one emergency add up over several messages, and calm conversations do not."""

from __future__ import annotations

import pytest

from lamoon.dialogue.signs import LONGEST, MESSAGES, adds_up, has_signs, with_sum
from lamoon.screening import Screener
from lamoon.screening.screener import summary

EMERGENCIES = {
    "suspected_dvt": (
        "my calf aches|it is only the left one|and it feels hot",
        "my left calf aches|it's swollen too",
        "I flew home yesterday|now my calf hurts|it looks red",
        "my leg feels heavy|only the left one|it's red and hot",
    ),
    "chest_pain": ("I get a tight chest|my left arm aches",),
    "sepsis_meningitis": (
        "my neck is stiff|I have a fever|there is a rash",
        "trod on a rusty nail in spring|It hurt. It healed by itself.|now my jaw is locked and my back clenches",
    ),
}
CALM = (
    "my calves are tight|I have a run tomorrow|can I roll them?",
    "my shoulder is sore|it feels warm after a bath|do you have parking?",
    "how hot is the room?|my calf is tight|what about prices?",
    "my calf is tight after running|the water was hot|thanks",
    "my back is sore|I feel warm|is there a shower?",
    "my calf hurts a bit from football|it's hot in here",
    "Dana Whitfield|dana.whitfield@example.com|an hour on my stiff lower back, Friday before noon"
    "|yes, I had a blood clot in my leg in spring",
    "Rose Hill|hill@example.com|my neck is stiff, Tuesday after five|no, none of these",
    "I have a cold|my neck is a bit tight|do you have time on Monday?",
)


def found(screener: Screener, texts: list[str]) -> list[list[str]]:
    """For every message what it adds up to with those before it that have signs."""
    sums, earlier = [], list[str]()
    for text in texts:
        message = screener.read(text)
        sums.append(adds_up(earlier[-MESSAGES:], message, screener))
        earlier += [text] if has_signs(message) else []
    return sums


@pytest.mark.parametrize(("id", "texts"), [(id, texts) for id, all in EMERGENCIES.items() for texts in all])
def test_signs_add_up(screener: Screener, id: str, texts: str) -> None:
    assert any(id in ids for ids in found(screener, texts.split("|")))
    assert all(screener.screen(text)["outcome"] != "emergency" for text in texts.split("|"))


@pytest.mark.parametrize("texts", CALM)
def test_calm_messages_do_not(screener: Screener, texts: str) -> None:
    assert found(screener, texts.split("|")) == [[] for _ in texts.split("|")]


def test_what_the_message_says_by_itself_is_not_counted_twice(screener: Screener) -> None:
    message = screener.read("my calf is swollen and hot since the flight")
    assert adds_up(["my calf aches"], message, screener) == []


def test_a_message_without_a_sign_adds_nothing(screener: Screener) -> None:
    earlier = ["my calf is swollen", "do you have parking?"]
    assert adds_up(earlier, screener.read("thanks, and what does it cost?"), screener) == []


def test_without_messages_before_there_is_nothing_to_add(screener: Screener) -> None:
    assert adds_up([], screener.read("it's swollen too"), screener) == []


def test_a_long_story_is_read_by_itself(screener: Screener) -> None:
    assert adds_up(["well " * LONGEST, "my left calf aches"], screener.read("it's swollen too"), screener)
    assert adds_up(["my left calf aches " + "well " * LONGEST], screener.read("it's swollen too"), screener) == []


def test_the_sum_becomes_an_emergency_of_the_whole_message(screener: Screener) -> None:
    text = "it's swollen too"
    before = summary(screener.read(text))
    after = with_sum(before, ["suspected_dvt"], text)
    assert after["outcome"] == "emergency"
    assert after["conditions"][-1] == {
        "id": "suspected_dvt",
        "status": "affirmed",
        "text": text,
        "start": 0,
        "end": len(text),
    }
    assert before["outcome"] != "emergency", "the screening itself stays as it was"


def test_a_sum_of_nothing_is_the_screening_itself(screener: Screener) -> None:
    before = summary(screener.read("thanks"))
    assert with_sum(before, [], "thanks") is before
