"""Versions of the rota, what changed since, and the files that leave the screen, from a real file."""

from __future__ import annotations

import io
import re
import subprocess
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import icalendar
import pytest
from openpyxl import load_workbook
from pypdf import PdfReader
from sqlalchemy import select

from app.bootstrap import Office
from app.common import words
from app.common.errors import Cancelled, Confirmation, EnvironmentFault, UserError
from app.common.progress import CancelToken
from app.rota.exporting import Kind
from app.security.permissions import May
from db.models import Assignment, Holiday, Leave, Publication, Staff
from db.replica.stamping import new_id
from tests.services.conftest import Bench
from tests.services.rota_centre import MONDAY, clock_at, expert_id, furnish
from tests.services.two_pcs import TwoPcs, pcs, pcs_template

__all__ = ["pcs", "pcs_template"]

SUNDAY = MONDAY + timedelta(days=6)
WEDNESDAY = MONDAY + timedelta(days=2)
ANYWAY = frozenset({"against-rule"})
MORNING = ("E001", "E002", "E003")


@pytest.fixture
def director(bench: Bench) -> Office:
    words.set_language("zh")
    bench.clock.at = clock_at(MONDAY, 9)
    office = bench.sign("director")
    furnish(office)
    with office.ctx.write(May.EDIT_STAFF, "willing") as act:  # so that who sits where is this file's choice
        for staff in act.tx.execute(select(Staff).where(Staff.number.startswith("E"))).scalars():
            staff.record_check_until, staff.weekly_limit = date(2028, 1, 1), None
            staff.availability = [[day, half] for day in range(7) for half in ("am", "pm")]
            if staff.number < "E010":
                for leave in act.tx.execute(select(Leave).where(Leave.staff_id == staff.id)).scalars():
                    leave.withdrawn = True
    return office


def put(office: Office, number: str, day: date = MONDAY, half: str = "am") -> str:
    rota = office.services.rota
    done = rota.assign(day, half, expert_id(office, number), confirmed=ANYWAY)
    made: str = done.value.id
    return made


def published(office: Office) -> dict[str, str]:
    """Three on Monday morning, in force."""
    made = {number: put(office, number) for number in MORNING}
    office.services.publication.publish_as_it_is(MONDAY, SUNDAY)
    return made


def text(pdf: bytes) -> str:
    command = ("pdftotext", "-layout", "-", "-")
    return subprocess.run(command, input=pdf, capture_output=True, check=True).stdout.decode()


def name(office: Office, number: str) -> str:
    with office.ctx.read(May.SEE_ROTA) as tx:
        return tx.execute(select(Staff.name).where(Staff.number == number)).scalars().one()


# --- versions ---


def test_each_publication_is_a_version_that_says_who_when_and_for_which_days(director: Office, bench: Bench) -> None:
    published(director)
    bench.clock.at = clock_at(MONDAY, 17, 5)
    put(director, "E004", WEDNESDAY)
    done = bench.sign("supervisor").services.publication.publish_as_it_is(MONDAY, SUNDAY).value
    assert (done.added, done.removed, done.number) == (1, 0, 2)
    second, first = director.services.publication.versions()
    assert (first.number, first.duties, second.number, second.duties) == (1, 3, 2, 4)
    assert second.words() == "第 2 版 · 2027-01-04 17:05 · 解冬梅 发布 · 1月4日–1月10日"
    assert not second.twin and not second.withdrawn


def test_publishing_what_is_published_makes_no_new_version(director: Office) -> None:
    published(director)
    done = director.services.publication.publish_as_it_is(MONDAY, SUNDAY).value
    assert (done.added, done.removed, done.number) == (0, 0, 1)
    assert len(director.services.publication.versions()) == 1


def test_an_empty_rota_makes_no_version_an_emptied_one_does(director: Office) -> None:
    assert director.services.publication.publish_as_it_is(MONDAY, SUNDAY).value.number == 0
    assert not director.services.publication.versions()
    made = published(director)
    for duty in made.values():
        director.services.rota.unassign(duty)
    done = director.services.publication.publish_as_it_is(MONDAY, SUNDAY).value
    assert (done.removed, done.number) == (3, 2), "that everybody was taken off is told"


def test_what_a_publication_would_change_is_told_by_session_and_by_expert(director: Office) -> None:
    made = published(director)
    rota, service = director.services.rota, director.services.publication
    rota.unassign(made["E001"])
    put(director, "E004")
    put(director, "E005", WEDNESDAY)
    pending = service.pending(MONDAY, SUNDAY)
    names = {number: name(director, number) for number in ("E001", "E004", "E005")}
    said = [(one.kind, one.note.text(), one.waits) for one in pending.comparison.changes]
    assert said == [
        ("hands", f"{names['E004']}替换{names['E001']}", True),
        ("added", f"新增{names['E005']}", True),
    ]
    told = {one.number: [note.text() for note in one.notes] for one in pending.comparison.people}
    assert set(told) == {"E001", "E004", "E005"}
    assert told["E001"] == [f"1月4日 周一上午：不再值班，由{names['E004']}来"]
    assert re.fullmatch(rf"1月4日 周一上午：新的值班，\d室，接替{names['E001']}", told["E004"][0])
    assert told["E005"] == ["1月6日 周三上午：新的值班，1室"]
    assert (pending.waiting, pending.duties) == (3, 4) and pending.since is not None and pending.since.number == 1
    assert pending.refused is None


def test_who_comes_back_gets_another_room_if_hers_is_taken(director: Office) -> None:
    made = published(director)
    rota = director.services.rota
    room = next(
        one.room for cell in rota.week(MONDAY).cells.values() for one in cell.assignments if one.number == "E001"
    )
    rota.unassign(made["E001"])
    rota.set_room(put(director, "E004"), next(key for key, name_ in rota.week(MONDAY).rooms.items() if name_ == room))
    rota.unassign(made["E002"])
    put(director, "E001")
    (gaps,) = director.services.publication.pending(MONDAY, SUNDAY).warnings
    assert gaps.token.startswith("gaps"), "nobody shares a room"


def test_an_absence_and_its_stand_in_are_changes_that_no_publication_waits_for(director: Office) -> None:
    made = published(director)
    rota = director.services.rota
    director.services.rota.mark_absent(expert_id(director, "E002"), MONDAY, "am")
    rota.replace(made["E002"], expert_id(director, "E009"), confirmed=ANYWAY)
    (change,) = director.services.publication.pending(MONDAY, SUNDAY).comparison.changes
    assert change.kind == "hands" and not change.waits
    assert director.services.publication.publish_as_it_is(MONDAY, SUNDAY).value.number == 2
    assert not director.services.publication.pending(MONDAY, SUNDAY).comparison.changes


def test_another_room_is_told_to_whom_it_concerns(director: Office) -> None:
    made = published(director)
    week = director.services.rota.week(MONDAY)
    before = next(one for cell in week.cells.values() for one in cell.assignments if one.id == made["E001"]).room
    other = next(room for room, words_ in week.rooms.items() if words_ != before)
    director.services.rota.set_room(made["E001"], other, confirmed=frozenset({"room-taken"}))
    comparison = director.services.publication.pending(MONDAY, SUNDAY).comparison
    assert [one.kind for one in comparison.changes] == ["room"]
    assert comparison.people[0].notes[0].text() == f"1月4日 周一上午：改到{week.rooms[other]}，原在{before}"


def test_the_first_publication_counts_its_duties_instead_of_listing_them(director: Office) -> None:
    for number in MORNING:
        put(director, number)
    pending = director.services.publication.pending(MONDAY, SUNDAY)
    assert pending.comparison.fresh == 3 and not pending.comparison.changes and pending.since is None
    assert pending.waiting == 3


def test_any_two_versions_are_compared_on_the_days_that_both_have(director: Office) -> None:
    made = published(director)
    service = director.services.publication
    director.services.rota.unassign(made["E003"])
    service.publish_as_it_is(MONDAY - timedelta(days=7), MONDAY)
    put(director, "E005", WEDNESDAY)
    service.publish_as_it_is(WEDNESDAY, SUNDAY)
    third, second, first = service.versions()
    comparison = service.between(first.id, second.id)
    assert (comparison.first, comparison.last) == (MONDAY, MONDAY)
    assert [one.kind for one in comparison.changes] == ["removed"]
    assert [one.kind for one in service.changes_of(third.id).changes] == ["added"]
    with pytest.raises(UserError) as refused:
        service.between(second.id, third.id)
    assert refused.value.code == "no-common-days"


def test_a_publication_is_undone_and_done_again(director: Office) -> None:
    published(director)
    rota, service = director.services.rota, director.services.publication
    rota.undo()
    assert service.versions()[0].withdrawn and "已撤回" in service.versions()[0].words()
    assert {one.state for cell in rota.week(MONDAY).cells.values() for one in cell.assignments} == {"draft"}
    assert service.pending(MONDAY, SUNDAY).since is None
    rota.redo()
    assert not service.versions()[0].withdrawn and service.pending(MONDAY, SUNDAY).waiting == 0
    rota.undo()
    assert service.publish_as_it_is(MONDAY, SUNDAY).value.number == 2


def test_an_expired_check_is_refused_by_name_and_day_before_and_when_publishing(director: Office) -> None:
    put(director, "E001")
    with director.ctx.write(May.EDIT_STAFF, "expired") as act:
        act.tx.get_one(Staff, expert_id(director, "E001")).record_check_until = MONDAY - timedelta(days=1)
    service = director.services.publication
    refused = service.pending(MONDAY, SUNDAY).refused
    assert refused is not None and name(director, "E001") in refused.text() and MONDAY.isoformat() in refused.text()
    with pytest.raises(UserError) as fault:
        service.publish_as_it_is(MONDAY, SUNDAY)
    assert fault.value.code == "check-expired" and not service.versions()
    assert director.services.rota.week(MONDAY).differences == 1


def test_empty_seats_and_collisions_are_asked_about_with_tokens_that_age(director: Office) -> None:
    for number in MORNING:
        put(director, number)
    service = director.services.publication
    (gaps,) = service.pending(MONDAY, SUNDAY).warnings
    assert gaps.note.text() == "还有 27 个空缺。"
    with pytest.raises(Confirmation) as asked:
        service.publish(MONDAY, SUNDAY)
    assert asked.value.token == gaps.token and "27" in asked.value.text()
    put(director, "E001", WEDNESDAY)
    with pytest.raises(Confirmation):
        service.publish(MONDAY, SUNDAY, confirmed={gaps.token})
    duties = [one for cell in director.services.rota.week(MONDAY).cells.values() for one in cell.assignments]
    director.services.rota.set_room(duties[0].id, duties[1].room_id, confirmed=frozenset({"room-taken"}))
    tokens = {one.token for one in service.pending(MONDAY, SUNDAY).warnings}
    assert len(tokens) == 2
    assert service.publish(MONDAY, SUNDAY, confirmed=tokens).value.added == 4


def test_only_those_who_may_approve_publish_and_everybody_sees_versions(director: Office, bench: Bench) -> None:
    published(director)
    desk = bench.sign("desk").services.publication
    assert len(desk.versions()) == 1 and desk.pending(MONDAY, SUNDAY).duties == 3
    with pytest.raises(UserError) as refused:
        desk.publish(MONDAY, SUNDAY)
    assert refused.value.code == "not-allowed"


def test_two_pcs_that_publish_the_same_number_keep_both(pcs: TwoPcs) -> None:
    words.set_language("zh")
    pcs.clock.at = clock_at(MONDAY, 9)
    one = pcs.sign(pcs.desk, "director")
    furnish(one)
    pcs.sync(pcs.desk)
    pcs.sync(pcs.room2)
    other = pcs.sign(pcs.room2, "director")
    for number, office in (("E041", one), ("E042", other)):
        put(office, number)
        assert office.services.publication.publish_as_it_is(MONDAY, SUNDAY).value.number == 1
        pcs.clock.at += timedelta(minutes=1)
    for folder in (pcs.desk, pcs.room2, pcs.desk):
        pcs.sync(folder)
    for office in (one, other):
        versions = office.services.publication.versions()
        assert [(v.number, v.twin, v.duties) for v in versions] == [(1, True, 1), (1, True, 1)]
        assert len({v.id for v in versions}) == 2
        board = office.services.publication.pending(MONDAY, SUNDAY)
        assert [change.kind for change in board.comparison.changes] == ["added"], "the later one did not know the other"
    assert one.services.publication.publish_as_it_is(MONDAY, SUNDAY).value.number == 2


# --- paper ---


def test_the_month_on_the_wall_names_everybody_in_force_and_nothing_else(director: Office) -> None:
    published(director)
    put(director, "E004", WEDNESDAY)
    with director.ctx.write(May.EDIT_CENTRE, "calendar") as act:
        for row in act.tx.execute(select(Holiday).where(Holiday.day >= MONDAY)).scalars():
            row.withdrawn = True
        act.tx.add(Holiday(id=new_id(act.tx), stream="org", day=SUNDAY, name="春节", workday=True))
        act.tx.add(Holiday(id=new_id(act.tx), stream="org", day=date(2027, 1, 15), name="校庆日"))
    pdf = director.services.publication.month_poster(2027, 1)
    said = text(pdf)
    assert all(name(director, number) in said for number in MORNING)
    assert name(director, "E004") not in said, "a draft is not for the wall"
    assert "2027 年 1 月" in said and "第 1 版 · 2027-01-04 发布 · 2027-01-04 打印" in said
    assert "春节调休上班" in said and "校庆日" in said and "尚未发布" in said
    assert said.count("缺 3 人") == 9, "the published days without anybody; the rest of the month is not published"
    assert "24 小时热线" in said and "聊城市学生心理健康发展服务中心" in said
    assert len(PdfReader(io.BytesIO(pdf)).pages) == 1
    fonts = (
        subprocess.run(("pdffonts", "-"), input=pdf, capture_output=True, check=True).stdout.decode().splitlines()[2:]
    )
    assert fonts and all("Noto" in line and line.split()[-5] == "yes" for line in fonts)


def test_posters_wait_for_the_publication_and_say_what_changed_after_it(director: Office) -> None:
    service = director.services.publication
    put(director, "E001")
    for poster in (lambda: service.month_poster(2027, 1), lambda: service.week_poster(MONDAY)):
        with pytest.raises(UserError) as refused:
            poster()
        assert refused.value.code == "nothing-published"
    service.publish_as_it_is(MONDAY, SUNDAY)
    assert "第 1 版 · 2027-01-04 发布 · 2027-01-04 打印" in text(service.week_poster(MONDAY))
    director.services.rota.mark_absent(expert_id(director, "E001"), MONDAY, "am")
    said = text(service.week_poster(MONDAY))
    assert "含之后的临时调整" in said and name(director, "E001") not in said


def test_each_expert_gets_a_page_with_room_hours_colleagues_and_totals(director: Office) -> None:
    published(director)
    put(director, "E001", SUNDAY, "pm")
    director.services.publication.publish_as_it_is(MONDAY, SUNDAY)
    service = director.services.publication
    pages = PdfReader(io.BytesIO(service.duty_sheets(MONDAY, SUNDAY))).pages
    assert len(pages) == 3
    said = text(service.duty_sheets(MONDAY, SUNDAY, [expert_id(director, "E001")]))
    assert said.count("\f") == 1 and "共 2 次 · 上午 1 次 · 下午 1 次 · 周末 1 次" in said
    (line,) = (one for one in said.splitlines() if "2027-01-04" in one and "周一" in one)
    assert "08:30–11:30" in line and "室" in line
    assert name(director, "E002") in line and name(director, "E003") in line
    assert name(director, "E001") in said and "E001" in said
    assert service.on_paper(MONDAY, SUNDAY)[0] == (expert_id(director, "E001"), f"E001 {name(director, 'E001')}")
    with pytest.raises(UserError) as refused:
        service.duty_sheets(date(2027, 5, 3), date(2027, 5, 9))
    assert refused.value.code == "nothing-published"


# --- calendar files ---


def events(office: Office, number: str) -> dict[str, icalendar.Event]:
    data = office.services.publication.calendar_file(expert_id(office, number), MONDAY, SUNDAY)
    assert data.endswith(b"\r\n") and b"\n" not in data.replace(b"\r\n", b"")
    assert all(len(line) <= 75 for line in data.split(b"\r\n"))
    calendar = icalendar.Calendar.from_ical(data)
    assert calendar["method"] == "PUBLISH" and calendar.errors == []
    found = calendar.events
    assert len({str(one["uid"]) for one in found}) == len(found)
    return {str(one["uid"]): one for one in found}


def test_a_calendar_file_reads_back_with_local_hours_and_a_uid_that_stays(director: Office, bench: Bench) -> None:
    made = published(director)
    ((uid, event),) = events(director, "E001").items()
    assert made["E001"] in uid and event["sequence"] == 1 and event["status"] == "CONFIRMED"
    assert event.start.isoformat() == "2027-01-04T08:30:00+08:00" and event.end.isoformat().startswith(
        "2027-01-04T11:30"
    )
    assert "值班" in str(event["summary"]) and "龙山西街33号" in str(event["location"])
    assert name(director, "E002") in str(event["description"])
    bench.clock.at = clock_at(MONDAY, 12)
    put(director, "E005", WEDNESDAY)
    director.services.publication.publish_as_it_is(MONDAY, SUNDAY)
    ((again, later),) = events(director, "E001").items()
    assert again == uid and later["sequence"] == 2 and later.to_ical() != event.to_ical()
    assert b"DTSTAMP:20270104T010000Z" in event.to_ical() and b"DTSTAMP:20270104T040000Z" in later.to_ical()


def test_what_was_taken_off_is_in_the_file_as_cancelled(director: Office) -> None:
    made = published(director)
    director.services.rota.unassign(made["E001"])
    assert [str(one["status"]) for one in events(director, "E001").values()] == ["CONFIRMED"], "not published yet"
    director.services.publication.publish_as_it_is(MONDAY, SUNDAY)
    ((uid, event),) = events(director, "E001").items()
    assert made["E001"] in uid and event["status"] == "CANCELLED" and event["sequence"] == 2
    director.services.rota.mark_absent(expert_id(director, "E002"), MONDAY, "am")
    assert [str(one["status"]) for one in events(director, "E002").values()] == ["CANCELLED"]


def test_who_read_a_publication_that_was_undone_gets_it_cancelled(director: Office) -> None:
    published(director)
    director.services.rota.undo()
    assert [str(one["status"]) for one in events(director, "E001").values()] == ["CANCELLED"]


def test_a_calendar_file_is_of_the_centres_own_people(director: Office) -> None:
    published(director)
    with pytest.raises(UserError) as refused:
        director.services.publication.calendar_file("00" * 12, MONDAY, SUNDAY)
    assert refused.value.code == "not-an-expert"


# --- workbook ---


def test_the_workbook_has_sessions_experts_and_gaps_and_no_formula(director: Office) -> None:
    with director.ctx.write(May.EDIT_STAFF, "renamed") as act:
        act.tx.get_one(Staff, expert_id(director, "E004")).name = "=1+1"
    published(director)
    put(director, "E004", WEDNESDAY)
    book = load_workbook(io.BytesIO(director.services.publication.spreadsheet(MONDAY, SUNDAY)))
    assert book.sheetnames == ["按时段", "按专家", "缺岗"]
    sheets: list[list[list[Any]]] = [[list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book]
    sessions, experts, gaps = sheets
    assert len(sessions) == 11 and sessions[1][0].date() == MONDAY and sessions[1][4:7] == [3, 3, 0]
    assert name(director, "E001") in sessions[1][7] and sessions[1][10] == "已发布" and sessions[3][10] == "草稿"
    assert sessions[3][7].startswith("=1+1")
    formulas = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    assert not formulas
    counted = {row[0]: row[2] for row in experts[1:]}
    assert len(counted) == 64 and counted["E001"] == 1 and counted["E009"] == 0
    assert len(gaps) > 9 * 60 and all(row[3] and row[7] for row in gaps[1:])
    assert any("请假" in str(row[7]) for row in gaps)


# --- a folder ---


def test_a_folder_gets_a_file_for_each_and_the_same_again_changes_nothing(director: Office, tmp_path: Path) -> None:
    published(director)
    steps: list[tuple[int, int]] = []
    service, folder = director.services.publication, tmp_path / "值班"
    done = service.export_all(folder, MONDAY, SUNDAY, progress=lambda a, b: steps.append((a, b)))
    span = "20270104-20270110"
    people = [f"{number} {name(director, number)}" for number in MORNING]
    wanted = [f"{who}-{span}.{kind}" for who in people for kind in ("pdf", "ics")]
    assert sorted(done.files) == sorted(["值班-2027-01.pdf", f"值班-{span}.xlsx", *wanted]) and done.same == 0
    assert sorted(one.name for one in folder.iterdir()) == sorted(done.files), "no temporary file is left"
    assert steps[0] == (0, 8) and steps[-1] == (8, 8)
    kinds = {Kind.POSTERS, Kind.SHEETS, Kind.CALENDARS}
    assert service.export_all(folder, MONDAY, SUNDAY, kinds).same == 7


def test_another_file_of_that_name_is_asked_about_and_kept_until_then(director: Office, tmp_path: Path) -> None:
    published(director)
    service = director.services.publication
    foreign = tmp_path / "值班-2027-01.pdf"
    foreign.write_bytes(b"mine")
    with pytest.raises(Confirmation) as asked:
        service.export_all(tmp_path, MONDAY, SUNDAY)
    assert asked.value.token == "replace-files" and "值班-2027-01.pdf" in asked.value.text()
    assert [one.name for one in tmp_path.iterdir() if one.is_file() and one.suffix] == [foreign.name]
    assert foreign.read_bytes() == b"mine"
    service.export_all(tmp_path, MONDAY, SUNDAY, confirmed={"replace-files"})
    assert foreign.read_bytes().startswith(b"%PDF")


def test_cancelling_leaves_nothing_and_a_folder_that_cannot_be_is_said(director: Office, tmp_path: Path) -> None:
    published(director)
    service, token = director.services.publication, CancelToken()
    with pytest.raises(Cancelled):
        service.export_all(tmp_path / "neu", MONDAY, SUNDAY, progress=lambda done, total: token.cancel(), cancel=token)
    assert list((tmp_path / "neu").iterdir()) == []
    (tmp_path / "file").write_text("a file, not a folder")
    with pytest.raises(EnvironmentFault):
        service.export_all(tmp_path / "file", MONDAY, SUNDAY)


def test_nothing_published_writes_nothing(director: Office, tmp_path: Path) -> None:
    put(director, "E001")
    with pytest.raises(UserError) as refused:
        director.services.publication.export_all(tmp_path / "out", MONDAY, SUNDAY, set(Kind) - {Kind.SPREADSHEET})
    assert refused.value.code == "nothing-published" and list((tmp_path / "out").iterdir()) == []


def test_a_publication_names_its_rows_in_the_audit_chain(director: Office) -> None:
    published(director)
    with director.ctx.read(May.SEE_ROTA) as tx:
        (version,) = tx.execute(select(Publication)).scalars()
        rows = tx.execute(select(Assignment.id).where(Assignment.state == "published")).scalars().all()
        assert {line[0] for line in version.content} == set(rows) and version.by_name == "郑主任"
