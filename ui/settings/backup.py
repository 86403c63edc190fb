"""Backups in Settings: how old the newest is, one now, and where the way back is told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from app.common.clock import local
from app.common.errors import UserError
from app.common.words import tr
from app.security.permissions import May
from ui import ask, notify
from ui.desk import Desk
from ui.jobs import Job, run_job
from ui.sync.syncing import Syncing
from ui.sync.words import age_words
from ui.widgets.badge import Badge
from ui.widgets.button import QuietButton, SecondaryButton
from ui.widgets.card import Card
from ui.widgets.label import Label
from ui.widgets.layout import row
from ui.widgets.progress_line import ProgressLine

OLD = timedelta(days=2)


class BackupCard(Card):
    """Every backup is opened again before it counts, so the newest one can be restored."""

    def __init__(self, desk: Desk, syncing: Syncing) -> None:
        super().__init__(tr("Backup"))
        self._desk = desk
        self._syncing = syncing
        syncing.backed_up.connect(self.load)
        self._job: Job | None = None
        self._title = Label(" ", "strong")
        self._badge = Badge("", "accent")
        self._detail = Label("", "hint", wrap=True)
        self.progress = ProgressLine(self._cancel)
        self.now = SecondaryButton(tr("Back up now"), lambda: self.make(None), icon="database-backup")
        self.elsewhere = QuietButton(tr("Into a file"), self.ask_where)
        self.way_back = QuietButton(tr("How to restore"), self._explain)
        self.now.setEnabled(May.BACK_UP in desk.who.may)
        self.add(
            row(self._title, None, self._badge, space=8),
            self._detail,
            row(self.now, self.elsewhere, self.way_back, None, space=4),
            self.progress,
        )

    def load(self) -> None:
        run_job(self, self._desk.services.backups.list, lane="read", on_done=self._show)

    def ask_where(self) -> None:
        """Onto a stick that is locked away."""
        name = f"centre-{local(self._desk.clock.now()):%Y%m%d-%H%M}.lsbackup"
        kinds = tr("Backup") + " (*.lsbackup)"
        ask.save_file(self, tr("Back up into a file"), name, kinds, on_path=self.make)

    def make(self, to: Path | None) -> None:
        """Made, opened again and compared, then it counts."""
        if self._job is not None:
            return
        self.now.setEnabled(False)
        self.progress.begin(tr("Backing up…"))
        self._job = self._syncing.work(
            self,
            self._desk.services.backups.make,
            to,
            on_progress=self.progress.show_progress,
            on_done=self._made,
            on_error=self._failed,
            on_end=self._over,
        )

    def words(self) -> tuple[str, str]:
        """The newest, and its badge."""
        return self._title.text(), self._badge.text()

    def _cancel(self) -> None:
        if self._job is not None:
            self._job.cancel()

    def _over(self) -> None:
        self._job = None
        self.progress.end()
        self.now.setEnabled(True)

    def _made(self, view: Any) -> None:
        notify.say(self, tr("Backed up and verified: {path}", path=view.path))

    def _failed(self, error: UserError) -> None:
        notify.fail(self, error.text())

    def _show(self, backups: Sequence[Any]) -> None:
        newest = next((one for one in backups if one.readable), None)
        damaged = sum(not one.readable for one in backups)
        if newest is None:
            self._title.setText(tr("No backup yet"))
            self._badge.set(tr("none"), "attention", icon="triangle-alert")
            self._detail.setText(tr("Make one now. Once a day one is made by itself while somebody is signed in."))
            return
        now = self._desk.clock.now()
        self._title.setText(f"{local(newest.made_at):%Y-%m-%d %H:%M}")
        old = now - newest.made_at > OLD
        self._badge.set(
            age_words(newest.made_at, now) if old else tr("verified"),
            "attention" if old else "accent",
            icon="triangle-alert" if old else "circle-check",
        )
        said = [
            tr("{age}, {size}.", age=age_words(newest.made_at, now), size=size_words(newest.bytes)),
            tr("{n} are kept in {folder}.", n=len(backups), folder=newest.path.parent),
        ]
        if damaged:
            said.append(tr("{n} of them cannot be read.", n=damaged))
        self._detail.setText(" ".join(said))

    def _explain(self) -> None:
        ask.tell(
            self,
            tr(
                "A backup is restored into a new, empty folder, never over the present one:\n\n"
                "longshan restore FILE FOLDER\n\n"
                "Then open that folder; everybody signs in with the password of that day. "
                "What was typed later comes back from the other PCs at the next synchronisation."
            ),
            title=tr("How to restore"),
        )


def size_words(count: int) -> str:
    """12.4 MB."""
    return f"{count / 1_000_000:.1f} MB" if count >= 100_000 else f"{max(1, count // 1000)} kB"
