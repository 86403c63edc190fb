"""The head of a tab: what it is, what it shows, what can be done."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from ui import theme
from ui.tokens import CONTROL_HEIGHT
from ui.widgets.label import Label
from ui.widgets.layout import row


class PageHeader(QWidget):
    """Title (18 bold), a muted line beside it, and actions at the right."""

    def __init__(self, title: str, subtitle: str = "", *actions: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "plain")
        self._title = Label(title, "title")
        self._subtitle = Label(subtitle, "muted")
        self._actions = row(*actions, space=8)
        row(self._title, self._subtitle, None, self._actions, parent=self, space=12)
        self.setFixedHeight(theme.current().px(CONTROL_HEIGHT))

    def set_title(self, title: str) -> None:
        self._title.setText(title)

    def set_subtitle(self, subtitle: str) -> None:
        self._subtitle.setText(subtitle)

    def subtitle(self) -> str:
        return self._subtitle.text()

    def add_action(self, widget: QWidget) -> None:
        """Adds at the right end."""
        self._actions.addWidget(widget)
