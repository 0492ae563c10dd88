"""Alembic's scripts: `versions/` has a file for each revision, `lamoon.storage.schema` runs them.

A change of `lamoon.storage.tables` needs a revision with both ways, up and down: `vNNNN_what.py`, with the next number. It
imports nothing of the tables, which go on changing. `tests/storage/test_migrations.py` compares an upgraded database with
a new one.
"""
