"""The versions of the rota, and how any two of them differ."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from app.common.errors import UserError
from app.common.words import tr
from app.rota.publication_views import Comparison, VersionView
from ui import theme
from ui.desk import Desk
from ui.jobs import run_job
from ui.rota.changes import ChangesView
from ui.rota.models import period_words
from ui.widgets.label import Label
from ui.widgets.row import Columns, Row
from ui.widgets.row_list import RowList
from ui.widgets.sheet import Sheet


class VersionsSheet(Sheet):
    """Each version is compared with what was published of its days before, or with the one marked by B."""

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__(tr("Published versions"), parent, width=720)
        self._desk = desk
        self._versions: tuple[VersionView, ...] = ()
        self._base = ""
        self.list = RowList(tr("Published versions"), Columns(lead=76))
        self.list.setFixedHeight(theme.current().px(200))
        self.list.chosen.connect(self._compare)
        self.list.opened.connect(lambda _key: self.mark())
        self.against = Label(" ", "strong", wrap=True)
        self.changes = ChangesView(height=190)
        for part in (self.list, self.against, self.changes):
            self.body.addWidget(part)
        self.add_button(tr("Compare with this one"), self.mark, shortcut="B")
        self.add_button(tr("Close"), self.reject, kind="primary")
        run_job(self, desk.services.publication.versions, lane="read", on_done=self._show)

    def mark(self) -> None:
        """B, or Enter: the chosen version is what the others are compared with; once more: no longer."""
        key = self.list.key()
        self._base = "" if self._base == key else key
        self._draw()
        self._compare(self.list.key())

    def _show(self, versions: tuple[VersionView, ...]) -> None:
        self._versions = versions
        self._draw()
        if not versions:
            self.against.setText(tr("Nothing was published yet."))
            self.changes.hide()
            return
        self.list.choose_first()
        self.list.setFocus()

    def _draw(self) -> None:
        self.list.set_rows([self._row(one) for one in self._versions])

    def _row(self, one: VersionView) -> Row:
        badge, tone = "", "neutral"
        if one.id == self._base:
            badge, tone = tr("compared with"), "accent"
        elif one.withdrawn:
            badge, tone = tr("taken back"), "neutral"
        elif one.twin:
            badge, tone = tr("the same number from two PCs"), "attention"
        words = one.words().split(" · ", 1)[1]
        note = tr("duties: {n}", n=one.duties)
        return Row(one.id, words, lead=one.title(), badge=badge, tone=tone, note=note, faded=one.withdrawn)

    def _compare(self, key: str) -> None:
        if not key:
            return
        service = self._desk.services.publication
        self.changes.show_changes(None)
        if not self._base or self._base == key:
            run_job(self, service.changes_of, key, lane="read", on_done=lambda found: self._compared(key, found))
            return
        older, newer = sorted((self._base, key), key=self._place, reverse=True)
        run_job(
            self,
            service.between,
            older,
            newer,
            lane="read",
            on_done=lambda found: self._compared(key, found, older, newer),
            on_error=self._nothing_common,
        )

    def _compared(self, key: str, found: Comparison, older: str = "", newer: str = "") -> None:
        if key != self.list.key():
            return
        days = period_words(found.first, found.last)
        if older:
            said = tr("{newer} against {older}, {days}", newer=self._title(newer), older=self._title(older), days=days)
        else:
            said = tr("What {version} changed, {days}", version=self._title(key), days=days)
        self.against.setText(said)
        self.changes.show_changes(found)

    def _nothing_common(self, error: UserError) -> None:
        self.against.setText(error.text())
        self.changes.show_changes(None)
        self.changes.nothing.hide()

    def _place(self, key: str) -> int:
        return [one.id for one in self._versions].index(key)

    def _title(self, key: str) -> str:
        return self._versions[self._place(key)].title()
