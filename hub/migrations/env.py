"""Alembic's entry: runs the revisions on the engine that `hub.migrations.upgrade` hands in."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Engine

from hub.database import Base


def run(engine: Engine) -> None:
    """All revisions in one transaction, so that a failed upgrade leaves the database as it was."""
    with engine.begin() as connection:
        context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True)
        with context.begin_transaction():
            context.run_migrations()


run(context.config.attributes["engine"])
