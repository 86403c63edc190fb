"""The second page of Settings: synchronisation and the PCs, what it did, backups and the check-up."""

from __future__ import annotations

from ui.desk import Desk
from ui.settings.backup import BackupCard
from ui.settings.checkup import CheckupCard
from ui.settings.pcs import PcsCard
from ui.settings.piles import Piles
from ui.settings.sync import SyncCard
from ui.sync.history import HistoryCard
from ui.sync.syncing import Syncing


def sync_page(desk: Desk, syncing: Syncing) -> Piles:
    """Three columns; the history is the widest, since its lines are sentences."""
    safe = [PcsCard(desk, syncing), BackupCard(desk, syncing), CheckupCard(desk, syncing)]
    return Piles([[SyncCard(desk, syncing)], [HistoryCard(desk, syncing)], safe], (9, 13, 9))
