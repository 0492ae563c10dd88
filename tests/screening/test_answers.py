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
and no, none of those health things
not a single one of those
no medical stuff going on
no i dont have any of those things
never had any of that, no
whew, none of them thankfully
oh good. nope, nothing of that
haha no mate, none
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
yeah alright cool
sure, friend
""".strip().splitlines()

ASKS_BACK = """
what do you mean?
wdym
huh?
sorry, what?
I don't understand
which ones?
what does that mean
like what?
can you explain that please
ok
lol fine
""".strip().splitlines()

DETAILS = """
yes, a clot in my leg
no, but I had cancer once
none except a healing fracture
I take warfarin
my knee is a bit dodgy
why do you need that?
what do you mean, I had a clot once
which ones? I take warfarin
like what, my pacemaker?
no, just arthritis
I don't think so
Friday at four
🙂
asdf jkl
no wait, yes
I'd rather not say
no i have problems
not all of them
nothing apart from my blood pressure
none of these things, though I had surgery
my chest hurts right now
asthma. none of those
whew, my kidneys, otherwise none
""".strip().splitlines()


@pytest.mark.parametrize("text", NO)
def test_a_clear_no(screener: Screener, text: str) -> None:
    assert read_screening_answer(text, screener) == "no"


@pytest.mark.parametrize("text", YES)
def test_a_bare_yes_or_doubt(screener: Screener, text: str) -> None:
    assert read_screening_answer(text, screener) == "yes"


@pytest.mark.parametrize("text", ASKS_BACK)
def test_a_bare_question_about_the_question(screener: Screener, text: str) -> None:
    assert read_screening_answer(text, screener) == "asks_back"


@pytest.mark.parametrize("text", ["", *DETAILS])
def test_everything_else_is_kept_for_the_therapist(screener: Screener, text: str) -> None:
    assert read_screening_answer(text, screener) == "details"
