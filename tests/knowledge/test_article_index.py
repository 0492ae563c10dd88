from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from lamoon.errors import KnowledgeError
from lamoon.knowledge.article_index import (
    ArticleIndex,
    build_index,
    copied_runs,
    is_heading,
    load_index,
    main,
    run_hash,
    save_index,
)


def test_lines_count_from_one_and_empty_ones_are_left_out(index: ArticleIndex) -> None:
    assert sorted(index.lines) == [1, 3, 4, 5, 6]
    assert {"1902", "80%", "mallow"} <= index.lines[4]


def test_support_joins_lines_and_reads_spelled_numbers(index: ArticleIndex) -> None:
    support = index.supports([4, 6])
    assert {"1902", "2", "two", "shoulder", "mill"} <= support
    assert "wind" not in support
    assert index.supports([99]) == frozenset()


def test_heading_is_a_whole_line(index: ArticleIndex) -> None:
    assert is_heading("Shoulder Care", index)
    assert not is_heading("Shoulder", index)


def test_nine_shared_words_are_found_at_full_length(index: ArticleIndex) -> None:
    shared = "a sore shoulder wants rest warmth and two quiet weeks before"
    assert copied_runs("They say: A sore shoulder wants rest, warmth and two QUIET weeks before tea.", index) == [
        shared
    ]


def test_eight_shared_words_are_free(index: ArticleIndex) -> None:
    assert copied_runs("A sore shoulder wants rest, warmth and two, as they say, quiet weeks before tea.", index) == []
    assert copied_runs("short", index) == []


def test_saved_index_reads_back_and_keeps_no_word_order(index: ArticleIndex, guide: str, tmp_path: Path) -> None:
    path = tmp_path / "index.json"
    save_index(index, path)
    assert load_index(path) == index
    content = json.loads(path.read_text())
    assert all(words == sorted(words) for words in content["lines"].values())
    assert content["runs"] == sorted(content["runs"])
    assert copied_runs(path.read_text(), index) == []


def test_command_builds_the_index(guide: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, target = tmp_path / "guide.txt", tmp_path / "index.json"
    source.write_text(guide, encoding="utf-8")
    assert main([str(source), str(target)]) == 0
    assert load_index(target) == build_index(guide)
    assert "5 lines" in capsys.readouterr().out
    assert main([str(tmp_path / "none.txt"), str(target)]) == 2
    assert main([]) == 2


@pytest.mark.parametrize(
    "content", ["{", "[]", '{"run_length": 8, "hash_length": 12}', '{"run_length": 9, "hash_length": 12}']
)
def test_unusable_index_names_the_way_out(content: str, tmp_path: Path) -> None:
    path = tmp_path / "index.json"
    path.write_text(content)
    with pytest.raises(KnowledgeError, match=re.escape(str(path)) + r", line \d+: "):
        load_index(path)
    with pytest.raises(KnowledgeError, match="cannot be read"):
        load_index(tmp_path / "none.json")


def test_project_index_is_complete(root: Path) -> None:
    index = load_index(root / "data" / "article_index.json")
    assert len(index.runs) > 3000
    assert len(index.lines) > 100
    assert all(re.fullmatch(r"[0-9a-f]{12}", run) for run in index.runs)
    assert run_hash(["a"]) not in index.runs
