"""The Session notes tab by keyboard, on real services: typed, kept, signed, amended, found again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.bootstrap import Office
from app.cases.consent_rules import Party, Purpose, Standing
from app.common.changes import Topic
from app.common.errors import UserError
from app.sessions.views import NoteState
from tests.services.casework import NOTE, TOLD, begin, make_client, make_visit
from tests.services.conftest import Bench, bench, template  # noqa: F401
from ui import ask, jobs, notify
from ui.desk import Desk
from ui.sessions.consent_sheet import ConsentSheet
from ui.sessions.keeper import LONGEST_MS, Keeper, Saved
from ui.sessions.scale_sheet import ScaleSheet
from ui.sessions.tab import NotesTab
from ui.widgets.text_area import TextArea

Wait = Callable[[], None]
Show = Callable[[QWidget], QWidget]


@pytest.fixture
def tab(bench: Bench, shown: Show, wait_jobs: Wait) -> NotesTab:  # noqa: F811
    """The psychologist's tab, with the shell's part played: changes bring `refresh`."""
    return open_tab(bench.sign("psych"), shown, wait_jobs)


def open_tab(office: Office, shown: Show, wait_jobs: Wait) -> NotesTab:
    desk = Desk(office.services, office.who, clock=office.ctx.clock)
    made = NotesTab(desk)
    jobs.bus().changed.connect(lambda topics, _who: made.refresh(topics))
    shown(made)
    assert QTest.qWaitForWindowActive(made)
    made.refresh(None)
    wait_jobs()
    return made


def press(key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    target = QApplication.focusWidget() or QApplication.activeWindow()
    assert target is not None
    QTest.keyClick(target, key, modifier)


def write(tab: NotesTab, number: int, text: str) -> None:
    """Alt and the number of a section, then typing."""
    press(Qt.Key(Qt.Key.Key_0 + number), Qt.KeyboardModifier.AltModifier)
    area = QApplication.focusWidget()
    assert isinstance(area, TextArea)
    area.insertPlainText(text)


def sign_key() -> None:
    press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)


def fill(tab: NotesTab) -> None:
    for number, name in enumerate(("presenting", "observed", "intervention", "risk", "plan"), 1):
        write(tab, number, NOTE[name])
    tab.pad.form.level.setFocus()
    for _ in range(3):
        press(Qt.Key.Key_Right)


def test_an_empty_tab_says_what_to_do_first(tab: NotesTab) -> None:
    assert tab.cases.pages.currentWidget() is tab.cases.empty
    assert tab.pages.currentWidget() is tab.empty
    assert not tab.head.sign.isVisible()


def test_from_the_queue_to_the_signature_by_keyboard(bench: Bench, tab: NotesTab, wait_jobs: Wait) -> None:  # noqa: F811
    psych = bench.sign("psych")
    visit_id = make_visit(bench, make_client(psych), TOLD)
    tab.show_item(visit_id=visit_id)
    wait_jobs()
    assert TOLD["reason"] in tab.told.text() and tab.told.isVisible()
    assert tab.pages.currentWidget() is tab.pad
    assert QApplication.focusWidget() is tab.pad.form.areas["presenting"]
    sign_key()
    assert tab.pad.lacking()[0].field == "presenting" and tab.pad.notice.isVisible()
    assert not tab.pad.armed() and tab.pad.form.fields["plan"].error()
    fill(tab)
    assert tab.pad.form.level.value() == "focus"
    sign_key()
    assert tab.pad.armed() and psych.services.notes.unsigned()
    sign_key()
    wait_jobs()
    assert psych.services.notes.unsigned() == ()
    (line,) = psych.services.notes.board()
    assert line.state is NoteState.SIGNED
    (note,) = psych.services.notes.notes(line.case.id)
    assert note.content["presenting"] == NOTE["presenting"] and note.content["risk_level"] == "focus"
    assert tab.pages.currentWidget() is tab.history
    assert NOTE["presenting"] in tab.history.now.text()
    assert tab.head.begin.isVisible() and not tab.head.sign.isVisible()


def test_the_tab_goes_on_with_the_note_of_today(bench: Bench, shown: Show, wait_jobs: Wait) -> None:  # noqa: F811
    bench.clock.at -= timedelta(days=1)
    begin(bench)
    bench.clock.at += timedelta(days=1)
    session = begin(bench)
    bench.sign("psych").services.notes.keep(session.id, {"presenting": "刚才写的"})
    tab = open_tab(bench.sign("psych"), shown, wait_jobs)
    assert tab.pad.subject() == session.id
    assert tab.pad.form.areas["presenting"].value() == "刚才写的"


def test_typing_after_the_first_press_takes_the_signature_back(
    bench: Bench,  # noqa: F811
    tab: NotesTab,
    wait_jobs: Wait,
) -> None:
    session = begin(bench)
    tab.show_item(case_id=session.case_id)
    wait_jobs()
    fill(tab)
    sign_key()
    assert tab.pad.armed()
    write(tab, 5, "再补一句")
    assert not tab.pad.armed() and not tab.pad.notice.isVisible()


def test_typed_text_is_on_the_disk_within_a_second(
    bench: Bench,  # noqa: F811
    tab: NotesTab,
    wait_jobs: Wait,
    qtbot: QtBot,
) -> None:
    session = begin(bench)
    tab.show_item(case_id=session.case_id)
    wait_jobs()
    notes = bench.sign("psych").services.notes
    write(tab, 1, "第一句。")
    assert LONGEST_MS < 1000
    qtbot.waitUntil(lambda: notes.kept(session.id) is not None, timeout=1500)
    kept = notes.kept(session.id)
    assert kept is not None and kept.content["presenting"] == "第一句。"
    qtbot.waitUntil(lambda: "10:42:07" in tab.head.saved.text(), timeout=1500)
    assert tab.head.saved.text().startswith("已保存") or tab.head.saved.text().startswith("Saved")


def test_going_to_another_case_saves_first_and_coming_back_brings_the_text(
    bench: Bench,  # noqa: F811
    tab: NotesTab,
    wait_jobs: Wait,
) -> None:
    one, two = begin(bench), begin(bench)
    tab.show_item(case_id=one.case_id)
    wait_jobs()
    write(tab, 3, "写到一半")
    tab.show_item(case_id=two.case_id)
    wait_jobs()
    assert tab.pad.subject() == two.id and tab.pad.form.areas["intervention"].value() == ""
    tab.show_item(case_id=one.case_id)
    wait_jobs()
    assert tab.pad.form.areas["intervention"].value() == "写到一半"


def test_a_refresh_does_not_touch_what_is_being_typed(bench: Bench, tab: NotesTab, wait_jobs: Wait) -> None:  # noqa: F811
    session = begin(bench)
    tab.show_item(case_id=session.case_id)
    wait_jobs()
    write(tab, 1, "还没存")
    tab.refresh(frozenset({Topic.CASES}))
    wait_jobs()
    assert tab.pad.form.areas["presenting"].value() == "还没存"


def test_flush_commits_at_once(bench: Bench, tab: NotesTab, wait_jobs: Wait) -> None:  # noqa: F811
    session = begin(bench)
    tab.show_item(case_id=session.case_id)
    wait_jobs()
    write(tab, 2, "锁屏前")
    tab.flush()
    wait_jobs()
    kept = bench.sign("psych").services.notes.kept(session.id)
    assert kept is not None and kept.content["observed"] == "锁屏前"


def test_a_lower_level_is_asked_about_before_signing(bench: Bench, tab: NotesTab, wait_jobs: Wait) -> None:  # noqa: F811
    session = begin(bench)
    notes = bench.sign("psych").services.notes
    notes.sign(session.id, NOTE)
    bench.clock.at += timedelta(days=7)
    tab.show_item(case_id=session.case_id)
    wait_jobs()
    tab.head.begin.click()
    wait_jobs()
    tab.pad.form.set_content({**NOTE, "risk_level": "attention"})
    with ask.scripted(False) as asked:
        sign_key()
        sign_key()
        wait_jobs()
    assert len(asked) == 1 and notes.unsigned()
    assert tab.pad.form.isEnabled() and tab.pad.form.areas["plan"].value() == NOTE["plan"]
    with ask.scripted(True):
        tab.pad.press_sign()
        if notes.unsigned():
            tab.pad.press_sign()
        wait_jobs()
    assert notes.unsigned() == ()


def test_the_last_plan_is_carried_forward(bench: Bench, tab: NotesTab, wait_jobs: Wait) -> None:  # noqa: F811
    session = begin(bench)
    bench.sign("psych").services.notes.sign(session.id, NOTE)
    tab.show_item(case_id=session.case_id)
    wait_jobs()
    tab.head.begin.click()
    wait_jobs()
    tab.head.plan.click()
    assert tab.pad.form.areas["plan"].value() == NOTE["plan"]
    assert tab.pad.form.previous


def test_amending_shows_both_versions_side_by_side(bench: Bench, tab: NotesTab, wait_jobs: Wait) -> None:  # noqa: F811
    session = begin(bench)
    notes = bench.sign("psych").services.notes
    notes.sign(session.id, NOTE)
    tab.show_item(case_id=session.case_id)
    wait_jobs()
    tab.history.amend.click()
    wait_jobs()
    assert tab.pages.currentWidget() is tab.amending and not tab.right.isVisible()
    assert NOTE["observed"] in tab.amending.old.text()
    pad = tab.amending.pad
    pad.form.areas["observed"].setPlainText("更正：未流泪。")
    sign_key()
    assert [item.field for item in pad.lacking()] == ["reason"]
    pad.form.reason.setText("记错了")
    sign_key()
    sign_key()
    wait_jobs()
    old, new = notes.notes(session.case_id)
    assert new.amends == old.id and new.content["observed"] == "更正：未流泪。"
    assert tab.pages.currentWidget() is tab.history and tab.history.before.isVisible()
    assert NOTE["observed"] in tab.history.before.text() and "更正" in tab.history.now.text()


def test_an_altered_note_shows_a_warning_and_no_text_and_work_goes_on(
    bench: Bench,  # noqa: F811
    tab: NotesTab,
    wait_jobs: Wait,
) -> None:
    session = begin(bench)
    psych = bench.sign("psych")
    psych.services.notes.sign(session.id, NOTE)
    with psych.ctx.db.write() as tx:
        tx.connection().exec_driver_sql("UPDATE session_note SET signature = zeroblob(64)")
    tab.show_item(case_id=session.case_id)
    wait_jobs()
    assert tab.pages.currentWidget() is tab.history and tab.history.now.text() == ""
    assert tab.history.list.rows()[0].badge == "已损坏" and not tab.history.amend.isVisible()
    assert "记录" in tab.glance.damage.text() and tab.glance.damage.isVisible()
    tab.head.begin.click()
    wait_jobs()
    assert tab.pages.currentWidget() is tab.pad and not tab.head.plan.isVisible()


def test_search_in_own_notes_opens_the_note(bench: Bench, tab: NotesTab, wait_jobs: Wait, qtbot: QtBot) -> None:  # noqa: F811
    session = begin(bench)
    bench.sign("psych").services.notes.sign(session.id, NOTE)
    tab.refresh(None)
    wait_jobs()
    tab.cases.search.setFocus()
    QTest.keyClicks(tab.cases.search, "x")
    tab.cases.search.setText("呼吸练习")
    press(Qt.Key.Key_Return)
    wait_jobs()
    assert tab.cases.pages.currentWidget() is tab.cases.hits
    tab.cases.hits.setFocus()
    press(Qt.Key.Key_Down)
    press(Qt.Key.Key_Return)
    wait_jobs()
    assert tab.pages.currentWidget() is tab.history and "呼吸练习" in tab.history.now.text()
    tab.cases.search.setText("0001")
    tab.cases._ask()
    wait_jobs()
    assert [row.badge for row in tab.cases.hits.rows()] == ["个案"]
    tab.cases.search.clear()
    assert tab.cases.pages.currentWidget() is tab.cases.list


def _sheet(kind: type[QWidget]) -> QWidget:
    return next(w for w in QApplication.topLevelWidgets() if isinstance(w, kind) and w.isVisible())


def test_consent_is_recorded_from_the_meter(bench: Bench, tab: NotesTab, wait_jobs: Wait) -> None:  # noqa: F811
    session = begin(bench)
    psych = bench.sign("psych")
    tab.show_item(case_id=session.case_id)
    wait_jobs()
    QTest.keyClick(tab.glance.lines()[0], Qt.Key.Key_Return)
    sheet = _sheet(ConsentSheet)
    assert isinstance(sheet, ConsentSheet) and sheet.by.value() is Party.GUARDIAN
    sheet.signer.setText("王母")
    QTest.keyClick(sheet.signer, Qt.Key.Key_Return)
    wait_jobs()
    client_id = psych.services.cases.view(session.case_id).client_id
    line = psych.services.consent.meter(client_id).line(Purpose.COUNSELLING)
    assert line is not None and line.stand.standing is Standing.GIVEN
    assert tab.glance.lines()[0].row().tone == "accent"


def test_phq_9_by_the_number_keys(bench: Bench, tab: NotesTab, wait_jobs: Wait, qtbot: QtBot) -> None:  # noqa: F811
    session = begin(bench)
    tab.show_item(case_id=session.case_id)
    wait_jobs()
    tab.glance.enter.click()
    sheet = _sheet(ScaleSheet)
    assert isinstance(sheet, ScaleSheet)
    qtbot.waitUntil(lambda: sheet.items[0].answer.hasFocus(), timeout=5000)
    for answer in "222121111":
        item = next(item for item in sheet.items if item.answer.hasFocus())
        QTest.keyClicks(item.answer, answer)
    assert sheet.flag.text() and "13" in sheet.sum.text()
    sheet._ready()
    wait_jobs()
    (result,) = bench.sign("psych").services.cases.view(session.case_id).assessments
    assert (result.total, result.flagged) == (13, True)
    assert len(tab.glance.trend.places()) == 1 and notify.shown(tab)


def test_copied_case_content_is_cleared(bench: Bench, tab: NotesTab, wait_jobs: Wait) -> None:  # noqa: F811
    from ui import clipboard

    session = begin(bench)
    bench.sign("psych").services.notes.sign(session.id, NOTE)
    tab.show_item(case_id=session.case_id)
    wait_jobs()
    tab.history.now.copy.click()
    assert NOTE["plan"] in QGuiApplication.clipboard().text()
    clipboard.sweep_now()
    assert QGuiApplication.clipboard().text() == ""


def _choose(tab: NotesTab, words: str) -> None:
    """An entry of the menu, without its window."""
    assert tab._shown is not None
    menu = tab.acts.menu(tab._shown)
    next(action for action in menu.actions() if action.text() == words).trigger()
    menu.deleteLater()


def test_a_session_begun_by_mistake_is_taken_back(bench: Bench, tab: NotesTab, wait_jobs: Wait) -> None:  # noqa: F811
    session = begin(bench)
    tab.show_item(case_id=session.case_id)
    wait_jobs()
    write(tab, 1, "不要了")
    with ask.scripted(True):
        _choose(tab, "撤回这次咨询…")
        wait_jobs()
    notes = bench.sign("psych").services.notes
    assert notes.unsigned() == () and notes.kept(session.id) is None
    assert tab.pages.currentWidget() is tab.history and tab.head.begin.isVisible()


def test_a_supervisor_grants_a_case_from_the_menu(bench: Bench, shown: Show, wait_jobs: Wait) -> None:  # noqa: F811
    session = begin(bench)
    tab = open_tab(bench.sign("supervisor"), shown, wait_jobs)
    tab.show_item(case_id=session.case_id)
    wait_jobs()
    other = bench.sign("psych2")
    with ask.scripted(other.who.user_id):
        _choose(tab, "把个案授权给同事…")
        wait_jobs()
    assert [line.id for line in other.services.cases.my_cases()] == [session.case_id]


class Unreliable:
    """A disk that refuses the first times."""

    def __init__(self, refusals: int) -> None:
        self.refusals = refusals
        self.kept: dict[str, dict[str, str]] = {}

    def save(self, subject: str, content: dict[str, str]) -> object:
        if self.refusals:
            self.refusals -= 1
            raise UserError("storage-full", "The disk is full.")
        self.kept[subject] = content
        return None


def test_a_failed_save_is_told_kept_and_tried_again(qtbot: QtBot, qapp: QApplication) -> None:
    widget = QWidget()
    qtbot.addWidget(widget)
    typed = {"presenting": "一"}
    keeper = Keeper(widget, lambda: dict(typed))
    keeper._retry.setInterval(1)
    states: list[Saved] = []
    keeper.state_changed.connect(lambda state, *_: states.append(state))
    disk = Unreliable(2)
    keeper.watch("a", disk.save)  # type: ignore[arg-type]
    keeper.touched()
    keeper.flush()
    qtbot.waitUntil(lambda: disk.kept == {"a": {"presenting": "一"}}, timeout=5000)
    qtbot.waitUntil(lambda: states[-1] is Saved.SAVED, timeout=5000)
    assert Saved.FAILED in states and not keeper.unsaved()


def test_unsaved_text_comes_back_although_the_disk_refused_it(qtbot: QtBot, wait_jobs: Wait) -> None:
    widget = QWidget()
    qtbot.addWidget(widget)
    keeper = Keeper(widget, lambda: {"plan": "留住"})
    disk = Unreliable(99)
    keeper.watch("a", disk.save)  # type: ignore[arg-type]
    keeper.touched()
    keeper.watch("b", disk.save)  # type: ignore[arg-type]
    wait_jobs()
    assert keeper.unsaved()
    assert keeper.watch("a", disk.save) == {"plan": "留住"}  # type: ignore[arg-type]
    keeper.drop()
    wait_jobs()
    assert not keeper.unsaved()


def test_a_key_stroke_costs_next_to_nothing(bench: Bench, tab: NotesTab, wait_jobs: Wait) -> None:  # noqa: F811
    """No database and no job in the stroke itself: a thousand of them start no more than the timers allow."""
    session = begin(bench)
    tab.show_item(case_id=session.case_id)
    wait_jobs()
    area = tab.pad.form.areas["presenting"]
    saves: list[object] = []
    tab.pad.state_changed.connect(lambda state, *_: saves.append(state))
    for _ in range(1000):
        area.insertPlainText("字")
    assert saves == [Saved.TYPING] and jobs.idle()
