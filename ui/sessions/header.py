"""The head of the tab: which case, who can read it, whether it is saved, and what can be done now."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtWidgets import QWidget

from app.cases.views import CaseView
from app.common.clock import local
from app.common.words import tr
from ui.sessions.keeper import Saved
from ui.sessions.models import subtitle
from ui.widgets.badge import Badge
from ui.widgets.button import PrimaryButton, SecondaryButton
from ui.widgets.icon_button import FramedIconButton
from ui.widgets.label import Label
from ui.widgets.layout import column
from ui.widgets.page_header import PageHeader
from ui.widgets.segmented import SegmentedControl

WRITE, READ = "write", "read"


class NotesHeader(QWidget):
    """`page` switches between the note being written and those before; the tab connects the buttons."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "plain")
        self.private = Badge("", "accent", icon="shield-check")
        self.saved = Badge("", "neutral")
        pages: list[tuple[object, str]] = [(WRITE, tr("This session")), (READ, tr("Earlier"))]
        self.page = SegmentedControl(pages, value=WRITE, name=tr("Shown note"))
        self.leave = SecondaryButton(tr("Back"), icon="arrow-left")
        self.plan = SecondaryButton(tr("Last plan"), icon="copy", hint=tr("Adds the plan of the last note to this one"))
        self.more = FramedIconButton("ellipsis", tr("More about this case"))
        self.begin = SecondaryButton(tr("Begin a session"), icon="plus")
        self.sign = PrimaryButton(tr("Sign"), shortcut="Ctrl+Return")
        self.head = PageHeader(
            tr("Session notes"),
            "",
            *(self.private, self.saved, self.page, self.more, self.leave, self.plan, self.begin, self.sign),
        )
        self._subtitle = self.head.findChildren(Label)[-1]
        self._subtitle.setMinimumWidth(1)
        column(self.head, parent=self)
        self.show_nothing()

    def set_narrow(self, narrow: bool) -> None:
        """With little room the subtitle goes; the list at the left says the same."""
        self._subtitle.setVisible(not narrow)

    def show_nothing(self) -> None:
        """No case is open."""
        self.head.set_subtitle(tr("Sealed to the psychologists of the case"))
        self.private.set("")
        self.saved.set("")
        for part in (self.page, self.more, self.leave, self.plan, self.begin, self.sign):
            part.hide()

    def show_case(self, case: CaseView, session_number: int, *, writing: bool, amending: bool, has_plan: bool) -> None:
        """What can be done with this case now."""
        self.head.set_subtitle(subtitle(case, session_number))
        self.private.set(tr("Private to the case"), "accent", icon="shield-check")
        self.private.setToolTip(tr("Keys of this case: {names}", names="、".join(case.holders)))
        on_paper = writing or amending
        self.page.setVisible(bool(session_number) and not amending)
        self.leave.setVisible(amending)
        self.more.setVisible(not amending)
        self.plan.setVisible(writing and has_plan)
        self.sign.setVisible(on_paper)
        self.begin.setVisible(not session_number and not amending)
        if not on_paper:
            self.saved.set("")

    def show_saved(self, state: Saved, at: datetime | None, sentence: str) -> None:
        """Saved 10:42:07; while typing nothing changes, so that nothing flickers."""
        self.saved.setToolTip(sentence)
        if state is Saved.SAVED and at is not None:
            self.saved.set(tr("Saved {time}", time=local(at).strftime("%H:%M:%S")), "neutral")
        elif state is Saved.FAILED:
            self.saved.set(tr("Not saved, trying again"), "urgent", icon="circle-alert")
        elif state is Saved.NOTHING:
            self.saved.set("")
