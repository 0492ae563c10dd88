"""The ways of saying things are read from a file, and a mistake in it is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from lamoon.booking.reading.phrases import load_phrases, phrases
from lamoon.errors import CatalogueError


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "phrases.yml"
    path.write_text(text, encoding="utf-8")
    return path


def test_ways_are_found_between_word_boundaries_and_raw_ones_as_they_are(tmp_path: Path) -> None:
    path = written(tmp_path, "shared:\n  who: [me, us]\nmoves:\n  call: ['call %who%', '/^ring$/']\n")
    call = load_phrases(path)["moves"]["call"]
    assert call.search("please call us")
    assert call.search("ring")
    assert not call.search("recall me")
    assert not call.search("ring me")


def test_a_section_is_one_pattern_whose_groups_are_its_lists(tmp_path: Path) -> None:
    path = written(tmp_path, "body:\n  lower_back: [lower back]\n  back: [backs?]\n")
    found = load_phrases(path)["body"].named().search("my lower back")
    assert found
    assert found.lastgroup == "lower_back"


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ("moves:\n  call:\n    - call (me\n", 2, "not a regular expression"),
        ("moves:\n  call:\n    - call %who%\n", 3, "no list `who`"),
        ("moves:\n  call: []\n", 2, "no ways"),
    ],
)
def test_a_mistake_is_named_with_its_line(tmp_path: Path, text: str, line: int, problem: str) -> None:
    with pytest.raises(CatalogueError) as error:
        load_phrases(written(tmp_path, text))["moves"]["call"]
    assert str(line) in str(error.value)
    assert problem in str(error.value)


def test_the_sections_that_the_readers_use_exist() -> None:
    for section in ("moves", "intents", "times", "wishes", "treatments", "body", "relations"):
        assert phrases(section)


def test_every_list_is_a_pattern() -> None:
    """Each is compiled on first use only."""
    assert all(section[name] for section in load_phrases().values() for name in section)
