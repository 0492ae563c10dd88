"""A page with nothing in it says what comes there, and leads to what can be done."""

from __future__ import annotations

import pytest

from desk.conftest import DeskOf

LEADS_TO = {
    "/desk/inbox": "/desk/try",
    "/desk/inbox?q=nobody": "/desk/inbox",
    "/desk/inbox/requests": "/desk/try",
    "/desk/inbox/requests?status=held": "/desk/inbox/requests",
    "/desk/review": "/desk/try",
    "/desk/learn": "/desk/review",
    "/desk/tests": "/desk/try",
    "/desk/figures": "/desk/teach",
    "/desk/settings/widget": "/widget.js",
}


@pytest.mark.parametrize("place", LEADS_TO)
def test_an_empty_page_leads_on(desk: DeskOf, place: str) -> None:
    content = desk.owner.get(place).text.partition("<main")[2]
    assert f"{LEADS_TO[place]}" in content, content


def test_the_first_ready_reply_can_be_added_at_once(desk: DeskOf) -> None:
    assert 'id="shortcut-new"' in desk.owner.get("/desk/ready-replies").text
