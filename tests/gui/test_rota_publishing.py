"""Publishing from the keyboard: what changes is read first; then posters, files and versions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path

import icalendar
import pypdf
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from sqlalchemy import select

from app.bootstrap import Office
from app.security.permissions import May
from db.models import Leave, Staff
from tests.services.conftest import Bench
from tests.services.rota_centre import MONDAY, clock_at, expert_id, furnish
from ui import ask, jobs, notify
from ui.desk import Desk
from ui.pdf_sheet import PdfSheet
from ui.referrals import printing
from ui.rota.publishing import PrintsSheet, PublishSheet, VersionsSheet, open_prints

SUNDAY = MONDAY + timedelta(days=6)
Wait = Callable[[], None]
Show = Callable[[QWidget], QWidget]
Open = Callable[[str], tuple[Desk, QWidget]]


@pytest.fixture
def director(bench: Bench) -> Office:
    bench.clock.at = clock_at(MONDAY, 9)
    office = bench.sign("director")
    furnish(office)
    with office.ctx.write(May.EDIT_STAFF, "willing") as act:
        for staff in act.tx.execute(select(Staff).where(Staff.number.startswith("E00"))).scalars():
            staff.record_check_until, staff.weekly_limit = date(2028, 1, 1), None
            staff.availability = [[day, half] for day in range(7) for half in ("am", "pm")]
            for leave in act.tx.execute(select(Leave).where(Leave.staff_id == staff.id)).scalars():
                leave.withdrawn = True
    return office


@pytest.fixture
def open_desk(bench: Bench, director: Office, shown: Show) -> Open:
    def make(login: str) -> tuple[Desk, QWidget]:
        office = bench.sign(login)
        window = QWidget()
        desk = Desk(office.services, office.who, clock=bench.clock)
        desk.setParent(window)
        shown(window)
        return desk, window

    return make


def put(office: Office, number: str, day: date = MONDAY, half: str = "am") -> str:
    made: str = office.services.rota.assign(day, half, expert_id(office, number)).value.id
    return made


def publish(office: Office, *numbers: str) -> dict[str, str]:
    made = {number: put(office, number) for number in numbers}
    office.services.publication.publish_as_it_is(MONDAY, SUNDAY)
    return made


def sheets(kind: type) -> list[QWidget]:
    return [one for one in QApplication.topLevelWidgets() if isinstance(one, kind) and one.isVisible()]


def press(qtbot: QtBot, sheet: QWidget, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
          until: Callable[[], object] = lambda: True) -> None:  # fmt: skip
    """A key on whatever has the focus in the sheet; Qt lets a button be seen pressed before it acts."""
    qtbot.waitExposed(sheet)
    target = sheet.focusWidget()
    assert target is not None, "the keyboard is nowhere"
    qtbot.keyClick(target, key, modifier)
    qtbot.waitUntil(lambda: bool(until()) and jobs.idle())


def test_the_sheet_tells_what_changes_and_enter_publishes_it(
    open_desk: Open, director: Office, qtbot: QtBot, wait_jobs: Wait
) -> None:
    made = publish(director, "E001", "E002", "E003")
    director.services.rota.unassign(made["E001"])
    put(director, "E004")
    desk, window = open_desk("director")
    sheet = PublishSheet(desk, MONDAY, SUNDAY, window)
    sheet.open()
    wait_jobs()
    summary, since, *warned = sheet.words()
    assert "1 处变动" in summary and "要通知 2 位专家" in summary and "第 1 版" in since
    assert any("还有 27 个空缺" in one for one in warned)
    (row,) = sheet.changes.list.rows()
    assert row.lead == "1月4日 周一上午" and "替换" in row.title and row.badge == "换人"
    sheet.changes.mode.setFocus()
    press(qtbot, sheet, Qt.Key.Key_Right)
    told = [(one.lead, one.title) for one in sheet.changes.list.rows()]
    assert len(told) == 2 and any("不再值班" in title for _, title in told) and all(lead for lead, _ in told)
    sheet.publish_button.setFocus()
    press(qtbot, sheet, Qt.Key.Key_Return, until=lambda: sheets(PrintsSheet))
    assert [one.number for one in director.services.publication.versions()] == [2, 1]
    assert any("第 2 版已发布" in said for said in notify.shown(window))
    assert not sheets(PublishSheet), "one sheet at a time"


def test_what_has_happened_since_says_that_it_is_in_force(open_desk: Open, director: Office, wait_jobs: Wait) -> None:
    publish(director, "E001", "E002")
    director.services.rota.mark_absent(expert_id(director, "E001"), MONDAY, "am")
    desk, window = open_desk("director")
    sheet = PublishSheet(desk, MONDAY, SUNDAY, window)
    sheet.open()
    wait_jobs()
    (row,) = sheet.changes.list.rows()
    assert (
        row.note == "已生效" and row.badge == "缺勤" and row.title.endswith("缺勤") and sheet.publish_button.isEnabled()
    )


def test_an_expired_check_stands_there_and_nothing_can_be_published(
    open_desk: Open, director: Office, wait_jobs: Wait
) -> None:
    put(director, "E001")
    with director.ctx.write(May.EDIT_STAFF, "expired") as act:
        act.tx.get_one(Staff, expert_id(director, "E001")).record_check_until = MONDAY - timedelta(days=1)
    desk, window = open_desk("director")
    sheet = PublishSheet(desk, MONDAY, SUNDAY, window)
    sheet.open()
    wait_jobs()
    assert "不能" in sheet.words()[-1] and "2027-01-04" in sheet.words()[-1]
    assert not sheet.publish_button.isEnabled()
    sheet.publish()
    wait_jobs()
    assert not director.services.publication.versions()


def test_a_change_of_the_board_is_in_the_open_sheet_at_once(open_desk: Open, director: Office, wait_jobs: Wait) -> None:
    publish(director, "E001")
    desk, window = open_desk("director")
    sheet = PublishSheet(desk, MONDAY, SUNDAY, window)
    sheet.open()
    wait_jobs()
    assert not sheet.publish_button.isEnabled() and "没有要发布的变动" in sheet.words()[0]
    assert "没有不同" in sheet.changes.nothing.text()
    jobs.run_job(window, director.services.rota.assign, MONDAY, "pm", expert_id(director, "E005"))
    wait_jobs()
    wait_jobs()
    assert len(sheet.changes.list.rows()) == 1 and sheet.publish_button.isEnabled()


def test_the_desk_reads_but_does_not_publish(open_desk: Open, director: Office, wait_jobs: Wait) -> None:
    put(director, "E001")
    desk, window = open_desk("desk")
    sheet = PublishSheet(desk, MONDAY, SUNDAY, window)
    sheet.open()
    wait_jobs()
    assert not sheet.publish_button.isEnabled() and "由主任或督导发布。" in sheet.words()
    assert "所在的日期以前没有发布过" in sheet.changes.nothing.text()


def test_the_list_of_whom_to_tell_is_copied(open_desk: Open, director: Office, wait_jobs: Wait) -> None:
    publish(director, "E001")
    put(director, "E002")
    put(director, "E002", SUNDAY, "pm")
    desk, window = open_desk("director")
    sheet = PublishSheet(desk, MONDAY, SUNDAY, window)
    sheet.open()
    wait_jobs()
    sheet.changes.mode.set_value("people")
    sheet.changes.mode.chosen.emit("people")
    sheet.changes.copy()
    lines = QGuiApplication.clipboard().text().splitlines()
    assert len(lines) == 2 and all("新的值班" in one for one in lines)
    assert len({one.split()[0] for one in lines}) == 1, "the name stands on every line"
    assert "\u3000" not in lines[1], "the blank that keeps its place on screen is not copied"


def test_posters_and_pages_open_by_their_digits(
    open_desk: Open, director: Office, qtbot: QtBot, wait_jobs: Wait
) -> None:
    publish(director, "E001", "E002", "E003")
    desk, window = open_desk("desk")
    prints = open_prints(desk, MONDAY, SUNDAY, window)
    wait_jobs()
    for key, pages, landscape in ((Qt.Key.Key_1, 1, True), (Qt.Key.Key_2, 1, True), (Qt.Key.Key_3, 3, False)):
        press(qtbot, prints, key, until=lambda: sheets(PdfSheet))
        (paper,) = sheets(PdfSheet)
        assert isinstance(paper, PdfSheet)
        read = pypdf.PdfReader(BytesIO(paper.data)).pages
        assert len(read) == pages and (read[0].mediabox.width > read[0].mediabox.height) is landscape
        paper.reject()
        qtbot.waitUntil(prints.isActiveWindow)


def test_one_expert_gets_a_file_and_all_get_a_folder(
    open_desk: Open, director: Office, qtbot: QtBot, wait_jobs: Wait, tmp_path: Path
) -> None:
    publish(director, "E001", "E002")
    desk, window = open_desk("desk")
    prints = open_prints(desk, MONDAY, SUNDAY, window)
    wait_jobs()
    assert prints.who.count() == 3
    with ask.scripted(tmp_path / "all") as asked:
        press(qtbot, prints, Qt.Key.Key_4)
        wait_jobs()
    assert asked == ["存到哪个文件夹"] and len(list((tmp_path / "all").glob("*.ics"))) == 2
    prints.who.set_value(expert_id(director, "E001"))
    with ask.scripted(tmp_path / "one.ics"):
        press(qtbot, prints, Qt.Key.Key_4)
        wait_jobs()
    calendar = icalendar.Calendar.from_ical((tmp_path / "one.ics").read_bytes())
    assert len(calendar.events) == 1
    with ask.scripted(tmp_path / "book.xlsx"):
        press(qtbot, prints, Qt.Key.Key_5)
        wait_jobs()
    assert (tmp_path / "book.xlsx").read_bytes().startswith(b"PK")
    assert any("book.xlsx" in said for said in notify.shown(window))


def test_files_of_others_are_kept_unless_the_answer_is_yes(
    open_desk: Open, director: Office, wait_jobs: Wait, tmp_path: Path
) -> None:
    publish(director, "E001")
    foreign = tmp_path / "值班-2027-01.pdf"
    foreign.write_bytes(b"mine")
    desk, window = open_desk("director")
    prints = open_prints(desk, MONDAY, SUNDAY, window)
    wait_jobs()
    with ask.scripted(tmp_path, False) as asked:
        prints.everything()
        wait_jobs()
    assert "值班-2027-01.pdf" in asked[1] and foreign.read_bytes() == b"mine" and not prints.progress.isVisible()
    with ask.scripted(tmp_path, True):
        prints.everything()
        wait_jobs()
    assert foreign.read_bytes().startswith(b"%PDF")


def test_versions_are_compared_with_the_keyboard(
    open_desk: Open, director: Office, qtbot: QtBot, wait_jobs: Wait
) -> None:
    publish(director, "E001")
    put(director, "E002")
    director.services.publication.publish_as_it_is(MONDAY, SUNDAY)
    put(director, "E003")
    director.services.publication.publish_as_it_is(MONDAY, SUNDAY)
    desk, window = open_desk("desk")
    sheet = VersionsSheet(desk, window)
    sheet.open()
    wait_jobs()
    assert [one.lead for one in sheet.list.rows()] == ["第 3 版", "第 2 版", "第 1 版"]
    assert sheet.against.text() == "第 3 版改了什么，1月4–10日" and len(sheet.changes.list.rows()) == 1
    press(qtbot, sheet, Qt.Key.Key_B)
    wait_jobs()
    assert sheet.list.rows()[0].badge == "比较基准"
    sheet.list.setFocus()
    press(qtbot, sheet, Qt.Key.Key_End)
    wait_jobs()
    assert sheet.against.text() == "第 3 版对比第 1 版，1月4–10日" and len(sheet.changes.list.rows()) == 2


def test_a_landscape_page_turns_the_paper(director: Office, tmp_path: Path) -> None:
    publish(director, "E001")
    poster = director.services.publication.month_poster(2027, 1)
    printer = QPrinter(QPrinter.PrinterMode.ScreenResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "out.pdf"))
    printing.lay_as(printer, poster)
    assert printing.print_pdf(printer, poster)
    (page,) = pypdf.PdfReader(tmp_path / "out.pdf").pages
    assert page.mediabox.width > page.mediabox.height
    printing.lay_as(printer, director.services.publication.duty_sheets(MONDAY, SUNDAY))
    assert printer.pageLayout().orientation().name == "Portrait"
