"""Rasa retrains when the code behind a component has changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from lamoon.nlu.component import code_fingerprint
from lamoon.nlu.hybrid_classifier import HybridIntentClassifier
from lamoon.nlu.preprocessing import SpellingRepairComponent
from lamoon.nlu.sentence_encoder import SentenceEncoderComponent


def test_a_change_in_code_or_words_changes_the_hash(tmp_path: Path) -> None:
    hashes = []
    for name, text in (("a.py", "x = 1"), ("a.py", "x = 2"), ("words.txt", "fascia"), ("notes.md", "no code")):
        (tmp_path / name).write_text(text, encoding="utf-8")
        code_fingerprint.cache_clear()
        hashes.append(code_fingerprint(tmp_path))
    assert len(set(hashes[:3])) == 3
    assert hashes[3] == hashes[2]


@pytest.mark.parametrize("component", [HybridIntentClassifier, SentenceEncoderComponent, SpellingRepairComponent])
def test_every_component_with_code_behind_it_says_so(
    component: type[HybridIntentClassifier | SentenceEncoderComponent | SpellingRepairComponent],
) -> None:
    assert component.fingerprint_addon({}).startswith(code_fingerprint())
