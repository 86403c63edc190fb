"""Today with real services: tiles, cards by role, ways to other tabs, a gap covered, the handover shown and saved."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app.bootstrap import Office
from app.common import words
from app.intake.arrivals import PersonArriving
from app.people.clients import NewClient
from tests.services.casework import NOTE, begin
from tests.services.conftest import NOON, Bench
from tests.services.conftest import bench as bench
from tests.services.conftest import template as template
from tests.services.rota_centre import furnish
from ui import ask, jobs
from ui.desk import Desk
from ui.pdf_sheet import PdfSheet
from ui.today.tab import TodayTab

DAY = date(2026, 11, 23)

Wait = Callable[[], None]
Show = Callable[[QWidget], QWidget]


class Opened:
    """The window's place: remembers where a tab wanted to go."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, object]]] = []

    def open(self, key: str, **wanted: object) -> None:
        self.asked.append((key, wanted))


@pytest.fixture
def opened() -> Opened:
    return Opened()


@pytest.fixture
def tab_for(bench: Bench, shown: Show, wait_jobs: Wait, opened: Opened) -> Callable[[Office], TodayTab]:
    def make(office: Office) -> TodayTab:
        desk = Desk(office.services, office.who, clock=bench.clock, window=opened)  # type: ignore[arg-type]
        tab = TodayTab(desk)
        desk.setParent(tab)
        desk.bus.changed.connect(lambda topics, _who: tab.refresh(topics))
        shown(tab)
        tab.refresh(None)
        wait_jobs()
        return tab

    return make


@pytest.fixture
def centre(bench: Bench) -> Bench:
    words.set_language("zh")
    office = bench.sign("director")
    furnish(office)
    last = DAY + timedelta(days=6)
    office.services.rota.adopt(office.services.rota.propose(DAY, last))
    office.services.rota.publish(DAY, last)
    return bench


def test_the_desk_sees_its_day(centre: Bench, tab_for: Callable[[Office], TodayTab], opened: Opened) -> None:
    desk = centre.sign("desk")
    mother = PersonArriving(NewClient("王女士", kind="parent"), came_as="parent")
    desk.services.intake.register([PersonArriving(NewClient("王子琪"), safety=("no", "no", "yes")), mother])
    centre.clock.at = NOON + timedelta(minutes=31)
    tab = tab_for(desk)
    assert (tab.arrivals.number(), tab.waiting.number()) == ("2", "2")
    assert "最长 31 分钟" in tab.waiting.accessibleName() and "家长 1" in tab.arrivals.accessibleName()
    assert sum("1室" in text or "2室" in text or "3室" in text for text in tab.duty.texts()) == 6
    assert any("紧急" in text for text in tab.needs.texts()) and any("同意书待签" in text for text in tab.needs.texts())
    assert "11月23日 周一" in tab._header.subtitle()
    assert any("未设置" in text for text in tab.night.texts())
    assert "王子琪" not in "".join(label.accessibleName() for label in tab.findChildren(QWidget))


def test_tiles_and_lines_lead_to_their_tabs_by_keyboard(
    centre: Bench, tab_for: Callable[[Office], TodayTab], qtbot: QtBot, opened: Opened
) -> None:
    centre.sign("desk").services.intake.register([PersonArriving(NewClient("王子琪"))])
    tab = tab_for(centre.sign("desk"))
    for tile in (tab.arrivals, tab.waiting, tab.unsigned, tab.replies):
        tile.setFocus()
        qtbot.keyClick(tile, Qt.Key.Key_Return)
    assert [key for key, _ in opened.asked] == ["intake", "intake", "referrals"], "the desk has no session notes"
    line = tab.needs.rows()[0]
    line.setFocus()
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert opened.asked[-1][0] == "intake"


def test_an_absence_appears_and_is_covered_after_a_call(
    centre: Bench, tab_for: Callable[[Office], TodayTab], opened: Opened, qtbot: QtBot, wait_jobs: Wait
) -> None:
    desk = centre.sign("desk")
    tab = tab_for(desk)
    gone = desk.services.today.view().duty.halves[0].people[0]
    jobs.run_job(tab, desk.services.rota.mark_absent, gone.staff_id, DAY, "am")
    wait_jobs()
    gap = next(row for row in tab.duty.rows() if "缺 1 人" in row.row().says())
    assert gone.name in gap.row().detail
    gap.setFocus()
    qtbot.keyClick(gap, Qt.Key.Key_Return)
    assert opened.asked[-1] == ("rota", {"day": DAY, "half": "am", "absent": gone.staff_id})
    button = next(one for one in tab.duty.findChildren(QPushButton) if "联系并替换" in one.text())
    with ask.scripted(True) as asked:
        button.click()
        wait_jobs()
    assert "请先联系" in asked[0]
    assert not any("缺 1 人" in text for text in tab.duty.texts())
    assert len(desk.services.today.view().duty.halves[0].people) == 3


def test_a_director_has_no_bookings_and_a_psychologist_reads_levels(
    centre: Bench, tab_for: Callable[[Office], TodayTab], opened: Opened, qtbot: QtBot
) -> None:
    session = begin(centre)
    centre.sign("psych").services.notes.sign(session.id, NOTE)
    assert tab_for(centre.sign("director")).bookings is None
    own = tab_for(centre.sign("psych"))
    assert own.bookings is not None and "重点" in own.risks.texts()[0]
    line = own.risks.rows()[0]
    line.setFocus()
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert opened.asked[-1] == ("notes", {"case_id": session.case_id})
    other = tab_for(centre.sign("desk"))
    assert "重点" not in other.risks.texts()[0] and "LSA-" in other.risks.texts()[0]


def test_the_handover_is_shown_and_saved(
    centre: Bench, tab_for: Callable[[Office], TodayTab], wait_jobs: Wait, tmp_path: Path
) -> None:
    tab = tab_for(centre.sign("desk"))
    tab.show_handover()
    wait_jobs()
    found = next(w for w in QApplication.topLevelWidgets() if isinstance(w, PdfSheet) and w.isVisible())
    pdf = found.paper.pdf()
    assert pdf is not None and pdf.pages == 1
    path = tmp_path / "交接单.pdf"
    found.save_to(path)
    wait_jobs()
    assert "交接单" in PdfReader(BytesIO(path.read_bytes())).pages[0].extract_text()
