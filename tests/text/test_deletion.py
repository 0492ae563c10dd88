"""The scope of a deletion in everyday words. In doubt nothing is deleted, and a request that is not named stays."""

from __future__ import annotations

import pytest

from lamoon.phrasebook import phrasebook
from lamoon.text.answers import Deletion, parse_deletion

CONVERSATION = """
yes
Yes, delete the conversation
ok go ahead
delete it
delete my data
Delete the conversation and keep my request
delete my conversation but not my request
only the chat
just the conversation please
leave my booking alone, delete the rest
no, delete the conversation but keep my request
"""
BOTH = """
both
delete both
do both
Delete the conversation and withdraw my request
everything
yes, delete everything
delete all of it
withdraw my request too
I want my request deleted too
cancel my booking as well
no, delete both
"""
NOTHING = """
no
nope, changed my mind
No, keep everything
keep it
please keep my data
never mind
forget it
stop
don't delete anything
don\u2019t delete my request
delete nothing
no, keep my request
"""
UNCLEAR = """
hello
Rose Hill
do you remember what I said
do you delete my data
what do you store about me
have you deleted everything
can you delete it?
both?
don't keep my request
I want to remove the plaster first
both my knees hurt
I sent a message too
I want to keep my appointment on Friday
clear skin
"""
READINGS: dict[Deletion | None, str] = {
    "conversation": CONVERSATION,
    "both": BOTH,
    "nothing": NOTHING,
    None: UNCLEAR,
}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [(text, wanted) for wanted, texts in READINGS.items() for text in texts.strip().splitlines()],
)
def test_an_answer_is_read(text: str, wanted: Deletion | None) -> None:
    assert parse_deletion(text) == wanted


def test_every_button_means_what_it_says() -> None:
    buttons = phrasebook().buttons
    assert [parse_deletion(sent) for _, sent in buttons["utter_ask_forget"]] == ["conversation", "nothing"]
    with_request = [parse_deletion(sent) for _, sent in buttons["utter_ask_forget_with_request"]]
    assert with_request == ["conversation", "both", "nothing"]
