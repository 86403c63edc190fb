"""Cases: opened from the queue, the drop box moved in, granted, and shut to everybody without a key."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from app.bootstrap import Office
from app.cases import keys
from app.cases.dropbox import open_drops
from app.cases.keys import NoCaseKey, SealedAltered
from app.common.errors import Confirmation, UserError
from app.security.permissions import ROLES, May, Role
from db.crypto.sealing import new_key
from db.models import Case, CaseGrant, DropBox
from tests.services.casework import NOTE, TOLD, begin, make_client, make_visit
from tests.services.conftest import Bench


def test_opening_from_the_queue_moves_the_drop_box_under_the_case_key(bench: Bench) -> None:
    psych = bench.sign("psych")
    visit_id = make_visit(bench, make_client(psych), TOLD)
    opened = psych.services.cases.open_for_visit(visit_id).value
    assert opened.new and opened.number.startswith("LSA-2026-0001-")
    assert [drop.told for drop in opened.drops] == [TOLD]
    with psych.ctx.db.read() as tx:
        assert tx.execute(select(DropBox)).first() is None
        assert open_drops(tx, psych.ctx, visit_id) == []
    assert [drop.told for drop in psych.services.cases.drops(opened.case_id, visit_id)] == [TOLD]
    again = psych.services.cases.open_for_visit(visit_id).value
    assert again.case_id == opened.case_id and not again.new and again.drops == opened.drops
    with pytest.raises(NoCaseKey):
        bench.sign("psych2").services.cases.drops(opened.case_id)


def test_a_returning_client_comes_back_to_the_same_case(bench: Bench) -> None:
    psych = bench.sign("psych")
    client_id = make_client(psych)
    first = psych.services.cases.open_for_visit(make_visit(bench, client_id)).value
    later = psych.services.cases.open_for_visit(make_visit(bench, client_id, {"reason": "又来了"})).value
    assert later.case_id == first.case_id and not later.new
    assert [drop.told for drop in later.drops] == [{"reason": "又来了"}]


def test_a_second_case_is_opened_only_on_purpose(bench: Bench) -> None:
    psych, other = bench.sign("psych"), bench.sign("psych2")
    client_id = make_client(psych)
    first = psych.services.cases.open_for_visit(make_visit(bench, client_id)).value
    visit_id = make_visit(bench, client_id)
    with pytest.raises(Confirmation) as asked:
        other.services.cases.open_for_visit(visit_id)
    assert first.number in asked.value.text()
    second = other.services.cases.open_for_visit(visit_id, confirmed={asked.value.token}).value
    assert second.case_id != first.case_id


def test_the_view_shows_the_case_to_its_holders_and_to_nobody_else(bench: Bench) -> None:
    session = begin(bench)
    psych = bench.sign("psych")
    psych.services.notes.sign(session.id, NOTE)
    view = psych.services.cases.view(session.case_id)
    assert (view.age, view.sex, view.grade, view.school) == (13, "female", "初二", "东昌中学")
    assert set(view.holders) == {"单明霞", "解冬梅"}
    assert view.sessions == 1 and view.last_plan == NOTE["plan"]
    assert view.risk is not None and view.risk.level == "focus"
    assert [event.rationale for event in view.risk_history] == [NOTE["risk"]]
    assert bench.sign("supervisor").services.cases.view(session.case_id).last_plan == NOTE["plan"]
    with pytest.raises(NoCaseKey):
        bench.sign("psych2").services.cases.view(session.case_id)
    for login in ("desk", "director"):
        with pytest.raises(UserError) as refused:
            bench.sign(login).services.cases.view(session.case_id)
        assert refused.value.code == "not-allowed"


@pytest.mark.parametrize("login", ["desk", "director"])
def test_with_the_permission_table_wide_open_there_is_still_no_key(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, login: str
) -> None:
    for role in Role:
        monkeypatch.setitem(ROLES, role, frozenset(May))
    session = begin(bench)
    bench.sign("psych").services.notes.sign(session.id, NOTE)
    office = bench.sign(login)
    assert office.who.may == frozenset(May)
    services = office.services
    for attempt in (
        lambda: services.notes.notes(session.case_id),
        lambda: services.notes.last_plan(session.case_id),
        lambda: services.cases.view(session.case_id),
        lambda: services.cases.drops(session.case_id),
        lambda: services.assessments.of_case(session.case_id),
        lambda: services.cases.grant(session.case_id, office.who.user_id),
        lambda: services.notes.start(session.case_id),
    ):
        with pytest.raises((NoCaseKey, UserError)) as refused:
            attempt()
        assert refused.value.code in ("no-case-key", "not-a-clinician")
    assert services.notes.search("睡") == []


def test_a_supervisor_grants_a_replacement_and_everything_earlier_opens(bench: Bench) -> None:
    session = begin(bench)
    bench.sign("psych").services.notes.sign(session.id, NOTE)
    supervisor, replacement = bench.sign("supervisor"), bench.sign("psych2")
    names = dict(supervisor.services.cases.candidates(session.case_id))
    assert names == {replacement.who.user_id: "尉迟兰"}
    supervisor.services.cases.grant(session.case_id, replacement.who.user_id)
    (note,) = replacement.services.notes.notes(session.case_id)
    assert note.verified and note.content["presenting"] == NOTE["presenting"]
    assert [line.case.id for line in replacement.services.notes.board()] == [session.case_id]
    with pytest.raises(UserError):
        bench.sign("psych").services.cases.grant(session.case_id, replacement.who.user_id)


def test_a_case_is_never_granted_to_the_desk(bench: Bench) -> None:
    session = begin(bench)
    with pytest.raises(UserError) as refused:
        bench.sign("supervisor").services.cases.grant(session.case_id, bench.sign("desk").who.user_id)
    assert refused.value.code == "not-a-clinician"


def _own_grant(office: Office, case_id: str, version: int, boxed_for: Office) -> None:
    with office.ctx.db.write() as tx:
        key = new_key()
        for reader in (office, boxed_for):
            box = reader.who.keys.public.box
            keys.grant(tx, office.who, case_id, version, key, reader.who.user_id, box, office.ctx.clock.now())


def test_a_grant_by_somebody_who_holds_no_key_is_not_believed(bench: Bench) -> None:
    session = begin(bench)
    stranger, psych = bench.sign("psych2"), bench.sign("psych")
    with stranger.ctx.db.write() as tx:
        box = stranger.who.keys.public.box
        keys.grant(tx, stranger.who, session.case_id, 2, new_key(), psych.who.user_id, box, bench.clock.now())
    psych.services.notes.sign(session.id, NOTE)
    with psych.ctx.db.read() as tx:
        versions = tx.execute(select(Case.key_version).where(Case.id == session.case_id)).scalars().all()
        believed = keys.believed_grants(tx, tx.get_one(Case, session.case_id), psych.ctx.members(tx))
    assert versions == [1] and list(believed) == [1]
    with pytest.raises(NoCaseKey):
        stranger.services.notes.notes(session.case_id)


def test_nobody_passes_for_the_one_who_opened_the_case(bench: Bench) -> None:
    session = begin(bench)
    attacker, psych = bench.sign("psych2"), bench.sign("psych")
    with attacker.ctx.db.write() as tx:
        tx.execute(update(Case).where(Case.id == session.case_id).values(opened_by=attacker.who.user_id))
    _own_grant(attacker, session.case_id, 1, psych)
    with pytest.raises(SealedAltered):
        psych.services.notes.sign(session.id, NOTE)
    with attacker.ctx.db.write() as tx:
        tx.connection().exec_driver_sql("DELETE FROM case_grant WHERE grantor = ?", (bytes.fromhex(psych.who.user_id),))
    with pytest.raises(SealedAltered):
        psych.services.notes.sign(session.id, NOTE)


def test_an_older_key_version_put_back_in_the_case_row_is_not_used(bench: Bench) -> None:
    session = begin(bench)
    psych = bench.sign("psych")
    with psych.ctx.db.write() as tx:
        case = tx.get_one(Case, session.case_id)
        membership = psych.ctx.members(tx)
        newer = new_key()
        box = psych.who.keys.public.box
        keys.grant(tx, psych.who, case.id, 2, newer, psych.who.user_id, box, bench.clock.now())
        tx.flush()
        assert case.key_version == 1
        assert keys.key_in_force(tx, psych.who, case, membership) == (2, newer)
    with psych.ctx.db.read() as tx:
        supervisor = bench.sign("supervisor")
        with pytest.raises(NoCaseKey):
            keys.key_in_force(tx, supervisor.who, tx.get_one(Case, session.case_id), supervisor.ctx.members(tx))


def test_grants_moved_to_another_case_open_nothing(bench: Bench) -> None:
    one, two = begin(bench), begin(bench)
    psych = bench.sign("psych")
    with psych.ctx.db.write() as tx:
        grant = tx.execute(
            select(CaseGrant).where(CaseGrant.case_id == one.case_id, CaseGrant.recipient == psych.who.user_id)
        ).scalar_one()
        raw = tx.connection()
        raw.exec_driver_sql("DELETE FROM case_grant WHERE case_id = ?", (bytes.fromhex(two.case_id),))
        raw.exec_driver_sql(
            "UPDATE case_grant SET case_id = ? WHERE id = ?", (bytes.fromhex(two.case_id), bytes.fromhex(grant.id))
        )
    with pytest.raises((NoCaseKey, SealedAltered)):
        psych.services.cases.view(two.case_id)
