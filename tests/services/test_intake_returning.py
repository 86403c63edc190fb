"""Somebody who comes again says what is new; an expert of one's own school is never proposed."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from app.intake.arrivals import PersonArriving
from app.intake.rules import who_came
from app.people.clients import NewClient, NewGuardian
from app.security.permissions import May
from db.models import Assignment, Client, Guardian, Staff, Telephone
from tests.services.conftest import Bench

GIRL = NewClient("王子琪", sex="female", school_name="聊城市第三中学", grade="初二", telephones=("13806351278",))


def test_what_is_new_replaces_and_what_is_empty_stays(bench: Bench) -> None:
    desk = bench.sign("desk")
    first = desk.services.intake.register([PersonArriving(GIRL)]).value.visits[0]
    desk.services.queue.leave(first.visit_id)
    said = NewClient(
        "王子琪",
        birth_date=date(2013, 3, 5),
        grade="初三",
        telephones=("159 0635 0001",),
        guardians=(NewGuardian("王女士", "母亲"),),
    )
    bench.clock.at += timedelta(days=1)
    desk.services.intake.register([PersonArriving(first.client_id, said=said)])
    card = desk.services.intake.card(first.client_id)
    assert (card.grade, card.birth_date, card.sex, card.school) == (
        "初三", date(2013, 3, 5), "female", "聊城市第三中学",
    )  # fmt: skip
    assert card.telephone == "15906350001" and card.guardians == (("王女士", "母亲"),)
    for typed in ("wzq", "13806351278", "15906350001", "王女士"):
        assert [hit.id for hit in desk.services.search.search(typed)] == [first.client_id], typed


def test_saying_the_same_again_changes_nothing(bench: Bench) -> None:
    desk = bench.sign("desk")
    first = desk.services.intake.register([PersonArriving(GIRL)]).value.visits[0]
    desk.services.queue.leave(first.visit_id)
    before = _versions(bench, first.client_id)
    desk.services.intake.register([PersonArriving(first.client_id, said=GIRL)])
    assert _versions(bench, first.client_id) == before


def _versions(bench: Bench, client_id: str) -> tuple[object, ...]:
    with bench.sign("desk").ctx.db.read() as tx:
        telephones = tx.query(Telephone.version).filter(Telephone.client_id == client_id).all()
        guardians = tx.query(Guardian.version).filter(Guardian.client_id == client_id).all()
        grade = tx.get_one(Client, client_id).grade
        return ([bytes(row[0]) for row in telephones], [bytes(row[0]) for row in guardians], grade)


def test_an_expert_of_the_own_school_is_not_proposed(bench: Bench) -> None:
    school, desk = "ab" * 12, bench.sign("desk")
    experts = {bench.sign("psych").who.staff_id: school, bench.sign("psych2").who.staff_id: None}
    with bench.sign("director").ctx.write(May.EDIT_STAFF, "test") as act:
        for staff_id, own in experts.items():
            staff = act.tx.get_one(Staff, staff_id)
            staff.school_id = own
            duty = Assignment(centre_id=desk.who.centre_id, day=date(2026, 11, 23), half="am", staff_id=staff.id)
            duty.state = "published"
            act.tx.add(duty)
    proposed = desk.services.intake.experts
    assert {name for _, name in proposed()} == {"单明霞", "尉迟兰"}
    assert {name for _, name in proposed(school)} == {"尉迟兰"}
    assert {name for _, name in proposed("cd" * 12)} == {"单明霞", "尉迟兰"}


@pytest.mark.parametrize(
    ("ticked", "expected"),
    [
        ((), ("student", ())),
        (("student",), ("student", ())),
        (("mother", "student"), ("student", ("mother",))),
        (("father",), ("parent", ("father",))),
        (("teacher",), ("third_party", ("teacher",))),
        (("teacher", "mother"), ("parent", ("mother", "teacher"))),
    ],
)
def test_who_came(ticked: tuple[str, ...], expected: tuple[str, tuple[str, ...]]) -> None:
    assert who_came(ticked) == expected
