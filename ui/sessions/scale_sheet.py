"""Entering a scale: item by item with the number keys, or a total from paper."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from app.cases.scales import ANSWERS, OTHER, SCALES, NewAssessment, Scale, band, flagged
from app.common.words import tr
from ui import theme
from ui.widgets.badge import Badge
from ui.widgets.date_field import DateField
from ui.widgets.field import Field
from ui.widgets.label import Label
from ui.widgets.layout import clear, column, holder, row, scrolling
from ui.widgets.line_edit import LineEdit
from ui.widgets.segmented import SegmentedControl
from ui.widgets.sheet import Sheet


class ItemRow(QWidget):
    """One item with its four answers; 0 to 3 on the keyboard answers it and goes on."""

    answered = Signal()

    def __init__(self, number: int, words: str) -> None:
        super().__init__()
        self.setProperty("kind", "plain")
        options: list[tuple[object, str]] = [(None, "–"), *((value, str(value)) for value in range(len(ANSWERS)))]
        self.answer = SegmentedControl(options, value=None, name=words)
        self.answer.chosen.connect(lambda _value: self.answered.emit())
        self.setFocusProxy(self.answer)
        row(Label(f"{number}. {words}", wrap=True), self.answer, parent=self, space=12)

    def value(self) -> int | None:
        found = self.answer.value()
        return found if isinstance(found, int) else None

    def set_value(self, value: int) -> None:
        self.answer.set_value(value)
        self.answered.emit()


class ScaleSheet(Sheet):
    """Hands a NewAssessment to `on_ready` once it is complete."""

    def __init__(self, parent: QWidget, day: date, on_ready: Callable[[NewAssessment], object]) -> None:
        super().__init__(tr("Enter a scale"), parent, width=620)
        self._on_ready = on_ready
        self.items: list[ItemRow] = []
        kinds: list[tuple[object, str]] = [(code, scale.name) for code, scale in SCALES.items()]
        self.kind = SegmentedControl([*kinds, (OTHER, tr("Another scale"))], value="phq-9", name=tr("Scale"))
        self.kind.chosen.connect(lambda _kind: self._compose())
        self.day = DateField()
        self.day.set_value(day)
        self.name, self.total = LineEdit(), LineEdit(limit=4)
        self.sum = Label("", "strong")
        self.flag = Badge("", "urgent")
        self.error = Label("", "error", wrap=True)
        head = row(self.kind, None, Field(tr("Date"), self.day), space=12)
        self._list = column(space=6)
        self._area = scrolling(holder(self._list))
        self._paper = holder(
            row(Field(tr("Name of the scale"), self.name), Field(tr("Total"), self.total), space=12, margins=0)
        )
        self._legend = Label(
            " · ".join(f"{value} {tr(words)}" for value, words in enumerate(ANSWERS)), "hint", wrap=True
        )
        for item in (self._legend, self._area, self._paper, self.error):
            if item is self._legend:
                self.body.addLayout(head)
            self.body.addWidget(item)
        self.body.addLayout(row(self.sum, self.flag, None, space=12))
        self.add_button(tr("Cancel"), self.reject)
        self.add_button(tr("Save"), self._ready, kind="primary")
        self._compose()

    def _scale(self) -> Scale | None:
        return SCALES.get(str(self.kind.value()))

    def _compose(self) -> None:
        clear(self._list)
        self.items = []
        scale = self._scale()
        for part in (self._area, self._legend):
            part.setVisible(scale is not None)
        self._paper.setVisible(scale is None)
        self.error.setText("")
        if scale is None:
            self.name.setFocus()
        else:
            for number, words in enumerate(scale.items, 1):
                item = ItemRow(number, tr(words))
                item.answered.connect(self._add_up)
                self.items.append(item)
                self._list.addWidget(item)
            self._area.setMinimumHeight(theme.current().px(360))
            self.items[0].setFocus()
        self._add_up()
        self.adjustSize()

    def _add_up(self) -> None:
        scale, answers = self._scale(), [item.value() for item in self.items]
        given = [answer for answer in answers if answer is not None]
        self.sum.setText("")
        self.flag.set("")
        if scale is None:
            return
        if len(given) < len(answers):
            self.sum.setText(tr("{n} of {all} answered", n=len(given), all=len(answers)))
        else:
            total = sum(given)
            words = tr(band(scale, total))
            self.sum.setText(tr("Total {n} of {most} · screening: {band}", n=total, most=scale.most, band=words))
            if flagged(scale, given):
                self.flag.set(tr("Item 9 above zero: do the safety check"), "urgent", icon="triangle-alert")

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self.items:
            self.items[0].setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        typed = event.text()
        here = next((n for n, item in enumerate(self.items) if item.answer.hasFocus()), None)
        if here is not None and typed in ("0", "1", "2", "3"):
            self.items[here].set_value(int(typed))
            if here + 1 < len(self.items):
                self.items[here + 1].setFocus(Qt.FocusReason.TabFocusReason)
                self._area.ensureWidgetVisible(self.items[here + 1])
            return
        super().keyPressEvent(event)

    def _ready(self) -> None:
        day = self.day.value()
        if day is None:
            self.error.setText(tr("The date is not a date."))
            return
        scale = self._scale()
        if scale is None:
            if not self.name.value() or not self.total.value().isdigit():
                self.error.setText(tr("Name the scale and enter its total."))
                return
            new = NewAssessment(OTHER, day, name=self.name.value(), total=int(self.total.value()))
        else:
            answers = [item.value() for item in self.items]
            open_items = [str(n) for n, answer in enumerate(answers, 1) if answer is None]
            if open_items:
                self.error.setText(tr("Still open: item {items}", items="、".join(open_items)))
                self.items[int(open_items[0]) - 1].setFocus()
                return
            new = NewAssessment(scale.code, day, tuple(answer for answer in answers if answer is not None))
        self.accept()
        self._on_ready(new)
