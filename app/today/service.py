"""今日: what the signed-in person should know and do first, and the handover at the end of a shift."""

from __future__ import annotations

from app.common.clock import local
from app.common.notes import Note
from app.common.words import N_
from app.intake.queue import queue_view
from app.intake.views import QueueView
from app.referrals import board as letters
from app.referrals.views import LetterCard
from app.rota import now as rota_now
from app.rota.bookings import half_of
from app.rota.experts import expiring
from app.rota.facts import centre_hours
from app.rota.views import OnDuty
from app.security.context import Context
from app.security.permissions import May
from app.today import facts
from app.today.duty import duty_today
from app.today.handover import handover_facts, handover_pdf
from app.today.views import Counts, DutyToday, Handover, Need, TodayView
from db.engine import Tx

LATE_DAYS = 7
_UNSIGNED_HOURS = 24


class TodayService:
    """Read-only, but for the audit entry of a printed handover."""

    def __init__(self, ctx: Context) -> None:
        self.ctx = ctx

    def view(self) -> TodayView:
        """Everything on the screen, in one consistent reading."""
        with self.ctx.read(May.SEE_TODAY) as tx:
            return today_view(tx, self.ctx)

    def on_duty(self) -> tuple[OnDuty, ...]:
        """Who is on duty at this hour; nobody between the halves."""
        with self.ctx.read(May.SEE_ROTA) as tx:
            found = rota_now.duty_now(tx, self.ctx.who.centre_id, self.ctx.clock.now())
        return found.people if found.running else ()

    def handover(self) -> Handover:
        """What this shift leaves open."""
        with self.ctx.read(May.SEE_HANDOVER) as tx:
            return handover_facts(tx, self.ctx)

    def handover_sheet(self) -> bytes:
        """交接单 as PDF; the audit chain remembers that it was drawn up."""
        with self.ctx.write(May.SEE_HANDOVER, "handover.drawn-up") as act:
            found = handover_facts(act.tx, self.ctx)
            centre = self.ctx.who.centre_id
            act.on(centre)
            return handover_pdf(act.tx, centre, found)


def today_view(tx: Tx, ctx: Context) -> TodayView:
    """For the service and the demonstration."""
    now = ctx.clock.now()
    day, centre = local(now).date(), ctx.who.centre_id
    queue = queue_view(tx, centre, now)
    unanswered = letters.unanswered(tx, ctx, day)
    duty = duty_today(tx, centre, now)
    unsigned = facts.unsigned_hours(tx, ctx)
    holidays, makeup = facts.holidays(tx, day)
    return TodayView(
        now=now,
        half=half_of(now, centre_hours(tx, centre)),
        counts=_counts(tx, ctx, queue, unsigned, unanswered),
        duty=duty,
        bookings=tuple(facts.bookings(tx, centre, day)) if May.SEE_QUEUE in ctx.who.may else (),
        needs=tuple(_needs(tx, ctx, queue, unsigned, duty)),
        risks=tuple(facts.risks(tx, ctx)),
        holidays=tuple(holidays),
        makeup=makeup,
    )


def _counts(tx: Tx, ctx: Context, queue: QueueView, unsigned: list[int], unanswered: list[LetterCard]) -> Counts:
    day = local(ctx.clock.now()).date()
    came = facts.arrivals(tx, ctx.who.centre_id, day)
    waits = [one.waiting_minutes for one in queue.entries if one.waiting_minutes is not None]
    return Counts(
        students=came["student"],
        parents=came["parent"],
        others=sum(came.values()) - came["student"] - came["parent"],
        waiting=queue.waiting,
        longest_wait=max(waits, default=None),
        unsigned=len(unsigned),
        own=facts.sees_own_only(ctx),
        oldest_hours=unsigned[0] if unsigned else None,
        unanswered=len(unanswered),
        late=sum((day - local(card.released_at).date()).days > LATE_DAYS for card in unanswered),
    )


def _needs(tx: Tx, ctx: Context, queue: QueueView, unsigned: list[int], duty: DutyToday) -> list[Need]:
    """What this person, by their rights, can do something about; the gravest first."""
    may, day = ctx.who.may, local(ctx.clock.now()).date()
    found: list[Need | None] = []
    if May.SEE_QUEUE in may:
        urgent = sum(one.priority == "urgent" and one.status != "in_session" for one in queue.entries)
        found.append(_need("urgent", N_("Urgent in the queue"), urgent, N_("Look now"), "urgent", "intake"))
        unasked = sum(one.unasked for one in queue.entries)
        found.append(_need("safety", N_("Safety questions not asked"), unasked, N_("Ask"), "attention", "intake"))
    if May.MARK_ABSENT in may or May.EDIT_ROTA in may:
        missing = sum(gap.missing for half in duty.halves for gap in half.gaps)
        found.append(_need("gap", N_("Seats empty today"), missing, N_("Cover"), "urgent", "rota"))
    if May.APPROVE_ROTA in may and duty.drafted and not duty.published:
        found.append(_need("draft", N_("Today's rota is a draft"), 1, N_("Publish"), "attention", "rota"))
    if May.EDIT_ROTA in may:
        ending = len(expiring(tx, ctx.who.centre_id, day))
        found.append(_need("checks", N_("Record checks ending or ended"), ending, N_("See to"), "attention", "rota"))
    if May.PRINT_RELEASED in may:
        waiting = letters.unprinted(tx, ctx, day)
        found.append(
            _need("letters", N_("Referral letters to print"), len(waiting), N_("Print"), "accent", "referrals")
        )
    if May.WRITE_NOTES in may and facts.sees_own_only(ctx):
        late = sum(hours >= _UNSIGNED_HOURS for hours in unsigned)
        found.append(_need("notes", N_("Notes unsigned for a day"), late, N_("Sign"), "attention", "notes"))
    if May.RECORD_CONSENT in may:
        consents = facts.consents_missing(tx, ctx, queue, day)
        found.append(
            _need("consents", N_("Consent forms to sign"), consents, N_("Coming today"), "attention", "intake")
        )
    return [need for need in found if need is not None]


def _need(kind: str, text: str, count: int, badge: str, tone: str, tab: str) -> Need | None:
    if not count:
        return None
    return Need(kind, Note.of(kind, text), Note.of("count", N_("{n}"), n=count), Note.of("do", badge), tone, tab)
