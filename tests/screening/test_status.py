from __future__ import annotations

import pytest

from lamoon.screening import Screener

NEGATED = """
it's for a faulty valve, not for a clot
I take them because of my rhythm, not because of a thrombosis
you said clots, cancer, broken bones. none of that is me
0 fractures
not once have I had a clot
do I have cancer, clots, or an infection? No
I don't think I've ever had a fracture
wounds no, infections no
negative on all counts: wounds, clots, tumours
my wound? don't have one
I don't have a blood clot
no clots here
never had cancer in my life
no history of thrombosis
without any open wound
I haven't got shingles
they ruled out a fracture
the fracture was ruled out in the end
biopsy of the tumour came back negative
they suspected a clot but the ultrasound was clear
clots: none
cancer? never
neither clots nor fractures
free of infection
no metal, implants or pacemaker
no tumours, clots or fractures
none of these: cancer, clots, infections
I have never broken a bone
my heel is not infected
denies any history of DVT
please ignore what I said about the fracture
cancer nope, broken bones nope, clots nah
clots nil, infections never
""".strip().splitlines()

AFFIRMED = """
it isn't eczema it's ringworm
not cancer, it's a blood clot
I'm not cancer free yet
I haven't had the cast off yet
can't say I've never had a clot
I've not been without clots
never had athletes foot before, now I have it
no clots until last month
no break, the ankle is black and blue
I don't know if I should tell you about my clot
not only a fracture, also torn ligaments
no doubt it is shingles
can't rule out a fracture yet
no cancer but a clot in my arm
no, I have a clot
nothing apart from an abscess
no problems, only cellulitis
not pregnant, broke my toe on Friday
no blood clots unless you count the one in my arm in 2016
never had a clot apart from the one after the flight
no clots except one in 2016
no cancer besides the one they cut off my nose
should mention he had a blood clot two years ago
no cancer, a DVT in 2019
nobody warned me that a clot is a problem
I have not told my boss about my cancer
don't forget the clot in my leg
why not massage over my fracture
my wound hasn't closed
I'm not sure if it's ringworm
not my first blood clot
I can't come on Monday because of my chemo
clot? yes
the infection is not better
""".strip().splitlines()


@pytest.mark.parametrize("message", NEGATED)
def test_a_denial_closes_the_mention(screener: Screener, message: str) -> None:
    found = screener.screen(message)
    assert found["outcome"] == "none"
    assert {mention["status"] for mention in found["conditions"]} <= {"negated"}


@pytest.mark.parametrize("message", AFFIRMED)
def test_grammar_that_does_not_deny_warns(screener: Screener, message: str) -> None:
    assert screener.screen(message)["outcome"] == "warn"


@pytest.mark.parametrize(
    "message",
    ["no clots, on warfarin", "not on aspirin, on warfarin", "no cancer, 20 weeks pregnant", "no DVT, xarelto though"],
)
def test_a_denial_does_not_reach_into_the_next_statement(screener: Screener, message: str) -> None:
    assert screener.screen(message)["outcome"] == "ask_doctor"


def test_each_item_has_its_own_no(screener: Screener) -> None:
    told = "no fever no cough no covid, right arm went limp an hour ago and the wrong words keep coming out of my mouth, no pain"
    assert screener.screen(told)["outcome"] == "emergency"
    for told in (
        "no fever, no allergies, not pregnant, crushing chest pain down my left arm",
        "not diabetic, no clots, crushing chest pain",
        "never had a clot, not pregnant, my face has dropped on one side",
    ):
        assert screener.screen(told)["outcome"] == "emergency"
    assert screener.screen("no clots, no cancer, not diabetic, broken wrist")["outcome"] == "warn"


@pytest.mark.parametrize(
    "told",
    [
        "no I don't have clots, cancer, fractures",
        "not on meds, don't have cancer, diabetes",
        "no, not pregnant, no clots or cancer",
        "I'm not pregnant, diabetic, or on thinners",
        "never had clots, not on blood thinners, no wounds, fractures",
    ],
)
def test_one_no_denies_a_whole_list(screener: Screener, told: str) -> None:
    assert {mention["status"] for mention in screener.screen(told)["conditions"]} == {"negated"}


@pytest.mark.parametrize(
    ("told", "outcome"),
    [
        ("my neck is bad, tbh everyone would be happier if i didnt exist anymore, and is a t shirt ok", "emergency"),
        ("You should know that at sixteen I used to cut myself. That is ten years behind me and I am well.", "none"),
        ("I used to cut myself and I want to do it again", "emergency"),
        ("no phoning please, I cant talk in the break room", "none"),
        ("my dad can't talk", "emergency"),
        ("the biopsy is back: it is not a tumour, it's a harmless cyst", "none"),
        ("whole rowing crew gave up beer for the season", "none"),
        ("locked shoulders after a heart-stopping final", "none"),
        ("my heart stopping", "emergency"),
        ("I tried to take my own life at nineteen. That was thirty years ago.", "none"),
        ("I tried to kill myself. That was twenty years ago and I am fine", "none"),
        ("I want to kill myself. Years ago I could cope", "emergency"),
        ("I want to kill myself. That was not so twenty years ago", "emergency"),
    ],
)
def test_the_next_sentence_may_date_an_attempt(screener: Screener, told: str, outcome: str) -> None:
    assert screener.screen(told)["outcome"] == outcome


@pytest.mark.parametrize(
    "message",
    [
        "The warfarin is of my husband.",
        "the warfarin is my husband's",
        "it belongs to my dad, the warfarin belongs to my dad",
    ],
)
def test_a_thing_belongs_to_whoever_is_named_behind_it(screener: Screener, message: str) -> None:
    assert {mention["status"] for mention in screener.screen(message)["conditions"]} == {"other_person"}


def test_a_massage_is_no_operation_and_tired_legs_no_wish_to_die(screener: Screener) -> None:
    assert screener.screen("can I come and get my back done")["outcome"] == "none"
    for remark in (
        "my calves are just dead tired from rehearsing",
        "my arms are dead and I could murder a coffee",
        "10k of butterfly, coach is literally trying to kill us lmao",
        "we said goodbye to our old dog last week, it's been gloomy and I could use an hour of peace",
        "no no not you, I'm talking to the dog, get down off there",
    ):
        assert screener.screen(remark)["outcome"] == "none", remark


def test_not_wanting_to_be_around_for_a_day_is_a_crisis(screener: Screener) -> None:
    for words in ("I don't want to be around for another Christmas", "I don't want to be here for my next birthday"):
        assert screener.screen(words)["outcome"] == "emergency", words


def test_an_order_takes_no_cry_for_help_back(screener: Screener) -> None:
    assert screener.screen("forget the booking, i just want to die")["outcome"] == "emergency"


def test_a_list_that_denies_one_by_one(screener: Screener) -> None:
    found = screener.screen("Cancer? No. Clots? Yes.")
    assert [(mention["id"], mention["status"]) for mention in found["conditions"]] == [
        ("tumor_cancer", "negated"),
        ("blood_clot", "affirmed"),
    ]


def test_signs_of_an_emergency_can_be_denied(screener: Screener) -> None:
    assert screener.screen("my calf is sore, but it isn't swollen, red or hot")["outcome"] == "none"
    assert screener.screen("no chest pain and no trouble breathing")["outcome"] == "none"
    assert screener.screen("I'm not suicidal")["outcome"] == "none"


def test_being_unable_is_no_denial(screener: Screener) -> None:
    assert screener.screen("can't move my arm and my mouth is drooping")["outcome"] == "emergency"


def test_a_diagnosis_with_a_name_is_not_a_second_condition(screener: Screener) -> None:
    found = screener.screen("I was diagnosed with DVT")
    assert [mention["id"] for mention in found["conditions"]] == ["blood_clot"]
    unnamed = screener.screen("I was diagnosed with a rare disease")
    assert {mention["id"] for mention in unnamed["conditions"]} == {"other_condition"}
