"""A letter written, kept, consented and released by keyboard, on real services."""

# ruff: noqa: F811
from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pypdf
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from app.cases.consent_rules import Party
from app.referrals.rules import Status
from app.referrals.views import LetterCard, ReferralDraft
from app.referrals.writing import DRAFT
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
from tests.services.referral_case import OBSERVED, Student, agree
from ui import ask
from ui.referrals.consent_panel import ConsentSheet, ExceptionSheet
from ui.referrals.letter_page import LetterPage
from ui.referrals.tab import ReferralsTab
from ui.shell import Shell


def test_typing_is_kept_within_a_second_and_found_again(
    page: LetterPage,
    student: Student,
    qtbot: QtBot,
    wait_jobs: Wait,
    bench: Bench,
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
    bench: Bench,
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
    bench: Bench,
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
    bench: Bench,
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
    bench: Bench,
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
    bench: Bench,
) -> None:
    fill(page, student)
    settle(page, qtbot, wait_jobs)
    page.keep.click()
    wait_jobs()
    kept = bench.sign("supervisor").services.letters.written(student.case_id)
    assert kept is not None and kept.draft.observed == OBSERVED


def test_a_draft_is_thrown_away_only_when_asked_twice(
    page: LetterPage,
    student: Student,
    wait_jobs: Wait,
    bench: Bench,
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
    bench: Bench,
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
    qtbot.waitUntil(lambda: tab.page is None or not tab.page.draw_timer.isActive())
    wait_jobs()
