"""发布: what a publication will change, in words, before it is done; then what leaves the screen."""

from __future__ import annotations

from datetime import date

from PySide6.QtWidgets import QWidget

from app.common.changes import Topic
from app.common.words import ntr, tr
from app.rota.publication_views import Pending
from app.rota.views import Published
from app.security.permissions import May
from ui import notify
from ui.desk import Desk
from ui.jobs import run_job
from ui.rota.changes import ChangesView
from ui.rota.models import period_words
from ui.rota.prints import PrintsSheet, open_prints
from ui.rota.version_list import VersionsSheet
from ui.widgets.icon_view import IconView
from ui.widgets.label import Label
from ui.widgets.layout import clear, column, holder, row
from ui.widgets.sheet import Sheet

__all__ = ["PrintsSheet", "PublishSheet", "VersionsSheet", "open_prints"]

_TOPICS = frozenset({Topic.ROTA, Topic.STAFF})


class PublishSheet(Sheet):
    """`first` to `last` is what will be in force. Enter publishes; what the sheet warns of is not asked once more."""

    def __init__(self, desk: Desk, first: date, last: date, parent: QWidget) -> None:
        super().__init__(tr("Publish {days}", days=period_words(first, last)), parent, width=680)
        self._desk = desk
        self._home = parent
        self._first, self._last = first, last
        self._pending: Pending | None = None
        self._since = Label(" ", "muted", wrap=True)
        self._sum = Label(" ", "strong", wrap=True)
        self.changes = ChangesView(waiting=True)
        self.changes.list.opened.connect(lambda _key: self.publish())
        self._warned = column(space=6)
        for part in (self._sum, self._since, self.changes, holder(self._warned)):
            self.body.addWidget(part)
        self.add_button(tr("Close"), self.reject)
        self.add_button(tr("Versions"), self._versions, shortcut="Ctrl+H")
        self.publish_button = self.add_button(tr("Publish"), self.publish, kind="primary")
        self.publish_button.setEnabled(False)
        desk.bus.changed.connect(self._changed)
        self._load()

    def words(self) -> list[str]:
        """Summary, baseline and warnings as they are shown."""
        labels = [self._warned.itemAt(n) for n in range(self._warned.count())]
        texts = [found.text() for item in labels if item and (w := item.widget()) for found in w.findChildren(Label)]
        return [self._sum.text(), self._since.text(), *texts]

    def publish(self) -> None:
        """Enter."""
        pending = self._pending
        if pending is None or not self.publish_button.isEnabled():
            return
        self.publish_button.setEnabled(False)
        run_job(
            self,
            self._desk.services.publication.publish,
            self._first,
            self._last,
            confirmed=frozenset(one.token for one in pending.warnings),
            on_done=self._published,
            on_end=self._load,
        )

    def _published(self, done: Published) -> None:
        said = tr("Version {n} is published: {added} added, {removed} taken off.",
                  n=done.number, added=done.added, removed=done.removed)  # fmt: skip
        notify.say(self._home, said)
        home, desk = self._home, self._desk
        self.accept()
        open_prints(desk, self._first, self._last, home, published=done.number)

    def _changed(self, topics: frozenset[Topic], _initiator: object) -> None:
        """Somebody else may arrange the board while this is open."""
        if not topics.isdisjoint(_TOPICS) and self.isVisible():
            self._load()

    def _load(self) -> None:
        run_job(self, self._desk.services.publication.pending, self._first, self._last, lane="read", on_done=self._show)

    def _show(self, pending: Pending) -> None:
        self._pending = pending
        comparison = pending.comparison
        since = tr("Published last: {version}", version=pending.since.words()) if pending.since else ""
        self._since.setText(since or tr("These days were never published before."))
        self._sum.setText(_summary(pending))
        self.changes.show_changes(comparison)
        clear(self._warned)
        for one in pending.warnings:
            self._warned.addWidget(_line("triangle-alert", "attention", one.note.text()))
        if pending.refused is not None:
            self._warned.addWidget(_line("circle-alert", "urgent", pending.refused.text()))
        may = May.APPROVE_ROTA in self._desk.who.may
        if not may:
            self._warned.addWidget(_line("info", "info", tr("The director or a supervisor publishes.")))
        anything = bool(pending.waiting or comparison.changes or comparison.fresh)
        self.publish_button.setEnabled(may and anything and pending.refused is None)
        (self.publish_button if self.publish_button.isEnabled() else self.changes.list).setFocus()
        self.adjustSize()

    def _versions(self) -> None:
        VersionsSheet(self._desk, self).open()


def _summary(pending: Pending) -> str:
    parts = [ntr("{n} duty will be in force", "{n} duties will be in force", pending.duties)]
    changes = len(pending.comparison.changes)
    if changes:
        parts.append(ntr("{n} change since the last publication", "{n} changes since the last publication", changes))
    people = len(pending.comparison.people)
    if people:
        parts.append(ntr("{n} expert to tell", "{n} experts to tell", people))
    if not changes and not pending.comparison.fresh and not pending.waiting:
        parts.append(tr("nothing to publish"))
    return " · ".join(parts)


def _line(icon: str, tone: str, words: str) -> QWidget:
    label = Label(words, "body", wrap=True)
    line = row(IconView(icon, tone, 16), label, space=8)
    line.setStretch(1, 1)
    return holder(line)
