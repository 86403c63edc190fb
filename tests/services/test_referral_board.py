"""The released letter's way: printed, collected, arrived, replied, back at school; its age, its undoing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from app.bootstrap import Office
from app.cases.keys import NoCaseKey
from app.common.errors import UserError
from app.referrals import words
from app.referrals.rules import COLUMNS, Level, Status, Step, Urgency
from app.referrals.service import ReferralService
from app.referrals.views import BackToSchool, LetterCard, Reply
from app.security.permissions import May
from db.models import AuditEntry
from tests.services.conftest import Bench
from tests.services.referral_case import NAME, agree, draft_for, open_student


@pytest.fixture
def release(bench: Bench) -> Callable[..., LetterCard]:
    psych = bench.sign("psych")
    student = open_student(psych)
    agree(psych, student)

    def made(urgency: Urgency = Urgency.ROUTINE) -> LetterCard:
        return psych.services.letters.release(student.case_id, draft_for(psych, student, urgency=urgency)).value

    return made


@pytest.fixture
def desk(bench: Bench) -> ReferralService:
    return bench.sign("desk").services.referrals


def column(service: ReferralService, letter_id: str) -> Status | None:
    found = [c.status for c in service.board().columns for card in c.cards if card.id == letter_id]
    return found[0] if found else None


def test_a_letter_walks_the_board_and_leaves_it(release: Callable[..., LetterCard], desk: ReferralService) -> None:
    card = release()
    seen = [column(desk, card.id)]
    for act in (desk.printed, desk.collected, desk.arrived):
        act(card.id)
        seen.append(column(desk, card.id))
    desk.replied(card.id, Reply(day=date(2026, 11, 23), department="心身科", back_to_school=BackToSchool.MAY))
    seen.append(column(desk, card.id))
    assert tuple(seen) == COLUMNS
    assert desk.returned(card.id).value.status is Status.RETURNED
    assert column(desk, card.id) is None
    assert desk.find(card.number).status is Status.RETURNED


def test_each_step_can_be_undone_back_to_the_start(release: Callable[..., LetterCard], desk: ReferralService) -> None:
    card = release()
    desk.printed(card.id)
    desk.collected(card.id)
    assert desk.undo(card.id).value.step is Step.COLLECTED
    assert column(desk, card.id) is Status.PRINTED
    desk.collected(card.id)
    desk.undo(card.id)
    desk.undo(card.id)
    assert column(desk, card.id) is Status.WAITING
    with pytest.raises(UserError) as error:
        desk.undo(card.id)
    assert error.value.code == "nothing-to-undo"


def test_closing_can_be_undone(release: Callable[..., LetterCard], desk: ReferralService) -> None:
    card = release()
    desk.printed(card.id)
    desk.arrived(card.id)
    desk.returned(card.id)
    desk.undo(card.id)
    assert column(desk, card.id) is Status.ARRIVED


def test_a_letter_not_printed_cannot_be_collected(release: Callable[..., LetterCard], desk: ReferralService) -> None:
    card = release()
    with pytest.raises(UserError) as error:
        desk.collected(card.id)
    assert error.value.code == "step-not-now"
    desk.printed(card.id)
    desk.arrived(card.id)
    with pytest.raises(UserError):
        desk.collected(card.id)


def test_printing_again_keeps_the_letters_place(release: Callable[..., LetterCard], desk: ReferralService) -> None:
    card = release()
    desk.printed(card.id)
    desk.collected(card.id)
    assert desk.printed(card.id).value.status is Status.COLLECTED


def test_ages_in_days_and_what_is_overdue(
    bench: Bench, release: Callable[..., LetterCard], desk: ReferralService
) -> None:
    slow, fast, urgent = release(), release(), release(Urgency.URGENT)
    desk.printed(slow.id)
    desk.collected(slow.id)
    bench.clock.at += timedelta(days=7)
    desk.printed(fast.id)
    board = desk.board()
    now = {card.id: card for col in board.columns for card in col.cards}
    assert (now[slow.id].days, now[slow.id].level) == (7, Level.CALM)
    assert (now[fast.id].days, now[fast.id].level) == (0, Level.CALM)
    assert (now[urgent.id].days, now[urgent.id].level) == (7, Level.OVERDUE)
    bench.clock.at += timedelta(days=1)
    late = desk.board().card(slow.id)
    assert late is not None and late.level is Level.OVERDUE
    assert "8" in words.age_text(late)


def test_urgent_letters_come_first(release: Callable[..., LetterCard], desk: ReferralService) -> None:
    routine, soon, urgent = release(), release(Urgency.SOON), release(Urgency.URGENT)
    waiting = desk.board().columns[0].cards
    assert [card.id for card in waiting] == [urgent.id, soon.id, routine.id]


def test_found_by_scan_by_number_and_by_its_end(release: Callable[..., LetterCard], desk: ReferralService) -> None:
    card = release()
    release()
    code = desk.letter_pdf(card.id)
    assert code.startswith(b"%PDF")
    for typed in (card.number, card.number.lower(), card.number.replace("-", ""), card.short, f" {card.number} "):
        assert desk.find(typed).id == card.id, typed
    with pytest.raises(UserError) as error:
        desk.find(f"{card.number}+0000")
    assert error.value.code == "check-differs"
    wrong = card.number[:-1] + ("0" if card.number[-1] != "0" else "1")
    with pytest.raises(UserError) as error:
        desk.find(wrong)
    assert error.value.code == "number.mistyped"
    with pytest.raises(UserError) as error:
        desk.find("LSA-2026-0999-" + check("LSA-2026-0999"))
    assert error.value.code == "no-letter"


def check(body: str) -> str:
    from app.common.ids import check_character

    return check_character(body)


def test_a_scanned_reply_with_its_own_code_is_found(
    bench: Bench, release: Callable[..., LetterCard], desk: ReferralService
) -> None:
    from app.referrals.letters import check_code

    card = release()
    assert desk.find(f"{card.number}+{check_code(card.id)}").id == card.id


def test_the_hospitals_advice_is_sealed_to_the_clinicians(
    bench: Bench, release: Callable[..., LetterCard], desk: ReferralService
) -> None:
    card = release()
    desk.printed(card.id)
    advice = "按时复诊，家长陪伴睡眠"
    desk.replied(card.id, Reply(day=date(2026, 11, 23), department="心身科", advice=advice))
    told = desk.reply(card.id)
    assert told is not None and told.department == "心身科" and told.advice is None
    for login in ("psych", "supervisor"):
        read = bench.sign(login).services.referrals.reply(card.id)
        assert read is not None and read.advice == advice


def test_a_reply_that_says_not_arrived_stays_on_the_call_list(
    release: Callable[..., LetterCard], desk: ReferralService
) -> None:
    card = release()
    desk.printed(card.id)
    desk.replied(card.id, Reply(arrived=False))
    listed = desk.missed()
    assert [one.card.id for one in listed] == [card.id]
    assert listed[0].student == NAME and listed[0].safe_times == "18:00-20:00"
    assert listed[0].telephones and "父亲" in listed[0].guardians[0]


def test_a_reply_of_tomorrow_is_refused(release: Callable[..., LetterCard], desk: ReferralService) -> None:
    card = release()
    desk.printed(card.id)
    with pytest.raises(UserError):
        desk.replied(card.id, Reply(day=date(2026, 11, 24)))
    with pytest.raises(UserError):
        desk.arrived(card.id, date(2026, 11, 24))


def test_recall_before_collection_by_its_author_only(
    bench: Bench, release: Callable[..., LetterCard], desk: ReferralService
) -> None:
    card = release()
    with pytest.raises(UserError):
        desk.recall(card.id, "写错了")
    with pytest.raises(UserError) as error:
        bench.sign("psych2").services.referrals.recall(card.id, "写错了")
    assert error.value.code == "not-yours"
    own = bench.sign("psych").services.referrals
    assert own.recall(card.id, "学校写错了").value.status is Status.RECALLED
    assert column(desk, card.id) is None
    with pytest.raises(UserError):
        desk.printed(card.id)
    other = release()
    desk.printed(other.id)
    desk.collected(other.id)
    with pytest.raises(UserError) as error:
        own.recall(other.id, "迟了")
    assert error.value.code == "step-not-now"


def test_every_look_and_every_step_is_in_the_audit_chain(
    bench: Bench, release: Callable[..., LetterCard], desk: ReferralService
) -> None:
    card = release()
    desk.letter_pdf(card.id)
    desk.letter_pdf(card.id, "letter.saved")
    desk.printed(card.id)
    desk.missed()
    office = bench.sign("desk")
    with office.ctx.read(May.SEE_CLIENTS) as tx:
        rows = tx.query(AuditEntry.act).filter(AuditEntry.user_id == office.who.user_id).all()
    assert {row.act for row in rows} >= {"letter.shown", "letter.saved", "letter.printed", "letter.missed-shown"}


def test_the_handover_lists_what_is_unanswered(
    bench: Bench, release: Callable[..., LetterCard], desk: ReferralService
) -> None:
    one, two = release(), release(Urgency.URGENT)
    desk.printed(one.id)
    assert [card.id for card in desk.unanswered()] == [two.id, one.id]
    assert [card.id for card in desk.unprinted()] == [two.id]
    desk.arrived(one.id)
    desk.replied(one.id, Reply())
    assert [card.id for card in desk.unanswered()] == [two.id]


def test_the_director_sees_ages_and_no_content(bench: Bench, release: Callable[..., LetterCard]) -> None:
    card = release()
    director: Office = bench.sign("director")
    assert director.services.referrals.board().card(card.id) is not None
    for refused in (director.services.referrals.letter_pdf, director.services.referrals.letter):
        with pytest.raises(UserError) as error:
            refused(card.id)
        assert error.value.code == "not-allowed"


def test_an_expired_letter_leaves_the_board_and_is_not_printed(
    bench: Bench, release: Callable[..., LetterCard], desk: ReferralService
) -> None:
    card = release()
    bench.clock.at += timedelta(days=181)
    assert desk.board().card(card.id) is None
    with pytest.raises(UserError) as error:
        desk.printed(card.id)
    assert error.value.code == "letter-expired"


def test_another_psychologist_cannot_write_in_the_case(bench: Bench, release: Callable[..., LetterCard]) -> None:
    card = release()
    other = bench.sign("psych2").services.letters
    with other.ctx.db.read() as tx:
        from db.models import Case

        case_id = tx.query(Case.id).filter(Case.client_id == card.client_id).scalar()
    with pytest.raises(NoCaseKey):
        other.form(case_id)
