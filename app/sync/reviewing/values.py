"""Columns as the file holds them, said in the words of the screen; ids by the names of what they lead to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.sqlite import dialect

from app.common.clock import local
from app.common.words import tr
from app.rota.rules import HALF_WORDS, WEEKDAYS
from app.security.context import Context
from app.sync.reviewing.words import CODES, COLUMNS, NOT_SHOWN, REFERS
from db.engine import Tx
from db.models import Arrival, Assignment, Base, Case, Centre, Client, Destination, RowId, School, Staff, Visit
from db.models import Room as CentreRoom
from db.replica.raw import Raw

_AT_ONCE = 5_000
Values = Mapping[str, Raw]


@cache
def _reader(table: str, column: str) -> Callable[[Any], Any] | None:
    kind = Base.metadata.tables[table].columns[column].type
    found: Callable[[Any], Any] | None = kind.dialect_impl(dialect()).result_processor(dialect(), None)
    return found


def mapped(table: str, column: str, raw: Raw) -> Any:
    """The value in Python; `raw` itself where the column's type cannot read it."""
    read = _reader(table, column)
    try:
        return raw if raw is None or read is None else read(raw)
    except (ValueError, TypeError):
        return raw


def ids_in(table: str, values: Values) -> Iterable[tuple[str, str]]:
    """(table, id) of every row that these columns name."""
    for column, raw in values.items():
        if column in REFERS and isinstance(raw, bytes):
            yield REFERS[column], raw.hex()


class Names:
    """What rows are called, looked up for many at once."""

    def __init__(self, tx: Tx, ctx: Context) -> None:
        self._tx = tx
        self._members = ctx.members(tx).members
        self._known: dict[tuple[str, str], str] = {}

    def learn(self, wanted: Iterable[tuple[str, str]]) -> None:
        """Reads the names of rows not known yet, a query for each table."""
        ids: dict[str, set[str]] = defaultdict(set)
        for table, row_id in wanted:
            if (table, row_id) not in self._known:
                ids[table].add(row_id)
        for table, these in ids.items():
            every = sorted(these)
            for at in range(0, len(every), _AT_ONCE):
                self._read(table, every[at : at + _AT_ONCE])

    def of(self, table: str, row_id: str) -> str:
        """The row's name; words for one that is not here."""
        self.learn([(table, row_id)])
        return self._known.get((table, row_id)) or tr("not on this PC")

    def _read(self, table: str, ids: list[str]) -> None:
        if table == "account":
            self._known |= {(table, one): self._members[one].name for one in ids if one in self._members}
            return
        read = _READERS.get(table)
        for row_id, name in read(self._tx, ids) if read else ():
            self._known[table, row_id] = name


def _clients(tx: Tx, ids: list[str]) -> Iterable[tuple[str, str]]:
    query = select(Client.id, Client.name, Client.number).where(Client.id.in_(ids))
    return ((row_id, f"{name} {number}") for row_id, name, number in tx.execute(query))


def _named(model: type[Staff] | type[CentreRoom] | type[Centre] | type[School]) -> Callable[..., Any]:
    return lambda tx, ids: tx.execute(select(model.id, model.name).where(model.id.in_(ids)))


def _cases(tx: Tx, ids: list[str]) -> Iterable[tuple[str, str]]:
    query = select(Case.id, Case.number).where(Case.id.in_(ids))
    return ((row_id, tr("Case {number}", number=number)) for row_id, number in tx.execute(query))


def _visits(tx: Tx, ids: list[str]) -> Iterable[tuple[str, str]]:
    query = select(Visit.id, Visit.ticket, Visit.day).where(Visit.id.in_(ids))
    return ((row_id, f"{day.isoformat()} {ticket or ''}".rstrip()) for row_id, ticket, day in tx.execute(query))


def _arrivals(tx: Tx, ids: list[str]) -> Iterable[tuple[str, str]]:
    return ((row_id, clock(at)) for row_id, at in tx.execute(select(Arrival.id, Arrival.at).where(Arrival.id.in_(ids))))


def _destinations(tx: Tx, ids: list[str]) -> Iterable[tuple[str, str]]:
    query = select(Destination.id, Destination.institution, Destination.clinic).where(Destination.id.in_(ids))
    return ((row_id, f"{place} {clinic}".strip()) for row_id, place, clinic in tx.execute(query))


def _assignments(tx: Tx, ids: list[str]) -> Iterable[tuple[str, str]]:
    query = select(Assignment.id, Assignment.day, Assignment.half, Staff.name)
    rows = tx.execute(query.join(Staff, Staff.id == Assignment.staff_id).where(Assignment.id.in_(ids)))
    return ((row_id, f"{day.isoformat()} {tr(HALF_WORDS[half])} {name}") for row_id, day, half, name in rows)


_READERS: dict[str, Callable[[Tx, list[str]], Iterable[tuple[str, str]]]] = {
    "arrival": _arrivals,
    "assignment": _assignments,
    "case": _cases,
    "centre": _named(Centre),
    "client": _clients,
    "destination": _destinations,
    "room": _named(CentreRoom),
    "school": _named(School),
    "staff": _named(Staff),
    "visit": _visits,
}


def clock(moment: datetime) -> str:
    """Day and time at the centre."""
    return f"{local(moment):%Y-%m-%d %H:%M}"


def said(table: str, values: Values, names: Names) -> tuple[tuple[str, str], ...]:
    """(column, value) in words, in the order given; what says nothing to a person is left out."""
    return tuple(
        (tr(COLUMNS[column]), _word(table, column, raw, names))
        for column, raw in values.items()
        if column not in NOT_SHOWN
    )


def _word(table: str, column: str, raw: Raw, names: Names) -> str:
    value = mapped(table, column, raw)
    if value is None or value in ("", [], {}):
        return tr("not filled in")
    codes = CODES.get((table, column), {})
    if isinstance(value, list):
        return tr(", ").join(_item(codes, item) for item in value)
    if isinstance(value, dict):
        return tr("; ").join(f"{key} {_item({}, item)}" for key, item in value.items())
    if isinstance(value, bool):
        return tr("yes") if value else tr("no")
    if isinstance(value, datetime):
        return clock(value)
    if isinstance(value, date):
        return value.isoformat()
    if column in REFERS and isinstance(Base.metadata.tables[table].columns[column].type, RowId):
        return names.of(REFERS[column], value) if isinstance(value, str) else tr("not on this PC")
    if isinstance(value, bytes):
        return tr("(sealed)")
    return tr(codes[str(value)]) if str(value) in codes else str(value)


def _item(codes: Mapping[str, str], item: object) -> str:
    """One of a list: a code, or a half day of the week as the rota keeps it, or hours."""
    if isinstance(item, list) and len(item) == 2 and item[1] in HALF_WORDS and isinstance(item[0], int):
        return f"{tr(WEEKDAYS[item[0] % 7])} {tr(HALF_WORDS[item[1]])}"
    if isinstance(item, list):
        return "–".join(str(part) for part in item)
    return tr(codes[str(item)]) if str(item) in codes else str(item)
