"""A seat on the board: an expert, a proposal or a gap; with the keyboard on it, it takes the board's keys."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QApplication, QSizePolicy, QWidget

from ui import icons, theme
from ui.rota.models import Seat
from ui.widgets import paint

HEIGHT = 28


class Chip(QAbstractButton):
    """A button to a screen reader. `dragged(QPoint)` while it is carried, `dropped(QPoint)` where it is let go."""

    focused = Signal()
    chosen = Signal()
    dragged = Signal(QPoint)
    dropped = Signal(QPoint)

    def __init__(self, seat: Seat, *, may_move: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.seat = seat
        self.carried = False
        self.cut = False
        self._may_move = may_move and seat.movable
        self._from: QPoint | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(seat.says())
        self.setToolTip("\n".join(part for part in (seat.text, seat.note, seat.warning) if part))
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.clicked.connect(lambda: self.chosen.emit())
        if self._may_move or seat.kind == "gap":
            self.setCursor(Qt.CursorShape.PointingHandCursor)

    def sizeHint(self) -> QSize:
        return QSize(paint.px(80), paint.px(HEIGHT))

    def minimumSizeHint(self) -> QSize:
        return QSize(paint.px(40), paint.px(HEIGHT))

    def set_cut(self, cut: bool) -> None:
        """Marked to be moved by the keyboard."""
        self.cut = cut
        self.update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.focused.emit()
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The board's keys, not the button's."""
        event.ignore()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        event.ignore()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._from = event.position().toPoint()
            self.setFocus(Qt.FocusReason.MouseFocusReason)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._from is None or not self._may_move:
            return
        far = (event.position().toPoint() - self._from).manhattanLength()
        if self.carried or far >= QApplication.startDragDistance():
            self.carried = True
            self.dragged.emit(event.globalPosition().toPoint())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        was_carried, self.carried, self._from = self.carried, False, None
        if was_carried:
            self.dropped.emit(event.globalPosition().toPoint())
        elif event.button() == Qt.MouseButton.LeftButton and self.seat.kind in ("gap", "absent"):
            self.chosen.emit()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.chosen.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        draw_seat(painter, self.rect(), self.seat, hot=self.underMouse(), faded=self.carried or self.cut)
        if self.hasFocus():
            paint.rounded(painter, QRectF(self.rect()), 5, None, theme.colour("accent"), 2)
        painter.end()


def draw_seat(painter: QPainter, box: QRect, seat: Seat, *, hot: bool = False, faded: bool = False) -> None:
    """Paints a chip; states differ in border and line as well as in colour."""
    fill, edge, ink, dashed = _look(seat.kind)
    ground = theme.colour("hover") if hot and fill == "surface" else theme.colour(fill)
    _body(painter, QRectF(box), ground, theme.colour(edge), dashed)
    if seat.pinned:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("accent"))
        painter.drawRoundedRect(QRectF(box.left(), box.top(), 4, box.height()), 2, 2)
    left = box.left() + paint.px(9 if seat.kind != "gap" else 8)
    right = box.right() - paint.px(8)
    icon, token = ("triangle-alert", "urgent") if seat.kind == "gap" else ("circle-alert", "attention")
    if seat.kind == "gap" or seat.warning:
        side = paint.px(14)
        place = left if seat.kind == "gap" else right - side
        icons.draw(painter, QRect(place, box.center().y() - side // 2 + 1, side, side), icon, token)
        left, right = (left + paint.px(19), right) if seat.kind == "gap" else (left, right - paint.px(18))
    made = paint.font(12 if seat.kind == "gap" else 13, bold=seat.own)
    made.setStrikeOut(seat.kind in ("absent", "leaving", "going"))
    small = paint.font(11)
    wide = paint.width(seat.room, small) + 1
    if seat.room and paint.width(seat.text, made) + wide + paint.px(6) <= right - left:
        spot = QRect(right - wide, box.top(), wide, box.height() - 1)
        paint.text(painter, spot, seat.room, small, theme.colour("muted"))
        right -= wide + paint.px(6)
    colour = QColor(theme.colour(ink))
    if faded:
        colour.setAlphaF(0.4)
    paint.text(painter, QRect(left, box.top(), right - left, box.height() - 1), seat.text, made, colour)


def _look(kind: str) -> tuple[str, str, str, bool]:
    """(ground, border, ink, dashed) tokens of a kind."""
    return {
        "gap": ("urgent_soft", "urgent", "urgent", False),
        "new": ("accent_soft", "accent", "text", True),
        "draft": ("surface", "edge", "text", True),
        "going": ("surface", "accent", "muted", True),
        "leaving": ("surface", "edge", "muted", True),
        "absent": ("surface", "line", "muted", False),
    }.get(kind, ("surface", "line", "text", False))


def _body(painter: QPainter, box: QRectF, fill: QColor, edge: QColor, dashed: bool) -> None:
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    pen = QPen(edge, 1.0)
    if dashed:
        pen.setDashPattern([3.0, 2.0])
    painter.setPen(pen)
    painter.setBrush(fill)
    painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 5, 5)
    painter.restore()
