"""How far long work is: a bar, a few words, and the way out."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QProgressBar, QWidget

from app.common.words import tr
from ui.widgets.button import SecondaryButton
from ui.widgets.label import Label
from ui.widgets.layout import column, row


class ProgressLine(QWidget):
    """Hidden until `begin(words)`; `show_progress` is a job's `on_progress`. Without `on_cancel`, no button."""

    def __init__(self, on_cancel: Callable[[], object] | None = None, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "plain")
        self._words = ""
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(tr("Progress"))
        self._said = Label("", "hint")
        line = row(self._said, None)
        if on_cancel is not None:
            self.cancel = SecondaryButton(tr("Cancel"), on_cancel)
            line.addWidget(self.cancel)
        column(self._bar, line, parent=self, space=6)
        self.hide()

    def begin(self, words: str) -> None:
        """Shows it, with nothing known yet."""
        self._words = words
        self._said.setText(words)
        self._bar.setRange(0, 0)
        self.show()

    def show_progress(self, done: int, total: int) -> None:
        """`total` 0: it cannot be told how much there is."""
        self._bar.setRange(0, total)
        self._bar.setValue(done)
        counted = tr("{done} of {total}", done=done, total=total) if total else ""
        self._said.setText("  ".join(part for part in (self._words, counted) if part))

    def end(self) -> None:
        self.hide()

    def words(self) -> str:
        """As shown."""
        return self._said.text()
