"""An illness that was suspected, tested for and not found; and suspicions that stay open or prove right."""

from __future__ import annotations

import pytest

from lamoon.screening import Screener

NOT_FOUND = """
they tested me for DVT last month and it was negative
scanned my leg for a clot and didn't find anything
had a cancer scare in spring. It was a false alarm
I thought I had broken my wrist but the xray showed it wasn't
query DVT in June, ruled out by doppler
they suspected shingles, it turned out to be nothing
""".strip().splitlines()

OPEN = """
they tested me for DVT and it was positive
they suspected a clot and the scan confirmed it
being tested for cancer, hope all is clear
worried about a clot, it was not going down
afraid it is a blood clot and painkillers do nothing
tested for DVT, nothing in the thigh but one in the calf
suspected DVT, not ruled out yet
had a DVT in 2009, the last test was negative for covid
I was tested for a clot and the results are due next week
""".strip().splitlines()


@pytest.mark.parametrize("message", NOT_FOUND)
def test_a_suspicion_that_came_to_nothing_is_a_denial(screener: Screener, message: str) -> None:
    screening = screener.screen(message)
    assert screening["outcome"] == "none"
    assert {mention["status"] for mention in screening["conditions"]} <= {"negated"}


@pytest.mark.parametrize("message", OPEN)
def test_a_suspicion_that_stays_open_warns(screener: Screener, message: str) -> None:
    assert screener.screen(message)["outcome"] == "warn"


def test_a_result_says_that_the_visitor_is_well_until_more_is_told(screener: Screener) -> None:
    assert screener.screen("the lab found nothing wrong, can I come on Monday")["well"]
    assert not screener.screen("the lab found nothing wrong but it throbs")["well"]
    assert not screener.screen("can I come on Monday")["well"]
