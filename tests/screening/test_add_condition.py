"""The steps of docs/screening.md for adding a condition, applied to a copy of the catalogue."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from lamoon.screening import Screener
from lamoon.screening.conditions import DEFAULT_PATH

PAGE = Path(__file__).parents[2] / "docs" / "screening.md"


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Screener:
    """A screener with the page's example next to the files of the catalogue, under the page's file name."""
    text = PAGE.read_text(encoding="utf-8")
    [example] = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    [name] = re.findall(r"`lamoon/screening/catalogue/(\w+\.yml)`", text)
    folder = tmp_path_factory.mktemp("copy") / "catalogue"
    shutil.copytree(DEFAULT_PATH, folder)
    assert not (folder / name).exists()
    (folder / name).write_text(example, encoding="utf-8")
    return Screener.load(folder)


def test_the_example_is_not_in_the_catalogue_yet(screener: Screener) -> None:
    assert "vertigo" not in screener.catalogue.conditions


@pytest.mark.parametrize(
    ("message", "statuses"),
    [
        ("I have BPPV, is that ok", ["affirmed"]),
        ("i get labirynthitis every winter", ["affirmed"]),
        ("the room keeps spinning when I lie down", ["affirmed"]),
        ("I don't have vertigo", ["negated"]),
        ("we watched the film vertigo", []),
    ],
)
def test_the_added_condition_is_found(grown: Screener, message: str, statuses: list[str]) -> None:
    assert f"| {message} |" in PAGE.read_text(encoding="utf-8")
    found = grown.screen(message)
    assert [mention["status"] for mention in found["conditions"] if mention["id"] == "vertigo"] == statuses
    if "affirmed" in statuses:
        assert found["outcome"] == "ask_doctor"


def test_what_was_known_before_is_still_known(grown: Screener) -> None:
    assert grown.screen("I have a blood clot")["outcome"] == "warn"
