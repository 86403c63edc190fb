"""A page before it goes to the printer or into a file: the sheet shows the very PDF."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QWidget

from app.common.words import tr
from ui import notify, theme
from ui.jobs import run_job
from ui.referrals import printing
from ui.referrals.paper import PaperView
from ui.widgets.button import Button
from ui.widgets.sheet import Sheet


class PdfSheet(Sheet):
    """`name` is the file's and the print job's. Nothing touches the disk until it is saved."""

    def __init__(self, title: str, name: str, data: bytes, parent: QWidget, *, wide: bool = False) -> None:
        super().__init__(title, parent, width=900 if wide else 760)
        self._home = parent
        self._name = name
        self.data = data
        self.paper = PaperView(whole=wide)
        self.paper.setAccessibleName(title)
        tallest = max(240, parent.window().height() - theme.current().px(200))
        self.paper.setFixedHeight(min(theme.current().px(600), tallest))
        self.body.addWidget(self.paper)
        self.paper.show_pdf(data)
        self.add_button(tr("Close"), self.reject)
        printer = printing.has_printer()
        self.save_button: Button = self.add_button(
            tr("Save as PDF"), self._save, kind="secondary" if printer else "primary"
        )
        if printer:
            self.add_button(tr("Print"), self._print, kind="primary")

    def _save(self) -> None:
        printing.ask_where(self, self._name, self.save_to)

    def save_to(self, path: Path) -> None:
        """Writes the file and says where it is."""
        home = self._home

        def saved(where: Path) -> None:
            notify.say(home, tr("Saved: {path}", path=where))

        run_job(home, printing.write_pdf, path, self.data, lane="pool", on_done=saved)
        self.accept()

    def _print(self) -> None:
        printing.open_dialog(self, self.data, self._name, self.accept)
