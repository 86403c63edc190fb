"""One side of what differs: its fields, who wrote it, and the key that chooses it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame

from app.common.words import N_, tr
from app.sync.views import SideView
from ui.reviews.words import written_words
from ui.widgets.badge import Badge
from ui.widgets.button import SecondaryButton
from ui.widgets.card import Card
from ui.widgets.label import Label
from ui.widgets.layout import column, row

VERSION, ONE = N_("Version {n}"), N_("No. {n}")


class SideCard(Card):
    """`number` is the key that chooses it, `choice` the words on the button; without `on_choose` it only shows.
    `all_show`: none hides another, as with two bookings."""

    def __init__(
        self,
        side: SideView,
        number: int,
        differing: frozenset[str],
        on_choose: Callable[[], object] | None,
        choice: str = "",
        *,
        title: str = VERSION,
        all_show: bool = False,
    ) -> None:
        self.title = tr(title, n=number)
        super().__init__(self.title, padded=False)
        self.side = side
        self.marked: list[str] = []
        if side.shows and not all_show:
            self.add_beside_title(Badge(tr("shows now"), "accent", icon="check"))
        for name, value in side.fields:
            self.body.addWidget(self._line(name, value, name in differing))
        self.body.addStretch(1)
        self.choose: SecondaryButton | None = None
        if on_choose is not None:
            self.choose = SecondaryButton(choice, on_choose, shortcut=str(number))
        self.add_foot(Label(written_words(side), "hint"), None, *([self.choose] if self.choose else []))
        said = "，".join(f"{name} {value}" for name, value in side.fields)
        self.setAccessibleName("。".join(part for part in (self.title, said, written_words(side)) if part))

    def _line(self, name: str, value: str, differs: bool) -> QFrame:
        """The field's name above its value; one that differs is tinted, and says so."""
        made = QFrame()
        made.setProperty("kind", "differs" if differs else "row")
        head = row(Label(name, "label"), None, space=8)
        if differs:
            self.marked.append(name)
            head.addWidget(Badge(tr("differs"), "attention"))
        text = Label(value or tr("(empty)"), "strong" if differs else "body", wrap=True, selectable=True)
        text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        text.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        column(head, text, parent=made, margins=(14, 6, 14, 8), space=2)
        return made
