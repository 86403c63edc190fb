"""What every mapped table shares: ids, versions, streams, and how a row will merge.

A row that synchronises carries its version from insert (`version`: who wrote it; `stamp`: when, hybrid
logical clock). A group of columns gets a version of its own only once edited (`GroupVersion`).
The models declare their groups and their kind; `db.replica` obeys and knows no policy.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Literal

from sqlalchemy import BLOB, BigInteger, Index, LargeBinary, MetaData, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def micros(moment: datetime) -> int:
    """Whole microseconds since 1970, exact; as the file holds a moment."""
    return (moment - EPOCH) // timedelta(microseconds=1)


class RowId(TypeDecorator[str]):
    """12 bytes in the file (8 drawn per sign-in, 4 counted), 24 hex characters in Python."""

    impl = BLOB
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Any) -> bytes | None:
        return None if value is None else bytes.fromhex(value)

    def process_result_value(self, value: bytes | None, dialect: Any) -> str | None:
        return None if value is None else value.hex()


class Moment(TypeDecorator[datetime]):
    """An aware UTC datetime as whole microseconds since 1970, exact both ways."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> int | None:
        return None if value is None else micros(value)

    def process_result_value(self, value: int | None, dialect: Any) -> datetime | None:
        return None if value is None else EPOCH + timedelta(microseconds=value)


class Base(DeclarativeBase):
    """Root of all tables; constraint names are fixed so that migrations can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: Moment,
        bytes: LargeBinary,
        str: String,
    }


class Synced:
    """A row that travels. References between synchronised rows are not enforced by the file: the child may
    arrive before its parent, and a deleted parent does not take its child along."""

    merge_kind: ClassVar[Literal["edit", "event"]] = "edit"
    """`edit`: groups merge as one, concurrent losers are kept. `event`: append-only, never changed."""
    merge_groups: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    """For `edit`: every column that may change, in exactly one group."""
    merge_quiet: ClassVar[frozenset[str]] = frozenset()
    """Groups in which the later of two concurrent edits wins and nobody is asked; the other is stored as settled."""
    merge_parent: ClassVar[Mapping[str, str]] = {}
    """Column -> table of the row that this one belongs to, and would be lost without."""
    merge_fixed: ClassVar[frozenset[str]] = frozenset()
    """Groups that nobody may change once the row is there: an edit that comes by synchronisation is not taken."""
    merge_added: ClassVar[Mapping[str, str]] = {}
    """Column -> the schema that brought it, if that is later than the table's first: rows that a PC wrote before come
    without it and take the default of the file."""
    merge_expires: ClassVar[bool] = False
    """For `event`: rows that may be deleted all the same, once what they hold has moved elsewhere."""

    id: Mapped[str] = mapped_column(RowId, primary_key=True)
    stream: Mapped[str] = mapped_column(String, doc='"org", or the id of the centre whose stream carries the row')
    version: Mapped[bytes] = mapped_column(LargeBinary, doc="dot: device(8) drawn at the opening(4) counter(8)")
    stamp: Mapped[bytes] = mapped_column(LargeBinary, doc="hybrid logical clock: ms(6) counter(4)")


class Shared(Synced):
    """A row of the whole organisation, which travels in the stream that every PC carries. No other row does: else the
    PC of one centre could take the place of another centre's row before that one is written."""


SYSTEM_COLUMNS = frozenset({"id", "stream", "version", "stamp"})


class GroupVersion(Base):
    """The version of one group of columns that was edited after its row's insert."""

    __tablename__ = "group_version"

    table_name: Mapped[str] = mapped_column(primary_key=True)
    row_id: Mapped[str] = mapped_column(RowId, primary_key=True)
    group_name: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[bytes]
    stamp: Mapped[bytes]
    base: Mapped[bytes] = mapped_column(
        doc="every dot of the group that is known to be superseded, 20 bytes each; the first is the one it replaced"
    )

    __table_args__ = (Index("ix_group_version_version", "version"),)
