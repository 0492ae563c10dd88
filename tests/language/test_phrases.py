"""Phrases of other languages: their marks, and the spelling in which they are compared."""

from __future__ import annotations

import pytest

from lamoon.language.phrases import PhrasingError, Spelling, compile_phrase

GERMAN = Spelling(folds={"ae": "a", "oe": "o", "ue": "u"})
CHINESE = Spelling(folds={"氣": "气", "過": "过"}, spaces=False)
ARABIC = Spelling(prefixes=("و", "ال", "ب"))
PLAIN = Spelling()


def found(source: str, text: str, spelling: Spelling = PLAIN) -> str | None:
    """The part of the text that a phrase finds."""
    folded = spelling.fold(text)
    match = compile_phrase(source, spelling).pattern.search(folded.text)
    if match is None:
        return None
    start, end = folded.span(*match.span())
    return text[start:end]


@pytest.mark.parametrize(
    ("source", "text", "expected"),
    [
        ("dolor de pecho", "Tengo DOLOR de pecho.", "DOLOR de pecho"),
        ("corazón", "mi corazon", "corazon"),
        ("hinchad*", "está hinchadísima", "hinchadísima"),
        ("(el|mi) pecho", "mi pecho", "mi pecho"),
        ("me duele [mucho] el pecho", "me duele el pecho", "me duele el pecho"),
        ("pierna .. roja", "la pierna, muy roja", "pierna, muy roja"),
        ("pierna .. roja", "la pierna. Estaba roja", None),
        ("pierna .. roja", "pierna uno dos tres cuatro roja", None),
        ("dolor de pecho", "dolor, de pecho", None),
        ("tos", "costos", None),
        ("j'ai mal", "J’ai mal", "J’ai mal"),
    ],
)
def test_a_phrase_finds(source: str, text: str, expected: str | None) -> None:
    assert found(source, text) == expected


def test_letters_typed_in_several_ways_are_one() -> None:
    assert found("ohnmächtig", "sie ist ohnmaechtig", GERMAN) == "ohnmaechtig"
    assert found("ohnmaechtig", "sie ist ohnmächtig", GERMAN) == "ohnmächtig"


def test_a_language_without_spaces_is_found_inside_a_run_of_letters() -> None:
    assert found("喘不过气", "我喘不過氣了", CHINESE) == "喘不過氣"
    assert found("胸口 .. 痛", "胸口一直很痛", CHINESE) == "胸口一直很痛"
    assert found("胸口 .. 痛", "胸口。痛", CHINESE) is None


def test_a_word_may_have_the_prefixes_of_its_language() -> None:
    assert found("صدر", "ألم بالصدر", ARABIC) is None
    assert found("الصدر", "ألم بالصدر", ARABIC) == "بالصدر"


def test_a_korean_syllable_stays_whole() -> None:
    assert Spelling(spaces=False).fold("숨을 못 쉬어요").text == "숨을못쉬어요"


@pytest.mark.parametrize("source", ["(a|b", "a)", "[a|b]", "..", "(a|)", "", ","])
def test_marks_that_cannot_be_read_are_an_error(source: str) -> None:
    with pytest.raises(PhrasingError):
        compile_phrase(source, PLAIN)


def test_every_match_has_an_anchor() -> None:
    assert compile_phrase("(dolor|presión) de [mi] pecho", PLAIN).anchors == {"dolor", "presion"}
    assert compile_phrase("la hinchad*", PLAIN).anchors == {"hinchad*"}


def test_three_phrases_are_found_in_any_order() -> None:
    for text in ("cayó y se golpeó la cabeza, vomita", "vomita porque se golpeó la cabeza"):
        assert found("cabeza & golpeó & vomita", text), text
    assert found("cabeza & golpeó & vomita", "se golpeó la cabeza. Vomita") is None


def test_a_phrase_may_have_to_end_its_clause() -> None:
    assert found("no puedo más //", "de verdad no puedo más") == "no puedo más"
    assert found("no puedo más //", "no puedo más, ayuda") == "no puedo más"
    assert found("no puedo más //", "no puedo más con el calor") is None
    assert found("못버티겠어요 //", "못 버티겠어요", Spelling(spaces=False)) == "못 버티겠어요"
