"""What the tuning is fed with. PyTorch itself is not installed here: the committed delta holds what it computed."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from lamoon.errors import EvaluationError
from lamoon.understanding.tuned import DELTA, Delta
from tools.tuning.__main__ import MOST_GENERIC, OWN_GENERIC, read_generic
from tools.tuning.phrases import BLOCKS, Phrase, read_phrases
from tools.tuning.recipe import Recipe


@pytest.fixture(scope="session")
def phrases() -> list[Phrase]:
    return read_phrases()


def test_the_phrases_carry_their_kinds(phrases: list[Phrase]) -> None:
    labels = {phrase.label for phrase in phrases}
    assert {"faq/cost", "greet", "out_of_scope/parking", "emergency+suicidal"} <= labels


def test_a_block_is_a_fifth_of_each_label_in_a_row(phrases: list[Phrase]) -> None:
    own = [phrase.block for phrase in phrases if phrase.label == "faq/cost"]
    assert own == sorted(own)
    counts = Counter(own)
    assert len(counts) == BLOCKS
    assert max(counts.values()) - min(counts.values()) <= 1


def test_the_committed_tuning_follows_the_recipe() -> None:
    recipe = Delta.load(DELTA).recipe
    assert {name: recipe[name] for name in vars(Recipe())} == vars(Recipe())


def test_generic_questions_are_drawn_by_the_seed(tmp_path: Path) -> None:
    file = tmp_path / "generic.json"
    entries = ",".join(f'["question {number}", "label"]' for number in range(MOST_GENERIC + 100))
    file.write_text(f'{{"train": [{entries}]}}', encoding="utf-8")
    drawn = read_generic(file, 1)
    assert len(drawn) == len(set(drawn)) == MOST_GENERIC
    assert drawn == read_generic(file, 1) != read_generic(file, 2)


def test_a_file_of_one_question_a_line_will_do() -> None:
    assert "tell me a joke about cats" in read_generic(OWN_GENERIC, 1)


@pytest.mark.parametrize("text", ["{", '{"val": []}', '{"train": [3]}'])
def test_a_file_of_another_form_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "generic.json").write_text(text, encoding="utf-8")
    with pytest.raises(EvaluationError, match="one question a line"):
        read_generic(tmp_path / "generic.json", 1)
