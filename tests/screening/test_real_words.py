"""The list of real words that look like misspellings: how it is made, and that it equals the script's output."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from lamoon.screening import Screener
from lamoon.screening.screener import REAL_WORDS

SCRIPT = Path(__file__).parents[2] / "scripts" / "real_words.py"


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("real_words", SCRIPT)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("word", "listed"),
    [
        ("abscissa", True),
        ("carsten", True),
        ("lymphomas", False),
        ("caress", True),
        ("fracture", False),
        ("xylophone", False),
        ("brocken", False),
    ],
)
def test_real_words_that_would_be_repaired_are_listed(
    script: ModuleType, screener: Screener, word: str, listed: bool
) -> None:
    assert (word in script.real_words(f"{word} 100\n", screener.catalogue)) is listed


def test_rare_words_of_the_dictionary_are_left_out(
    script: ModuleType, screener: Screener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(script, "MOST", 1)
    assert "abscissa" not in script.real_words("abscissa 1\nmusic 2\n", screener.catalogue)


def test_the_shipped_list_was_written_by_the_script(script: ModuleType) -> None:
    text = REAL_WORDS.read_text(encoding="utf-8")
    words = text.removeprefix(script.HEAD).splitlines()
    assert text.startswith(script.HEAD)
    assert words == sorted(set(words))
    assert len(words) > 5000


@pytest.mark.parametrize("arguments", [[], ["no such file"], [str(SCRIPT)]])
def test_another_dictionary_is_refused(
    script: ModuleType, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    before = REAL_WORDS.read_bytes()
    assert script.main(arguments) == 2
    assert "dictionary" in capsys.readouterr().err.lower()
    assert REAL_WORDS.read_bytes() == before
