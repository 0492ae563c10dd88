from __future__ import annotations

import pytest

from lamoon.screening import Screener
from lamoon.screening.answers import read_screening_answer

NO = """
no
No.
nope, none
nah all good
none of these
nothing like that
none of the above, thanks
I don't have any of those
no, I'm perfectly healthy
nothing to declare
not that I know of
no clots, no cancer, nothing
I'm not pregnant and have no clots
noen of those
nothng
healthy as a horse
no to all of them
they don't apply to me
no health problems at all
""".strip().splitlines()

YES = """
yes
yeah, one of them
yep
I think so
maybe
not sure
possibly one of these
I don't know
two of them
I do
""".strip().splitlines()

DETAILS = """
yes, a clot in my leg
no, but I had cancer once
none except a healing fracture
I take warfarin
my knee is a bit dodgy
what do you mean?
why do you need that?
no, just arthritis
I don't think so
Friday at four
🙂
asdf jkl
no wait, yes
I'd rather not say
my chest hurts right now
""".strip().splitlines()


@pytest.mark.parametrize("text", NO)
def test_a_clear_no(screener: Screener, text: str) -> None:
    assert read_screening_answer(text, screener) == "no"


@pytest.mark.parametrize("text", YES)
def test_a_bare_yes_or_doubt(screener: Screener, text: str) -> None:
    assert read_screening_answer(text, screener) == "yes"


@pytest.mark.parametrize("text", ["", *DETAILS])
def test_everything_else_is_kept_for_the_therapist(screener: Screener, text: str) -> None:
    assert read_screening_answer(text, screener) == "details"
