"""The heads of the board's columns and rows."""

from __future__ import annotations

from PySide6.QtWidgets import QSizePolicy, QWidget

from app.common.words import tr
from ui import theme
from ui.rota.models import BoardDay, half_words
from ui.widgets.badge import Badge
from ui.widgets.label import Label
from ui.widgets.layout import column, row


class DayHead(QWidget):
    """Weekday and date, whether it is today or a make-up workday, and a line about holidays and leave."""

    def __init__(self) -> None:
        super().__init__()
        self._shown: BoardDay | None = None
        self._title = Label("", "heading")
        self._today = Badge(tr("today"), "accent")
        self._workday = Badge(tr("make-up workday"), "attention")
        self._note = Label("", "small")
        self._note.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        line = row(self._title, self._today, self._workday, None)
        column(None, line, self._note, None, parent=self, margins=(9, 0, 4, 0), space=2)
        self.setProperty("kind", "plain")
        self.setFixedHeight(theme.current().px(56))
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def show_day(self, day: BoardDay) -> None:
        if day == self._shown:
            return
        self._shown = day
        self._title.setText(day.title)
        self._today.setVisible(day.today)
        self._workday.setVisible(day.workday)
        self._note.setText(day.note)
        self.setToolTip("\n".join(part for part in (day.note, day.tip) if part))


class HalfHead(QWidget):
    """上午 with its hours."""

    def __init__(self, half: str) -> None:
        super().__init__()
        self.half = half
        self._hours = Label("", "small")
        column(Label(half_words(half), "strong"), self._hours, None, parent=self, margins=(10, 10, 4, 8), space=4)
        self.setProperty("kind", "plain")

    def show_hours(self, hours: tuple[str, str]) -> None:
        words = f"{hours[0]}–{hours[1]}"
        if self._hours.text() != words:
            self._hours.setText(words)
