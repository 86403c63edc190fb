"""Two PCs that edit, decide and synchronise at random agree in the end: on what shows and on what is asked.

A failing seed replays."""

from __future__ import annotations

import random

import pytest

from app.bootstrap import Office
from app.common.errors import UserError
from app.people.clients import NewClient, create_client
from app.security.permissions import May
from db.models import Client
from tests.services.conftest import NOON
from tests.services.two_pcs import TwoPcs, pcs, pcs_template

__all__ = ["pcs", "pcs_template"]

STEPS = 40


def _values(office: Office, ids: list[str]) -> list[tuple[str | None, ...]]:
    with office.ctx.db.read() as tx:
        rows = [tx.get_one(Client, one) for one in ids]
    return [(row.name, row.safe_times, row.remarks, row.merged_into) for row in rows]


def _open(office: Office) -> dict[str, set[str]]:
    return {review.id: {side.key for side in review.sides} for review in office.services.reviews.open()}


def _edit(office: Office, dice: random.Random, ids: list[str]) -> None:
    one = dice.choice(ids)
    choices: list[tuple[str, str | None]] = [
        ("safe_times", dice.choice("甲乙丙")),
        ("remarks", dice.choice("甲乙")),
        ("name", dice.choice(("王一", "王三"))),
        ("merged_into", dice.choice([None, *(other for other in ids if other != one)])),
    ]
    with office.ctx.write(May.EDIT_CLIENTS, "client.edited") as act:
        setattr(act.tx.get_one(Client, one), *dice.choice(choices))
        act.on(one)


def _decide(office: Office, dice: random.Random) -> None:
    for review in office.services.reviews.open():
        if dice.random() < 0.7:
            office.services.reviews.decide(review.id, dice.choice(review.sides).key)


def _settled(pcs: TwoPcs) -> None:
    for _ in range(3):
        pcs.sync(pcs.desk)
        pcs.sync(pcs.room2)


@pytest.mark.parametrize("seed", range(6))
def test_both_pcs_agree_in_the_end(pcs: TwoPcs, seed: int) -> None:
    dice, offices = random.Random(seed), [pcs.sign(folder, "desk") for folder in (pcs.desk, pcs.room2)]
    with offices[0].ctx.write(May.EDIT_CLIENTS, "test") as act:
        ids = [create_client(act.tx, NewClient(name), NOON.date()).id for name in ("王一", "王二")]
    _settled(pcs)
    for _ in range(STEPS):
        place, step = dice.randrange(2), dice.random()
        if step < 0.5:
            _edit(offices[place], dice, ids)
        elif step < 0.7:
            _decide(offices[place], dice)
        else:
            pcs.sync((pcs.desk, pcs.room2)[place])
    _settled(pcs)
    assert _values(offices[0], ids) == _values(offices[1], ids)
    assert _open(offices[0]) == _open(offices[1])
    for review_id, sides in _open(offices[0]).items():
        try:
            offices[0].services.reviews.decide(review_id, min(sides))
        except UserError as error:
            assert error.code == "review-gone"
    _settled(pcs)
    assert [_open(office) for office in offices] == [{}, {}]
    assert _values(offices[0], ids) == _values(offices[1], ids)
