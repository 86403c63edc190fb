"""The white sheet that a screen is made of: a head with a title and a hint, a body, perhaps a foot."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from ui import theme
from ui.widgets.label import Label
from ui.widgets.layout import Item, column, row


class Card(QFrame):
    """`body` is the layout to fill; `padded=False` for rows that run from side to side. Without a title, no head."""

    def __init__(self, title: str = "", hint: str = "", *, padded: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "card")
        self.setAccessibleName(title)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(1, 1, 1, 1)
        outer.setSpacing(0)
        self._title = Label(title, "heading")
        self._hint = Label(hint, "small")
        self._lead = row(self._title, space=8)
        self._trail = row(self._hint, space=8)
        self._head = QFrame()
        self._head.setProperty("kind", "cardhead")
        row(self._lead, None, self._trail, parent=self._head, margins=(14, 0, 14, 0))
        self._head.setFixedHeight(theme.current().px(40))
        if not title:
            self._head.hide()
        outer.addWidget(self._head)
        self.body = column(margins=(14, 12, 14, 14) if padded else 0, space=8 if padded else 0)
        outer.addLayout(self.body, 1)
        self._foot: QFrame | None = None

    def add(self, *items: Item) -> Card:
        """Appends to the body: widgets, layouts, distances, or None for the rest."""
        for item in items:
            if item is None:
                self.body.addStretch(1)
            elif isinstance(item, int):
                self.body.addSpacing(theme.current().px(item))
            elif isinstance(item, QWidget):
                self.body.addWidget(item)
            else:
                self.body.addLayout(item)
        return self

    def set_title(self, title: str) -> None:
        self._title.setText(title)
        self.setAccessibleName(title)
        self._head.setVisible(bool(title))

    def set_hint(self, hint: str) -> None:
        """The small words at the right of the head."""
        self._hint.setText(hint)

    def add_beside_title(self, widget: QWidget) -> None:
        """A badge or a tab right after the title."""
        self._lead.addWidget(widget)

    def add_to_head(self, widget: QWidget) -> None:
        """A button at the right end of the head."""
        self._trail.addWidget(widget)

    def add_foot(self, *items: Item) -> None:
        """A line at the bottom."""
        self._foot = QFrame()
        self._foot.setProperty("kind", "cardfoot")
        row(*items, parent=self._foot, margins=(14, 0, 14, 0))
        self._foot.setFixedHeight(theme.current().px(40))
        layout = self.layout()
        if layout is not None:
            layout.addWidget(self._foot)

    def set_selected(self, selected: bool) -> None:
        """An accent border around the chosen one of several."""
        theme.restyle(self, selected="true" if selected else "false")
