"""Each defect that the review of chat and desk found has a test that is there, and says when it was last seen to fail."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import yaml

from lamoon.settings import PROJECT

HERE = PROJECT / "tests" / "widget"
FOUND: list[dict[str, Any]] = yaml.safe_load((HERE / "interface_defects.yml").read_text(encoding="utf-8"))
TESTS = [(one["defect"], test) for one in FOUND for test in one["tests"]]


def test_all_twenty_nine_are_listed() -> None:
    numbers = [one["defect"].partition(".")[0] for one in FOUND if not one["defect"].startswith("S3")]
    assert numbers == [str(number) for number in range(1, 30)]


@pytest.mark.parametrize(("defect", "test"), TESTS, ids=[defect.partition(" ")[0] for defect, _ in TESTS])
def test_its_test_is_there(defect: str, test: dict[str, Any]) -> None:
    folder = PROJECT / ("widget/tests" if test["in"].endswith(".mjs") else "tests")
    text = (folder / test["in"]).read_text(encoding="utf-8")
    named = (f'test("{test["test"]}"', f"test(`{test['test']}`", f"def {test['test']}(")
    assert any(one in text for one in named), f"{defect}: {test['in']} has no such test"
    assert isinstance(test["red"], date) or test["red"] is False, f"{defect}: red is a day, or no"
