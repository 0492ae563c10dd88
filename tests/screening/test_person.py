from __future__ import annotations

import pytest

from lamoon.screening import Screener

OTHERS = """
my brother has cancer and I drive him everywhere, my back is sore
a colleague with DVT told me about you
my aunt had a clot, I never did
our dog has a tumour and lifting him ruined my shoulders
my daughter broke her arm so I do her chores and my neck is stiff
I work with cancer patients all day and need to unwind
I'm a nurse on a burns unit
cycling to Rome for a cancer charity
my mother-in-law has shingles and moved in with us
""".strip().splitlines()

CLIENTS = """
can my brother come, he has cancer
I'd like to book my aunt in, she had a DVT
gift card for my dad who is having chemo, fine?
could you see my son? his arm is in plaster
booking for nan, her skin tears easily
my wife would love to come, she's got an open wound on her foot
my uncle has a clot in his leg, is it safe?
""".strip().splitlines()

OWN = """
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
