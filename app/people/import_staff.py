"""Puts experts and schools into the file, in the caller's transaction. An empty cell erases nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from app.common.notes import Note
from app.common.progress import CancelToken, Progress
from app.common.words import N_
from app.people.expert_rows import ExpertRow
from app.people.leave_text import LeaveRead, WishRead
from app.people.rows import Problem, name_key
from app.people.school_rows import SchoolRow
from db.engine import Tx
from db.models import DutyWish, Leave, School, Staff
from db.replica.stamping import new_id


@dataclass(slots=True)
class Listed:
    """What went in; `warnings` are those that only the file could give, by id of the row object."""

    added: int = 0
    updated: int = 0
    touched: list[str] = field(default_factory=list)
    warnings: dict[int, Problem] = field(default_factory=dict)


def list_experts(tx: Tx, rows: Sequence[ExpertRow], centre_id: str, progress: Progress, cancel: CancelToken) -> Listed:
    """Adds or updates each expert, matched by staff number in the whole organisation."""
    known = {staff.number.upper(): staff for staff in tx.execute(select(Staff)).scalars()}
    schools = dict(tx.execute(select(School.name, School.id)).all())
    done = Listed()
    for position, row in enumerate(rows, 1):
        cancel.check()
        staff = known.get(row.number)
        if staff is None:
            staff = known[row.number] = Staff(id=new_id(tx), stream="org", centre_id=centre_id, number=row.number)
            _write(staff, _values(row, schools))
            tx.add(staff)
            done.added += 1
            done.touched.append(staff.id)
        else:
            if name_key(staff.name) != name_key(row.name):
                done.warnings[id(row)] = _renamed(staff.name, row)
            if _write(staff, _values(row, schools)):
                done.updated += 1
                done.touched.append(staff.id)
        if _add_leave(tx, staff.id, row) + _add_wishes(tx, staff.id, row) and staff.id not in done.touched[-1:]:
            done.updated += 1
            done.touched.append(staff.id)
        progress(position, len(rows))
    return done


def _renamed(before: str, row: ExpertRow) -> Problem:
    note = N_("The staff number {number} belonged to {before}; the name is now {name}.")
    return Problem("name", Note.of("number.renamed", note, number=row.number, before=before, name=row.name))


def _values(row: ExpertRow, schools: dict[str, str]) -> dict[str, Any]:
    said = {
        "name": row.name,
        "sex": row.sex,
        "employer": row.employer,
        "school_id": schools.get(row.employer or ""),
        "telephone": "、".join(telephone.shown for telephone in row.telephones) or None,
        "specialities": list(row.specialities) or None,
        "availability": [list(one) for one in row.availability] or None,
        "weekly_limit": row.weekly_limit,
        "last_quarter": row.last_quarter,
        "record_check_until": row.record_check,
        "monthly_limit": row.monthly_limit,
        "daily_limit": row.daily_limit,
    }
    return {key: value for key, value in said.items() if value is not None} | {"expert": True, "active": True}


def _write(row: Staff | School, values: dict[str, Any]) -> bool:
    """Sets what differs; whether anything did."""
    changed = {key: value for key, value in values.items() if getattr(row, key) != value}
    for key, value in changed.items():
        setattr(row, key, value)
    return bool(changed)


def _add_leave(tx: Tx, staff_id: str, row: ExpertRow) -> int:
    """Leave that is not yet there is added; leave that the list does not name may have been taken since, and stays."""
    if not row.leave:
        return 0
    mine = select(Leave).where(Leave.staff_id == staff_id, Leave.withdrawn.is_(False))
    held = {LeaveRead(one.first, one.last, one.half or "", one.rule or "") for one in tx.execute(mine).scalars()}
    missing = [leave for leave in row.leave if leave not in held]
    for first, last, half, rule in missing:
        made = Leave(id=new_id(tx), stream="org", staff_id=staff_id, first=first, last=last)
        made.half, made.rule = half or None, rule or None
        tx.add(made)
    return len(missing)


def _add_wishes(tx: Tx, staff_id: str, row: ExpertRow) -> int:
    """As leave: what is not there is added, nothing is taken away."""
    said = [(True, wish) for wish in row.wishes] + [(False, wish) for wish in row.dislikes]
    if not said:
        return 0
    mine = select(DutyWish).where(DutyWish.staff_id == staff_id, DutyWish.withdrawn.is_(False))
    held = {(w.prefer, WishRead(w.weekday, w.day, w.half or "")) for w in tx.execute(mine).scalars()}
    missing = [one for one in said if one not in held]
    for prefer, (weekday, day, half) in missing:
        made = DutyWish(id=new_id(tx), stream="org", staff_id=staff_id, prefer=prefer)
        made.weekday, made.day, made.half = weekday, day, half or None
        tx.add(made)
    return len(missing)


def list_schools(tx: Tx, rows: Sequence[SchoolRow], progress: Progress, cancel: CancelToken) -> Listed:
    """Adds or updates each school, matched by its name."""
    known = {name_key(school.name): school for school in tx.execute(select(School)).scalars()}
    done = Listed()
    for position, row in enumerate(rows, 1):
        cancel.check()
        telephone = "、".join(one.shown for one in row.telephones)
        said = {key: value for key, value in (("county", row.county), ("telephone", telephone)) if value}
        school = known.get(name_key(row.name))
        if school is None:
            school = known[name_key(row.name)] = School(id=new_id(tx), stream="org", name=row.name)
            _write(school, said)
            tx.add(school)
            done.added += 1
            done.touched.append(school.id)
        elif _write(school, said):
            done.updated += 1
            done.touched.append(school.id)
        progress(position, len(rows))
    return done
