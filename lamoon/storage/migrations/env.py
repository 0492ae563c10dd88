"""Alembic's environment script. Its connection, with a transaction and a lock, comes from `lamoon.storage.schema`."""

from __future__ import annotations

from alembic import context

context.configure(connection=context.config.attributes["connection"])
context.run_migrations()
