"""The common parts of all tables: their metadata, and encrypted columns."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, MetaData

from lamoon.storage.encryption import MARK, SEALED, Sealed

metadata = MetaData()


def sealed(place: str, *, is_json: bool = False, mark: str | None = None, **more: Any) -> Column[Any]:
    """Return an encrypted column; `mark` names the column by which it can be searched."""
    info = {SEALED: ()} | ({MARK: mark} if mark else {})
    return Column(place.partition(".")[2], Sealed(place, is_json=is_json), info=info, **more)
