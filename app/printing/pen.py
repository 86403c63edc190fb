"""The one place that draws on a PDF: our fonts only, kept in memory, the same bytes for the same content.

Nothing personal goes into the document's properties, and nothing into a temporary file.
"""

from __future__ import annotations

import io
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import segno
from reportlab.pdfbase.pdfdoc import PDFObjectReference, PDFResourceDictionary
from reportlab.pdfgen.canvas import Canvas

from app.printing import fonts
from app.printing.breaking import Line

MM = 72 / 25.4
A4 = (210 * MM, 297 * MM)
A4_LANDSCAPE = (297 * MM, 210 * MM)

Colour = tuple[float, float, float]
INK: Colour = (0.10, 0.14, 0.20)
MUTED: Colour = (0.36, 0.41, 0.47)
FAINT: Colour = (0.80, 0.82, 0.85)
PALE: Colour = (0.955, 0.962, 0.970)
ACCENT: Colour = (0.043, 0.478, 0.400)
URGENT: Colour = (0.706, 0.137, 0.094)
_WATERMARK: Colour = (0.905, 0.915, 0.925)

_LOOSE = 0.09
"""Spacing, in em, from which readers of PDFs take every character for a word of its own."""

_FONT_SET = re.compile(r"/(F\d+\+\d+) [\d.]+ Tf")

_saving = threading.Lock()  # the library's parsed fonts are shared, and moved about in while subsets are cut


class _LeanCanvas(Canvas):
    """Names for each page only the fonts it uses. The library names all of the document's on each, which makes
    readers parse every subset again for every page: minutes for a long document."""

    def _setXObjects(self, thing: Any) -> None:
        super()._setXObjects(thing)  # type: ignore[misc]
        code = "\n".join(self._code)  # type: ignore[attr-defined]
        names = sorted(set(_FONT_SET.findall(code)))
        thing.Resources = PDFResourceDictionary(
            Font={name: PDFObjectReference(name) for name in names}, XObject=thing.XObjects or {}
        )


@dataclass(frozen=True, slots=True)
class Style:
    """How a text looks. `stroke` thickens the face by that part of an em: a bold that the serif face lacks."""

    face: str = fonts.SERIF
    size: float = 11
    leading: float = 18
    colour: Colour = INK
    stroke: float = 0.0


class Pen:
    """A document being drawn; `y` grows upwards, in points."""

    def __init__(self, size: tuple[float, float], title: str, author: str) -> None:
        fonts.use()
        self.width, self.height = size
        self._out = io.BytesIO()
        self._canvas: Any = _LeanCanvas(
            self._out,
            pagesize=size,
            initialFontName=fonts.SANS,  # type: ignore[arg-type]
            pageCompression=1,
            invariant=1,
            lang="zh-CN",
        )
        self._canvas.setTitle(title)
        self._canvas.setAuthor(author)
        self._canvas.setSubject("")
        self._canvas.setCreator("Longshan Desk")
        self._canvas.setProducer("Longshan Desk")
        self._canvas.setViewerPreference("PrintScaling", "None")
        self._colour: Colour | None = None
        self._stamps: dict[str, str] = {}
        self._codes: dict[str, str] = {}

    # Pages

    def next_page(self) -> None:
        self._canvas.showPage()
        self._colour = None

    def finish(self) -> bytes:
        """The file's bytes; the pen is used up."""
        with _saving:
            self._canvas.save()
        return self._out.getvalue()

    def stamp(self, name: str, draw: Callable[[], None]) -> None:
        """Draws what is the same on many pages; it is stored once under `name`."""
        if name not in self._stamps:
            self._stamps[name] = f"stamp{len(self._stamps)}"
            self._define(self._stamps[name], self.width, self.height, draw)
        self._canvas.doForm(self._stamps[name])

    def _define(self, name: str, width: float, height: float, draw: Callable[[], None]) -> None:
        """Draws into a form instead of the page, and goes on with the page as it was."""
        colour, self._colour = self._colour, None
        self._canvas.beginForm(name, 0, 0, width, height)
        draw()
        self._canvas.endForm()
        self._colour = colour

    # Text

    def measure(self, text: str, style: Style) -> float:
        """The width of `text` in points."""
        widths = fonts.advances(style.face)
        text = fonts.plain(text)
        return sum(widths.get(ord(c), 1000.0) for c in text) * style.size / 1000

    def text(
        self,
        x: float,
        y: float,
        text: str,
        style: Style,
        align: Literal["left", "centre", "right"] = "left",
        spacing: float = 0.0,
    ) -> float:
        """Draws one line with its baseline at `y`; `spacing` in points. Returns its width."""
        text = fonts.plain(text)
        if not text:
            return 0.0
        width = self.measure(text, style) + spacing * (len(text) - 1)
        if align != "left":
            x -= width if align == "right" else width / 2
        spelled = text if spacing > _LOOSE * style.size else None
        self._runs([(x, text)], y, style, spacing, spelled)
        return width

    def line(self, x: float, y: float, line: Line, style: Style, room: float, widths: dict[int, float]) -> None:
        """Draws a broken line with its baseline at `y`, spread to `room` points if it is full."""
        size, shown = style.size, line.shown
        if not shown:
            return
        spacing = 0.0
        if line.full and len(shown) > 1:
            spacing = max(0.0, room - line.width * size) / (len(shown) - 1)
        x -= line.lead * size
        runs: list[tuple[float, str]] = []
        start = 0
        for index in line.squeezes:
            run = shown[start : index + 1]
            runs.append((x, run))
            x += sum(widths.get(ord(c), 1000.0) for c in run) * size / 1000 + spacing * len(run) - size / 2
            start = index + 1
        runs.append((x, shown[start:]))
        self._runs(runs, y, style, spacing, shown if spacing > _LOOSE * size else None)

    def _runs(
        self, runs: list[tuple[float, str]], y: float, style: Style, spacing: float, spelled: str | None = None
    ) -> None:
        canvas = self._canvas
        self._ink(style.colour)
        if spelled is not None:
            words = "FEFF" + spelled.encode("utf-16-be").hex().upper()
            canvas._code.append(f"/Span <</ActualText <{words}>>> BDC")
        text = canvas.beginText()
        text.setFont(style.face, style.size)
        if spacing:
            text.setCharSpace(spacing)
        if style.stroke:
            canvas.setStrokeColorRGB(*style.colour)
            canvas.setLineWidth(style.stroke * style.size)
            text.setTextRenderMode(2)
        for x, run in runs:
            text.setTextOrigin(x, y)
            text.textOut(run)
        if style.stroke:
            text.setTextRenderMode(0)
        if spacing:
            text.setCharSpace(0)
        canvas.drawText(text)
        if spelled is not None:
            canvas._code.append("EMC")

    def _ink(self, colour: Colour) -> None:
        if colour != self._colour:
            self._canvas.setFillColorRGB(*colour)
            self._colour = colour

    # Shapes

    def rule(
        self, x1: float, y1: float, x2: float, y2: float, colour: Colour = FAINT, width: float = 0.6, dash: bool = False
    ) -> None:
        """A straight line."""
        canvas = self._canvas
        canvas.setStrokeColorRGB(*colour)
        canvas.setLineWidth(width)
        if dash:
            canvas.setDash(3, 2.4)
        canvas.line(x1, y1, x2, y2)
        if dash:
            canvas.setDash()

    def box(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        fill: Colour | None = None,
        line: Colour | None = None,
        radius: float = 0.0,
        weight: float = 0.7,
    ) -> None:
        """A rectangle with its lower left corner at (x, y)."""
        canvas = self._canvas
        if fill:
            self._ink(fill)
        if line:
            canvas.setStrokeColorRGB(*line)
            canvas.setLineWidth(weight)
        canvas.roundRect(x, y, width, height, radius, stroke=int(line is not None), fill=int(fill is not None))

    def qr(self, x: float, y: float, side: float, payload: str) -> None:
        """A QR code as vectors, its lower left corner at (x, y); the caller leaves the quiet zone."""
        name = self._codes.get(payload)
        if name is None:
            name = self._codes[payload] = f"qr{len(self._codes)}"
            self._define(name, 1000, 1000, lambda: self._modules(payload))
        canvas = self._canvas
        canvas.saveState()
        canvas.transform(side / 1000, 0, 0, side / 1000, x, y)
        canvas.doForm(name)
        canvas.restoreState()

    def _modules(self, payload: str) -> None:
        """The dark modules in a square of 1000, those beside each other as one rectangle."""
        matrix = segno.make(payload, error="m", micro=False).matrix
        module = 1000 / len(matrix)
        self._ink((0, 0, 0))
        path = self._canvas.beginPath()
        for row, modules in enumerate(matrix):
            start = None
            for column, dark in enumerate([*modules, 0]):
                if dark and start is None:
                    start = column
                elif not dark and start is not None:
                    path.rect(start * module, 1000 - (row + 1) * module, (column - start) * module, module)
                    start = None
        self._canvas.drawPath(path, stroke=0, fill=1)

    def scissors(self, x: float, y: float, size: float, colour: Colour = MUTED) -> None:
        """Scissors that cut to the right along `y`: the fonts have no such sign."""
        canvas = self._canvas
        canvas.saveState()
        canvas.setStrokeColorRGB(*colour)
        canvas.setLineWidth(size * 0.09)
        canvas.setLineCap(1)
        ring = size * 0.17
        for side in (1, -1):
            canvas.circle(x + ring, y + side * size * 0.24, ring, stroke=1, fill=0)
            canvas.line(x + 1.85 * ring, y + side * size * 0.15, x + size, y - side * size * 0.22)
        canvas.restoreState()

    def watermark(self, words: str) -> None:
        """Large pale words across the page, below what is drawn after them, and silent when copied."""
        canvas = self._canvas
        size = min(self.width, self.height) / (len(words) + 1.4)
        style = Style(face=fonts.SANS_BOLD, size=size, colour=_WATERMARK)
        canvas.saveState()
        canvas._code.append("/Artifact <</Type /Pagination /Subtype /Watermark>> BDC /Span <</ActualText <FEFF>>> BDC")
        canvas.translate(self.width / 2, self.height / 2)
        canvas.rotate(32)
        self.text(0, -size * 0.36, words, style, "centre", spacing=0)
        canvas._code.append("EMC EMC")
        canvas.restoreState()
        self._colour = None
