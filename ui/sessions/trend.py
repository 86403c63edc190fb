"""Totals of one scale over time: a line of a few points, drawn; nothing to point at, nothing to zoom."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import QPointF, QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.cases.views import AssessmentView
from app.common.words import tr
from ui import theme
from ui.widgets import paint

HEIGHT = 92


class Trend(QWidget):
    """`show_points` takes the results of one scale, oldest first, and the scale's highest total."""

    def __init__(self) -> None:
        super().__init__()
        self._points: list[AssessmentView] = []
        self._most = 27
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_points(self, points: list[AssessmentView], most: int) -> None:
        self._points, self._most = points, max(1, most)
        spoken = "，".join(f"{point.day.isoformat()} {point.total}" for point in points)
        self.setAccessibleName(tr("Trend: {points}", points=spoken))
        flag = tr("item 9 above zero")
        lines = (f"{point.day.isoformat()}  {point.total}" + (f"  {flag}" if point.flagged else "") for point in points)
        self.setToolTip("\n".join(lines))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(paint.px(180), paint.px(HEIGHT))

    def places(self) -> list[QPointF]:
        """Where each point stands: by its day from left to right, by its total upwards."""
        left, right = paint.px(32), self.width() - paint.px(10)
        top, bottom = paint.px(8), self.height() - paint.px(10)
        if not self._points:
            return []
        first, last = self._points[0].day.toordinal(), self._points[-1].day.toordinal()
        placed = []
        for number, point in enumerate(self._points):
            part = (point.day.toordinal() - first) / (last - first) if last > first else 0.5
            if last == first and len(self._points) > 1:
                part = number / (len(self._points) - 1)
            y = bottom - (bottom - top) * min(1.0, point.total / self._most)
            placed.append(QPointF(left + (right - left) * part, y))
        return placed

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        top, bottom = paint.px(8), self.height() - paint.px(10)
        made = paint.font(11)
        for part in (0, 1, 2, 3):
            y = bottom - (bottom - top) * part // 3
            painter.fillRect(paint.px(24), y, self.width() - paint.px(24), 1, theme.colour("line"))
            value = str(round(self._most * part / 3))
            box = QRect(0, y - paint.px(8), paint.px(20), paint.px(16))
            paint.text(painter, box, value, made, theme.colour("muted"), right=True)
        placed = self.places()
        painter.setPen(QPen(theme.colour("accent"), 2))
        for before, after in pairwise(placed):
            painter.drawLine(before, after)
        for place, point in zip(placed, self._points, strict=True):
            self._point(painter, place, flagged=point.flagged)
        painter.end()

    def _point(self, painter: QPainter, place: QPointF, *, flagged: bool) -> None:
        """A flagged one is a ring, so that it differs without its colour too."""
        if flagged:
            painter.setPen(QPen(theme.colour("urgent"), 2))
            painter.setBrush(theme.colour("surface"))
        else:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("accent"))
        painter.drawEllipse(place, paint.px(4), paint.px(4))
