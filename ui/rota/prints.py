"""Ctrl+P: posters, a page or a calendar file for each expert, the workbook, or all of it into a folder."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QGridLayout, QWidget

from app.common.words import ntr, tr
from app.rota.exporting import Exported, Kind, safe_name
from app.rota.rules import monday, month_end, quarter_start
from ui import ask, notify
from ui.desk import Desk
from ui.jobs import Job, run_job
from ui.pdf_sheet import PdfSheet
from ui.referrals.printing import write_pdf
from ui.rota.models import period_words
from ui.rota.version_list import VersionsSheet
from ui.widgets.button import Button, SecondaryButton
from ui.widgets.choice import Choice
from ui.widgets.label import Label
from ui.widgets.layout import row
from ui.widgets.progress_line import ProgressLine
from ui.widgets.segmented import SegmentedControl
from ui.widgets.sheet import Sheet

Stretch = tuple[date, date]


def open_prints(desk: Desk, first: date, last: date, parent: QWidget, *, published: int = 0) -> PrintsSheet:
    """What Ctrl+P and a publication open; `published` is the number of the version just made."""
    sheet = PrintsSheet(desk, first, last, parent, published=published)
    sheet.open()
    return sheet


class PrintsSheet(Sheet):
    """Every line has a digit as its key. Paper shows what is published; the workbook the board as it stands."""

    def __init__(self, desk: Desk, first: date, last: date, parent: QWidget, *, published: int = 0) -> None:
        title = tr("Version {n} is published. What next?", n=published) if published else tr("Print and export")
        super().__init__(title, parent, width=620)
        self._desk = desk
        self._home = parent
        self._shown = (first, last)
        self._job: Job | None = None
        self.stretch = SegmentedControl(_stretches(first, last), name=tr("Period"))
        self.stretch.chosen.connect(lambda _stretch: self._load())
        self.who = Choice([("", tr("All experts"))])
        self.who.set_value("")
        self.who.setAccessibleName(tr("Expert"))
        self.who.setMinimumContentsLength(16)
        self.progress = ProgressLine(self._cancel)
        self.body.addLayout(row(self.stretch, None))
        self.body.addLayout(row(Label(tr("For"), "label"), self.who, None))
        self.buttons = self._make_buttons()
        self._name_posters()
        grid = QGridLayout()
        grid.setSpacing(desk.theme.px(8))
        for number, button in enumerate(self.buttons.values()):
            grid.addWidget(button, number // 2, number % 2)
        self.body.addLayout(grid)
        hint = tr("Paper and calendar files show what is published, the spreadsheet also the draft.")
        self.body.addWidget(Label(hint, "hint", wrap=True))
        self.body.addWidget(self.progress)
        self.add_button(tr("Close"), self.reject, kind="primary")
        self._load()

    def _make_buttons(self) -> dict[str, Button]:
        acts: list[tuple[str, str, Callable[[], object], str]] = [
            ("week", tr("Poster of the week"), self.week_poster, "printer"),
            ("month", tr("Poster of the month"), self.month_poster, "printer"),
            ("sheets", tr("A page for each expert"), self.duty_sheets, "users"),
            ("calendar", tr("Calendar file (.ics)"), self.calendar, "calendar-days"),
            ("book", tr("Spreadsheet (.xlsx)"), self.spreadsheet, "columns-2"),
            ("folder", tr("All of it into a folder"), self.everything, "folder-open"),
            ("versions", tr("Versions and their differences"), self.versions, "history"),
        ]
        made: dict[str, Button] = {}
        for number, (key, words, act, icon) in enumerate(acts, start=1):
            made[key] = SecondaryButton(words, act, icon=icon, shortcut=str(number))
            made[key].setAutoDefault(True)
        return made

    def _name_posters(self) -> None:
        """Which week and which month, so that no paper is wasted."""
        first = self._shown[0]
        week = period_words(monday(first), monday(first) + timedelta(days=6))
        month = tr("{month}/{year}", month=first.month, year=first.year)
        self.buttons["week"].set_text(f"{tr('Poster of the week')} · {week}")
        self.buttons["month"].set_text(f"{tr('Poster of the month')} · {month}")

    def period(self) -> Stretch:
        """The days that are printed."""
        value = self.stretch.value()
        return {"month": _month(self._shown[0]), "quarter": _quarter(self._shown[0])}.get(str(value), self._shown)

    # --- paper ---

    def week_poster(self) -> None:
        first = self._shown[0]
        name = tr("Rota of the week of {day}", day=first.isoformat())
        self._preview(tr("Poster of the week"), name, True, self._desk.services.publication.week_poster, first)

    def month_poster(self) -> None:
        first = self._shown[0]
        name = f"{tr('Rota')}-{first:%Y-%m}"
        make = self._desk.services.publication.month_poster
        self._preview(tr("Poster of the month"), name, True, make, first.year, first.month)

    def duty_sheets(self) -> None:
        first, last = self.period()
        who = self.who.value()
        name = f"{self._whose()}-{first:%Y%m%d}-{last:%Y%m%d}"
        make = self._desk.services.publication.duty_sheets
        self._preview(tr("A page for each expert"), name, False, make, first, last, [who] if who else None)

    def versions(self) -> None:
        VersionsSheet(self._desk, self).open()

    # --- files ---

    def calendar(self) -> None:
        """One expert: a file; all of them: a folder."""
        first, last = self.period()
        if not self.who.value():
            self._into_folder((Kind.CALENDARS,))
            return
        name = f"{self._whose()}-{first:%Y%m%d}-{last:%Y%m%d}.ics"
        make = self._desk.services.publication.calendar_file
        self._into_file(name, tr("Calendar") + " (*.ics)", make, str(self.who.value()), first, last)

    def spreadsheet(self) -> None:
        first, last = self.period()
        name = f"{tr('Rota')}-{first:%Y%m%d}-{last:%Y%m%d}.xlsx"
        self._into_file(name, "Excel (*.xlsx)", self._desk.services.publication.spreadsheet, first, last)

    def everything(self) -> None:
        self._into_folder(tuple(Kind))

    def reject(self) -> None:
        """Closing stops what is being written; nothing half is left."""
        self._cancel()
        super().reject()

    # --- inside ---

    def _load(self) -> None:
        run_job(self, self._desk.services.publication.on_paper, *self.period(), lane="read", on_done=self._show_people)

    def _show_people(self, people: tuple[tuple[str, str], ...]) -> None:
        kept = self.who.value()
        self.who.set_options([("", tr("All experts")), *people])
        if self.who.value() != kept or kept is None:
            self.who.set_value("")

    def _whose(self) -> str:
        return self.who.currentText() if self.who.value() else tr("Rota")

    def _preview(self, title: str, name: str, wide: bool, make: Callable[..., bytes], *args: Any) -> None:
        home = self._home.window()

        def show(data: bytes) -> None:
            paper = PdfSheet(title, safe_name(f"{name}.pdf").removesuffix(".pdf"), data, home, wide=wide)
            paper.finished.connect(self._take_keys)
            paper.open()

        run_job(self, make, *args, lane="pool", on_done=show)

    def _take_keys(self, _code: int) -> None:
        """The paper is put away: the digits are for this sheet again."""
        self.activateWindow()

    def _into_file(self, name: str, kinds: str, make: Callable[..., bytes], *args: Any) -> None:
        home = self._home

        def saved(where: Path) -> None:
            notify.say(home, tr("Saved: {path}", path=where))

        def write(path: Path) -> None:
            run_job(home, lambda: write_pdf(path, make(*args)), lane="pool", on_done=saved)

        ask.save_file(self, tr("Where to save"), safe_name(name), kinds, on_path=write)

    def _into_folder(self, kinds: tuple[Kind, ...]) -> None:
        ask.folder(self, tr("Into which folder"), on_path=lambda path: self._export(path, kinds))

    def _export(self, folder: Path, kinds: tuple[Kind, ...]) -> None:
        if self._job is not None:
            return
        self.progress.begin(tr("Writing files…"))
        self._job = run_job(
            self,
            self._desk.services.publication.export_all,
            folder,
            *self.period(),
            kinds,
            lane="pool",
            on_progress=self.progress.show_progress,
            on_done=self._exported,
            on_end=self._over,
        )

    def _exported(self, done: Exported) -> None:
        said = ntr("{n} file in {folder}", "{n} files in {folder}", len(done.files), folder=done.folder)
        notify.say(self._home, said)

    def _over(self) -> None:
        self._job = None
        self.progress.end()

    def _cancel(self) -> None:
        if self._job is not None:
            self._job.cancel()


def _stretches(first: date, last: date) -> list[tuple[object, str]]:
    quarter = _quarter(first)
    return [
        ("shown", period_words(first, last)),
        ("month", tr("{month}/{year}", month=first.month, year=first.year)),
        ("quarter", period_words(*quarter)),
    ]


def _month(day: date) -> Stretch:
    return day.replace(day=1), month_end(day)


def _quarter(day: date) -> Stretch:
    first = quarter_start(day)
    return first, month_end(date(first.year, first.month + 2, 1))
