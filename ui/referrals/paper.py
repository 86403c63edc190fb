"""Paper on screen: the very PDF that is printed, page under page, drawn by QtPdf from memory."""

from __future__ import annotations

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRect, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtPdf import QPdfDocument
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QWidget

from app.common.words import ntr, tr
from ui import theme
from ui.widgets import paint

GAP = 16
SHADOW = 3
FINER = 2
"""Drawn larger and made smaller again: at screen size the strokes of Chinese would run together."""


class PdfInMemory:
    """A document that never touches the disk. Keep it as long as its pages are drawn."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self._bytes = QByteArray(data)
        self._buffer = QBuffer(self._bytes)
        self._buffer.open(QIODevice.OpenModeFlag.ReadOnly)
        self.document = QPdfDocument(self._buffer)
        self.document.load(self._buffer)

    @property
    def pages(self) -> int:
        count: int = self.document.pageCount()
        return count

    def image(self, page: int, size: QSize) -> QImage:
        """One page on white."""
        drawn = self.document.render(page, size * FINER)
        sheet = QImage(size, QImage.Format.Format_RGB32)
        sheet.fill(QColor("white"))
        painter = QPainter(sheet)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        smooth = Qt.TransformationMode.SmoothTransformation
        painter.drawImage(0, 0, drawn.scaled(size, Qt.AspectRatioMode.IgnoreAspectRatio, smooth))
        painter.end()
        return sheet

    def height_for(self, page: int, width: int) -> int:
        """How high a page is that is `width` wide."""
        points = self.document.pagePointSize(page)
        return round(width * points.height() / max(1.0, points.width()))

    def width_for(self, page: int, height: int) -> int:
        """How wide a page is that is `height` high."""
        points = self.document.pagePointSize(page)
        return round(height * points.width() / max(1.0, points.height()))

    def text(self) -> str:
        """What the first page says, for whoever listens instead of looking."""
        said: str = self.document.getAllText(0).text() if self.pages else ""
        return said

    def close(self) -> None:
        """Lets go of the content."""
        self.document.close()
        self._buffer.close()
        self._bytes.clear()
        self.data = b""


class _Pages(QWidget):
    """The pages themselves; as high as they need."""

    def __init__(self, whole: bool) -> None:
        super().__init__()
        self.setProperty("kind", "plain")
        self._whole = whole
        self._room = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.pdf: PdfInMemory | None = None
        self._images: dict[tuple[int, int], QImage] = {}

    def show_pdf(self, pdf: PdfInMemory | None) -> None:
        self._images.clear()
        if self.pdf is not None:
            self.pdf.close()
        self.pdf = pdf
        self.fit(self.width(), self._room)
        self.update()

    def set_whole(self, whole: bool) -> None:
        """Whether a page must fit into the view, or only its width."""
        self._whole = whole

    def fit(self, width: int, room: int) -> None:
        """Takes the height that its pages have at this width; `room` is how much of it shows."""
        self._room = room
        height = sum(rect.height() + paint.px(GAP) for rect in self._places(width)) + paint.px(GAP)
        self.setFixedHeight(max(1, height if self.pdf is not None else 1))

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.pdf is None:
            return
        painter = QPainter(self)
        for page, place in enumerate(self._places(self.width())):
            if place.intersects(event.rect()):
                for depth in range(SHADOW, 0, -1):
                    painter.fillRect(place.adjusted(-1, 0, 1, depth), QColor(16, 24, 32, 14))
                painter.drawImage(place, self._image(page, place))
        painter.end()

    def _places(self, width: int) -> list[QRect]:
        if self.pdf is None:
            return []
        side = paint.px(GAP)
        places, top = [], side
        for page in range(self.pdf.pages):
            wide = max(40, width - 2 * side)
            if self._whole and self._room:
                wide = min(wide, max(200, self.pdf.width_for(page, self._room - 2 * side)))
            high = self.pdf.height_for(page, wide)
            places.append(QRect((width - wide) // 2, top, wide, high))
            top += high + side
        return places

    def _image(self, page: int, place: QRect) -> QImage:
        ratio = self.devicePixelRatioF()
        key = (page, round(place.width() * ratio))
        if key not in self._images and self.pdf is not None:
            size = QSize(round(place.width() * ratio), round(place.height() * ratio))
            made = self.pdf.image(page, size)
            made.setDevicePixelRatio(ratio)
            self._images[key] = made
        return self._images[key]


class PaperView(QScrollArea):
    """Shows a PDF as wide as there is room, or with `whole` a page at a glance."""

    def __init__(self, *, whole: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pages = _Pages(whole)
        self.setWidget(self._pages)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.viewport().setAutoFillBackground(False)
        self.setAccessibleName(tr("Preview"))
        theme.current().changed.connect(self._fit)

    def show_pdf(self, data: bytes | None) -> None:
        """Other paper, or none; stays where it was scrolled to if it is as long as before."""
        where = self.verticalScrollBar().value()
        pdf = PdfInMemory(data) if data else None
        self._pages.show_pdf(pdf)
        self._fit()
        self.verticalScrollBar().setValue(where if pdf is not None else 0)
        pages = ntr("{n} page", "{n} pages", pdf.pages) if pdf is not None else ""
        self.setAccessibleDescription(f"{pages}\n{pdf.text()}" if pdf is not None else "")

    def pdf(self) -> PdfInMemory | None:
        """What is shown."""
        return self._pages.pdf

    def set_whole(self, whole: bool) -> None:
        """A whole page at a glance, or as wide as there is room."""
        self._pages.set_whole(whole)
        self._fit()
        self._pages.update()

    def to_top(self) -> None:
        self.verticalScrollBar().setValue(0)

    def resizeEvent(self, event: object) -> None:
        super().resizeEvent(event)  # type: ignore[arg-type]
        self._fit()

    def _fit(self) -> None:
        self._pages.fit(self.viewport().width(), self.viewport().height())
