"""The state of synchronisation in the top bar: an icon and a few words; leads to Settings."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QWidget

from app.common.words import tr
from ui.sync.words import State
from ui.widgets import paint
from ui.widgets.button import QuietButton


class StateButton(QuietButton):
    """Says the whole story in its tooltip and to a screen reader."""

    ink, over = "muted", "hover"

    def __init__(self, on_click: Callable[[], object], parent: QWidget | None = None) -> None:
        super().__init__("", on_click, icon="cloud-off", parent=parent)
        self._narrow = False
        self._state = State("", "cloud-off", "muted")

    def show_state(self, state: State) -> None:
        """Says it."""
        if state == self._state:
            return
        self._state = state
        self._icon_name = state.icon
        self.ink = state.tone
        self._say()

    def set_narrow(self, narrow: bool) -> None:
        """The icon alone, where the window is narrow for its text size."""
        self._narrow = narrow
        self._say()

    def state(self) -> State:
        return self._state

    def sizeHint(self) -> QSize:
        """Room for what it says on most days, so that the search box beside it does not move with each run."""
        hint = super().sizeHint()
        if self._narrow:
            return hint
        usual = (tr("Synchronising…"), tr("Synchronised {time}", time="00:00"))
        wide = max(paint.width(words, paint.font()) for words in usual)
        return hint.expandedTo(QSize(wide + paint.px(12 + 16 + 8 + 12), 0))

    def _say(self) -> None:
        state = self._state
        self.set_text("" if self._narrow else state.text)
        spoken = tr("Sync: {state}", state=state.text)
        self.setAccessibleName(" ".join(part for part in (f"{spoken}。", state.more) if part))
        self.setToolTip("\n".join(part for part in (spoken, state.more, tr("Click for details")) if part))
