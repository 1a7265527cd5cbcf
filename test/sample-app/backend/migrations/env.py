"""Alembic's environment: one transaction round all revisions, so that a failed migration leaves the schema as it was."""

import logging
import os
import time

import sqlalchemy
from alembic import context

logging.basicConfig(level=logging.INFO, format="%(levelname)s [%(name)s] %(message)s")
engine = sqlalchemy.create_engine(os.environ["DATABASE_URL"], poolclass=sqlalchemy.pool.NullPool)
command = context.config.cmd_opts.cmd[0].__name__

with engine.connect() as connection:
    context.configure(connection=connection)
    with context.begin_transaction():
        if command == "upgrade":
            time.sleep(float(os.environ.get("MIGRATION_SECONDS") or 0))
        context.run_migrations()
        if command == "upgrade" and os.environ.get("FAIL_MIGRATION", "") not in ("", "0"):
            connection.execute(sqlalchemy.text("ALTER TABLE table_that_is_not_there ADD COLUMN failed_migration_knob integer"))
