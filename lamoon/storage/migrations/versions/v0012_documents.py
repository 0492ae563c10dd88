"""Documents: texts that the desk changes, with studio.yml's versions, and the results of saved tests; ready replies are in studio.yml.

The versions of studio.yml stay the history of a file: with PostgreSQL the file goes on until the desk changes something.
Up loses ready replies that only the desk had, down what was changed since where gateways share the documents.
"""

from __future__ import annotations

from alembic import op
from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    DateTime,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    false,
    insert,
    literal,
    select,
)

revision = "0012"
down_revision = "0011"

documents = Table(
    "desk_documents",
    MetaData(),
    Column("name", String(100), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("staff", String(80), nullable=False),
    Column("at", DateTime, nullable=False),
    Column("part", String(40), nullable=False),
    Column("text", Text, nullable=False),
    Column("in_use", Boolean, nullable=False),
)
test_results = Table(
    "desk_test_results",
    MetaData(),
    Column("name", String(200), primary_key=True),
    Column("at", DateTime, nullable=False),
    Column("state", String(10), nullable=False),
    Column("turns", JSON, nullable=False),
)
studio_versions = Table(
    "desk_studio_versions",
    MetaData(),
    Column("number", Integer, primary_key=True),
    Column("staff", String(80), nullable=False),
    Column("at", DateTime, nullable=False),
    Column("field", String(40), nullable=False),
    Column("text", Text, nullable=False),
    sqlite_autoincrement=True,
)
ready_replies = Table(
    "desk_ready_replies",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("shortcut", String(40), nullable=False, unique=True),
    Column("text", Text, nullable=False),
)
STUDIO = "studio.yml"


def upgrade() -> None:
    """Moves the versions over."""
    documents.create(op.get_bind())
    test_results.create(op.get_bind())
    old = studio_versions.c
    rows = select(literal(STUDIO), old.number, old.staff, old.at, old.field, old.text, false())
    columns = ["name", "number", "staff", "at", "part", "text", "in_use"]
    op.execute(insert(documents).from_select(columns, rows))
    op.drop_table("desk_studio_versions")
    op.drop_table("desk_ready_replies")


def downgrade() -> None:
    """Moves them back."""
    studio_versions.create(op.get_bind())
    new = documents.c
    rows = select(new.number, new.staff, new.at, new.part, new.text).where(new.name == STUDIO)
    op.execute(insert(studio_versions).from_select(["number", "staff", "at", "field", "text"], rows))
    op.drop_table("desk_documents")
    op.drop_table("desk_test_results")
    ready_replies.create(op.get_bind())
