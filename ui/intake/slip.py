"""Numbered slips to the printer, or to a file on a PC that has none."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QSizeF
from PySide6.QtGui import QPageLayout, QPageSize
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QDialog, QWidget

from app.common.words import tr
from ui import notify
from ui.jobs import run_job
from ui.referrals.paper import PdfInMemory
from ui.referrals.printing import ask_where, has_printer, print_pdf, write_pdf


def print_slips(owner: QWidget, make: Callable[[str], bytes], visit_ids: Sequence[str]) -> None:
    """Draws the slips, then asks for the printer (or, without one, for a file)."""
    run_job(owner, lambda: [make(visit_id) for visit_id in visit_ids], on_done=lambda made: _put(owner, made))


def _put(owner: QWidget, made: list[bytes]) -> None:
    if has_printer():
        _dialog(owner, made)
        return
    for number, data in enumerate(made, start=1):
        name = tr("slip") if len(made) == 1 else f"{tr('slip')}-{number}"
        ask_where(owner, name, lambda path, data=data: run_job(owner, write_pdf, path, data, lane="pool"))  # type: ignore[misc]


def _dialog(owner: QWidget, made: list[bytes]) -> None:
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setPageSize(_page_size(made[0]))
    printer.setPageOrientation(QPageLayout.Orientation.Portrait)
    printer.setDocName(tr("slip"))
    dialog = QPrintDialog(printer, owner)
    dialog.setWindowTitle(tr("Print"))

    def go() -> None:
        for data in made:
            printer.setPageSize(_page_size(data))
            if not print_pdf(printer, data):
                notify.fail(owner, tr("The printer did not take the slip."))
                return

    dialog.accepted.connect(go)
    dialog.finished.connect(lambda _code: dialog.deleteLater())
    QDialog.open(dialog)


def _page_size(data: bytes) -> QPageSize:
    """The slip's own size: 80 mm wide, as long as it is."""
    pdf = PdfInMemory(data)
    points = pdf.document.pagePointSize(0)
    pdf.close()
    return QPageSize(QSizeF(points.width(), points.height()), QPageSize.Unit.Point, tr("slip"))
