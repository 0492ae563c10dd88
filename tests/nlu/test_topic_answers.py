"""Selection of a topic's text for any history: never the same one twice in a row."""

from __future__ import annotations

import pytest

from lamoon.knowledge import load_facts
from lamoon.nlu.context import Block
from lamoon.nlu.topic_answers import answer_on

FACTS = load_facts()


@pytest.mark.parametrize(
    ("asked", "said", "name"),
    [
        ("", [], ""),
        ("", [""], "short"),
        ("", ["", "short"], "said"),
        ("", ["", "short", "said"], "short"),
        ("", ["oil"], ""),
        ("", ["", "oil"], "short"),
        ("how_it_works/oil", [], "oil"),
        ("how_it_works/oil", [""], "oil"),
        ("how_it_works/oil", ["oil"], "oil+"),
        ("how_it_works/oil", ["oil", "oil+"], ""),
        ("how_it_works/oil", ["", "oil"], "oil+"),
        ("how_it_works/oil", ["oil", ""], "short"),
        ("how_it_works/oil", ["hold_time", "", "short", "said"], "oil"),
        ("does_it_hurt/limit", [], ""),
        ("how_it_works/unknown", [], ""),
    ],
)
def test_the_text_that_answers(asked: str, said: list[str], name: str) -> None:
    assert answer_on("how_it_works", asked, [Block("how_it_works", one) for one in said], FACTS).name == name


def test_what_was_said_on_another_topic_does_not_count() -> None:
    assert answer_on("how_it_works", "", [Block("cost", "")], FACTS).name == ""


def test_the_same_text_never_comes_twice_in_a_row() -> None:
    for asked in ("", "how_it_works/oil"):
        said: list[Block] = []
        for _ in range(8):
            answer = answer_on("how_it_works", asked, said, FACTS)
            assert not said or said[-1].name != answer.name
            said.append(Block("how_it_works", answer.name))
