"""Who is on duty now, in the top bar: name, room, free or busy; in words, and as a full dot or a ring."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.common.words import ntr, tr
from ui import theme
from ui.widgets import paint


@dataclass(frozen=True, slots=True)
class Chip:
    """One expert on duty."""

    name: str
    room: str
    busy: bool

    def words(self) -> str:
        state = tr("in session") if self.busy else tr("Free now")
        return " · ".join(part for part in (self.name, self.room, state) if part)


class DutyChips(QWidget):
    """As many as there is room for, then how many more."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._chips: tuple[Chip, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def set_chips(self, chips: Sequence[Chip]) -> None:
        """Replaces them; none says that nobody is on duty."""
        self._chips = tuple(chips)
        spoken = "；".join(chip.words() for chip in self._chips)
        self.setAccessibleName(tr("On duty now") + " " + (spoken or tr("nobody")))
        self.setToolTip("\n".join(chip.words() for chip in self._chips))
        self.update()

    def chips(self) -> tuple[Chip, ...]:
        return self._chips

    def sizeHint(self) -> QSize:
        return QSize(paint.px(300), paint.px(26))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        made = paint.font()
        muted = theme.colour("muted")
        caption = tr("On duty now")
        left = paint.width(caption, made) + paint.px(8)
        if left < self.width():
            paint.text(painter, QRect(0, 0, left, self.height() - 1), caption, made, muted)
        if not self._chips:
            paint.text(painter, QRect(left, 0, self.width() - left, self.height() - 1), tr("nobody"), made, muted)
        for number, chip in enumerate(self._chips):
            rest = len(self._chips) - number
            more = ntr("{n} more", "{n} more", rest)
            words = chip.words()
            wide = paint.width(words, made) + paint.px(34)
            spare = 0 if rest == 1 else paint.width(more, made) + paint.px(12)
            if left + wide + spare > self.width():
                paint.text(painter, QRect(left, 0, self.width() - left, self.height() - 1), more, made, muted)
                break
            self._draw(painter, QRect(left, 1, wide, self.height() - 2), chip)
            left += wide + paint.px(8)
        painter.end()

    def _draw(self, painter: QPainter, box: QRect, chip: Chip) -> None:
        paint.rounded(painter, QRectF(box), box.height() / 2, theme.colour("neutral_soft"))
        middle = QPointF(box.left() + paint.px(14), box.center().y() + 0.5)
        paint.dot(painter, middle, theme.colour("attention" if chip.busy else "accent"), hollow=chip.busy)
        words = QRect(box.left() + paint.px(24), box.top(), box.width() - paint.px(30), box.height() - 1)
        paint.text(painter, words, chip.words(), paint.font(), theme.colour("text"))
