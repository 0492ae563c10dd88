"""The input of the tuning. PyTorch itself is not installed here: the committed delta contains its results."""

from __future__ import annotations

from pathlib import Path

import pytest

from lamoon.errors import EvaluationError
from lamoon.understanding.tuned import DELTA, Delta
from tools.tuning import __main__ as command
from tools.tuning.__main__ import MOST_GENERIC, OWN_GENERIC, drawn, read_questions
from tools.tuning.phrases import Phrase, read_phrases, without_voices
from tools.tuning.recipe import Recipe


@pytest.fixture(scope="session")
def phrases() -> list[Phrase]:
    return read_phrases()


def test_the_phrases_carry_their_kinds(phrases: list[Phrase]) -> None:
    labels = {phrase.label for phrase in phrases}
    assert {"faq/cost", "greet", "out_of_scope/parking", "emergency+suicidal"} <= labels


def test_every_phrase_of_the_project_has_a_voice(phrases: list[Phrase]) -> None:
    assert {"wave1", "librarian"} <= {phrase.voice for phrase in phrases}
    assert all(phrase.voice for phrase in phrases)


def test_a_voice_is_left_out_whole(phrases: list[Phrase]) -> None:
    kept = without_voices(phrases, ["wave4", "chef"])
    assert {phrase.voice for phrase in phrases} - {phrase.voice for phrase in kept} == {"wave4", "chef"}
    assert len(kept) == sum(phrase.voice not in ("wave4", "chef") for phrase in phrases)


def test_a_voice_without_phrases_is_refused() -> None:
    with pytest.raises(EvaluationError, match=r"voice nobody. Known: sailor"):
        without_voices([Phrase("ahoy", "greet", "sailor")], ["nobody"])


@pytest.mark.parametrize("arguments", [["--leave-out", "chef"], ["--phrases", "clinc.json"]])
def test_a_tuning_of_other_phrases_needs_a_file_of_its_own(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.main(arguments) == 2
    assert "--to FILE" in capsys.readouterr().err


def test_the_committed_tuning_follows_the_recipe() -> None:
    recipe = Delta.load(DELTA).recipe
    assert {name: recipe[name] for name in vars(Recipe())} == vars(Recipe())


def test_generic_questions_are_drawn_by_the_seed() -> None:
    questions = [f"question {number}" for number in range(MOST_GENERIC + 100)]
    found = drawn(questions, 1)
    assert len(found) == len(set(found)) == MOST_GENERIC
    assert found == drawn(questions, 1) != drawn(questions, 2)


def test_questions_are_read_one_a_line_or_from_a_list(tmp_path: Path) -> None:
    assert "tell me a joke about cats" in read_questions(OWN_GENERIC)
    (tmp_path / "generic.json").write_text('{"train": [["what is my balance", "balance"]]}', encoding="utf-8")
    assert read_questions(tmp_path / "generic.json") == ["what is my balance"]


@pytest.mark.parametrize("text", ["{", '{"val": []}', '{"train": [3]}'])
def test_a_file_of_another_form_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "generic.json").write_text(text, encoding="utf-8")
    with pytest.raises(EvaluationError, match="what is my balance"):
        read_questions(tmp_path / "generic.json")
