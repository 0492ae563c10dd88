"""Real databases: SQLite, and PostgreSQL where it answers."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import create_engine
from sqlalchemy.exc import OperationalError

POSTGRES = os.environ.get("LAMOON_TEST_POSTGRES_URL", "postgresql://postgres@127.0.0.1:5432/test")


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'state' / 'lamoon.db'}"


@contextmanager
def make_schema() -> Iterator[str]:
    """Yield the address of an empty temporary schema. Skips if no PostgreSQL answers."""
    schema = f"lamoon_test_{uuid.uuid4().hex}"
    admin = create_engine(POSTGRES, future=True, connect_args={"connect_timeout": 2})
    try:
        with admin.begin() as connection:
            connection.exec_driver_sql(f"CREATE SCHEMA {schema}")
    except OperationalError:
        pytest.skip("no PostgreSQL at LAMOON_TEST_POSTGRES_URL or 127.0.0.1:5432")
    try:
        yield f"{POSTGRES}?options=-csearch_path%3D{schema}"
    finally:
        with admin.begin() as connection:
            connection.exec_driver_sql(f"DROP SCHEMA {schema} CASCADE")
        admin.dispose()


@pytest.fixture
def postgres_url() -> Iterator[str]:
    """A schema of the test's own."""
    with make_schema() as address:
        yield address


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest) -> str:
    """A fresh database of each kind."""
    address: str = request.getfixturevalue(f"{request.param}_url")
    return address
