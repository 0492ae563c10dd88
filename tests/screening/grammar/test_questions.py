from __future__ import annotations

import pytest

from lamoon.screening import Screener

GENERAL = """
and fractures?
open wounds, do you work round them or not at all
costochondritis, what is it
do I need to worry about clots from a massage?
can a man with a pacemaker have it?
would you stop if I had a clot?
is DVT a contraindication?
can people with cancer have this?
does massage help a sprained ankle heal
what do you do about open wounds
I was wondering if blood clots are a problem
would you treat a client with shingles?
what if I got a clot one day?
suppose somebody has a fracture
hypothetically, could someone with a tumour come?
who should not come?
which illnesses rule out a session?
is there anyone you can't treat?
what are the contraindications
do I need to mention past illnesses?
can trigger points cause chest pain?
how long after a fracture can one have a massage
""".strip().splitlines()

OWN = """
can I book an appointment with a DVT
can I still come if I had a clot in March
just want someone gentle, going through chemo is rough
massage after DVT - safe?
scans show a spot of cancer on my lung
any issue with having had a clot?
clots? yes
they say I have a tumour in the lung, can I come
doctors say I got shingles
specialist she say I have thrombosis
would that be alright with my DVT?
can I come with cancer?
could this be shingles?
is it ok two weeks after a fracture?
does a massage move clots? mine is in the calf
can you work around my open wound?
would it help, I broke my wrist in June
""".strip().splitlines()


@pytest.mark.parametrize("message", GENERAL)
def test_a_general_question_gets_information(screener: Screener, message: str) -> None:
    found = screener.screen(message)
    assert found["outcome"] == "inform"
    assert {mention["status"] for mention in found["conditions"]} <= {"hypothetical"}


@pytest.mark.parametrize("message", OWN)
def test_a_question_about_oneself_warns(screener: Screener, message: str) -> None:
    expected = ("warn",)
    assert screener.screen(message)["outcome"] in expected


def test_an_emergency_in_a_question_is_an_emergency(screener: Screener) -> None:
    assert screener.screen("is it normal to be gasping for air while sitting?")["outcome"] == "emergency"
    assert screener.screen("does massage cause chest pain? I've got it right now")["outcome"] == "emergency"


@pytest.mark.parametrize("message", ["a film about cancer made me cry", "worried about getting a clot on long flights"])
def test_films_and_fears_are_nothing(screener: Screener, message: str) -> None:
    assert screener.screen(message)["outcome"] in ("none", "inform")


def test_excruciating_pain_is_answered_from_the_guide(screener: Screener) -> None:
    found = screener.screen("the massage was excruciating, do I have to put up with that?")
    assert found["outcome"] == "inform"
    assert found["conditions"][0]["id"] == "excruciating_pain"
