"""A short message over the window's lower right corner, out of the way of what is being typed."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QFrame, QSizePolicy, QWidget

from app.common.words import tr
from ui import theme
from ui.widgets.button import QuietButton
from ui.widgets.icon_button import IconButton
from ui.widgets.icon_view import IconView
from ui.widgets.label import Label
from ui.widgets.layout import column, row

WIDTH = 380


class Toast(QFrame):
    """One message. `seconds` 0: until it is closed. The pointer over it stops the clock."""

    def __init__(
        self, host: ToastHost, text: str, tone: str, icon: str, seconds: int, undo: tuple[str, object] | None
    ) -> None:
        super().__init__(host)
        self.setProperty("kind", "toast")
        self.setProperty("tone", tone)
        self._label = Label(text, "body", wrap=True)
        self._label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.MinimumExpanding)
        close = IconButton("x", tr("Close"), self._close)
        top = Qt.AlignmentFlag.AlignTop
        line = row(parent=self, margins=(12, 8, 6, 8), space=10)
        line.addWidget(IconView(icon, tone, 18))
        line.addWidget(self._label, 1)
        if undo is not None:
            line.addWidget(QuietButton(undo[0], lambda: self._undo(undo[1])))
        line.addWidget(close, 0, top)
        self.setFixedWidth(theme.current().px(WIDTH))
        self.setAccessibleName(text)
        self._clock = QTimer(self)
        self._clock.setSingleShot(True)
        self._clock.timeout.connect(self._close)
        self._seconds = seconds
        if seconds:
            self._clock.start(seconds * 1000)

    def text(self) -> str:
        return self._label.text()

    def stays(self) -> bool:
        """Whether it waits to be closed."""
        return self._seconds == 0

    def close_now(self) -> None:
        """As its cross."""
        self._close()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Enter:
            self._clock.stop()
        elif event.type() == QEvent.Type.Leave and self._seconds:
            self._clock.start(self._seconds * 1000)
        return super().event(event)

    def _undo(self, act: object) -> None:
        self._close()
        if callable(act):
            act()

    def _close(self) -> None:
        self._clock.stop()
        host = self.parent()
        self.hide()
        self.setParent(None)
        self.deleteLater()
        if isinstance(host, ToastHost):
            host.settle()


class ToastHost(QWidget):
    """Stacks the toasts of one window and follows its size; at most four, older ones that fade go first."""

    MOST = 4

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._box = column(parent=self, space=8)
        self.setProperty("kind", "plain")
        window.installEventFilter(self)
        self.hide()

    def toasts(self) -> list[Toast]:
        """On show, oldest first."""
        return [toast for toast in self.findChildren(Toast) if not toast.isHidden()]

    def add(self, text: str, tone: str, icon: str, seconds: int, undo: tuple[str, object] | None) -> Toast:
        """Shows one; the same words again only once."""
        for old in self.toasts():
            if old.text() == text:
                old.close_now()
        fading = [toast for toast in self.toasts() if not toast.stays()]
        if len(self.toasts()) >= self.MOST and fading:
            fading[0].close_now()
        toast = Toast(self, text, tone, icon, seconds, undo)
        self._box.addWidget(toast)
        toast.show()
        self.settle()
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, text))
        return toast

    def settle(self) -> None:
        """Takes its place above everything, as large as its toasts."""
        if not self.toasts():
            self.hide()
            return
        self._box.activate()
        self.setVisible(True)
        self.adjustSize()
        # Below the top bar, in the middle: the lower right holds the button that is pressed next.
        self.move((self.window().width() - self.width()) // 2, theme.current().px(60))
        self.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self.settle()
        return super().eventFilter(watched, event)
