"""What stands in front of the desk: the neutral screen of quick-hide, and the lock."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QWidget

from app.common.clock import Clock, local
from app.common.errors import UserError
from app.common.words import tr
from ui import theme
from ui.topbar import date_words
from ui.widgets.button import PrimaryButton, QuietButton
from ui.widgets.field import Field
from ui.widgets.label import Label
from ui.widgets.layout import column, row
from ui.widgets.line_edit import LineEdit
from ui.widgets.logo import Logo


class NeutralPage(QWidget):
    """Says the date and nothing else, also to a screen reader."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock
        self.setProperty("kind", "ground")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._date = Label("", "muted")
        page = column(None, parent=self, space=8)
        for widget in (Logo(18), self._date):
            page.addWidget(widget, 0, Qt.AlignmentFlag.AlignHCenter)
        page.addStretch(1)

    def tell_date(self) -> None:
        """Taken at the moment of hiding."""
        self._date.setText(date_words(local(self._clock.now())))
        self.setAccessibleName(self._date.text())


class LockPage(QWidget):
    """`unlock_wanted(password)`, `other_wanted` for somebody else's sign-in."""

    unlock_wanted = Signal(str)
    other_wanted = Signal()

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setProperty("kind", "ground")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._password = LineEdit(secret=True)
        self._field = Field(tr("Password"), self._password)
        self._button = PrimaryButton(tr("Unlock"), self._try)
        self._password.returnPressed.connect(self._try)
        sheet = QFrame()
        sheet.setProperty("kind", "card")
        sheet.setFixedWidth(theme.current().px(380))
        box = column(parent=sheet, margins=(28, 24, 28, 24), space=12)
        box.addWidget(Label(tr("Locked"), "title"))
        box.addWidget(Label(name, "muted"))
        box.addWidget(self._field)
        box.addWidget(self._button)
        other = QuietButton(tr("Sign in as somebody else"), self.other_wanted.emit)
        page = column(None, parent=self, margins=24, space=16)
        middle = Qt.AlignmentFlag.AlignHCenter
        page.addWidget(Logo(22), 0, middle)
        page.addWidget(sheet, 0, middle)
        page.addLayout(row(None, other, None))
        page.addStretch(2)
        self.setFocusProxy(self._password)

    def begin(self) -> None:
        """Empty, and ready for the password."""
        self._password.clear()
        self._field.set_error("")
        self.set_busy(False)
        self._password.setFocus()

    def refuse(self, error: UserError) -> None:
        """Says why it stays locked."""
        self.set_busy(False)
        self._field.set_error(error.text())
        self._password.selectAll()
        self._password.setFocus()

    def set_busy(self, busy: bool) -> None:
        self._button.setEnabled(not busy)

    def error(self) -> str:
        return self._field.error()

    def _try(self) -> None:
        if self._button.isEnabled() and self._password.text():
            self.set_busy(True)
            self.unlock_wanted.emit(self._password.text())
