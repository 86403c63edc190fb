"""The bench's centre with the 64 experts of the fixture, three rooms and the duty pattern; for rota and Today."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

from sqlalchemy import select

from app.bootstrap import Office
from app.common import words
from app.common.clock import at_centre
from app.common.progress import CancelToken, silent
from app.people.columns import EXPERTS
from app.people.defaults import add_centre_defaults
from app.people.expert_rows import read_experts
from app.people.import_staff import list_experts
from app.people.sheets import read_book
from app.security.permissions import May
from db.models import Client, DutyPattern, Staff
from tests.services.conftest import Bench

LIST = Path(__file__).parents[1] / "fixtures" / "experts-2027.csv"
MONDAY = date(2027, 1, 4)
"""The first duty day of the list's year."""


def furnish(office: Office) -> None:
    """Adds what `create_organisation` and `longshan import experts` would."""
    rows, refused = read_experts(read_book(LIST, EXPERTS), year=2027, today=MONDAY)
    assert not refused
    with office.ctx.write(May.EDIT_CENTRE, "furnished") as act:
        here = office.who.centre_id
        if not act.tx.execute(select(DutyPattern)).scalars().all():
            add_centre_defaults(act.tx, here)
        list_experts(act.tx, rows, here, silent, CancelToken())
        act.tx.flush()
        for staff in act.tx.execute(select(Staff).where(Staff.number.startswith("E"))).scalars():
            staff.expert = True


def planner(bench: Bench, hour: int, minute: int = 0) -> Office:
    """The director on that Monday, with the 64 experts; Chinese."""
    words.set_language("zh")
    bench.clock.at = clock_at(MONDAY, hour, minute)
    office = bench.sign("director")
    furnish(office)
    return office


def expert_id(office: Office, number: str) -> str:
    """The row id of E001."""
    with office.ctx.read(May.SEE_ROTA) as tx:
        return tx.execute(select(Staff.id).where(Staff.number == number)).scalars().one()


def client_id(office: Office, name: str) -> str:
    with office.ctx.read(May.SEE_ROTA) as tx:
        return tx.execute(select(Client.id).where(Client.name == name)).scalars().one()


def clock_at(day: date, hour: int, minute: int = 0) -> datetime:
    return at_centre(day, hour, minute)
