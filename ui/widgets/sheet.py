"""The one dialog: a card over the dimmed window, opened without a nested event loop."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QDialog, QFrame, QVBoxLayout, QWidget

from ui import theme
from ui.widgets.button import Button, DangerButton, PrimaryButton, SecondaryButton
from ui.widgets.label import Label
from ui.widgets.layout import column, row
from ui.widgets.toast import ToastHost

_KINDS = {"primary": PrimaryButton, "danger": DangerButton, "secondary": SecondaryButton}


class Scrim(QWidget):
    """Dims the window under a sheet."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setGeometry(window.rect())
        self.show()
        self.raise_()
        toasts = window.findChild(ToastHost)
        if isinstance(toasts, ToastHost):
            toasts.raise_()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.colour("scrim"))
        painter.end()


class Sheet(QDialog):
    """Fill `body`, add buttons from left to right (the last is the one to press), call `open()`. Escape rejects."""

    def __init__(self, title: str, parent: QWidget | None = None, *, width: int = 420) -> None:
        super().__init__(parent, Qt.WindowType.Dialog | Qt.WindowType.FramelessWindowHint)
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self._scrim: Scrim | None = None
        frame = QFrame()
        frame.setProperty("kind", "sheet")
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(frame)
        self.body = column(space=12)
        self._wide = column(space=8)
        self._buttons = row(None, space=8)
        head = Label(title, "title", wrap=True)
        column(head, self.body, self._wide, 4, self._buttons, parent=frame, margins=(24, 20, 24, 20), space=12)
        self.setFixedWidth(theme.current().px(width))
        self.finished.connect(lambda _code: self._lift())

    def add_button(
        self, text: str, act: Callable[[], object], *, kind: str = "secondary", shortcut: str = ""
    ) -> Button:
        """`kind`: primary (Enter presses it), danger or secondary."""
        button = _KINDS[kind](text, act, shortcut=shortcut)
        button.setDefault(kind == "primary")
        button.setAutoDefault(kind != "danger")
        self._buttons.addWidget(button)
        return button

    def add_wide_button(self, text: str, act: Callable[[], object]) -> Button:
        """A choice as wide as the sheet, above the row of buttons."""
        button = SecondaryButton(text, act)
        button.setAutoDefault(True)
        self._wide.addWidget(button)
        return button

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        parent = self.parentWidget()
        if parent is None:
            return
        if self._scrim is None:
            self._scrim = Scrim(parent.window())
        self.adjustSize()
        place = parent.window().mapToGlobal(QPoint(0, 0))
        room = parent.window().size()
        self.move(
            place.x() + (room.width() - self.width()) // 2, place.y() + max(24, (room.height() - self.height()) // 3)
        )

    def _lift(self) -> None:
        if self._scrim is not None:
            self._scrim.hide()
            self._scrim.deleteLater()
            self._scrim = None
