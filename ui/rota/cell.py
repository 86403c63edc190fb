"""One duty session on the board, and the chip that hangs at the pointer while it is carried."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui import icons, theme
from ui.rota.chip import Chip, draw_seat
from ui.rota.models import BoardCell, Seat, Verdict
from ui.widgets import paint
from ui.widgets.label import Label
from ui.widgets.layout import column

_ICONS = {"accent": "check", "attention": "circle-alert", "urgent": "x"}


class Cell(QWidget):
    """One session: its chips, or why it is closed. Takes the keyboard itself only while it has no chip."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.facts: BoardCell | None = None
        self.target = False
        self.chips: list[Chip] = []
        self._note = Label("", "small", wrap=True)
        self._closed = Label("", "hint", wrap=True)
        self._why = Label("", "small", wrap=True)
        self._verdict = _VerdictBand(self)
        self._box = column(self._note, self._closed, self._why, None, parent=self, margins=8, space=5)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)

    @property
    def closed(self) -> bool:
        return self.facts is not None and bool(self.facts.closed) and not self.facts.seats

    def show_facts(self, facts: BoardCell) -> list[Chip]:
        """Draws what differs from before; gives the chips that were made for it."""
        if facts == self.facts:
            return []
        self.facts = facts
        self.setAccessibleName("，".join(part for part in (facts.slot.words(), facts.closed, facts.note) if part))
        for label, words in ((self._note, facts.note), (self._closed, facts.closed), (self._why, facts.why)):
            label.setText(words)
            label.setToolTip(words)
        self._note.setVisible(bool(facts.note))
        self._closed.setVisible(self.closed)
        self._why.setVisible(bool(facts.why))
        for chip, seat in zip(self.chips, facts.seats, strict=False):
            chip.set_seat(seat)
        made = []
        for seat in facts.seats[len(self.chips) :]:
            chip = Chip(seat, parent=self)
            self._box.insertWidget(2 + len(self.chips), chip)
            self.chips.append(chip)
            made.append(chip)
        while len(self.chips) > len(facts.seats):
            gone = self.chips.pop()
            gone.hide()
            gone.setParent(None)
            gone.deleteLater()
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus if facts.seats else Qt.FocusPolicy.StrongFocus)
        self.update()
        return made

    def set_target(self, target: bool) -> None:
        """Whether what is carried would fall here."""
        if target != self.target:
            self.target = target
            self.update()

    def set_verdict(self, verdict: Verdict | None) -> None:
        """What would come of letting go here, while somebody is carried."""
        self._verdict.show_verdict(verdict)
        self._place_verdict()

    def verdict(self) -> Verdict | None:
        return self._verdict.verdict

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_verdict()

    def _place_verdict(self) -> None:
        tall = paint.px(24)
        self._verdict.setGeometry(paint.px(1), self.height() - tall - 1, self.width() - paint.px(2), tall)
        self._verdict.raise_()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self.closed:
            painter.fillRect(self.rect(), theme.colour("neutral_soft"))
        verdict = self._verdict.verdict
        if self.target or self.hasFocus():
            tone = verdict.tone if verdict is not None else "accent"
            painter.fillRect(self.rect(), theme.colour(f"{tone}_soft"))
        painter.end()


class _VerdictBand(QWidget):
    """Along the lower edge of a cell: a sign, a colour and a word."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.verdict: Verdict | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def show_verdict(self, verdict: Verdict | None) -> None:
        if verdict != self.verdict:
            self.verdict = verdict
            self.setVisible(verdict is not None)
            self.setAccessibleName(verdict.short if verdict is not None else "")
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.verdict is None:
            return
        painter = QPainter(self)
        box = self.rect()
        painter.fillRect(box, theme.colour(f"{self.verdict.tone}_soft"))
        side = paint.px(14)
        spot = box.adjusted(paint.px(8), 0, 0, 0)
        spot.setWidth(side)
        icons.draw(painter, spot, _ICONS[self.verdict.tone], self.verdict.tone)
        words = box.adjusted(paint.px(8) + side + paint.px(5), 0, -paint.px(6), 0)
        paint.text(painter, words, self.verdict.short, paint.font(12), theme.colour(self.verdict.tone))
        painter.end()


class Ghost(QWidget):
    """The chip under the pointer while it is carried, with the word of what it is over."""

    def __init__(self, seat: Seat, size_of: QWidget, parent: QWidget) -> None:
        super().__init__(parent)
        self._seat = seat
        self._tall = size_of.height()
        self._verdict: Verdict | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.resize(size_of.width(), self._tall)
        self.show()
        self.raise_()

    def show_verdict(self, verdict: Verdict | None) -> None:
        """What would come of letting go here, under the chip."""
        self._verdict = verdict
        wide = paint.width(verdict.short, paint.font(12)) + paint.px(20) if verdict is not None else 0
        self.resize(max(self.width(), wide), self._tall + (paint.px(24) if verdict is not None else 0))
        self.update()

    def verdict(self) -> Verdict | None:
        return self._verdict

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        box = self.rect()
        box.setHeight(self._tall)
        draw_seat(painter, box, self._seat)
        if self._verdict is not None:
            under = self.rect().adjusted(0, self._tall + paint.px(2), 0, 0)
            tone = self._verdict.tone
            paint.rounded(painter, QRectF(under), 5, theme.colour(f"{tone}_soft"), theme.colour(tone))
            words = under.adjusted(paint.px(8), 0, -paint.px(4), 0)
            paint.text(painter, words, self._verdict.short, paint.font(12), theme.colour(tone))
        painter.end()
