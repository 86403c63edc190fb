"""The search entries of many clients at once, as a merge leaves them to be written."""

from __future__ import annotations

from datetime import date

from sqlalchemy import delete, func, select, text, update

from app.people.clients import NewClient, NewGuardian, create_client
from app.people.indexing import reindex_clients
from app.people.search import SearchService
from db.models import Client, Guardian, School, SearchEntry, Telephone
from tests.services.conftest import Bench

ON = date(2026, 11, 23)


def _found(bench: Bench, typed: str) -> list[str]:
    return [one.name for one in SearchService(bench.sign("desk").ctx).search(typed)]


def test_rows_that_came_past_the_services_are_found(bench: Bench) -> None:
    with bench.sign("desk").ctx.db.write() as tx:
        school = School(stream="org", name="莘县实验小学")
        tx.add(school)
        tx.flush()
        new = NewClient("王子琪", guardians=(NewGuardian("单女士", "母亲", "13998765432"),), school_id=school.id)
        one = create_client(tx, new, ON).id
        other = create_client(tx, NewClient("李四"), ON).id
        tx.execute(update(Client).where(Client.id == other).values(name="解冬", emergency_telephone="0635-8209201"))
        tx.execute(update(School).values(name="阳谷县第一中学"))
        tx.execute(update(Guardian).values(name="查女士"))
        tx.add(Telephone(client_id=other, written="18773231752", digits="18773231752"))
        tx.flush()
        assert reindex_clients(tx, [one, other, one]) == 2
    for typed in ("wzq", "阳谷县", "zhanvshi", "13998765432"):
        assert _found(bench, typed) == ["王子琪"], typed
    for typed in ("xied", "8209201", "1752"):
        assert _found(bench, typed) == ["解冬"], typed
    for typed in ("李四", "莘县", "shannv"):
        assert _found(bench, typed) == [], typed


def test_a_client_that_is_gone_leaves_the_index(bench: Bench) -> None:
    with bench.sign("desk").ctx.db.write() as tx:
        ids = [create_client(tx, NewClient(name), ON).id for name in ("王子琪", "王祖庆")]
        tx.execute(delete(Client).where(Client.id == ids[0]))
        reindex_clients(tx, ids)
        assert tx.execute(select(func.count()).select_from(SearchEntry)).scalar_one() == 1
        assert tx.execute(text("SELECT count(*) FROM client_search('wzq')")).scalar_one() == 1
    assert _found(bench, "wzq") == ["王祖庆"]
