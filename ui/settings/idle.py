"""After how many idle minutes the screen locks by itself, for the desk and for those who read notes."""

from __future__ import annotations

from app.common.words import tr
from app.people.centres import CentreView
from ui.desk import Desk
from ui.jobs import run_job
from ui.widgets.card import Card
from ui.widgets.choice import Choice
from ui.widgets.field import Field
from ui.widgets.layout import row

MINUTES = (1, 2, 3, 5, 10, 15, 20, 30, 60)
ROLES = {"desk": ("receptionist",), "clinicians": ("psychologist", "supervisor", "director")}


class IdleCard(Card):
    """Two choices; from the next sign-in or unlock on."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(tr("Locking by itself"), tr("from the next sign-in on"))
        self._desk = desk
        options = [(n, tr("{n} minutes", n=n)) for n in MINUTES]
        self.choices = {name: Choice(options) for name in ROLES}
        for name, choice in self.choices.items():
            choice.chosen.connect(lambda minutes, name=name: self._keep(name, int(minutes)))
        desk_field = Field(tr("Front desk"), self.choices["desk"])
        self.add(row(desk_field, Field(tr("Psychologists"), self.choices["clinicians"]), space=12))

    def load(self) -> None:
        run_job(self, self._desk.services.centre.view, lane="read", on_done=self._show)

    def _show(self, view: CentreView) -> None:
        for name, roles in ROLES.items():
            self.choices[name].set_value(view.idle_minutes.get(roles[0]))

    def _keep(self, name: str, minutes: int) -> None:
        run_job(self, self._desk.services.centre.set_idle_minutes, dict.fromkeys(ROLES[name], minutes))
