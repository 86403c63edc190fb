"""What differs between two states of the rota, by session or by the people to be told."""

from __future__ import annotations

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from app.common.words import ntr, tr
from app.rota.publication_views import Comparison
from ui import notify, theme
from ui.rota.models import period_words, slot_words
from ui.tokens import ROW_HEIGHT
from ui.widgets.button import QuietButton
from ui.widgets.label import Label
from ui.widgets.layout import column, row
from ui.widgets.row import Columns, Row
from ui.widgets.row_list import RowList
from ui.widgets.segmented import SegmentedControl

_BADGES = {"added": "accent", "removed": "urgent", "room": "info", "hands": "attention"}


_SAME = "\u3000"
"""Keeps the place of a name that stands above."""


class ChangesView(QWidget):
    """`waiting`: changes that are in force already say so. Enter in the list is `list.opened`."""

    def __init__(self, *, waiting: bool = False, height: int = 250) -> None:
        super().__init__()
        self.setProperty("kind", "plain")
        self._waiting = waiting
        self._comparison: Comparison | None = None
        self.mode = SegmentedControl(
            [("sessions", tr("By session")), ("people", tr("Whom to tell"))], name=tr("Changes")
        )
        self.mode.chosen.connect(lambda _mode: self._draw())
        self.copy_button = QuietButton(tr("Copy the list"), self.copy, icon="copy", shortcut="Ctrl+Shift+C")
        self.list = RowList(tr("Changes"), Columns(lead=146))
        self._tallest = height
        self.nothing = Label("", "muted", wrap=True)
        column(row(self.mode, None, self.copy_button), self.list, self.nothing, parent=self)
        self._draw()

    def show_changes(self, comparison: Comparison | None) -> None:
        """None while they are being loaded."""
        self._comparison = comparison
        self._draw()

    def copy(self) -> None:
        """The lines on show as text, for a message to the experts; nothing in them is about clients."""
        QGuiApplication.clipboard().setText("\n".join(self.text()))
        notify.say(self, tr("Copied."))

    def text(self) -> list[str]:
        """A line a row."""
        found, lead = [], ""
        for one in self.list.rows():
            lead = one.lead if one.lead != _SAME else lead
            found.append(" ".join(part for part in (lead, one.title, one.detail) if part))
        return found

    def _draw(self) -> None:
        comparison = self._comparison
        rows: list[Row] = []
        if comparison is not None:
            rows = self._people(comparison) if self.mode.value() == "people" else self._sessions(comparison)
        self.list.set_rows(rows)
        if rows and not self.list.key():
            self.list.choose_first()
        self.list.setFixedHeight(theme.current().px(min(self._tallest, ROW_HEIGHT * len(rows) + 2)))
        self.list.setVisible(bool(rows))
        self.copy_button.setEnabled(bool(rows))
        self.nothing.setText(self._said(comparison, rows))
        self.nothing.setVisible(bool(self.nothing.text()))

    def _said(self, comparison: Comparison | None, rows: list[Row]) -> str:
        if comparison is None:
            return tr("Loading…")
        parts = []
        if comparison.fresh:
            said = ntr("{n} duty on days that were never published before.",
                       "{n} duties on days that were never published before.", comparison.fresh)  # fmt: skip
            parts.append(said)
        if not rows and not comparison.fresh:
            parts.append(tr("Nothing differs on {days}.", days=period_words(comparison.first, comparison.last)))
        return " ".join(parts)

    def _sessions(self, comparison: Comparison) -> list[Row]:
        words = {
            "added": tr("added"),
            "removed": tr("taken off"),
            "room": tr("other room"),
            "hands": tr("other expert"),
        }
        return [
            Row(
                str(number),
                one.note.text(),
                lead=slot_words(one.slot),
                badge=tr("absent") if one.note.code == "absent" else words[one.kind],
                tone=_BADGES[one.kind],
                note=tr("already in force") if self._waiting and not one.waits else "",
            )
            for number, one in enumerate(comparison.changes)
        ]

    def _people(self, comparison: Comparison) -> list[Row]:
        """A line for each thing to tell, the name and the telephone before the first."""
        return [
            Row(
                f"{one.staff_id}-{number}",
                note.text(),
                lead=_SAME if number else one.name,
                trailing="" if number else one.telephone or "",
                spoken=tr("{name}: {words}", name=one.name, words=note.text()),
            )
            for one in comparison.people
            for number, note in enumerate(one.notes)
        ]
