"""Session notes: kept, signed once, amended, found again; altered, exchanged or missing ones are seen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import select, text

from app.cases import keys, records
from app.cases.keys import NoCaseKey, SealedAltered
from app.cases.risk_rules import RiskLevel
from app.cases.scales import NewAssessment
from app.common.errors import Confirmation, UserError
from app.security import audit
from app.sessions.views import NoteState
from db.engine import Tx
from db.models import AuditEntry, AuditSubject, Case, CounsellingSession, Draft, RiskEvent, ScaleDone, SessionNote
from tests.services.casework import NOTE, SECRET, begin, make_client
from tests.services.conftest import Bench


def _raw(bench: Bench, statement: str, *values: object) -> None:
    """Changes the file behind the application's back, as somebody with its key could."""
    with bench.sign("psych").ctx.db.write() as tx:
        tx.connection().exec_driver_sql(statement, values)


def _hex(row_id: str) -> bytes:
    return bytes.fromhex(row_id)


def test_signing_is_one_act(bench: Bench) -> None:
    session = begin(bench)
    psych = bench.sign("psych")
    psych.services.notes.keep(session.id, {**NOTE, "presenting": "半句"})
    note = psych.services.notes.sign(session.id, {**NOTE, "end": "10:45"}).value
    assert note.verified and note.content["presenting"] == SECRET and note.author_name == "单明霞"
    with psych.ctx.db.read() as tx:
        assert tx.execute(select(Draft)).first() is None
        (event,) = tx.execute(select(RiskEvent)).scalars()
        assert event.level == "focus" and NOTE["risk"].encode() not in event.sealed_rationale
        row = tx.get_one(CounsellingSession, session.id)
        assert (row.end, row.day, row.number) == ("10:45", date(2026, 11, 23), 1)
        assert audit.broken_at(tx) is None
        assert note.id in audit.signed_digests(tx, [note.id], "note.signed")
    assert psych.services.notes.session(session.id).note_id == note.id


def test_a_signed_note_is_not_signed_or_kept_again(bench: Bench) -> None:
    session = begin(bench)
    notes = bench.sign("psych").services.notes
    notes.sign(session.id, NOTE)
    for again in (lambda: notes.sign(session.id, NOTE), lambda: notes.keep(session.id, NOTE)):
        with pytest.raises(UserError) as refused:
            again()
        assert refused.value.code == "already-signed"


def test_an_incomplete_note_is_not_signed_and_nothing_is_lost(bench: Bench) -> None:
    session = begin(bench)
    notes = bench.sign("psych").services.notes
    half = {**NOTE, "plan": " ", "risk": ""}
    notes.keep(session.id, half)
    assert [item.field for item in notes.missing(half)] == ["risk", "plan"]
    with pytest.raises(UserError) as refused:
        notes.sign(session.id, half)
    assert refused.value.code == "note-incomplete"
    kept = notes.kept(session.id)
    assert kept is not None and kept.content["presenting"] == SECRET
    assert notes.session(session.id).note_id is None


def test_only_the_counsellor_writes_the_note(bench: Bench) -> None:
    session = begin(bench)
    with pytest.raises(UserError) as refused:
        bench.sign("supervisor").services.notes.sign(session.id, NOTE)
    assert refused.value.code == "not-author"


def test_an_amendment_stands_beside_what_it_amends(bench: Bench) -> None:
    session = begin(bench)
    notes = bench.sign("psych").services.notes
    first = notes.sign(session.id, NOTE).value
    notes.keep_amendment(first.id, {**NOTE, "observed": "补"})
    with pytest.raises(UserError):
        notes.amend(first.id, NOTE, "  ")
    bench.clock.at += timedelta(hours=2)
    second = notes.amend(first.id, {**NOTE, "observed": "更正：未流泪。"}, "记错了").value
    old, new = notes.notes(session.case_id)
    assert (old.id, old.amended_by, old.content["observed"]) == (first.id, second.id, NOTE["observed"])
    assert (new.amends, new.content["observed"], new.content["reason"]) == (first.id, "更正：未流泪。", "记错了")
    assert notes.kept_amendment(first.id) is None
    assert [line.state for line in notes.board()] == [NoteState.AMENDED]
    with pytest.raises(UserError) as refused:
        notes.amend(first.id, NOTE, "再改旧的")
    assert refused.value.code == "already-amended"
    with bench.sign("psych").ctx.db.read() as tx:
        assert len(tx.execute(select(RiskEvent)).all()) == 1, "the level was not touched"


def test_a_lower_level_is_asked_about_and_supersedes_by_name(bench: Bench) -> None:
    session = begin(bench)
    psych = bench.sign("psych")
    psych.services.notes.sign(session.id, NOTE)
    with psych.ctx.db.read() as tx:
        (before,) = tx.execute(select(RiskEvent.id)).scalars()
    with pytest.raises(UserError):
        psych.services.risk.record(session.case_id, RiskLevel.NONE, " ")
    with pytest.raises(Confirmation) as asked:
        psych.services.risk.record(session.case_id, RiskLevel.ATTENTION, "两周无自伤念头")
    done = psych.services.risk.record(
        session.case_id, RiskLevel.ATTENTION, "两周无自伤念头", confirmed={asked.value.token}
    )
    view = psych.services.cases.view(session.case_id)
    assert view.risk is not None and view.risk.level == "attention"
    assert [event.live for event in view.risk_history] == [True, False]
    with psych.ctx.db.read() as tx:
        assert tx.get_one(RiskEvent, done.value).supersedes == [before]
    with pytest.raises(Confirmation):
        psych.services.risk.record(session.case_id, RiskLevel.NONE, "好", confirmed={asked.value.token})


def test_every_reading_is_audited(bench: Bench) -> None:
    session = begin(bench)
    psych = bench.sign("psych")
    note = psych.services.notes.sign(session.id, NOTE).value
    supervisor = bench.sign("supervisor")
    readings: list[tuple[Callable[[], object], str]] = [
        (lambda: supervisor.services.notes.notes(session.case_id), "notes.read"),
        (lambda: supervisor.services.notes.note(note.id), "note.read"),
        (lambda: supervisor.services.cases.view(session.case_id), "case.read"),
        (lambda: supervisor.services.notes.last_plan(session.case_id), "note.plan-read"),
    ]
    for read, act in readings:
        read()
        with psych.ctx.db.read() as tx:
            entry = tx.execute(select(AuditEntry).order_by(text("audit_entry.rowid DESC")).limit(1)).scalar_one()
            assert (entry.act, entry.user_id) == (act, supervisor.who.user_id)
            assert session.case_id in entry.subjects


def test_a_reading_that_the_keys_refuse_leaves_its_trace_too(bench: Bench) -> None:
    session = begin(bench)
    stranger = bench.sign("psych2")
    with pytest.raises(NoCaseKey):
        stranger.services.notes.notes(session.case_id)
    with stranger.ctx.db.read() as tx:
        entry = tx.execute(select(AuditEntry).order_by(text("audit_entry.rowid DESC")).limit(1)).scalar_one()
    assert (entry.act, entry.user_id, entry.subjects) == ("notes.read", stranger.who.user_id, [session.case_id])


# --- somebody changed the file


def _one(tx: Tx, session_id: str) -> SessionNote:
    return tx.execute(select(SessionNote).where(SessionNote.session_id == session_id)).scalar_one()


def test_sealed_bytes_of_another_note_do_not_pass(bench: Bench) -> None:
    one, two = begin(bench), begin(bench)
    psych = bench.sign("psych")
    first = psych.services.notes.sign(one.id, NOTE).value
    psych.services.notes.sign(two.id, NOTE)
    with psych.ctx.db.read() as tx:
        other = _one(tx, two.id)
    _raw(
        bench,
        "UPDATE session_note SET sealed = ?, signature = ? WHERE id = ?",
        other.sealed,
        other.signature,
        _hex(first.id),
    )
    (seen,) = psych.services.notes.notes(one.case_id)
    assert not seen.verified and seen.content == {}
    with pytest.raises(SealedAltered):
        psych.services.notes.note(first.id)
    with pytest.raises(SealedAltered):
        psych.services.cases.view(one.case_id)


@pytest.mark.parametrize("column", ["sealed", "signature"])
def test_one_flipped_bit_is_seen(bench: Bench, column: str) -> None:
    session = begin(bench)
    psych = bench.sign("psych")
    note = psych.services.notes.sign(session.id, NOTE).value
    with psych.ctx.db.read() as tx:
        value = bytearray(getattr(_one(tx, session.id), column))
    value[-1] ^= 1
    _raw(bench, f"UPDATE session_note SET {column} = ? WHERE id = ?", bytes(value), _hex(note.id))
    assert not psych.services.notes.notes(session.case_id)[0].verified


def test_an_older_version_put_back_in_the_place_of_the_newer_is_seen(bench: Bench) -> None:
    """The first version under the id of the amendment, with its own valid signature."""
    session = begin(bench)
    psych = bench.sign("psych")
    first = psych.services.notes.sign(session.id, NOTE).value
    bench.clock.at += timedelta(minutes=5)
    second = psych.services.notes.amend(first.id, {**NOTE, "plan": "改"}, "计划变了").value
    _raw(bench, "DELETE FROM session_note WHERE id = ?", _hex(second.id))
    seen = {note.id: note.verified for note in psych.services.notes.notes(session.case_id)}
    assert seen == {first.id: True, second.id: False}
    with pytest.raises(SealedAltered):
        psych.services.cases.view(session.case_id)
    _raw(bench, "UPDATE session_note SET id = ? WHERE id = ?", _hex(second.id), _hex(first.id))
    assert not any(note.verified for note in psych.services.notes.notes(session.case_id))


def test_a_note_signed_anew_by_its_own_author_behind_the_audit_chain_is_seen(bench: Bench) -> None:
    """She has the keys, so the signature is right; the chain remembers another hash."""
    session = begin(bench)
    psych = bench.sign("psych")
    note = psych.services.notes.sign(session.id, NOTE).value
    with psych.ctx.db.read() as tx:
        row = _one(tx, session.id)
        case = tx.get_one(Case, session.case_id)
        version, key = keys.key_in_force(tx, psych.who, case, psych.ctx.members(tx))
        place = keys.row_place(psych.who.organisation_id, case.id, row.id, version, "note")
        row.sealed = keys.seal_row(key, b"\x80", place)
        signature = psych.who.keys.sign(records._statement(psych.who.organisation_id, row))
        sealed = row.sealed
        tx.expunge(row)
    _raw(bench, "UPDATE session_note SET sealed = ?, signature = ? WHERE id = ?", sealed, signature, _hex(note.id))
    assert not psych.services.notes.notes(session.case_id)[0].verified


def test_a_changed_author_is_seen(bench: Bench) -> None:
    session = begin(bench)
    psych = bench.sign("psych")
    note = psych.services.notes.sign(session.id, NOTE).value
    other = bench.sign("psych2").who.user_id
    _raw(bench, "UPDATE session_note SET author = ? WHERE id = ?", _hex(other), _hex(note.id))
    assert not psych.services.notes.notes(session.case_id)[0].verified


def test_a_risk_level_changed_or_taken_away_is_seen(bench: Bench) -> None:
    session = begin(bench)
    psych = bench.sign("psych")
    psych.services.notes.sign(session.id, {**NOTE, "risk_level": "urgent"})
    _raw(bench, "UPDATE risk_event SET level = 'none'")
    (line,) = psych.services.cases.my_cases()
    assert line.risk_altered
    with pytest.raises(SealedAltered):
        psych.services.cases.view(session.case_id)
    _raw(bench, "DELETE FROM risk_event")
    (line,) = psych.services.cases.my_cases()
    assert line.risk_altered


# --- lists, search, scales


def test_unsigned_first_with_their_age(bench: Bench) -> None:
    old = begin(bench)
    bench.clock.at += timedelta(hours=26)
    new = begin(bench)
    signed = begin(bench)
    psych = bench.sign("psych")
    psych.services.notes.sign(signed.id, NOTE)
    psych.services.notes.keep(new.id, {"presenting": "写到一半"})
    board = psych.services.notes.board()
    assert [line.case.id for line in board] == [old.case_id, new.case_id, signed.case_id]
    first, second = board[0].unsigned, board[1].unsigned
    assert first is not None and first.overdue and first.hours == 25 and not first.has_draft
    assert second is not None and not second.overdue and second.has_draft
    assert board[2].state is NoteState.SIGNED and board[2].unsigned is None
    assert [item.session_id for item in psych.services.notes.unsigned()] == [old.id, new.id]
    assert bench.sign("psych2").services.notes.board() == ()


def test_starting_twice_for_one_visit_is_one_session(bench: Bench) -> None:
    session = begin(bench)
    notes = bench.sign("psych").services.notes
    assert notes.start(session.case_id, session.visit_id).value.id == session.id
    assert notes.start(session.case_id).value.id == session.id
    notes.sign(session.id, NOTE)
    assert notes.start(session.case_id).value.number == 2
    with pytest.raises(NoCaseKey):
        bench.sign("psych2").services.notes.start(session.case_id)


def test_a_session_begun_by_mistake_is_withdrawn_unless_signed(bench: Bench) -> None:
    session = begin(bench)
    notes = bench.sign("psych").services.notes
    notes.keep(session.id, NOTE)
    notes.withdraw(session.id)
    assert notes.unsigned() == () and notes.kept(session.id) is None
    other = notes.start(session.case_id).value
    notes.sign(other.id, NOTE)
    with pytest.raises(UserError):
        notes.withdraw(other.id)


def test_search_finds_in_own_notes_only_and_forgets_at_lock(bench: Bench) -> None:
    session = begin(bench)
    psych = bench.sign("psych")
    psych.services.notes.sign(session.id, NOTE)
    (hit,) = psych.services.notes.search("同桌")
    assert (hit.case_id, hit.where, hit.match) == (session.case_id, "observed", "同桌")
    assert psych.services.notes.search("同桌 呼吸练习") and not psych.services.notes.search("同桌 别处")
    assert bench.sign("supervisor").services.notes.search("同桌") == []
    assert psych.services.notes._index
    psych.lock()
    assert psych.services.notes._index is None
    with pytest.raises(UserError) as refused:
        psych.services.notes.search("同桌")
    assert refused.value.code == "locked"


def test_phq_9_is_scored_sealed_and_flags_item_9(bench: Bench) -> None:
    session = begin(bench)
    psych = bench.sign("psych")
    day = date(2026, 11, 23)
    answers = (2, 2, 2, 2, 1, 2, 2, 1, 1)
    seen = psych.services.assessments.record(session.case_id, NewAssessment("phq-9", day, answers)).value
    assert (seen.total, seen.flagged, seen.name) == (15, True, "PHQ-9")
    calm = psych.services.assessments.record(session.case_id, NewAssessment("phq-9", day, (1,) * 8 + (0,))).value
    assert (calm.total, calm.flagged) == (8, False)
    other = NewAssessment("other", day, name="MHT", total=61)
    assert psych.services.assessments.record(session.case_id, other).value.total == 61
    with pytest.raises(UserError):
        psych.services.assessments.record(session.case_id, NewAssessment("gad-7", day, (1, 2)))
    with psych.ctx.db.read() as tx:
        done = tx.execute(select(ScaleDone).order_by(ScaleDone.scale)).scalars().all()
        assert [(row.scale, row.day) for row in done] == [("MHT", day), ("PHQ-9", day), ("PHQ-9", day)]
    assert [a.total for a in psych.services.cases.view(session.case_id).assessments] == [15, 8, 61]
    with pytest.raises(NoCaseKey):
        bench.sign("psych2").services.assessments.of_case(session.case_id)


def test_the_last_plan_is_carried_from_the_version_in_force(bench: Bench) -> None:
    session = begin(bench)
    notes = bench.sign("psych").services.notes
    assert notes.last_plan(session.case_id) == ""
    first = notes.sign(session.id, NOTE).value
    bench.clock.at += timedelta(minutes=1)
    notes.amend(first.id, {**NOTE, "plan": "改为周六"}, "约好的时间变了")
    assert notes.last_plan(session.case_id) == "改为周六"


def test_a_case_opened_for_a_client_without_a_visit(bench: Bench) -> None:
    psych = bench.sign("psych")
    client_id = make_client(psych)
    opened = psych.services.cases.open_for_client(client_id).value
    assert psych.services.cases.open_for_client(client_id).value.case_id == opened.case_id
    assert psych.services.cases.find(opened.number.lower()).id == opened.case_id
    assert [line.state for line in psych.services.notes.board()] == [NoteState.NO_SESSION]


def test_audit_subjects_find_the_entries_of_a_note(bench: Bench) -> None:
    session = begin(bench)
    psych = bench.sign("psych")
    note = psych.services.notes.sign(session.id, NOTE).value
    with psych.ctx.db.read() as tx:
        acts = tx.execute(
            select(AuditEntry.act)
            .join(AuditSubject, (AuditEntry.device == AuditSubject.device) & (AuditEntry.seq == AuditSubject.seq))
            .where(AuditSubject.subject == note.id)
        )
        assert {act for (act,) in acts} == {"note.signed", "session.signed"}
