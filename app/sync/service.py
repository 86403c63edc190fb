"""Synchronisation as a person meets it: one act that seals, carries and merges, its state and its history in words."""

from __future__ import annotations

import threading
from datetime import datetime

from sqlalchemy import select

from app.common.changes import Changes, Done, Topic
from app.common.errors import EnvironmentFault, UserError
from app.common.progress import CancelToken, Progress, silent
from app.common.words import N_
from app.security.context import Context, environment_faults
from app.security.permissions import May
from app.security.workspace import Workspace
from app.sync import accounts_file, history
from app.sync.courier import run_courier
from app.sync.engine import seal_all, take_in
from app.sync.expected import still_missing
from app.sync.hub_file import USUAL_INTERVAL, HubFile, read_hub_file, write_hub_file
from app.sync.hubs import accept_hub, normal_url
from app.sync.sentences import Sentence
from app.sync.spool import Spool
from app.sync.touched import topics_of
from app.sync.views import CourierResult, MergeResult, PeerView, RunView, SyncResult, SyncStatus
from db.engine import Tx
from db.models import Centre, Device, Segment, StreamKey
from db.replica.names import ORG, parse_name
from db.replica.sealing import unsealed

SHORTEST_INTERVAL = 30
NO_HUB = N_("No hub is set for this PC yet. The director sets one in Settings.")
PROMISED = N_("Data packets that this PC was promised when it joined are still missing: {n}.")


class SyncService:
    """`sync` is for a worker thread; two at once in one window wait for each other."""

    def __init__(self, ctx: Context, workspace: Workspace, database_key: bytes) -> None:
        self.ctx = ctx
        self.workspace = workspace
        self._key = database_key
        self._one = threading.Lock()
        self._followed = False

    @property
    def _hub(self) -> HubFile | None:
        return read_hub_file(self.workspace.folder)

    def drain(self) -> None:
        """Seals what waits, before the window locks or closes; a PC that synchronises with nobody has nothing to."""
        if self._hub is not None:
            with environment_faults():
                seal_all(self.ctx.db, self.workspace.folder, self.ctx.clock)

    def sync(
        self, by: str = "person", *, progress: Progress = silent, cancel: CancelToken | None = None
    ) -> Done[SyncResult]:
        """Seals, moves and merges. What the hub refuses is said after what could be done was done: UserError "no-hub",
        "sync-running", EnvironmentFault "hub-away", …; `by` as in RunView."""
        self.ctx.require(May.SYNC)
        held = self._hub
        if held is None or held.url is None:
            raise UserError("no-hub", NO_HUB)
        token = cancel or CancelToken()
        refusal: UserError | None = None
        moved = CourierResult()
        with self._one, environment_faults():
            seal_all(self.ctx.db, self.workspace.folder, self.ctx.clock, heartbeat=by != "person")
            try:
                moved = run_courier(self.workspace.folder, progress, token)
            except UserError as error:
                refusal = error
            merged = self._merge(progress, token)
        self._record(by, moved, merged, refusal)
        if refusal is not None:
            raise refusal
        result = SyncResult(
            moved.pushed,
            moved.pulled,
            merged.merged,
            moved.refused + merged.refused,
            moved.bytes_out,
            moved.bytes_in,
            moved.alarms + merged.alarms,
            merged.conflicts,
        )
        return Done(result, Changes(topics_of(merged.tables) | {Topic.SETTINGS}))

    def merge(self, *, progress: Progress = silent, cancel: CancelToken | None = None) -> Done[MergeResult]:
        """Takes in what the courier brought while nobody was signed in; needs no hub."""
        self.ctx.require(May.SYNC)
        with self._one, environment_faults():
            merged = self._merge(progress, cancel or CancelToken())
        return Done(merged, Changes(topics_of(merged.tables)))

    def _merge(self, progress: Progress, cancel: CancelToken) -> MergeResult:
        organisation, folder = self.ctx.who.organisation_id, self.workspace.folder
        merged = take_in(self.ctx.db, folder, organisation, self.ctx.root, self.ctx.clock, progress, cancel)
        alarms = list(merged.alarms)
        if not self._followed or merged.tables & {"account", "membership_statement"}:
            with self.ctx.db.write() as tx:
                who = self.ctx.who.user_id
                alarms += accounts_file.follow(tx, self.workspace, self.ctx.members(tx), self._key, who)
            self._followed = True
        with self.ctx.db.read() as tx:
            promised = still_missing(tx)
        alarms += [Sentence(PROMISED, n=promised)] if promised else []
        counts = (merged.merged, merged.rows, merged.refused, merged.waiting, merged.conflicts)
        return MergeResult(*counts, tuple(alarms), merged.tables)

    def _record(self, by: str, moved: CourierResult, merged: MergeResult, refusal: UserError | None) -> None:
        if refusal is not None and refusal.code == "sync-running":
            return
        run = RunView(
            self.ctx.clock.now(),
            by,
            moved.pushed,
            moved.pulled,
            merged.merged,
            merged.conflicts,
            moved.refused + merged.refused,
            moved.bytes_out,
            moved.bytes_in,
            moved.alarms + merged.alarms,
            Sentence.of(refusal) if refusal is not None else "",
        )
        try:
            history.append(self.workspace.folder, run)
        except OSError as error:
            raise EnvironmentFault(
                "log-not-writable",
                N_("The folder {folder} cannot be written ({reason}). The synchronisation itself went well."),
                folder=self.workspace.folder / "log",
                reason=error.strerror or "",
            ) from None

    def history(self, limit: int = 50) -> list[RunView]:
        """The newest first."""
        self.ctx.require(May.SYNC)
        return history.read(self.workspace.folder, limit)

    def set_hub(self, url: str) -> Done[None]:
        """Tries it with a write, a read and a conditional write, then keeps it; its fault in words if not."""
        self.ctx.require(May.SET_HUB)
        address = normal_url(url)
        accept_hub(address)
        with self.ctx.write(May.SET_HUB, "hub.set") as act:
            device = act.tx.execute(select(Device)).scalar_one()
            held = self._hub or HubFile(device.id.hex(), [ORG, device.centre_id])
            held.interval = held.interval if held.url else USUAL_INTERVAL
            held.url = address
            write_hub_file(self.workspace.folder, held)
        return Done(None, Changes.of(Topic.SETTINGS))

    def set_interval(self, seconds: int | None) -> Done[None]:
        """How often the open window synchronises by itself; None: at night only. At least 30 seconds."""
        self.ctx.require(May.SYNC)
        held = self._hub
        if held is None or held.url is None:
            raise UserError("no-hub", NO_HUB)
        held.interval = None if seconds is None else max(SHORTEST_INTERVAL, seconds)
        write_hub_file(self.workspace.folder, held)
        return Done(None, Changes.of(Topic.SETTINGS))

    def status(self) -> SyncStatus:
        """What the top bar and Settings say."""
        held = self._hub
        runs = history.read(self.workspace.folder, 200)
        success = next((run for run in runs if not run.error), None)
        there = set(Spool(self.workspace.folder).list()) if held is not None else set()
        with self.ctx.read(May.SYNC) as tx:
            known = set(tx.execute(select(Segment.hash)).scalars())
            streams = set(tx.execute(select(StreamKey.stream)).scalars())
            names = [name for path in there if (name := parse_name(path)) is not None]
            waiting = sum(name.hash not in known and name.stream in streams for name in names)
            return SyncStatus(
                hub=held.url if held is not None else None,
                interval=held.interval if held is not None else None,
                last_success=success.at if success else None,
                last_error=runs[0].error if runs else "",
                unsent=unsealed(tx) + self._unsent(tx, held),
                waiting=waiting,
                alarms=runs[0].alarms if runs else (),
                peers=self._peers(tx),
            )

    def _unsent(self, tx: Tx, held: HubFile | None) -> int:
        """Own segments that were not at the hub when it was last seen."""
        if held is None or held.url is None:
            return 0
        seen = Spool(self.workspace.folder).seen(held.url)
        columns = (Segment.stream, Segment.device, Segment.incarnation, Segment.seq)
        own = tx.execute(select(*columns).where(Segment.state == "own"))
        upto = seen.chains if seen is not None else {}
        return sum(seq > upto.get(f"{stream}/{dev.hex()}/{inc.hex()}", 0) for stream, dev, inc, seq in own)

    def _peers(self, tx: Tx) -> tuple[PeerView, ...]:
        heard: dict[bytes, datetime] = {}
        query = select(Segment.device, Segment.at, Segment.taken_at).where(Segment.state == "merged")
        for device, at, taken_at in tx.execute(query):
            spoke = min(at, taken_at)
            heard[device] = max(heard.get(device, spoke), spoke)
        own = tx.execute(select(Device.id)).scalar_one()
        centres = {row.id: row.name for row in tx.execute(select(Centre.id, Centre.name))}
        others = [known for known in self.ctx.members(tx).devices.values() if known.device != own]
        return tuple(
            PeerView(one.device.hex(), one.name, one.letter, centres.get(one.centre_id, ""), heard.get(one.device))
            for one in sorted(others, key=lambda known: (known.centre_id, known.letter, known.device))
        )
