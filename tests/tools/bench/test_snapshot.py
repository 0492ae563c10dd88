"""The training data of both sides."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from tools.bench import sides as snapshot


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with two labels, of 5 and of 2 phrases."""
    for folder in ("data/nlu", "data/responses", "tests/data"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "domain.yml").write_text("intents: []\n")
    (tmp_path / "data/nlu.yml").write_text(
        "nlu:\n- intent: faq/one\n  examples: |\n    - a\n    - b: c\n    - d\n    - e\n    - f\n"
    )
    (tmp_path / "data/nlu/more.yml").write_text("nlu:\n- intent: greet\n  examples: |\n    - hi\n    - yo\n")
    for name in (snapshot.DEVELOPMENT, snapshot.TEST):
        (tmp_path / "tests/data" / name).write_text("{}\n")
    monkeypatch.setattr(snapshot, "PROJECT", tmp_path)
    return tmp_path


def test_all_phrases_are_copied_as_they_are(project: Path, tmp_path: Path) -> None:
    found = snapshot.take_snapshot(tmp_path / "copy", 0)
    assert (found["phrases"], found["labels"]) == ("7", "2")
    assert "most" not in found
    assert (tmp_path / "copy/data/nlu.yml").read_text() == (project / "data/nlu.yml").read_text()


def test_a_sample_keeps_that_many_a_label_and_says_so(project: Path, tmp_path: Path) -> None:
    found = snapshot.take_snapshot(tmp_path / "copy", 2)
    assert (found["phrases"], found["most"], found["in all"]) == ("4", "2", "7")
    kept = yaml.safe_load((tmp_path / "copy/data/nlu.yml").read_text())["nlu"][0]["examples"].splitlines()
    assert len(kept) == 2
    assert set(kept) <= {"- a", "- b: c", "- d", "- e", "- f"}


def test_sample_counts_the_phrases_of_all_voices_of_a_label(project: Path, tmp_path: Path) -> None:
    voices = [
        f"- intent: greet\n  metadata: {{voice: {name}}}\n  examples: |\n    - hi {name}\n    - yo {name}\n"
        for name in ("sailor", "pilot", "cook")
    ]
    (project / "data/nlu/more.yml").write_text("nlu:\n" + "".join(voices))
    assert snapshot.take_snapshot(tmp_path / "copy", 2)["phrases"] == "4"
    kept = yaml.safe_load((tmp_path / "copy/data/nlu/more.yml").read_text())["nlu"]
    assert [entry["metadata"]["voice"] for entry in kept] == ["sailor", "pilot"]
    assert all(entry["examples"].startswith("- ") for entry in kept)


def test_another_sample_has_another_hash(project: Path, tmp_path: Path) -> None:
    hashes = {snapshot.take_snapshot(tmp_path / "copy", most)["sha256"] for most in (0, 1, 2)}
    assert len(hashes) == 3
