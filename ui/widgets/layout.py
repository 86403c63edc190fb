"""Layouts with the design's distances, so that no screen spells margins out."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QLayout, QLayoutItem, QScrollArea, QVBoxLayout, QWidget

from ui import theme

L = TypeVar("L", bound=QBoxLayout)

Item = QWidget | QLayout | int | None
"""A widget, a layout, a distance in px, or None for what takes up the rest."""


def column(
    *items: Item, parent: QWidget | None = None, space: int = 8, margins: int | tuple[int, int, int, int] = 0
) -> QVBoxLayout:
    """Items from top to bottom. With `parent` it becomes that widget's layout."""
    return _fill(QVBoxLayout(), items, parent, space, margins)


def row(
    *items: Item, parent: QWidget | None = None, space: int = 8, margins: int | tuple[int, int, int, int] = 0
) -> QHBoxLayout:
    """Items from left to right."""
    return _fill(QHBoxLayout(), items, parent, space, margins)


def holder(layout: QBoxLayout) -> QWidget:
    """A see-through widget around a layout, for what must be hidden or shown as one."""
    made = QWidget()
    made.setProperty("kind", "plain")
    made.setLayout(layout)
    return made


def hairline() -> QFrame:
    """A line from side to side."""
    made = QFrame()
    made.setProperty("kind", "line")
    made.setFixedHeight(1)
    return made


def scrolling(content: QWidget) -> QScrollArea:
    """Content that scrolls downwards when there is too much of it."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    content.setProperty("kind", "plain")
    area.setWidget(content)
    area.viewport().setAutoFillBackground(False)
    return area


def clear(layout: QBoxLayout) -> None:
    """Takes everything out and deletes it."""
    while layout.count():
        item: QLayoutItem | None = layout.takeAt(0)
        if item is None:
            return
        widget, inner = item.widget(), item.layout()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
        elif isinstance(inner, QBoxLayout):
            clear(inner)


def _fill(
    made: L, items: tuple[Item, ...], parent: QWidget | None, space: int, margins: int | tuple[int, int, int, int]
) -> L:
    sides = (margins,) * 4 if isinstance(margins, int) else margins
    scale = theme.current().px
    made.setContentsMargins(*(scale(side) for side in sides))
    made.setSpacing(scale(space))
    for item in items:
        if item is None:
            made.addStretch(1)
        elif isinstance(item, int):
            made.addSpacing(scale(item))
        elif isinstance(item, QWidget):
            made.addWidget(item)
        else:
            made.addLayout(item)
    if parent is not None:
        parent.setLayout(made)
    return made
