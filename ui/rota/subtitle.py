"""The words at the head and at the foot of the board."""

from __future__ import annotations

from datetime import date

from app.common.words import ntr, tr
from app.rota.views import WeekView
from ui.rota.models import period_words


def state_words(view: WeekView, month: date | None = None) -> str:
    """Period (`month`, or the view's days), state, and quietly which years have no public holidays yet."""
    period = period_words(view.first, view.last)
    if month is not None:
        period = tr("{year}-{month}", year=month.year, month=month.month)
    parts = [period, _state(view)]
    parts += [tr("{year}: public holidays not announced yet", year=year) for year in view.unannounced]
    return " · ".join(parts)


def _state(view: WeekView) -> str:
    if not view.days:
        return tr("no duty sessions; set the duty pattern in Settings")
    if not view.loads:
        return tr("no duty experts yet; import their list first")
    if view.empty:
        return tr("nobody assigned yet")
    if not view.published:
        return tr("draft, not published yet")
    if view.differences:
        return ntr(
            "draft, {n} difference from the published rota",
            "draft, {n} differences from the published rota",
            view.differences,
        )
    return tr("published")


def legend(*, may_edit: bool, may_mark: bool) -> str:
    """What the marks on the chips mean, and where the keys stand."""
    marks = [
        tr("bar: pinned"),
        tr("dashed: draft"),
        tr("struck: goes or absent"),
        tr("red edge: empty"),
        tr("red ground: clash"),
        tr("!: please look"),
    ]
    if may_edit:
        marks.append(tr("Enter assigns, F1 keys"))
    elif may_mark:
        marks.append(tr("A marks absent, F1 keys"))
    return "　".join(marks)
