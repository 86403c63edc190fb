"""The demonstration organisation's frame: nine centres, schools, 64 experts, four accounts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from random import Random

from sqlalchemy import select

from app.bootstrap import Office, create_organisation, open_workspace, sign_in
from app.common.clock import Clock, today
from app.demo import invented
from app.people.defaults import DUTY_WEEKDAYS, HALVES, add_centre_defaults
from app.security.accounts import NewAccount
from app.security.context import Act
from app.security.founding import CentreSpec, FoundingSpec, add_centre
from app.security.permissions import May, Role
from db.crypto.passwords import FLOOR_MEMORY
from db.models import DutyWish, Leave, School, Staff
from db.replica.stamping import new_id

PASSWORD = "longshan-demo"
EXPERTS = 64
NAME = "聊城市学生心理健康发展服务中心"
PEOPLE: dict[str, tuple[str, Role]] = {
    "desk": ("周敏", Role.RECEPTIONIST),
    "psych": ("单明霞", Role.PSYCHOLOGIST),
    "supervisor": ("解冬梅", Role.SUPERVISOR),
    "director": ("郑国华", Role.DIRECTOR),
}


def make_frame(folder: Path, random: Random, clock: Clock, passwords: Mapping[str, str], experts: bool) -> None:
    """Founds the organisation in `folder`. Its root and escrow secrets are discarded here.

    The accounts' key derivation is at the floor: the passwords are published, and the demonstration opens quickly."""
    accounts = {
        login: NewAccount(login, name, frozenset({role}), passwords.get(login, PASSWORD))
        for login, (name, role) in PEOPLE.items()
    }
    director = accounts.pop("director")
    spec = FoundingSpec(NAME, CentreSpec(NAME), director, tuple(accounts.values()), demo=True, kdf_memory=FLOOR_MEMORY)
    create_organisation(folder, spec, clock)
    office = open_as(folder, "director", clock, passwords)
    try:
        with office.ctx.write(May.EDIT_CENTRE, "demo.frame") as act:
            _county_centres(act)
            schools = _schools(act, random)
            if experts:
                _experts(act, random, office.who.centre_id, schools, today(clock))
    finally:
        office.close()


def open_as(folder: Path, login: str, clock: Clock, passwords: Mapping[str, str]) -> Office:
    """Signs in one of the demonstration's people."""
    return sign_in(open_workspace(folder), login, passwords.get(login, PASSWORD), clock)


def _county_centres(act: Act) -> None:
    for name, code, letters in invented.COUNTIES:
        centre_id = new_id(act.tx)
        spec = CentreSpec(f"{name}学生心理健康发展服务中心", letters, code, f"聊城市{name}", "0635-8311095")
        add_centre(act.tx, spec, centre_id)
        add_centre_defaults(act.tx, centre_id, rooms=2)
        act.on(centre_id)


def _schools(act: Act, random: Random) -> list[str]:
    ids = []
    for name, county in invented.SCHOOLS:
        row = School(id=new_id(act.tx), stream="org", name=name, county=county)
        row.telephone = f"0635-8{random.randrange(100000, 999999)}"
        act.tx.add(row)
        ids.append(row.id)
    return ids


def _experts(act: Act, random: Random, centre_id: str, schools: list[str], on: date) -> None:
    """D001 is the psychologist who signs in, D002 the supervisor; the others have no account."""
    by_name = {s.name: s for s in act.tx.execute(select(Staff).where(Staff.centre_id == centre_id)).scalars()}
    signed_in = [by_name[PEOPLE["psych"][0]], by_name[PEOPLE["supervisor"][0]]]
    for n in range(1, EXPERTS + 1):
        if n <= len(signed_in):
            staff = signed_in[n - 1]
        else:
            staff = Staff(id=new_id(act.tx), stream="org", centre_id=centre_id, name=invented.name(random))
            act.tx.add(staff)
        _describe(staff, n, random, schools, on)
        _wish(act, staff, n)
        for _ in range(random.choice((0, 0, 0, 1, 2)) if n > len(signed_in) else 0):
            first = on + timedelta(days=random.randrange(-10, 60))
            last = first + timedelta(days=random.randrange(0, 9))
            act.tx.add(Leave(stream="org", staff_id=staff.id, first=first, last=last))


def _wish(act: Act, staff: Staff, n: int) -> None:
    """Every fifth would like one of the half days that they offer, every seventh rather not."""
    for every, prefer in ((5, True), (7, False)):
        if n % every == 0 and staff.availability:
            weekday, half = staff.availability[n % len(staff.availability)]
            wish = DutyWish(id=new_id(act.tx), stream="org", staff_id=staff.id, prefer=prefer, weekday=weekday)
            wish.half = half
            act.tx.add(wish)


def _describe(staff: Staff, n: int, random: Random, schools: list[str], on: date) -> None:
    staff.number, staff.expert = f"D{n:03d}", True
    staff.sex = "female" if n <= 2 or random.random() < 0.68 else "male"
    staff.telephone = invented.telephone(random)
    if random.random() < 0.7 and n > 2:
        place = random.randrange(len(schools))
        staff.employer, staff.school_id = invented.SCHOOLS[place][0], schools[place]
    else:
        staff.employer = "聊城市第四人民医院"
    staff.specialities = sorted(random.sample(invented.SPECIALITIES, random.choice((1, 2, 2, 3))))
    every = [[day, half] for day in DUTY_WEEKDAYS for half in HALVES]
    staff.availability = every if n <= 2 else sorted(random.sample(every, random.randrange(4, 10)))
    staff.daily_limit = 2 if n <= 2 else 1
    staff.monthly_limit = 5 if n % 9 == 0 else None
    staff.weekly_limit = 4 if n <= 2 else random.choice((1, 1, 2, 2, 3))
    staff.last_quarter = random.randrange(2, 9)
    expired = n == EXPERTS
    staff.record_check_until = on + timedelta(days=-20 if expired else random.randrange(40, 400))
