"""Steps that tests of cases and notes share: a client, a visit, a case, a complete note."""

from __future__ import annotations

from datetime import date

from app.bootstrap import Office
from app.cases.dropbox import write_drop
from app.people.clients import NewClient, create_client
from app.sessions.views import SessionView
from db.models import Arrival, Client, Visit
from db.replica.stamping import new_id
from tests.services.conftest import Bench

SECRET = "晚上十二点还睡不着，早上起不来，就不想去学校。"
TOLD = {"reason": "同桌说她割腕", "medication": "舍曲林 50mg"}
NOTE = {
    "day": "2026-11-23",
    "start": "09:50",
    "end": "10:40",
    "room_id": "",
    "form": "face",
    "presenting": SECRET,
    "observed": "语速慢，低头，谈到同桌时流泪。",
    "intervention": "睡眠卫生；呼吸练习，能跟随。",
    "risk_level": "focus",
    "risk": "想过伤害自己，无计划，无准备；母亲今晚陪伴。",
    "plan": "周五 15:00 复访；母亲 72 小时内电话回访。",
    "onset": "两周",
    "homework": "睡眠日记",
    "next_date": "2026-11-27",
}


def make_client(office: Office, birth: date | None = date(2013, 5, 6), name: str = "王子琪") -> str:
    """A client's id, registered by whoever is signed in."""
    with office.ctx.db.write() as tx:
        new = NewClient(name, sex="female", birth_date=birth, grade="初二", school_name="东昌中学")
        return create_client(tx, new, date(2026, 11, 23)).id


def make_visit(bench: Bench, client_id: str, told: dict[str, str] | None = None, login: str = "desk") -> str:
    """A visit that was called into a room, with its drop box filled by the desk."""
    office, now = bench.sign(login), bench.clock.now()
    with office.ctx.db.write() as tx:
        arrival = Arrival(id=new_id(tx), centre_id=office.who.centre_id, at=now, registered_by=None)
        visit = Visit(
            id=new_id(tx),
            arrival_id=arrival.id,
            client_id=client_id,
            centre_id=office.who.centre_id,
            day=date(2026, 11, 23),
            status="in_session",
            status_at=now,
        )
        tx.add_all([arrival, visit])
        tx.flush()
        if told:
            write_drop(tx, office.ctx, visit.id, told, now)
        return visit.id


def begin(bench: Bench, login: str = "psych") -> SessionView:
    """A case opened from a visit and its session begun."""
    office = bench.sign(login)
    visit_id = make_visit(bench, make_client(office), TOLD)
    opened = office.services.cases.open_for_visit(visit_id).value
    return office.services.notes.start(opened.case_id, visit_id).value


def client_of(office: Office, case_client: str) -> Client:
    """The client's row."""
    with office.ctx.db.read() as tx:
        return tx.get_one(Client, case_client)
