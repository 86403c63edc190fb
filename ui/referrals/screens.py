"""The Referrals tab's pictures: the board, its lists and replies, and a letter in the making."""

from __future__ import annotations

from ui.referrals.consent_panel import ExceptionSheet
from ui.referrals.letter_page import LetterPage
from ui.referrals.reply_sheet import ReplySheet
from ui.referrals.tab import ReferralsTab
from ui.screens import Screen, Stage

OBSERVED = "近一个月入睡困难，两周内三次未到校，谈及人际时情绪低落。来访时能配合谈话，家长说孩子得了抑郁症。"
MEASURES = "已告知监护人陪伴，并约定 72 小时内回访。"


def _board(stage: Stage) -> None:
    stage.tab("referrals")
    stage.shot()


def _reply(stage: Stage) -> None:
    tab = stage.tab("referrals")
    ReplySheet(tab.desk, tab, tab.board.card()).open()
    stage.shot()


def _missed(stage: Stage) -> None:
    stage.tab("referrals").board_page.show_missed()
    stage.shot()


def _letter(stage: Stage) -> None:
    tab = stage.tab("referrals")
    pdf = tab.preview.paper.pdf()
    if pdf is not None:
        stage.pdf(pdf.data)


def _writing(stage: Stage) -> LetterPage:
    tab: ReferralsTab = stage.tab("referrals")
    tab.write()
    stage.wait()
    page = tab.page
    assert page is not None
    cases = page.case.count()
    if cases:
        page.case.setCurrentIndex(0)
        page.open_case(str(page.case.value()))
        stage.wait()
        page.form.place.setCurrentIndex(0)
        page.form.observed.set_value(OBSERVED)
        page.form.measures.set_value(MEASURES)
        page.flush()
        page.refresh_consent()
    stage.wait()
    return page


def _write(stage: Stage) -> None:
    _writing(stage)
    stage.shot()


def _consent(stage: Stage) -> None:
    panel = _writing(stage).consent
    if panel.state is not None:
        panel.record.click()
        stage.shot()


def _exception(stage: Stage) -> None:
    ExceptionSheet(_writing(stage).consent).open()
    stage.shot()


SCREENS = [
    Screen("referrals", "desk", _board, main=True),
    Screen("referrals-reply", "desk", _reply),
    Screen("referrals-not-arrived", "desk", _missed),
    Screen("page-referral-letter", "desk", _letter),
    Screen("referrals-write", "psych", _write, main=True),
    Screen("referrals-consent", "psych", _consent),
    Screen("referrals-exception", "psych", _exception),
]
