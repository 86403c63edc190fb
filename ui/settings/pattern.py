"""The duty pattern: a grid for how many experts each half day needs every week, and a line for whatever is special."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from app.common.words import ntr, tr
from app.rota.calendar_views import PatternLine, Saved
from app.rota.pattern import Pattern
from app.rota.pattern_change import half_day_words
from ui import theme
from ui.desk import Desk
from ui.jobs import run_job
from ui.settings.affected import tell_saved
from ui.settings.pattern_sheet import PatternSheet
from ui.topbar import WEEKDAYS
from ui.widgets.button import QuietButton
from ui.widgets.card import Card
from ui.widgets.choice import Choice
from ui.widgets.label import Label
from ui.widgets.layout import column, holder, row
from ui.widgets.list_row import ListRow
from ui.widgets.row import Row

HALVES = ("am", "pm")
MOST = 9


class PatternCard(Card):
    """Seven days by two halves, 0 is a closed half day; beneath what the grid cannot say. F2 opens a half day."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(tr("Duty pattern"), padded=False)
        self._desk = desk
        self._at = (0, "am")
        self._lines: Sequence[PatternLine] = ()
        self.choices: dict[tuple[int, str], Choice] = {}
        self.add_to_head(QuietButton(tr("Add a pattern"), self.add_pattern, icon="plus"))
        hint = Label(tr("Needed every week, from today on; – is closed"), "hint")
        hint.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.details = QuietButton(tr("Details of this half day"), self.open_details, shortcut="F2")
        self._rows: list[ListRow] = []
        top = column(self._grid(), hint, row(self.details, None), margins=(14, 12, 14, 8))
        self.add(holder(top))

    def _grid(self) -> QWidget:
        box = QWidget()
        box.setProperty("kind", "plain")
        box.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        grid = QGridLayout(box)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(theme.current().px(6))
        names = {"am": tr("Morning"), "pm": tr("Afternoon")}
        for line, half in enumerate(HALVES, start=1):
            grid.addWidget(Label(names[half], "label"), line, 0)
        options = [(0, "–"), *((n, str(n)) for n in range(1, MOST + 1))]
        for day, name in enumerate(WEEKDAYS):
            grid.addWidget(Label(tr(name), "label"), 0, day + 1)
            for line, half in enumerate(HALVES, start=1):
                choice = Choice(options)
                choice.setMinimumContentsLength(1)
                choice.setProperty("kind", "cell")
                choice.setAccessibleName(f"{tr(name)} {names[half]}")
                choice.chosen.connect(lambda needed, at=(day, half): self._keep(at, int(needed)))
                choice.installEventFilter(self)
                choice.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
                choice.customContextMenuRequested.connect(lambda _at, at=(day, half): self.open_details(at))
                self.choices[day, half] = choice
                grid.addWidget(choice, line, day + 1)
        return box

    def load(self) -> None:
        calendar = self._desk.services.calendar
        run_job(self, calendar.grid, lane="read", on_done=self._show)
        run_job(self, calendar.patterns, lane="read", on_done=self._show_lines)

    def add_pattern(self) -> PatternSheet:
        """For a half day that the grid cannot name."""
        return self._open(Pattern(self._at[0], self._at[1], 1), None)

    def open_details(self, at: tuple[int, str] | None = None) -> PatternSheet:
        """The pattern of a half day; of the one that last had the keyboard."""
        at = at or self._at
        mine = [line for line in self._lines if (line.pattern.weekday, line.pattern.half) == at]
        held = next((line for line in mine if line.stands == "now"), mine[0] if mine else None)
        return self._open(held.pattern, held.id) if held else self._open(Pattern(*at, 1), None)

    def _open(self, pattern: Pattern, pattern_id: str | None) -> PatternSheet:
        sheet = PatternSheet(self._desk, pattern, pattern_id, self._saved, self.window())
        sheet.open()
        return sheet

    def _show(self, needed: Mapping[tuple[int, str], int]) -> None:
        for at, choice in self.choices.items():
            choice.set_value(needed.get(at, 0))

    def _show_lines(self, lines: Sequence[PatternLine]) -> None:
        self._lines = lines
        shown = [line for line in lines if not line.plain]
        for shown_before in self._rows:
            self.body.removeWidget(shown_before)
            shown_before.hide()
            shown_before.deleteLater()
        self._rows = [
            ListRow(pattern_row(line), partial(self._open, line.pattern, line.id), last=line is shown[-1])
            for line in shown
        ]
        self.add(*self._rows)

    def _keep(self, at: tuple[int, str], needed: int) -> None:
        run_job(self, self._desk.services.calendar.set_needed, at[0], at[1], needed, on_done=self._saved)

    def _saved(self, saved: Saved) -> None:
        tell_saved(self, saved.affected)
        self.load()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusIn:
            self._at = next((at for at, choice in self.choices.items() if choice is watched), self._at)
        return super().eventFilter(watched, event)


def pattern_row(line: PatternLine) -> Row:
    """周三上午 隔周 · 08:30–11:30 · 2 人 · 亲子."""
    one = line.pattern
    said = [f"{line.hours[0]}–{line.hours[1]}", ntr("{n} expert", "{n} experts", one.needed)]
    said += [tr(", ").join(line.rooms)] if line.rooms else []
    said += [tr(", ").join(one.specialities)] if one.specialities else []
    if one.valid_to is not None:
        said.append(tr("until {day}", day=one.valid_to.isoformat()))
    badge, tone = "", "neutral"
    if line.stands == "coming" and one.valid_from is not None:
        badge, tone = tr("from {day}", day=one.valid_from.isoformat()), "info"
    elif line.twice:
        badge, tone = tr("twice"), "attention"
    elif not line.next:
        badge, tone = tr("no day any more"), "attention"
    title = f"{half_day_words(one.weekday, one.half)} · {line.words}"
    coming = tr(", ").join(day.isoformat()[5:] for day in line.next)
    tip = tr("Next: {days}", days=coming) if coming else ""
    return Row(line.id, title, second=" · ".join(said), badge=badge, tone=tone, tip=tip)
