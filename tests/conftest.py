"""What tests of several folders share: the trained model, and settings that are nobody's own."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

# Rasa takes seconds to import: only the fixtures that need it do so, and folders without it stay fast.
if TYPE_CHECKING:
    from lamoon.nlu.parser import Parse
    from lamoon.understanding.encoder import SentenceEncoder

os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")

SetSettings = Callable[[pytest.MonkeyPatch, Path], Path]
STUDIO = """\
name: La Moon
phone: (212) 555-0147
email: hello@lamoon.example
address: 12 Garden Lane, Springfield
hours:
  monday: 09:00-17:00
services:
  - name: Myofascial release
    minutes: 60
    price: from $110
emergency:
  country: US
  numbers:
    US: {emergency: "911", crisis: "988", crisis_name: Suicide and Crisis Lifeline}
"""


@pytest.fixture(scope="session")
def model() -> Path:
    """The model that was trained last; a failure that says what to do where there is none."""
    from lamoon.launch.commands import newest_model

    try:
        return newest_model()
    except FileNotFoundError as problem:
        pytest.fail(str(problem))


@pytest.fixture(scope="session")
def trained_parser(model: Path) -> Parse:
    """From a text to what the trained model reads in it."""
    from lamoon.nlu.parser import load_parser

    return load_parser(model)


@pytest.fixture(scope="session")
def encoder() -> SentenceEncoder:
    """The sentence encoder, loaded once."""
    from lamoon.understanding.encoder import SentenceEncoder

    return SentenceEncoder()


@pytest.fixture(scope="session")
def set_settings() -> SetSettings:
    """Sets only these settings: an empty data folder, and a studio.yml that is filled in. Returns the data folder."""

    def set_all(patch: pytest.MonkeyPatch, folder: Path) -> Path:
        for name in [name for name in os.environ if name.startswith("LAMOON_")]:
            patch.delenv(name)
        studio = folder / "studio.yml"
        studio.write_text(STUDIO, encoding="utf-8")
        patch.setenv("LAMOON_STUDIO", str(studio))
        patch.setenv("LAMOON_DATA", str(folder / "data"))
        return folder / "data"

    return set_all


@pytest.fixture
def settings_of_test(set_settings: SetSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The settings of one test; studio.yml lies beside the data folder that is returned."""
    return set_settings(monkeypatch, tmp_path)
