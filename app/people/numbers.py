"""Hands out human numbers: per centre, PC and year, without a gap that two PCs could fill twice."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute

from app.common.ids import human_number, running_of
from db.engine import Tx
from db.models import Centre, Device


def next_number(tx: Tx, column: InstrumentedAttribute[str], year: int) -> str:
    """The next number of this PC for the kind of row that `column` numbers: LSA-2026-0118-E.

    Remembered for the rest of the transaction, so that an import does not ask the index for each row.
    """
    held: dict[tuple[str, int], int] = tx.info.setdefault("numbers", {})
    code, letter = _prefix(tx)
    slot = (str(column), year)
    if slot not in held:
        prefix = f"{code}{letter}-{year}-"
        order = (func.length(column).desc(), column.desc())
        last = tx.execute(select(column).where(column.startswith(prefix)).order_by(*order).limit(1)).scalar()
        held[slot] = running_of(last) if last else 0
    held[slot] += 1
    return human_number(code, letter, year, held[slot])


def _prefix(tx: Tx) -> tuple[str, str]:
    held: tuple[str, str] | None = tx.info.get("number_prefix")
    if held is None:
        row = tx.execute(select(Centre.code, Device.letter).join(Device, Device.centre_id == Centre.id)).one()
        held = tx.info["number_prefix"] = (row[0], row[1])
    return held
