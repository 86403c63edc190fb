"""The queue under pressure: two people at once, answers given later, more tickets than two digits hold."""

from __future__ import annotations

import subprocess
from datetime import timedelta

import pytest

from app.cases.dropbox import open_drops
from app.common.errors import UserError
from app.intake.arrivals import UNASKED, PersonArriving, register
from app.people.clients import NewClient
from app.security.permissions import May
from tests.services.conftest import Bench

YES = ("yes", "no", "unasked")


def _arrive(bench: Bench, name: str = "甲", safety: tuple[str, str, str] = UNASKED) -> str:
    person = PersonArriving(NewClient(name), safety=safety)
    return bench.sign("desk").services.intake.register([person]).value.visits[0].visit_id


def test_two_who_press_the_key_at_once_move_a_visit_one_step(bench: Bench) -> None:
    visit = _arrive(bench)
    desk, psych = bench.sign("desk").services.queue, bench.sign("psych").services.queue
    seen = desk.view().entries[0].status
    assert psych.advance(visit, seen).value.status == "called"
    with pytest.raises(UserError) as refused:
        desk.advance(visit, seen)
    assert refused.value.code == "already-called" and "A01" in refused.value.text()
    assert desk.view().entries[0].status == "called"


def test_a_yes_that_comes_later_goes_on_top_and_its_words_are_sealed(bench: Bench) -> None:
    _arrive(bench)
    bench.clock.at += timedelta(minutes=5)
    later = _arrive(bench, "乙")
    desk = bench.sign("desk")
    entry = desk.services.queue.answer(later, YES, "昨晚").value
    assert (entry.priority, entry.safety) == ("urgent", YES)
    assert [one.ticket for one in desk.services.queue.view().entries] == ["A02", "A01"]
    psych = bench.sign("psych").ctx
    with psych.db.read() as tx:
        assert open_drops(tx, psych, later) == [{"safety": "昨晚"}]


def test_an_answer_is_not_unasked_again_and_a_yes_stays_urgent(bench: Bench) -> None:
    visit = _arrive(bench, safety=("yes", "unasked", "unasked"))
    entry = bench.sign("psych").services.queue.answer(visit, ("no", "unasked", "no")).value
    assert entry.safety == ("no", "unasked", "no") and entry.priority == "urgent"


def test_the_hundredth_ticket_comes_after_the_ninety_ninth(bench: Bench) -> None:
    desk = bench.sign("desk")
    with desk.ctx.write(May.REGISTER_VISITS, "test") as act:
        people = [PersonArriving(NewClient(f"来访{n}")) for n in range(101)]
        visits = register(act.tx, desk.ctx, people, bench.clock.now())
    assert [visit.ticket for visit in visits[98:]] == ["A99", "A100", "A101"]
    assert [entry.ticket for entry in desk.services.queue.view().entries][98:] == ["A99", "A100", "A101"]


def test_the_slip_says_how_many_are_before_one_and_when_one_came(bench: Bench) -> None:
    for name in "甲乙":
        _arrive(bench, name)
    bench.clock.at += timedelta(minutes=1)
    urgent = _arrive(bench, "丙", safety=YES)
    last = _arrive(bench, "丁")
    bench.clock.at += timedelta(minutes=30)
    assert "无人" in _slip(bench, urgent)
    assert "3人" in _slip(bench, last) and "10:43" in _slip(bench, last)


def _slip(bench: Bench, visit: str) -> str:
    pdf = bench.sign("desk").services.intake.slip(visit)
    read = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True)
    return read.stdout.decode().replace(" ", "")
