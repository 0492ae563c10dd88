"""Which text of a topic is said, whatever was said before: never the same one twice in a row."""

from __future__ import annotations

import pytest

from lamoon.knowledge import load_facts
from lamoon.nlu.context import Block
from lamoon.nlu.topic_answers import answer_on, misses_number

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


@pytest.mark.parametrize(
    ("question", "text", "misses"),
    [
        ("how many sessions is that", "A series over a few weeks.", True),
        ("How old was she?", "She wrote the manual.", True),
        ("what percentage gets better", "Many people feel looser.", True),
        ("how many minutes", "For 3 to 5 minutes.", False),
        ("how much does it hurt", "It is a good hurt.", False),
        ("how is it done", "By hand.", False),
    ],
)
def test_a_question_for_a_number_is_noticed(question: str, text: str, misses: bool) -> None:
    assert misses_number(question, text) is misses
