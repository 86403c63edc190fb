"""值班专家 (F4): everybody of the centre at the left, one of them in full at the right; changes are kept at once."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from app.common.changes import Topic
from app.common.words import ntr, tr
from app.rota.expert_views import CheckState, ExpertLine, ExpertView
from app.security.permissions import May
from ui import theme
from ui.desk import Desk
from ui.jobs import run_job
from ui.rota.expert_detail import ExpertDetail
from ui.widgets.empty_state import EmptyState
from ui.widgets.label import Label
from ui.widgets.layout import column, holder, row, scrolling
from ui.widgets.line_edit import LineEdit
from ui.widgets.row import Columns, Row
from ui.widgets.row_list import RowList
from ui.widgets.segmented import SegmentedControl
from ui.widgets.sheet import Sheet

_TOPICS = frozenset({Topic.ROTA, Topic.STAFF})
_WIDTH, _HEIGHT = 1180, 560
_PLANNERS = frozenset({May.EDIT_ROTA, May.EDIT_STAFF})


def may_open_experts(desk: Desk) -> bool:
    """Whether this person has anything to see there: all experts, or at least oneself."""
    return not desk.who.may.isdisjoint(_PLANNERS | {May.OWN_DUTY})


def open_experts(desk: Desk, parent: QWidget, staff_id: str | None = None) -> ExpertsSheet:
    """Opens the sheet, at that expert if one is given."""
    sheet = ExpertsSheet(desk, parent.window(), staff_id)
    sheet.open()
    return sheet


class ExpertsSheet(Sheet):
    """Typing filters, Up and Down choose, Tab goes into the details."""

    def __init__(self, desk: Desk, parent: QWidget, staff_id: str | None = None) -> None:
        super().__init__(tr("Duty experts"), parent, width=_WIDTH)
        self._desk = desk
        self._wanted = staff_id or ""
        self._found: Sequence[ExpertLine] = ()
        self.search = LineEdit(tr("Name, pinyin or speciality"))
        self.search.setAccessibleName(tr("Name, pinyin or speciality"))
        self.search.textChanged.connect(lambda _text: self._filter())
        self.search.installEventFilter(self)
        self.which = SegmentedControl(
            [("all", tr("Everybody")), ("check", tr("Record checks")), ("away", tr("On leave today"))], name=tr("Show")
        )
        self.which.chosen.connect(lambda _which: self._filter())
        self.list = RowList(tr("Duty experts"), Columns())
        self.list.chosen.connect(self._choose)
        self._count = Label("", "hint")
        self.detail = ExpertDetail(desk)
        self.detail.reload.connect(self._load_one)
        self.list.opened.connect(lambda _key: self.detail.take_focus())
        self._empty = EmptyState("users", tr("No duty experts"), tr("Import their list: longshan import experts FILE."))
        self._empty.hide()
        self._lay_out()
        self.add_button(tr("Close"), self.accept).setAutoDefault(False)  # Enter belongs to the lines that are typed in
        desk.bus.changed.connect(self._changed)
        self._load()
        self.search.setFocus()

    def _lay_out(self) -> None:
        px = theme.current().px
        self._side = holder(column(self.search, self.which, self.list, self._count, space=8))
        self._side.setFixedWidth(px(370 if theme.current().scale <= 150 else 290))
        area = scrolling(self.detail)
        line = row(self._side, area, self._empty, space=20)
        self.body.addLayout(line)
        parent = self.parentWidget()
        room = parent.window() if parent is not None else None
        high = min(px(_HEIGHT), room.height() - px(170)) if room is not None else px(_HEIGHT)
        for part in (self._side, area):
            part.setFixedHeight(high)
        if room is not None:
            self.setFixedWidth(min(px(_WIDTH), room.width() - px(32)))

    # --- showing ---

    def _changed(self, topics: frozenset[Topic], _who: QObject | None) -> None:
        if not topics.isdisjoint(_TOPICS):
            self._load()

    def _load(self) -> None:
        run_job(self, self._desk.services.experts.list, lane="read", on_done=self._show)

    def _show(self, found: Sequence[ExpertLine]) -> None:
        self._found = found
        self._empty.setVisible(not found)
        if not may_open_experts(self._desk):
            hint = tr("The planner sees everybody here, an expert herself.")
            self._empty.set_text(tr("The details of the experts are not for your role."), hint)
        self._side.setVisible(len(found) > 1)
        if len(found) == 1 and not self.detail.staff_id():
            self.detail.take_focus()
        self._filter()
        if self._wanted and self.list.choose(self._wanted):
            self._wanted = ""
        key = self.list.key()
        if key and key == self.detail.staff_id():
            self._load_one(key)

    def _filter(self) -> None:
        words = self.search.text().casefold().split()
        which = self.which.value()
        shown = [
            one
            for one in self._found
            if all(word in one.found_by for word in words)
            and (which != "check" or one.check.state != "valid")
            and (which != "away" or one.away)
        ]
        if which == "check":
            shown.sort(key=lambda one: -(10**6) if one.check.days is None else one.check.days)
        self.list.set_rows([expert_row(one) for one in shown])
        warned = sum(one.check.state != "valid" for one in self._found)
        said = ntr("{n} expert", "{n} experts", len(shown))
        checks = ntr("{n} record check to see to", "{n} record checks to see to", warned) if warned else ""
        self._count.setText(" · ".join(part for part in (said, checks) if part))
        if not self.list.key():
            self.list.choose_first()

    def _choose(self, staff_id: str) -> None:
        self.detail.begin(staff_id)
        self._load_one(staff_id)

    def _load_one(self, staff_id: str) -> None:
        show = partial(self._show_one, staff_id)
        run_job(self, self._desk.services.experts.one, staff_id, lane="read", on_done=show)

    def _show_one(self, staff_id: str, view: ExpertView) -> None:
        if staff_id == self.detail.staff_id():
            self.detail.show_expert(view)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The list is steered from the search line; Enter goes into the details."""
        if watched is self.search and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            key = Qt.Key(event.key())
            if key in (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
                self.list.keyPressEvent(event)
                return True
            if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.detail.take_focus()
                return True
        return super().eventFilter(watched, event)


def expert_row(one: ExpertLine) -> Row:
    """Name, number, specialities; the check if something is to be done, else whether she is away."""
    badge, tone, icon = check_badge(one.check)
    if not badge and one.away:
        badge, tone = tr("on leave"), "info"
    elif not badge and not one.sessions:
        badge, tone = tr("no duty session offered"), "attention"
    second = "、".join(one.specialities) or tr("no speciality")
    return Row(one.staff_id, one.name, one.number, second=second, badge=badge, tone=tone, badge_icon=icon)


def check_badge(check: CheckState) -> tuple[str, str, str]:
    """Words, tone and icon; empty while it holds for more than 60 days."""
    match check.state:
        case "expired":
            return tr("check expired"), "urgent", "triangle-alert"
        case "missing":
            return tr("no check on file"), "urgent", "triangle-alert"
        case "soon":
            return ntr("check: {n} day left", "check: {n} days left", check.days or 0), "attention", ""
        case _:
            return "", "neutral", ""
