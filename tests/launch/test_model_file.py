"""Damaged model archives are recognised before a server is started with them."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from lamoon.launch.model_file import damage_of


def write_model(path: Path, *names: str) -> Path:
    """An archive with these members, by default those that Rasa needs."""
    path.parent.mkdir(exist_ok=True)
    with tarfile.open(path, "w:gz") as archive:
        for name in names or ("components", "metadata.json"):
            content = bytes(range(256)) * 40
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return path


def cut(whole: bytes) -> bytes:
    return whole[: len(whole) // 2]


def flip(whole: bytes) -> bytes:
    """One wrong byte in the checksum at the end, which unpacking alone does not look at."""
    return whole[:-8] + bytes([whole[-8] ^ 1]) + whole[-7:]


def test_the_trained_model_is_whole(model: Path) -> None:
    assert damage_of(model) == ""


@pytest.mark.parametrize("harm", [cut, flip, lambda whole: b"", lambda whole: b"<html>404</html>"])
def test_an_archive_that_cannot_be_read_to_its_end_is_damaged(
    model: Path, tmp_path: Path, harm: Callable[[bytes], bytes]
) -> None:
    path = tmp_path / "harmed.tar.gz"
    path.write_bytes(harm(model.read_bytes()))
    assert damage_of(path).startswith("it cannot be unpacked")


def test_an_archive_of_something_else_lacks_what_rasa_needs(tmp_path: Path) -> None:
    assert damage_of(write_model(tmp_path / "a.tar.gz")) == ""
    assert damage_of(write_model(tmp_path / "b.tar.gz", "metadata.json")) == "it lacks components"


def test_a_model_that_is_gone_is_no_model(tmp_path: Path) -> None:
    assert damage_of(tmp_path / "gone.tar.gz") == "it cannot be unpacked (FileNotFoundError)"
