"""What is said of synchronisation: its state in the top bar, and one line for each run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from app.common.clock import local
from app.common.words import N_, ntr, tr
from app.sync.views import RunView, SyncResult, SyncStatus
from ui.widgets.row import Row

LATE = timedelta(hours=26)
"""A night's run may be two hours later than the last one before anybody is told."""
BY = {
    "person": N_("by hand"),
    "interval": N_("by itself"),
    "night": N_("at night"),
    "courier": N_("by the system"),
}


@dataclass(frozen=True, slots=True)
class State:
    """`text` for the top bar, with its icon; `tone`: muted, accent, attention or urgent. `more` is the whole story."""

    text: str
    icon: str
    tone: str
    more: str = ""


def state(
    status: SyncStatus | None, now: datetime, *, running: bool = False, away: bool = False, failed: str = ""
) -> State:
    """One glance: does it work, and when did it last. `status` None: nothing is known yet; `away`: no hub was met;
    `failed`: what this window's last run says, also where it could not be written down."""
    if running:
        return State(tr("Synchronising…"), "refresh-cw", "accent")
    if status is None:
        return State(tr("Sync"), "cloud-off", "muted")
    if status.hub is None and not status.peers:
        return State(tr("Sync not set up"), "cloud-off", "muted", tr("Without a hub this PC keeps its data to itself."))
    if status.hub is None:
        return State(tr("No hub set"), "cloud-off", "attention", tr("The other PCs do not hear of this one."))
    text, error = success_words(status.last_success, now), status.last_error or failed
    if status.last_success is None or now - status.last_success > LATE:
        return State(text, "cloud-alert", "attention", sentences(error, *status.alarms))
    if error:
        said = tr("Sync hub out of reach") if away else tr("Last sync failed")
        return State(said, "cloud-alert", "attention", sentences(text, error, *status.alarms))
    if status.alarms:
        return State(tr("Sync: please look"), "triangle-alert", "urgent", sentences(text, *status.alarms))
    return State(text, "cloud-check", "muted", _waiting_words(status))


def success_words(at: datetime | None, now: datetime) -> str:
    """`02:03 已同步`, `昨天 22:10 已同步`, `3 天未同步`, `从未同步`."""
    if at is None:
        return tr("Never synchronised")
    if now - at > LATE:
        days = max(1, (now - at) // timedelta(days=1))
        return ntr("Not synchronised for {n} day", "Not synchronised for {n} days", days)
    here = local(at)
    if here.date() == local(now).date():
        return tr("Synchronised {time}", time=f"{here:%H:%M}")
    return tr("Synchronised yesterday {time}", time=f"{here:%H:%M}")


def age_words(at: datetime | None, now: datetime) -> str:
    """How long ago, in the unit in which people count: minutes, hours, days."""
    if at is None:
        return tr("never")
    minutes = int((now - at) / timedelta(minutes=1))
    if minutes < 2:
        return tr("just now")
    if minutes < 120:
        return ntr("{n} minute ago", "{n} minutes ago", minutes)
    if minutes < 48 * 60:
        return ntr("{n} hour ago", "{n} hours ago", minutes // 60)
    return ntr("{n} day ago", "{n} days ago", minutes // (24 * 60))


def result_words(result: SyncResult) -> str:
    """What a run by hand says when it is over."""
    if not (result.pushed or result.pulled or result.merged):
        return tr("Synchronised: nothing new on either side.")
    said = tr("Synchronised: {out}, {into}.", out=_sent(result.pushed), into=_received(result.pulled))
    return said + (" " + conflict_words(result.conflicts) if result.conflicts else "")


def conflict_words(count: int) -> str:
    return ntr("{n} place differs, both kept", "{n} places differ, both kept", count)


def history_rows(runs: Sequence[RunView], now: datetime, most: int = 50) -> list[tuple[Row, RunView]]:
    """One line a run, newest first; runs that say the same one after the other share a line."""
    lines = []
    for _, same in groupby(runs, key=_alike):
        several = list(same)
        lines.append((_row(several, now), several[0]))
    return lines[:most]


def _alike(run: RunView) -> tuple[object, ...]:
    if run.error or run.alarms:
        return ("wrong", run.error, run.alarms)
    if run.pushed or run.pulled or run.merged or run.conflicts:
        return ("moved", run.at)
    return ("idle",)


def _row(runs: Sequence[RunView], now: datetime) -> Row:
    """`runs` say the same; the first is the newest."""
    run, first = runs[0], runs[-1]
    lead, times = _at(run.at, now), ""
    if len(runs) > 1:
        since = _at(first.at, now, short=run.at)
        times = ntr("{n} time since {time}", "{n} times since {time}", len(runs), time=since)
    badge, tone, icon = _badge(run)
    if run.error:
        title = run.error
    elif not (run.pushed or run.pulled or run.merged):
        title = tr("Nothing new")
    else:
        title = tr("Synchronised: {out}, {into}", out=_sent(run.pushed), into=_received(run.pulled))
    note = tr(BY[run.by]) if run.by in BY else ""
    tip = "\n".join(part for part in (note, title if run.error else "", *run.alarms) if part)
    return Row(
        run.at.isoformat(),
        title,
        times,
        lead=lead,
        badge=badge,
        tone=tone,
        badge_icon=icon,
        tip=tip,
        spoken="，".join(part for part in (lead, badge, title, times, *run.alarms, note) if part),
    )


def _badge(run: RunView) -> tuple[str, str, str]:
    if run.error:
        return tr("failed"), "attention", "triangle-alert"
    if run.alarms:
        return tr("please look"), "urgent", "triangle-alert"
    if run.conflicts:
        return conflict_words(run.conflicts), "info", ""
    return "", "neutral", ""


def _at(at: datetime, now: datetime, short: datetime | None = None) -> str:
    """The time; the day before it unless it is today's, or the same as `short`'s."""
    here = local(at)
    same = here.date() in (local(now).date(), local(short).date() if short else None)
    return f"{here:%H:%M}" if same else f"{here:%m-%d %H:%M}"


def _sent(count: int) -> str:
    return ntr("{n} packet sent", "{n} packets sent", count)


def _received(count: int) -> str:
    return ntr("{n} received", "{n} received", count)


def _waiting_words(status: SyncStatus) -> str:
    return (
        ntr("{n} change waits to be sent.", "{n} changes wait to be sent.", status.unsent)
        if status.unsent
        else tr("Everything is sent.")
    )


def sentences(*parts: str) -> str:
    """One below the other."""
    return "\n".join(part for part in parts if part)
