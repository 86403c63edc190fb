"""同步与备份 and 待核对 on Today: the last synchronisation, silent PCs, the newest backup, what is to be reviewed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.common.clock import local
from app.common.words import ntr, tr
from app.sync.views import PeerView, RunView, SyncStatus
from app.upkeep.backup import BackupView
from ui.sync.words import LATE, age_words, conflict_words, success_words
from ui.widgets.row import Row

SILENT = timedelta(days=3)
OLD = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class NightFacts:
    """`moved`: the last run that succeeded. `reviews`: how many wait for this person."""

    status: SyncStatus
    moved: RunView | None
    backup: BackupView | None
    reviews: int


def night_facts(services: Any) -> NightFacts:
    """Asked of three services; for the read lane."""
    runs = services.sync.history(50)
    backups = services.backups.list()
    return NightFacts(
        services.sync.status(),
        next((run for run in runs if not run.error), None),
        next((one for one in backups if one.readable), None),
        services.reviews.count(),
    )


def night_rows(facts: NightFacts, now: datetime) -> list[Row]:
    """Synchronisation first, then whoever was not heard, then the backup."""
    silent = [peer for peer in facts.status.peers if _is_silent(peer, now)]
    return [_sync_row(facts, now), *(_silent_row(peer, now) for peer in silent), _backup_row(facts.backup, now)]


def review_row(count: int) -> Row:
    """`待核对 3 处 [核对]`."""
    places = ntr("{n} place, both sides kept", "{n} places, both sides kept", count)
    return Row("reviews", tr("To review"), places, badge=tr("Review"), tone="info")


def _sync_row(facts: NightFacts, now: datetime) -> Row:
    status, run = facts.status, facts.moved
    title = tr("Sync")
    if status.hub is None:
        return Row("sync", title, tr("not set up"), tone="neutral")
    if status.last_success is None or now - status.last_success > LATE:
        return Row("sync", title, success_words(status.last_success, now), badge=tr("Look"), tone="attention")
    time = f"{local(status.last_success):%H:%M}"
    if status.last_error or status.alarms:
        said = status.last_error or status.alarms[0]
        return Row("sync", title, said, badge=tr("Look"), tone="attention", tip=said)
    return Row("sync", tr("Sync succeeded"), _moved(run), badge=time, tone="accent")


def _moved(run: RunView | None) -> str:
    if run is None:
        return ""
    if run.conflicts:
        return conflict_words(run.conflicts)
    if run.pushed or run.pulled:
        return tr("sent {out} · received {into}", out=run.pushed, into=run.pulled)
    return tr("Nothing new")


def _silent_row(peer: PeerView, now: datetime) -> Row:
    days = (now - peer.last_heard) // timedelta(days=1) if peer.last_heard is not None else 0
    said = ntr("not heard for {n} day", "not heard for {n} days", days)
    return Row(peer.device, peer.name, said, badge=tr("Please call"), tone="attention")


def _is_silent(peer: PeerView, now: datetime) -> bool:
    return peer.last_heard is not None and now - peer.last_heard > SILENT


def _backup_row(backup: BackupView | None, now: datetime) -> Row:
    if backup is None:
        return Row("backup", tr("Backup"), tr("none made yet"), badge=tr("Look"), tone="attention")
    age = now - backup.made_at
    if age > OLD:
        return Row("backup", tr("Backup"), age_words(backup.made_at, now), badge=tr("Look"), tone="attention")
    at = local(backup.made_at)
    badge = f"{at:%H:%M}" if at.date() == local(now).date() else f"{at:%m-%d %H:%M}"
    return Row("backup", tr("Backup"), tr("verified, can be restored"), badge=badge, tone="accent")
