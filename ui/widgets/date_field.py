"""A date as people type it: 2013-3-5, 2013/3/5, 20130305 or 2013年3月5日; with the age it means."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date

from PySide6.QtCore import QDate, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QCalendarWidget, QFrame, QLineEdit, QVBoxLayout, QWidget

from app.common.dates import age_on
from app.common.words import tr
from ui import theme
from ui.widgets import paint
from ui.widgets.icon_button import IconButton

_SPACED = re.compile(r"(\d{4})\D+(\d{1,2})\D+(\d{1,2})\D*")
_DENSE = re.compile(r"(\d{4})(\d{2})(\d{2})")


def parse_date(typed: str) -> date | None:
    """The date that was meant, or None: nothing, half a date, or a day that does not exist."""
    text = unicodedata.normalize("NFKC", typed).strip()
    match = _DENSE.fullmatch(text) or _SPACED.fullmatch(text)
    if match is None:
        return None
    try:
        return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return None


class DateField(QLineEdit):
    """`age_today`: today's date; then the age is written behind a birth date. Alt+Down opens the calendar."""

    changed = Signal(object)

    def __init__(
        self, *, age_today: Callable[[], date] | None = None, placeholder: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._today = age_today
        self._last: date | None = None
        self.setPlaceholderText(placeholder or "2013-03-05")
        self._button = IconButton("calendar", tr("Calendar"), self.open_calendar, parent=self)
        self._button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.textChanged.connect(self._typed)

    def value(self) -> date | None:
        """The date, or None if there is none or it is not one; `is_wrong()` tells which."""
        return parse_date(self.text())

    def set_value(self, day: date | None) -> None:
        self.setText(day.isoformat() if day is not None else "")

    def is_wrong(self) -> bool:
        """Something is typed that is no date."""
        return bool(self.text().strip()) and self.value() is None

    def age_text(self) -> str:
        """The age as written behind the date, or an empty text."""
        age = age_on(self.value(), self._today()) if self._today is not None else None
        return "" if age is None else tr("{n} years old", n=age)

    def open_calendar(self) -> None:
        """Shows a month to choose from."""
        frame = QFrame(self, Qt.WindowType.Popup)
        frame.setProperty("kind", "popup")
        frame.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        calendar = QCalendarWidget(frame)
        calendar.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)
        calendar.setFirstDayOfWeek(Qt.DayOfWeek.Monday)
        day = self.value() or (self._today() if self._today else None)
        if day is not None:
            calendar.setSelectedDate(QDate(day.year, day.month, day.day))
        box = QVBoxLayout(frame)
        box.setContentsMargins(4, 4, 4, 4)
        box.addWidget(calendar)

        def take(chosen: QDate) -> None:
            self.set_value(date(chosen.year(), chosen.month(), chosen.day()))
            frame.close()

        calendar.clicked.connect(take)
        calendar.activated.connect(take)
        frame.move(self.mapToGlobal(QPoint(0, self.height() + 2)))
        frame.show()
        calendar.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Down and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self.open_calendar()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        day = self.value()
        if day is not None and self.text() != day.isoformat():
            self.set_value(day)
        theme.restyle(self, wrong="true" if self.is_wrong() else "false")
        super().focusOutEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        side = self.height() - 4
        self._button.setGeometry(self.width() - side - 2, 2, side, side)
        self.setTextMargins(0, 0, side - paint.px(4), 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        age = self.age_text()
        if not age:
            return
        painter = QPainter(self)
        made = paint.font(13)
        left = paint.px(12) + paint.width(self.text(), made) + paint.px(12)
        space = self.width() - left - paint.px(34)
        if space > paint.width(age, made):
            paint.text(painter, QRect(left, 0, space, self.height() - 1), age, made, theme.colour("muted"))
        painter.end()

    def _typed(self, _text: str) -> None:
        day = self.value()
        if day != self._last:
            self._last = day
            self.changed.emit(day)
        self.update()
