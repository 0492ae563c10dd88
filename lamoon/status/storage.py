"""The database and its queues. The check neither creates nor upgrades anything."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from sqlalchemy.engine import make_url

from lamoon.chat.backlog import Backlog, count_backlog
from lamoon.errors import StoreError
from lamoon.settings import Settings
from lamoon.status.part import Part
from lamoon.storage import schema
from lamoon.storage.database import READING, open_engine, translating_errors

LATE_SECONDS: Final = 900.0
"""A notice due for longer counts as not being delivered."""
UNANSWERED_SECONDS: Final = 60.0
"""A message waiting for longer counts as not being answered."""


def storage(settings: Settings) -> Sequence[Part]:
    """Check the database; and the outbox and the messages if it can be read."""
    url = make_url(settings.database_url.reveal())
    engine_name, place = url.get_backend_name(), _place(url.host, url.port, url.database)
    about: dict[str, str | int | float | None] = {
        "engine": engine_name,
        "place": place,
        "newest": schema.revisions()[-1],
    }
    if engine_name == "sqlite" and not Path(url.database or "").exists():
        return [Part("database", "wrong", f"sqlite {place} does not exist yet: nothing has been started", about)]
    try:
        engine = open_engine(settings.database_url.reveal())
        with translating_errors("be read"), engine.connect().execution_options(**{READING: True}) as connection:
            revision = schema.stored_revision(connection)
            about["revision"] = revision
            if revision != schema.revisions()[-1]:
                text = (
                    f"{engine_name} {place}, revision {revision or 'none'}, wanted {about['newest']}: lamoon database"
                )
                return [Part("database", "wrong", text, about)]
            backlog = count_backlog(connection)
        engine.dispose()
    except StoreError as error:
        return [Part("database", "wrong", f"{engine_name} {place}: {error}", about)]
    return [
        Part("database", "ok", f"{engine_name} {place}, revision {revision}", about),
        _outbox(backlog),
        _messages(backlog),
    ]


def _place(host: str | None, port: int | None, name: str | None) -> str:
    """Return the location of the database without user, password and options."""
    return f"{host}{f':{port}' if port else ''}/{name}" if host else str(name)


def _outbox(backlog: Backlog) -> Part:
    waiting, retrying, failed = (backlog.notices[state] for state in ("waiting", "retrying", "failed"))
    late = backlog.oldest_notice > LATE_SECONDS
    text = f"{waiting} waiting, {retrying} tried in vain so far, {failed} given up"
    text += f"; one is {backlog.oldest_notice / 60:.0f} minutes late" if late else ""
    text += "; to try again: lamoon requests retry" if failed else ""
    details = {**backlog.notices, "oldest_due_seconds": round(backlog.oldest_notice)}
    return Part("outbox", "wrong" if failed or late else "ok", text, details)


def _messages(backlog: Backlog) -> Part:
    late = backlog.oldest_message > UNANSWERED_SECONDS
    text = f"{backlog.waiting} wait for their answer"
    text += f", the oldest for {backlog.oldest_message:.0f} seconds" if late else ""
    details = {"waiting": backlog.waiting, "oldest_seconds": round(backlog.oldest_message)}
    return Part("messages", "wrong" if late else "ok", text, details)
