"""未到诊名单: whom to call because no arrival is known, with the hours in which one may."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from app.common.words import ntr, tr
from app.referrals import words
from app.referrals.views import MissedLetter
from ui.referrals.card import tone
from ui.widgets.card import Card
from ui.widgets.empty_state import EmptyState
from ui.widgets.label import Label
from ui.widgets.layout import column, holder, scrolling
from ui.widgets.list_row import ListRow
from ui.widgets.row import Row
from ui.widgets.sheet import Sheet


class MissedSheet(Sheet):
    """A row a letter: name, whom to call, safe hours; the most pressing first."""

    def __init__(self, listed: list[MissedLetter], parent: QWidget) -> None:
        super().__init__(tr("List of those not arrived"), parent, width=720)
        self.rows = [_row(one) for one in listed]
        if listed:
            count = len(listed)
            said = ntr("No arrival known of {n} student.", "No arrival known of {n} students.", count)
            self.body.addWidget(Label(said, "muted", wrap=True))
            lines = column(space=0)
            for number, row in enumerate(self.rows, 1):
                lines.addWidget(ListRow(row, last=number == len(self.rows)))
            area = scrolling(holder(lines))
            card = Card(padded=False).add(area)
            card.setMinimumHeight(min(420, 62 * len(self.rows) + 4))
            self.body.addWidget(card)
        else:
            self.body.addWidget(EmptyState("circle-check", tr("Nobody is missing"), tr("Every letter has arrived.")))
        self.add_button(tr("Close"), self.accept, kind="primary")


def _row(one: MissedLetter) -> Row:
    told = " · ".join(one.guardians)
    calls = " · ".join(part for part in (told, *(t for t in one.telephones if t not in told)) if part)
    when = tr("call {hours}", hours=one.safe_times) if one.safe_times else ""
    return Row(
        one.card.id,
        one.student,
        one.card.clinic,
        lead=one.card.short,
        second=tr(", ").join(part for part in (calls, when) if part) or tr("no telephone known"),
        badge=words.age_text(one.card),
        tone=tone(one.card),
    )
