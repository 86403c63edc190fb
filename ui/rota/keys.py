"""The keys of the rota, each with what it does: for the board, the menus, the foot line and the list under F1."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from app.common.words import N_, tr
from ui.widgets.key_cap import KeyCap
from ui.widgets.label import Label
from ui.widgets.sheet import Sheet

ACTS = {
    Qt.Key.Key_Return: "open",
    Qt.Key.Key_Enter: "open",
    Qt.Key.Key_Space: "open",
    Qt.Key.Key_Delete: "remove",
    Qt.Key.Key_Backspace: "remove",
    Qt.Key.Key_P: "pin",
    Qt.Key.Key_A: "absent",
    Qt.Key.Key_R: "room",
    Qt.Key.Key_S: "swap",
    Qt.Key.Key_I: "why",
}
"""Keys of one seat; the tab's own are shortcuts of their buttons."""

SEAT = (
    ("Enter", N_("assign an expert; on an absent one, find a stand-in")),
    ("Delete", N_("take off; in a proposal, leave out")),
    ("P", N_("pin or unpin")),
    ("A", N_("mark absent; again: comes after all")),
    ("R", N_("room")),
    ("S", N_("ask somebody to swap")),
    ("I", N_("why a seat is empty, expert by expert")),
    ("Ctrl+X", N_("pick up")),
    ("Ctrl+V", N_("move here; on somebody's duty, exchange")),
    ("Ctrl+Shift+V", N_("move here without exchanging")),
    ("Shift+F10", N_("menu of this seat")),
)
WHOLE = (
    ("PageUp / PageDown", N_("before, after")),
    ("Ctrl+Home", N_("today")),
    ("Ctrl+W / Ctrl+M", N_("week, month")),
    ("F3", N_("who is free")),
    ("F4", N_("experts")),
    ("Shift+S", N_("swap requests")),
    ("F5 / Shift+F5", N_("fill this week, fill several weeks")),
    ("Ctrl+R", N_("repair")),
    ("F2 / Esc", N_("adopt or discard the proposal")),
    ("F8", N_("next empty seat or conflict")),
    ("Ctrl+F", N_("filter")),
    ("Ctrl+Z / Ctrl+Y", N_("undo, do again")),
    ("Ctrl+P", N_("print and export")),
    ("Ctrl+H", N_("published versions")),
    ("Ctrl+Enter", N_("publish")),
)


class KeysSheet(Sheet):
    """F1: every key, in two columns."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(tr("Keys of the rota"), parent, width=860)
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(8)
        for side, (title, keys) in enumerate(((tr("One seat"), SEAT), (tr("The whole rota"), WHOLE))):
            grid.addWidget(Label(title, "heading"), 0, side * 2, 1, 2)
            for place, (key, words) in enumerate(keys, 1):
                grid.addWidget(KeyCap(key), place, side * 2, Qt.AlignmentFlag.AlignLeft)
                grid.addWidget(Label(tr(words)), place, side * 2 + 1)
            grid.setColumnStretch(side * 2 + 1, 1)
        self.body.addLayout(grid)
        self.add_button(tr("Close"), self.accept, kind="primary")
