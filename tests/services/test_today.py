"""Today by role: the numbers agree with the records, nothing is guessed, and the desk learns no more than it may."""

from __future__ import annotations

from datetime import date, timedelta
from io import BytesIO

import pytest
from pypdf import PdfReader

from app.bootstrap import Office
from app.cases.risk_rules import RiskLevel
from app.common import words
from app.intake.arrivals import PersonArriving
from app.people.clients import NewClient, create_client
from app.people.defaults import add_holidays
from app.referrals.rules import Urgency
from app.rota.rules import Slot
from app.security.permissions import May
from app.today.views import TodayView
from db.models import Appointment, AuditEntry, Holiday
from tests.services.casework import NOTE, begin
from tests.services.conftest import NOON, Bench
from tests.services.referral_case import NAME, agree, draft_for, open_student
from tests.services.rota_centre import furnish

DAY = date(2026, 11, 23)


@pytest.fixture
def centre(bench: Bench) -> Bench:
    words.set_language("zh")
    furnish(bench.sign("director"))
    return bench


def today(bench: Bench, login: str) -> TodayView:
    return bench.sign(login).services.today.view()


def needs(view: TodayView) -> dict[str, str]:
    return {need.kind: need.detail.text() if need.detail else "" for need in view.needs}


def publish_week(bench: Bench) -> Office:
    office = bench.sign("director")
    last = DAY + timedelta(days=6)
    office.services.rota.adopt(office.services.rota.propose(DAY, last))
    office.services.rota.publish(DAY, last)
    return office


def test_a_new_centre_shows_zeros_and_says_what_is_not_there(centre: Bench) -> None:
    for login in ("desk", "psych", "supervisor", "director"):
        view = today(centre, login)
        counts = view.counts
        assert (counts.arrivals, counts.waiting, counts.unsigned, counts.unanswered, counts.late) == (0, 0, 0, 0, 0)
        assert counts.longest_wait is None and counts.oldest_hours is None and view.risks == ()
        assert not view.duty.published and not view.duty.drafted


def test_arrivals_and_waiting_are_counted_apart(centre: Bench) -> None:
    desk = centre.sign("desk").services
    parent = PersonArriving(NewClient("王女士", kind="parent"), came_as="parent")
    desk.intake.register([PersonArriving(NewClient("王子琪")), parent])
    centre.clock.at += timedelta(minutes=31)
    desk.intake.register([PersonArriving(NewClient("李一"), safety=("no", "yes", "no"))])
    first = desk.queue.view().entries[-1]
    desk.queue.advance(first.visit_id)
    desk.queue.advance(first.visit_id)
    view = today(centre, "desk")
    assert (view.counts.arrivals, view.counts.students, view.counts.parents) == (3, 2, 1)
    assert (view.counts.waiting, view.counts.longest_wait) == (2, 31)
    found = needs(view)
    assert found["urgent"] == "1" and found["safety"] == "2" and found["consents"] == "3"
    assert "gap" in found, "the desk can cover seats"
    assert "gap" not in needs(today(centre, "psych"))


def test_unsigned_notes_are_ones_own_or_a_number(centre: Bench) -> None:
    session = begin(centre)
    centre.clock.at = NOON + timedelta(hours=26)
    view = today(centre, "psych")
    assert (view.counts.unsigned, view.counts.own, view.counts.oldest_hours) == (1, True, 25)
    assert needs(view)["notes"] == "1"
    assert today(centre, "psych2").counts.unsigned == 0
    for login in ("desk", "supervisor", "director"):
        counts = today(centre, login).counts
        assert (counts.unsigned, counts.own) == (1, False)
    centre.sign("psych").services.notes.sign(session.id, NOTE)
    assert today(centre, "desk").counts.unsigned == 0


def test_the_desk_sees_a_high_risk_case_by_number_only(centre: Bench) -> None:
    session = begin(centre)
    centre.sign("psych").services.notes.sign(session.id, NOTE)  # focus
    (seen,) = today(centre, "supervisor").risks
    assert seen.number == session.case_number and seen.level is RiskLevel.FOCUS and seen.at
    (known,) = today(centre, "desk").risks
    assert known.number == session.case_number and known.level is None and known.at is None
    assert known.case_id is None and today(centre, "psych2").risks[0].case_id is None
    assert today(centre, "psych").risks[0].case_id == session.case_id


def test_letters_wait_to_be_printed_and_then_for_an_answer(centre: Bench) -> None:
    psych = centre.sign("psych")
    student = open_student(psych)
    agree(psych, student)
    card = psych.services.letters.release(student.case_id, draft_for(psych, student, urgency=Urgency.ROUTINE)).value
    assert needs(today(centre, "desk"))["letters"] == "1"
    centre.sign("desk").services.referrals.printed(card.id)
    assert "letters" not in needs(today(centre, "desk"))
    assert (today(centre, "desk").counts.unanswered, today(centre, "desk").counts.late) == (1, 0)
    centre.clock.at = NOON + timedelta(days=8)
    assert today(centre, "desk").counts.late == 1


def test_duty_shows_who_is_there_and_who_could_stand_in(centre: Bench) -> None:
    director = publish_week(centre)
    view = today(centre, "desk")
    morning, afternoon = view.duty.halves
    assert morning.running and not afternoon.running and view.duty.published
    assert [person.room for person in morning.people] == ["1室", "2室", "3室"]
    desk = centre.sign("desk").services
    assert [p.name for p in desk.today.on_duty()] == [p.name for p in morning.people]
    gone = morning.people[0]
    desk.rota.mark_absent(gone.staff_id, DAY, "am")
    (gap,) = today(centre, "desk").duty.halves[0].gaps
    assert gap.absent_name == gone.name and gap.absent_at == centre.clock.now() and gap.best is not None
    desk.rota.replace(gap.assignment_id, gap.best.staff_id)
    assert today(centre, "desk").duty.halves[0].gaps == ()
    centre.clock.at = NOON + timedelta(hours=2)
    assert [half.half for half in today(centre, "desk").duty.halves] == ["pm"]
    assert desk.today.on_duty() == (), "nobody between the halves"
    assert director.services.rota.week(DAY).cells[Slot(DAY, "am")].gap is None


def test_bookings_have_no_names_and_are_not_the_directors(centre: Bench) -> None:
    with centre.sign("desk").ctx.write(May.BOOK, "booked") as act:
        client = create_client(act.tx, NewClient("王子琪"), DAY)
        for hours in (1, 30):
            at = NOON + timedelta(hours=hours)
            act.tx.add(Appointment(centre_id=centre.sign("desk").who.centre_id, client_id=client.id, starts_at=at))
    view = today(centre, "desk")
    assert len(view.bookings) == 1 and "王子琪" not in repr(view)
    assert today(centre, "director").bookings == ()


def test_holidays_are_read_and_never_guessed(centre: Bench) -> None:
    director = centre.sign("director")
    with director.ctx.write(May.EDIT_CENTRE, "holidays") as act:
        add_holidays(act.tx, 2025, 2027)
    view = today(centre, "desk")
    (line,) = view.holidays  # nothing is left of 2026, and 2027 is not announced
    assert (line.name, line.year, line.announced) == ("New Year's Day", 2027, False)
    centre.clock.at = NOON - timedelta(days=60)
    (national, unknown) = today(centre, "desk").holidays[-2:]
    assert national.name == "国庆节" and national.first == date(2026, 10, 1) and national.last and not unknown.announced
    makeup = today(centre, "desk").makeup
    assert makeup is not None and makeup.first is not None and makeup.first.year == 2026
    with director.ctx.write(May.EDIT_CENTRE, "holidays") as act:
        act.tx.add(Holiday(stream="org", day=date(2027, 1, 1), name="元旦"))
    centre.clock.at = NOON
    assert [(one.name, one.first) for one in today(centre, "desk").holidays] == [("元旦", date(2027, 1, 1))]


def test_a_holiday_closes_the_day(centre: Bench) -> None:
    with centre.sign("director").ctx.write(May.EDIT_CENTRE, "holidays") as act:
        act.tx.add(Holiday(stream="org", day=DAY, name="校庆"))
    duty = today(centre, "desk").duty
    assert duty.closed == "校庆" and all(not half.gaps for half in duty.halves)


def test_the_handover_lists_what_is_open_without_a_name(centre: Bench) -> None:
    psych = centre.sign("psych")
    student = open_student(psych)
    agree(psych, student)
    psych.services.letters.release(student.case_id, draft_for(psych, student, urgency=Urgency.URGENT))
    centre.sign("desk").services.intake.register([PersonArriving(NewClient("王子琪"))])
    found = centre.sign("desk").services.today.handover()
    lines = {section.title: section.lines for section in found.sections}
    assert [len(one) for one in lines.values()] == [1, 1, 1, 1, 2]
    assert "A01" in lines["等候队列中"][0] and "重点" not in "".join(lines["未关闭的高风险个案"])
    own = psych.services.today.handover()
    assert len(own.sections[1].lines) == 2 and own.half == "am" and own.day == DAY

    data = centre.sign("desk").services.today.handover_sheet()
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(data)).pages)
    assert "交接单" in text and "A01" in text and NAME not in text and "王子琪" not in text
    with centre.sign("desk").ctx.read(May.SEE_HANDOVER) as tx:
        assert tx.query(AuditEntry).filter(AuditEntry.act == "handover.drawn-up").count() == 1
