"""The board by keyboard, on real services: printed, collected, answered, recalled, undone."""

# ruff: noqa: F811
from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pypdf
import pytest
from PySide6.QtCore import Qt
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPlainTextEdit
from pytestqt.qtbot import QtBot

from app.referrals.rules import Status, Urgency
from app.referrals.views import LetterCard, Reply
from tests.gui.referral_desk import (  # noqa: F401
    Open,
    Press,
    Wait,
    back_to,
    fill,
    open_tab,
    page,
    press,
    release,
    settle,
    sheet,
    status_of,
    student,
)
from tests.services.conftest import Bench, bench, template  # noqa: F401
from tests.services.referral_case import Student, withdraw
from ui import ask, jobs, notify
from ui.referrals import printing
from ui.referrals.missed_sheet import MissedSheet
from ui.referrals.reply_sheet import ReplySheet
from ui.widgets.line_edit import LineEdit


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
    bench: Bench,
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
    bench: Bench,
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
    bench: Bench,
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
    bench: Bench,
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
    tab.board_page.save_to(letter, tmp_path / "letter.pdf")
    wait_jobs()
    assert (tmp_path / "letter.pdf").stat().st_mode & 0o777 == 0o600
    assert len(pypdf.PdfReader(tmp_path / "letter.pdf").pages) == 2
    tab.board_page.save_to(letter, tmp_path / "no" / "letter.pdf")
    wait_jobs()
    assert any("无法写入" in text for text in notify.shown(tab))


def test_a_withdrawn_consent_is_said_in_words_and_stops_the_printer(
    press: Press,
    release: Callable[..., LetterCard],
    open_tab: Open,
    wait_jobs: Wait,
    bench: Bench,
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
    bench: Bench,
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
    tab.board_page.undo()
    wait_jobs()
    assert status_of(tab, letter) is Status.PRINTED


def test_those_who_did_not_arrive_are_listed_with_their_hours(
    release: Callable[..., LetterCard],
    open_tab: Open,
    wait_jobs: Wait,
    bench: Bench,
) -> None:
    letter = release()
    bench.sign("desk").services.referrals.printed(letter.id)
    tab = open_tab("desk")
    tab.board_page.show_missed()
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
        tab.board_page.recall(card)
        wait_jobs()
    assert status_of(tab, letter) is None and tab.preview.paper.pdf() is None


def test_the_advice_of_a_reply_is_read_by_the_psychologist(
    release: Callable[..., LetterCard],
    open_tab: Open,
    bench: Bench,
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
