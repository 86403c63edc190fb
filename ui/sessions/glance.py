"""The case at a glance, at the right: what may be done and shared, the scales, the risk and its history."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from itertools import groupby

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.cases.consent import ConsentMeter, MeterLine
from app.cases.consent_rules import PARTY_WORDS, Purpose
from app.cases.risk import RiskView
from app.cases.risk_rules import RISK_WORDS
from app.cases.scales import PHQ9, SCALES
from app.cases.views import AssessmentView, CaseView
from app.common.clock import local
from app.common.words import tr
from ui import ask
from ui.sessions.models import consent_row, risk_row
from ui.sessions.trend import Trend
from ui.widgets.card import Card
from ui.widgets.icon_button import IconButton
from ui.widgets.label import Label
from ui.widgets.layout import clear, column
from ui.widgets.list_row import ListRow
from ui.widgets.row import Row

MOST_RISKS = 8


class Glance(QWidget):
    """`consent_wanted(MeterLine)` when a line of the meter is opened, `scale_wanted()` for the entry sheet."""

    consent_wanted = Signal(object)
    scale_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "plain")
        self.consent = Card(tr("Consent"), padded=False)
        self.scales = Card(PHQ9.name, padded=False)
        self.risk = Card(tr("Risk"), padded=False)
        self.trend = Trend()
        self.no_scale = Label(tr("No scale entered yet"), "hint")
        self.others = column(space=0)
        self.enter = IconButton("plus", tr("Enter a scale"), self.scale_wanted.emit)
        self.scales.add_to_head(self.enter)
        self.scales.add(column(self.trend, self.no_scale, margins=(14, 8, 14, 8)), self.others)
        self.damage = Label("", "error", wrap=True)
        self.damage.hide()
        column(self.damage, self.consent, self.scales, self.risk, None, parent=self, space=12)

    def show_case(self, case: CaseView, today: date) -> None:
        """Fills the three cards; says above them what was altered and is not shown."""
        what = "、".join(tr(part) for part in case.damaged)
        self.damage.setText(
            tr("Altered or damaged, and not shown: {what}. Call the director.", what=what) if what else ""
        )
        self.damage.setVisible(bool(what))
        self._show_consent(case.consent)
        self._show_scales(list(case.assessments))
        self._show_risk(case, today)

    def lines(self) -> list[ListRow]:
        """The rows of the meter, in its order."""
        found = (self.consent.body.itemAt(n) for n in range(self.consent.body.count()))
        return [item.widget() for item in found if item and isinstance(item.widget(), ListRow)]  # type: ignore[misc]

    def _show_consent(self, meter: ConsentMeter) -> None:
        clear(self.consent.body)
        counselling = meter.line(Purpose.COUNSELLING)
        hint = ""
        if counselling is not None and counselling.stand.since is not None and counselling.stand.by:
            who = "、".join(tr(PARTY_WORDS[party]) for party in sorted(counselling.stand.by))
            hint = f"{who} {local(counselling.stand.since).strftime('%m-%d')}"
        self.consent.set_hint(hint)
        for number, line in enumerate(meter.lines):
            last = number == len(meter.lines) - 1
            self.consent.add(ListRow(consent_row(line), self._opener(line), last=last))

    def _opener(self, line: MeterLine) -> Callable[[], object]:
        return lambda: self.consent_wanted.emit(line)

    def _show_scales(self, results: list[AssessmentView]) -> None:
        by_name = sorted(results, key=lambda result: (result.name, result.day))
        groups = {name: list(found) for name, found in groupby(by_name, lambda result: result.name)}
        shown = PHQ9.name if PHQ9.name in groups or not groups else max(groups, key=lambda n: groups[n][-1].day)
        points = groups.pop(shown, [])
        most = next((s.most for s in SCALES.values() if s.name == shown), max((p.total for p in points), default=1))
        self.scales.set_title(shown)
        self.scales.set_hint(" → ".join(str(point.total) for point in points[-4:]))
        self.trend.setVisible(bool(points))
        self.no_scale.setVisible(not points)
        self.trend.show_points(points, most)
        clear(self.others)
        for name, found in groups.items():
            total = " → ".join(str(result.total) for result in found[-3:])
            row = Row(name, name, detail=found[-1].day.strftime("%m-%d"), trailing=total)
            self.others.addWidget(ListRow(row, last=True))

    def _show_risk(self, case: CaseView, today: date) -> None:
        clear(self.risk.body)
        events = case.risk_history[:MOST_RISKS]
        if not events:
            self.risk.add(column(Label(tr("Assessed with each note"), "hint"), margins=14))
        for number, event in enumerate(events):
            last = number == len(events) - 1
            self.risk.add(ListRow(risk_row(event, today), self._teller(event), last=last))

    def _teller(self, event: RiskView) -> Callable[[], object]:
        def tell() -> None:
            at = local(event.at).strftime("%Y-%m-%d %H:%M")
            title = f"{tr(RISK_WORDS[event.level])} · {at} · {event.author_name}"
            ask.tell(self, event.rationale or tr("No rationale was needed."), title=title)

        return tell
