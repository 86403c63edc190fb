"""今日: the first screen. Four numbers, and cards by role; each line leads to the tab where it is dealt with."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from app.common.changes import Topic
from app.common.clock import local, today
from app.common.words import ntr, tr
from app.rota.rules import Slot
from app.rota.views import StoodIn
from app.security.permissions import May
from app.today.views import DutyGap, RiskLine, TodayView
from ui import ask, notify
from ui.desk import Desk
from ui.jobs import run_job
from ui.pdf_sheet import PdfSheet
from ui.today import night, rows
from ui.today.card import Line, LinesCard
from ui.today.night import NightFacts
from ui.widgets.button import SecondaryButton
from ui.widgets.layout import column, row
from ui.widgets.page_header import PageHeader
from ui.widgets.row import Row
from ui.widgets.stat_tile import StatTile

_MINUTE = 60_000
_WIDTHS = (23, 20, 20)


class TodayTab(QWidget):
    """Four tiles and the cards that this role has something to do with."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self._today = desk.services.today
        self._view: TodayView | None = None
        self._reviews = 0
        self._follows = False
        may = desk.who.may
        self._tabs = {
            "intake": May.SEE_QUEUE in may,
            "notes": May.READ_CASES in may,
            "referrals": May.SEE_RELEASED in may,
        }
        self._tick = QTimer(self)
        self._tick.setInterval(_MINUTE)
        self._tick.timeout.connect(self.refresh)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._build_tiles()
        self._build_cards()
        handover = SecondaryButton(tr("Handover"), self.show_handover, icon="printer", shortcut="Ctrl+P")
        self._header = PageHeader(tr("Today"), "", handover)
        cards = [card for card in self._cards if card is not None]
        column(
            self._header,
            row(*self._tiles, space=12),
            self._cards_row(cards[:3]),
            self._cards_row(cards[3:]),
            parent=self,
            space=12,
        )

    def _build_tiles(self) -> None:
        self.arrivals = StatTile(tr("Arrivals today"), self._way("intake"))
        self.waiting = StatTile(tr("Waiting now"), self._way("intake"))
        self.unsigned = StatTile(tr("Unsigned notes"), self._way("notes"))
        self.replies = StatTile(tr("Referrals without reply"), self._way("referrals"))
        self._tiles = (self.arrivals, self.waiting, self.unsigned, self.replies)

    def _build_cards(self) -> None:
        may = self.desk.who.may
        self.duty = LinesCard(tr("On duty today"), tr("No duty sessions left today."))
        self.bookings = LinesCard(tr("Bookings today"), tr("No bookings today.")) if May.SEE_QUEUE in may else None
        self.needs = LinesCard(tr("Needs you"), tr("Nothing waits for you."))
        hint = tr("levels for psychologists only") if May.READ_CASES not in may else ""
        self.risks = LinesCard(tr("High-risk cases"), tr("No open case is at high risk."), hint)
        self.night = LinesCard(tr("Sync and backup"), tr("Nothing ran yet."))
        self.holidays = LinesCard(tr("Holidays"), tr("No holidays are known."))
        self._cards = (self.duty, self.bookings, self.needs, self.risks, self.night, self.holidays)

    def _cards_row(self, cards: Sequence[LinesCard]) -> QWidget:
        made = QWidget()
        made.setProperty("kind", "plain")
        box = row(parent=made, space=12)
        for card, width in zip(cards, _WIDTHS, strict=False):
            box.addWidget(card, width)
        return made

    def _way(self, tab: str) -> partial[None] | None:
        """Where a tile leads; nowhere if this role has no such tab."""
        return partial(self.desk.open_tab, tab) if self._tabs.get(tab, True) else None

    # --- showing ---

    def refresh(self, topics: frozenset[Topic] | None = None) -> None:
        """Everything anew: whatever changes, changes something here."""
        run_job(self, self._today.view, lane="read", on_done=self._show)
        self._load_night()
        if self.desk.syncing is not None and not self._follows:
            self._follows = True
            self.desk.syncing.known.connect(self._sync_known)

    def _load_night(self) -> None:
        run_job(self, night.night_facts, self.desk.services, lane="read", on_done=self._show_night)

    def _sync_known(self) -> None:
        """The card never says another minute than the top bar."""
        if self.isVisible():
            self._load_night()

    def flush(self) -> None:
        """Nothing is typed here."""

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._tick.start()
        self.setFocus()
        if self._view is not None:
            self.refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._tick.stop()

    def _show(self, view: TodayView) -> None:
        self._view = view
        counts = view.counts
        self._header.set_subtitle(rows.day_words(view.now, view.half))
        self.arrivals.set(counts.arrivals, rows.arrivals_line(counts))
        self.waiting.set(counts.waiting, rows.waiting_line(counts))
        self.unsigned.set(counts.unsigned, rows.unsigned_line(counts))
        self.replies.set(counts.unanswered, rows.replies_line(counts))
        self._show_duty(view)
        if self.bookings is not None:
            self.bookings.set_hint(ntr("{n} booking", "{n} bookings", len(view.bookings)) if view.bookings else "")
            self.bookings.show_lines([Line(rows.booking_row(b, view.now), self._way("intake")) for b in view.bookings])
        self._show_needs()
        self.risks.show_lines([Line(rows.risk_row(line), self._risk_way(line)) for line in view.risks])
        today = local(view.now).date()
        self.holidays.show_lines([Line(one) for one in rows.holiday_rows(view.holidays, view.makeup, today)])

    def _show_night(self, facts: NightFacts) -> None:
        self._reviews = facts.reviews
        to_sync = partial(self.desk.open_tab, "settings", section="sync")
        now = self.desk.clock.now()
        self.night.show_lines([Line(one, to_sync) for one in night.night_rows(facts, now)])
        self._show_needs()

    def _show_needs(self) -> None:
        """The gravest first; what two PCs wrote differently comes last, since nothing of it is lost."""
        if self._view is None:
            return
        lines = [Line(rows.need_row(need), self._way(need.tab)) for need in self._view.needs]
        if self._reviews:
            lines.append(Line(night.review_row(self._reviews), self._way("reviews")))
        self.needs.show_lines(lines)

    def _risk_way(self, line: RiskLine) -> partial[None] | None:
        """Into the case, for those who may open it."""
        return partial(self.desk.open_tab, "notes", case_id=line.case_id) if line.case_id else None

    def _show_duty(self, view: TodayView) -> None:
        self.duty.set_hint(rows.duty_hint(view))
        lines: list[Line] = []
        if view.duty.closed:
            lines.append(Line(Row("closed", view.duty.closed, tr("no duty"), tone="neutral")))
        elif view.duty.drafted and not view.duty.published:
            lines.append(
                Line(Row("draft", tr("The rota is a draft"), tr("nobody has published it")), self._way("rota"))
            )
        for half in view.duty.halves:
            lines += [Line(rows.person_row(half, person), self._way("rota")) for person in half.people]
            for gap in half.gaps:
                lines += self._gap_lines(gap)
        for half in view.duty.following:
            lines += [Line(rows.person_row(half, one, later=True), self._way("rota")) for one in half.people]
        self.duty.set_title(tr("On duty next") if view.duty.following else tr("On duty today"))
        self.duty.show_lines(lines)

    def _gap_lines(self, gap: DutyGap) -> list[Line]:
        day = local(self.desk.clock.now()).date()
        to_rota = partial(self.desk.open_tab, "rota", day=day, half=gap.half)
        if gap.absent_id:
            to_rota = partial(self.desk.open_tab, "rota", day=day, half=gap.half, absent=gap.absent_id)
        lines = [Line(rows.gap_row(gap), to_rota)]
        if gap.best is not None and May.MARK_ABSENT in self.desk.who.may:
            button = SecondaryButton(tr("Call and replace"), partial(self._replace, gap))
            button.setToolTip(gap.best.telephone or "")
            lines.append(Line(rows.suggestion_row(gap), None, button))
        return lines

    # --- acts ---

    def _replace(self, gap: DutyGap) -> None:
        """First the call, then the replacement."""
        best = gap.best
        if best is None:
            return
        question = tr(
            "Call {name} first: {telephone}. Has {name} agreed?", name=best.name, telephone=best.telephone or "–"
        )
        ask.confirm(self, question, title=tr("Call and replace"), yes=tr("Replace"), on_yes=partial(self._agreed, gap))

    def _agreed(self, gap: DutyGap) -> None:
        if gap.best is None:
            return

        name, slot = gap.best.name, Slot(today(self.desk.clock), gap.half)

        def replaced(done: StoodIn) -> None:
            words = tr("{name} stands in on {slot}.", name=name, slot=slot.words())
            if done.stays:
                words += ntr("{n} is still to be called.", "{n} are still to be called.", len(done.stays))
            notify.say(self, words)

        stand_in = self.desk.services.rota.stand_in
        run_job(self, stand_in, gap.absent_id, slot.day, slot.half, gap.best.staff_id, on_done=replaced)

    def show_handover(self) -> None:
        """交接单: the sheet as it will be printed."""
        run_job(self, self._today.handover_sheet, on_done=self._show_sheet)

    def _show_sheet(self, data: bytes) -> None:
        name = f"{tr('Handover')}-{local(self.desk.clock.now()):%Y-%m-%d-%H%M}"
        PdfSheet(tr("Handover"), name, data, self.window()).open()
