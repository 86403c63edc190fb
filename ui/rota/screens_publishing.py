"""Pictures of publishing: what changes, what leaves the screen, the versions, and each printed page."""

from __future__ import annotations

from datetime import timedelta

from app.common.clock import today
from app.rota.rules import monday, month_end
from ui.rota.publishing import PublishSheet, VersionsSheet, open_prints
from ui.screens import Screen, Stage


def _publish(stage: Stage) -> None:
    """This week and the two after it: an absence since the last publication, and a draft."""
    tab = stage.tab("rota")
    first = monday(today(stage.clock))
    PublishSheet(tab.desk, first, first + timedelta(days=20), tab.window()).open()
    stage.shot()


def _prints(stage: Stage) -> None:
    tab = stage.tab("rota")
    first = monday(today(stage.clock))
    open_prints(tab.desk, first, first + timedelta(days=6), tab.window())
    stage.shot()


def _versions(stage: Stage) -> None:
    tab = stage.tab("rota")
    VersionsSheet(tab.desk, tab.window()).open()
    stage.shot()


def _month(stage: Stage) -> None:
    day = today(stage.clock)
    stage.pdf(stage.tab("rota").desk.services.publication.month_poster(day.year, day.month))


def _sheet(stage: Stage) -> None:
    service = stage.tab("rota").desk.services.publication
    stretch = today(stage.clock).replace(day=1), month_end(today(stage.clock))
    (staff_id, _), *_ = service.on_paper(*stretch)
    stage.pdf(service.duty_sheets(*stretch, [staff_id]))


SCREENS = [
    Screen("rota-publish", "director", _publish),
    Screen("rota-prints", "desk", _prints),
    Screen("rota-versions", "director", _versions),
    Screen("page-rota-month", "desk", _month),
    Screen("page-rota-sheet", "desk", _sheet),
]
