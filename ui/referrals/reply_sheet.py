"""录入回执: scan the code on the tear-off part or type the number, then what the paper says."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from app.common.clock import today
from app.common.errors import UserError
from app.common.words import tr
from app.referrals.rules import STATUS_WORDS
from app.referrals.views import BACK_WORDS, BackToSchool, LetterCard, Reply
from ui import notify
from ui.desk import Desk
from ui.jobs import run_job
from ui.widgets.date_field import DateField
from ui.widgets.field import Field
from ui.widgets.label import Label
from ui.widgets.layout import column, holder, row
from ui.widgets.line_edit import LineEdit
from ui.widgets.segmented import SegmentedControl
from ui.widgets.sheet import Sheet
from ui.widgets.text_area import TextArea


class ReplySheet(Sheet):
    """A scanner types the code and presses Enter: that looks the letter up and goes on. `saved(letter id)`."""

    saved = Signal(str)

    def __init__(self, desk: Desk, parent: QWidget, card: LetterCard | None = None) -> None:
        super().__init__(tr("Enter a reply"), parent, width=560)
        self._desk = desk
        self._card: LetterCard | None = None
        self.number = Field(tr("Letter number"), LineEdit(tr("Scan the code, or type LSA-2026-0118-3 or 0118-3")))
        self._found = Label("", "hint", wrap=True)
        self.arrived = SegmentedControl([(True, tr("Arrived there")), (False, tr("Not arrived"))], name=tr("Arrival"))
        self.day = Field(tr("Date of arrival"), DateField())
        self.department = Field(tr("Department"), LineEdit(limit=40))
        self.back = SegmentedControl(
            [(value, tr(words)) for value, words in BACK_WORDS.items()], name=tr("Advice on school")
        )
        self.advice = Field(
            tr("Advice agreed for sharing"), TextArea(lines=2), hint=tr("Sealed: only psychologists read it again")
        )
        self._rest = holder(
            column(
                row(self.arrived, None),
                row(self.day, self.department, space=12),
                Label(tr("Advice on school"), "label"),
                row(self.back, None),
                self.advice,
                space=8,
            )
        )
        self.body.addWidget(self.number)
        self.body.addWidget(self._found)
        self.body.addWidget(self._rest)
        self.add_button(tr("Cancel"), self.reject)
        self.save = self.add_button(tr("Save"), self._go_on, kind="primary")
        self.arrived.chosen.connect(lambda _value: self._settle())
        number = self.number.control
        assert isinstance(number, LineEdit)
        number.textEdited.connect(lambda _text: self._forget())
        self._forget()
        day = self.day.control
        assert isinstance(day, DateField)
        day.set_value(today(desk.clock))
        if card is None:
            number.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            number.setText(card.number)
            self._take(card)

    def _forget(self) -> None:
        self._card = None
        self._found.setText("")
        self.number.set_error("")
        self._rest.setEnabled(False)
        self.save.set_text(tr("Find"))

    def _go_on(self) -> None:
        if self._card is None:
            run_job(
                self,
                self._desk.services.referrals.find,
                _line(self.number).text(),
                lane="read",
                on_done=self._take,
                on_error=self._not_found,
            )
            return
        day = self.day.control
        assert isinstance(day, DateField)
        if day.is_wrong():
            self.day.set_error(tr("This is no date."))
            day.setFocus()
            return
        advice = self.advice.control
        assert isinstance(advice, TextArea)
        arrived = bool(self.arrived.value())
        reply = Reply(
            arrived=arrived,
            day=day.value() if arrived else None,
            department=_line(self.department).value(),
            advice=advice.value(),
            back_to_school=BackToSchool(str(self.back.value())),
        )
        run_job(self, self._desk.services.referrals.replied, self._card.id, reply, on_done=self._done)

    def _take(self, card: LetterCard) -> None:
        self._card = card
        state = tr(STATUS_WORDS[card.status])
        self._found.setText(tr("{number}: {clinic}, {state}", number=card.number, clinic=card.clinic, state=state))
        self._rest.setEnabled(True)
        self.save.set_text(tr("Save"))
        self._settle()
        self.arrived.setFocus()

    def _not_found(self, error: UserError) -> None:
        self.number.set_error(error.text())
        _line(self.number).selectAll()
        self.number.control.setFocus()

    def _settle(self) -> None:
        self.day.setEnabled(bool(self.arrived.value()))

    def _done(self, card: LetterCard) -> None:
        self.saved.emit(card.id)
        notify.say(self, tr("Reply to {number} saved", number=card.short))
        self.accept()


def _line(field: Field) -> LineEdit:
    control = field.control
    assert isinstance(control, LineEdit)
    return control
