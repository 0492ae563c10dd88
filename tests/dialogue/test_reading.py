"""Dialogue acts: each act by examples and by near misses."""

from __future__ import annotations

from pathlib import Path

import pytest

from dialogue.conftest import parse_result, reading
from lamoon.dialogue.reading import ACTS, ACTS_FILE, TurnReading, load_acts, shared_acts
from lamoon.errors import CatalogueError
from lamoon.screening import Screener

EXAMPLES = {
    "same_here": "same here|me too|so do I|I had one of those|because I have one|ditto|that makes two of us|that's why I ask",
    "list_item": "the third one|number three|the last one|I have the second one|item 4",
    "takes_back": "scratch that|I take that back|that was a mistake|false alarm|just kidding|I was wrong|that's not me",
    "seen_by_doctor": "I got it checked|the doctor looked at it|they sent me home from the ER|the doctor had a look at it"
    "|the ultrasound came back negative|I've been to the hospital",
    "help_is_coming": "the ambulance is here|an ambulance is on its way|I'm on my way to the hospital|I've called a doctor",
    "asks_if_allowed": "can I still come?|is it ok?|am I allowed?|would a massage be a problem?",
    "only_elsewhere": "so only my shoulders?|just the upper body|everywhere else|you could leave out the leg",
    "asks_why": "why?|how come?|what could happen?|what is the risk?",
    "asks_how_long": "how long must I wait?|how many weeks?|when can I come?",
    "doctor_agrees": "my doctor said yes|my doctor cleared me for it|I have a note from my doctor|the physio is fine with it",
    "insists": "I don't care, just do it|I'll sign a waiver|at my own risk|I want it anyway",
    "would_hide": "what if I just don't mention it to her|I'd simply keep it quiet|then I won't tell the therapist",
    "asks_what_is_known": "what did I tell you about my health?|do you remember what I have?|which of those do I have?",
    "none_apply": "none of those|not one of them|nothing on that list",
    "is_afraid": "I'm scared of the pain|I'm a bit nervous|I have a fear of needles",
    "is_hurting": "I'm in so much pain|my neck hurts so much|I can't sleep because of my back",
    "is_grieving": "my dad died in May|I lost my wife|I'm going through a divorce",
    "is_ashamed": "I'm ashamed of my scars|I feel so embarrassed|I hate my belly",
    "rolls_at_home": "can I use a roller at home?|I could do it myself|what about a massage gun?",
}


def test_every_act_has_examples() -> None:
    assert set(EXAMPLES) == set(ACTS)


@pytest.mark.parametrize(("act", "text"), [(act, text) for act, texts in EXAMPLES.items() for text in texts.split("|")])
def test_an_act_is_read(screener: Screener, act: str, text: str) -> None:
    assert act in reading(screener, text)["acts"]


@pytest.mark.parametrize(
    ("act", "text"),
    [
        *(
            ("takes_back", text)
            for text in ("never mind", "forget it", "no worries", "ok", "stop", "no thanks", "I was tired")
        ),
        *(
            ("seen_by_doctor", text)
            for text in (
                "should I get it checked",
                "I haven't been checked",
                "no doctor has looked yet",
                "will a doctor look at it?",
                "I'll be seen tomorrow",
                "unless it is checked I worry",
                "I refuse to be examined",
            )
        ),
        *(
            ("help_is_coming", text)
            for text in ("should I go to the hospital?", "I will not call an ambulance", "I'd need to go to the doctor")
        ),
        *(("same_here", text) for text in ("what is fascia?", "how much is an hour?", "thanks")),
        *(("doctor_agrees", text) for text in ("what did the doctor say I should do?", "should I ask my doctor?")),
        *(("list_item", text) for text in ("I have three children", "at 2 pm")),
    ],
)
def test_what_only_looks_like_it_is_not(screener: Screener, act: str, text: str) -> None:
    assert act not in reading(screener, text)["acts"]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("the first one", 1),
        ("the third one", 3),
        ("number 2", 2),
        ("number two", 2),
        ("the 4th one", 4),
        ("the last one", -1),
        ("same here", None),
        ("number 99", None),
    ],
)
def test_the_place_in_a_list(screener: Screener, text: str, place: int | None) -> None:
    assert reading(screener, text)["place"] == place


@pytest.mark.parametrize(
    ("text", "of_other", "names_person"),
    [
        ("my chest hurts and I can't breathe", False, False),
        ("my brother's chest hurts and he can't breathe", True, True),
        ("my chest hurts and my brother can't breathe", False, True),
        ("my sister had a blood clot", False, True),
        ("how much is an hour?", False, False),
    ],
)
def test_whose_it_is(screener: Screener, text: str, of_other: bool, names_person: bool) -> None:
    found = reading(screener, text)
    assert (found["of_other"], found["names_person"]) == (of_other, names_person)


@pytest.mark.parametrize(
    ("text", "for_other"), [("can you book my mum in?", True), ("I'd like to book a session", False)]
)
def test_whom_it_is_for(screener: Screener, text: str, for_other: bool) -> None:
    assert reading(screener, text)["for_other"] == for_other


@pytest.mark.parametrize(("text", "signs"), [("my calf is swollen", True), ("Ann Lee", False), ("ok", False)])
def test_signs_are_marked_for_the_messages_after(screener: Screener, text: str, signs: bool) -> None:
    assert reading(screener, text)["signs"] == signs


@pytest.mark.parametrize(
    "text", ["sorry, not me", "I meant my sister", "actually it wasn't", "correction: the other leg"]
)
def test_a_correction_is_read(screener: Screener, text: str) -> None:
    assert reading(screener, text)["corrects"]


def test_a_parse_result_is_read_as_the_pipeline_writes_it(screener: Screener) -> None:
    turn = TurnReading.of(parse_result(screener, "I have a blood clot, same here", intent="faq", topic="faq/cost"))
    assert (turn.intent, turn.topic, turn.confidence) == ("faq", "faq/cost", 0.9)
    assert turn.mentions("affirmed") == ["blood_clot"]
    assert turn.mentions("negated", "resolved") == []
    assert "same_here" in turn.acts


@pytest.mark.parametrize("parsed", [{}, {"intent": None, "safety": None, "turn": None, "questions": None}])
def test_a_message_that_was_not_screened_says_nothing_of_health(parsed: dict[str, object]) -> None:
    turn = TurnReading.of(parsed)
    assert (turn.intent, turn.topic, turn.acts, turn.place) == ("", "", frozenset(), None)
    assert turn.mentions("affirmed") == []


def test_words_do_not_show_in_a_log(screener: Screener) -> None:
    assert "secret" not in repr(TurnReading.of(parse_result(screener, "a secret blood clot")))


# The file of acts


def test_the_file_is_read_once() -> None:
    assert shared_acts() is shared_acts()


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (("  same_here: |", "  same_here_: |"), "same_here_"),
        (("me (too|as well", "me (too|as well((("), "pattern"),
        (("{medical} ..", "{medicals} .."), "medicals"),
    ],
)
def test_a_broken_file_says_where_and_what(tmp_path: Path, change: tuple[str, str], problem: str) -> None:
    broken = tmp_path / "acts.yml"
    broken.write_text(ACTS_FILE.read_text(encoding="utf-8").replace(*change, 1), encoding="utf-8")
    with pytest.raises(CatalogueError, match=problem):
        load_acts(broken)


def test_a_missing_act_is_an_error(tmp_path: Path) -> None:
    text = ACTS_FILE.read_text(encoding="utf-8")
    broken = tmp_path / "acts.yml"
    broken.write_text(text[: text.index("  rolls_at_home: |")], encoding="utf-8")
    with pytest.raises(CatalogueError, match="rolls_at_home"):
        load_acts(broken)


def test_grief_is_for_people_and_not_for_things(screener: Screener) -> None:
    assert "is_grieving" not in reading(screener, "sorry, my phone died on me")["acts"]
    assert "is_grieving" in reading(screener, "sorry, my uncle died on me last week")["acts"]
