"""What could go wrong between two acts: somebody else's change, a rule that came to speak against it, two rows of one
duty. Each of these once broke a rule, or showed something that was not so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app.bootstrap import Office
from app.common.errors import UserError
from app.people.clients import NewClient, create_client
from app.people.leave_text import LeaveRead
from app.rota.question import FreeQuery
from app.rota.rules import Slot
from app.rota.views import AssignmentView
from app.security.permissions import May
from db.models import Appointment, Assignment, Centre, Client, School, Staff
from tests.services.conftest import Bench
from tests.services.rota_centre import MONDAY, clock_at, expert_id, planner

SUNDAY = MONDAY + timedelta(days=6)
MORNING = Slot(MONDAY, "am")
ANYWAY = frozenset({"against-rule", "pinned", "room-taken"})


@pytest.fixture
def director(bench: Bench) -> Office:
    return planner(bench, 8)


@pytest.fixture
def supervisor(bench: Bench, director: Office) -> Office:
    """Another planner, with an undo of her own."""
    assert director.who.user_id
    return bench.sign("supervisor")


def assign(office: Office, day: date, half: str, number: str) -> AssignmentView:
    made = office.services.rota.assign(day, half, expert_id(office, number), confirmed=ANYWAY)
    view: AssignmentView = made.value
    return view


def seated(office: Office, slot: Slot = MORNING) -> list[tuple[str, str]]:
    """(number, state) of everybody who has to do with a session."""
    return [(a.number, a.state) for a in office.services.rota.week(slot.day).cells[slot].assignments]


def check_until(office: Office, number: str, until: date) -> None:
    office.services.experts.set_check(expert_id(office, number), until)


def copy_of(office: Office, row_id: str) -> None:
    """The same duty once more, as another PC may have written it."""
    with office.ctx.write(May.EDIT_ROTA, "copied") as act:
        row = act.tx.get_one(Assignment, row_id)
        act.tx.add(
            Assignment(
                stream="org",
                centre_id=row.centre_id,
                day=row.day,
                half=row.half,
                staff_id=row.staff_id,
                state=row.state,
                room_id=row.room_id,
            )
        )


# --- undo ---


def test_undo_does_not_seat_an_expert_twice(director: Office, supervisor: Office) -> None:
    made = assign(director, MONDAY, "am", "E041")
    director.services.rota.unassign(made.id)
    assign(supervisor, MONDAY, "am", "E041")
    with pytest.raises(UserError) as refused:
        director.services.rota.undo()
    assert refused.value.code == "already"
    assert seated(director) == [("E041", "draft")]


def test_undo_puts_nobody_on_duty_whose_check_has_expired_meanwhile(director: Office) -> None:
    made = assign(director, MONDAY, "am", "E041")
    director.services.rota.unassign(made.id)
    check_until(director, "E041", MONDAY - timedelta(days=1))
    with pytest.raises(UserError) as refused:
        director.services.rota.undo()
    assert refused.value.code == "check-expired"
    assert MORNING not in director.services.rota.week(MONDAY).cells or seated(director) == []


def test_restore_puts_nobody_on_duty_whose_check_has_expired_meanwhile(director: Office) -> None:
    made = assign(director, MONDAY, "am", "E041")
    director.services.rota.unassign(made.id)
    check_until(director, "E041", MONDAY - timedelta(days=1))
    with pytest.raises(UserError) as refused:
        director.services.rota.restore(made.id)
    assert refused.value.code == "check-expired"


def test_undo_and_redo_still_work_where_the_rule_was_set_aside_or_broken_before(director: Office) -> None:
    """Taking somebody off the board is always allowed, and so is undoing what never changed who sits where."""
    made = assign(director, MONDAY, "am", "E041")
    director.services.rota.pin(made.id)
    check_until(director, "E041", MONDAY - timedelta(days=1))
    director.services.rota.undo()
    director.services.rota.undo()
    assert director.services.rota.week(MONDAY).cells[MORNING].assignments == ()
    with pytest.raises(UserError):
        director.services.rota.redo()


def test_an_older_publication_is_not_undone_under_a_newer_one(director: Office, supervisor: Office) -> None:
    assign(director, MONDAY, "am", "E041")
    director.services.rota.publish(MONDAY, SUNDAY)
    assign(supervisor, MONDAY, "pm", "E032")
    supervisor.services.rota.publish(MONDAY, SUNDAY)
    with pytest.raises(UserError) as refused:
        director.services.rota.undo()
    assert refused.value.code == "changed-since"
    newest = director.services.publication.versions()[0]
    assert newest.number == 2 and not newest.withdrawn
    assert seated(director) == [("E041", "published")], "the newer version says so"
    assert director.services.publication.pending(MONDAY, SUNDAY).comparison.changes == ()


def test_a_publication_is_not_done_again_under_a_newer_one(director: Office, supervisor: Office) -> None:
    assign(director, MONDAY, "am", "E041")
    director.services.rota.publish(MONDAY, SUNDAY)
    director.services.rota.undo()
    assign(supervisor, MONDAY + timedelta(days=2), "am", "E032")
    supervisor.services.rota.publish(MONDAY + timedelta(days=1), SUNDAY)
    with pytest.raises(UserError) as refused:
        director.services.rota.redo()
    assert refused.value.code == "changed-since"


def booked(office: Office, staff_id: str, at_hour: int, name: str) -> str:
    with office.ctx.write(May.EDIT_ROTA, "booked") as act:
        client = create_client(act.tx, NewClient(name, telephones=("13906350000",)), MONDAY)
        made = Appointment(
            centre_id=office.who.centre_id,
            client_id=client.id,
            staff_id=staff_id,
            starts_at=clock_at(MONDAY, at_hour),
            kind="return",
        )
        act.tx.add(made)
        act.tx.flush()
        return made.id


def test_undo_books_no_expert_twice(director: Office) -> None:
    made = assign(director, MONDAY, "am", "E041")
    sitter = assign(director, MONDAY, "am", "E032")
    director.services.rota.publish(MONDAY, SUNDAY)
    moved = booked(director, made.staff_id, 9, "王子琪")
    director.services.rota.mark_absent(made.staff_id, MONDAY, "am")
    director.services.rota.rebook(made.staff_id, MONDAY, "am", sitter.staff_id)
    booked(director, made.staff_id, 9, "李一诺")
    with pytest.raises(UserError) as refused:
        director.services.rota.undo()
    assert refused.value.code == "booked"
    with director.ctx.read(May.SEE_ROTA) as tx:
        assert tx.get_one(Appointment, moved).staff_id == sitter.staff_id


# --- a proposal that came of age ---


def _on_leave(office: Office, number: str) -> None:
    office.services.leave.add(expert_id(office, number), [LeaveRead(MONDAY, SUNDAY, "", "")])


def _expired(office: Office, number: str) -> None:
    check_until(office, number, MONDAY - timedelta(days=1))


def _not_available(office: Office, number: str) -> None:
    office.services.experts.set_availability(expert_id(office, number), [])


def _gone(office: Office, number: str) -> None:
    with office.ctx.write(May.EDIT_STAFF, "left") as act:
        act.tx.get_one(Staff, expert_id(office, number)).active = False


def _closed(office: Office, number: str) -> None:
    assert number
    office.services.calendar.save_day(MONDAY, ["am"], 0, "停电")


def _weekends(office: Office, number: str) -> None:
    assert number
    with office.ctx.write(May.EDIT_CENTRE, "limits") as act:
        act.tx.get_one(Centre, office.who.centre_id).duty_limits = {"weekend_duties": 0}


@pytest.mark.parametrize("change", [_on_leave, _expired, _not_available, _gone, _closed, _weekends])
def test_a_proposal_is_not_adopted_against_what_was_entered_since(
    director: Office, change: Callable[[Office, str], None]
) -> None:
    rota = director.services.rota
    proposal = rota.propose(MONDAY, SUNDAY)
    first = next(d for d in proposal.duties if d.slot == MORNING)
    change(director, first.number)
    assert not rota.still_holds(proposal)
    with pytest.raises(UserError) as refused:
        rota.adopt(proposal)
    assert refused.value.code == "proposal-stale"
    assert all(not cell.assignments for cell in rota.week(MONDAY).cells.values())
    again = rota.propose(MONDAY, SUNDAY)
    assert rota.still_holds(again)
    rota.adopt(again)


def test_a_part_of_a_proposal_is_not_adopted_either(director: Office) -> None:
    rota = director.services.rota
    proposal = rota.propose(MONDAY, SUNDAY)
    first = next(d for d in proposal.duties if d.slot == MORNING)
    _on_leave(director, first.number)
    with pytest.raises(UserError) as refused:
        rota.adopt_part(proposal, MONDAY, "am", first.staff_id)
    assert refused.value.code == "proposal-stale"


# --- counting ---


def test_a_duty_that_came_twice_by_sync_uses_up_one_of_the_week(director: Office) -> None:
    made = assign(director, MONDAY, "am", "E041")
    director.services.experts.set_limits(made.staff_id, 2, None, 1)
    copy_of(director, made.id)
    seen = director.services.rota.candidates(MONDAY + timedelta(days=2), "am")
    mine = next(one for one in seen if one.staff_id == made.staff_id)
    assert "limit" not in {note.code for note in mine.obstacles}
    assert mine.this_week == 1


def test_fewest_duties_counts_those_later_in_the_quarter(director: Office) -> None:
    """Whoever has a full March is not offered first in January."""
    staff = expert_id(director, "E041")
    before = next(one.load for one in director.services.rota.candidates(MONDAY, "am") if one.staff_id == staff)
    for week in (3, 5, 8):
        assign(director, MONDAY + timedelta(weeks=week), "am", "E041")
    after = next(one for one in director.services.rota.candidates(MONDAY, "am") if one.staff_id == staff)
    assert after.duties == 3
    assert after.load == before + 3


# --- a board that somebody else has changed ---


def test_a_duty_that_was_taken_off_is_not_moved_once_more(director: Office) -> None:
    """A window that does not know yet shows it still standing."""
    made = assign(director, MONDAY, "am", "E041")
    director.services.rota.publish(MONDAY, SUNDAY)
    director.services.rota.move(made.id, MONDAY, "pm", confirmed=ANYWAY)
    with pytest.raises(UserError) as refused:
        director.services.rota.move(made.id, MONDAY + timedelta(days=2), "am", confirmed=ANYWAY)
    assert refused.value.code == "not-standing"
    held = [
        a.slot
        for cell in director.services.rota.week(MONDAY).cells.values()
        for a in cell.assignments
        if a.number == "E041" and a.state == "draft"
    ]
    assert held == [Slot(MONDAY, "pm")]


# --- what leaves the program ---


def test_a_hostile_name_reaches_no_other_folder_and_no_formula(
    director: Office, tmp_path_factory: pytest.TempPathFactory
) -> None:
    import io

    from openpyxl import load_workbook

    made = assign(director, MONDAY, "am", "E041")
    other = assign(director, MONDAY, "am", "E032")
    evil = '=cmd|"/c calc"!A1'
    with director.ctx.write(May.EDIT_STAFF, "renamed") as act:
        act.tx.get_one(Staff, made.staff_id).name = evil
        act.tx.get_one(Staff, other.staff_id).name = "../../../CON"
    director.services.publication.publish_as_it_is(MONDAY, SUNDAY)
    root = tmp_path_factory.mktemp("out")
    folder = root / "a" / "b" / "c"
    done = director.services.publication.export_all(folder, MONDAY, SUNDAY)
    assert sorted(p.name for p in folder.iterdir()) == sorted(done.files)
    assert [p for p in root.rglob("*") if p.is_file() and p.parent != folder] == []
    book = load_workbook(io.BytesIO(director.services.publication.spreadsheet(MONDAY, SUNDAY)))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert any(cell.value and str(cell.value).startswith("=cmd") for cell in cells)
    assert all(cell.data_type != "f" for cell in cells)


def test_a_calendar_file_survives_any_name(director: Office) -> None:
    """Folded at 75 octets between characters, commas and semicolons and lines escaped, nothing injected."""
    from icalendar import Calendar

    made = assign(director, MONDAY, "am", "E041")
    mate = assign(director, MONDAY, "am", "E032")
    evil = "欧阳;一,二\\三\r\nBEGIN:VALARM\r\nEND:VALARM" + "龙" * 60
    with director.ctx.write(May.EDIT_STAFF, "renamed") as act:
        act.tx.get_one(Staff, mate.staff_id).name = evil
    director.services.publication.publish_as_it_is(MONDAY, SUNDAY)
    written = director.services.publication.calendar_file(made.staff_id, MONDAY, SUNDAY)
    assert all(len(line) <= 75 for line in written.split(b"\r\n"))
    assert b"\n" not in written.replace(b"\r\n", b"") and b"\r" not in written.replace(b"\r\n", b"")
    for line in written.split(b"\r\n"):
        line.decode("utf-8")
    (event,) = Calendar.from_ical(written).walk("VEVENT")
    assert Calendar.from_ical(written).walk("VALARM") == []
    assert "欧阳;一,二\\三" in str(event["description"])


def test_a_calendar_file_cancels_under_the_same_uid_with_a_higher_sequence(director: Office) -> None:
    from icalendar import Calendar

    made = assign(director, MONDAY, "am", "E041")
    assign(director, MONDAY, "pm", "E041")
    publication = director.services.publication
    publication.publish_as_it_is(MONDAY, SUNDAY)
    (first,) = (
        e
        for e in Calendar.from_ical(publication.calendar_file(made.staff_id, MONDAY, SUNDAY)).walk("VEVENT")
        if made.id in str(e["uid"])
    )
    director.services.rota.unassign(made.id)
    publication.publish_as_it_is(MONDAY, SUNDAY)
    (second,) = (
        e
        for e in Calendar.from_ical(publication.calendar_file(made.staff_id, MONDAY, SUNDAY)).walk("VEVENT")
        if made.id in str(e["uid"])
    )
    assert first["uid"] == second["uid"] and int(str(second["sequence"])) > int(str(first["sequence"]))
    assert (first["status"], second["status"]) == ("CONFIRMED", "CANCELLED")


def test_client_names_are_for_those_who_may_see_them(bench: Bench, director: Office) -> None:
    """The director arranges the absence without knowing who the clients are."""
    made = assign(director, MONDAY, "am", "E041")
    director.services.rota.publish(MONDAY, SUNDAY)
    booked(director, made.staff_id, 9, "王子琪")
    for office, sees in ((director, False), (bench.sign("desk"), True)):
        view = office.services.rota.absence(made.staff_id, MONDAY, "am")
        (booking,) = view.bookings
        assert (booking.client_name == "王子琪") is sees
        assert "王子琪" not in repr(view), "no name in a log"
    with pytest.raises(UserError) as refused:
        director.services.rota.call_list(made.staff_id, MONDAY, "am")
    assert refused.value.code == "not-allowed"
    with director.ctx.read(May.SEE_ROTA) as tx:
        assert tx.execute(select(Client.name)).scalars().all() == ["王子琪"]


# --- who is offered ---


def test_nobody_is_offered_or_booked_on_a_duty_after_the_check_ran_out(bench: Bench, director: Office) -> None:
    """The published rota still says so; the duty has to be taken off."""
    made, later = assign(director, MONDAY, "am", "E041"), MONDAY + timedelta(days=7)
    assign(director, later, "am", "E041")
    director.services.publication.publish_as_it_is(MONDAY, later)
    booked(director, made.staff_id, 9, "王子琪")
    check_until(director, "E041", MONDAY)
    free = director.services.free
    on_duty = [one for one in free.search(FreeQuery(later, later)).found if one.group == "duty"]
    assert made.staff_id not in {one.staff_id for one in on_duty}
    (booking,) = bench.sign("desk").services.rota.absence(made.staff_id, MONDAY, "am").bookings
    assert booking.later is None
    with pytest.raises(UserError) as refused:
        bench.sign("desk").services.rota.rebook(made.staff_id, MONDAY, "am")
    assert refused.value.code == "none-goes"


def test_no_way_of_moving_a_booking_ends_at_the_clients_own_school(bench: Bench, director: Office) -> None:
    """By a swap, by rebooking to somebody who is there, by a stand-in: the booking stays and says why."""
    made = assign(director, MONDAY, "am", "E041")
    mate, taker = assign(director, MONDAY, "am", "E032"), expert_id(director, "E020")
    director.services.publication.publish_as_it_is(MONDAY, SUNDAY)
    booking = booked(director, made.staff_id, 9, "王子琪")
    with director.ctx.write(May.EDIT_STAFF, "school") as act:
        school = School(stream="org", name="龙山中学")
        act.tx.add(school)
        act.tx.flush()
        act.tx.execute(select(Client)).scalars().one().school_id = school.id
        for who in (mate.staff_id, taker):
            act.tx.get_one(Staff, who).school_id = school.id
    desk = bench.sign("desk").services
    with pytest.raises(UserError) as refused:
        desk.rota.rebook(made.staff_id, MONDAY, "am", mate.staff_id)
    assert refused.value.code == "none-goes"
    request = desk.swaps.ask(made.id, taker, confirmed=ANYWAY).value
    done = desk.swaps.record(request.id, True, confirmed=ANYWAY).value
    assert (done.request.state, done.moved, done.stays) == ("done", 0, 1)
    with director.ctx.read(May.SEE_ROTA) as tx:
        assert tx.get_one(Appointment, booking).staff_id == made.staff_id
