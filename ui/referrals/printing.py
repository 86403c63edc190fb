"""From the same bytes to the printer or to a file. Pages are drawn at the printer's own resolution."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPageLayout, QPageSize, QPainter
from PySide6.QtPrintSupport import QPrintDialog, QPrinter, QPrinterInfo
from PySide6.QtWidgets import QDialog, QFileDialog, QWidget

from app.common.errors import EnvironmentFault
from app.common.words import N_, tr
from ui import notify
from ui.referrals.paper import PdfInMemory

MOST_DPI = 300


def has_printer() -> bool:
    """Whether this PC knows a printer at all."""
    return bool(QPrinterInfo.availablePrinterNames())


def open_dialog(owner: QWidget, data: bytes, title: str, on_printed: Callable[[], object]) -> QPrintDialog:
    """Qt's print dialog, without a nested event loop; prints when accepted."""
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    lay_as(printer, data)
    printer.setDocName(title)
    dialog = QPrintDialog(printer, owner)
    dialog.setWindowTitle(tr("Print"))

    def go() -> None:
        if print_pdf(printer, data):
            on_printed()
        else:
            notify.fail(owner, tr("The printer did not take the letter. Nothing was marked as printed."))

    dialog.accepted.connect(go)
    dialog.finished.connect(lambda _code: dialog.deleteLater())
    QDialog.open(dialog)  # QPrintDialog's own `open` takes a slot
    return dialog


def lay_as(printer: QPrinter, data: bytes) -> None:
    """Turns the paper as the document's first page lies."""
    pdf = PdfInMemory(data)
    wide = pdf.pages > 0 and pdf.height_for(0, 1000) < 1000
    pdf.close()
    printer.setPageOrientation(QPageLayout.Orientation.Landscape if wide else QPageLayout.Orientation.Portrait)


def print_pdf(printer: QPrinter, data: bytes) -> bool:
    """Draws every page to the full sheet; False if the printer refuses."""
    pdf = PdfInMemory(data)
    printer.setFullPage(True)
    painter = QPainter()
    if not painter.begin(printer):
        return False
    try:
        for page in range(pdf.pages):
            if page and not printer.newPage():
                return False
            room = QRectF(0, 0, printer.width(), printer.height())
            share = min(1.0, MOST_DPI / max(1, printer.resolution()))
            size = QSize(round(room.width() * share), round(room.height() * share))
            painter.drawImage(room, pdf.image(page, size))
    finally:
        painter.end()
        pdf.close()
    return True


def ask_where(owner: QWidget, name: str, on_path: Callable[[Path], object]) -> QFileDialog:
    """Asks for a file name for a PDF."""
    dialog = QFileDialog(owner, tr("Save as PDF"), "", "PDF (*.pdf)")
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix("pdf")
    dialog.selectFile(f"{name}.pdf")
    dialog.fileSelected.connect(lambda path: on_path(Path(path)))
    dialog.finished.connect(lambda _code: dialog.deleteLater())
    dialog.open()
    return dialog


def write_pdf(path: Path, data: bytes) -> Path:
    """Writes a file readable by its owner only; EnvironmentFault in words."""
    temporary = path.with_name(f".{path.name}.part")
    try:
        temporary.touch(mode=0o600)
        temporary.write_bytes(data)
        temporary.replace(path)
    except OSError:
        refused = N_("The file {path} cannot be written. Is the disk full, or the folder read-only?")
        raise EnvironmentFault("cannot-write", refused, path=path) from None
    return path
