"""Following a citation of `data/provenance.yml` to its line of the guide."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.guide import main


def test_a_line_is_shown_with_its_section_its_words_and_who_cites_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["15"]) == 0
    said = capsys.readouterr().out
    assert 'under "Core Concepts of This Therapy"' in said
    assert "oils" in said
    assert "cited by faq/how_it_works" in said


def test_a_line_without_words_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["999"]) == 2
    assert "no words in line 999" in capsys.readouterr().err


def test_another_text_than_the_indexed_one_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = tmp_path / "other.txt"
    other.write_text("Something else entirely", encoding="utf-8")
    assert main(["15", "--text", str(other)]) == 2
    assert "Expected the guide as it was indexed" in capsys.readouterr().err
