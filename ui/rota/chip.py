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
    """A button to a screen reader. `dragged(QPoint)` while it is carried, `dropped(QPoint)` where it is let go.
    `may_move` is for whoever may carry it."""

    focused = Signal()
    chosen = Signal()
    dragged = Signal(QPoint)
    dropped = Signal(QPoint)

    def __init__(self, seat: Seat, *, may_move: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.seat = seat
        self.carried = False
        self.cut = False
        self.may_move = may_move
        self._over = ""
        self._from: QPoint | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.clicked.connect(lambda: self.chosen.emit())
        self._tell()

    def sizeHint(self) -> QSize:
        return QSize(paint.px(80), paint.px(HEIGHT))

    def minimumSizeHint(self) -> QSize:
        return QSize(paint.px(40), paint.px(HEIGHT))

    def set_seat(self, seat: Seat) -> None:
        """The same place, another expert or state; the keyboard stays on it."""
        if seat != self.seat:
            self.seat = seat
            self.carried = False
            self._tell()
            self.update()

    def set_may_move(self, may_move: bool) -> None:
        """Whether the one who looks may carry it."""
        if may_move != self.may_move:
            self.may_move = may_move
            self._tell()

    def _tell(self) -> None:
        seat = self.seat
        self.setAccessibleName(seat.says())
        self.setToolTip("\n".join(part for part in (seat.text, seat.note, seat.warning) if part))
        hand = self._carriable or seat.kind in ("gap", "absent")
        self.setCursor(Qt.CursorShape.PointingHandCursor if hand else Qt.CursorShape.ArrowCursor)

    @property
    def _carriable(self) -> bool:
        return self.may_move and self.seat.movable

    def set_over(self, tone: str) -> None:
        """What is carried would be exchanged with this one: a ring in the verdict's colour; "" for none."""
        if tone != self._over:
            self._over = tone
            self.update()

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
        if self._from is None or not self._carriable:
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
        if self._over or self.hasFocus():
            paint.rounded(painter, QRectF(self.rect()), 5, None, theme.colour(self._over or "accent"), 2)
        painter.end()


def draw_seat(painter: QPainter, box: QRect, seat: Seat, *, hot: bool = False, faded: bool = False) -> None:
    """Paints a chip; states differ in border, line and word as well as in colour."""
    fill, edge, ink, dashed = _look(seat)
    painter.save()
    if seat.faded:
        painter.setOpacity(0.35)
    ground = theme.colour("hover") if hot and fill == "surface" else theme.colour(fill)
    _body(painter, QRectF(box), ground, theme.colour(edge), dashed)
    if seat.pinned:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("accent"))
        painter.drawRoundedRect(QRectF(box.left(), box.top(), 4, box.height()), 2, 2)
    left, right = box.left() + paint.px(9 if seat.kind != "gap" else 8), box.right() - paint.px(8)
    side = paint.px(14)
    if seat.kind == "gap":
        _icon(painter, box, left, "triangle-alert", "urgent")
        left += side + paint.px(5)
    made = paint.font(12 if seat.kind == "gap" else 13, bold=seat.own)
    made.setStrikeOut(seat.kind in ("absent", "leaving", "going"))
    right = _draw_end(painter, box, seat, right, right - left - paint.width(seat.text, made) - paint.px(6))
    colour = QColor(theme.colour(ink))
    if faded:
        colour.setAlphaF(0.4)
    paint.text(painter, QRect(left, box.top(), right - left, box.height() - 1), seat.text, made, colour)
    painter.restore()


def _draw_end(painter: QPainter, box: QRect, seat: Seat, right: int, spare: int) -> int:
    """The warning's sign and word, or the state's word, else the room, as far as there is room beside the name; answers
    where the name has to end."""
    token = "urgent" if seat.clash else "attention" if seat.warning else "muted"
    side = paint.px(14) if seat.warning else 0
    small = paint.font(11)
    tag = seat.tag()
    wide = paint.width(tag, small) + 1 if tag else 0
    if tag and wide + side + (paint.px(4) if side else 0) <= spare:
        right -= wide
        paint.text(painter, QRect(right, box.top(), wide, box.height() - 1), tag, small, theme.colour(token))
        right -= paint.px(4)
        spare -= wide + paint.px(4)
    if side:
        right -= side
        _icon(painter, box, right, "triangle-alert" if seat.clash else "circle-alert", token)
        return right - paint.px(4)
    wide = paint.width(seat.room, small) + 1
    if seat.room and not tag and wide <= spare:
        right -= wide
        paint.text(painter, QRect(right, box.top(), wide, box.height() - 1), seat.room, small, theme.colour("muted"))
        right -= paint.px(6)
    return right


def _icon(painter: QPainter, box: QRect, left: int, name: str, token: str) -> None:
    side = paint.px(14)
    icons.draw(painter, QRect(left, box.center().y() - side // 2 + 1, side, side), name, token)


def _look(seat: Seat) -> tuple[str, str, str, bool]:
    """(ground, border, ink, dashed) tokens of a kind."""
    if seat.clash:
        return ("urgent_soft", "urgent", "text", False)
    return {
        "gap": ("urgent_soft", "urgent", "urgent", False),
        "new": ("accent_soft", "accent", "text", True),
        "draft": ("surface", "edge", "text", True),
        "going": ("surface", "accent", "muted", True),
        "leaving": ("surface", "edge", "muted", True),
        "absent": ("surface", "line", "muted", False),
    }.get(seat.kind, ("surface", "line", "text", False))


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
