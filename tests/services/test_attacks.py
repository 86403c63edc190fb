"""What somebody with the data file's key can write, and what it does not get them.

Each test does, with the receptionist's own connection, what no service offers.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from nacl.utils import random as random_bytes
from sqlalchemy import text

from app.bootstrap import open_workspace, sign_in
from app.cases.risk import _statement as risk_statement
from app.cases.risk import live_risks
from app.common.errors import EnvironmentFault, UserError
from app.intake.arrivals import PersonArriving
from app.people.clients import NewClient
from app.security import audit, membership
from app.security.membership import Member, state_member
from app.security.permissions import Role
from app.sessions.content import Content
from db.crypto.pairs import KeyPairs, box_to
from db.crypto.sealing import SealBroken
from db.models import MembershipStatement, RiskEvent
from db.replica.stamping import new_id
from tests.services.conftest import PASSWORD, Bench

NOTE: Content = {
    "day": "2026-11-23",
    "start": "09:50",
    "end": "10:40",
    "form": "face",
    "presenting": "原话",
    "observed": "低头",
    "intervention": "呼吸练习",
    "risk_level": "focus",
    "risk": "有想法，无计划",
    "plan": "周五复访",
}


def _signed_note(bench: Bench) -> str:
    """A case of `psych` with one signed note; gives the case's id."""
    visit = bench.sign("desk").services.intake.register([PersonArriving(NewClient("王子琪"))]).value.visits[0]
    psych = bench.sign("psych").services
    case_id = psych.cases.open_for_visit(visit.visit_id).value.case_id
    session = psych.notes.start(case_id, visit.visit_id).value
    psych.notes.sign(session.id, NOTE)
    return case_id


def _again(bench: Bench, login: str) -> None:
    sign_in(open_workspace(bench.folder), login, PASSWORD, bench.clock).close()


def _member(bench: Bench, login: str) -> Member:
    office = bench.sign(login)
    with office.ctx.db.read() as tx:
        return office.ctx.members(tx).members[office.who.user_id]


@pytest.mark.parametrize("column", ["root_box", "root_sign"])
def test_another_root_or_escrow_key_in_the_file_is_refused_at_sign_in(bench: Bench, column: str) -> None:
    desk = bench.sign("desk")
    with desk.ctx.db.write() as tx:
        tx.execute(text(f"UPDATE organisation SET {column} = :k"), {"k": KeyPairs.new().public.box})
    with pytest.raises(UserError) as refused:
        _again(bench, "psych")
    assert refused.value.code == "root-altered"


def test_who_is_signed_in_already_boxes_no_case_key_to_another_escrow(bench: Bench) -> None:
    thief = KeyPairs.new()
    bench.sign("psych")
    with bench.sign("desk").ctx.db.write() as tx:
        tx.execute(text("UPDATE organisation SET root_box = :k"), {"k": thief.public.box})
    _signed_note(bench)
    with bench.sign("desk").ctx.db.read() as tx:
        boxes = [row[0] for row in tx.execute(text("SELECT boxed_key FROM case_grant"))]
    assert len(boxes) == 3
    for boxed in boxes:
        with pytest.raises(SealBroken):
            thief.open_box(boxed)


def test_a_root_of_ones_own_in_place_of_the_pinned_one_is_refused(bench: Bench) -> None:
    own = KeyPairs.new()
    with bench.sign("desk").ctx.db.write() as tx:
        tx.execute(text("UPDATE organisation SET root_box = :b, root_sign = :s"), _public(own))
        tx.execute(text("UPDATE device SET root_sign = :s"), {"s": own.public.sign})
    with pytest.raises(UserError) as refused:
        _again(bench, "psych")
    assert refused.value.code == "root-altered"


def _public(pairs: KeyPairs) -> dict[str, bytes]:
    return {"b": pairs.public.box, "s": pairs.public.sign}


def test_rubbish_in_the_membership_log_locks_nobody_out(bench: Bench) -> None:
    desk = bench.sign("desk")
    junk = b"\xc1junk"
    with desk.ctx.db.write() as tx:
        signature = desk.who.keys.sign((membership._DOMAIN, junk))
        signer = desk.who.keys.public.sign
        tx.add(MembershipStatement(stream="org", body=junk, signer=signer, signature=signature))
    _again(bench, "psych")
    _again(bench, "director")


def test_a_receptionist_cannot_make_herself_a_supervisor(bench: Bench) -> None:
    desk = bench.sign("desk")
    mine = _member(bench, "desk")
    with desk.ctx.db.write() as tx:
        more = Member(mine.user_id, mine.name, mine.centre_id, frozenset(Role), mine.keys, 2)
        state_member(tx, desk.who.keys, desk.who.organisation_id, more, bench.clock.now())
    again = sign_in(open_workspace(bench.folder), "desk", PASSWORD, bench.clock)
    assert again.who.roles == {Role.RECEPTIONIST}
    again.close()


def _demote(bench: Bench) -> None:
    director, psych = bench.sign("director"), _member(bench, "psych")
    with director.ctx.db.write() as tx:
        less = Member(psych.user_id, psych.name, psych.centre_id, frozenset({Role.RECEPTIONIST}), psych.keys, 1)
        state_member(tx, director.who.keys, director.who.organisation_id, less, bench.clock.now() + timedelta(hours=1))


def test_a_role_taken_away_stays_away_whatever_the_rows_stamp_says(bench: Bench) -> None:
    _demote(bench)
    with bench.sign("desk").ctx.db.write() as tx:
        newest = "(SELECT max(stamp) FROM membership_statement)"
        tx.execute(text(f"UPDATE membership_statement SET stamp = zeroblob(10) WHERE stamp = {newest}"))
    again = sign_in(open_workspace(bench.folder), "psych", PASSWORD, bench.clock)
    assert again.who.roles == {Role.RECEPTIONIST}
    again.close()


def test_what_was_signed_in_an_earlier_role_stays_readable_to_the_supervisor(bench: Bench) -> None:
    case_id = _signed_note(bench)
    _demote(bench)
    (note,) = bench.sign("supervisor").services.notes.notes(case_id)
    assert note.verified and note.content["presenting"] == "原话"


def test_a_receptionists_signature_lowers_no_risk(bench: Bench) -> None:
    case_id = _signed_note(bench)
    desk = bench.sign("desk")
    with desk.ctx.db.write() as tx:
        (focus,) = tx.query(RiskEvent).all()
        row = RiskEvent(
            id=new_id(tx),
            case_id=case_id,
            level="none",
            at=bench.clock.now(),
            author=desk.who.user_id,
            key_version=1,
            sealed_rationale=random_bytes(80),
            supersedes=[focus.id],
        )
        row.signature = desk.who.keys.sign(risk_statement(desk.who.organisation_id, row))
        tx.add(row)
    psych = bench.sign("psych").ctx
    with psych.db.read() as tx:
        live = live_risks(tx, psych, [case_id])[case_id]
    assert live.altered
    assert live.level is not None and live.level.value == "focus"


def test_nobody_puts_words_into_anothers_draft(bench: Bench) -> None:
    psych = bench.sign("psych")
    draft = psych.services.drafts.save("note", "s", {"presenting": "原话"})
    with bench.sign("desk").ctx.db.write() as tx:
        forged = box_to(psych.who.keys.public.box, b"forged")
        tx.execute(text("UPDATE draft SET sealed = :s"), {"s": forged})
    with pytest.raises(UserError) as refused:
        psych.services.drafts.get(draft.id)
    assert refused.value.code == "draft-altered"


def test_an_index_thinned_to_hide_a_loss_breaks_the_chain(bench: Bench) -> None:
    _signed_note(bench)
    desk = bench.sign("desk").ctx
    with desk.db.read() as tx:
        assert audit.broken_at(tx) is None
    with desk.db.write() as tx:
        tx.execute(text("DELETE FROM audit_subject WHERE subject IN (SELECT id FROM session_note)"))
        tx.execute(text("DELETE FROM session_note"))
    with desk.db.read() as tx:
        assert audit.broken_at(tx) is not None


def test_an_empty_data_file_is_damage_and_stays_empty(bench: Bench) -> None:
    path = bench.folder / "centre.db"
    path.write_bytes(b"")
    with pytest.raises(EnvironmentFault) as fault:
        _again(bench, "desk")
    assert fault.value.code == "storage-damaged"
    assert path.stat().st_size == 0


def test_a_password_that_could_not_be_saved_is_not_the_password(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    office = bench.sign("psych")

    def full(_workspace: object) -> None:
        raise EnvironmentFault("folder-not-writable", "full")

    monkeypatch.setattr(type(office.workspace), "save_accounts", full)
    with pytest.raises(EnvironmentFault):
        office.services.accounts.change_password(PASSWORD, "another-fine-word-8")
    assert office.workspace.unlock("psych", PASSWORD).keys.public == office.who.keys.public


def test_accounts_made_for_another_pc_are_damage_not_a_bug(bench: Bench) -> None:
    workspace = open_workspace(bench.folder)
    workspace.accounts.device = "00" * 8
    with pytest.raises(EnvironmentFault) as fault:
        workspace.unlock("psych", PASSWORD)
    assert fault.value.code == "accounts-damaged"
