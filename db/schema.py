"""Brings a file to the schema of this program: one path for a new file and for an old one."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection

from db.engine import Database
from db.errors import FaultKind, StorageFault, storage_faults

LATEST = "0003"
_MIGRATIONS = Path(__file__).parent / "migrations"


def version_of(connection: Connection) -> str | None:
    """The revision that the file says it has; None for an empty file."""
    known = connection.exec_driver_sql("SELECT 1 FROM sqlite_schema WHERE name = 'alembic_version'").scalar()
    if not known:
        return None
    found = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    return str(found) if found else None


def upgrade(database: Database, to: str = LATEST) -> None:
    """Migrates in one transaction. StorageFault NEWER if a newer program has written the file. `to`: an earlier
    revision, for tests of the way from there."""
    with storage_faults(), database.writer.connect() as connection, connection.begin():
        found = version_of(connection)
        if found == to:
            return
        if found is not None and found > LATEST:
            raise StorageFault(FaultKind.NEWER)
        _run(connection, to)


def _run(connection: Connection, to: str) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, to)
