"""Character n-grams, held against scikit-learn's."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer

from lamoon.understanding.estimators import CharTfidf, char_ngrams

PHRASES = [
    "does it hurt",
    "will this hurt me",
    "how many sessions do i need",
    "how many times a week",
    "what is fascia",
    "is fascia a muscle",
]


def test_all_runs_inside_a_padded_word() -> None:
    assert char_ngrams("ab") == [" a", "ab", "b ", " ab", "ab ", " ab "]


def test_runs_never_cross_a_word_border() -> None:
    assert sorted(char_ngrams("it hurts")) == sorted(char_ngrams("it") + char_ngrams("hurts"))


def test_signs_are_words_of_their_own() -> None:
    assert sorted(char_ngrams("hurt?")) == sorted(char_ngrams("hurt") + char_ngrams("?"))


def test_apostrophes_belong_to_the_word() -> None:
    assert "n't" in char_ngrams("don't")


def test_rare_runs_are_left_out() -> None:
    fitted = CharTfidf.fit(["knot", "knots", "pain"], min_count=2)
    assert "knot" in fitted.index
    assert "pain" not in fitted.index
    assert len(fitted.idf) == len(fitted.index)


def test_a_run_counts_once_a_phrase() -> None:
    assert CharTfidf.fit(["go go go go", "other"], min_count=2).index == {}


def test_the_weights_are_those_of_scikit_learn() -> None:
    ours = CharTfidf.fit(PHRASES, min_count=2)
    theirs = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), min_df=2, sublinear_tf=True).fit(PHRASES)
    assert list(theirs.get_feature_names_out()) == list(ours.index)
    np.testing.assert_allclose(ours.idf, theirs.idf_, rtol=1e-5)
    for text in [*PHRASES, "will fascia hurt", "does does it it hurt"]:
        expected = theirs.transform([text]).toarray()[0]
        got = np.zeros(len(ours.index))
        columns, values = ours.row(text)
        got[columns] = values
        np.testing.assert_allclose(got, expected, atol=1e-6)


def test_unknown_text_has_an_empty_row() -> None:
    columns, values = CharTfidf.fit(PHRASES).row("日本")
    assert len(columns) == len(values) == 0


@given(st.text())
def test_a_row_has_length_one_or_nothing(text: str) -> None:
    columns, values = CharTfidf.fit(PHRASES).row(text)
    assert len(set(columns)) == len(columns) == len(values)
    assert float(np.linalg.norm(values)) == pytest.approx(1.0 if len(values) else 0.0, abs=1e-5)


@given(st.text(st.characters(codec="ascii")))
def test_capitals_do_not_matter(text: str) -> None:
    assert char_ngrams(text.upper()) == char_ngrams(text.lower())


def test_rows_are_the_single_rows_in_order() -> None:
    fitted = CharTfidf.fit(PHRASES)
    texts = ["does it hurt", "日本", "fascia"]
    data, indices, starts = fitted.rows(texts)
    for number, text in enumerate(texts):
        columns, values = fitted.row(text)
        part = slice(starts[number], starts[number + 1])
        np.testing.assert_array_equal(indices[part], columns)
        np.testing.assert_array_equal(data[part], values)


@given(st.permutations(PHRASES))
def test_the_order_of_the_phrases_does_not_matter(phrases: list[str]) -> None:
    shuffled, fitted = CharTfidf.fit(phrases), CharTfidf.fit(PHRASES)
    assert shuffled.index == fitted.index
    np.testing.assert_array_equal(shuffled.idf, fitted.idf)
