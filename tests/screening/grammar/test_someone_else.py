from __future__ import annotations

import pytest

from lamoon.screening import Screener

OTHERS = """
I nurse people with cancer
stroke patients keep me on my feet all day
I fit pacemakers for a living
heart disease runs in my family
the guy next to me broke his collarbone
the lady I sit for has fragile skin
I care for my mother who had a stroke
the whole family went down with flu, I never caught it
physiotherapy student, I treat fractures all week and my own thumbs ache
training to become a burns nurse
my babysitter has shingles, so I cannot come
my brother has cancer and I drive him everywhere, my back is sore
a colleague with DVT told me about you
a friend of mine had a clot once, she told me about fascia
my aunt had a clot, I never did
our dog has a tumour and lifting him ruined my shoulders
my daughter broke her arm so I do her chores and my neck is stiff
I work with cancer patients all day and need to unwind
I'm a nurse on a burns unit
cycling to Rome for a cancer charity
my mother-in-law has shingles and moved in with us
""".strip().splitlines()

CLIENTS = """
our son gashed his head, would you still do his shoulders
can you treat somebody with a clot in her leg? asking for my wife
massage for me and my mum. she had a DVT once
my best friend has leukaemia and I want to buy her a session
can my brother come, he has cancer
I'd like to book my aunt in, she had a DVT
gift card for my dad who is having chemo, fine?
could you see my son? his arm is in plaster
booking for nan, her skin tears easily
my wife would love to come, she's got an open wound on her foot
my uncle has a clot in his leg, is it safe?
my aunt gets skin tears from her cardigan, do you know how to handle that when she comes Tuesday?
my dad has a brain tumour. would you take him
""".strip().splitlines()

OWN = """
I'm one of those people with a history of clots
clots run in my family, mine was in 2018
my twin never had a clot, I've had three
nobody in my family has had clots apart from me
it's not my husband who has the dvt, it's me
I'm a nurse who dresses wounds and have a clot
I'm a nurse with a DVT
I work in a bank, DVT since May
my sister had a clot and now I've had one as well
my boy has ringworm and I've caught it
my cousin got shingles and so did I
my husband says I should tell you about my clot
my wife noticed a melanoma on my back
the doctor found a clot
they found a tumour in my liver
I'm a mum of two with a DVT
looking after my dad, now have shingles myself
my dad never had cancer but I have
my kids brought chickenpox home and I caught it
he told me it was fine, but I have cellulitis
a DVT of mine, ten years back
""".strip().splitlines()


@pytest.mark.parametrize("message", OTHERS)
def test_what_others_have_is_no_reason_to_warn(screener: Screener, message: str) -> None:
    found = screener.screen(message)
    assert found["outcome"] == "none"
    assert {mention["status"] for mention in found["conditions"]} <= {"other_person"}


@pytest.mark.parametrize("message", CLIENTS)
def test_what_the_client_has_counts(screener: Screener, message: str) -> None:
    assert screener.screen(message)["outcome"] == "warn"


@pytest.mark.parametrize("message", OWN)
def test_what_the_visitor_has_counts_among_other_people(screener: Screener, message: str) -> None:
    assert screener.screen(message)["outcome"] == "warn"


def test_emergencies_count_for_anyone(screener: Screener) -> None:
    assert screener.screen("my neighbour has collapsed and isn't breathing")["outcome"] == "emergency"


def test_a_pronoun_without_a_person_is_the_client(screener: Screener) -> None:
    assert screener.screen("she has a DVT")["outcome"] == "warn"


@pytest.mark.parametrize(
    "message",
    [
        "we had two seizures on the ward this morning",
        "I'm a paramedic, three heart attacks on this shift",
        "rough night shift, five strokes and a cardiac arrest",
        "we got an embolism on our unit yesterday",
    ],
)
def test_what_is_met_on_a_shift_is_the_patients(screener: Screener, message: str) -> None:
    assert {found["status"] for found in screener.screen(message)["conditions"]} <= {"other_person"}


@pytest.mark.parametrize(
    "message",
    [
        "I had two seizures on my shift",
        "I'm a nurse and had a stroke on shift",
        "I'm a carer with a clot",
        "I'm a nurse, two clots in 2020",
    ],
)
def test_a_nurses_own_illness_counts(screener: Screener, message: str) -> None:
    assert "affirmed" in {found["status"] for found in screener.screen(message)["conditions"]}
