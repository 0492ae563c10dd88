"""The document of a message: tokens with their places, entities, and what the screening adds."""

from __future__ import annotations

import pytest

from lamoon.language import document
from lamoon.language.document import Reader, source, words
from lamoon.language.lexicon import Term
from lamoon.screening import Screener
from lamoon.text.spelling import CatalogueSpelling


def reader(*terms: Term) -> Reader:
    return Reader(CatalogueSpelling([], [], {}), terms)


def phrases(reader: Reader, text: str) -> list[str]:
    doc = reader.read(text)
    return [span.label_ for span in doc.spans["phrases"]]


@pytest.mark.parametrize(
    "text", ["", " ", "...", "\n\n", "I can't, sorry. Tomorrow at 5?", "na\u00efve \ud800 \U0001f600"]
)
def test_a_token_keeps_its_place_in_the_message(screener: Screener, text: str) -> None:
    doc = screener.reader.read(text)
    assert source(doc) == text
    assert len(words(doc)) == len(doc)
    assert all(0 <= word.start < word.end <= len(text) for word in words(doc))


def test_contractions_and_misspellings_are_written_out(screener: Screener) -> None:
    doc = screener.reader.read("I cant have canser. Its on the Right")
    assert [token.text for token in doc] == "i can not have cancer . it is on the right".split()
    assert [sentence.start for sentence in doc.sents] == [0, 6]


@pytest.mark.parametrize(
    ("text", "entities"),
    [
        ("My name is Rose Hill", [("PERSON", "rose hill")]),
        ("my mum wants a deep tissue massage", [("PERSON", "mum"), ("TREATMENT", "deep tissue massage")]),
        ("three weeks ago, on Monday at 5 pm", [("TIME", "three weeks ago"), ("TIME", "monday"), ("TIME", "5 pm")]),
        ("a DVT in my left calf, on warfarin", [("CONDITION", "DVT"), ("BODY_PART", "calf"), ("MEDICINE", "warfarin")]),
    ],
)
def test_entities(screener: Screener, text: str, entities: list[tuple[str, str]]) -> None:
    assert [(entity.label_, entity.text) for entity in screener.reader.read(text).ents] == entities


def test_terms_are_found_with_dashes_and_not_over_the_end_of_a_sentence() -> None:
    spells = reader(Term("condition", "vertigo", "dizzy spell"))
    assert phrases(spells, "Dizzy-spell") == ["condition:vertigo"]
    assert phrases(spells, "so dizzy. Spell it") == []


@pytest.mark.parametrize(("text", "found"), [("a PE firm", 1), ("the pe firm", 0), ("buy a car? PE FIRM wanted", 1)])
def test_capitals_of_a_term_must_be_capitals(text: str, found: int) -> None:
    assert len(phrases(reader(Term("unlike", "blood_clot", "PE firm")), text)) == found


def test_mentions_of_health_carry_their_status(screener: Screener) -> None:
    doc = screener.read("no clots, but I broke my arm yesterday").doc
    assert [(span.label_, span._.status) for span in doc.spans["health"]] == [
        ("blood_clot", "negated"),
        ("recent_fracture", "affirmed"),
    ]


def test_a_pipeline_that_has_seen_too_many_words_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    one = reader()
    first = one.read("hello").vocab
    monkeypatch.setattr(document, "MOST_STRINGS", 0)
    assert one.read("hello").vocab is not first
