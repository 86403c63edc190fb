"""One duty expert in full: when she can, how often, what for, until when her check holds; her leave and her wishes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QSizePolicy, QWidget

from app.common.words import ntr, tr
from app.people.rows import split_list
from app.rota.expert_views import CheckState, ExpertView
from app.rota.rules import HALF_WORDS, HALVES, WEEKDAYS
from app.security.permissions import May
from ui import theme
from ui.desk import Desk
from ui.jobs import run_job
from ui.rota.leave_box import LeaveBox
from ui.rota.wish_box import WishBox
from ui.widgets.choice import Choice
from ui.widgets.date_field import DateField
from ui.widgets.field import Field
from ui.widgets.label import Label
from ui.widgets.layout import column, holder, row
from ui.widgets.line_edit import LineEdit

_WEEKLY, _MONTHLY = range(1, 8), (*range(1, 13), 15, 20)


class ExpertDetail(QWidget):
    """`begin` a person, then `show_expert`. What is typed and not yet kept outlives a refresh of the same person."""

    reload = Signal(str)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._view: ExpertView | None = None
        self._staff_id = ""
        self._name, self._contact = Label("", "title"), Label("", "muted", selectable=True)
        self.sessions: dict[tuple[int, str], QCheckBox] = {}
        self.weekly, self.monthly, self.daily = Choice(), Choice(), Choice()
        self.specialities = LineEdit(tr("such as 亲子、情绪"))
        self.check = DateField(placeholder="2027-06-30")
        self._check_field = Field(tr("Record check until"), self.check)
        self.leave, self.wishes = LeaveBox(desk), WishBox(desk)
        self._options()
        self._wire()
        self._build()

    def staff_id(self) -> str:
        """Who is on show, or is about to be."""
        return self._staff_id

    def begin(self, staff_id: str) -> None:
        """Another person: what was typed for the last one is dropped."""
        if staff_id != self._staff_id:
            self._staff_id = staff_id
            self._view = None
            self.leave.begin(staff_id)
            self.wishes.begin(staff_id)

    def take_focus(self) -> None:
        """Into what is changed most: leave."""
        self.leave.text.setFocus()

    def show_expert(self, view: ExpertView) -> None:
        """Fills everything that nobody is typing into."""
        self._view = view
        self._name.setText(f"{view.name}  {view.number}")
        sex = {"female": tr("female"), "male": tr("male")}.get(view.sex or "", "")
        self._contact.setText(" · ".join(part for part in (sex, view.telephone, view.employer) if part))
        for at, box in self.sessions.items():
            box.blockSignals(True)
            box.setChecked(at in view.availability)
            box.setEnabled(view.may_plan)
            box.blockSignals(False)
        _offer(self.weekly, _WEEKLY, view.weekly_limit)
        _offer(self.monthly, _MONTHLY, view.monthly_limit)
        self.daily.set_value(view.daily_limit)
        for choice in (self.weekly, self.monthly, self.daily):
            choice.setEnabled(view.may_plan)
        if not self.specialities.hasFocus():
            self.specialities.setText("、".join(view.specialities))
        self.specialities.setEnabled(view.may_plan)
        if not self.check.hasFocus():
            self.check.set_value(view.check.until)
        self.check.setEnabled(May.EDIT_STAFF in self._desk.who.may)
        self._check_field.set_hint(check_words(view.check))
        self.leave.show_leave(view.leave, may_change=view.may_plan or view.may_own)
        self.wishes.show_wishes(view.wishes, may_change=view.may_plan or view.may_own)

    # --- making ---

    def _options(self) -> None:
        _offer(self.weekly, _WEEKLY, None)
        _offer(self.monthly, _MONTHLY, None)
        self.daily.set_options([(1, tr("once")), (2, tr("both halves"))])

    def _wire(self) -> None:
        for choice in (self.weekly, self.monthly, self.daily):
            choice.chosen.connect(lambda _value: self._keep_limits())
        self.specialities.editingFinished.connect(self._keep_specialities)
        self.check.editingFinished.connect(self._keep_check)
        self.check.changed.connect(self._calendar_check)

    def _build(self) -> None:
        limits = row(
            Field(tr("A week"), self.weekly),
            Field(tr("A month"), self.monthly),
            Field(tr("A day"), self.daily),
            space=8,
        )
        left = holder(column(Label(tr("Can be on duty"), "heading"), self._grid(), None, space=8))
        right = holder(column(Label(tr("At most"), "heading"), limits, None, space=8))
        facts = row(Field(tr("Specialities"), self.specialities), self._check_field, space=20)
        below = row(self.leave, self.wishes, space=20)
        below.setStretch(0, 3)
        below.setStretch(1, 2)
        head = row(self._name, self._contact, None, space=12)
        column(head, row(left, right, space=20), facts, below, None, parent=self, space=14, margins=(0, 0, 8, 0))

    def _grid(self) -> QWidget:
        box = QWidget()
        box.setProperty("kind", "plain")
        box.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        grid = QGridLayout(box)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(theme.current().px(10))
        grid.setVerticalSpacing(theme.current().px(6))
        for line, half in enumerate(HALVES, start=1):
            grid.addWidget(Label(tr(HALF_WORDS[half]), "label"), line, 0)
        for day, name in enumerate(WEEKDAYS):
            grid.addWidget(Label(tr(name), "label"), 0, day + 1)
            for line, half in enumerate(HALVES, start=1):
                tick = QCheckBox()
                tick.setAccessibleName(f"{tr(name)} {tr(HALF_WORDS[half])}")
                tick.toggled.connect(lambda _on: self._keep_sessions())
                self.sessions[day, half] = tick
                grid.addWidget(tick, line, day + 1)
        return box

    # --- keeping ---

    def _keep_sessions(self) -> None:
        wanted = [at for at, box in self.sessions.items() if box.isChecked()]
        self._run(self._desk.services.experts.set_availability, wanted)

    def _keep_limits(self) -> None:
        weekly, monthly, daily = (choice.value() for choice in (self.weekly, self.monthly, self.daily))
        self._run(self._desk.services.experts.set_limits, weekly, monthly, daily)

    def _keep_specialities(self) -> None:
        wanted = split_list(self.specialities.value())
        if self._view is not None and self._view.may_plan and wanted != self._view.specialities:
            self._run(self._desk.services.experts.set_specialities, wanted)

    def _calendar_check(self, day: date | None) -> None:
        """A day chosen in the calendar counts at once; one being typed, when it is left."""
        if day is not None and not self.check.hasFocus():
            self._keep_check()

    def _keep_check(self) -> None:
        if self._view is None or not self.check.isEnabled() or self.check.is_wrong():
            return
        if self.check.value() != self._view.check.until:
            self._run(self._desk.services.experts.set_check, self.check.value())

    def _run(self, act: Callable[..., Any], *values: object) -> None:
        """Keeps; if it is refused, what is in the file is shown again."""
        if self._view is not None:
            who = self._view.staff_id
            run_job(self, act, who, *values, on_end=lambda: self.reload.emit(who))


def check_words(check: CheckState) -> str:
    """How the check stands, as the hint beside its date."""
    match check.state:
        case "missing":
            return tr("none on file")
        case "expired":
            return ntr("expired {n} day ago: no duty", "expired {n} days ago: no duty", -(check.days or 0))
        case "soon":
            return ntr("{n} day left", "{n} days left", check.days or 0)
        case _:
            return tr("valid")


def _offer(choice: Choice, usual: Iterable[int], value: int | None) -> None:
    """A limit that is not among the usual ones is offered all the same."""
    numbers = sorted({*usual, *(() if value is None else (value,))})
    choice.set_options([(None, tr("no limit")), *((n, ntr("{n} time", "{n} times", n)) for n in numbers)])
    choice.set_value(value)
