"""叫号屏: a window for the waiting room. Numbers and rooms, large; never a name."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from app.common.clock import local
from app.common.words import tr
from app.intake import rules
from app.intake.views import QueueView
from ui import fonts, theme
from ui.desk import Desk
from ui.widgets import paint

MOST = 6


class CallScreen(QWidget):
    """Called tickets with their rooms, then those that wait. F11 fills the screen, Escape closes."""

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self._desk = desk
        self.setWindowTitle(tr("Call screen"))
        self.resize(960, 600)
        self._called: list[tuple[str, str]] = []
        self._waiting: list[str] = []
        theme.current().changed.connect(self.update)

    def show_view(self, view: QueueView) -> None:
        """The queue as it is now."""
        called = [entry for entry in view.entries if entry.status == rules.CALLED]
        self._called = [(entry.ticket, entry.room_name) for entry in called][:MOST]
        waiting = (entry.ticket for entry in view.entries if entry.status == rules.WAITING)
        self._waiting = sorted(waiting, key=lambda ticket: (len(ticket), ticket))
        self.setAccessibleName(self.text())
        self.update()

    def text(self) -> str:
        """What is written."""
        called = [
            tr("Ticket {ticket}, please go to {room}", ticket=t, room=r or tr("the desk")) for t, r in self._called
        ]
        return "\n".join([*called, tr("Waiting: {tickets}", tickets=" ".join(self._waiting) or "—")])

    def keyPressEvent(self, event: object) -> None:
        key = getattr(event, "key", lambda: 0)()
        if key == Qt.Key.Key_Escape:
            self.close()
        elif key == Qt.Key.Key_F11:
            self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.colour("surface"))
        unit = max(12, self.height() // 20)
        area = self.rect().adjusted(2 * unit, unit, -2 * unit, -unit)
        top = area.adjusted(0, 0, 0, 2 * unit - area.height())
        small, large = fonts.font(unit), fonts.font(2 * unit, bold=True)
        paint.text(painter, top, tr("Please come in"), small, theme.colour("muted"))
        clock = f"{local(self._desk.clock.now()):%H:%M}"
        paint.text(painter, top, clock, small, theme.colour("muted"), right=True)
        line = top.translated(0, round(2.5 * unit))
        line.setHeight(round(3.5 * unit))
        for ticket, room in self._called[: max(1, (area.height() - 6 * unit) // (4 * unit))]:
            paint.text(painter, line, ticket, large, theme.colour("accent"))
            paint.text(painter, line, room, large, theme.colour("text"), right=True)
            line.translate(0, round(3.5 * unit))
            painter.fillRect(line.left(), line.top(), line.width(), 1, theme.colour("line"))
        if not self._called:
            paint.text(painter, line, tr("Nobody is called at the moment."), fonts.font(unit), theme.colour("text"))
        foot = area.adjusted(0, area.height() - 2 * unit, 0, 0)
        waiting = tr("Waiting: {tickets}", tickets="  ".join(self._waiting) or "—")
        paint.text(painter, foot, waiting, small, theme.colour("muted"))
        painter.end()
