"""The Referrals tab by keyboard, on real services: written, consented, released, printed, followed, undone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pypdf
import pytest
from PySide6.QtCore import Qt
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from app.bootstrap import Office
from app.cases.consent_rules import Party
from app.common.ids import check_character
from app.referrals.rules import Status, Urgency
from app.referrals.views import LetterCard, ReferralDraft, Reply
from app.referrals.writing import DRAFT
from tests.services.conftest import Bench, bench, template  # noqa: F401
from tests.services.referral_case import OBSERVED, Student, agree, draft_for, open_student, withdraw
from ui import ask, jobs, notify
from ui.desk import Desk
from ui.referrals import printing
from ui.referrals.consent_panel import ConsentSheet, ExceptionSheet
from ui.referrals.letter_page import LetterPage
from ui.referrals.missed_sheet import MissedSheet
from ui.referrals.reply_sheet import ReplySheet
from ui.referrals.tab import ReferralsTab
from ui.shell import Shell
from ui.widgets.line_edit import LineEdit

Wait = Callable[[], None]
Show = Callable[[QWidget], QWidget]
Open = Callable[[str], ReferralsTab]
Press = Callable[..., None]


@pytest.fixture
def student(bench: Bench) -> Student:  # noqa: F811
    return open_student(bench.sign("psych"))


@pytest.fixture
def release(bench: Bench, student: Student) -> Callable[..., LetterCard]:  # noqa: F811
    psych = bench.sign("psych")
    for place in range(len(student.places)):
        agree(psych, student, place=place)

    def made(urgency: Urgency = Urgency.ROUTINE, place: int = 0) -> LetterCard:
        draft = draft_for(psych, student, urgency=urgency, place=place)
        return psych.services.letters.release(student.case_id, draft).value

    return made


@pytest.fixture
def open_tab(bench: Bench, shown: Show, wait_jobs: Wait) -> Open:  # noqa: F811
    """The tab of one login, with the shell's part played: changes bring `refresh`."""

    def made(login: str) -> ReferralsTab:
        office: Office = bench.sign(login)
        desk = Desk(office.services, office.who, clock=office.ctx.clock)
        tab = ReferralsTab(desk)
        tab.kept = desk  # type: ignore[attr-defined]
        jobs.bus().changed.connect(lambda topics, _who: tab.refresh(topics))
        shown(tab)
        tab.refresh(None)
        wait_jobs()
        return tab

    return made


@pytest.fixture
def press(qtbot: QtBot) -> Press:
    """A key to what has the focus; a button that it pressed has come up again."""

    def made(key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        target = QApplication.focusWidget() or QApplication.activeWindow()
        assert target is not None
        window = target.window()
        QTest.keyClick(target, key, modifier)
        qtbot.waitUntil(lambda: not any(button.isDown() for button in window.findChildren(QAbstractButton)))

    return made


def back_to(page: LetterPage, qtbot: QtBot) -> None:
    """The sheet is gone; the window has the keyboard again, as a window manager sees to."""
    page.window().activateWindow()
    page.form.observed.area.setFocus()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is page.form.observed.area)


def status_of(tab: ReferralsTab, letter: LetterCard) -> Status | None:
    return next((card.card.status for card in tab.board.cards() if card.card.id == letter.id), None)


def sheet(kind: type[QWidget]) -> QWidget:
    found = [widget for widget in QApplication.topLevelWidgets() if isinstance(widget, kind) and widget.isVisible()]
    assert len(found) == 1, found
    return found[0]


def test_the_desk_sees_no_names_on_the_board_and_urgent_letters_first(
    release: Callable[..., LetterCard], open_tab: Open
) -> None:
    release()
    urgent = release(Urgency.URGENT, 1)
    tab = open_tab("desk")
    cards = tab.board.cards()
    assert cards[0].card.id == urgent.id
    assert cards[0].hasFocus() and tab.board.card() == cards[0].card
    assert "紧急" in cards[0].accessibleName() and "儿童精神科病房" in cards[0].accessibleName()
    assert all("王子琪" not in card.accessibleName() + card.toolTip() for card in cards)


def test_the_preview_is_the_very_pdf_that_is_printed(
    release: Callable[..., LetterCard],
    open_tab: Open,
    bench: Bench,  # noqa: F811
) -> None:
    letter = release()
    tab = open_tab("desk")
    pdf = tab.preview.paper.pdf()
    assert pdf is not None and pdf.pages == 2
    assert pdf.data == bench.sign("desk").services.referrals.letter_pdf(letter.id)
    assert "监护人" in tab.preview.consent_text() and "11-23" in tab.preview.consent_text()
    inked = pdf.image(0, pdf.document.pagePointSize(0).toSize())
    assert any(inked.pixelColor(x, y).lightness() < 90 for x in range(200, 400, 2) for y in range(20, 200, 2))


def test_arrows_walk_the_cards_and_enter_takes_the_next_step(
    press: Press,
    release: Callable[..., LetterCard],
    open_tab: Open,
    wait_jobs: Wait,
    bench: Bench,  # noqa: F811
) -> None:
    first, second = release(), release()
    desk = bench.sign("desk").services.referrals
    desk.printed(first.id)
    tab = open_tab("desk")
    assert tab.board.card() is not None and tab.board.card().id == second.id  # type: ignore[union-attr]
    press(Qt.Key.Key_Right)
    assert tab.board.card().id == first.id  # type: ignore[union-attr]
    wait_jobs()
    press(Qt.Key.Key_Return)
    wait_jobs()
    assert status_of(tab, first) is Status.COLLECTED
    assert tab.board.card().id == first.id  # type: ignore[union-attr]
    assert next(card for card in tab.board.cards() if card.card.id == first.id).hasFocus()
    press(Qt.Key.Key_Return)
    wait_jobs()
    assert status_of(tab, first) is Status.ARRIVED


def test_ctrl_z_takes_steps_back_one_by_one(
    press: Press,
    release: Callable[..., LetterCard],
    open_tab: Open,
    wait_jobs: Wait,
    bench: Bench,  # noqa: F811
) -> None:
    letter = release()
    bench.sign("desk").services.referrals.printed(letter.id)
    tab = open_tab("desk")
    for _ in range(2):
        press(Qt.Key.Key_Return)
        wait_jobs()
    assert status_of(tab, letter) is Status.ARRIVED
    for wanted in (Status.COLLECTED, Status.PRINTED, Status.WAITING):
        press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        wait_jobs()
        assert status_of(tab, letter) is wanted


def test_without_a_printer_the_letter_is_offered_as_a_file(
    press: Press,
    release: Callable[..., LetterCard],
    open_tab: Open,
    wait_jobs: Wait,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    release()
    open_tab("desk")
    monkeypatch.setattr(printing, "has_printer", lambda: False)
    with ask.scripted(False) as asked:
        press(Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
        wait_jobs()
    assert len(asked) == 1


def test_ctrl_p_opens_the_print_dialog_and_marks_only_what_was_printed(
    press: Press,
    release: Callable[..., LetterCard],
    open_tab: Open,
    wait_jobs: Wait,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    letter = release()
    tab = open_tab("desk")
    opened: list[Callable[[], object]] = []
    monkeypatch.setattr(printing, "has_printer", lambda: True)
    monkeypatch.setattr(printing, "open_dialog", lambda _owner, _data, _title, done: opened.append(done))
    press(Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    wait_jobs()
    assert len(opened) == 1 and status_of(tab, letter) is Status.WAITING
    opened[0]()
    wait_jobs()
    assert status_of(tab, letter) is Status.PRINTED


def test_the_pages_reach_the_printer_whole(
    release: Callable[..., LetterCard],
    tmp_path: Path,
    bench: Bench,  # noqa: F811
    qapp: QApplication,
) -> None:
    data = bench.sign("desk").services.referrals.letter_pdf(release().id)
    printer = QPrinter(QPrinter.PrinterMode.ScreenResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "out.pdf"))
    assert printing.print_pdf(printer, data)
    pages = pypdf.PdfReader(tmp_path / "out.pdf").pages
    assert len(pages) == 2 and pages[0].images


def test_a_saved_letter_is_whole_and_ones_own(
    release: Callable[..., LetterCard], open_tab: Open, wait_jobs: Wait, tmp_path: Path
) -> None:
    letter = release()
    tab = open_tab("desk")
    tab.save_to(letter, tmp_path / "letter.pdf")
    wait_jobs()
    assert (tmp_path / "letter.pdf").stat().st_mode & 0o777 == 0o600
    assert len(pypdf.PdfReader(tmp_path / "letter.pdf").pages) == 2
    tab.save_to(letter, tmp_path / "no" / "letter.pdf")
    wait_jobs()
    assert any("无法写入" in text for text in notify.shown(tab))


def test_a_withdrawn_consent_is_said_in_words_and_stops_the_printer(
    press: Press,
    release: Callable[..., LetterCard],
    open_tab: Open,
    wait_jobs: Wait,
    bench: Bench,  # noqa: F811
    student: Student,
) -> None:
    letter = release()
    bench.clock.at += timedelta(minutes=1)
    withdraw(bench.sign("psych"), student)
    tab = open_tab("desk")
    assert "撤回" in tab.preview.consent_text()
    press(Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    wait_jobs()
    assert any("撤回" in text for text in notify.shown(tab))
    assert status_of(tab, letter) is Status.WAITING


def test_a_reply_is_entered_by_scanning_and_typing(
    press: Press,
    release: Callable[..., LetterCard],
    open_tab: Open,
    wait_jobs: Wait,
    bench: Bench,  # noqa: F811
    qtbot: QtBot,
) -> None:
    letter = release()
    desk = bench.sign("desk").services.referrals
    desk.printed(letter.id)
    tab = open_tab("desk")
    press(Qt.Key.Key_F4)
    dialog = sheet(ReplySheet)
    assert isinstance(dialog, ReplySheet)
    qtbot.waitUntil(lambda: dialog.number.control.hasFocus())
    wrong = letter.number[:-1] + ("0" if letter.number[-1] != "0" else "1")
    QTest.keyClicks(dialog.number.control, wrong)
    press(Qt.Key.Key_Return)
    wait_jobs()
    assert "校验" in dialog.number.error()
    QTest.keyClicks(dialog.number.control, letter.number)
    press(Qt.Key.Key_Return)
    wait_jobs()
    assert dialog.number.error() == "" and dialog.arrived.hasFocus()
    line = dialog.department.control
    assert isinstance(line, LineEdit)
    line.setText("心身科")
    dialog.back.setFocus()
    press(Qt.Key.Key_Right)
    area = dialog.advice.control
    assert isinstance(area, QPlainTextEdit)
    area.setPlainText("按时复诊")
    dialog.save.click()
    wait_jobs()
    assert tab.board.choose(letter.id)
    wait_jobs()
    assert status_of(tab, letter) is Status.REPLIED
    told = bench.sign("psych").services.referrals.reply(letter.id)
    assert told is not None and (told.department, told.advice, told.day) == ("心身科", "按时复诊", date(2026, 11, 23))
    assert told.back_to_school.value == "may"
    shown = tab.preview.history_text()
    assert "心身科" in shown and "可返校" in shown and "第三中学" in shown
    assert "按时复诊" not in shown and "封存" in shown
    tab.undo()
    wait_jobs()
    assert status_of(tab, letter) is Status.PRINTED


def test_those_who_did_not_arrive_are_listed_with_their_hours(
    release: Callable[..., LetterCard],
    open_tab: Open,
    wait_jobs: Wait,
    bench: Bench,  # noqa: F811
) -> None:
    letter = release()
    bench.sign("desk").services.referrals.printed(letter.id)
    tab = open_tab("desk")
    tab.show_missed()
    wait_jobs()
    dialog = sheet(MissedSheet)
    assert isinstance(dialog, MissedSheet)
    assert [(row.title, row.lead) for row in dialog.rows] == [("王子琪", letter.short)]
    assert "18:00-20:00" in dialog.rows[0].second


def test_an_empty_board_says_what_to_expect(press: Press, open_tab: Open) -> None:
    tab = open_tab("desk")
    assert tab.board.cards() == [] and tab.preview.paper.pdf() is None
    press(Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    assert jobs.idle()


def test_the_director_sees_ages_without_pages(release: Callable[..., LetterCard], open_tab: Open) -> None:
    release()
    tab = open_tab("director")
    assert len(tab.board.cards()) == 1 and not tab.preview.isVisible()
    assert tab.preview.paper.pdf() is None


# --- writing ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def page(press: Press, student: Student, open_tab: Open, wait_jobs: Wait) -> LetterPage:
    tab = open_tab("psych")
    press(Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    wait_jobs()
    assert tab.page is not None
    tab.page.case.set_value(student.case_id)
    tab.page.open_case(student.case_id)
    wait_jobs()
    tab.page.tab = tab  # type: ignore[attr-defined]
    return tab.page


def settle(page: LetterPage, qtbot: QtBot, wait_jobs: Wait) -> None:
    """The two short timers have run, and what they asked for has come."""
    qtbot.waitUntil(lambda: not page._save_timer.isActive() and not page._draw_timer.isActive(), timeout=3000)
    wait_jobs()


def fill(page: LetterPage, student: Student) -> None:
    page.form.place.set_value(student.places[0])
    page.form.place.chosen.emit(student.places[0])
    page.form.observed.area.setFocus()
    page.form.observed.area.insertPlainText(OBSERVED)


def test_typing_is_kept_within_a_second_and_found_again(
    page: LetterPage,
    student: Student,
    qtbot: QtBot,
    wait_jobs: Wait,
    bench: Bench,  # noqa: F811
) -> None:
    fill(page, student)
    drafts = bench.sign("psych").services.drafts
    qtbot.waitUntil(lambda: bool(drafts.list(DRAFT, student.case_id)), timeout=1000)
    settle(page, qtbot, wait_jobs)
    assert "10:42:07" in page.saved.text()
    found = ReferralDraft.from_dict(drafts.list(DRAFT, student.case_id)[0].content)
    assert (found.observed, found.destination_id) == (OBSERVED, student.places[0])
    page.open_case(student.case_id)
    wait_jobs()
    assert page.form.draft() == found
    assert len(drafts.list(DRAFT, student.case_id)) == 1


def test_flush_keeps_what_no_timer_has_written_yet(
    page: LetterPage,
    student: Student,
    wait_jobs: Wait,
    bench: Bench,  # noqa: F811
) -> None:
    fill(page, student)
    page.flush()
    drafts = bench.sign("psych").services.drafts.list(DRAFT, student.case_id)
    assert [one.content["observed"] for one in drafts] == [OBSERVED]
    wait_jobs()


def test_wording_is_pointed_out_while_typing(page: LetterPage) -> None:
    page.form.observed.area.insertPlainText("孩子确诊抑郁症")
    assert "疑似" in page.form.observed.advice()
    page.form.observed.area.setPlainText(OBSERVED)
    assert page.form.observed.advice() == ""


def test_consent_is_recorded_here_and_the_letter_released_to_the_desk(
    press: Press,
    page: LetterPage,
    student: Student,
    qtbot: QtBot,
    wait_jobs: Wait,
    bench: Bench,  # noqa: F811
) -> None:
    fill(page, student)
    settle(page, qtbot, wait_jobs)
    assert "监护人" in page.consent.text() and page.consent.state is not None
    press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    wait_jobs()
    assert "聊城市第四人民医院" in page.problem.text()
    assert bench.sign("desk").services.referrals.board().count(Status.WAITING) == 0
    page.consent.record.click()
    dialog = sheet(ConsentSheet)
    assert isinstance(dialog, ConsentSheet)
    assert dialog.by.value() == Party.GUARDIAN.value
    dialog.save.click()
    wait_jobs()
    settle(page, qtbot, wait_jobs)
    assert page.consent.state.granted
    back_to(page, qtbot)
    press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    wait_jobs()
    board = bench.sign("desk").services.referrals.board()
    assert board.count(Status.WAITING) == 1
    tab = page.tab  # type: ignore[attr-defined]
    assert tab.board.card().number == board.columns[0].cards[0].number
    assert bench.sign("psych").services.drafts.list(DRAFT) == []


def test_an_exception_needs_its_reason(
    press: Press,
    page: LetterPage,
    student: Student,
    qtbot: QtBot,
    wait_jobs: Wait,
    bench: Bench,  # noqa: F811
) -> None:
    fill(page, student)
    settle(page, qtbot, wait_jobs)
    page.consent.exception.click()
    dialog = sheet(ExceptionSheet)
    assert isinstance(dialog, ExceptionSheet)
    dialog.take.click()
    assert dialog.reason.error() and dialog.isVisible()
    area = dialog.reason.control
    assert isinstance(area, QPlainTextEdit)
    area.setPlainText("当天有自伤风险，监护人联系不上")
    dialog.take.click()
    settle(page, qtbot, wait_jobs)
    back_to(page, qtbot)
    press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    wait_jobs()
    assert bench.sign("desk").services.referrals.board().count(Status.WAITING) == 1
    history = bench.sign("psych").services.consent.history(student.client_id)
    assert [one.by for one in history] == ["emergency"]


def test_doubtful_words_are_asked_about_before_release(
    press: Press,
    page: LetterPage,
    student: Student,
    qtbot: QtBot,
    wait_jobs: Wait,
    bench: Bench,  # noqa: F811
) -> None:
    agree(bench.sign("psych"), student)
    fill(page, student)
    page.form.observed.area.insertPlainText("孩子确诊抑郁症")
    settle(page, qtbot, wait_jobs)
    with ask.scripted(False, True) as asked:
        press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        wait_jobs()
        assert bench.sign("desk").services.referrals.board().count(Status.WAITING) == 0
        press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        wait_jobs()
    assert len(asked) == 2 and "确诊" in asked[0]
    assert bench.sign("desk").services.referrals.board().count(Status.WAITING) == 1


def test_a_character_without_a_glyph_is_said_while_writing(
    page: LetterPage, student: Student, qtbot: QtBot, wait_jobs: Wait
) -> None:
    fill(page, student)
    page.form.observed.area.insertPlainText("\U0001f600")
    settle(page, qtbot, wait_jobs)
    assert "U+1F600" in page.problem.text()


def test_the_preview_follows_the_text_and_is_marked_as_a_draft(
    page: LetterPage, student: Student, qtbot: QtBot, wait_jobs: Wait, tmp_path: Path
) -> None:
    fill(page, student)
    settle(page, qtbot, wait_jobs)
    pdf = page.paper.pdf()
    assert pdf is not None
    (tmp_path / "draft.pdf").write_bytes(pdf.data)
    said = "".join(one.extract_text() for one in pypdf.PdfReader(tmp_path / "draft.pdf").pages)
    assert OBSERVED[:8] in said and "草稿" in said


def test_a_letter_kept_in_the_case_needs_no_draft(
    page: LetterPage,
    student: Student,
    qtbot: QtBot,
    wait_jobs: Wait,
    bench: Bench,  # noqa: F811
) -> None:
    fill(page, student)
    settle(page, qtbot, wait_jobs)
    page.keep.click()
    wait_jobs()
    kept = bench.sign("supervisor").services.letters.written(student.case_id)
    assert kept is not None and kept.draft.observed == OBSERVED
    assert check_character("LSA-2026-0001")


def test_a_draft_is_thrown_away_only_when_asked_twice(
    page: LetterPage,
    student: Student,
    wait_jobs: Wait,
    bench: Bench,  # noqa: F811
) -> None:
    fill(page, student)
    page.flush()
    drafts = bench.sign("psych").services.drafts
    with ask.scripted(False, True):
        page.discard.click()
        assert len(drafts.list(DRAFT)) == 1
        page.discard.click()
        wait_jobs()
    assert drafts.list(DRAFT) == [] and page.form.observed.value() == ""
    fill(page, student)
    page.flush()
    assert len(drafts.list(DRAFT)) == 1
    wait_jobs()


def test_recall_from_the_menu_needs_a_reason_and_clears_the_board(
    release: Callable[..., LetterCard],
    open_tab: Open,
    wait_jobs: Wait,
) -> None:
    letter = release()
    tab = open_tab("psych")
    card = tab.board.card()
    assert card is not None
    with ask.scripted("学校写错了"):
        tab.recall(card)
        wait_jobs()
    assert status_of(tab, letter) is None and tab.preview.paper.pdf() is None


def test_the_advice_of_a_reply_is_read_by_the_psychologist(
    release: Callable[..., LetterCard],
    open_tab: Open,
    bench: Bench,  # noqa: F811
) -> None:
    letter = release()
    desk = bench.sign("desk").services.referrals
    desk.printed(letter.id)
    desk.replied(letter.id, Reply(day=date(2026, 11, 23), department="心身科", advice="按时复诊"))
    tab = open_tab("psych")
    assert "按时复诊" in tab.preview.history_text()


def test_what_the_page_says_can_be_listened_to(release: Callable[..., LetterCard], open_tab: Open) -> None:
    letter = release()
    assert letter.number in open_tab("desk").preview.paper.accessibleDescription()


def test_every_control_has_a_name(page: LetterPage, release: Callable[..., LetterCard], wait_jobs: Wait) -> None:
    tab = page.tab  # type: ignore[attr-defined]
    tab.refresh(None)
    wait_jobs()
    for widget in tab.findChildren(QWidget):
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isVisibleTo(tab) and widget.isEnabled():
            named = widget.accessibleName() or getattr(widget, "text", str)()
            assert named or (widget.parent() is not None and widget.parent().accessibleName()), widget


def test_locking_writes_what_was_typed_and_unlocking_goes_on(
    enter: Callable[[str], Shell],
    student: Student,
    wait_jobs: Wait,
    qtbot: QtBot,
    bench: Bench,  # noqa: F811
) -> None:
    shell = enter("psych")
    shell.open("referrals", case_id=student.case_id)
    wait_jobs()
    tab = shell.tab("referrals")
    assert isinstance(tab, ReferralsTab) and tab.page is not None
    assert tab.page.case_id() == student.case_id
    fill(tab.page, student)
    shell.lock()
    wait_jobs()
    drafts = bench.sign("psych").services.drafts.list(DRAFT, student.case_id)
    assert [one.content["observed"] for one in drafts] == [OBSERVED]
    qtbot.waitUntil(lambda: tab.page is None or not tab.page._draw_timer.isActive())
    wait_jobs()
