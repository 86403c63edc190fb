"""The encrypted file: one writing connection, a few reading ones, and nothing else that opens it.

SQLCipher with the PC's raw 256-bit key; WAL and `synchronous=FULL`, so that what was committed is on the
disk; temporary tables stay in memory, so that a sort never spills a name.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.orm import Session as Tx
from sqlalchemy.pool import QueuePool

from db.errors import FaultKind, StorageFault, storage_faults

__all__ = ["Database", "Tx"]

_BUSY_MS = 10_000


class Database:
    """`centre.db` of one PC. Threads may share it; one transaction writes at a time."""

    def __init__(self, path: Path, key: bytes) -> None:
        if len(key) != 32:
            raise ValueError("a raw key has 32 bytes")
        self.path = path
        self._key = key
        self._writer = self._engine(pool_size=1, read_only=False)
        self._reader = self._engine(pool_size=4, read_only=True)
        self.stamps: dict[str, Any] = {}
        self.wall_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000
        self._turn = threading.Condition()
        self._hurried = 0

    @classmethod
    def open(cls, path: Path, key: bytes) -> Database:
        """Opens an existing file; StorageFault if it is missing, damaged, locked or not openable with `key`."""
        if not path.exists():
            raise StorageFault(FaultKind.MISSING)
        if not path.is_file() or path.stat().st_size == 0:
            raise StorageFault(FaultKind.DAMAGED)
        database = cls(path, key)
        try:
            with storage_faults(), database._writer.connect() as connection:
                connection.exec_driver_sql("SELECT count(*) FROM sqlite_schema")
        except BaseException:
            database.close()
            raise
        return database

    def close(self) -> None:
        """Folds the WAL into the file and lets go of it."""
        self._reader.dispose()
        self._writer.dispose()

    @property
    def writer(self) -> Engine:
        """The writing engine, for migrations and backups."""
        return self._writer

    @contextmanager
    def read(self) -> Iterator[Tx]:
        """A consistent view; writing through it fails."""
        with (
            storage_faults(),
            Tx(self._reader, expire_on_commit=False, autoflush=False) as tx,
        ):
            yield tx

    @contextmanager
    def write(self, *, patient: bool = False) -> Iterator[Tx]:
        """One transaction, BEGIN IMMEDIATE: committed at the end of the block, undone on any exception.

        `patient`, for long work done in many transactions: what a person saves meanwhile goes first."""
        with self._in_turn(patient), storage_faults(), Tx(self._writer, expire_on_commit=False) as tx:
            tx.info["database"] = self
            with tx.begin():
                yield tx

    @contextmanager
    def _in_turn(self, patient: bool) -> Iterator[None]:
        with self._turn:
            if patient:
                self._turn.wait_for(lambda: self._hurried == 0)
            else:
                self._hurried += 1
        try:
            yield
        finally:
            if not patient:
                with self._turn:
                    self._hurried -= 1
                    self._turn.notify_all()

    def _engine(self, *, pool_size: int, read_only: bool) -> Engine:
        engine = create_engine(
            "sqlite://",
            module=sqlcipher,
            creator=lambda: self._connect(read_only),
            poolclass=QueuePool,
            pool_size=pool_size,
            max_overflow=0 if not read_only else 8,
            hide_parameters=True,
        )
        begin = "BEGIN" if read_only else "BEGIN IMMEDIATE"
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(begin))
        return engine

    def _connect(self, read_only: bool) -> Any:
        connection = sqlcipher.connect(
            str(self.path),
            isolation_level=None,
            check_same_thread=False,
            timeout=_BUSY_MS / 1000,
        )
        try:
            for pragma in (
                f"key = \"x'{self._key.hex()}'\"",
                "cipher_log_level = NONE",
                "temp_store = MEMORY",
                "foreign_keys = ON",
                "trusted_schema = OFF",
                "secure_delete = ON",
                *(("query_only = ON",) if read_only else ("journal_mode = WAL", "synchronous = FULL")),
            ):
                connection.execute(f"PRAGMA {pragma}")
        except BaseException:
            connection.close()
            raise
        return connection
