"""Assistants whose stores may be broken: one on SQLite on a small disk, one on a PostgreSQL of its own."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from faults.house import House
from faults.postgres import Cluster, programs

FAULTS = int(os.environ.get("LAMOON_TEST_FAULTS", "0"))
"""How often each fault strikes; 0: once or so, at a step that is another for each fault."""
DISK = "size=64m,mode=700"


@dataclass(frozen=True)
class SmallDisk:
    """A folder; `is_small` where it lies on a disk of its own that may be filled."""

    folder: Path
    is_small: bool


@pytest.fixture(scope="session")
def small_disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmallDisk]:
    """A disk in memory; an ordinary folder where this user may not mount one."""
    folder = tmp_path_factory.mktemp("disk")
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", DISK, "tmpfs", str(folder)], capture_output=True, check=False
    )
    yield SmallDisk(folder, mounted.returncode == 0)
    if mounted.returncode == 0:
        subprocess.run(["umount", str(folder)], check=True)


@pytest.fixture(scope="session")
def on_sqlite(small_disk: SmallDisk, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """An assistant on SQLite."""
    with House(small_disk.folder / "data", tmp_path_factory.mktemp("logs")) as house:
        yield house


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A PostgreSQL that nobody else uses. Skips where it is not installed."""
    binaries = programs()
    if binaries is None:
        pytest.skip("PostgreSQL's own programs (initdb, pg_ctl) are not installed")
    with Cluster(binaries) as made:
        yield made


@pytest.fixture(scope="session")
def on_postgres(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """An assistant on PostgreSQL."""
    with House(tmp_path_factory.mktemp("postgres") / "data", tmp_path_factory.mktemp("logs"), cluster.url) as house:
        yield house
