"""A letter on the board: its short number, the clinic, its age in words. No name: people lean over the desk."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.common.words import tr
from app.referrals import words
from app.referrals.rules import STATUS_WORDS, Level, Status, Urgency
from app.referrals.views import LetterCard
from ui import theme
from ui.tokens import RADIUS_CARD
from ui.widgets import paint

PAD = 12
_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


def tone(card: LetterCard) -> str:
    """The colour that goes with the words of its age."""
    if card.altered or card.level is Level.OVERDUE or card.reply_arrived is False:
        return "urgent"
    if card.urgency is Urgency.URGENT and card.status in (Status.WAITING, Status.PRINTED, Status.COLLECTED):
        return "urgent"
    if card.level is Level.ATTENTION:
        return "attention"
    return {Status.WAITING: "accent", Status.REPLIED: "info"}.get(card.status, "neutral")


class CardWidget(QWidget):
    """Chosen by click or focus; `stepped` on Enter, `moved(dx, dy)` on an arrow, `asked` for its menu."""

    chosen = Signal(str)
    stepped = Signal(str)
    moved = Signal(int, int)
    asked = Signal(str, QPoint)

    def __init__(self, card: LetterCard, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.card = card
        self._selected = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.set_card(card)
        theme.current().changed.connect(self._fit)

    def set_card(self, card: LetterCard) -> None:
        """The same letter, later."""
        self.card = card
        spoken = (card.short, card.clinic, tr(STATUS_WORDS[card.status]), words.age_text(card))
        self.setAccessibleName(tr(", ").join(part for part in spoken if part))
        self.setToolTip(f"{card.number}\n{card.institution} {card.clinic}".strip())
        self._fit()
        self.update()

    def set_selected(self, selected: bool) -> None:
        if selected != self._selected:
            self._selected = selected
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(paint.px(120), self._high(self.width()))

    def minimumSizeHint(self) -> QSize:
        return QSize(paint.px(90), self._high(self.width()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = _ARROWS.get(Qt.Key(event.key()))
        if step is not None and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            self.moved.emit(*step)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.isAutoRepeat():
            self.stepped.emit(self.card.id)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.chosen.emit(self.card.id)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self.asked.emit(self.card.id, event.globalPos())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        whole = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        fill = theme.colour("hover" if self.underMouse() and not self._selected else "surface")
        edge = theme.colour("accent" if self._selected else "line")
        paint.rounded(painter, whole, RADIUS_CARD, fill, edge, 2 if self._selected else 1)
        if self.hasFocus():
            inner = whole.adjusted(3, 3, -3, -3)
            paint.rounded(painter, inner, RADIUS_CARD - 3, None, theme.colour("accent"), 1)
        left, room = paint.px(PAD), self.width() - 2 * paint.px(PAD)
        top = paint.px(10)
        line = QRect(left, top, room, paint.px(20))
        paint.text(painter, line, self.card.short, paint.font(13, bold=True), theme.colour("text"))
        top += paint.px(20)
        box = QRect(left, top, room, self._lines(self.width()) * paint.px(19))
        painter.setFont(paint.font(13))
        painter.setPen(theme.colour("muted"))
        painter.drawText(box, int(Qt.TextFlag.TextWrapAnywhere | Qt.AlignmentFlag.AlignTop), self.card.clinic)
        top += box.height() + paint.px(6)
        said = words.age_text(self.card)
        size = paint.badge_size(said)
        box = QRect(left, top, min(size.width(), room + paint.px(9)), size.height())
        paint.badge(painter, box, said, tone(self.card))
        painter.end()

    def _fit(self) -> None:
        """As high as its words need at this width."""
        wanted = self._high(self.width())
        if self.minimumHeight() != wanted:
            self.setFixedHeight(wanted)

    def _high(self, width: int) -> int:
        return self._lines(width) * paint.px(19) + paint.px(10 + 20 + 6 + 22 + 8)

    def _lines(self, width: int) -> int:
        """One or two lines for the clinic."""
        room = max(1, width - 2 * paint.px(PAD))
        return 2 if paint.width(self.card.clinic, paint.font(13)) > room else 1
