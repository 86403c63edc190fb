"""谁有空, answered while the telephone is at the ear: one line of words, the answer as it is typed, all by keys.

What was understood stands in the fields beneath, where it can be set as well."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QWidget

from app.common.clock import today
from app.common.words import ntr, tr
from app.rota.free_views import FreeAnswer, FreeView
from app.rota.question import AHEAD, FreeQuery, Known, Question
from app.rota.rules import HALF_WORDS, WEEKDAYS, Slot
from ui import notify, theme
from ui.desk import Desk
from ui.jobs import run_job
from ui.widgets.choice import Choice
from ui.widgets.field import Field
from ui.widgets.label import Label
from ui.widgets.layout import row
from ui.widgets.line_edit import LineEdit
from ui.widgets.row import Columns, Row
from ui.widgets.row_list import RowList
from ui.widgets.sheet import Sheet

_COPY = QKeySequence.StandardKey.Copy


def open_free(desk: Desk, parent: QWidget, on_assign: Callable[[Slot, str], object] | None = None) -> None:
    """`on_assign(slot, staff_id)`: Enter on somebody of this centre who is not on duty then puts her there; for those
    who arrange the rota. Else Enter copies name, time and telephone."""
    FreeSheet(desk, on_assign, parent.window()).open()


class FreeSheet(Sheet):
    """Typing asks, arrows walk the answer, Enter takes it, Ctrl+C copies it."""

    def __init__(self, desk: Desk, on_assign: Callable[[Slot, str], object] | None, parent: QWidget) -> None:
        super().__init__(tr("Who is free"), parent, width=860)
        self._desk = desk
        self._free = desk.services.free
        self._on_assign = on_assign
        self._known = Known(desk.who.centre_id)
        self._answer = FreeAnswer((), 0, 0)
        self._unknown: tuple[str, ...] = ()
        first = today(desk.clock)
        self.query = FreeQuery(first, first + AHEAD)
        self.line = LineEdit(tr("For instance: Sat female school refusal Chiping"))
        self.line.setAccessibleName(tr("Question"))
        self.line.textChanged.connect(lambda _text: self._read())
        self.line.installEventFilter(self)
        self.list = RowList(tr("Who is free"), Columns())
        self.list.setFixedHeight(theme.current().px(372))
        self.list.opened.connect(lambda _key: self.take())
        self.list.chosen.connect(lambda _key: self._offer())
        self._note = Label("", "hint", wrap=True)
        self._build()
        run_job(self, self._free.known, lane="read", on_done=self._know)
        self.line.setFocus()

    def _build(self) -> None:
        self.speciality = Choice([("", tr("any"))])
        self.sex = Choice([("", tr("any")), ("female", tr("Female")), ("male", tr("Male"))])
        days = [("", tr("any day"))] + [(str(n), tr(word)) for n, word in enumerate(WEEKDAYS)]
        self.day = Choice([*days, ("5,6", tr("weekend"))])
        self.half = Choice([("", tr("any")), *((half, tr(word)) for half, word in HALF_WORDS.items())])
        self.centre = Choice([("", tr("all centres"))])
        self.school = Choice([("", tr("none"))], searchable=True)
        fields = {
            tr("Speciality"): self.speciality,
            tr("Sex"): self.sex,
            tr("Day"): self.day,
            tr("Half day"): self.half,
            tr("Centre"): self.centre,
            tr("Client's school (avoided)"): self.school,
        }
        for choice in fields.values():
            choice.chosen.connect(lambda _value: self._set())
        self.body.addWidget(self.line)
        self.body.addLayout(row(*(Field(label, choice) for label, choice in fields.items())))
        self.body.addWidget(self.list)
        self.body.addWidget(self._note)
        self.add_button(tr("Close"), self.reject)
        self.copy_button = self.add_button(tr("Copy"), self.copy, shortcut="Ctrl+C")
        self.take_button = self.add_button(tr("Assign"), self.take, kind="primary")

    def chosen(self) -> FreeView | None:
        """Whom the list stands on."""
        return next((one for one in self._answer.found if _key(one) == self.list.key()), None)

    # --- the question ---

    def _know(self, known: Known) -> None:
        self._known = known
        self.speciality.set_options([("", tr("any")), *((one, one) for one in known.specialities)])
        self.centre.set_options([("", tr("all centres")), *known.centres])
        self.school.set_options([("", tr("none")), *known.schools])
        self._read()

    def _read(self) -> None:
        run_job(self, self._free.read, self.line.text(), lane="read", on_done=self._understand)

    def _understand(self, question: Question) -> None:
        """The fields say what was understood; words that were not are named."""
        self.query = question.query
        query = question.query
        self.speciality.set_value(query.specialities[0] if query.specialities else "")
        self.sex.set_value(query.sex)
        self.day.set_value(",".join(str(one) for one in query.weekdays))
        self.half.set_value(query.half)
        self.centre.set_value(query.centres[0] if len(query.centres) == 1 else "")
        self.school.set_value(query.school_id or "")
        self._unknown = question.unknown
        self._ask()

    def _set(self) -> None:
        """A field was set by hand: what was typed otherwise stays."""
        day, special, centre, school = (one.text() for one in (self.day, self.speciality, self.centre, self.school))
        names = dict(self._known.schools)
        kept = self.query.specialities
        self.query = replace(
            self.query,
            weekdays=tuple(int(one) for one in day.split(",") if one),
            half=self.half.text(),
            sex=self.sex.text(),
            specialities=kept if special and kept[:1] == (special,) else ((special,) if special else ()),
            centres=(centre,) if centre else (),
            school_id=school or None,
            school=names.get(school, ""),
        )
        self._ask()

    def _ask(self) -> None:
        run_job(self, self._free.search, self.query, lane="read", on_done=self._show)

    # --- the answer ---

    def _show(self, answer: FreeAnswer) -> None:
        self._answer = answer
        self.list.set_rows([_row(one, today(self._desk.clock)) for one in answer.found])
        if not self.list.key():
            self.list.choose_first()
        self._note.setText(self._said(answer))
        self._offer()

    def _said(self, answer: FreeAnswer) -> str:
        parts = []
        if self._unknown:
            parts.append(tr("not understood: {words}", words="、".join(self._unknown)))
        if answer.without:
            parts.append(tr("nobody has this speciality; these are the others"))
        there = sum(one.group == "duty" for one in answer.found)
        parts.append(ntr("{n} on duty and free", "{n} on duty and free", there))
        parts.append(ntr("{n} could be called in", "{n} could be called in", len(answer.found) - there))
        if answer.busy:
            parts.append(ntr("{n} fully booked", "{n} fully booked", answer.busy))
        if answer.avoided:
            parts.append(
                ntr("{n} of the client's school left out", "{n} of the client's school left out", answer.avoided)
            )
        return tr("; ").join(parts)

    def _offer(self) -> None:
        self.take_button.setVisible(self._assignable())
        self.copy_button.setDefault(not self._assignable())

    def _assignable(self) -> bool:
        one = self.chosen()
        return one is not None and self._on_assign is not None and one.own_centre and one.group == "extra"

    def take(self) -> None:
        """Enter: puts her on the session, for those who may; else copies whom to call."""
        one = self.chosen()
        if one is None:
            return
        if self._on_assign is not None and self._assignable():
            self.accept()
            self._on_assign(one.slot, one.staff_id)
        else:
            self.copy()

    def copy(self) -> None:
        """Name, session and telephone, ready to be pasted or read out."""
        one = self.chosen()
        if one is None:
            return
        parts = (one.name, _when(one.slot), "–".join(one.hours), one.centre, one.telephone or "")
        text = "　".join(part for part in parts if part)
        QGuiApplication.clipboard().setText(text)
        notify.say(self, tr("Copied: {text}", text=text))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The list is steered from the line."""
        if watched is self.line and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            key = Qt.Key(event.key())
            if key in (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
                self.list.keyPressEvent(event)
                return True
            if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.take()
                return True
            if event.matches(_COPY) and not self.line.hasSelectedText():
                self.copy()
                return True
        return super().eventFilter(watched, event)


def _key(one: FreeView) -> str:
    return f"{one.staff_id}-{one.slot.day.isoformat()}-{one.slot.half}"


def _when(slot: Slot) -> str:
    return tr("{month}/{day} {slot}", month=slot.day.month, day=slot.day.day, slot=slot.words())


def _row(one: FreeView, now: date) -> Row:
    near = {0: tr("today"), 1: tr("tomorrow")}.get((one.slot.day - now).days, "")
    when = "，".join(part for part in (near, _when(one.slot)) if part)
    return Row(
        _key(one),
        one.name,
        "、".join(one.specialities),
        second=tr("; ").join((when, *(note.text() for note in one.reasons))),
        badge=tr("on duty, free") if one.group == "duty" else tr("call in"),
        tone="accent" if one.group == "duty" else "attention",
        note="" if one.own_centre else one.centre,
        trailing=one.telephone or "",
    )
