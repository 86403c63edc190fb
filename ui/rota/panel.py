"""Beside the board: how evenly the duties are spread, and what a fill has found."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QRect, QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QProgressBar, QSizePolicy, QWidget

from app.common.words import ntr, tr
from app.rota.views import LoadView, Proposal
from ui import theme
from ui.widgets import paint
from ui.widgets.button import Button, PrimaryButton, SecondaryButton
from ui.widgets.card import Card
from ui.widgets.label import Label
from ui.widgets.layout import clear, column, holder, row, scrolling

_LINE = 22


class LoadBars(QWidget):
    """A bar per expert: duties of this quarter. Spoken as a list."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._loads: tuple[LoadView, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.current().changed.connect(self.updateGeometry)

    def set_loads(self, loads: Sequence[LoadView]) -> None:
        self._loads = tuple(loads)
        self.setAccessibleName("，".join(f"{load.name} {load.duties}" for load in self._loads))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(paint.px(180), paint.px(_LINE) * len(self._loads) + paint.px(4))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        made, most = paint.font(), max((load.duties for load in self._loads), default=0) or 1
        names = paint.px(66)
        number = paint.px(22)
        room = self.width() - names - number - paint.px(12)
        for place, load in enumerate(self._loads):
            top, tall = place * paint.px(_LINE), paint.px(_LINE)
            if not event.rect().intersects(QRect(0, top, self.width(), tall)):
                continue
            paint.text(painter, QRect(0, top, names, tall), load.name, made, theme.colour("text"))
            bar = QRectF(names + paint.px(4), top + tall / 2 - 4, room, 8)
            paint.rounded(painter, bar, 4, theme.colour("neutral_soft"))
            if load.duties:
                bar.setWidth(max(8.0, room * load.duties / most))
                paint.rounded(painter, bar, 4, theme.colour("accent"))
            spot = QRect(self.width() - number, top, number, tall)
            paint.text(painter, spot, str(load.duties), made, theme.colour("muted"), right=True)
        painter.end()


class LoadCard(Card):
    """次数均衡."""

    def __init__(self) -> None:
        super().__init__(tr("Evenness"), tr("duties this quarter"), padded=False)
        self._bars = LoadBars()
        inner = holder(column(self._bars, None, margins=(14, 10, 14, 8)))
        self.body.addWidget(scrolling(inner))

    def set_loads(self, loads: Sequence[LoadView]) -> None:
        self._bars.set_loads(loads)


class ResultCard(Card):
    """排班结果: progress while it is made, then what it changes, with the two answers."""

    def __init__(
        self, *, adopt: Callable[[], object], discard: Callable[[], object], cancel: Callable[[], object]
    ) -> None:
        super().__init__(tr("Result of the fill"))
        self._adopt, self._discard, self._cancel = adopt, discard, cancel
        self.adopt_button: Button | None = None
        self.discard_button: Button | None = None
        self.cancel_button: Button | None = None
        self._bar: QProgressBar | None = None
        self.hide()

    def show_progress(self) -> None:
        """While the fill runs."""
        clear(self.body)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(tr("Progress of the fill"))
        self.cancel_button = SecondaryButton(tr("Cancel"), self._cancel)
        self.add(
            Label(tr("Looking for a fair rota…"), "muted", wrap=True), self._bar, row(self.cancel_button, None), None
        )
        self.show()

    def step(self, done: int, total: int) -> None:
        if self._bar is not None:
            self._bar.setMaximum(total)
            self._bar.setValue(done)

    def show_result(self, proposal: Proposal) -> None:
        """Says how it differs and where seats stay empty."""
        clear(self.body)
        self._bar = None
        status = tr("Best possible") if proposal.optimal else tr("Filled")
        took = tr("{status} · took {seconds} s", status=status, seconds=f"{proposal.seconds:.1f}")
        changes = len(proposal.added) + len(proposal.removed)
        changed = ntr("{n} change", "{n} changes", changes)
        kept = ntr("{n} pinned duty untouched", "{n} pinned duties untouched", proposal.pinned)
        said = column(
            Label(took, "muted", wrap=True),
            Label("，".join([changed, kept] if proposal.pinned else [changed]), "muted", wrap=True),
            space=2,
        )
        self.add(said)
        gaps = column(space=2)
        for gap in proposal.gaps[:12]:
            title = tr("{slot}: {n} missing", slot=gap.slot.words(), n=gap.missing)
            gaps.addWidget(Label(title, "strong", wrap=True))
            gaps.addWidget(Label(gap.long.text(), "muted", wrap=True))
            gaps.addSpacing(theme.current().px(6))
        if proposal.gaps:
            area = scrolling(holder(column(gaps, None)))
            self.body.addWidget(area, 1)
        self._add_buttons(changes)
        if not proposal.gaps:
            self.body.addStretch(1)
        self.show()

    def _add_buttons(self, changes: int) -> None:
        self.discard_button = SecondaryButton(tr("Discard"), self._discard)
        self.discard_button.setAutoDefault(True)
        if changes:
            self.adopt_button = PrimaryButton(tr("Adopt"), self._adopt)
            self.adopt_button.setAutoDefault(True)
            self.add(row(self.adopt_button, self.discard_button, None))
            self.adopt_button.setFocus()
        else:
            self.discard_button.set_text(tr("Close"))
            self.add(row(self.discard_button, None))

    def put_away(self) -> None:
        """No proposal any more."""
        self._bar = self.adopt_button = self.discard_button = self.cancel_button = None
        clear(self.body)
        self.hide()
