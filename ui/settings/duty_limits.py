"""What the centre lets no expert exceed, whatever they have agreed to themselves."""

from __future__ import annotations

from app.common.words import ntr, tr
from app.rota.rules import Limits
from ui.desk import Desk
from ui.jobs import run_job
from ui.widgets.card import Card
from ui.widgets.choice import Choice
from ui.widgets.field import Field
from ui.widgets.layout import row

_DAYS, _WEEKENDS = range(1, 15), range(9)


class DutyLimitsCard(Card):
    """Days in a row, weekend duties a month."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(tr("Limits for every expert"))
        self._desk = desk
        none = (None, tr("no limit"))
        self.days = Choice([none, *((n, ntr("{n} day", "{n} days", n)) for n in _DAYS)])
        self.weekends = Choice([none, *((n, ntr("{n} time", "{n} times", n)) for n in _WEEKENDS)])
        for choice in (self.days, self.weekends):
            choice.chosen.connect(lambda _value: self._keep())
        self.add(
            row(Field(tr("Days in a row"), self.days), Field(tr("Weekend duties a month"), self.weekends), space=12)
        )

    def load(self) -> None:
        run_job(self, self._desk.services.calendar.limits, lane="read", on_done=self._show)

    def _show(self, limits: Limits) -> None:
        self.days.set_value(limits.consecutive_days)
        self.weekends.set_value(limits.weekend_duties)

    def _keep(self) -> None:
        days, weekends = self.days.value(), self.weekends.value()
        limits = Limits(None if days is None else int(str(days)), None if weekends is None else int(str(weekends)))
        run_job(self, self._desk.services.calendar.set_limits, limits)
