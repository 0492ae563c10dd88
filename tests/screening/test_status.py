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
