"""The hybrid classifier on a few phrases: the same every time, also from disk, with confidence that means something."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from lamoon.project import PROJECT
from lamoon.understanding.classifier import (
    ClassifierSettings,
    HybridClassifier,
    Prediction,
    answer_group,
    confidence_of,
    log_odds,
)
from lamoon.understanding.encoder import SentenceEncoder
from lamoon.understanding.estimators import CharTfidf

PHRASES = {
    "faq/does_it_hurt": ["does it hurt", "is it painful", "will I be in pain during it", "how bad is the pain"],
    "faq/how_soon_results": ["how many sessions do I need", "when will I feel it", "how soon does it work", "how long"],
    "greet": ["hello", "hi there", "good morning", "hey you"],
    "out_of_scope/parking": ["where can I park", "is there parking", "parking lot?", "do you have parking spaces"],
    "out_of_scope/weather": ["will it rain", "what's the weather like", "is it sunny today", "weather tomorrow"],
}
TEXTS = [text for texts in PHRASES.values() for text in texts]
LABELS = [label for label, texts in PHRASES.items() for _ in texts]
QUESTIONS = ["does this hurt a lot", "how many visits", "hello hello", "can I park my car", "qwxz", "", "日本語"]
SETTINGS = ClassifierSettings(min_count=2)


def trained(encoder: SentenceEncoder) -> HybridClassifier:
    return HybridClassifier.train(TEXTS, LABELS, encoder.encode(TEXTS), SETTINGS)


@pytest.fixture(scope="session")
def classifier(encoder: SentenceEncoder) -> HybridClassifier:
    return trained(encoder)


def read(classifier: HybridClassifier, encoder: SentenceEncoder, text: str) -> Prediction:
    return classifier.predict(text, encoder.encode([text])[0])


def test_it_knows_its_training_phrases(classifier: HybridClassifier, encoder: SentenceEncoder) -> None:
    assert [read(classifier, encoder, text).labels[0] for text in TEXTS] == LABELS


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("does this hurt a lot", "faq/does_it_hurt"),
        ("how many visits will it take", "faq/how_soon_results"),
        ("hello hello", "greet"),
        ("can I park my car", "out_of_scope/parking"),
    ],
)
def test_it_reads_other_words(classifier: HybridClassifier, encoder: SentenceEncoder, text: str, label: str) -> None:
    assert read(classifier, encoder, text).labels[0] == label


def test_a_label_of_many_phrases_draws_in_less_where_labels_are_balanced(encoder: SentenceEncoder) -> None:
    texts = [*TEXTS, *(f"{word} hurts so much" for word in ("knee", "foot", "hand", "wrist", "elbow", "thumb", "shin"))]
    labels = [*LABELS, *["report_condition"] * 7]
    drawn = []
    for balance in (0.0, 1.0):
        settings = replace(SETTINGS, balance=balance)
        classifier = HybridClassifier.train(texts, labels, encoder.encode(texts), settings)
        found = read(classifier, encoder, "the baby woke up")
        drawn.append(dict(zip(found.labels, found.probabilities, strict=True))["report_condition"])
    assert drawn[1] < drawn[0]


def test_training_twice_gives_the_same_predictions(classifier: HybridClassifier, encoder: SentenceEncoder) -> None:
    again = trained(encoder)
    assert again.labels == classifier.labels
    for text in QUESTIONS + TEXTS:
        assert read(again, encoder, text) == read(classifier, encoder, text)


def test_what_was_saved_predicts_the_same(
    classifier: HybridClassifier, encoder: SentenceEncoder, tmp_path: Path
) -> None:
    classifier.save(tmp_path)
    loaded = HybridClassifier.load(tmp_path)
    assert loaded.settings == classifier.settings
    for text in QUESTIONS + TEXTS:
        fresh, kept = read(classifier, encoder, text), read(loaded, encoder, text)
        assert kept.labels[0] == fresh.labels[0]
        assert kept.confidence == pytest.approx(fresh.confidence, abs=0.005)
        assert sorted(kept.labels) == sorted(fresh.labels)


def test_saving_what_was_loaded_changes_nothing(
    classifier: HybridClassifier, encoder: SentenceEncoder, tmp_path: Path
) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir()
    second.mkdir()
    classifier.save(first)
    HybridClassifier.load(first).save(second)
    assert (first / "classifier.json").read_bytes() == (second / "classifier.json").read_bytes()
    once, twice = HybridClassifier.load(first), HybridClassifier.load(second)
    for text in QUESTIONS:
        assert read(once, encoder, text) == read(twice, encoder, text)


def test_the_files_hold_numbers_and_words_only(classifier: HybridClassifier, tmp_path: Path) -> None:
    classifier.save(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"classifier.npz", "classifier.json"}
    with np.load(tmp_path / "classifier.npz", allow_pickle=False) as arrays:
        assert {arrays[name].dtype.kind for name in arrays.files} <= {"f", "i"}
    assert set(json.loads((tmp_path / "classifier.json").read_text(encoding="utf-8"))) == {
        "settings",
        "labels",
        "ngrams",
    }


def test_a_pickle_in_the_file_is_never_opened(classifier: HybridClassifier, tmp_path: Path) -> None:
    classifier.save(tmp_path)
    with np.load(tmp_path / "classifier.npz") as arrays:
        content = {name: arrays[name] for name in arrays.files}
    np.savez(tmp_path / "classifier.npz", **(content | {"bias": np.array([{"an": "object"}], dtype=object)}))
    with pytest.raises(ValueError, match="allow_pickle"):
        HybridClassifier.load(tmp_path)


def test_probabilities_are_those_of_all_labels_and_fall(classifier: HybridClassifier, encoder: SentenceEncoder) -> None:
    for text in QUESTIONS:
        prediction = read(classifier, encoder, text)
        assert sorted(prediction.labels) == sorted(PHRASES)
        rest = prediction.probabilities[1:]  # the first label is the chosen one
        assert rest == sorted(rest, reverse=True)
        assert sum(prediction.probabilities) == pytest.approx(1.0, abs=1e-5)


def test_confidence_is_the_logistic_function_of_its_evidence(
    classifier: HybridClassifier, encoder: SentenceEncoder
) -> None:
    for text in QUESTIONS:
        found = read(classifier, encoder, text)
        sample_weight = SETTINGS.lead_weight * found.margin + SETTINGS.confidence_bias
        assert found.confidence == pytest.approx(1 / (1 + math.exp(-sample_weight)), abs=1e-6)


def test_it_is_surer_of_a_training_phrase_than_of_noise(classifier: HybridClassifier, encoder: SentenceEncoder) -> None:
    known, noise = read(classifier, encoder, "does it hurt"), read(classifier, encoder, "qwxz vfgh")
    assert known.confidence > noise.confidence + 0.2


ANSWERS = ("emergency+general", "emergency+suicidal", "faq/cost", "faq/history", "out_of_scope/a", "out_of_scope/b")


def chosen(monkeypatch: pytest.MonkeyPatch, *probabilities: float, labels: Sequence[str] = ANSWERS) -> Prediction:
    """Return what is made of these probabilities of `labels`."""
    empty = np.zeros((0, len(labels)), dtype=np.float32)
    classifier = HybridClassifier(
        ClassifierSettings(ridge_weight=0.0, log_weight=1.0),
        labels,
        CharTfidf({}, np.zeros(0, dtype=np.float32)),
        *(empty, np.zeros(len(labels), dtype=np.float32)),
        *(empty, empty, np.zeros(len(labels), dtype=np.float32)),
        phrases=np.zeros((0, 4), dtype=np.float32),
    )
    logs = np.log(np.array(probabilities, dtype=np.float32) + 1e-12)
    monkeypatch.setattr(classifier, "_ridge_scores", lambda *_: np.zeros(len(labels), dtype=np.float32))
    monkeypatch.setattr(classifier, "_log_probabilities", lambda *_: logs)
    return classifier.predict("words", np.zeros(4, dtype=np.float32))


def test_all_kinds_of_out_of_scope_count_together(monkeypatch: pytest.MonkeyPatch) -> None:
    found = chosen(monkeypatch, 0.0, 0.0, 0.7, 0.05, 0.11, 0.14)
    assert found.labels[0] == "out_of_scope/b"
    assert found.labels[1:3] == ["faq/cost", "out_of_scope/a"]


def test_below_the_limit_it_answers_in_scope_however_likely_one_kind_is(monkeypatch: pytest.MonkeyPatch) -> None:
    found = chosen(monkeypatch, 0.1, 0.1, 0.15, 0.14, 0.19, 0.0)
    assert not found.labels[0].startswith("out_of_scope")


def test_the_lead_in_scope_is_over_the_others_in_scope(monkeypatch: pytest.MonkeyPatch) -> None:
    found = chosen(monkeypatch, 0.0, 0.0, 0.6, 0.2, 0.1, 0.09)
    assert found.labels[0] == "faq/cost"
    assert found.margin == pytest.approx(math.log(0.6 / 0.2), abs=1e-3)


def test_kinds_of_an_emergency_count_as_one_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    found = chosen(monkeypatch, 0.3, 0.25, 0.4, 0.05, 0.0, 0.0)
    assert found.labels[0] == "emergency+general"
    assert found.margin == pytest.approx(math.log(0.55 / 0.45), abs=1e-3)


def test_what_is_most_likely_an_emergency_is_not_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert chosen(monkeypatch, 0.5, 0.1, 0.0, 0.0, 0.2, 0.2).labels[0] == "emergency+general"
    assert chosen(monkeypatch, 0.3, 0.1, 0.0, 0.0, 0.3, 0.3).labels[0] == "out_of_scope/a"


def test_the_fallback_of_the_config_is_the_least_share(monkeypatch: pytest.MonkeyPatch) -> None:
    config = yaml.safe_load((PROJECT / "config.yml").read_text(encoding="utf-8"))
    (threshold,) = (part["threshold"] for part in config["pipeline"] if part["name"] == "FallbackClassifier")
    share = ClassifierSettings().least_share
    assert confidence_of(log_odds(share + 0.01), ClassifierSettings()) > threshold
    assert confidence_of(log_odds(share - 0.01), ClassifierSettings()) < threshold
    just_outside = chosen(monkeypatch, 0.0, 0.0, 0.79, 0.0, 0.2001, 0.0)
    assert just_outside.labels[0] == "out_of_scope/a"
    assert just_outside.confidence >= threshold


def test_an_intent_that_acts_needs_more_than_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    labels = ["emergency+general", "emergency+suicidal", "faq/cost", "stop", "out_of_scope/a", "out_of_scope/b"]
    settings = ClassifierSettings()
    least = confidence_of(log_odds(settings.least_share), settings)
    answer = chosen(monkeypatch, 0.2, 0.2, 0.5, 0.1, 0.0, 0.0, labels=labels)
    unsure = chosen(monkeypatch, 0.25, 0.15, 0.0, 0.6, 0.0, 0.0, labels=labels)
    sure = chosen(monkeypatch, 0.2, 0.15, 0.0, 0.65, 0.0, 0.0, labels=labels)
    assert (answer.labels[0], unsure.labels[0], sure.labels[0]) == ("faq/cost", "stop", "stop")
    assert unsure.confidence < least < min(answer.confidence, sure.confidence)


@given(st.text(max_size=200))
@hypothesis_settings(max_examples=50, deadline=None)
def test_any_text_has_a_confidence(classifier: HybridClassifier, encoder: SentenceEncoder, text: str) -> None:
    prediction = read(classifier, encoder, text)
    assert 0.0 <= prediction.confidence <= 1.0
    assert math.isfinite(prediction.margin)


@pytest.mark.parametrize(
    ("label", "kind"),
    [
        ("out_of_scope/parking", "out_of_scope"),
        ("out_of_scope", "out_of_scope"),
        ("faq/history", "faq/history"),
        ("faq/cost", "ask_prices"),
        ("greet", "greet"),
    ],
)
def test_what_decides_an_answer(label: str, kind: str) -> None:
    assert answer_group(label) == kind
