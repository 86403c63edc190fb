"""排班结果: the seconds while a proposal is made, then what it changes, where seats stay empty, and the two answers."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QElapsedTimer, QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from app.common.words import ntr, tr
from app.rota.views import GapView, Proposal
from ui import theme
from ui.rota.models import slot_words
from ui.widgets.button import Button, PrimaryButton, QuietButton, SecondaryButton
from ui.widgets.card import Card
from ui.widgets.label import Label
from ui.widgets.layout import clear, column, holder, row, scrolling

_MOST_GAPS = 20
_TICK_MS = 200
_ARROWS = frozenset({Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Left, Qt.Key.Key_Right})


class ResultCard(Card):
    """Hidden while there is neither a run nor a proposal."""

    adopt_wanted = Signal()
    discard_wanted = Signal()
    cancel_wanted = Signal()
    again_wanted = Signal()
    left = Signal()
    """The keyboard belongs to the board again: what had it goes away, or an arrow key leads there."""
    gap_opened = Signal(object)
    """A gap's Slot: show me where it is."""
    reasons_wanted = Signal(object)
    """GapView: expert by expert."""

    def __init__(self) -> None:
        super().__init__(tr("Result of the fill"))
        self.adopt_button: Button | None = None
        self.discard_button: Button | None = None
        self.cancel_button: Button | None = None
        self._elapsed: Label | None = None
        self._since = QElapsedTimer()
        self._tick = QTimer(self)
        self._tick.setInterval(_TICK_MS)
        self._tick.timeout.connect(self._tell_elapsed)
        self.hide()

    def show_running(self, title: str) -> None:
        """While it runs: how long so far, never a share of an end that nobody knows."""
        self._empty(title)
        self._elapsed = Label("", "muted")
        self.cancel_button = SecondaryButton(tr("Cancel"), self.cancel_wanted.emit, hint="Esc")
        said = Label(tr("Looking for the best rota…"), "muted", wrap=True)
        self.add(said, self._elapsed, row(self.cancel_button, None), None)
        self._since.start()
        self._tick.start()
        self._tell_elapsed()
        self.show()

    def elapsed(self) -> str:
        """The words of the running clock."""
        return self._elapsed.text() if self._elapsed is not None else ""

    def _tell_elapsed(self) -> None:
        if self._elapsed is not None:
            seconds = self._since.elapsed() // 1000
            self._elapsed.setText(
                tr("{minutes}:{seconds} so far", minutes=seconds // 60, seconds=f"{seconds % 60:02d}")
            )

    def show_result(self, proposal: Proposal, title: str) -> None:
        """Says how it differs and where seats stay empty."""
        had_focus = self._has_keyboard()
        self._empty(title)
        lines = [quality(proposal), _changes(proposal)]
        if proposal.pinned:
            lines.append(ntr("{n} pinned duty untouched", "{n} pinned duties untouched", proposal.pinned))
        self.add(column(*(Label(words, "muted", wrap=True) for words in lines), space=2))
        changes = len(proposal.added) + len(proposal.removed)
        if proposal.gaps:
            area = scrolling(holder(self._gaps(proposal)))
            # Its own wish for height would make the whole tab scroll instead.
            area.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)
            area.setMinimumHeight(theme.current().px(96))
            self.body.addWidget(area, 1)
        if changes:
            self.add(
                Label(
                    tr("Arrow keys lead to the board: Enter takes over only that name, Delete leaves it out."),
                    "hint",
                    wrap=True,
                )
            )
        self._add_answers(changes, had_focus or not self.isVisible())
        if not proposal.gaps:
            self.body.addStretch(1)
        self.show()

    def show_stale(self, title: str) -> None:
        """The board has moved on under the proposal."""
        self._empty(title)
        self.add(Label(tr("The rota was changed in the meantime, so this proposal was put away."), "muted", wrap=True))
        again = SecondaryButton(tr("Once more"), self.again_wanted.emit)
        self.discard_button = SecondaryButton(tr("Close"), self.discard_wanted.emit, hint="Esc")
        self.add(row(again, self.discard_button, None), None)
        self.show()

    def put_away(self) -> None:
        """Neither a run nor a proposal any more."""
        self._empty("")
        self.hide()

    def _has_keyboard(self) -> bool:
        held: QWidget | None = self.window().focusWidget()
        return held is not None and self.isAncestorOf(held)

    def _empty(self, title: str) -> None:
        """A button that goes hands the keyboard on, before Qt gives it to whatever comes next in the window."""
        if self._has_keyboard():
            self.left.emit()
        self._tick.stop()
        self._elapsed = None
        self.adopt_button = self.discard_button = self.cancel_button = None
        clear(self.body)
        if title:
            self.set_title(title)

    def _gaps(self, proposal: Proposal) -> QVBoxLayout:
        gaps = column(space=2)
        for gap in proposal.gaps[:_MOST_GAPS]:
            gaps.addLayout(row(QuietButton(gap_title(gap), partial(self.gap_opened.emit, gap.slot)), None))
            gaps.addWidget(Label(gap.long.text(), "muted", wrap=True))
            gaps.addLayout(row(QuietButton(tr("Expert by expert…"), partial(self.reasons_wanted.emit, gap)), None))
            gaps.addSpacing(theme.current().px(6))
        more = len(proposal.gaps) - _MOST_GAPS
        if more > 0:
            gaps.addWidget(Label(ntr("{n} more empty seat: F8", "{n} more empty seats: F8", more), "hint"))
        gaps.addStretch(1)
        return gaps

    def _add_answers(self, changes: int, take_focus: bool) -> None:
        words = tr("Discard") if changes else tr("Close")
        self.discard_button = SecondaryButton(words, self.discard_wanted.emit, hint="Esc")
        self.discard_button.setAutoDefault(True)
        if not changes:
            self.add(row(self.discard_button, None))
            return
        self.adopt_button = PrimaryButton(tr("Adopt"), self.adopt_wanted.emit, shortcut="F2")
        self.adopt_button.setAutoDefault(True)
        self.add(row(self.adopt_button, self.discard_button, None))
        for button in (self.adopt_button, self.discard_button):
            button.installEventFilter(self)
        if take_focus:
            self.adopt_button.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Qt's own arrows would end on "Discard", one Enter away from losing the proposal."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and event.key() in _ARROWS:
            self.left.emit()
            return True
        return super().eventFilter(watched, event)


def quality(proposal: Proposal) -> str:
    """已是最优 · 用时 1.6 秒, or how far from it at most."""
    if proposal.optimal:
        status = tr("Best possible, proven")
    elif proposal.distance:
        status = tr("Not proven best: at most {percent}% from it", percent=f"{max(proposal.distance * 100, 0.1):.1f}")
    else:
        status = tr("Changed by hand")
    return tr("{status} · took {seconds} s", status=status, seconds=f"{proposal.seconds:.1f}")


def gap_title(gap: GapView) -> str:
    """1月4日 周一上午 缺 1, or which speciality is missing."""
    if not gap.missing:
        return tr(
            "{slot}: nobody for {specialities}", slot=slot_words(gap.slot), specialities=tr(", ").join(gap.lacking)
        )
    return tr("{slot}: {n} missing", slot=slot_words(gap.slot), n=gap.missing)


def _changes(proposal: Proposal) -> str:
    parts = [ntr("{n} added", "{n} added", len(proposal.added))]
    if proposal.removed:
        parts.append(ntr("{n} taken off", "{n} taken off", len(proposal.removed)))
    if not proposal.added and not proposal.removed:
        return tr("Nothing to change")
    return tr(", ").join(parts)
