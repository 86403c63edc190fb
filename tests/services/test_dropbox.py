"""The desk writes into the drop box; only the clinicians it was boxed to take anything out."""

from __future__ import annotations

import pytest

from app.cases.dropbox import open_drops, write_drop
from app.cases.keys import NoCaseKey, SealedAltered
from db.models import DropBox
from tests.services.conftest import Bench

VISIT, OTHER = "aa" * 12, "bb" * 12
TOLD = {"reason": "晚上睡不着，不想去学校", "medication": "舍曲林，遵医嘱", "plan": ""}


def _write(bench: Bench, login: str = "desk") -> str:
    desk = bench.sign(login)
    with desk.ctx.db.write() as tx:
        return write_drop(tx, desk.ctx, VISIT, TOLD, bench.clock.now())


def test_clinicians_read_what_the_desk_wrote_and_the_desk_and_director_do_not(bench: Bench) -> None:
    assert _write(bench)
    for login in ("psych", "psych2", "supervisor"):
        office = bench.sign(login)
        with office.ctx.db.read() as tx:
            assert open_drops(tx, office.ctx, VISIT) == [{"reason": TOLD["reason"], "medication": TOLD["medication"]}]
    for login in ("desk", "director"):
        office = bench.sign(login)
        with office.ctx.db.read() as tx, pytest.raises(NoCaseKey):
            open_drops(tx, office.ctx, VISIT)


def test_nothing_told_writes_nothing(bench: Bench) -> None:
    desk = bench.sign("desk")
    with desk.ctx.db.write() as tx:
        assert write_drop(tx, desk.ctx, VISIT, {"reason": "  "}, bench.clock.now()) == ""
    with desk.ctx.db.read() as tx:
        assert open_drops(tx, desk.ctx, VISIT) == []


def test_a_drop_moved_to_another_visit_does_not_open(bench: Bench) -> None:
    row_id = _write(bench)
    psych = bench.sign("psych")
    with psych.ctx.db.write() as tx:
        row = tx.get(DropBox, row_id)
        assert row is not None
        tx.add(DropBox(id="cc" * 12, visit_id=OTHER, sealed=row.sealed, keys=row.keys, at=row.at))
    with psych.ctx.db.read() as tx, pytest.raises(SealedAltered):
        open_drops(tx, psych.ctx, OTHER)
